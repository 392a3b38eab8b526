"""The conversation: whole reports in both languages, commands, a draft left behind, what is handed on."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.dialogue import GIVE_UP_AFTER_S, REMIND_AFTER_S, Heard, State, Told, advance, sooner
from sync.clock import HOUR_S
from sync.messages import Answer, ReportBody
from tests.relay.talk import (
    START_S,
    Person,
    bare,
    book,
    handed_on,
    left,
    manifest,
    tap_first,
    to_evidence,
    to_summary,
)

BOOK = book()


@pytest.fixture
def person() -> Person:
    return Person(BOOK)


def test_a_drugs_report_in_english_by_tapping(person: Person) -> None:
    to_summary(person)
    assert "Shahganj, Jaunpur" in person.said
    assert "Ramu, red shirt" in person.said
    person.tap("summary|send")
    answers = (
        Answer("what", "ganja", ""),
        Answer("act", "sale", ""),
        Answer("who", "", "Ramu, red shirt"),
        Answer("when", "night", ""),
        Answer("source", "self", ""),
    )
    assert handed_on(person) == Told(
        "drugs", "en", answers, "", "JNP", "JNP-10", "Behind the mill", False, "no", "no", False, "push", (), 0, None
    )  # fmt: skip


def test_a_heinous_report_in_hindi_by_numbers_and_words(person: Person) -> None:
    person.write("नमस्ते", "१", "8", "नहीं", "हाँ", "दो", "कल रात नौ बजे", "0", "3", "0")
    person.photo(0, "यह कैमरे की तस्वीर है")
    person.file(0)
    person.write("सड़क पर भीड़ थी", "आगे", "गाजीपुर", "2️⃣", "करंडा बाज़ार", "हां", "पता नहीं", "2", "भेजो")
    told = handed_on(person)
    assert (told.category, told.language, told.district, told.thana) == ("heinous", "hi", "GZP", "GZP-02")
    assert told.answers == (
        Answer("what", "robbery", ""),
        Answer("when", "", "कल रात नौ बजे"),
        Answer("cctv", "no", ""),
    )
    assert told.text == "यह कैमरे की तस्वीर है\n\nसड़क पर भीड़ थी"
    assert (told.happening_now, told.fear, told.contact) == (True, "unsure", "none")
    assert told.evidence == (manifest(0),)


def test_a_report_on_police_is_not_asked_whether_police_are_involved(person: Person) -> None:
    person.write("hello")
    person.tap("language|hi", "category|@page1", "category|police_corruption")
    assert [bare(choice.id) for choice in person.choices] == ["partial|yes", "partial|no"]
    person.tap("partial|no", "police_corruption.what|bribe", "police_corruption.who|@skip")
    person.write("चौकी पर हर ट्रक से पैसे लेते हैं")
    person.tap("police_corruption.source|heard")
    person.tap(
        "evidence|next", "district|CDL", "thana|@unknown", "place|@skip", "now|no", "fear|yes", "contact|none"
    )
    told = _told_after_send(person)
    assert (told.police_involved, told.district, told.thana, told.place) == ("yes", "CDL", "", "")


def _told_after_send(person: Person) -> Told:
    person.tap("summary|send")
    return handed_on(person)


def test_something_else_outside_the_districts(person: Person) -> None:
    person.write(
        "start",
        "English",
        "something else",
        "unsure",
        "yes",
        "A still in the sugar field",
        "I don't know",
        "every day",
        "heard",
    )
    person.write("next", "another", "Near Mirzapur bridge", "no", "yes", "no")
    told = _told_after_send(person)
    assert (told.category, told.police_involved, told.district, told.thana) == ("other", "unsure", "", "")
    assert told.answers == (
        Answer("what", "", "A still in the sugar field"),
        Answer("often", "daily", ""),
        Answer("source", "heard", ""),
    )
    assert told.contact == "none"


@pytest.mark.slow
@pytest.mark.parametrize("language", ["hi", "en"])
@pytest.mark.parametrize("category", [c.code for c in BOOK.catalogue.categories])
def test_every_message_of_every_category_fits_whatsapp(language: str, category: str) -> None:
    person = Person(BOOK)
    person.write("Hi")
    person.tap(f"language|{language}", "category|@page1", "category|@page0", f"category|{category}")
    while person.state and person.state.step != "summary":
        person.photo(0)
        person.write("मदद")
        person.tap("help|continue")
        person.write("क" * 3000) if person.choices[0].id.endswith("@skip") else tap_first(person)
    assert person.state is not None
    assert person.state.category == category


def test_every_page_of_every_list_can_be_reached_and_read(person: Person) -> None:
    to_evidence(person).tap("evidence|next", "district|JNP")
    seen = {bare(choice.id) for choice in person.choices}
    for page in ("1", "2", "3"):
        person.tap(f"thana|@page{page}")
        seen |= {bare(choice.id) for choice in person.choices}
    assert {f"thana|{thana.code}" for thana in BOOK.directory.thanas_of("JNP")} <= seen
    person.tap("thana|@page4")
    assert "old one" in person.said


def test_a_number_of_another_page_is_taken(person: Person) -> None:
    person.write("Hi", "2", "15")
    assert person.state is not None
    assert person.state.category == "police_corruption"
    person.write("back", "category", "16")
    assert person.state.category == "other"


def test_a_draft_left_behind_is_reminded_of_once_and_then_sent_as_incomplete(person: Person) -> None:
    assert to_evidence(person).step.wake_at_s == int(person.now_s) + REMIND_AFTER_S
    left(person, REMIND_AFTER_S)
    assert "unfinished" in person.said
    left(person, 1)
    assert person.step.say == ()
    left(person, GIVE_UP_AFTER_S - REMIND_AFTER_S)
    told = handed_on(person)
    assert told.incomplete
    assert (told.contact, told.district, told.fear) == ("none", "", "unsure")


def test_a_draft_is_reminded_of_and_ends_by_so_much_sooner_as_was_drawn_at_its_last_word() -> None:
    state = to_evidence(Person(BOOK)).state
    step = advance(state, Heard("text", text="और"), START_S + 60, BOOK, sooner_s=(HOUR_S, 2 * HOUR_S))
    assert step.state is not None
    assert step.wake_at_s == step.state.since_s + REMIND_AFTER_S - HOUR_S
    reminded = advance(step.state, Heard("tick"), step.wake_at_s, BOOK, sooner_s=(0, 0))
    assert "unfinished" in reminded.say[0].text
    assert reminded.wake_at_s == step.state.since_s + GIVE_UP_AFTER_S - 2 * HOUR_S
    ended = advance(reminded.state, Heard("tick"), reminded.wake_at_s, BOOK)
    assert ended.submit is not None and ended.submit.incomplete


@given(st.randoms())
def test_whoever_is_reminded_has_two_hours_to_go_on(rng: random.Random) -> None:
    remind_s, end_s = sooner(rng)
    reminded_s, ended_s = REMIND_AFTER_S - remind_s, GIVE_UP_AFTER_S - end_s
    assert 16 * HOUR_S < reminded_s <= 20 * HOUR_S < ended_s <= 23 * HOUR_S
    assert ended_s - reminded_s >= 2 * HOUR_S


@pytest.mark.parametrize("end_s", [0, 3 * HOUR_S // 2])
@pytest.mark.parametrize("late_s", [HOUR_S // 2, HOUR_S, 2 * HOUR_S])
def test_whoever_is_reminded_late_has_two_hours_too_or_is_not_reminded(late_s: int, end_s: int) -> None:
    state = to_evidence(Person(BOOK)).state
    assert state is not None
    now_s = state.since_s + REMIND_AFTER_S + late_s
    late = advance(replace(state, end_sooner_s=end_s), Heard("tick"), now_s, BOOK)
    is_in_time = late.wake_at_s is not None and late.wake_at_s >= now_s + 2 * HOUR_S
    assert is_in_time or not late.say or late.state is None
    assert late.wake_at_s is None or late.wake_at_s > now_s
    ended = advance(late.state, Heard("tick"), state.since_s + GIVE_UP_AFTER_S, BOOK)
    assert late.state is None or ended.state is None


@pytest.mark.parametrize("answers", [("police|no", "partial|no"), ("police|no",), ()])
def test_a_draft_left_behind_without_consent_is_erased(person: Person, answers: tuple[str, ...]) -> None:
    person.write("Hi")
    person.tap("language|en", "category|drugs", *answers)
    left(person, GIVE_UP_AFTER_S)
    assert (person.state, person.step.submit) == (None, None)
    assert "Nothing was sent" in person.said


def test_somebody_who_only_said_hi_is_not_reminded(person: Person) -> None:
    person.write("Hi")
    left(person, REMIND_AFTER_S)
    assert person.step.say == ()
    left(person, GIVE_UP_AFTER_S)
    assert (person.state, person.step.say) == (None, ())


def test_a_draft_outlives_a_change_of_catalogue_and_directory() -> None:
    state = State("mining.what", 0, "en", category="no_more", district="GONE", thana="GONE-1")
    person = Person(BOOK, state=state)
    person.write("Hi")
    assert person.state is not None
    assert (person.state.step, person.state.category, person.state.district) == ("category", "", None)


def test_what_is_told_is_what_a_report_holds() -> None:
    report, told = set(ReportBody.__annotations__), set(Told.__annotations__)
    assert report - told == {"v", "handle", "hour"}
    assert told - report == {"point", "at_once"}  # for the relay alone


def test_which_report_it_adds_to_is_handed_on() -> None:
    person = Person(BOOK, state=State("police", 0, "en", adds_to="h1"))
    person.tap("police|no")
    person.write("He has a gun now")
    person.tap("evidence|next", "now|no", "contact|push", "summary|send")
    told = handed_on(person)
    assert (told.adds_to, told.text, told.category, told.contact) == (
        "h1",
        "He has a gun now",
        "other",
        "push",
    )


def test_the_same_words_give_the_same_step() -> None:
    one, other = Person(BOOK), Person(BOOK)
    assert to_summary(one).step == to_summary(other).step
    assert one.now_s > START_S
