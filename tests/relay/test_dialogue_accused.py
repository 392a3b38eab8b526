"""Police who are named in words but were not said to be involved: asked once, before anything is sent."""

from dataclasses import replace

import pytest

from relay.dialogue import GIVE_UP_AFTER_S, Book, Heard
from tests.relay import talk
from tests.relay.talk import Person, handed_on, left, to_evidence, to_summary

ACCUSES = "थानेदार साहब हर महीने हफ्ता लेते हैं"
REST = ("district|JNP", "thana|JNP-10")


@pytest.fixture
def person() -> Person:
    return Person(talk.book())


def to_the_end(person: Person, story: str, contact: str = "push") -> Person:
    to_evidence(person, "hi").write(story)
    person.tap("evidence|next", *REST)
    person.write("मिल के पीछे")
    person.tap("now|no", "fear|no", f"contact|{contact}")
    return person


def asks(person: Person, key: str) -> bool:
    words: Book = person.book
    return words.phrases.by_language["hi"][key][:12] in person.said


def test_a_story_that_accuses_police_goes_to_the_range_when_its_teller_says_so(person: Person) -> None:
    to_the_end(person, ACCUSES)
    assert asks(person, "ask_accused")
    person.tap("accused|yes", "summary|send")
    assert handed_on(person).police_involved == "yes"


def test_a_no_stands_and_nothing_is_asked_twice(person: Person) -> None:
    to_the_end(person, ACCUSES).tap("accused|no")
    assert asks(person, "ask_summary")
    person.write("वहां रात में भीड़ रहती है बहुत")
    person.tap("summary|send")
    assert handed_on(person).police_involved == "no"


ABOVE = {"hi": "थाने या एसपी दफ़्तर में नहीं", "en": "not to the thana or the SP's office"}


@pytest.mark.parametrize("language", ["hi", "en"])
def test_the_summary_says_that_a_report_on_police_goes_above_the_district_and_no_other(language: str) -> None:
    person = to_summary(Person(talk.book()))
    person.write({"hi": "हिंदी", "en": "English"}[language])
    assert ABOVE[language] not in person.said
    person.tap("police|yes")
    assert ABOVE[language] in person.said


def test_the_summary_says_so_for_a_kind_that_always_goes_above(person: Person) -> None:
    person.write("Hi")
    person.tap("language|hi", "category|police_corruption", "partial|yes")
    state = replace(person.state, step="contact", district="") if person.state else None
    person = Person(person.book, state=state)
    assert ABOVE["hi"] in person.tap("contact|none").say[-1].text


def test_words_that_name_no_police_bring_no_question(person: Person) -> None:
    to_the_end(person, "रात में दस लोग आते हैं, शोर होता है")
    assert asks(person, "ask_summary")


def test_the_old_button_to_send_does_not_pass_it_over(person: Person) -> None:
    to_the_end(person, "रात में दस लोग आते हैं").write(ACCUSES)
    assert asks(person, "ask_accused")
    person.tap("summary|send")
    assert person.step.submit is None and asks(person, "ask_accused")


def test_who_names_police_while_his_files_are_awaited_is_heard_above_and_told(person: Person) -> None:
    to_the_end(person, "रात में दस लोग आते हैं").photo(0)
    person.tap("summary|send")
    person.write(ACCUSES)
    person.file(0)
    assert handed_on(person).police_involved == "yes" and asks(person, "accused_yes")


@pytest.mark.parametrize("answer", [Heard("text", text="??"), Heard("text", text="क्या पता भाई साहब कौन है")])
def test_who_answers_it_unclearly_twice_is_heard_above(person: Person, answer: Heard) -> None:
    to_the_end(person, ACCUSES)
    person.hears(answer)
    person.hears(answer)
    person.tap("summary|send")
    assert handed_on(person).police_involved == "yes"


def test_who_only_speaks_is_heard_above_too(person: Person) -> None:
    to_the_end(person, ACCUSES)
    for slot in (1, 2):
        person.hears(Heard("evidence", slot=slot, medium="voice"))
        left(person, 10)
    assert person.state is not None and person.state.police == "yes"


@pytest.mark.parametrize(("police", "goes_as"), [("unsure", "yes"), ("no", "no")])
def test_one_left_half_way_goes_above_unless_its_teller_said_no(
    person: Person, police: str, goes_as: str
) -> None:
    to_evidence(person, "hi").write(ACCUSES)
    assert person.state is not None
    person.state = replace(person.state, police=police)
    left(person, GIVE_UP_AFTER_S)
    assert handed_on(person).police_involved == goes_as


def test_the_first_voice_message_is_counted_in_each_language_by_itself(person: Person) -> None:
    person.hears(Heard("evidence", slot=1, medium="voice"))
    left(person, 10)
    assert "1 voice message" in person.said and "voice message\n\nvoice" not in person.said
    assert "आवाज़ का संदेश\n\nvoice message" not in person.said
