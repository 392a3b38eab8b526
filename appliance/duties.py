"""Cases given to officers' phones: one duty per assignment, sent to the relay, and how far it has come.

``by_hand``: the post has no holder, or one whose number does not open, so nobody was told. ``withdrawn``: the case went
on to somebody else or is closed.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from appliance import briefs, clocks, concerns, ledger, outgoing, reports, ringing, sensitivity, tenure
from appliance.deadlines import NORMAL, URGENT
from appliance.desk import BOX, Actor, Desk
from appliance.errors import BriefRefused, OwnPeople
from appliance.ledger import CaseFile
from sync import notices
from sync.clock import whole_minute
from sync.errors import Unreadable
from sync.messages import Duty, DutyOver
from sync.notices import OVERDUE, Notices
from sync.outbox import LANE_REPLY
from sync.sealing import locks

QUEUED, SENT, DELIVERED, ACCEPTED, CANNOT = "queued", "sent", "delivered", "accepted", "cannot"
ACTED, COULD_NOT, REPORTED = "acted", "could_not", "reported"
BY_HAND, UNDELIVERED, WITHDRAWN = "by_hand", "undelivered", "withdrawn"
LIVE = (QUEUED, SENT, DELIVERED, ACCEPTED, CANNOT, ACTED, COULD_NOT, REPORTED)
STATES = (*LIVE, BY_HAND, UNDELIVERED, WITHDRAWN)


@dataclass(frozen=True)
class Given:
    """One duty as the case page shows it. ``holder``: name of the officer, "" where the post had none or his row does
    not open."""

    name: str
    post: str
    holder: str
    state: str
    at: int
    actor: str
    brief: str
    steps: Mapping[str, int]
    """When it came to each state, epoch seconds; duties from before these were noted have none."""


@dataclass(frozen=True)
class Seen:
    """What an officer would read on his phone: the notice, and what follows when he accepts."""

    language: str
    notice: str
    with_brief: str
    """The words with ``{brief}`` where the brief will stand."""
    without_brief: str


def order(desk: Desk, case: CaseFile, actor: Actor, brief: str, now: float) -> None:
    """Tells the holder of the case's post, in the caller's transaction; earlier duties of the case are withdrawn.

    Raises BriefRefused, and OwnPeople where the case is about the post's own people, its circle's or its holder's.
    """
    _check(desk, case, brief)
    withdraw(desk, case.id, now)
    _give(desk, case, actor, brief, now)


def hand_on(desk: Desk, case: CaseFile, actor: Actor, brief: str, now: float) -> None:
    """The same for a post that keeps the case and got another holder: who was told above that it is late stays told."""
    _check(desk, case, brief)
    withdraw_posts(desk, case.id, (case.post,), now)
    _give(desk, case, actor, brief, now)
    ringing.over(desk.conn, case.id)


def escalate(desk: Desk, case: CaseFile, post: str, now: float) -> None:
    """Tells the holder of the post above that the case is overdue, in the caller's transaction; other duties stay.

    He gets the brief of the post below, where the case's class and what it now says still allow that.
    """
    above = replace(case, post=post)
    _give(desk, above, BOX, brief_of_post(desk, case), now, OVERDUE)


def ring(desk: Desk, case: CaseFile, now: float) -> bool:
    """Tells the holder of the case's post once more, as urgent, in the caller's transaction; his other duties stay.

    False where nobody there has a phone, or he answered that he could not take it. Who came without being told is told.
    """
    holder = None if case.practice else tenure.reachable(desk, case.post, now)
    if holder is None:
        return False
    marks = ",".join("?" * len(LIVE))
    rows = desk.conn.execute(
        f"select state from duty where case_id=? and post=? and holder_id=? and state in ({marks})",
        (case.id, case.post, holder.id, *LIVE),
    ).fetchall()
    if rows and all(row["state"] == CANNOT for row in rows):
        return False
    _give(desk, case, BOX, brief_of_post(desk, case), now, URGENT)
    ringing.over(desk.conn, case.id)
    return True


def brief_of_post(desk: Desk, case: CaseFile) -> str:
    """The brief that the case's post has, or was last given; "" where the class and what the case now says do not
    allow it, or where that cannot be read: the notice goes all the same."""
    try:
        given = [one for one in of_case(desk, case.id) if one.post == case.post]
        holding = [one for one in given if one.state in LIVE] or given
        brief = holding[-1].brief if holding else ""
        briefs.check(brief, sensitivity.rule(case).brief, _reports(desk, case))
    except (BriefRefused, Unreadable):
        return ""
    return brief


def _check(desk: Desk, case: CaseFile, brief: str) -> None:
    if case.post in concerns.barred(desk, case):
        raise OwnPeople("the case is about this post's own people, its circle's or its holder's")
    briefs.check(brief, sensitivity.rule(case).brief, _reports(desk, case))


def _give(desk: Desk, case: CaseFile, actor: Actor, brief: str, now: float, urgency: str = "") -> None:
    name = desk.new_id()
    holder = None if case.practice else tenure.reachable(desk, case.post, now)
    message_id = None
    if holder is not None:
        duty = _duty(desk, case, name, holder.number, holder.language, brief, urgency)
        message_id = outgoing.put(desk, outgoing.relay_of(desk), "duty", LANE_REPLY, duty, now)
    locked = locks.lock(desk.field_key, brief.encode(), f"duty:{name}") if brief else b""
    desk.conn.execute(
        "insert into duty(name, case_id, holder_id, post, message_id, state, at, actor, brief_locked, no)"
        " values(?,?,?,?,?,?,?,?,?, (select coalesce(max(no), 0) + 1 from duty where case_id=?))",
        (
            *(name, case.id, holder.id if holder else None, case.post, message_id),
            *(QUEUED if holder else BY_HAND, int(now), actor.name, locked, case.id),
        ),
    )


def withdraw(desk: Desk, case_id: int, now: float) -> None:
    """Ends the live duties of a case, in the caller's transaction."""
    _withdraw(desk, "case_id=?", (case_id,), now)


