"""Limits on abuse: a report is never refused, only held longer; files beyond a day's room are. Nothing is written."""

import gc
import inspect
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay import processes, receipts
from relay.allowance import MIB, MOST_STEPS, Allowance, Claim, Limits, OverAllowance
from relay.events import Sender
from relay.line import RelayProgram, ReplyKeys
from relay.whatsapp import Text
from sync.clock import DAY_S, HOUR_S, IST_OFFSET_S
from sync.messages import Duty, DutyOver, PublicState, Reply
from sync.sealing.keys import SealingKey
from tests.relay.builders import (
    HINDI_REPORT,
    JITTER_S,
    NUMBER,
    UNDO_S,
    FakeRelay,
    Phone,
    forms,
    png,
)
from tests.relay.desk import Desk as AnswerDesk
from tests.stations import FakeClock

ASHA, RAVI = Sender("", "919812345678"), Sender("IN.77XYZ", "")
STEP_S = 100.0
EVENING = 1_800_000_000 // DAY_S * DAY_S - IST_OFFSET_S + 20 * HOUR_S


class Desk:
    """An allowance and its clock."""

    def __init__(self, **limits: int) -> None:
        self.clock = FakeClock()
        self.clock.now = float(EVENING)
        self.of = Allowance(Limits(slow_step_s=STEP_S, **limits), self.clock)

    def reports(self, count: int, who: Sender = ASHA, urgent: bool = False) -> list[float]:
        """By how much longer each of them is held."""
        return [self.of.report_delay_s(who, urgent) for _ in range(count)]

    def takes(self, megabytes: float, who: Sender = ASHA, pdf: bool = False) -> bool:
        """Whether a file of that size is taken."""
        try:
            self.of.claim(who, pdf, round(megabytes * MIB))
        except OverAllowance:
            return False
        return True


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_five_reports_a_day_wait_no_longer_than_others_and_the_next_ones_do(desk: Desk) -> None:
    assert desk.reports(8) == [0, 0, 0, 0, 0, STEP_S, 2 * STEP_S, 3 * STEP_S]
    assert desk.reports(1, RAVI) == [0]


def test_the_wait_has_an_end_and_with_the_products_figures_it_is_less_than_a_day(desk: Desk) -> None:
    assert max(desk.reports(200)) == MOST_STEPS * STEP_S
    assert MOST_STEPS * Limits().slow_step_s + UNDO_S + JITTER_S < DAY_S


def test_the_day_ends_at_midnight_in_india(desk: Desk) -> None:
    desk.reports(9)
    desk.clock.now += 4 * HOUR_S - 1
    assert desk.reports(1) == [10 * STEP_S - 5 * STEP_S]
    desk.clock.now += 1
    assert desk.reports(5) == [0] * 5


def test_what_happens_now_goes_at_once_until_too_many_beyond_their_limit_say_so() -> None:
    desk = Desk(urgent_per_hour=3)
    assert desk.reports(10, urgent=True) == [0] * 8 + [STEP_S] * 2
    assert desk.reports(5, RAVI, urgent=True) == [0] * 5  # within his own limit nobody is slowed by others
    assert desk.reports(1, RAVI, urgent=True) == [STEP_S]
    desk.clock.now += HOUR_S
    assert desk.reports(1, RAVI, urgent=True) == [0]


def test_a_clock_that_is_set_back_shuts_nobody_out_for_longer_than_an_hour() -> None:
    desk = Desk(urgent_per_hour=1)
    for code in range(5):
        desk.of.was_wrong(ASHA, bytes([code]))
    assert desk.reports(6, urgent=True) == [0] * 6 and not desk.of.may_try(ASHA)
    desk.clock.now -= HOUR_S
    assert desk.of.may_try(ASHA) and desk.reports(1, urgent=True) == [0]


def test_sixty_megabytes_a_day_and_one_large_pdf_apart(desk: Desk) -> None:
    assert [desk.takes(15) for _ in range(5)] == [True] * 4 + [False]
    assert desk.takes(100, pdf=True) and not desk.takes(100, pdf=True)
    assert desk.takes(60, RAVI) and not desk.takes(0.001, RAVI)
    desk.clock.now += DAY_S
    assert desk.takes(60) and desk.takes(100, pdf=True)


def test_a_small_pdf_does_not_use_up_the_large_one(desk: Desk) -> None:
    assert desk.takes(1, pdf=True) and desk.takes(90, pdf=True)
    assert not desk.takes(90, pdf=True) and desk.takes(59, pdf=True)


def test_a_pdf_that_no_longer_fits_with_the_others_may_be_the_one_apart(desk: Desk) -> None:
    assert desk.takes(60) and desk.takes(2, pdf=True) and not desk.takes(2, pdf=True)


def test_no_pdf_is_larger_than_one_can_be(desk: Desk) -> None:
    assert not desk.takes(101, pdf=True)


