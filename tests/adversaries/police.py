"""Active police root: a real box's keys and certificate in the hands of somebody with a program of his own."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from provisioning.demo.fleet import DUTY_NUMBER_ID
from relay.downlink import BUDGET
from relay.simulator.client import Phone
from sync.clock import DAY_S
from sync.messages import Duty, DutyAnswer, Hello, Message, PublicState, Reply
from sync.sealing.keys import PublicSealingKey
from tests.adversaries import children, rogue
from tests.adversaries.asking import URL
from tests.adversaries.ground import City, Ground
from tests.adversaries.rogue import Line, Rogue
from tests.adversaries.verdict import Verdict
from tests.journeys.town import PATIENCE_S, SEND, words
from tests.waiting import wait_until

MODULE = "tests.adversaries.asking"
BOX = "jaunpur"
HELD = "the box's keys, k_r and certificate"
FLOOD = 1000
BOUND_S = 20.0
"""In which somebody else's conversation must come to its receipt while the relay is flooded."""
DUTIES = 20
WEAK_BUILD = "answers-take-free-words"
IN_TOWN = (
    (
        "correlated",
        "two answers on one day to 9 people (answered, stopped, phone gone): acknowledgements and batches, "
        "to the hour, by what became of the phone",
        "box-hears-delivered",
    ),
    (
        "forbidden",
        "unknown template, link, free words, wrong count, 11th, 10th that is no outcome, another district's handle "
        "with its key, wrong key, a report, a state, 20 false restarts",
        "answers-take-free-words",
    ),
    (
        "hammered",
        "14 days: a new number each day and the next one the same day, both again, each also replayed",
        "answers-without-measure",
    ),
    (
        "hammered",
        "the same to all four handles of a person who added three times to his report",
        "additions-counted-apart",
    ),
    (
        "watched",
        "acknowledges nothing for two days: frames and sizes by the hour, informant chatting against silent",
        "line-hears-of-chats",
    ),
)


def play(ground: Ground) -> Sequence[Verdict]:
    """Five attacks with told time, each also on a build that is weak to it; then all of it through the real broker."""
    learned = children.run(MODULE, ground.folder / "asking")
    verdicts = []
    for name, tried, weakening in IN_TOWN:
        weak = children.run(MODULE, ground.folder / weakening, name, weakening=weakening)[name]
        said = f"{weakening}: {weak[0] if weak else 'nothing'}"
        verdicts.append(Verdict("active police root", HELD, tried, tuple(learned[name]), said, bool(weak)))
    return [*verdicts, _through_the_broker(ground)]


@dataclass
class Siege:
    """A city whose Jaunpur is in the hands of a rogue; ``phone`` wrote a report there before."""

    city: City
    phone: Phone
    handle: str
    key: bytes
    rogue: Rogue
    line: Line

    def send(self, purpose: str, *messages: Message) -> list[str]:
        """Commands, each in a frame of its own; gives their message ids."""
        made = [self.rogue.frame(purpose, message) for message in messages]
        self.line.send(*(frame for _, frame in made))
        return [name for name, _ in made]

    def heard(self) -> list[Message | None]:
        """All that came for the box and that its first keys open; what came again is heard once."""
        return [self.rogue.read(frame) for frame in dict.fromkeys(self.line.came)]

    def wait_for(self, names: Sequence[str], what: str) -> dict[str, str]:
        """Until each of these is acknowledged; gives the results."""
        wait_until(lambda: set(names) <= rogue.results(self.heard()).keys(), PATIENCE_S * 2, what)
        results = rogue.results(self.heard())
        return {name: results[name] for name in names}


@contextmanager
def siege(ground: Ground, settled_every_s: float, weakening: str = "") -> Iterator[Siege]:
    """The city, its report and its rogue; ``weakening``: name of the build that runs there."""
    with ground.city(weakening, settled_every_s=settled_every_s) as city:
        phone = city.town.phone()
        city.town.prepare(phone, city.town.place())
        phone.tap(SEND)
        city.town.receipt(phone)
        city.town.settle()
        handle, key = city.town.rows(BOX, "keys.db", "select handle, report_key from report_key")[0]
        city.world.kill(f"{BOX}-link")
        assert isinstance(handle, str)
        assert isinstance(key, bytes)
        held = Rogue(city.root(BOX), city.node("relay"), _relay_key(city), ground.rng)
        line = Line(held, city.node("relay"))
        try:
            yield Siege(city, phone, handle, key, held, line)
        finally:
            line.close()


def _relay_key(city: City) -> PublicSealingKey:
    relay = city.node("relay")
    (row,) = city.town.box(f"select message_key from peer where node='{relay}'")
    assert isinstance(row[0], bytes)
    return PublicSealingKey(row[0])


