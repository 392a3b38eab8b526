"""Who knows when, and how much, every phone sent or got, and what the box has of reports: whose is which?

Days go through the real relay into a real box on a told clock (``tests/anonymity/timeline.py``); the weakened ones run
the same in copies of the packages. What is measured stands in docs/THREATS.md and decision 16.
"""

import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from relay import slots
from relay.downlink import Pace
from sync import frames
from sync.sealing.files import padme, sealed_size
from tests import weakened
from tests.adversaries.ground import Ground
from tests.adversaries.verdict import Verdict
from tests.anonymity import timeline
from tests.anonymity.additions import added_once, answered_by_adding
from tests.anonymity.matching import Score, score, taught
from tests.anonymity.pushes import STEP_S, Office, certainty
from tests.anonymity.timeline import Seen
from tests.anonymity.town import JITTER_S, UNDO_S
from tests.relay.desk import PACE

MOST_RATIO = 1.5
"""Of the best matcher's hits to those of who draws among the reports whose windows overlap."""
TEACHING_DAYS = 2
"""Of which the adversary knows the truth: reports of his own."""
WEAK = {"released-at-once": 5.0, "released-in-order": 5.0, "a-wait-of-its-own": 1.3}
"""Weakened builds, and by how much the best matcher there must beat chance: the last one's rule gives 1.65."""
PEOPLE, ANSWERS = 500, (1, 2, 3, 10)
USERS, ADDERS, ADDING_DAYS = 20_000, 25, 40
"""Phones that ever write to the bot; how many of a day's add something on the next; days."""
OWN_PACKAGES = Path(__file__).parents[2]


@dataclass(frozen=True)
class Run:
    """Days to live: of which build, how many, how many reports each."""

    weakening: str
    days: int
    reports: int
    happening_now: bool = False


@dataclass(frozen=True)
class Rule:
    """What the adversary reads in the documentation: the shortest wait, and the longest on top of it, seconds."""

    undo_s: float = UNDO_S
    jitter_s: float = JITTER_S


def play(ground: Ground) -> Sequence[Verdict]:
    """Telecom records against arrivals, against answers, and against sizes."""
    runs = {
        "500": Run("", 20, 500),
        "50": Run("", 20, 50),
        "5": Run("", 100, 5),
        "now": Run("", 2, 500, happening_now=True),
        **{name: Run(name, 3, 500) for name in WEAK},
    }
    with ThreadPoolExecutor(2) as pool:
        found = dict(zip(runs, pool.map(lambda run: _measure(ground, run), runs.values()), strict=True))
    delayed = _lives(ground, "delayed", max(ANSWERS), PACE)
    answers = (_answers(ground, delayed), _asked(ground, delayed[0]))
    return [_busy_day(found), *_few(found), _now(found), _added(ground), *answers, _sizes(ground)]


def _measure(ground: Ground, run: Run) -> Score:
    """Lives the days in a process of the build's own and lets every matcher guess."""
    packages = OWN_PACKAGES
    if run.weakening:
        packages = weakened.build(weakened.by_name(run.weakening), ground.folder / run.weakening)
    first = 1 + ground.seed % 1_000_000
    seeds = f"{first}-{first + TEACHING_DAYS + run.days - 1}"
    command = [
        sys.executable,
        "-m",
        "tests.anonymity.timeline",
        "--seeds",
        seeds,
        "--reports",
        str(run.reports),
    ]
    command += ["--happening-now"] if run.happening_now else []
    printed = subprocess.run(command, cwd=packages, stdout=subprocess.PIPE, check=True, text=True).stdout
    days = timeline.read(printed)
    rule = Rule(0.0, 0.0) if run.happening_now else Rule()
    known = taught(days[:TEACHING_DAYS], rule.undo_s, rule.jitter_s)
    return score(days[TEACHING_DAYS:], known, rule.undo_s, rule.jitter_s, random.Random(ground.seed))


def _said(found: Score) -> str:
    least, most = found.interval(random.Random(0))
    return (
        f"{found.rate:.1%} of {found.reports} right, by chance {found.chance:.1%}:"
        f" {found.ratio:.2f} times ({least:.2f} to {most:.2f}), best: {found.best}"
    )


def _busy_day(found: dict[str, Score]) -> Verdict:
    """500 reports a day: no better than who draws among the reports of the slot."""
    product, weak = found["500"], [found[name] for name in WEAK]
    control = "; ".join(
        f"{name}: {one.rate:.0%} right, {one.ratio:.1f} times chance"
        for name, one in zip(WEAK, weak, strict=True)
    )
    return Verdict(
        "telecom records and root on the box, 500 reports a day",
        "the second of each phone's last message, of each arrival; order, log index, hour",
        f"seven ways to match over {len(product.by_chance)} days, {product.crowd:.0f} reports to choose from:"
        f" {_said(product)}",
        () if product.ratio <= MOST_RATIO else (_said(product),),
        control,
        all(one.ratio > least for one, least in zip(weak, WEAK.values(), strict=True)),
    )


def _few(found: dict[str, Score]) -> list[Verdict]:
    """With few reports a day a slot holds one or two, and who draws is nearly always right."""
    tried = "the same; no better than chance, but chance has few to choose from"
    held = "the same, where few write"
    control = f"500 a day: {found['500'].rate:.1%}"
    return [
        Verdict(
            f"the same, {count} reports a day",
            held,
            tried,
            (_said(found[count]),),
            control,
            found["500"].rate < found[count].rate / 2,
            not_defended=True,
        )
        for count in ("50", "5")
    ]


