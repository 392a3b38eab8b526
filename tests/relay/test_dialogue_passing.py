"""Questions passed over in words, and help and taking back asked for in between."""

import pytest

from relay.dialogue import Heard, State
from sync.messages import Answer
from tests.relay.talk import Person, book, to_evidence

BOOK = book()
PASSES = ["0", "आगे", "next", "पता नहीं"]


@pytest.mark.parametrize("word", PASSES)
@pytest.mark.parametrize(("step", "following"), [("drugs.act", "drugs.who"), ("drugs.who", "drugs.when")])
def test_a_question_of_the_catalogue_is_passed_over_without_an_answer(
    word: str, step: str, following: str
) -> None:
    old = (Answer(step.partition(".")[2], "", "old"),)
    state = State(step, 0, "en", category="drugs", police="no", partial="yes", answers=old)
    person = Person(BOOK, state=state)
    person.write(word)
    assert person.state is not None
    assert (person.state.step, person.state.answers, person.state.texts) == (following, (), ())


@pytest.mark.parametrize("word", PASSES)
@pytest.mark.parametrize("step", ["category", "partial", "now", "contact"])
def test_elsewhere_such_words_are_never_kept_and_never_a_consent(step: str, word: str) -> None:
    partial = "" if step == "partial" else "no"
    state = State(step, 0, "en", category="drugs", police="no", partial=partial, district="JNP")
    person = Person(BOOK, state=state)
    person.write(word)
    assert person.state is not None and person.state.step == step
    person.write(word)
    assert person.state.step != step and person.state.texts == ()
    assert person.state.partial != "yes" and person.state.contact != "push"


@pytest.mark.parametrize("word", ["मदद", "help"])
def test_help_at_the_language_comes_in_both_languages(word: str) -> None:
    known = State("language", 0, "hi")
    for person in (Person(BOOK), Person(BOOK, state=State("language", 0)), Person(BOOK, state=known)):
        person.write(word)
        said = person.step.say[0].text
        assert "अभी खतरा हो तो 112" in said and "call 112" in said
        assert [choice.id for choice in person.choices] == ["v1|language|hi", "v1|language|en"]


def test_with_a_draft_back_goes_back_and_taking_back_names_the_button() -> None:
    person = to_evidence(Person(BOOK))
    person.write("undo")
    assert "under the receipt above" in person.said and person.first == "evidence|next"
    person.write("वापस")
    assert person.state is not None and person.state.step == "drugs.source"


def test_an_empty_draft_in_a_known_language_is_not_asked_for_it_again() -> None:
    person = Person(BOOK, state=State("category", 0, "en"))
    person.hears(Heard("add", text="जोड़ें 1234", choice="h1"))
    assert person.state is not None
    assert (person.state.step, person.state.language, person.state.adds_to) == ("police", "en", "h1")
    assert person.step.say[0].text.startswith("We found your receipt. Now tell what is new.")
    assert len(person.step.say) == 2


DANGER = [
    "bachao", "मुझे बचा लीजिए", "wo log maar dalenge", "goli chal rahi hai",
    "they set fire to the house", "jaan se marne ki dhamki",
    "उठा ले गए मेरी बेटी को", "he will kill me", "zahar kha liya", "chaku mara abhi",
    "काट रहे हैं, खून बह रहा है", "aag laga di",
]  # fmt: skip
NO_DANGER = [
    "he sells fire arms", "firearms ka dhandha", "goli bechta hai", "film shooting",
    "fire station ke paas", "on fire arms deal",
    "khoon ke rishte", "marble", "aag ki bhatti", "दवा की गोली", "killer drinks",
]  # fmt: skip


@pytest.mark.parametrize("words", DANGER)
def test_danger_brings_the_numbers_first(words: str) -> None:
    person = Person(BOOK, state=State("drugs.who", 0, "hi", category="drugs", police="no", partial="yes"))
    person.write(words)
    assert "112" in person.step.say[0].text and "1930" in person.step.say[0].text


@pytest.mark.parametrize("words", NO_DANGER)
def test_words_that_only_sound_like_danger_bring_none(words: str) -> None:
    person = Person(BOOK, state=State("drugs.who", 0, "hi", category="drugs", police="no", partial="yes"))
    person.write(words)
    assert "1930" not in person.said


@pytest.mark.parametrize("topic", ["words", "real", "safe", "next_steps", "lost", "kept"])
@pytest.mark.parametrize("language", ["hi", "en"])
def test_every_topic_of_help_is_told_at_every_step_and_the_question_stands(language: str, topic: str) -> None:
    for step in ("category", "police", "drugs.who", "evidence", "district", "place", "contact", "summary"):
        draft = State(step, 0, language, category="drugs", police="no", partial="yes", district="")
        person = Person(BOOK, state=draft)
        person.write("help")
        person.tap(f"help|{topic}")
        assert BOOK.phrases.text(language, f"help_{topic}") in person.said
        assert len(person.step.say) <= 2 and person.first.startswith(f"{step}|")


def test_help_tells_how_to_know_a_false_poster_and_what_is_never_asked() -> None:
    said = BOOK.phrases.text("en", "help_real")
    for word in ("in words", "OTP", "money", "name", "identity card"):
        assert word in said