def _through_the_broker(ground: Ground) -> Verdict:
    with siege(ground, DAY_S) as held:
        before = len(held.phone.messages())
        learned = [*_bad_commands(held, before), *_flood(held), *_duties(held)]
        good = len(held.phone.messages()) - before
        replies = len(rogue.settled(held.heard()))
    with siege(ground, DAY_S, WEAK_BUILD) as held:
        taken = _taken(held, _bad(held))
    return Verdict(
        "active police root",
        HELD,
        f"its own MQTT client: bad commands, a second answer today, {FLOOD} commands at once, false restarts, "
        f"{DUTIES} duty notices that arrive at an informant's number and a stranger's",
        (*learned, *([f"{replies} answers told over before the day's end"] if replies else [])),
        f"the one answer that is allowed came: {good}; {WEAK_BUILD}: {', '.join(taken) or 'nothing'}",
        good == 1 and bool(taken),
    )


def _bad_commands(held: Siege, before: int) -> list[str]:
    h, k = held.handle, held.key
    learned = [f"taken: {one}" for one in _taken(held, _bad(held))]
    held.send("hello", *(_hello(held, n) for n in range(20)))
    good = held.send("reply", Reply(1, h, k, 1, "taken_up", ()))
    held.wait_for([*good, *held.send("state", PublicState(1, "f" * 32, "closed", 9))], "a good command")
    wait_until(lambda: len(held.phone.messages()) > before, PATIENCE_S, "the answer that is allowed")
    second = held.send("reply", Reply(1, h, k, 2, "action_taken", ("raid",)))
    held.wait_for(second, "the second answer of the day")
    return learned


def _bad(held: Siege) -> dict[str, Reply]:
    h, k = held.handle, held.key
    return {
        "an unknown template": Reply(1, h, k, 1, "free_text", ()),
        "a link": Reply(1, h, k, 1, "action_taken", (URL,)),
        "a word too many": Reply(1, h, k, 1, "taken_up", ("raid",)),
        "an eleventh": Reply(1, h, k, BUDGET + 1, "closed", ()),
        "a tenth that is no outcome": Reply(1, h, k, BUDGET, "taken_up", ()),
    }


def _taken(held: Siege, commands: dict[str, Reply]) -> list[str]:
    """Which of these the relay took for good ones."""
    names = held.send("reply", *commands.values())
    results = held.wait_for(names, "an answer to bad commands")
    return [what for what, name in zip(commands, names, strict=True) if results[name] == "committed"]


def _hello(held: Siege, n: int) -> Hello:
    issued = int(time.time() * 1000) + 10**6 + n
    return Hello(1, f"run {n}", issued, "e" * 16, 1, held.rogue.public, 0, b"")


def _flood(held: Siege) -> list[str]:
    """A thousand commands; somebody else reports meanwhile."""
    names = held.send("reply", *(_flooding(held, n) for n in range(FLOOD)))
    phone, began = held.city.town.phone(), time.monotonic()
    place = held.city.town.place()
    texts = (*words(place), SEND)
    held.city.town.write(phone, texts)
    held.city.town.receipt(phone)
    took_s = time.monotonic() - began
    held.wait_for(names, "the end of the flood")
    return [f"somebody else waited {took_s:.0f} s"] if took_s > BOUND_S else []


def _flooding(held: Siege, n: int) -> Reply:
    own = n % 2
    handle = held.handle if own else f"{n:032x}"
    return Reply(1, handle, held.key, 3 + n % 6, "taken_up", ())


def _duties(held: Siege) -> list[str]:
    """Notices to an informant's number and to a stranger's: whether the box hears of one other than of the other.

    Both phones take them, so that it hears of each that it arrived.
    """
    stranger = held.city.town.phone()
    numbers = (held.phone.number, stranger.number)
    for number in numbers:
        Phone.create(stranger.base_url, "On duty", number=number, phone_number_id=DUTY_NUMBER_ID)
    duties = [
        Duty(1, f"{n:032x}", f"+{numbers[n % 2]}", "hi", f"JNP-{n}", "JNP-01", "open", "normal", "")
        for n in range(DUTIES)
    ]
    names = held.send("duty", *duties)
    results = held.wait_for(names, "an answer to duties")

    def told() -> list[Counter[str]]:
        answers = [one for one in held.heard() if isinstance(one, DutyAnswer)]
        return [
            Counter(
                [
                    *(results[name] for n, name in enumerate(names) if n % 2 == who),
                    *(one.kind for one in answers if int(one.duty, 16) % 2 == who),
                ]
            )
            for who in (0, 1)
        ]

    each = Counter({"committed": DUTIES // 2, "delivered": DUTIES // 2})
    try:
        wait_until(lambda: told() == [each, each], PATIENCE_S)
    except AssertionError:
        return [f"an informant's number answers {told()[0]}, a stranger's {told()[1]}"]
    return []