def _now(found: dict[str, Score]) -> Verdict:
    """What happens now goes at once, and its sender is told so."""
    return Verdict(
        "the same, reports happening now",
        "the same",
        "the phone that wrote in the second before the report came, 500 a day",
        (f"{found['now'].rate:.1%} of {found['now'].reports} right",),
        f"told for later: {found['500'].rate:.1%}",
        found["500"].rate < found["now"].rate / 2,
        not_defended=True,
    )


def _added(ground: Ground) -> Verdict:
    """An addition says that two arrivals are one person's, and few phones wrote in both slots."""
    rng, pace = random.Random(f"{ground.seed}/added"), slots.Pace(UNDO_S, JITTER_S)
    alone, once = added_once(rng, pace, USERS, PEOPLE, ADDERS, ADDING_DAYS)
    return Verdict(
        "the same, of somebody who adds",
        f"the second of each phone's messages on two days, {PEOPLE} of {USERS} on each",
        "phones that wrote in the slot of a report and in that of what was added on the next day",
        (f"{once:.1%} right about whoever added once",),
        f"a report alone: {alone:.1%}",
        alone < once / 2,
        not_defended=True,
    )


def _asked(ground: Ground, day: list[Seen]) -> Verdict:
    """A question brings an addition: its slot and the phones that rang after the order are two crowds."""
    rng, pace = random.Random(f"{ground.seed}/asked"), slots.Pace(UNDO_S, JITTER_S)
    right = answered_by_adding(day, rng, pace, PACE.delay_min_s, PACE.delay_max_s)
    unanswered = certainty([day], PACE.delay_min_s, PACE.delay_max_s)
    return Verdict(
        "officer with telecom records, his question answered",
        f"one question to each of {PEOPLE} on one day, all answered by adding; which phones ring, which write",
        "phones that rang 5 to 60 minutes after his order and wrote in the slot of the addition",
        (f"{right:.1%} right about whoever answered one question by adding",),
        f"a question nobody answers: {unanswered:.1%}",
        unanswered < right / 2,
        not_defended=True,
    )


def _answers(ground: Ground, delayed: list[list[Seen]]) -> Verdict:
    """Answers are late by chance, but ten looks at which phones ring leave one."""
    shares = {count: certainty(delayed[:count], PACE.delay_min_s, PACE.delay_max_s) for count in ANSWERS}
    rule = Rule(PACE.delay_min_s, PACE.delay_max_s - PACE.delay_min_s + STEP_S)
    known = taught([], rule.undo_s, rule.jitter_s)
    together = score(delayed[:2], known, rule.undo_s, rule.jitter_s, random.Random(0))
    soon = certainty(_lives(ground, "soon", 1, PACE, at_once=True), 0.0, PACE.at_once_s)
    at_once = certainty(
        _lives(ground, "undelayed", 1, replace(PACE, delay_min_s=0.0, delay_max_s=0.0)), 0.0, 1.0
    )
    said = ", ".join(f"{share:.1%} after {count}" for count, share in shares.items())
    return Verdict(
        "officer with telecom records",
        f"answers he orders, one a day; the second in which each of {PEOPLE} phones rings",
        "phones that rang 5 to 60 minutes after each order, all of them answered daily",
        (
            f"right about one informant: {said} answers; all first answers together {together.rate:.1%}"
            f" ({together.ratio:.1f} times chance); asked for at once: {soon:.1%} after 1",
        ),
        f"without the delay: {at_once:.0%} after 1",
        at_once > 10 * shares[1],
        not_defended=True,
    )


def _lives(ground: Ground, name: str, days: int, pace: Pace, at_once: bool = False) -> list[list[Seen]]:
    """Days of answers on a relay of its own."""
    folder = ground.folder / name
    folder.mkdir()
    with timeline.quick_disk():
        office = Office(folder, random.Random(f"{ground.seed}/{name}"), PEOPLE, pace, at_once)
        return [office.day() for _ in range(days)]


def _sizes(ground: Ground) -> Verdict:
    """Padding hides little of a size, and the box knows the true one."""
    sizes = _media(random.Random(f"{ground.seed}/sizes"))
    views: dict[str, Callable[[int], int]] = {
        "true size, as the box knows it": lambda size: size,
        "size on the box's disk": sealed_size,
        "size in frames, as the broker sees it": lambda size: frames.chunk_count(sealed_size(size)),
    }
    alone = {name: _alone([view(size) for size in sizes]) for name, view in views.items()}
    padded = _alone([padme(size) for size in sizes])
    return Verdict(
        "telecom records of uploads",
        f"bytes each of {len(sizes)} phones uploaded in a day (made up: photos, voice notes, films), sizes of files",
        "a file whose size no other has",
        tuple(f"{count} of {len(sizes)} alone by {name}" for name, count in alone.items()),
        f"padded by Padmé {padded} alone, not padded {_alone(sizes)}",
        padded < _alone(sizes),
        not_defended=True,
    )


def _media(rng: random.Random) -> list[int]:
    """Sizes of one day's files, bytes, as WhatsApp shrinks them: a guess, no measurement."""
    middles = {"photo": (160_000, 0.6, 70), "voice": (70_000, 0.8, 20), "film": (4_000_000, 0.9, 10)}
    kinds = rng.choices(list(middles), [share for _, _, share in middles.values()], k=PEOPLE)
    return [
        int(min(16_000_000, middles[kind][0] * rng.lognormvariate(0, middles[kind][1]))) for kind in kinds
    ]


def _alone(sizes: Sequence[int]) -> int:
    """How many of them no other equals."""
    return sum(sizes.count(size) == 1 for size in sizes)
