"""Messages to officers between POST and status: a kill, a slow answer, a refusal, a withdrawn duty, what they cost."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database

from relay import meter, trouble
from relay.duty.letters import STATUS_WAIT_S, DutySender
from relay.events import Event, Update
from relay.limits import Buttons, Payload, Template
from relay.migrations import relay_db
from relay.whatsapp import OutcomeUnknown, SendError
from sync.clock import DAY_S, HOUR_S, hour_of
from sync.db import transaction
from sync.messages import DutyAnswer, DutyOver
from tests.fakes import FakeWhatsApp
from tests.relay.barracks import DUTY, NAME, OFFICER, SECOND, STRANGER, Barracks
from tests.relay.builders import JNP_BOX

UNKNOWN = OutcomeUnknown("a gateway failed")


@pytest.fixture
def barracks(tmp_path: Path, rng: random.Random) -> Barracks:
    return Barracks(tmp_path, rng)


class Killed(BaseException):
    """The process ends here."""


class Interrupted(FakeWhatsApp):
    """WhatsApp takes the message; before its answer is read ``meanwhile`` happens."""

    def __init__(self, barracks: Barracks, meanwhile: str, is_lost: bool) -> None:
        super().__init__()
        self.number_id = SECOND
        self.barracks, self.meanwhile, self.is_lost = barracks, meanwhile, is_lost

    def send(self, to: object, payload: Payload, opaque: str) -> None:
        super().send(OFFICER, payload, opaque)
        if self.meanwhile == "kill":
            raise Killed
        event = Event("status", SECOND, None, 1, status=self.meanwhile, opaque=opaque)
        self.barracks.relay.put(Update(f"status {self.meanwhile}", event))
        self.barracks.relay.run()
        if self.is_lost:
            raise UNKNOWN


def interrupt(barracks: Barracks, meanwhile: str, is_lost: bool = True) -> None:
    """The notice goes while something else happens; WhatsApp's answer to it may be lost."""
    letters, client = barracks.sender._letters, Interrupted(barracks, meanwhile, is_lost)
    barracks.sender = DutySender(barracks.relay.conn, letters, client, barracks.relay.clock)
    try:
        barracks.order(DUTY)
    except Killed:
        pass
    barracks.sender = DutySender(barracks.relay.conn, letters, barracks.relay.whatsapp, barracks.relay.clock)


@pytest.mark.parametrize("status", ["sent", "delivered", "read"])
def test_a_status_that_is_faster_than_the_answer_counts(barracks: Barracks, status: str) -> None:
    interrupt(barracks, status)
    barracks.relay.told_time.now += STATUS_WAIT_S
    barracks.run()
    told = [] if status == "sent" else [(JNP_BOX, "delivered", "")]
    assert (barracks.relay.whatsapp.sent, barracks.told) == ([], told)
    assert barracks.relay.value("select state from duty_out") == status
    assert barracks.relay.value("select state from duty") == ("delivered" if told else "noticed")


@pytest.mark.parametrize("words", [("delivered", "read"), ("read", "delivered"), ("sent", "read", "read")])
def test_a_notice_on_the_phone_is_told_once(barracks: Barracks, words: tuple[str, ...]) -> None:
    barracks.order(DUTY)
    for status in words:
        barracks.status(status)
    ((node, answer),) = barracks.answers()
    assert (node, answer) == (JNP_BOX, DutyAnswer(2, NAME, "delivered", "", hour_of(barracks.relay.now), ()))


@pytest.mark.parametrize(
    ("code", "told"), [(None, "delivered"), (131026, "undelivered"), (131047, "undelivered")]
)
def test_a_phone_that_was_off_for_thirty_hours_is_still_told_of(
    barracks: Barracks, code: int | None, told: str
) -> None:
    barracks.order(DUTY)
    barracks.status("sent")
    barracks.relay.pass_time(30 * HOUR_S)
    assert barracks.relay.value("select locked from duty_out") == b""
    if code is None:
        barracks.status("delivered")
        barracks.status("read")
    else:
        barracks.fail(code)
    assert barracks.told == [(JNP_BOX, told, "")]
    assert len(barracks.got) == 1
    barracks.relay.pass_time(HOUR_S)
    assert barracks.relay.count("duty_out") == 0


def test_a_relay_of_before_knows_the_notices_it_had_sent(tmp_path: Path) -> None:
    database = Database(tmp_path / "before.db")
    relay_db.apply(database, stop_before="fate_of_notices")
    for duty in ("d", "", "e", "d", ""):
        database.execute(
            "insert into duty_out(opaque, duty, week, locked, due_at, made_at)"
            " select count(*),?,1,x'',0,0 from duty_out",
            [duty],
        )
    relay_db.apply(database)
    marked = database.execute("select opaque from duty_out where is_notice order by id").fetchall()
    database.close()
    assert marked == [("0",), ("2",)]


def test_only_a_notice_that_nobody_heard_of_is_remembered_longer_than_a_day(barracks: Barracks) -> None:
    barracks.order(DUTY)
    barracks.order(replace(DUTY, duty="e" * 32))
    barracks.tap("accept")
    barracks.write("hello", who=STRANGER)
    for at in range(len(barracks.relay.whatsapp.sent)):
        barracks.status("sent", at)
    barracks.relay.pass_time(13 * DAY_S)
    assert barracks.relay.value("select group_concat(duty) from duty_out") == NAME
    barracks.relay.pass_time(DAY_S)
    assert barracks.relay.count("duty_out") == 0


