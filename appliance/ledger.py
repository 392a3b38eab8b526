"""The rows of cases. Every change goes through ``save``: row, history, audit and rollup in one transaction."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime

from appliance import audit, clocks, figures, history, ringing
from appliance.clocks import LEVEL_RANGE, Face
from appliance.desk import BOX, OF_POSTS, OFFICER, Actor, Desk
from appliance.errors import Conflict, NotFound
from appliance.figures import Counted, Place
from appliance.history import Change
from appliance.proposal import NEWS, NOTHING, OPEN, URGENT_NEWS, Proposal, covers, strictest, strictest_of
from sync.clock import IST_OFFSET_S, week_of

_COLUMNS = (
    "id, serial, report_id, status, version, category, district, thana, week, sensitivity, post,"
    " opened_at, changed_at, outcome, closed_at, duplicate_of, follows, news, claimed_by, clock, due_at, left_s,"
    " level, victim, child, source, practice, hold, erased_at, asked"
)
CONFIRMATION = (
    "from history as said where said.case_id=case_file.id and said.act='confirm_spam'"
    " and said.id>(select max(id) from history where case_id=case_file.id and act='quarantine')"
)
"""SQL beside ``case_file``: rows that confirm the last time a case was set aside, also of one released since."""
MOST_DIGITS = 9
"""Of the number of a serial."""
PRACTICE_MARK = "-P"
_AT_POSTS = OF_POSTS | {OFFICER}
"""Roles of who works for a post, at a desk or by phone: what he answers is news to the office, and he reads none."""
FOLLOWS = "follow_stricter"
"""Act written for what came to an earlier case, whose serial is its detail: that one's news, and that one's alarm."""
_NEVER_CHANGED = frozenset({"id", "serial", "report_id", "week", "opened_at"})
_CORRECTED = frozenset({"category", "district", "thana"})
"""Written only when they change: half of the table's indexes hang on them."""


@dataclass(frozen=True)
class CaseFile:
    """A row of ``case_file``; see ``migrations.py``."""

    id: int
    serial: str
    report_id: int
    status: str
    version: int
    category: str
    district: str
    thana: str
    week: int
    sensitivity: str
    post: str
    opened_at: int
    changed_at: int
    outcome: str
    closed_at: int | None
    duplicate_of: int | None
    follows: int | None
    news: int
    claimed_by: str = ""
    clock: str = ""
    due_at: int | None = None
    left_s: int | None = None
    level: int = 0
    victim: int = 0
    child: int = 0
    source: str = "informant"
    practice: int = 0
    hold: int = 0
    erased_at: int | None = None
    asked: int = 0

    @property
    def is_at_range(self) -> bool:
        """Whether it is so late that the range sees it."""
        return bool(self.clock) and self.level == LEVEL_RANGE

    @property
    def place(self) -> Place:
        """Its cell of the rollup."""
        return Place(self.district, self.thana, self.category, self.week, self.status)

    @property
    def counted(self) -> Counted:
        """What it is in the figures."""
        return Counted(**{field.name: getattr(self, field.name) for field in fields(Counted)})


@dataclass(frozen=True)
class Opening:
    """What a new case begins with."""

    report_id: int
    category: str
    district: str
    thana: str
    sensitivity: str
    follows: int | None
    source: str = "informant"
    victim: int = 0
    child: int = 0
    practice: int = 0


def find(desk: Desk, serial: str) -> CaseFile:
    """The case of that serial; raises NotFound."""
    row = desk.conn.execute(f"select {_COLUMNS} from case_file where serial=?", (serial,)).fetchone()
    if row is None:
        raise NotFound("there is no case of that serial here")
    return CaseFile(*row)


def in_full(desk: Desk, typed: str, beside: str) -> str:
    """The serial that somebody typed beside the case ``beside``: also its number alone, as a search takes it.

    A number means the case of the same series where there is one, else the only one so numbered; what means none, or
    several, is given back as it was typed.
    """
    typed = typed.strip().upper()
    if not (typed.isdecimal() and len(typed) <= MOST_DIGITS):
        return typed
    rows = desk.conn.execute("select prefix, year from serial_counter").fetchall()
    wanted = [f"{prefix}-{year}-{int(typed):05}" for prefix, year in rows]
    marks = ",".join("?" * len(wanted))
    found = desk.conn.execute(f"select serial from case_file where serial in ({marks})", wanted)
    there: list[str] = [row[0] for row in found.fetchall()]
    same = [one for one in there if one.rpartition("-")[0] == beside.rpartition("-")[0]]
    return (same or (there if len(there) == 1 else [typed]))[0]


