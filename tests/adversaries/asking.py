"""Police with root at a box who ask its informants: run as a program, for weakened builds too.

``python -m tests.adversaries.asking FOLDER`` prints as JSON what went to phones beyond what may, and what the box heard
that depends on the people behind the handles. Time is told, so that a difference of one batch counts.
"""

import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from relay.events import Sender
from relay.whatsapp import Payload, SendError
from sync import db, topics
from sync.clock import DAY_S, HOUR_S, IST_OFFSET_S, day_of
from sync.link import Arrival, Departure
from sync.messages import Acknowledgements, Hello, Message, PublicState, Reply, ReportBody
from tests.adversaries import rogue as rogues
from tests.adversaries.rogue import Rogue
from tests.anonymity.stories import Story, Teller, Who
from tests.anonymity.town import TURNS, Town, make_template

BOX, OTHER = "jaunpur", "ghazipur"
PUSH, STOPPED, DEAF = "told", "said stop", "unreachable"
KINDS = (PUSH, STOPPED, DEAF)
ATTACKS = ("correlated", "forbidden", "hammered", "watched")
EACH = 3
ALLOWED, DAYS, ADDED = 10, 14, 3
"""Answers that one person gets at most; days for which police try to send more; how often he adds to his report."""
BATCH_H = 15
"""The relay's link starts at three in the afternoon, so its batches go at that hour."""
NO_SUCH_PHONE = 131026
"""WhatsApp's word for a message that cannot be delivered to this number."""
URL = "http://trap.example/asha"


@dataclass
class Informant:
    """Somebody who wrote, and what the police hold of the way back to him."""

    kind: str
    teller: Teller
    handle: str = ""
    key: bytes = b""


@dataclass
class Asking:
    """One town, the informants in it, the rogue at Jaunpur."""

    town: Town
    people: list[Informant] = field(default_factory=list)
    heard: list[tuple[float, Message | None]] = field(default_factory=list)
    deaf: set[Sender] = field(default_factory=set)
    days: list[tuple[Sender, int]] = field(default_factory=list)
    read_to: int = 0

    def __post_init__(self) -> None:
        town = self.town
        self.rng = random.Random("rogue")
        relay_key = town.program.message_key.public
        self.rogue = Rogue(town.root(BOX), town.node("relay"), relay_key, self.rng)
        whatsapp = town.relay.whatsapp
        send = whatsapp.send

        def sometimes(to: Sender, payload: Payload, opaque: str) -> None:
            if to in self.deaf:
                raise SendError(NO_SUCH_PHONE, 400)
            self.days.append((to, day_of(town.now)))
            send(to, payload, opaque)

        whatsapp.send = sometimes  # type: ignore[method-assign]  # some of these phones are gone

    def tell(self, kinds: Sequence[str] = KINDS, each: int = EACH, district: str = "JNP") -> None:
        """People report; afterwards some say stop, and some lose their phones."""
        for _ in range(each):
            for kind in kinds:
                n = len(self.people)
                who = Who(f"9198123{45000 + n}", "", f"Asha{n}")
                teller = Teller(self.town, who, Story(100 + n, "drugs", "no", "push", 0, district))
                teller.tell()
                handle, key = self._taken(BOX if district == "JNP" else OTHER)
                self.people.append(Informant(kind, teller, handle, key))
                if kind == STOPPED:
                    teller.write("stop")
                elif kind == DEAF:
                    self.deaf.add(who.sender)

    def add(self, one: Informant) -> Informant:
        """He adds to what he told: the same person, behind another handle."""
        one.teller.write(f"जोड़ें {one.teller.receipt}")
        while not self.town.conn.execute("select 1 from held").fetchone():
            one.teller.answer()
        added = Informant(one.kind, one.teller, *self._taken(BOX))
        self.people.append(added)
        return added

    def _taken(self, seat: str) -> tuple[str, bytes]:
        """The handle and key of the one report that goes now."""
        self.town.release()
        known = {one.handle for one in self.people}
        rows = self.town.boxes[seat].databases["keys.db"].execute("select handle, report_key from report_key")
        ((handle, key),) = [(row[0], bytes(row[1])) for row in rows.fetchall() if row[0] not in known]
        return handle, key

    def send(self, purpose: str, message: Message, message_id: str = "") -> str:
        """One command of the rogue's; gives its message id."""
        name, frame = self.rogue.frame(purpose, message, message_id)
        self.send_frame(frame)
        return name

    def send_frame(self, frame: bytes) -> None:
        """One frame on the box's own topic."""
        topic = topics.topic(self.town.node("relay"), self.town.node(BOX))
        with self.town.chance.of("relay"):
            self.town.relay_desk.accept([Arrival(topic, frame)])

    def reply(self, one: Informant, number: int, template: str = "taken_up", *parameters: str) -> str:
        """An answer to somebody."""
        return self.send("reply", Reply(1, one.handle, one.key, number, template, parameters))

    def wait(self, seconds: float, step_s: float = HOUR_S / 6) -> None:
        """Time passes in steps; the relay sends what is due; the box hears."""
        end = self.town.now + seconds
        while self.town.now < end:
            self.town.clock.now += step_s
            with self.town.chance.of("relay answers"):
                while self.town.reply_sender.step():
                    pass
            self.town.turn()
            self.hear()

    def wait_until(self, hour: int) -> None:
        """Until that hour of the Indian day."""
        self.wait((hour * HOUR_S - IST_OFFSET_S - self.town.now) % DAY_S or DAY_S)

    def hear(self) -> None:
        """Reads what has come for the box."""
        topic = topics.topic(self.town.node(BOX), self.town.node("relay"))
        fresh, self.read_to = self.town.passed[self.read_to :], len(self.town.passed)
        self.heard += [(self.town.now, self.rogue.read(p.frame)) for p in fresh if p.topic == topic]

    def pushed(self, one: Informant) -> int:
        """How many messages beyond the conversation his phone got."""
        sent = [s for s in self.town.relay.whatsapp.sent if s.to == one.teller.who.sender]
        return len(sent) - len(one.teller.said)


