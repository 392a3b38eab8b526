"""Words that mean danger now bring the emergency numbers first; words of a calm report do not."""

import pytest

from tests.relay.talk import Person, book

BOOK = book()
DANGER = [
    "help me they are killing", "they are beating us", "somebody is beating my sister", "mera beta kidnap ho gaya",
    "मेरा पति मुझे पीट रहा", "pati mujhe maar raha hai", "मेरी बहन को उठा ले गये", "ghar mein ghus gaye",
    "घर में घुस गए हैं", "goli lagi hai", "जिंदा जला दिया", "jaan se maarne ki dhamki", "मैं मर जाऊंगा", "हमला कर दिया",
    "कमरे में बंद कर रखा है", "मेरी बेटी लापता है", "ladki gayab hai", "online fraud ho gaya", "gun point par",
]  # fmt: skip
CALM = [
    "they sell liquor behind the school", "गाय काट रहे हैं", "वे लोग रात को आते हैं", "grapes are sold here",
    "daroga paise leta hai", "बालू से भरे ट्रक रात में निकलते हैं", "dukaan ke peeche jua hota hai",
]  # fmt: skip


@pytest.mark.parametrize("text", DANGER)
def test_danger_brings_the_emergency_numbers_first(text: str) -> None:
    person = Person(BOOK)
    person.write("Hi", "2", text)
    assert person.step.say[0].text == BOOK.phrases.text("en", "danger_card")


@pytest.mark.parametrize("text", CALM)
def test_a_calm_report_does_not(text: str) -> None:
    person = Person(BOOK)
    person.write("Hi", "2", text)
    assert "1098" not in person.said


def test_a_story_that_begins_like_a_command_is_a_story() -> None:
    for text in (
        "status of the road is bad",
        "add this also please to it",
        "help me they are killing",
        "stop them",
    ):
        person = Person(BOOK)
        person.write("Hi", "2", text)
        assert person.state is not None and person.state.step == "category" and not person.state.overlay
