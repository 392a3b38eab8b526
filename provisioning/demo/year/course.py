"""How the office of an invented district works on a report: who does what after how long, and what comes of it."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from appliance.cases import OUTCOMES
from appliance.desk import Desk
from provisioning.demo.year import rhythm, telling
from provisioning.demo.year.rhythm import Moment
from provisioning.demo.year.writing import Found, Past, Step
from sync.clock import DAY_S, MINUTE_S
from sync.directory import Thana

_ANSWERS = {
    "fir": "action_taken/enquiry",
    "arrest": "action_taken/arrest",
    "seizure": "action_taken/seizure",
    "preventive": "action_taken/patrol",
    "challan": "action_taken/enquiry",
    "rescue": "action_taken/raid",
}
SCREENERS = ("demo.asha", "demo.vinod")
LEADERS = ("demo.sp", "demo.addl")
_NAMES = {"demo.asha": "Asha", "demo.vinod": "Vinod", "demo.sp": "SP", "demo.addl": "Addl SP"}
SPECIAL_OUTCOMES = {
    "liquor": ("seizure", "arrest", "challan"),
    "drugs": ("arrest", "seizure", "fir"),
    "arms": ("fir", "seizure", "arrest"),
    "gambling": ("arrest", "challan", "preventive"),
    "mining": ("seizure", "referred", "challan"),
    "overloading": ("challan", "referred"),
    "cattle": ("rescue", "fir", "seizure"),
    "women_child": ("fir", "arrest", "preventive", "rescue"),
    "human_trafficking": ("rescue", "fir"),
}
NO_ACTION = ("unfounded", "verified_no_offence", "insufficient", "already_known", "false_malicious")
_SEIZED = {
    "liquor": ("liquor", 5, 200),
    "drugs": ("drugs", 50, 4000),
    "arms": ("arms", 1, 4),
    "mining": ("vehicle", 1, 4),
    "cattle": ("cattle", 2, 18),
    "gambling": ("cash", 800, 45_000),
}
_AGENCIES = {"mining": "खनन विभाग", "overloading": "परिवहन विभाग"}
_ACTION_SHARE, _DUPLICATE_SHARE, _PUSH_SHARE, _FEEDBACK_SHARE, _STUCK_SHARE = 0.58, 0.07, 0.65, 0.8, 0.22
UNTOUCHED_S = 90 * MINUTE_S
"""What came since waits for whoever looks."""
LINKED_AFTER_MINUTES = (10, 240)
"""Until the office sees that two people told of the same."""
SETTLED_AFTER_S = 10 * DAY_S
"""Older cases are all finished."""


@dataclass(frozen=True)
class District:
    """What a district's cases are made of. ``end``: now."""

    code: str
    thanas: Sequence[Thana]
    sensitivity: dict[str, str]
    end: int


def of_box(desk: Desk) -> District:
    """The district of a box, its thanas in the order in which people write from them."""
    code = desk.directory.node(desk.config.node_id).district or ""
    thanas = sorted(desk.directory.thanas_of(code), key=lambda thana: (not thana.circle, thana.code))
    kinds = {category.code: category.sensitivity for category in desk.catalogue.categories}
    return District(code, thanas, kinds, int(desk.clock()))


def display(name: str) -> str:
    """How somebody of the invented office is shown."""
    return f"{_NAMES[name]} (demo)"


def pasts(district: District, when: Iterable[Moment], rng: random.Random) -> Iterator[Past]:
    """A past for each moment; of the last SETTLED_AFTER_S some are stuck, and some have only begun."""
    recent: list[Past] = []
    for moment in when:
        if recent and rng.random() < _DUPLICATE_SHARE:
            back = rng.randrange(1, min(len(recent), 6) + 1)
            if (main := recent[-back]).of is None and _can_be_linked(main, moment.at):
                yield _again(main, back, moment.at, rng)
                recent.append(replace(main, of=back))
                recent = recent[-8:]
                continue
        past = _first(district, moment, rng)
        recent = [*recent[-7:], past]
        yield past


def _first(district: District, moment: Moment, rng: random.Random) -> Past:
    thana = rhythm.pick(rng, district.thanas)
    told = telling.tell(moment.category, rng)
    begun = Past(
        at=moment.at,
        category=moment.category,
        district=district.code,
        thana=thana.code,
        sensitivity=district.sensitivity.get(moment.category, "open"),
        told=told,
        happening_now=moment.is_urgent or rng.random() < 0.04,
        fear=rng.choice(("yes", "no", "no", "unsure")),
        contact="push" if rng.random() < _PUSH_SHARE else "none",
    )
    return _worked_on(begun, thana, district.end, rng)