def by_id(desk: Desk, case_id: int) -> CaseFile:
    """The case of that row id, which must be there."""
    return CaseFile(*desk.conn.execute(f"select {_COLUMNS} from case_file where id=?", (case_id,)).fetchone())


def of_handle(desk: Desk, handle: str) -> CaseFile | None:
    """The case that holds the report of that handle, or None."""
    row = desk.conn.execute(
        "select case_id from report join case_report on report_id = report.id where handle=?", (handle,)
    ).fetchone()
    return by_id(desk, row[0]) if row else None


def open_follower(desk: Desk, case: CaseFile) -> CaseFile | None:
    """The newest case of what was added to this one, where it is still worked on."""
    row = desk.conn.execute(
        f"select {_COLUMNS} from case_file where follows=? and closed_at is null and erased_at is null"
        " and status<>'quarantined' order by id desc limit 1",
        (case.id,),
    ).fetchone()
    return CaseFile(*row) if row else None


def is_confirmed(desk: Desk, case: CaseFile) -> bool:
    """Whether a second person has said that what is set aside is spam."""
    query = f"select 1 from case_file where id=? and status='quarantined' and exists(select 1 {CONFIRMATION})"
    return desk.conn.execute(query, (case.id,)).fetchone() is not None


def duplicates_of(desk: Desk, case_id: int) -> tuple[CaseFile, ...]:
    """The cases marked as duplicates of this one."""
    rows = desk.conn.execute(f"select {_COLUMNS} from case_file where duplicate_of=? order by id", (case_id,))
    return tuple(CaseFile(*row) for row in rows.fetchall())


def open_of_post(desk: Desk, post: str) -> tuple[CaseFile, ...]:
    """The cases that are with a post and not closed, oldest first."""
    rows = desk.conn.execute(
        f"select {_COLUMNS} from case_file where post=? and post<>'' and closed_at is null order by id",
        (post,),
    )
    return tuple(CaseFile(*row) for row in rows.fetchall())


def put_away(desk: Desk, since: float) -> tuple[CaseFile, ...]:
    """The cases that no officer got and nobody works on, oldest first; words erased and practice left out.

    All that are set aside as spam; of those opened after ``since`` also what was linked to another case, or closed
    without a post.
    """
    rows = desk.conn.execute(
        f"select {_COLUMNS} from case_file where practice=0 and erased_at is null and (status='quarantined'"
        " or opened_at>=? and (status='duplicate' or status='closed' and post='')) order by id",
        (int(since),),
    )
    return tuple(CaseFile(*row) for row in rows.fetchall())


def open_by_post(desk: Desk, practice: bool = False) -> dict[str, int]:
    """How many cases that are not closed each post has; posts without one are left out. ``practice``: made-up ones."""
    rows = desk.conn.execute(
        "select post, count(*) from case_file where post<>'' and closed_at is null and practice=? group by post",
        (int(practice),),
    )
    return dict(rows.fetchall())


def followers(desk: Desk, case: CaseFile) -> tuple[CaseFile, ...]:
    """The cases of what was added to this one, or to a duplicate of it, after its end; oldest first."""
    found = (one for of in (case, *duplicates_of(desk, case.id)) for one in _followers(desk, of.id))
    return tuple(sorted(found, key=lambda one: one.id))


def linked(desk: Desk, case: CaseFile) -> tuple[CaseFile, ...]:
    """The case itself first, then all of the same incident: duplicates, and closed cases that one of them follows."""
    return _reached(case, lambda one: _named(desk, one))


def incident(desk: Desk, case: CaseFile) -> tuple[CaseFile, ...]:
    """As ``linked``, and also the cases that follow one of them: everything that must be kept together."""
    return _reached(case, lambda one: (*_named(desk, one), *_followers(desk, one.id)))


def _named(desk: Desk, case: CaseFile) -> tuple[CaseFile, ...]:
    above = (by_id(desk, other) for other in (case.follows, case.duplicate_of) if other is not None)
    return (*duplicates_of(desk, case.id), *above)


def _followers(desk: Desk, case_id: int) -> tuple[CaseFile, ...]:
    rows = desk.conn.execute(f"select {_COLUMNS} from case_file where follows=? order by id", (case_id,))
    return tuple(CaseFile(*row) for row in rows.fetchall())


