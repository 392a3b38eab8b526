"""A closing ends the way back at the relay, so it is told behind the answers that were ordered before it."""

import random
import sqlite3
from pathlib import Path

import pytest

from appliance import cases
from sync import frames, topics
from sync.exchange import Opened
from sync.link import Arrival
from sync.messages import PublicState, Reply
from sync.sealing import envelopes
from tests.appliance.ends import Ends
from tests.appliance.office import SCREENER, SUPERVISOR, body, close, open_office
from tests.stations import BOX_ID, RELAY_ID, World


class Line(Ends):
    """Notes in which order the relay hears of answers and states; ``lost``: purposes that do not arrive."""

    def listen(self) -> None:
        self.heard: list[str] = []
        self.lost: set[str] = set()
        handlers = self.relay.station.program.handlers
        self.relay.station.program.handlers = {**handlers, "reply": self._hear, "state": self._hear}

    def send(self) -> None:
        """What the box has to say, as far as it arrives; then time goes on."""
        sent = [d.frame for d in self.line.outgoing(200) if d.recipient == RELAY_ID]
        arriving = [f for f in sent if envelopes.read(frames.read(f)).header.purpose not in self.lost]  # type: ignore[arg-type]  # no chunks here
        topic = topics.topic(RELAY_ID, BOX_ID)
        self.relay.station.exchange.accept([Arrival(topic, frame) for frame in arriving])
        self.relay_sends()
        self.world.time.now += 60

    def _hear(self, conn: sqlite3.Connection, opened: Opened, now: float) -> None:
        message = opened.messages["message"]
        assert isinstance(message, Reply | PublicState)
        self.heard.append("answer" if isinstance(message, Reply) else message.state)


@pytest.fixture
def line(tmp_path: Path, rng: random.Random) -> Line:
    world = World(tmp_path, rng)
    made = Line(tmp_path, open_office(tmp_path, world.clock), world)
    made.turns()
    made.report(body(1))
    made.listen()
    return made


def answer_and_close(line: Line) -> None:
    (serial,) = line.desk.conn.execute("select serial from case_file").fetchone()
    cases.screen(line.desk, serial, SCREENER, 1)
    cases.answer(line.desk, serial, SUPERVISOR, cases.get(line.desk, serial).version, "taken_up", ())
    close(line.desk, serial, SUPERVISOR, cases.get(line.desk, serial).version, "unfounded")


def test_a_closing_waits_for_the_answers_ordered_before_it(line: Line) -> None:
    answer_and_close(line)
    line.lost = {"reply"}
    for _ in range(10):
        line.send()
    assert "closed" not in line.heard
    line.lost = set()
    for _ in range(10):
        line.send()
    assert [one for one in line.heard if one != "in_work"] == ["answer", "closed"]


def test_it_waits_no_longer_than_the_answer_can_go(line: Line) -> None:
    answer_and_close(line)
    line.lose_keys()
    for _ in range(10):
        line.send()
    assert line.heard[-1] == "closed" and "answer" not in line.heard
