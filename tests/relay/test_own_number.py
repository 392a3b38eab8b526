"""The relay knows who writes, and yet no report tells which of the numbers in its words is the writer's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay import own
from relay.dialogue import State, without_numbers
from relay.dialogue.identifying import decided, shown, unresolved
from relay.events import Sender
from sync.clock import HOUR_S
from sync.messages import ReportBody
from tests.relay.builders import HINDI_REPORT, TO_EVIDENCE, FakeRelay, Phone, a_book, told

GANG = ("9812345671", "9812345672", "9812345673", "9812345674", "9812345675")
LISTED = f"शाहगंज का गिरोह: {', '.join(GANG)}"
TOLD_ALL = {"theirs": LISTED, "mine": "शाहगंज का गिरोह: [हटाया गया]", "unsure": "शाहगंज का गिरोह: [हटाया गया]"}
NOT_LISTED, HIDDEN = Sender("", "917301298406"), Sender("IN.4711", "")
BOOK = a_book()
WAYS = {
    "plain": ("{}",),
    "country code": ("+91 {}", "0{}", "91-{}"),
    "marks": ("*{}*", "({})", "{}@ybl", "tel:{}."),
}
TOLD_WITH_FIGURES = (
    "Trucks on 29.11.2026, 18:30 at 26.8467, 80.9462, paid 1,50,000 - 2,50,000. Ask {}",
    "शाम 6:30, 29-11-26, 4 लोग, {}",
    "8/11/2026 8.30, 9/11/2026 9.30 को 75,000-80,000 दिए, {} पर",
    "धारा 302, 307, 120, 34 और 2024, 2025, 2026 में, {}",
)
digits_between = st.sampled_from(["", " ", "-", "_", ". ", "\n\n", " / ", "\u093f"])
scripts = st.sampled_from(["0123456789", "०१२३४५६७८९", "০১২৩৪৫৬৭৮৯"])


def _senders() -> list[Sender]:
    return [Sender("", f"91{number}") for number in GANG]


def _report(relay: FakeRelay, sender: Sender, answer: str) -> ReportBody:
    """What comes of the list in the words of ``sender``."""
    for table in ("held", "token", "receipt"):
        relay.conn.execute(f"delete from {table}")
    phone = Phone(relay, sender.phone, sender.user_id)
    acts = [LISTED if act == "मिल के पीछे" else act for act in HINDI_REPORT]
    phone.do(*acts[:-1], f"whose|{answer}", "summary|send")
    return relay.held()[0].body


@pytest.mark.parametrize("answer", TOLD_ALL)
def test_whoever_sends_a_list_of_numbers_it_does_not_tell_which_is_his(relay: FakeRelay, answer: str) -> None:
    places = {_report(relay, sender, answer).place for sender in (*_senders()[::2], NOT_LISTED)}
    assert places == {TOLD_ALL[answer]}


@pytest.mark.parametrize("cut", ["98, 12, 34, 56, 7{}", "98/1234/567{}", "8 98123 4567{}"])
def test_whoever_sends_numbers_that_only_their_owner_may_see_is_asked_like_him(cut: str) -> None:
    words = " और ".join(cut.format(last) for last in "123")
    assert own.told(words, Sender("", f"91{GANG[0]}"))
    stranger = State("contact", 0, "hi", texts=(words,))
    assert unresolved(stranger, BOOK) and "…" in shown(stranger, BOOK)
    assert not unresolved(decided(stranger, "theirs", BOOK), BOOK)


def test_of_a_list_in_an_unfinished_report_no_number_goes_from_anybody_who_is_on_it(relay: FakeRelay) -> None:
    for sender in _senders()[1::2]:
        Phone(relay, sender.phone).do(*TO_EVIDENCE, f"{LISTED} / 98_1234_5676")
    for hours in (20, 3):
        relay.pass_time(hours * HOUR_S)
        relay.run()
    assert [held.body.text for held in relay.held()] == ["शाहगंज का गिरोह: [हटाया गया]"] * 2


@pytest.mark.parametrize("words", TOLD_WITH_FIGURES)
@pytest.mark.parametrize("answer", ["mine", "unsure"])
@pytest.mark.parametrize("cut", ["9876512340", "98765-12340", "९८७ ६५१ २३४०"])
def test_where_numbers_go_out_dates_hours_places_and_sums_stay(words: str, answer: str, cut: str) -> None:
    state = State("contact", 0, "en", texts=(words.format(cut),), own=True)
    (left,) = decided(state, answer, BOOK).texts
    assert left == words.format("[removed]")


@pytest.mark.parametrize("words", TOLD_WITH_FIGURES)
def test_an_unfinished_report_without_the_senders_number_keeps_dates_hours_places_and_sums(
    relay: FakeRelay, words: str
) -> None:
    Phone(relay, "919876512340").do(*TO_EVIDENCE, words.format("98765 12340"))
    for hours in (20, 3):
        relay.pass_time(hours * HOUR_S)
        relay.run()
    assert [held.body.text for held in relay.held()] == [words.format("[हटाया गया]")]


@pytest.mark.parametrize("words", ["75000-80000 paid", "800, 900, 1200", "खाता 1234567890123"])
def test_what_a_number_could_hide_in_goes_too(words: str) -> None:
    assert "[removed]" in without_numbers(words, "[removed]", BOOK)


@pytest.mark.parametrize("words", ["998765 12340", "98765 123405", "91987 651 2340", "0 98 76 51 23 40, 12"])
def test_a_number_with_a_digit_too_many_is_still_its_owners(words: str) -> None:
    assert own.told(words, Sender("", "919876512340"))
    assert not any(map(str.isdigit, without_numbers(words, "[removed]", BOOK).replace("12", "")))


def test_the_place_on_the_map_is_no_number(relay: FakeRelay) -> None:
    words = told(place=f"{GANG[0]} के पास", point="25.746, 82.684")
    for sender in _senders()[:2]:
        relay.submit(words, sender)
    places = [held.body.place for held in relay.held()]
    assert places == ["[हटाया गया] के पास, 25.746, 82.684", f"{GANG[0]} के पास, 25.746, 82.684"]


@given(st.permutations(GANG), st.data(), digits_between, scripts)
def test_once_numbers_are_taken_out_nobody_finds_his_own(
    numbers: list[str], data: st.DataObject, between: str, script: str
) -> None:
    ways = st.sampled_from([way for group in WAYS.values() for way in group])
    cut = [data.draw(ways).format(between.join(number)) for number in numbers]
    text = " ya ".join(cut).translate(str.maketrans("0123456789", script))
    assert all(own.told(text, sender) for sender in _senders())
    bare = without_numbers(text, "[removed]", BOOK)
    assert not any(char.isdecimal() for char in bare.replace("+91", "").replace("+९१", "").replace("+৯১", ""))


@given(st.text(st.sampled_from("0123456789 -+.,०९a\n"), max_size=60), st.integers(6 * 10**9, 10**10 - 1))
def test_in_whatever_is_left_nobody_finds_his_own(text: str, number: int) -> None:
    sender = Sender("", f"91{number}")
    assert not own.told(without_numbers(f"{text}{number}{text}", "[removed]", BOOK), sender)
    assert not own.told(without_numbers(text, "[removed]", BOOK), sender)


def test_a_number_that_whatsapp_hides_is_nobodys() -> None:
    assert not own.told(LISTED, HIDDEN)
