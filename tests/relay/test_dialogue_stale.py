"""Buttons of an earlier report, and numbers told late: what must never send, change or consent by accident."""

from dataclasses import replace

import pytest

from relay.dialogue import Heard, State, taken_back
from tests.relay.talk import Person, bare, book, handed_on, left, to_evidence, to_summary

BOOK = book()
PHONES = ("9876501234", "9812309123")


@pytest.fixture
def person() -> Person:
    return Person(BOOK)


def _buttons_of_an_earlier_report(person: Person) -> dict[str, str]:
    """Every button of a report that was sent, by step and code; a new one is as far, an hour later."""
    to_evidence(person)
    kept: dict[str, str] = {}
    for choice in (
        "",
        "evidence|next",
        "district|@outside",
        "place|@skip",
        "now|no",
        "fear|no",
        "contact|push",
    ):
        if choice:
            person.tap(choice)
        kept |= {bare(one.id): one.id for one in person.choices}
    person.tap("summary|send")
    person.now_s += 3600
    return kept


def test_an_old_send_button_never_sends_a_new_report(person: Person) -> None:
    kept = _buttons_of_an_earlier_report(person)
    to_summary(person)
    person.hears(Heard("tap", choice=kept["summary|send"]))
    assert person.step.submit is None and "old one" in person.said
    assert person.first == "summary|send" and person.choices[0].id != kept["summary|send"]
    person.hears(Heard("tap", choice=person.choices[0].id))
    assert handed_on(person).category == "drugs"


@pytest.mark.parametrize("choice", ["summary|again", "contact|push", "fear|yes", "district|GZP"])
def test_an_old_button_changes_nothing_of_a_new_report(person: Person, choice: str) -> None:
    kept = _buttons_of_an_earlier_report(person)
    before = to_summary(person).state
    person.hears(Heard("tap", choice=kept[choice]))
    assert before is not None and person.state is not None
    assert replace(person.state, since_s=0) == replace(before, since_s=0)


def test_an_old_yes_is_no_consent_to_send_an_unfinished_new_report(person: Person) -> None:
    person.write("Hi")
    person.tap("language|en", "category|drugs", "police|no")
    yes = person.choices[0].id
    person.write("restart")
    person.tap("category|drugs", "police|no")
    person.hears(Heard("tap", choice=yes))
    assert person.state is not None and (person.state.step, person.state.partial) == ("partial", "")


def test_the_button_that_sent_what_was_taken_back_does_not_send_it_again(person: Person) -> None:
    to_summary(person)
    send = person.choices[0].id
    sent = person.hears(Heard("tap", choice=send)).sent
    assert sent is not None
    draft = taken_back(sent, person.now_s + 5, BOOK).state
    assert draft is not None
    person.state = draft
    person.hears(Heard("tap", choice=send))
    assert person.step.submit is None
    assert person.state.overlay == "undone"


def test_a_language_is_chosen_by_a_button_of_any_age(person: Person) -> None:
    person.write("Hi")
    hindi = person.choices[0].id
    later = Person(BOOK, now_s=person.now_s + 90_000)
    later.hears(Heard("tap", choice=hindi))
    assert later.state is not None and later.state.language == "hi"


def test_an_identifier_in_the_place_of_another_is_asked_about(person: Person) -> None:
    to_evidence(person)
    assert person.state is not None
    person.state = replace(person.state, texts=(f"call {PHONES[0]}",))
    person.tap("evidence|next", "district|@outside", "place|@skip", "now|no", "fear|no", "contact|none")
    person.tap("whose|theirs")
    person.state = replace(person.state, texts=(f"call {PHONES[1]}",))
    person.write("help")
    person.tap("help|continue")
    assert person.state is not None and person.state.overlay == "whose"


@pytest.mark.parametrize(("answer", "stay"), [("theirs", True), ("mine", False), ("unsure", False)])
def test_of_several_numbers_all_stay_or_none(person: Person, answer: str, stay: bool) -> None:
    to_summary(person)
    person.write(f"{PHONES[0]} or {PHONES[1]}")
    person.tap(f"whose|{answer}", "summary|send")
    assert {phone in handed_on(person).text for phone in PHONES} == {stay}


def test_what_he_said_to_be_anothers_stays_in_what_goes_unfinished(person: Person) -> None:
    to_summary(person).write(f"ask {PHONES[0]}")
    person.tap("whose|theirs")
    left(person, 24 * 3600)
    told = handed_on(person)
    assert told.incomplete and told.text == f"ask {PHONES[0]}" and "taken out" not in person.said