def withdraw_posts(desk: Desk, case_id: int, posts: Iterable[str], now: float) -> None:
    """Ends the live duties of a case that some posts have, in the caller's transaction."""
    for post in sorted(posts):
        _withdraw(desk, "case_id=? and post=?", (case_id, post), now)


def withdraw_holder(desk: Desk, holder_id: int, now: float) -> None:
    """Ends the live duties of somebody who no longer holds his post, in the caller's transaction."""
    _withdraw(desk, "holder_id=?", (holder_id,), now)


def pass_on(desk: Desk, before_id: int, after_id: int) -> None:
    """Who holds a post after another one with the same phone has his live duties, in the caller's transaction.

    Those he must not have stay behind, and end with the one before.
    """
    marks = ",".join("?" * len(LIVE))
    rows = desk.conn.execute(
        f"select name, case_id, post from duty where holder_id=? and state in ({marks})", (before_id, *LIVE)
    ).fetchall()
    for row in rows:
        if concerns.may_have(desk, ledger.by_id(desk, row["case_id"]), row["post"]):
            desk.conn.execute("update duty set holder_id=? where name=?", (after_id, row["name"]))


def of_ended(desk: Desk, now: float) -> frozenset[str]:
    """The posts of those whose last day is over and who have live duties."""
    return frozenset(post for _id, post in _ended(desk, now))


def end_holders(desk: Desk, post: str, now: float) -> bool:
    """Ends the live duties of everybody at a post whose last day is over, in the caller's transaction; whether any had.

    Whoever comes after him with the same phone, which is the post's, has them from then on.
    """
    ended = [holder_id for holder_id, of in _ended(desk, now) if of == post]
    for holder_id in ended:
        _end_holder(desk, post, holder_id, now)
    return bool(ended)


def _ended(desk: Desk, now: float) -> list[tuple[int, str]]:
    marks = ",".join("?" * len(LIVE))
    rows = desk.conn.execute(
        "select distinct holder_id, post_holder.post from duty join post_holder on post_holder.id = holder_id"
        f" where until<=? and state in ({marks})",
        (int(now), *LIVE),
    ).fetchall()
    return [(row["holder_id"], row["post"]) for row in rows]


_EARLY = f"""
select distinct case_id, post_holder.post as post from duty join post_holder on post_holder.id = holder_id
where (since>:now and is_begun=0 and state in ({",".join(f"'{state}'" for state in LIVE)}))
or (until>:now and is_over=0 and state='{WITHDRAWN}'
    and exists(select 1 from duty_step where duty=name and duty_step.state='{WITHDRAWN}' and duty_step.at>:now)
    and no=(select max(no) from duty later where later.case_id=duty.case_id and later.post=duty.post))
"""
"""Given to who is still to come, or withdrawn at an hour still to come from who holds the post to a later day."""


def went_early(desk: Desk, now: float) -> tuple[tuple[int, str], ...]:
    """The cases, each with its post, whose notices a clock that ran ahead, and is right now, passed on too early."""
    return tuple((row["case_id"], row["post"]) for row in desk.conn.execute(_EARLY, {"now": int(now)}))


