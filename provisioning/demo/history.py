"""A year of labelled, invented history, so that a demo's pages look like a district's: each text says what it is.

What is finished is written as rows, the last weeks are told and worked on by the office's own functions.
"""

import heapq
import random
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import takewhile
from pathlib import Path

from appliance import cases, ledger, reports, search
from appliance.cases import Quantities, Seizure
from appliance.desk import CO, SCREENER, SHO, SP, Actor, Desk, open_desk
from provisioning.demo.year import course, rhythm, telling
from provisioning.demo.year.course import LEADERS, SCREENERS
from provisioning.demo.year.rhythm import Moment
from provisioning.demo.year.writing import Past, Step, Writer
from sync.clock import DAY_S, MINUTE_S, Clock, hour_of
from sync.db import transaction
from sync.messages import ReportBody

PER_DAY = {"JNP": 4.2, "GZP": 3.3, "CDL": 2.3}
"""Reports on a usual day; other districts like the smallest."""
URGENT_MINUTES = (4, 21)
"""So long ago something was reported that happens now; nobody has looked yet."""
WAITING_MINUTES = (38, 52, 85)
LABELS = telling.labels()


def seed(root: Path, clock: Clock, rng: random.Random, days: int = 365) -> int:
    """Gives the district's box under ``root`` the work of its last ``days``; gives how many cases."""
    desk = open_desk(root, clock)
    desk.conn.execute("pragma synchronous=OFF")  # a demo that loses power starts anew
    now = int(clock())
    district = course.of_box(desk)
    pasts = list(course.pasts(district, _moments(rng, now, days, PER_DAY.get(district.code, 2.3)), rng))
    settled = now - course.SETTLED_AFTER_S
    Writer(desk, rng).write(takewhile(lambda past: past.at < settled, pasts))
    _introduce(desk, now)
    _live(desk, [past for past in pasts if past.at >= settled], rng)
    search.catch_up(desk)
    desk.conn.close()
    return len(pasts)


def _moments(rng: random.Random, now: int, days: int, per_day: float) -> list[Moment]:
    usual = rhythm.moments(rng, now - days * DAY_S, now - max(WAITING_MINUTES) * MINUTE_S, per_day)
    waiting = [Moment(now - minutes * MINUTE_S, rhythm.some_category(rng)) for minutes in WAITING_MINUTES]
    kinds = zip(URGENT_MINUTES, ("heinous", "cattle"), strict=True)
    urgent = [Moment(now - minutes * MINUTE_S, kind, is_urgent=True) for minutes, kind in kinds]
    return sorted([*usual, *waiting, *urgent], key=lambda moment: moment.at)


def _introduce(desk: Desk, now: int) -> None:
    """Names for the invented staff; nobody can sign in as one of them."""
    people = {**dict.fromkeys(SCREENERS, SCREENER), **dict.fromkeys(LEADERS, SP)}
    with transaction(desk.conn):
        desk.conn.executemany(
            "insert into person(name, display, role, password_hash, active, created_at) values(?,?,?,'',0,?)",
            [(name, course.display(name), role, now) for name, role in people.items()],
        )


def _live(desk: Desk, pasts: list[Past], rng: random.Random) -> None:
    """Tells and works on the last weeks as the office would, in the order of time."""
    serials: dict[int, str] = {}
    events = [(past.at, 0, n, -1) for n, past in enumerate(pasts)]
    events += [(step.at, 1, n, at) for n, past in enumerate(pasts) for at, step in enumerate(past.steps)]
    heapq.heapify(events)
    while events:
        at, _, n, step = heapq.heappop(events)
        then = replace(desk, clock=partial(float, at))
        if step < 0:
            serials[n] = _tell(then, pasts[n], rng)
        else:
            main = serials.get(n - (pasts[n].of or 0), "")
            _do(then, serials[n], pasts[n], pasts[n].steps[step], main)


def _tell(desk: Desk, past: Past, rng: random.Random) -> str:
    body = _body(past, rng)
    with transaction(desk.conn):
        report_id = reports.add(desk, body, f"{rng.getrandbits(128):032x}", past.at)
    return reports.serial(desk, report_id)


def _do(desk: Desk, serial: str, past: Past, step: Step, main: str) -> None:
    """One step by the office's own function; what would send something to a phone is left out."""
    actor, version = _actor(step, past), ledger.find(desk, serial).version
    simple: dict[str, Callable[..., None]] = {
        "screen": cases.screen,
        "acknowledge": cases.acknowledge,
        "start": cases.start,
        "report_back": cases.report_back,
        "verify": cases.verify,
    }
    if step.act in simple:
        simple[step.act](desk, serial, actor, version, step.note)
    elif step.act == "assign":
        cases.assign(desk, serial, actor, version, step.detail, step.note, step.brief)
    elif step.act == "mark_duplicate" and main and ledger.find(desk, main).duplicate_of is None:
        cases.mark_duplicate(desk, serial, actor, version, main)
    elif step.act == "close":
        cases.close(desk, serial, actor, version, step.detail, step.note, _quantities(past))


def _actor(step: Step, past: Past) -> Actor:
    if step.actor in (*SCREENERS, *LEADERS):
        return Actor(step.actor, step.actor, SCREENER if step.actor in SCREENERS else SP)
    role = CO if past.post.startswith("CO ") else SHO
    return Actor(step.actor, step.actor, role, past.post)


def _quantities(past: Past) -> Quantities:
    found = past.found
    if found is None:
        return Quantities()
    seizures = tuple(Seizure(kind, amount) for kind, amount in found.seized)
    return Quantities(found.fir_no, found.arrests, seizures, found.agency)


def _body(past: Past, rng: random.Random) -> ReportBody:
    return ReportBody(
        v=1,
        handle=f"{rng.getrandbits(128):032x}",
        category=past.category,
        language=past.told.language,
        answers=(),
        text=past.told.text,
        district=past.district,
        thana=past.thana,
        place=past.told.place,
        hour=hour_of(past.at),
        happening_now=past.happening_now,
        fear=past.fear,
        police_involved="no",
        incomplete=False,
        contact="none",
        evidence=(),
        missing_evidence=0,
        adds_to=None,
    )
