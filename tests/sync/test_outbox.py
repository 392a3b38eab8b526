"""The outbox: rows are sent by lane and timer, and in any order of events none is lost or doubled."""

import random
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sync import db, outbox
from sync.messages import COMMITTED, Acknowledgement
from sync.outbox import Parcel, Retry

RETRY = Retry(2.0, 60.0)
NODES = ("n1", "n2", "n3")
T0 = 1_000_000


def opened() -> sqlite3.Connection:
    conn = db.connect(Path(":memory:"))
    for statement in (*outbox.SCHEMA, *outbox.MONTHLY_KEYS):
        conn.execute(statement)
    return conn


@pytest.fixture
def conn() -> sqlite3.Connection:
    return opened()


def parcel(message_id: str, recipient: str = "n1", lane: int = 0, at: int = T0) -> Parcel:
    return Parcel(message_id, recipient, "report", lane, message_id.encode(), at)


def ack(message_id: str, envelope_hash: bytes = b"") -> Acknowledgement:
    return Acknowledgement(message_id, envelope_hash, None, "epoch", COMMITTED)


def ids(parcels: list[Parcel]) -> list[str]:
    return [one.message_id for one in parcels]


def test_text_goes_before_files_and_old_before_new(conn: sqlite3.Connection) -> None:
    lanes = (outbox.LANE_DIGEST, outbox.LANE_FILE, outbox.LANE_REPLY, outbox.LANE_TEXT)
    for lane in lanes:
        outbox.put(conn, parcel(f"{lane}new", "n1", lane, T0 + 1))
        outbox.put(conn, parcel(f"{lane}old", "n1", lane, T0))
        outbox.put(conn, parcel(f"{lane}other", "n2", lane, T0))
    due = outbox.due(conn, T0 + 1, 100)
    assert [one.lane for one in due] == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    mine = [one.message_id for one in due if one.recipient == "n1"]
    assert mine == ["0old", "0new", "1old", "1new", "2old", "2new", "3old", "3new"]
    assert ids(outbox.due(conn, T0 + 1, 3)) == ids(due)[:3]


def test_the_content_comes_back_as_it_was_put(conn: sqlite3.Connection) -> None:
    whole = replace(parcel("m"), content=b"\0\xff", envelope_hash=b"h")
    outbox.put(conn, whole)
    assert outbox.due(conn, T0, 1) == [whole]


def test_a_row_is_not_due_before_its_time(conn: sqlite3.Connection) -> None:
    outbox.put(conn, parcel("m"))
    assert outbox.due(conn, T0 - 1, 10) == []
    assert ids(outbox.due(conn, T0, 10)) == ["m"]


def test_no_more_than_the_window_is_under_way_to_one_recipient(conn: sqlite3.Connection) -> None:
    for number in range(outbox.WINDOW + 10):
        outbox.put(conn, parcel(f"a{number:04}", "n1"))
    outbox.put(conn, parcel("b", "n2"))
    first = outbox.due(conn, T0, 1000)
    assert len(first) == outbox.WINDOW + 1
    for one in first:
        outbox.sent(conn, one, T0, RETRY, random.Random(1))
    assert outbox.due(conn, T0, 1000) == []
    for one in first[:4]:
        outbox.drop(conn, one.message_id)
    assert len(outbox.due(conn, T0, 1000)) == (3 if "b" in ids(first[:4]) else 4)


@given(st.integers(0, 2000), st.floats(0.1, 100), st.floats(100, 1000))
def test_the_wait_doubles_up_to_its_cap_within_a_quarter(attempts: int, base_s: float, cap_s: float) -> None:
    middle = min(cap_s, base_s * 2.0 ** min(attempts, 30))
    waits = [Retry(base_s, cap_s).after(attempts, random.Random(seed)) for seed in range(5)]
    assert all(middle * 0.75 <= wait <= middle * 1.25 for wait in waits)
    assert len(set(waits)) > 1


def test_an_acknowledgement_counts_only_from_the_recipient_and_for_this_envelope(
    conn: sqlite3.Connection,
) -> None:
    outbox.put(conn, replace(parcel("m"), envelope_hash=b"h"))
    assert outbox.find(conn, ack("m", b"h"), "n2") is None
    assert outbox.find(conn, ack("m", b"other"), "n1") is None
    assert outbox.find(conn, ack("x", b"h"), "n1") is None
    assert outbox.find(conn, ack("m", b"h"), "n1") is not None


