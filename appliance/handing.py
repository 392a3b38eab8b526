"""Handing a post over: what the next officer finds open, and what the one who goes leaves in writing."""

from dataclasses import dataclass
from sqlite3 import Row

from appliance import audit, concerns, ledger, nonces, rights, taking
from appliance.desk import OF_POSTS, Actor, Desk
from appliance.errors import Forbidden, NotAllowed, NotFound
from appliance.holders import ROLES
from appliance.ledger import CaseFile
from appliance.nonces import Repeated
from appliance.posts import held_at
from sync.db import transaction
from sync.sealing import locks

LONGEST_NOTE = 4000


@dataclass(frozen=True)
class Handover:
    """What was left in writing; ``actor``: login name, ``display``: the name to show."""

    post: str
    at: int
    actor: str
    display: str
    open_cases: int
    note: str


@dataclass(frozen=True)
class Told:
    """Of how many cases the holder's phone was told; ``kept_back``: of how many not, as they are about his people."""

    cases: int = 0
    kept_back: int = 0


def check(desk: Desk, actor: Actor, post: str) -> None:
    """Raises NotFound for a post that is not here, or that is none of his."""
    known = {one.code for one in held_at(desk.directory, desk.config.node_id)}
    is_his = actor.role in ROLES or (actor.role in OF_POSTS and actor.post == post)
    if post not in known or not is_his:
        raise NotFound("there is no such post here")


def open_cases(desk: Desk, actor: Actor, post: str) -> tuple[CaseFile, ...]:
    """The cases that a post has to work on and ``actor`` may see, the most pressing first."""
    check(desk, actor, post)
    found = [case for case in ledger.open_of_post(desk, post) if rights.may_see(desk, actor, case)]
    return tuple(sorted(found, key=lambda case: (case.due_at is None, case.due_at or 0, case.id)))


def notes(desk: Desk, actor: Actor, post: str) -> tuple[Handover, ...]:
    """What earlier holders left in writing, the newest first."""
    check(desk, actor, post)
    rows = desk.conn.execute(
        "select handover.post, at, actor, coalesce(display, actor) as display, open_cases, note_locked"
        " from handover left join person on person.name = actor where handover.post=? order by handover.id desc",
        (post,),
    ).fetchall()
    return tuple(_opened(desk, row) for row in rows)


def _opened(desk: Desk, row: Row) -> Handover:
    note = locks.unlock(desk.field_key, row["note_locked"], _context(row["post"], row["at"])).decode()
    return Handover(row["post"], row["at"], row["actor"], row["display"], row["open_cases"], note)


def hand_over(desk: Desk, actor: Actor, post: str, note: str, tell: bool, nonce: str = "") -> Told:
    """Keeps a note for the next holder; ``tell``: the present one's phone gets a notice of each case that is open.

    A case that is about the post's own people is neither counted in the note nor told. The form
    that is called ``nonce`` acts once. Raises NotFound, Forbidden for
    ``tell`` by who may not assign, NotAllowed for an empty note or one that is too long.
    """
    check(desk, actor, post)
    if tell and actor.role not in ROLES:
        raise Forbidden(f"the role {actor.role} may not tell officers of cases")
    if not 0 < len(note) <= LONGEST_NOTE:
        raise NotAllowed(f"a note has 1 to {LONGEST_NOTE} characters")
    try:
        with transaction(desk.conn):
            told = _keep(desk, actor, post, note, tell)
            nonces.spend(desk, actor, nonce, f"{told.cases} {told.kept_back}")
    except Repeated as again:
        return Told(*map(int, again.result.split()))
    return told


def _keep(desk: Desk, actor: Actor, post: str, note: str, tell: bool) -> Told:
    now = int(desk.clock())
    seen = open_cases(desk, actor, post)
    found = [case for case in seen if post not in concerns.barred(desk, case)]
    locked = locks.lock(desk.field_key, note.encode(), _context(post, now))
    desk.conn.execute(
        "insert into handover(post, at, actor, open_cases, note_locked) values(?,?,?,?,?)",
        (post, now, actor.name, len(found), locked),
    )
    audit.write(desk.conn, now, actor.name, "post.hand_over", post)
    if not tell:
        return Told()
    waiting = [case for case in seen if case.status in taking.TOLD]
    told = [case for case in waiting if case in found]
    for case in told:
        taking.tell(desk, actor, case, now)
    return Told(len(told), len(waiting) - len(told))


def _context(post: str, at: int) -> str:
    return f"handover:{post}:{at}"