def _reached(case: CaseFile, near: Callable[[CaseFile], Iterable[CaseFile]]) -> tuple[CaseFile, ...]:
    found, waiting = {case.id: case}, [case]
    while waiting:
        new = [other for other in near(waiting.pop()) if other.id not in found]
        found |= {other.id: other for other in new}
        waiting += new
    return tuple(found.values())


def at_version(desk: Desk, serial: str, version: int) -> CaseFile:
    """The case as its page showed it; raises Conflict naming who changed it since, or NotFound."""
    case = find(desk, serial)
    if case.version != version:
        raise Conflict(serial, *history.last_change(desk.conn, case.id))
    return case


def open_case(desk: Desk, opening: Opening, actor: Actor, now: float) -> CaseFile:
    """Makes a case of a first report, in the caller's transaction."""
    case = CaseFile(
        id=desk.conn.execute("select coalesce(max(id), 0) + 1 from case_file").fetchone()[0],
        serial=_next_serial(desk, now, opening.practice),
        status="received",
        version=1,
        week=week_of(now),
        post="",
        opened_at=int(now),
        changed_at=int(now),
        outcome="",
        closed_at=None,
        duplicate_of=None,
        news=0,
        **vars(opening),
    )
    clock = clocks.begun(desk, case, case.opened_at)
    case = replace(case, **vars(clocks.face(clock)))
    row = tuple(vars(case).values())
    desk.conn.execute(f"insert into case_file({_COLUMNS}) values({','.join('?' * len(row))})", row)
    desk.conn.execute("insert into case_report values(?,?)", (case.id, opening.report_id))
    clocks.put(desk.conn, case.id, clock)
    received = Change("receive", "", case.status)
    _count(desk, None, case, received, now)
    _record(desk, case, actor, received, now)
    return case


def save(
    desk: Desk,
    before: CaseFile,
    after: CaseFile,
    actor: Actor,
    change: Change,
    now: float,
    came: Proposal = NOTHING,
) -> CaseFile:
    """Writes ``after`` over ``before`` as the next version, in the caller's transaction.

    ``came``: what is put to the case by it, an addition or a duplicate: of class, flags and hurry the case keeps the
    stricter, and what follows it does so of class and flags. What the box does by itself, and what a post answers, is
    news to the office until a person of the office acts on this case; what happens now is urgent news, whoever puts it
    there.
    """
    news = _news(before, actor, change, came)
    after = replace(_stricter(after, came), version=before.version + 1, changed_at=int(now), news=news)
    if not _never_ran(desk, before, after):
        after = replace(after, **vars(clocks.follow(desk, before, after, change.act, now, came)))
    kept = _NEVER_CHANGED | {name for name in _CORRECTED if getattr(after, name) == getattr(before, name)}
    columns = ",".join(f"{name}=:{name}" for name in vars(after) if name not in kept)
    desk.conn.execute(f"update case_file set {columns} where id=:id", vars(after))
    if came.happening_now:
        desk.conn.execute("update case_file set urgent=1 where id=?", (after.id,))
        ringing.plan(desk.conn, after.id, desk.clock())
    elif before.news == URGENT_NEWS != news:
        ringing.over(desk.conn, after.id)
    _count(desk, before, after, change, now)
    _record(desk, after, actor, change, now)
    brought = strictest_of(came, risen(before, after))
    if brought != NOTHING:
        tell_followers(desk, _joined(desk, after), actor, brought, now)
    return after


def risen(before: CaseFile, after: CaseFile) -> Proposal:
    """What of class and flags is stricter since."""
    is_stricter = strictest(before.sensitivity, after.sensitivity) != before.sensitivity
    sensitivity = after.sensitivity if is_stricter else OPEN
    return Proposal(sensitivity, after.victim > before.victim, after.child > before.child)


def tell_followers(desk: Desk, of: Sequence[CaseFile], actor: Actor, came: Proposal, now: float) -> None:
    """Whatever quotes these because it follows one of them is as strict as ``came``; in the caller's transaction.

    One that is over too: it may be opened again. How ``came`` hurries stays with the case to which it came.
    """
    came = strictest_of(came)
    for found in _following(desk, of):
        one = by_id(desk, found.id)  # an earlier one of these may have told it
        if one.erased_at is None and not covers(_classed(one), came):
            change = Change(FOLLOWS, one.status, one.status, of[0].serial, is_beside=True)
            save(desk, one, one, actor, change, max(now, one.changed_at), came)