def test_what_he_said_to_be_anothers_goes_with_a_new_one_that_nobody_said_anything_of(person: Person) -> None:
    to_summary(person).write(f"ask {PHONES[0]}")
    person.tap("whose|theirs")
    person.write(f"or {PHONES[1]}")
    left(person, 24 * 3600)
    told = handed_on(person)
    assert told.incomplete and told.text == "ask [removed]\n\nor [removed]"


@pytest.mark.parametrize("caption", [True, False])
def test_a_number_added_while_files_are_awaited_is_asked_about_before_it_goes(
    person: Person, caption: bool
) -> None:
    to_summary(person).photo(0)
    person.tap("summary|send")
    if caption:
        person.photo(1, f"his number is {PHONES[0]}")
        person.file(1)
    else:
        person.write(f"his number is {PHONES[0]}")
    assert person.file(0).submit is None
    if caption:
        person.rests()
    assert person.state is not None and person.state.overlay == "whose"
    person.tap("whose|theirs")
    assert PHONES[0] in handed_on(person).text


def test_who_tapped_send_and_does_not_answer_whose_number_it_is_is_sent_all_the_same(person: Person) -> None:
    to_summary(person).photo(0)
    person.tap("summary|send")
    person.write(f"his number is {PHONES[0]}")
    person.file(0)
    assert person.step.wake_at_s is not None
    person.now_s = person.step.wake_at_s
    person.hears(Heard("tick"))
    assert handed_on(person).category == "drugs"


def test_who_only_speaks_is_not_held_by_the_question_whose_number_it_is(person: Person) -> None:
    to_summary(person).write(f"his number is {PHONES[0]}")
    person.speaks(0)
    person.speaks(1)
    assert person.state is not None and person.state.overlay == "" and person.first == "summary|send"


def test_a_thana_of_another_district_is_offered_and_never_taken_by_itself(person: Person) -> None:
    person.state = State("thana", 0, "en", category="drugs", police="no", partial="yes", district="GZP")
    person.write("Shahganj")
    assert person.first == "which|JNP-10" and person.state is not None and person.state.district == "GZP"
    person.write("1")
    assert (person.state.district, person.state.thana, person.state.step) == ("JNP", "JNP-10", "place")


def test_the_words_below_one_file_too_many_are_kept(person: Person) -> None:
    to_evidence(person)
    for slot in range(31):
        person.photo(slot, "the last" if slot == 30 else "")
    assert person.state is not None and len(person.state.slots) == 30
    assert person.state.texts == ("the last",)


@pytest.mark.parametrize(
    "words",
    [
        "my number is {}",
        "9876501234 मेरा नंबर है, {}",
        "he calls from {}",
        "meri beti ko {} se phone aata hai",
        "write to {} or ravi.kumar@gmail.com, ravi123@ybl, ABCPK1234K",
    ],
)
@pytest.mark.parametrize("one", ["9876501234", "98765-01234", "UP62AB1234", "2345 6789 0124"])
def test_of_what_goes_unfinished_all_is_taken_out_that_nobody_was_asked_about_and_he_hears_it(
    person: Person, words: str, one: str
) -> None:
    to_evidence(person).write(words.format(one))
    left(person, 24 * 3600)
    told = handed_on(person)
    assert told.incomplete and "[removed]" in told.text and "were taken out" in person.said
    assert not any(part in told.text for part in (one, "9876501234", "ravi", "ABCPK"))


def test_who_takes_back_what_went_unfinished_is_asked_whose_its_numbers_are(person: Person) -> None:
    to_evidence(person).write(f"he calls from {PHONES[0]}")
    left(person, 24 * 3600)
    assert person.step.sent is not None
    person.state = taken_back(person.step.sent, person.now_s, BOOK).state
    person.tap("undone|change")
    person.tap("evidence|next", "district|@outside", "place|@skip", "now|no", "fear|no", "contact|none")
    assert person.first == "whose|mine"
    person.tap("whose|theirs", "summary|send")
    assert handed_on(person).text == f"he calls from {PHONES[0]}"


def test_a_number_that_was_said_to_be_anothers_stays_however_it_is_called(person: Person) -> None:
    to_summary(person).write("my number is 9876501234")
    person.tap("whose|theirs", "summary|send")
    assert "9876501234" in handed_on(person).text