def end_planned(desk: Desk, post: str, now: float) -> None:
    """Ends the live duties of everybody who is still to come to a post, in the caller's transaction; whoever holds it
    with the same phone has them."""
    marks = ",".join("?" * len(LIVE))
    rows = desk.conn.execute(
        "select distinct holder_id from duty join post_holder on post_holder.id = holder_id"
        f" where post_holder.post=? and since>? and is_begun=0 and state in ({marks})",
        (post, int(now), *LIVE),
    ).fetchall()
    for row in rows:
        _end_holder(desk, post, row["holder_id"], now)


def _end_holder(desk: Desk, post: str, holder_id: int, now: float) -> None:
    """Where a row does not open nobody knows that both have one phone: then his duties end."""
    before, after = tenure.opening(desk, holder_id), tenure.reachable(desk, post, now)
    if before is not None and after is not None and after.number == before.number:
        pass_on(desk, before.id, after.id)
    withdraw_holder(desk, holder_id, now)


def has_live(desk: Desk, case_id: int, holder_id: int) -> bool:
    """Whether somebody's phone has a notice of the case that still counts."""
    marks = ",".join("?" * len(LIVE))
    query = f"select 1 from duty where case_id=? and holder_id=? and state in ({marks})"
    return desk.conn.execute(query, (case_id, holder_id, *LIVE)).fetchone() is not None


def sent(desk: Desk, message_id: str) -> None:
    """The relay has it; in the caller's transaction."""
    row = desk.conn.execute(
        "select name from duty where message_id=? and state=?", (message_id, QUEUED)
    ).fetchone()
    if row is not None:
        move(desk, row["name"], SENT)


def move(desk: Desk, name: str, state: str) -> None:
    """A step of the officer, in the caller's transaction."""
    desk.conn.execute("update duty set state=? where name=?", (state, name))
    at = whole_minute(desk.clock())
    desk.conn.execute("insert or replace into duty_step values(?,?,?)", (name, state, at))


def find(desk: Desk, name: str) -> sqlite3.Row | None:
    """The row of a duty, or None."""
    row: sqlite3.Row | None = desk.conn.execute("select * from duty where name=?", (name,)).fetchone()
    return row


def of_case(desk: Desk, case_id: int) -> tuple[Given, ...]:
    """The duties of a case as they were given, whatever the clock said."""
    rows = desk.conn.execute("select * from duty where case_id=? order by no, at", (case_id,)).fetchall()
    return tuple(_given(desk, row) for row in rows)


def preview(desk: Desk, serial: str, language: str) -> Seen:
    """Exactly what an officer's phone would show of a case; raises NotFound."""
    case = ledger.find(desk, serial)
    said = _notices(desk)
    bare, full = (_duty(desk, case, "", "", language, brief) for brief in ("", "{brief}"))
    return Seen(language, said.notice(bare), said.after_accept(full), said.after_accept(bare))


def _duty(
    desk: Desk, case: CaseFile, name: str, number: str, language: str, brief: str, urgency: str = ""
) -> Duty:
    run = clocks.get(desk, case)
    urgency = urgency or (URGENT if run is not None and run.is_urgent else NORMAL)
    return Duty(1, name, number, language, case.serial, case.thana, case.sensitivity, urgency, brief)


def _notices(desk: Desk) -> Notices:
    return notices.load(desk.catalogue, desk.directory)


def _withdraw(desk: Desk, where: str, values: tuple[int | str, ...], now: float) -> None:
    marks = ",".join("?" * len(LIVE))
    rows = desk.conn.execute(
        f"select name from duty where {where} and state in ({marks}) order by at, name", (*values, *LIVE)
    ).fetchall()
    for row in rows:
        over = DutyOver(1, row["name"])
        outgoing.put(desk, outgoing.relay_of(desk), "duty_over", LANE_REPLY, over, now)
        move(desk, row["name"], WITHDRAWN)


def _reports(desk: Desk, case: CaseFile) -> Iterator[reports.Told]:
    """What the office has read of it: also of the other cases of the same incident. Opened when it is asked for: what
    does not open stops no notice without a brief."""
    linked = ledger.incident(desk, case)
    marks = ",".join("?" * len(linked))
    rows = desk.conn.execute(
        f"select report_id from case_report where case_id in ({marks})", [one.id for one in linked]
    ).fetchall()
    return (reports.told(desk, row[0]) for row in rows)


def _given(desk: Desk, row: sqlite3.Row) -> Given:
    holder = tenure.opening(desk, row["holder_id"]) if row["holder_id"] is not None else None
    brief = (
        locks.unlock(desk.field_key, row["brief_locked"], f"duty:{row['name']}").decode()
        if row["brief_locked"]
        else ""
    )
    steps = dict(desk.conn.execute("select state, at from duty_step where duty=?", (row["name"],)).fetchall())
    name = holder.name if holder else ""
    return Given(row["name"], row["post"], name, row["state"], row["at"], row["actor"], brief, steps)
