"""Files at any step, answered once for all that come together, and voice messages as answers."""

from dataclasses import replace

import pytest

from relay.dialogue import GIVE_UP_AFTER_S, REMIND_AFTER_S, Heard, State, taken_back
from sync.messages import Answer
from tests.relay.talk import Person, book, handed_on, left, to_evidence, to_summary

BOOK = book()
MEDIA = ["photo", "voice", "audio", "video", "document"]


@pytest.fixture
def person() -> Person:
    return Person(BOOK)


def test_an_album_is_answered_once_with_the_count_and_the_question(person: Person) -> None:
    to_evidence(person)
    for slot, medium in enumerate(["photo", "photo", "photo", "video"]):
        person.now_s += 5
        assert person.photo(slot, medium=medium).say == ()
    assert person.step.wake_at_s == person.now_s + 8
    person.rests()
    assert len(person.step.say) == 1
    assert "3 photos, 1 video" in person.said and "So far: 4" in person.said
    assert person.first == "evidence|next"
    assert person.state is not None
    assert person.step.wake_at_s == person.state.since_s + REMIND_AFTER_S


def test_a_tick_that_comes_too_early_says_nothing(person: Person) -> None:
    to_evidence(person).photo(0)
    assert person.hears(Heard("tick")).say == ()


def test_who_writes_in_between_is_told_in_the_answer(person: Person) -> None:
    to_evidence(person).photo(0)
    person.photo(1)
    person.tap("evidence|next")
    assert len(person.step.say) == 1
    assert "2 photos" in person.said and "Which district" in person.said
    assert person.state is not None and person.state.quiet_ms is None


@pytest.mark.parametrize("reason", ["size", "kind", "gone", "damaged", "unseen", "what"])
@pytest.mark.parametrize("medium", MEDIA)
def test_what_could_not_be_taken_is_said_with_the_rest_and_the_flow_goes_on(
    person: Person, medium: str, reason: str
) -> None:
    to_evidence(person).photo(0, medium=medium)
    person.photo(1)
    person.file(0, reason)
    person.rests()
    name = BOOK.phrases.text("en", f"kind_{medium}")
    assert f"One file ({name})" in person.said and "1 photo" in person.said
    assert person.first == "evidence|next"


def test_more_files_than_are_taken_are_told_once(person: Person) -> None:
    to_evidence(person)
    for slot in range(40):
        assert person.photo(slot).say == ()
    person.rests()
    assert "30 photos" in person.said and "cannot take more" in person.said
    assert person.state is not None and len(person.state.slots) == 30


def test_a_file_that_comes_twice_counts_once(person: Person) -> None:
    to_evidence(person).photo(0)
    person.photo(0)
    assert "1 photo" in person.rests().say[0].text


def test_danger_in_a_caption_brings_the_card_at_once(person: Person) -> None:
    to_evidence(person).photo(0, "bachao maar dalenge")
    assert "112" in person.said
    assert "1 photo" in person.rests().say[0].text


def test_a_voice_message_answers_a_free_question_and_its_risk_is_said_once(person: Person) -> None:
    person.write("Hi")
    person.tap(
        "language|en", "category|drugs", "police|no", "partial|yes", "drugs.what|ganja", "drugs.act|sale"
    )
    person.speaks(0)
    assert person.state is not None
    assert person.state.answers[-1] == Answer("who", "@voice", "0")
    assert person.state.step == "drugs.when"
    assert "can be recognised" in person.said
    person.speaks(1)
    assert "can be recognised" not in person.said
    assert person.state.answers[-1] == Answer("when", "@voice", "1")
    assert {slot.medium for slot in person.state.slots} == {"voice"}


def test_who_chooses_after_speaking_has_chosen(person: Person) -> None:
    person.write("Hi")
    person.tap("language|en", "category|drugs")
    person.photo(0, medium="voice")
    person.tap("police|yes")
    assert person.state is not None
    assert (person.state.police, person.state.step) == ("yes", "partial")


