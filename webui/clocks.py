"""How long a case still has, in words; and what its page shows of the clock."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from appliance import clocks
from appliance.cases import Case
from appliance.clocks import FEEDBACK, PAUSES, WAITS_FOR_INFORMANT
from appliance.desk import SHO, Actor
from sync.clock import DAY_S, HOUR_S, MINUTE_S
from webui.access import may
from webui.names import REASONS
from webui.site import desk, now

LIMITS: Mapping[str, LazyString] = {
    "screen": lazy_gettext("to be screened"),
    "assign": lazy_gettext("to be given to a post"),
    "acknowledge": lazy_gettext("the post is to accept"),
    "report": lazy_gettext("the post is to report back"),
    "feedback": lazy_gettext("to be answered where possible, and closed"),
}
_OF_NEWS = lazy_gettext("what happens now is to be given to a post again, or the case closed")
_OF_SPAM = lazy_gettext("a second person is to confirm that it is spam, or take it back")
LEVELS: Mapping[int, LazyString] = {
    1: lazy_gettext("sent up to the circle officer"),
    2: lazy_gettext("sent up to the Superintendent of Police"),
    3: lazy_gettext("sent up to the range"),
}
_SHORTEST_IN_DAYS_S = 2 * DAY_S


class Timed(Protocol):
    """What a row of the list and a case have in common."""

    @property
    def status(self) -> str: ...
    @property
    def clock(self) -> str: ...
    @property
    def due_at(self) -> int | None: ...
    @property
    def left_s(self) -> int | None: ...
    @property
    def level(self) -> int: ...


@dataclass(frozen=True)
class TimeLeft:
    """``kind``: left, overdue or paused. ``words``: how long; ``limit``: what for; ``level``: where it went, or ""."""

    kind: str
    words: str
    limit: str
    level: str


@dataclass(frozen=True)
class ClockCard:
    """The clock on the page of a case. ``reasons``: for which this person may stop it now, code and words."""

    time: TimeLeft
    due_at: int | None
    pause: str
    pause_until: int | None
    reasons: tuple[tuple[str, str], ...]
    may_resume: bool


def install(app: Flask) -> None:
    """Gives the templates ``timed(row or case)`` and ``clock_card(case, actor)``."""
    app.jinja_env.globals.update(timed=time_left, clock_card=clock_card)


def time_left(timed: Timed) -> TimeLeft | None:
    """None where no limit runs."""
    if not timed.clock:
        return None
    left_s = timed.left_s if timed.due_at is None else timed.due_at - now()
    is_over = left_s is not None and left_s <= 0
    length = span(abs(left_s or 0))
    if timed.due_at is None:
        kind = "paused"
        words = (
            _("paused, overdue %(time)s", time=length) if is_over else _("paused, %(time)s left", time=length)
        )
    else:
        kind = "overdue" if is_over else "left"
        words = _("overdue %(time)s", time=length) if is_over else _("%(time)s left", time=length)
    limit = str(_OF_SPAM) if timed.status == "quarantined" else _word(LIMITS, timed.clock)
    return TimeLeft(kind, words, limit, str(LEVELS.get(timed.level, "")))


def clock_card(case: Case, actor: Actor) -> ClockCard | None:
    """What the page of a case shows to ``actor``; None where no limit runs."""
    shown = time_left(case.file)
    if shown is None:
        return None
    run = clocks.get(desk(), case.file)
    assert run is not None  # what shows a limit has its clock
    if run.clock == FEEDBACK and run.hurried_at is not None:
        shown = replace(shown, limit=str(_OF_NEWS))
    may_pause = may(actor, "pause", case.status) and not run.pause and run.may_stand_s > 0
    reasons = tuple(
        (code, _word(REASONS, code)) for code in PAUSES if code != WAITS_FOR_INFORMANT or case.file.asked
    )
    return ClockCard(
        time=shown,
        due_at=run.due_at,
        pause=_pause(actor, run.pause),
        pause_until=run.pause_until,
        reasons=reasons if may_pause else (),
        may_resume=may(actor, "resume", case.status) and bool(run.pause),
    )


def _pause(actor: Actor, reason: str) -> str:
    """Why it is stopped; a designated officer is not told that somebody was asked."""
    if reason and actor.role == SHO:
        return _("by the office")
    return _word(REASONS, reason) if reason else ""


def span(seconds: float) -> str:
    """A length of time in its two largest units: ``3 d 4 h``, ``1 h 40 min``, ``25 min``, ``less than a minute``."""
    whole = int(seconds)
    if whole >= _SHORTEST_IN_DAYS_S:
        return _("%(days)s d %(hours)s h", days=whole // DAY_S, hours=whole % DAY_S // HOUR_S)
    if whole >= HOUR_S:
        return _("%(hours)s h %(minutes)s min", hours=whole // HOUR_S, minutes=whole % HOUR_S // MINUTE_S)
    return _("%(minutes)s min", minutes=whole // MINUTE_S) if whole >= MINUTE_S else _("less than a minute")


def _word(words: Mapping[str, LazyString], code: str) -> str:
    return str(words[code]) if code in words else code
