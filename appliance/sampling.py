"""A sample of what no officer got, for the auditor: drawn by chance, the same all week, read but not changed.

What was set aside as spam, linked to another case, or closed unassigned: each ends a report by a word at a desk.
"""

import hmac
from dataclasses import dataclass
from hashlib import sha256

from appliance import audit, history, ledger, reports, sensitivity
from appliance.desk import Actor, Desk
from appliance.errors import Forbidden
from appliance.ledger import CaseFile
from appliance.reports import Told
from appliance.trail import ROLES
from sync.clock import DAY_S, week_of
from sync.db import transaction

SHARE = 0.05
LOOKED_BACK_S = 60 * DAY_S
ACTS = ("quarantine", "mark_duplicate", "close")
LEAST, MOST = 1, 50
"""However few were set aside, one is looked at; however many, no more than these."""


@dataclass(frozen=True)
class Drawn:
    """One case that was put away: what was told; by whom, by which of ACTS, with what detail and why.

    ``is_outline``: only what was chosen from lists, for its class is not read here; then there is no ``reason`` either.
    """

    serial: str
    opened_at: int
    category: str
    reports: tuple[Told, ...]
    act: str
    detail: str
    by: str
    at: int
    reason: str
    is_outline: bool


@dataclass(frozen=True)
class Sample:
    """``in_all``: how many it was drawn from."""

    drawn: tuple[Drawn, ...]
    in_all: int


def draw(desk: Desk, actor: Actor) -> Sample:
    """The sample of this week; that it was read is noted. Raises Forbidden."""
    if actor.role not in ROLES:
        raise Forbidden(f"the role {actor.role} does not see what was put away")
    now = desk.clock()
    aside = ledger.put_away(desk, now - LOOKED_BACK_S)
    chosen = sorted(aside, key=lambda case: _lot(desk, case, now))[: _size(len(aside))]
    with transaction(desk.conn):
        for case in chosen:
            audit.write(desk.conn, now, actor.name, "quarantine.sample", case.serial)
    return Sample(
        tuple(_drawn(desk, actor, case) for case in sorted(chosen, key=lambda c: -c.id)), len(aside)
    )


def _size(count: int) -> int:
    return min(MOST, max(LEAST, round(count * SHARE))) if count else 0


def _lot(desk: Desk, case: CaseFile, now: float) -> bytes:
    """By chance as far as anybody without the box's key can tell, so that no case can be kept out of it."""
    return hmac.digest(desk.field_key, f"sample:{week_of(now)}:{case.serial}".encode(), sha256)


def _drawn(desk: Desk, actor: Actor, case: CaseFile) -> Drawn:
    entries = history.entries(desk, case.id, case.serial)
    last = [entry for entry in entries if entry.act in ACTS][-1:]
    by, at, reason = (last[0].display, last[0].at, last[0].note) if last else ("", case.changed_at, "")
    act, detail = (last[0].act, last[0].detail) if last else ("", "")
    reads = sensitivity.reads_sample(actor.role, case)
    told = sensitivity.sampled_by(actor.role, case, reports.of_case(desk, case.id))
    shown = reason if reads else ""
    return Drawn(case.serial, case.opened_at, case.category, told, act, detail, by, at, shown, not reads)
