"""Twin worlds: the same story, clock and chance told by two people; and a district with and without a report on police.

Played in one process, where time and chance can be told; ``phones.py`` does it with real ones.
"""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import count

import pytest

from relay.submission import Submission
from sync import db
from tests.adversaries.ground import Ground
from tests.adversaries.people import somebody
from tests.adversaries.verdict import Verdict
from tests.anonymity import test_police_reports as police
from tests.anonymity import test_twin_worlds as twins
from tests.anonymity.conftest import MakeTown
from tests.anonymity.stories import WORDS, Story, Who, by_chance
from tests.anonymity.town import Town, make_template
from tests.anonymity.views import View, differences, outside, sizes_in_relay

STORIES, ON_POLICE = 24, 6
SHAPES = ("number", "number", "number", "one hides it")


@contextmanager
def towns(ground: Ground) -> Iterator[MakeTown]:
    """Makes towns; each new one ends the one before it, and only the newest is the one that chance works for."""
    template, numbers, last = make_template(ground.folder / "template"), count(), list[Town]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "PRAGMAS", (*db.PRAGMAS, "synchronous=OFF"))  # nobody cuts the power of a town

        def make(seed: object) -> Town:
            if last:
                last.pop().close()
            last.append(Town(template, ground.folder / f"town{next(numbers)}", seed, patch))
            return last[0]

        yield make
        if last:
            last.pop().close()


def play(ground: Ground) -> Sequence[Verdict]:
    """Both kinds of twins."""
    with towns(ground) as make:
        return [_two_people(make, ground), _two_days(make, ground)]


def _two_people(make: MakeTown, ground: Ground) -> Verdict:
    stories = [by_chance(ground.rng.randrange(2**32)) for _ in range(STORIES)]
    learned, compared = list[str](), 0
    for number, story in enumerate(stories):
        pair = _pair(ground.rng, SHAPES[number % len(SHAPES)])
        listed = f"गिरोह: {pair[0].number[2:]} या {pair[1].number[2:]}, 9876512340"
        found, seen = _compare(make, pair, replace(story, words=(*WORDS, listed)))
        learned += [f"story {number}, {story.category}: {name}" for name in found]
        compared += seen
    noticed = _weak_submissions(make, ground)
    return Verdict(
        "twin worlds",
        "everything outside relay/: the line, opened messages, every box's databases and files, with all keys",
        f"{len(stories)} random stories, each told by two people (every fourth pair: number against hidden number; "
        "their numbers stand in a list that some of them send on; some take back, add, say STOP): "
        f"{compared} views compared, every plaintext, length and order; sizes in the relay's databases too",
        tuple(learned),
        f"number spelt in letters, own number alone cut out, chance by number, hour by number: {noticed} of "
        f"{len(twins.WEAK)} noticed",
        noticed == len(twins.WEAK),
    )


def _pair(rng: random.Random, shape: str) -> tuple[Who, Who]:
    one, other = somebody(rng), somebody(rng)
    hidden = other.bsuid if shape != "number" else ""
    return Who(one.number, "", one.name[:8]), Who(other.number, hidden, other.name)


def _compare(make: MakeTown, pair: tuple[Who, Who], story: Story) -> tuple[list[str], int]:
    """What differs between their worlds, and how much was compared."""
    vault_only = bool(pair[1].bsuid)  # a chat under another kind of name has rows of another size
    seen: list[View] = []
    for who in pair:
        town = twins.live(make, who, story)
        seen.append(dict(outside(town)) | dict(sizes_in_relay(town, vault_only)))
    return differences(*seen), len(seen[0])


def _weak_submissions(make: MakeTown, ground: Ground) -> int:
    """How many of the weakened relays the same comparison notices."""
    noticed = 0
    for weak in twins.WEAK:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Submission, "submit", weak)
            found, _ = _compare(make, (twins.ASHA, twins.VIMLA), replace(twins.ON_A_LIST, seed=ground.seed))
            noticed += "messages" in found
    return noticed


def _two_days(make: MakeTown, ground: Ground) -> Verdict:
    learned = list[str]()
    stories = [
        replace(by_chance(ground.rng.randrange(2**32)), police="yes", district="JNP")
        for _ in range(ON_POLICE)
    ]
    for number, story in enumerate(stories):
        first = police.FIRST if number % 2 else None
        without = _districts(police.a_day(make, first=first))
        learned += [
            f"day {number}: {name}"
            for name in differences(without, _districts(police.a_day(make, story, first=first)))
        ]
    own = _districts(police.a_day(make, replace(police.PLAIN, seed=ground.seed % 1000)))
    noticed = differences(_districts(police.a_day(make)), own)
    return Verdict(
        "district whose police are accused",
        "the three districts' boxes, their lines and logs, with all keys",
        f"{ON_POLICE} days with a random report on police (half of them as an addition to the district's own) against "
        "the same days without: databases, files, serials, counts, order of messages",
        tuple(learned),
        f"a report of the district's own: {len(noticed)} views differ",
        len(noticed) >= 6,
    )


def _districts(town: Town) -> View:
    return {
        f"{seat}: {name}": value
        for seat in police.DISTRICTS
        for name, value in police.seen_by(town, seat).items()
    }
