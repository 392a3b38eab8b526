"""A broker's operator who holds a report back until another node's certificate has used its message id."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from provisioning.demo import story
from sync import frames
from sync.errors import Unreadable
from sync.frames import Chunk
from sync.messages import Digest
from sync.sealing import envelopes
from sync.sealing.keys import PublicSealingKey
from tests.adversaries.ground import City, Ground
from tests.adversaries.rogue import Line, Rogue
from tests.adversaries.verdict import Verdict
from tests.journeys.town import LINE, PATIENCE_S
from tests.waiting import wait_until

ACCOMPLICE = "chandauli"
"""The seat whose certificate he has; its own program does not run."""
CONTROL = "ids-of-nobody"


@dataclass(frozen=True)
class Outcome:
    """What became of the report that was held back: ``state`` of its row at the relay, reports at the range, alarms."""

    state: str
    at_the_range: int
    alarms: int

    @property
    def has_vanished(self) -> bool:
        """Whether nobody has it and nobody will ask."""
        return self.state == "acknowledged" and not self.at_the_range and not self.alarms


def play(ground: Ground) -> Sequence[Verdict]:
    """A report on police, whose range takes counts from every district's box; then where an id counts for anybody."""
    strong, weak = _swallow(ground, ""), _swallow(ground, CONTROL)
    return [
        Verdict(
            "broker operator with a node's certificate",
            "the broker, and the certificate and keys of Chandauli's box",
            "to make a report on police vanish: held its frame, had Chandauli send counts under its message id, which "
            "the range took, then let the report go",
            ()
            if strong.at_the_range == 1
            else (f"a report that did not come ({strong.state} at the relay)",),
            f"{CONTROL}: at the relay {weak.state}, at the range {weak.at_the_range} reports, {weak.alarms} alarms",
            weak.has_vanished,
        )
    ]


def _swallow(ground: Ground, weakening: str) -> Outcome:
    with ground.city(weakening, (*LINE, "range-link")) as city:
        relay, there = city.node("relay"), city.node("range")
        phone = city.town.phone()
        city.tap.hold(relay)
        story.report_police(phone)
        wait_until(lambda: _report_id(city), PATIENCE_S, "a report at the broker")
        _use_first(city, _report_id(city), there, ground.rng)
        city.tap.let_go(relay)
        wait_until(lambda: _state(city) != "due" or _alarms(city), PATIENCE_S, "a word on the report")
        return Outcome(
            _state(city), len(city.town.rows("range", "box.db", "select 1 from report")), _alarms(city)
        )


def _use_first(city: City, message_id: str, there: str, rng: random.Random) -> None:
    """Returns once the range has taken the other node's message of that id."""
    ((key,),) = city.town.relay(f"select message_key from peer where node='{there}'")
    assert isinstance(key, bytes)
    held = Rogue(city.root(ACCOMPLICE), there, PublicSealingKey(key), rng)
    line = Line(held, there)
    try:
        line.send(held.frame("digest", Digest(2, "00" * 8, 1, ()), message_id)[1])
        wait_until(lambda: _is_taken(city, message_id), PATIENCE_S, "the other message at the range")
    finally:
        line.close()


def _report_id(city: City) -> str:
    """Of the report that the relay has sent to the broker, or nothing."""
    for one in city.tap.published():
        try:
            content = frames.read(one.payload)
        except Unreadable:
            continue
        if not isinstance(content, Chunk) and (head := envelopes.read(content).header).purpose == "report":
            return head.id
    return ""


def _is_taken(city: City, message_id: str) -> bool:
    query = f"select 1 from seen where message_id='{message_id}' and result='committed'"
    return bool(city.town.rows("range", "box.db", query))


def _state(city: City) -> str:
    rows = city.town.relay("select state from outbox where purpose='report'")
    return str(rows[0][0]) if rows else ""


def _alarms(city: City) -> int:
    ((aside,),) = city.town.rows("range", "box.db", "select count(*) from quarantine")
    counted = city.town.rows("range", "box.db", "select value from counter where name='id_used_twice'")
    return int(str(aside)) + sum(int(str(row[0])) for row in counted)