def correlated(asking: Asking) -> list[str]:
    """Two answers to everybody on one day, both before the batch: what the box hears, by what became of the phone."""
    asking.tell()
    asking.wait_until(BATCH_H)
    asking.wait(DAY_S)
    asking.wait_until(BATCH_H - 5)
    began = asking.town.now
    sent = [(asking.reply(one, 1), one) for one in asking.people]
    asking.wait(2 * HOUR_S)
    sent += [(asking.reply(one, 2, "action_taken", "raid"), one) for one in asking.people]
    asking.wait(3 * DAY_S)
    patterns: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    for one in asking.people:
        mine = [name for name, who in sent if who is one]
        patterns[one.kind][_pattern(asking, one, mine, began)] += 1
    told = patterns[PUSH]
    return [f"{kind}: {dict(found)}, not {dict(told)}" for kind, found in patterns.items() if found != told]


def _pattern(asking: Asking, one: Informant, mine: Sequence[str], began: float) -> str:
    """In which hour his commands were acknowledged, how, and in which they were told to be over."""
    said = []
    for at, message in asking.heard:
        hour = round((at - began) / HOUR_S)
        if isinstance(message, Acknowledgements):
            said += [f"{hour} h {a.result}" for a in message.items if a.message_id in mine]
        said += [f"{hour} h /{i[-1]} over" for i in rogues.settled([message]) if i.startswith(one.handle)]
    return ", ".join(sorted(said))


def forbidden(asking: Asking) -> list[str]:
    """Commands that no box of ours sends: none may reach a phone, nothing of them may stay readable."""
    me, other = asking.people[-2:]
    before = {id(one): asking.pushed(one) for one in asking.people}
    replies = (
        ("unknown template", Reply(1, me.handle, me.key, 3, "free_text", ())),
        ("a link", Reply(1, me.handle, me.key, 4, "action_taken", (URL,))),
        ("free words", Reply(1, me.handle, me.key, 5, "need_more", ("who are you",))),
        ("a parameter too many", Reply(1, me.handle, me.key, 6, "taken_up", ("raid",))),
        ("a parameter missing", Reply(1, me.handle, me.key, 7, "action_taken", ())),
        ("the eleventh", Reply(1, me.handle, me.key, ALLOWED + 1, "closed", ())),
        ("the tenth, no outcome", Reply(1, me.handle, me.key, ALLOWED, "taken_up", ())),
        ("another district's handle", Reply(1, other.handle, other.key, 1, "taken_up", ())),
        ("a wrong key", Reply(1, me.handle, bytes(32), 2, "taken_up", ())),
    )
    for _name, message in replies:
        asking.send("reply", message)
    asking.send("report", _report())
    asking.send("state", PublicState(1, "f" * 32, "closed", 10**6))
    for n in range(20):  # restarts that never were
        issued = int(asking.town.now * 1000) + 10**9 + n
        asking.send("hello", Hello(1, f"run {n}", issued, "e" * 16, 1, asking.rogue.public, 0, b""))
    asking.wait(2 * DAY_S)
    reached = [one.kind for one in asking.people if asking.pushed(one) > before[id(one)]]
    return [f"reached a phone: {kind}" for kind in reached]


