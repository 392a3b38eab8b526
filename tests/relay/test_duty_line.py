"""A duty over the real exchange, both programs at their ends: there, answered, withdrawn, and nothing left lying."""

import random
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from appliance import cases, holders
from appliance.desk import open_keys
from appliance.line import BoxProgram
from relay import processes
from relay.downlink import Downlink, Keys, Pace
from relay.line import RelayProgram, ReplyKeys
from sync import messages, topics
from sync.clock import DAY_S
from sync.db import transaction
from sync.exchange import Exchange, Identity, new_epoch
from sync.link import Arrival
from sync.outbox import Retry
from sync.sealing.keys import SealingKey
from tests.appliance.ends import a_ring
from tests.appliance.office import SP, SUPERVISOR, body, open_office, receive
from tests.relay.barracks import OFFICER, Barracks
from tests.relay.builders import JNP_BOX, RELAY_ID, a_book, a_directory, node_keys

POST = "SHO JNP-10"
RETRY = Retry(2, 60)


class Wire:
    """A box with one case, a relay with a second number, and the line between them."""

    def __init__(self, folder: Path, rng: random.Random) -> None:
        (folder / "box").mkdir()
        self.barracks = Barracks(folder, rng)
        relay = self.barracks.relay
        self.desk = replace(open_office(folder / "box", relay.clock), directory=a_directory())
        keys = node_keys()[JNP_BOX]
        box = Identity(JNP_BOX, "run", keys.signing)
        ring = a_ring(folder / "box", keys, relay.now)
        box_program = BoxProgram(self.desk, open_keys(self.desk.config), box, ring)
        downlink = Downlink(
            relay.epochs, relay.vault(), a_book().catalogue, Keys(), Pace(0, 0, None, DAY_S), relay.rng
        )
        reply_keys = ReplyKeys(SealingKey.generate(), relay.now, DAY_S)
        orders = processes.duty_orders(relay, a_book())
        relay_program = RelayProgram(relay.identity(), reply_keys, downlink, orders)
        rest = (relay.clock, rng, RETRY, 60.0, folder)
        self.box = Exchange(box, a_directory(), [RELAY_ID], self.desk.conn, box_program, *rest)
        self.relay = Exchange(relay.identity(), a_directory(), [JNP_BOX], relay.conn, relay_program, *rest)
        self.turns()

    def turns(self) -> None:
        """Both speak and hear for some seconds, and the officer's phone gets what is due."""
        for _ in range(6):
            for sender, to, there in ((self.box, self.relay, RELAY_ID), (self.relay, self.box, JNP_BOX)):
                here = JNP_BOX if there == RELAY_ID else RELAY_ID
                frames = [d.frame for d in sender.outgoing(200) if d.recipient == there]
                to.accept([Arrival(topics.topic(there, here), frame) for frame in frames])
            self.barracks.relay.told_time.now += 5
        self.barracks.run()


@pytest.fixture
def wire(tmp_path: Path, rng: random.Random) -> Wire:
    return Wire(tmp_path, rng)


def given(wire: Wire) -> str:
    """A case in the officer's hands; its serial."""
    desk = wire.desk
    holders.appoint(desk, SP, POST, "SI Ram", OFFICER.phone, "en")
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SUPERVISOR, 1)
    cases.assign(desk, serial, SUPERVISOR, 2, POST, brief="Look behind the mill")
    wire.turns()
    return serial


def test_an_officer_answers_and_the_case_goes_on(wire: Wire) -> None:
    serial = given(wire)
    assert cases.get(wire.desk, serial).duties[0].state == "sent"
    wire.barracks.status("delivered")
    wire.turns()
    assert cases.get(wire.desk, serial).duties[0].state == "delivered"
    for act in ("accept", "acted"):
        wire.barracks.tap(act)
        wire.turns()
    wire.barracks.status("read", at=0)
    wire.barracks.write("two barrels")
    wire.turns()
    case = cases.get(wire.desk, serial)
    assert (case.status, case.history[-1].note, case.history[-1].actor) == (
        "reported_back",
        "two barrels",
        POST,
    )


def test_a_box_of_before_takes_that_a_notice_is_on_the_phone_after_its_upgrade(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    serial = given(wire)
    with monkeypatch.context() as before:
        before.setitem(messages.VERSIONS, "duty_answer", 1)
        wire.barracks.status("delivered")
        wire.turns()
    (reason,) = wire.desk.conn.execute("select reason from quarantine").fetchone()
    assert (reason, cases.get(wire.desk, serial).duties[0].state) == ("TooNew", "sent")
    wire.box.connected()
    wire.turns()
    assert cases.get(wire.desk, serial).duties[0].state == "delivered"
    assert wire.barracks.relay.value("select state from outbox") == "acknowledged"


def test_what_officers_answer_is_read_by_a_box_of_before(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    serial = given(wire)
    monkeypatch.setitem(messages.VERSIONS, "duty_answer", 1)
    wire.barracks.tap("accept")
    wire.turns()
    assert cases.get(wire.desk, serial).duties[0].state == "accepted"


def test_nothing_waits_in_either_outbox(wire: Wire) -> None:
    given(wire)
    wire.barracks.tap("cannot")
    wire.turns()
    query = "select purpose, state from outbox where purpose like 'duty%'"
    left = [conn.execute(query).fetchall() for conn in (wire.desk.conn, wire.barracks.relay.conn)]
    assert [[tuple(row) for row in rows] for rows in left] == [[], [("duty_answer", "acknowledged")]]


def test_a_reassigned_case_is_no_longer_his(wire: Wire) -> None:
    serial = given(wire)
    token = wire.barracks.token
    cases.assign(wire.desk, serial, SUPERVISOR, 3, "SHO JNP-11")
    wire.turns()
    wire.barracks.tap("accept", token=token)
    wire.turns()
    assert "no longer yours" in wire.barracks.got[-1][1]
    assert cases.get(wire.desk, serial).status == "assigned"


def test_a_restored_box_hears_again_what_the_officer_answered(wire: Wire) -> None:
    serial = given(wire)
    before = sqlite3.connect(":memory:")
    wire.desk.conn.backup(before)
    for act in ("accept", "acted"):
        wire.barracks.tap(act)
    wire.turns()
    wire.barracks.write("two barrels")
    wire.turns()
    before.backup(wire.desk.conn)
    with transaction(wire.desk.conn):
        new_epoch(wire.desk.conn)
    assert cases.get(wire.desk, serial).status == "assigned"
    wire.barracks.relay.told_time.now += 60
    wire.turns()
    wire.turns()
    case = cases.get(wire.desk, serial)
    assert (case.status, case.history[-1].note) == ("reported_back", "two barrels")
    assert wire.barracks.relay.count("outbox") == 3
    wire.barracks.relay.pass_time(15 * DAY_S)
    assert wire.barracks.relay.count("outbox") == 0