def test_a_notice_shown_again_is_not_told_again(barracks: Barracks) -> None:
    barracks.order(DUTY)
    barracks.status("delivered")
    barracks.tap("acted")
    barracks.status("delivered")
    barracks.tap("accept")
    assert [kind for _, kind, _ in barracks.told] == ["delivered", "accepted"]


def test_what_arrived_does_not_fail_and_what_failed_does_not_arrive(barracks: Barracks) -> None:
    barracks.order(DUTY)
    barracks.order(replace(DUTY, duty="e" * 32))
    barracks.status("delivered", at=0)
    barracks.fail(131026, at=0)
    barracks.fail(131026, at=1)
    barracks.status("delivered", at=1)
    told = [(answer.duty, answer.kind) for _, answer in barracks.answers()]
    assert told == [(NAME, "delivered"), ("e" * 32, "undelivered")]


@pytest.mark.parametrize("before", ["accept", "over"])
def test_a_late_word_on_the_notice_is_not_told(barracks: Barracks, before: str) -> None:
    barracks.order(DUTY)
    if before == "accept":
        barracks.tap("accept")
    else:
        barracks.order(DutyOver(1, NAME))
    told = barracks.told
    barracks.status("delivered", at=0)
    barracks.status("read")
    assert barracks.told == told


def test_a_delivery_leaves_a_note_with_the_case_he_touched_last(barracks: Barracks) -> None:
    barracks.order(DUTY)
    barracks.order(replace(DUTY, duty="e" * 32, serial="JNP-2026-00500"))
    barracks.status("delivered", at=0)
    barracks.write("which one?")
    assert "JNP-2026-00500" in barracks.got[-1][1]


def test_after_a_kill_a_status_is_waited_for_before_it_goes_again(barracks: Barracks) -> None:
    interrupt(barracks, "kill")
    barracks.run()
    assert barracks.relay.whatsapp.sent == []
    barracks.relay.told_time.now += STATUS_WAIT_S
    barracks.run()
    assert len(barracks.relay.whatsapp.sent) == 1


def test_a_refusal_before_leaves_a_doubt_its_three_tries(barracks: Barracks) -> None:
    barracks.relay.whatsapp.trouble = [SendError(131000, 500), SendError(131000, 500), UNKNOWN]
    barracks.order(DUTY)
    for _ in range(3):
        barracks.relay.told_time.now += STATUS_WAIT_S
        barracks.run()
    assert len(barracks.got) == 1


def test_a_failure_without_a_code_is_the_end(barracks: Barracks) -> None:
    barracks.order(DUTY)
    barracks.fail(0)
    assert barracks.told == [(JNP_BOX, "undelivered", "")]
    assert trouble.recent(barracks.relay.conn, barracks.relay.now) == []


def test_a_brief_that_was_refused_does_not_go_once_the_case_is_somebody_elses(barracks: Barracks) -> None:
    barracks.order(DUTY)
    barracks.tap("accept")
    barracks.order(DutyOver(1, NAME))
    barracks.fail(131000)
    barracks.relay.told_time.now += HOUR_S
    barracks.run()
    assert [DUTY.brief in text for _, text in barracks.got] == [False, True]


@pytest.mark.parametrize("later", [False, True])
def test_what_only_a_technician_can_mend_calls_him(barracks: Barracks, later: bool) -> None:
    barracks.relay.whatsapp.trouble = [] if later else [SendError(131042, 400)]
    barracks.order(DUTY)
    if later:
        barracks.fail(131042)
    (found,) = trouble.recent(barracks.relay.conn, barracks.relay.now)
    assert (found.code, found.about) == (131042, "payment")


def test_messages_of_the_second_number_are_counted_once_each(barracks: Barracks) -> None:
    barracks.relay.whatsapp.number_id = SECOND
    barracks.relay.whatsapp.trouble = [SendError(131047, 400), SendError(131000, 500)]
    barracks.order(DUTY)
    barracks.relay.told_time.now += HOUR_S
    barracks.run()
    template = barracks.relay.whatsapp.sent[-1].payload
    assert isinstance(template, Template)
    barracks.hear(OFFICER, "tap", choice=template.payloads[0])
    assert isinstance(barracks.relay.whatsapp.sent[-1].payload, Buttons)
    for sent in barracks.relay.whatsapp.sent:
        barracks.hear(None, "status", status="delivered", opaque=sent.opaque)
    (month,) = meter.this_month(barracks.relay.conn, barracks.relay.now)
    assert (month.number_id, month.free_form, month.templates) == (SECOND, 1, 1)


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_status_that_is_faster_is_counted_once_and_stays(barracks: Barracks, is_lost: bool) -> None:
    interrupt(barracks, "delivered", is_lost)
    assert barracks.relay.value("select state from duty_out") == "delivered"
    (month,) = meter.this_month(barracks.relay.conn, barracks.relay.now)
    assert (month.number_id, month.free_form) == (SECOND, 1)


def test_a_box_that_left_the_directory_stops_nobody(barracks: Barracks) -> None:
    barracks.order(DUTY)
    with transaction(barracks.relay.conn):
        barracks.relay.conn.execute("update duty set node='gone'")
        barracks.relay.conn.execute("update duty_out set state='queued', due_at=0")
    barracks.relay.whatsapp.trouble = [SendError(131026, 400)]
    barracks.run()
    assert barracks.relay.value("select state from duty_out") == "failed"