def _report() -> ReportBody:
    return ReportBody(
        1, "f" * 32, "drugs", "hi", (), URL, "JNP", "", "", 1, False, "no", "no", False, "push", (), 0, None
    )


def hammered(asking: Asking) -> list[str]:
    """For two weeks a new number each day, the next one the same day, both again and replayed: what a phone gets.

    Each goes to the report and to all that its informant added to it.
    """
    one = asking.people[-1]
    ways = [one, *(asking.add(one) for _ in range(ADDED))]
    before = len(asking.days)
    for day in range(1, DAYS + 1):
        for number in (day, day + 1, day, 1):
            template = "closed" if number == ALLOWED else "taken_up"
            for way in ways:
                name = asking.reply(way, number, template)
                asking.send("reply", Reply(1, way.handle, way.key, number, template, ()), name)  # replayed
            asking.wait(DAY_S / 6, HOUR_S)
        asking.wait_until(1)
    per_day = Counter(day for to, day in asking.days[before:] if to == one.teller.who.sender)
    most = max(per_day.values(), default=0)
    wrong = [f"{most} in a day"] if most > 1 else []
    return [*wrong, *([f"{per_day.total()} in all"] if per_day.total() > ALLOWED else [])]


class Silent:
    """A box that takes everything and says nothing."""

    def accept(self, arrivals: Sequence[Arrival]) -> None:
        """Nothing comes of it."""

    def outgoing(self, room: int) -> Sequence[Departure]:
        """Nothing."""
        return []

    def connected(self) -> None:
        """Nobody cares."""


def watched(folder: Path, template: Path, patch: pytest.MonkeyPatch) -> list[str]:
    """A box that acknowledges nothing, in two towns; in one the informant chats: the frames that come for it."""
    seen = []
    for chats in (False, True):
        asking = Asking(Town(template, folder / f"watched-{chats}", "watched", patch))
        asking.tell((PUSH,), 1)
        seen.append(list(_frames_to_a_silent_box(asking, chats)))
        asking.town.close()
    is_alike = seen[0] == seen[1] and any(sizes for _, sizes in seen[0])
    return [] if is_alike else ["frames differ while the informant is online"]


def _frames_to_a_silent_box(asking: Asking, chats: bool) -> Iterator[tuple[int, tuple[int, ...]]]:
    """(hour, sizes) of what comes for a box that acknowledges nothing; the informant perhaps writes meanwhile."""
    town, (one,) = asking.town, asking.people
    town._desks[town.node(BOX)] = (BOX, Silent())
    other = Teller(town, Who("919812346999", "", "Vimla"), Story(300, "drugs", "no", "push", 0))
    other.tell()
    asking.reply(one, 1)
    topic = topics.topic(town.node(BOX), town.node("relay"))
    for hour in range(48):
        town.clock.now += HOUR_S
        now = town.now
        if chats and hour % 6 == 5:
            one.teller.write(f"status {one.teller.receipt}")
            one.teller.read_answers()
            other.write(f"status {other.receipt}")
        town.clock.now = now
        with town.chance.of("relay answers"):
            while town.reply_sender.step():
                pass
        before = len(town.passed)
        for _ in range(TURNS):
            town._turn()
        yield hour, tuple(len(p.frame) for p in town.passed[before:] if p.topic == topic)


def main(arguments: Sequence[str]) -> None:
    """As a program; the names of attacks, or all of them."""
    folder, wanted = Path(arguments[0]), arguments[1:] or ATTACKS
    patch = pytest.MonkeyPatch()
    patch.setattr(db, "PRAGMAS", (*db.PRAGMAS, "synchronous=OFF"))
    template = make_template(folder / "template")
    learned: dict[str, list[str]] = {}
    asking = Asking(Town(template, folder / "town", "asking", patch))
    if "correlated" in wanted:
        learned["correlated"] = correlated(asking)
    if "forbidden" in wanted:
        asking.tell((PUSH,), 1)
        asking.tell((PUSH,), 1, "GZP")
        learned["forbidden"] = forbidden(asking)
    if "hammered" in wanted:
        asking.tell((PUSH,), 1)
        learned["hammered"] = hammered(asking)
    asking.town.close()
    if "watched" in wanted:
        learned["watched"] = watched(folder, template, patch)
    print(json.dumps(learned))


if __name__ == "__main__":
    main(sys.argv[1:])