def _can_be_linked(main: Past, at: int) -> bool:
    """Whether what comes ``at`` finds its main case open: a screener links nothing to a closed one."""
    linked_by = at + LINKED_AFTER_MINUTES[1] * MINUTE_S
    return not main.told.is_spam and all(step.act != "close" or step.at > linked_by for step in main.steps)


def _again(main: Past, back: int, at: int, rng: random.Random) -> Past:
    """Somebody else tells of the same: linked to the first within hours."""
    told = telling.tell(main.category, rng, again=True)
    linked_at = at + rng.randrange(*LINKED_AFTER_MINUTES) * MINUTE_S
    step = Step(linked_at, rng.choice(SCREENERS), "mark_duplicate", "duplicate")
    return replace(main, at=at, told=told, steps=(step,), of=back, found=None, post="")


def _worked_on(past: Past, thana: Thana, end: int, rng: random.Random) -> Past:
    steps = list(_steps(past, thana, rng))
    found = _found(past, steps[-1].detail, rng)
    if past.at > end - UNTOUCHED_S:
        return past
    is_stuck = past.at > end - SETTLED_AFTER_S and rng.random() < _STUCK_SHARE
    done = tuple(step for step in steps[: rng.randrange(len(steps)) if is_stuck else None] if step.at <= end)
    post = next((step.detail for step in done if step.act == "assign"), "")
    over = len(done) == len(steps)
    return replace(past, steps=done, post=post, found=found if over else None)


def _steps(past: Past, thana: Thana, rng: random.Random) -> Iterator[Step]:
    """The whole way of a case, at the pace of a real office: nights and Sundays take longer."""
    screener, leader = rng.choice(SCREENERS), rng.choice(LEADERS)
    at = past.at + _minutes(rng, 12 if past.happening_now else 95)
    if past.told.is_spam:
        yield Step(at, screener, "screen", "screened")
        yield Step(at + _minutes(rng, 200), leader, "close", "closed", "insufficient")
        return
    yield Step(at, screener, "screen", "screened", note=telling.note("screen", rng))
    if rng.random() < 0.09:  # known, or too little to go on
        outcome = rng.choice(("already_known", "insufficient", "referred"))
        yield Step(at + _minutes(rng, 600), leader, "close", "closed", outcome)
        return
    circle = f"CO {thana.circle}" if thana.circle and rng.random() < 0.15 else ""
    post, officer = circle or f"SHO {thana.code}", f"demo.{thana.code.lower()}"
    brief = telling.brief(rng) if past.sensitivity != "secret" else ""
    at += _minutes(rng, 120)
    yield Step(at, leader, "assign", "assigned", post, telling.note("assign", rng), brief)
    at += _minutes(rng, 70)
    yield Step(at, officer, "acknowledge", "acknowledged")
    at += _minutes(rng, 60 if past.happening_now else 700)
    yield Step(at, officer, "start", "in_action")
    at += _minutes(rng, 1500)
    yield Step(at, officer, "report_back", "reported_back", note=telling.note("report_back", rng))
    at += _minutes(rng, 900)
    yield Step(at, leader, "verify", "verified", note=telling.note("verify", rng))
    outcome = _outcome(past, rng)
    if past.contact == "push" and rng.random() < _FEEDBACK_SHARE:
        at += _minutes(rng, 500)
        yield Step(at, leader, "answer", "feedback_sent", _ANSWERS.get(outcome, "not_found"))
    yield Step(at + _minutes(rng, 1000), leader, "close", "closed", outcome)


def _minutes(rng: random.Random, mean: float) -> int:
    return int(1 + min(rng.expovariate(1 / mean), mean * 6)) * MINUTE_S


def _outcome(past: Past, rng: random.Random) -> str:
    if rng.random() < _ACTION_SHARE:
        return rng.choice(SPECIAL_OUTCOMES.get(past.category, ("fir", "preventive", "arrest", "challan")))
    return rng.choice(NO_ACTION)


def _found(past: Past, outcome: str, rng: random.Random) -> Found | None:
    if outcome not in OUTCOMES:
        return None
    kind, least, most = _SEIZED.get(past.category, ("other", 1, 5))
    amount = round(least * (most / least) ** rng.random())
    return Found(
        outcome=outcome,
        arrests=rng.choice((1, 1, 2, 3)) if outcome == "arrest" else 0,
        fir_no=f"{rng.randrange(1, 700)}/{datetime.fromtimestamp(past.at, UTC).year}"
        if outcome == "fir"
        else "",
        agency=_AGENCIES.get(past.category, "संबंधित विभाग") if outcome == "referred" else "",
        seized=((kind, amount),) if outcome == "seizure" else (),
    )
