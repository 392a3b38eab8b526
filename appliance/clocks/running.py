"""The clock of one case as a value: what runs in which status, since when, until when. Functions of their arguments.

Times are epoch seconds of the box. A *lap* is the time for which one side must answer: the office until it has assigned
the case, the post until it has reported back, the office again until the informant is told. A lap has one beginning
(``since``), from which its limits and the steps up the ladder count; in one lap the level only rises.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from appliance.deadlines import DEFAULTS, URGENT, Limits
from sync.clock import DAY_S

SCREEN, ASSIGN, ACKNOWLEDGE, REPORT, FEEDBACK = "screen", "assign", "acknowledge", "report", "feedback"
OFFICE, POST, INFORMANT = "office", "post", "informant"
LEVEL_POST, LEVEL_CO, LEVEL_SP, LEVEL_RANGE = 0, 1, 2, 3

RUNS_IN: Mapping[str, str] = {
    "received": SCREEN,
    "screened": ASSIGN,
    "assigned": ACKNOWLEDGE,
    "acknowledged": REPORT,
    "in_action": REPORT,
    "reported_back": FEEDBACK,
    "verified": FEEDBACK,
    "feedback_sent": FEEDBACK,
    "quarantined": SCREEN,
}
"""Status -> the limit that runs in it; in the others none does, nor once a second person has confirmed the spam."""
LAPS: Mapping[str, str] = {
    SCREEN: OFFICE,
    ASSIGN: OFFICE,
    ACKNOWLEDGE: POST,
    REPORT: POST,
    FEEDBACK: INFORMANT,
}
WAITS_FOR_INFORMANT = "informant"
PAUSES: Mapping[str, int] = {WAITS_FOR_INFORMANT: 3, "agency": 7, "court": 14, "event": 3}
"""Reasons for which a clock may stand still -> days after which it goes on by itself."""
STANDS_MOST_S = 21 * DAY_S
"""All pauses of a lap together: a court and an agency, once each."""
_ENDS = frozenset({"confirm_spam"})
_FROM_ARRIVAL = frozenset({"release"})
_LEAST_FOR_FEEDBACK_S = DAY_S


@dataclass(frozen=True)
class Running:
    """``clock``: the limit that runs, "" for none; ``due_at``: its end, None while it is paused and ``left_s`` is left.

    ``level``: how far up it has gone; ``step_at``: when the next step up is due, None for none. ``begun_at``: arrival
    of the first report, or when a closed case was taken up again. ``pause``: reason, since and until when at most.
    ``stood_s``: how long it has stood still in this lap. ``hurried_at``: when something urgent came first in this lap:
    beside its limits the urgent ones count from then, and the earlier holds.
    """

    urgency: str
    begun_at: int
    since: int
    clock: str = ""
    due_at: int | None = None
    left_s: int | None = None
    level: int = LEVEL_POST
    step_at: int | None = None
    pause: str = ""
    paused_at: int | None = None
    pause_until: int | None = None
    stood_s: int = 0
    hurried_at: int | None = None

    @property
    def is_urgent(self) -> bool:
        """By its class, or by what came since."""
        return self.urgency == URGENT or self.hurried_at is not None

    @property
    def may_stand_s(self) -> int:
        """How long it may still stand still in this lap."""
        return max(0, STANDS_MOST_S - self.stood_s)


@dataclass(frozen=True)
class Rules:
    """The limits of the case's class, and the ``urgent`` ones. ``is_range``: at a range node nobody stands between
    the office and the range; ``is_practice``: a made-up case troubles nobody."""

    limits: Limits
    is_range: bool = False
    is_practice: bool = False
    urgent: Limits = DEFAULTS[URGENT]

    def limit_s(self, clock: str) -> int:
        """How long the limit ``clock`` is."""
        return int(getattr(self.limits, f"{clock}_s"))

    def ladder(self, lap: str) -> tuple[tuple[int, int], ...]:
        """(level, seconds after the beginning of the lap), rising. An office's own delay passes no circle officer."""
        limits = self.limits
        steps = {
            OFFICE: ((LEVEL_SP, limits.co_s), (LEVEL_RANGE, limits.range_s)),
            POST: ((LEVEL_CO, limits.co_s), (LEVEL_SP, limits.sp_s), (LEVEL_RANGE, limits.range_s)),
            INFORMANT: (
                (LEVEL_SP, limits.feedback_s),
                (LEVEL_RANGE, limits.feedback_s + limits.range_s),
            ),
        }[lap]
        return ((LEVEL_RANGE, steps[0][1]),) if self.is_range else steps


@dataclass(frozen=True)
class Step:
    """An act and the statuses before and after it. ``same_post``: it was given to the post that has it already."""

    act: str
    before: str
    after: str
    same_post: bool = False


def opened(rules: Rules, urgency: str, status: str, at: int) -> Running:
    """The clock of a case that begins in ``status``."""
    return _timed(Running(urgency, at, at, RUNS_IN.get(status, "")), rules)


