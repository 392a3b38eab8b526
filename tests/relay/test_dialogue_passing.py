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
    assert "under the receipt above" in person.said and person.choices[0].id == "v1|evidence|next"
    person.write("वापस")
    assert person.state is not None and person.state.step == "drugs.when"


def test_an_empty_draft_in_a_known_language_is_not_asked_for_it_again() -> None:
    person = Person(BOOK, state=State("category", 0, "en"))
    person.hears(Heard("add", text="जोड़ें 1234", choice="h1"))
    assert person.state is not None
    assert (person.state.step, person.state.language, person.state.adds_to) == ("category", "en", "h1")
    assert person.step.say[0].text == "We found your receipt. Now tell what is new."