def test_everybody_together_has_a_limit_too() -> None:
    desk = Desk(all_media_bytes=100 * MIB)
    assert [desk.takes(50), desk.takes(50, RAVI), desk.takes(1, RAVI)] == [True, True, False]


def test_what_did_not_come_is_given_back_and_what_came_besides_is_counted(desk: Desk) -> None:
    lost = desk.of.claim(ASHA, False, 60 * MIB)
    lost.came(30 * MIB)
    lost.give_back()
    short = desk.of.claim(ASHA, False, 60 * MIB)
    short.came(10 * MIB)
    short.settle()
    longer = desk.of.claim(ASHA, False, 0)
    longer.came(50 * MIB)
    with pytest.raises(OverAllowance):
        longer.came(1)


def test_who_came_longest_ago_is_forgotten_first_and_no_more_are_remembered() -> None:
    desk = Desk(people=3)
    desk.reports(6)
    for n in range(3):
        desk.reports(6, Sender("", f"91980000000{n}"))
    assert len(desk.of._people) == 3 and desk.reports(1) == [0]


def test_five_wrong_receipts_an_hour_and_then_none_is_looked_at(desk: Desk) -> None:
    for code in range(5):
        assert desk.of.may_try(ASHA)
        desk.of.was_wrong(ASHA, bytes([code]))
    assert not desk.of.may_try(ASHA) and desk.of.may_try(RAVI)
    desk.clock.now += HOUR_S
    assert desk.of.may_try(ASHA)


def test_the_same_wrong_receipt_counts_once_in_the_hour(desk: Desk) -> None:
    for code in (*b"aaaaaa", *b"bcd"):
        desk.of.was_wrong(ASHA, bytes([code]))
    assert desk.of.may_try(ASHA)
    desk.of.was_wrong(ASHA, b"e")
    assert not desk.of.may_try(ASHA)


def test_wrong_receipts_of_everybody_together_have_a_limit() -> None:
    desk = Desk(all_wrong_receipts_per_hour=7)
    for n in range(7):
        desk.of.was_wrong(Sender("", f"91980000000{n}"), b"one")
    assert not desk.of.may_try(ASHA)
    desk.clock.now += HOUR_S
    assert desk.of.may_try(ASHA) and not desk.of._wrong


def _persons(allowance: Allowance) -> Iterator[bytes]:
    yield from (bytes(one) for one in gc.get_referents(allowance._people) if isinstance(one, bytes))
    yield from (tag for _, tag, _ in allowance._wrong)


def test_people_are_tags_under_a_key_of_this_run_alone(desk: Desk) -> None:
    other = Desk()
    for one in (desk, other):
        one.reports(1)
        one.of.was_wrong(ASHA, b"one")
    mine, theirs = set(_persons(desk.of)), set(_persons(other.of))
    assert len(mine) == 1 and mine.isdisjoint(theirs)
    assert not [tag for tag in mine for form in forms(ASHA.phone.encode()) if form in tag]


amounts = st.one_of(st.integers(0, 20 * MIB), st.integers(0, 110 * MIB))
acts = st.lists(
    st.tuples(
        st.sampled_from(["report", "urgent", "file", "pdf", "night"]),
        st.sampled_from([ASHA, RAVI]),
        amounts,  # as announced
        amounts,  # as it came
        st.sampled_from(["settle", "give back", "under way"]),
    ),
    max_size=60,
)


def _send(desk: Desk, who: Sender, pdf: bool, announced: int, came: int, end: str) -> Claim | None:
    try:
        claim = desk.of.claim(who, pdf, announced)
        try:
            claim.came(came)
        except OverAllowance:
            claim.give_back()
            return None
    except OverAllowance:
        return None
    if end != "under way":
        claim.settle() if end == "settle" else claim.give_back()
    return claim


@given(acts)
def test_whatever_comes_no_report_is_refused_and_no_total_is_exceeded(
    told: list[tuple[str, Sender, int, int, str]],
) -> None:
    desk = Desk(all_media_bytes=150 * MIB)
    claims: list[Claim] = []
    for act, who, announced, came, end in told:
        if act in ("report", "urgent"):
            assert 0 <= desk.of.report_delay_s(who, act == "urgent") <= MOST_STEPS * STEP_S
        elif act == "night":
            desk.clock.now += DAY_S
            claims.clear()
        elif claim := _send(desk, who, act == "pdf", announced, came, end):
            claims.append(claim)
        for person in {claim.person for claim in claims}:
            own = [claim for claim in claims if claim.person == person]
            assert sum(c.claimed_bytes for c in own if not c.large_pdf) <= 60 * MIB
            assert sum(c.claimed_bytes for c in own if c.large_pdf) <= 100 * MIB
        assert sum(claim.claimed_bytes for claim in claims) <= 150 * MIB


# in the relay


def _report_again(phone: Phone) -> None:
    phone.do(*HINDI_REPORT)


def _newest(relay: FakeRelay) -> float:
    """When the newest report goes."""
    found = relay.value("select release_at from held order by rowid desc limit 1")
    assert isinstance(found, float)
    return found