def followed(run: Running, rules: Rules, step: Step, now: int) -> Running:
    """The clock after an act: within a lap it goes on, a new lap begins at ``now``, a status without limit has none."""
    clock = "" if step.act in _ENDS else RUNS_IN.get(step.after, "")
    if not clock:
        return replace(_unpaused(run), clock="", due_at=None, left_s=None, step_at=None)
    if step.act == "quarantine" and run.pause:  # nobody could let it go on where it is then
        run = resumed(run, rules, now)
    if step.act in _FROM_ARRIVAL:
        return _timed(replace(run, clock=clock, since=run.begun_at), rules)
    is_given = step.act == "assign" and not step.same_post
    if not is_given and LAPS[clock] == LAPS.get(RUNS_IN.get(step.before, "")):
        return _in_lap(run, rules, clock)
    begun_at = now if step.act == "reopen" else run.begun_at
    if run.is_urgent:
        run, rules = replace(run, urgency=URGENT, hurried_at=None), replace(rules, limits=rules.urgent)
    fresh = replace(_unpaused(run), clock=clock, begun_at=begun_at, level=LEVEL_POST, stood_s=0)
    return _timed(replace(fresh, since=_beginning(rules, clock, begun_at, now)), rules)


def paused(run: Running, reason: str, now: int) -> Running:
    """It stands still: what is left is kept (below 0 where it is over). ``may_stand_s`` must be above 0."""
    assert run.due_at is not None and run.may_stand_s > 0
    return replace(
        run,
        due_at=None,
        left_s=run.due_at - now,
        step_at=None,
        pause=reason,
        paused_at=now,
        pause_until=now + min(PAUSES[reason] * DAY_S, run.may_stand_s),
    )


def resumed(run: Running, rules: Rules, now: int) -> Running:
    """It goes on with what was left; a pause that was over before ``now`` counts up to its end only."""
    assert run.paused_at is not None and run.pause_until is not None
    stood_s = max(0, min(now, run.pause_until) - run.paused_at)
    hurried_at = None if run.hurried_at is None else run.hurried_at + stood_s
    on = replace(run, since=run.since + stood_s, hurried_at=hurried_at, stood_s=run.stood_s + stood_s)
    return _timed(_unpaused(on), rules)


def hurried(run: Running, rules: Rules, now: int) -> Running:
    """Something urgent came: a pause ends, and the urgent limits count from ``now`` where they are the earlier."""
    if not run.clock:
        return replace(run, urgency=URGENT, hurried_at=None)
    if run.pause:
        run = resumed(run, rules, now)
    return _timed(replace(run, hurried_at=now), rules) if run.hurried_at is None else run


def calmed(run: Running, rules: Rules) -> Running:
    """The office has read what came to a case at its end: the informant's time counts again, by the urgent limits from
    when it came where these are the earlier."""
    if run.clock != FEEDBACK or run.hurried_at is None or run.pause:
        return run
    since = min(run.since + rules.limits.feedback_s - rules.urgent.feedback_s, run.hurried_at)
    read = replace(run, urgency=URGENT, since=since, hurried_at=None)
    return _timed(read, replace(rules, limits=rules.urgent))


def climbed(run: Running, rules: Rules, level: int) -> Running:
    """It has gone up to ``level``."""
    return _timed(replace(run, level=level), rules)


def next_level(run: Running, rules: Rules) -> int | None:
    """The level above, None at the top."""
    return next((level for level, _ in rules.ladder(LAPS[run.clock]) if level > run.level), None)


def _in_lap(run: Running, rules: Rules, clock: str) -> Running:
    on = _timed(replace(run, clock=clock), rules)
    if run.paused_at is None:
        return on
    assert on.due_at is not None
    return replace(on, due_at=None, left_s=on.due_at - run.paused_at, step_at=None)


def _beginning(rules: Rules, clock: str, begun_at: int, now: int) -> int:
    if clock != FEEDBACK:
        return now
    # The informant counts from his report. Whoever has just heard back gets a day all the same.
    return max(begun_at, now + _LEAST_FOR_FEEDBACK_S - rules.limit_s(FEEDBACK))


def _unpaused(run: Running) -> Running:
    return replace(run, left_s=None, pause="", paused_at=None, pause_until=None)


def _timed(run: Running, rules: Rules) -> Running:
    """Its end and its next step up, from the beginning of the lap, and from what hurried it."""
    if not run.clock:
        return run
    counted = [(run.since, rules, run.clock)]
    if run.hurried_at is not None:
        # An informant has two weeks to be told in; what he adds meanwhile must be read all the same.
        clock = SCREEN if run.clock == FEEDBACK else run.clock
        counted.append((run.hurried_at, replace(rules, limits=rules.urgent), clock))
    steps = [
        since + after_s
        for since, holds, clock in counted
        for level, after_s in holds.ladder(LAPS[clock])
        if level > run.level
    ]
    step_at = min(steps) if steps and not rules.is_practice else None
    return replace(
        run, due_at=min(since + holds.limit_s(clock) for since, holds, clock in counted), step_at=step_at
    )