def test_a_row_without_hash_takes_any_envelope_of_its_id(conn: sqlite3.Connection) -> None:
    outbox.put(conn, parcel("m"))
    assert outbox.find(conn, ack("m", b"sealed anew"), "n1") is not None


def test_what_waits_is_counted_with_its_age(conn: sqlite3.Connection) -> None:
    assert outbox.waiting(conn) == (0, None)
    outbox.put(conn, parcel("m", at=T0 + 5))
    outbox.put(conn, parcel("n", at=T0))
    outbox.keep(conn, "n", "acknowledged", b"")
    assert outbox.waiting(conn) == (1, T0 + 5)


class Life(RuleBasedStateMachine):
    """Everything that can happen to rows, in any order, beside a model of what must be there."""

    def __init__(self) -> None:
        super().__init__()
        self.conn, self.rng, self.now = opened(), random.Random(7), float(T0)
        self.rows: dict[str, str] = {}
        self.recipients: dict[str, str] = {}
        self.resting: dict[str, float] = {}

    def teardown(self) -> None:
        """What is not answered is still sent, once per round, however long it takes."""
        self.now += RETRY.cap_s * 1.25
        assert set(self.send(1000)) == {name for name, state in self.rows.items() if state == "due"}
        self.conn.close()

    def some(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.rows)))

    def send(self, limit: int) -> list[str]:
        found = outbox.due(self.conn, self.now, limit)
        for one in found:
            outbox.sent(self.conn, one, self.now, RETRY, self.rng)
            self.resting[one.message_id] = self.now + 0.75 * min(RETRY.cap_s, RETRY.base_s * 2**one.attempts)
        return ids(found)

    @rule(recipient=st.sampled_from(NODES), lane=st.integers(0, 3))
    def put(self, recipient: str, lane: int) -> None:
        name = f"m{len(self.rows)}"
        outbox.put(self.conn, parcel(name, recipient, lane, int(self.now)))
        self.rows[name], self.recipients[name] = "due", recipient

    @precondition(lambda self: self.rows)
    @rule(data=st.data(), recipient=st.sampled_from(NODES))
    def put_again(self, data: st.DataObject, recipient: str) -> None:
        name = self.some(data)
        if self.rows[name] != "gone":
            outbox.put(self.conn, replace(parcel(name, recipient), content=b"another"))

    @rule(seconds=st.floats(0, 100))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(limit=st.integers(0, 5))
    def send_some(self, limit: int) -> None:
        names = self.send(limit)
        assert len(names) == len(set(names)) <= limit
        assert all(self.rows[name] == "due" for name in names)

    @rule()
    def nothing_goes_before_its_time(self) -> None:
        names = ids(outbox.due(self.conn, self.now, 1000))
        assert all(self.resting.get(name, 0) <= self.now for name in names)

    @precondition(lambda self: self.rows)
    @rule(data=st.data(), kept=st.booleans(), sender=st.sampled_from(NODES))
    def acknowledge(self, data: st.DataObject, kept: bool, sender: str) -> None:
        name = self.some(data)
        found = outbox.find(self.conn, ack(name), sender)
        assert (found is not None) == (self.rows[name] == "due" and self.recipients[name] == sender)
        if found is None:
            return
        assert found.content == name.encode()
        if kept:
            outbox.keep(self.conn, name, "acknowledged", found.content)
        else:
            outbox.drop(self.conn, name)
        self.rows[name] = "acknowledged" if kept else "gone"

    @rule(recipient=st.sampled_from(NODES))
    def hurry(self, recipient: str) -> None:
        outbox.hurry(self.conn, recipient, self.now)
        mine = {
            name for name, state in self.rows.items() if state == "due" and self.recipients[name] == recipient
        }
        for name in mine:
            self.resting.pop(name, None)
        assert mine <= set(ids(outbox.due(self.conn, self.now, 1000)))

    @rule(recipient=st.sampled_from(NODES))
    def again(self, recipient: str) -> None:
        outbox.again(self.conn, recipient, self.now)
        for name, state in self.rows.items():
            if state == "acknowledged" and self.recipients[name] == recipient:
                self.rows[name] = "due"
                self.resting.pop(name, None)

    @invariant()
    def the_table_is_the_model(self) -> None:
        rows = self.conn.execute("select message_id, state, recipient from outbox").fetchall()
        there = {row["message_id"]: (row["state"], row["recipient"]) for row in rows}
        model = {n: (s, self.recipients[n]) for n, s in self.rows.items() if s != "gone"}
        assert there == model
        assert outbox.waiting(self.conn)[0] == sum(state == "due" for state in self.rows.values())


TestLife = Life.TestCase