def test_a_forwarded_sound_or_a_photo_is_no_answer(person: Person) -> None:
    to_summary(person).write("back", "back", "back", "back")
    assert person.state is not None and person.state.step == "place"
    person.photo(0, medium="audio")
    person.photo(1, medium="photo")
    person.rests()
    assert person.state.step == "place"


def test_the_category_is_asked_once_more_before_a_voice_counts(person: Person) -> None:
    person.write("Hi", "2")
    person.speaks(0)
    assert person.state is not None and person.state.category == ""
    assert "speak once more" in person.said and len(person.choices) == 10
    person.speaks(1)
    assert person.state.category == "other"


def test_somebody_who_only_speaks_reaches_a_report_and_consents_to_nothing(person: Person) -> None:
    for slot in range(60):
        if person.state is not None and person.state.step in ("evidence", "summary"):
            person.hears(Heard("tap", choice=person.choices[0].id))
        else:
            person.speaks(slot)
        assert len(person.step.say) <= 2 or person.step.submit
        if person.state is not None and person.state.submitting:
            break
    assert person.state is not None
    for waiting in person.state.slots:
        person.file(waiting.number)
    told = handed_on(person)
    assert (told.language, told.category, told.police_involved) == ("hi", "other", "unsure")
    assert (told.contact, told.district, told.incomplete) == ("none", "", False)
    assert len(told.evidence) >= 10 and told.place == "बोलकर बताया"


def test_voice_at_an_addition_is_the_news() -> None:
    person = Person(BOOK, state=State("new", 0, "en", police="no", adds_to="h1"))
    person.speaks(0)
    assert person.state is not None and person.state.step == "evidence"


def test_a_draft_of_files_alone_is_reminded_of_and_erased(person: Person) -> None:
    person.photo(0)
    person.rests()
    left(person, REMIND_AFTER_S)
    assert "delete" in person.said
    left(person, GIVE_UP_AFTER_S)
    assert (person.state, person.step.submit) == (None, None) and "Nothing was sent" in person.said


def test_while_it_is_sent_files_still_come_and_the_report_waits_for_them(person: Person) -> None:
    to_summary(person).photo(0)
    person.tap("summary|send")
    person.photo(1, medium="video")
    assert person.step.wake_at_s == person.now_s + 8
    person.rests()
    assert "being prepared" in person.said
    assert person.step.wake_at_s is not None and person.step.wake_at_s > person.now_s
    person.file(0)
    assert len(handed_on_after(person, 1)) == 2


def handed_on_after(person: Person, slot: int) -> tuple[object, ...]:
    person.file(slot)
    return handed_on(person).evidence


def test_a_reminder_and_what_is_said_at_the_end_tell_a_stranger_nothing(person: Person) -> None:
    person.write("Hi")
    person.tap("language|en", "category|police_corruption", "partial|yes")
    left(person, REMIND_AFTER_S)
    words = person.said + "".join(choice.title for choice in person.choices)
    left(person, GIVE_UP_AFTER_S)
    words += person.said
    for word in ("police", "crime", "report", "brib", "thana", "district", "evidence"):
        assert word not in words.casefold()
    assert person.step.submit is not None and person.step.sent is not None


def test_a_draft_goes_on_after_the_reminder_where_it_stood(person: Person) -> None:
    to_evidence(person)
    left(person, REMIND_AFTER_S)
    person.tap("resume|continue")
    assert person.first == "evidence|next"
    before = person.state
    assert before is not None and before.reminded
    assert replace(before, reminded=False).step == "evidence"


def test_an_unfinished_report_taken_back_goes_on_where_it_stopped(person: Person) -> None:
    to_evidence(person)
    left(person, GIVE_UP_AFTER_S)
    sent = person.step.sent
    assert sent is not None and person.step.submit is not None and person.step.submit.incomplete
    person.state = taken_back(sent, person.now_s, BOOK).state
    person.write("1")
    assert person.state is not None
    assert (person.state.overlay, person.state.step, person.state.partial) == ("", "evidence", "no")