def _without_receipt(texts: list[str]) -> list[str]:
    codes = [receipts.find_code(text) for text in texts]
    shown = [f"{c[:4]} {c[4:8]} {c[8:12]} {c[12:]}" for c in codes if c]
    for code in shown:
        texts = [text.replace(code, "*") for text in texts]
    return texts


@pytest.mark.slow  # seven whole conversations
def test_the_sixth_report_is_taken_with_the_same_words_and_only_goes_later(
    relay: FakeRelay, phone: Phone
) -> None:
    said, waits_s = list[list[str]](), list[float]()
    for _ in range(7):
        before = len(phone.got)
        _report_again(phone)
        waits_s.append(_newest(relay) - relay.now)
        for _ in range(60):  # the bot keeps a pace with each person
            relay.told_time.now += 7
            relay.run()
        said.append(_without_receipt(phone.got[before:]))
    assert said == [said[0]] * 7 and len(relay.held()) == 7
    assert max(waits_s[:5]) <= UNDO_S + JITTER_S < min(waits_s[5:]) and max(waits_s) < DAY_S
    assert len({replace(held.body, handle="", hour=0) for held in relay.held()}) == 1


def test_what_happens_now_goes_at_once_also_from_who_sent_too_many(relay: FakeRelay, phone: Phone) -> None:
    relay.engine._allowance = Allowance(Limits(reports_per_day=1), relay.clock)
    urgent = [act.replace("now|no", "now|yes") for act in HINDI_REPORT]
    _report_again(phone)
    phone.do(*urgent)
    assert _newest(relay) == relay.now


def test_a_late_one_that_happens_now_says_as_ever_that_it_cannot_be_taken_back(
    relay: FakeRelay, phone: Phone
) -> None:
    relay.engine._allowance = Allowance(Limits(reports_per_day=1, urgent_per_hour=0), relay.clock)
    urgent = [act.replace("now|no", "now|yes") for act in HINDI_REPORT]
    phone.do(*urgent)
    first = _without_receipt(phone.got)[-1]
    phone.do(*urgent)
    assert _without_receipt(phone.got)[-1] == first
    assert relay.value("select max(release_at) from held") != relay.now
    assert not [s for s in relay.whatsapp.sent[-1:] if not isinstance(s.payload, Text)]


def test_a_file_beyond_the_days_room_is_refused_kindly_and_the_report_goes_on(
    relay: FakeRelay, phone: Phone
) -> None:
    small = Allowance(Limits(media_bytes=len(png()) + 10), relay.clock)
    relay.fetcher._allowance = small
    phone.do(*HINDI_REPORT[:10]).send_photo(png()).send_photo(png())
    relay.told_time.now += 60
    relay.run()
    assert "आज के लिए" in "".join(phone.got)
    phone.do(*HINDI_REPORT[10:])
    (held,) = relay.held()
    assert (len(held.body.evidence), held.body.missing_evidence) == (1, 1)
    assert len(list(relay.media.iterdir())) == 1 and len(relay.whatsapp.deleted) == 2


def test_nothing_of_it_is_on_any_disk(relay: FakeRelay, phone: Phone) -> None:
    _report_again(phone)
    phone.do("status 1234 5678 9012 3452")
    tags = set(_persons(relay.allowance)) | {relay.allowance._secret}
    everything = relay.disk() + b"".join(
        path.read_bytes()
        for folder in (relay.config.runtime_dir, relay.config.epoch_store)
        for path in folder.rglob("*")
        if path.is_file()
    )
    assert tags and not [tag for tag in tags if tag in everything or tag.hex().encode() in everything]
    assert NUMBER.encode() not in relay.disk()


def test_the_police_can_ban_nobody(relay: FakeRelay) -> None:
    """All that a box may say to a relay: how a report stands, what to answer, its officers' duties."""
    desk, keys = AnswerDesk(relay), ReplyKeys(SealingKey.generate(), relay.now, DAY_S)
    orders = processes.duty_orders(relay, relay.book())
    program = RelayProgram(relay.identity(), keys, desk.downlink, orders)
    assert set(program.handlers) == {"reply", "state", "duty", "duty_over"}
    said = {field.name for kind in (Reply, PublicState, Duty, DutyOver) for field in fields(kind)}
    assert said == {
        *("v", "handle", "report_key", "reply_no", "template", "parameters", "state", "version"),
        *(
            "duty",
            "number",
            "language",
            "serial",
            "thana",
            "sensitivity",
            "urgency",
            "brief",
        ),  # the officer's number
    }


def test_what_boxes_say_is_taken_by_a_process_that_has_no_allowance() -> None:
    root = Path(processes.__file__).parent
    users = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if "relay.allowance" in path.read_text(encoding="utf-8")
    }
    intakes = {"intake/engine.py", "intake/asking.py", "evidence/fetcher.py", "evidence/taking.py"}
    assert users == {*intakes, "processes.py"}
    assert "allowance" not in inspect.getsource(processes.run_link) + inspect.getsource(processes.line)
