"""Labelled synthetic history, so that a demo's pages show something: every text says that it is practice."""

import random
from dataclasses import replace
from functools import partial
from pathlib import Path

from appliance import cases, posts, reports
from appliance.desk import SP, Actor, Desk, open_desk
from sync.clock import DAY_S, Clock, hour_of
from sync.db import transaction
from sync.directory import Thana
from sync.messages import ReportBody

LABEL = {"hi": "[अभ्यास: असली सूचना नहीं]", "en": "[PRACTICE: not a real report]"}
DAYS = 90
ACTOR = Actor("practice", "Practice", SP)
VERIFIER = Actor("practice-2", "Practice 2", SP)
OUTCOMES = ("preventive", "challan", "rescue", "verified_no_offence", "unfounded", "insufficient")


def seed(root: Path, clock: Clock, rng: random.Random, count: int) -> None:
    """Puts ``count`` made-up cases of the last DAYS days into the district's box under ``root``."""
    desk = open_desk(root, clock)
    begin = clock() - DAYS * DAY_S
    moments = sorted(begin + rng.random() * (DAYS - 1) * DAY_S for _ in range(count))
    thanas = desk.directory.thanas_of(_district(desk))
    for at in moments:
        _one(replace(desk, clock=partial(float, at)), thanas, rng, at)
    desk.conn.close()


def _one(desk: Desk, thanas: tuple[Thana, ...], rng: random.Random, at: float) -> None:
    category = rng.choice([c.code for c in desk.catalogue.categories if c.route == "box"])
    body = _body(category, rng.choice(thanas), rng, at)
    with transaction(desk.conn):
        reports.add(desk, body, f"{rng.getrandbits(128):032x}", at)
    serial = cases.open_cases(desk, ACTOR, cases.Filter(), None, 1).rows[0].serial
    _work(desk, serial, rng)


def _work(desk: Desk, serial: str, rng: random.Random) -> None:
    """Some stay new, some are half-way, some are closed."""
    stages = rng.randrange(4)
    if stages >= 1:
        cases.screen(desk, serial, ACTOR, _version(desk, serial))
    if stages >= 2:
        cases.assign(
            desk, serial, ACTOR, _version(desk, serial), posts.posts(desk.directory, _district(desk))[0].code
        )
    if stages >= 3:
        cases.start(desk, serial, ACTOR, _version(desk, serial))
        cases.report_back(desk, serial, ACTOR, _version(desk, serial))
        cases.verify(desk, serial, VERIFIER, _version(desk, serial))
        cases.close(desk, serial, ACTOR, _version(desk, serial), rng.choice(OUTCOMES))


def _district(desk: Desk) -> str:
    return desk.directory.node(desk.config.node_id).district or ""


def _version(desk: Desk, serial: str) -> int:
    return cases.get(desk, serial).version


def _body(category: str, thana: Thana, rng: random.Random, at: float) -> ReportBody:
    language = rng.choice(("hi", "hi", "en"))
    return ReportBody(
        v=1,
        handle=f"{rng.getrandbits(128):032x}",
        category=category,
        language=language,
        answers=(),
        text=LABEL[language],
        district=thana.district,
        thana=thana.code,
        place=LABEL[language],
        hour=hour_of(at),
        happening_now=rng.random() < 0.05,
        fear=rng.choice(("yes", "no", "no", "unsure")),
        police_involved="no",
        incomplete=rng.random() < 0.1,
        contact="none",
        evidence=(),
        missing_evidence=0,
        adds_to=None,
    )