def _joined(desk: Desk, case: CaseFile) -> tuple[CaseFile, ...]:
    """The case first, then all that is joined with it by hand."""
    main = case if case.duplicate_of is None else by_id(desk, case.duplicate_of)
    both = (main,) if main.id == case.id else (case, main)
    return (*both, *(one for one in duplicates_of(desk, main.id) if one.id != case.id))


def _following(desk: Desk, of: Sequence[CaseFile]) -> tuple[CaseFile, ...]:
    """The followers of these, and all on whose pages those are quoted; duplicates but by what they are linked to."""
    first = (one for case in of for one in _followers(desk, case.id))
    reached = {one.id: one for start in first for one in _reached(start, lambda one: _quoting(desk, one))}
    known = {case.id for case in of}
    return tuple(
        one
        for one in reached.values()
        if one.id not in known and (one.follows is not None or one.duplicate_of is None)
    )


def _quoting(desk: Desk, case: CaseFile) -> tuple[CaseFile, ...]:
    above = () if case.duplicate_of is None else (by_id(desk, case.duplicate_of),)
    return (*above, *duplicates_of(desk, case.id), *_followers(desk, case.id))


def _never_ran(desk: Desk, before: CaseFile, after: CaseFile) -> bool:
    """Whether it is confirmed spam, stays so, and has no clock: from before there were any."""
    is_aside = before.status == after.status == "quarantined"
    return is_aside and clocks.get(desk, before) is None and is_confirmed(desk, before)


def as_came(desk: Desk, case: CaseFile) -> Proposal:
    """What a case brings to the one that it is linked to."""
    (happening_now,) = desk.conn.execute("select urgent from case_file where id=?", (case.id,)).fetchone()
    run = clocks.get(desk, case)
    is_urgent = bool(happening_now) or (run is not None and run.is_urgent)
    return replace(_classed(case), is_urgent=is_urgent, happening_now=bool(happening_now))


def _classed(case: CaseFile) -> Proposal:
    return Proposal(case.sensitivity, bool(case.victim), bool(case.child))


def _stricter(case: CaseFile, came: Proposal) -> CaseFile:
    return replace(
        case,
        sensitivity=strictest(case.sensitivity, came.sensitivity),
        victim=case.victim | int(came.victim),
        child=case.child | int(came.child),
    )


def show_clock(desk: Desk, case: CaseFile, face: Face) -> None:
    """Writes the clock of a case that had none, in the caller's transaction: no act, so no version and no history."""
    desk.conn.execute(
        "update case_file set clock=:clock, due_at=:due_at, left_s=:left_s, level=:level where id=:id",
        {**vars(face), "id": case.id},
    )


def _news(before: CaseFile, actor: Actor, change: Change, came: Proposal) -> int:
    """Only who acts for the office on this very case has read what was news to it; giving it back says nothing."""
    if change.act == FOLLOWS:
        return before.news
    if came.happening_now:
        return URGENT_NEWS
    is_post = actor.role in _AT_POSTS
    if actor == BOX or (is_post and change.act != "acknowledge"):
        return max(NEWS, before.news)
    return before.news if is_post or change.is_beside or change.act == "unclaim" else 0


def _count(desk: Desk, before: CaseFile | None, after: CaseFile, change: Change, now: float) -> None:
    """Made up for training, a case counts nowhere."""
    if after.practice:
        return
    if before is None or after.place != before.place:
        figures.bump(desk.conn, after.place, 1)
        if before is not None:
            figures.bump(desk.conn, before.place, -1)
    for place in _late(before) ^ _late(after):
        figures.tell_late(desk.conn, place)
    figures.follow(desk.conn, before.counted if before else None, after.counted, change, now)


def _late(case: CaseFile | None) -> set[Place]:
    """The cell in which the range counts it as late, whatever its status."""
    return {replace(case.place, status="")} if case is not None and case.is_at_range else set()


def _record(desk: Desk, case: CaseFile, actor: Actor, change: Change, now: float) -> None:
    history.write(desk, case.id, case.serial, case.version, actor, change, now)
    audit.write(desk.conn, now, actor.name, f"case.{change.act}", case.serial)


def _next_serial(desk: Desk, now: float, practice: int) -> str:
    """Practice cases are numbered apart: a gap in the others would say that something is missing."""
    prefix = desk.config.serial_prefix + (PRACTICE_MARK if practice else "")
    year = datetime.fromtimestamp(now + IST_OFFSET_S, UTC).year
    (number,) = desk.conn.execute(
        "insert into serial_counter values(?,?,2) on conflict do update set next=next+1 returning next-1",
        (prefix, year),
    ).fetchone()
    return f"{prefix}-{year}-{number:05}"
