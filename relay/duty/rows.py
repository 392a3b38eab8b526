"""Duties as they lie in relay.db: who holds one is a tag, what it says is locked under the epoch key of its week."""

import sqlite3
from dataclasses import dataclass

from relay.epochs import EpochStore
from relay.events import Sender
from sync import canonical
from sync.clock import DAY_S, whole_hour
from sync.errors import Unreadable
from sync.messages import Duty
from sync.sealing import locks

LIFE_S = 14 * DAY_S
"""A week's key lives three weeks at least."""
NOTICED, DELIVERED, ACCEPTED, CANNOT, ACTED, COULD_NOT, OVER = (
    "noticed", "delivered", "accepted", "cannot", "acted", "could_not", "over",
)  # fmt: skip
UNANSWERED = (NOTICED, DELIVERED)
_LIVE = (*UNANSWERED, ACCEPTED, CANNOT, ACTED, COULD_NOT)
_MARKS = "(" + ",".join("?" * len(_LIVE)) + ")"


@dataclass(frozen=True)
class Held:
    """What is locked: the duty and the token behind its buttons."""

    duty: Duty
    token: str


@dataclass(frozen=True)
class Row:
    """One duty; ``held`` is None once it is over."""

    name: str
    node: str
    week: int
    state: str
    notes: int
    held: Held | None


def add(conn: sqlite3.Connection, epochs: EpochStore, node: str, held: Held, now: float) -> Row | None:
    """Keeps a duty, in the caller's transaction; None when it is known, also as one that is over already."""
    week, key = epochs.current(now)
    name = held.duty.duty
    locked = locks.lock(key, canonical.dumps(held), f"duty:{name}")
    added = conn.execute(
        "insert into duty(name, node, week, locked, token_hash, phone_tag, state, changed, expires_at)"
        " values(?,?,?,?,?,?,?,?,?) on conflict do nothing",
        (
            *(name, node, week, locked, locks.digest(held.token.encode())),
            *(_tag(key, officer(held.duty)), NOTICED, _next(conn), whole_hour(now + LIFE_S)),
        ),
    ).rowcount
    return Row(name, node, week, NOTICED, 0, held) if added else None


def end(conn: sqlite3.Connection, epochs: EpochStore, node: str, name: str, now: float) -> None:
    """Forgets what a duty says, in the caller's transaction; one that comes after its end finds that it is over."""
    week, _ = epochs.current(now)
    conn.execute(
        "insert into duty(name, node, week, state, changed, expires_at) values(?,?,?,?,?,?)"
        " on conflict do update set state=excluded.state, locked=null where node=excluded.node",
        (name, node, week, OVER, _next(conn), whole_hour(now + LIFE_S)),
    )


def by_token(conn: sqlite3.Connection, epochs: EpochStore, token: str) -> Row | None:
    """The duty whose notice carried this token, over or not."""
    row = conn.execute(
        "select * from duty where token_hash=?", (locks.digest(token.encode("utf-8", "replace")),)
    ).fetchone()
    return _read(epochs, row) if row else None


def may_answer(conn: sqlite3.Connection, epochs: EpochStore, row: Row, sender: Sender) -> bool:
    """Whether somebody who shows this duty's token is its officer; in the caller's transaction.

    WhatsApp may name him by a business-scoped id alone. The token went to his number and nowhere else, so the first id
    that shows it is his from then on.
    """
    key = epochs.key(row.week)
    if key is None:
        return False
    tags = conn.execute("select phone_tag, user_tag from duty where name=?", (row.name,)).fetchone()
    tag = _tag(key, sender)
    if sender.user_id and tags["user_tag"] is None:
        conn.execute("update duty set user_tag=? where name=?", (tag, row.name))
        return True
    return tag in (tags["phone_tag"], tags["user_tag"])


def follow(conn: sqlite3.Connection, epochs: EpochStore, old: Sender, new: Sender) -> None:
    """WhatsApp says that ``old`` is now ``new``: his duties stay his; in the caller's transaction."""
    for (week,) in conn.execute("select distinct week from duty").fetchall():
        key = epochs.key(week)
        if key is not None:
            before, after = _tag(key, old), _tag(key, new)
            conn.execute(
                "update duty set user_tag=?, phone_tag=? where week=? and (phone_tag=? or user_tag=?)",
                (*((after, None) if new.user_id else (None, after)), week, before, before),
            )


def of_officer(conn: sqlite3.Connection, epochs: EpochStore, sender: Sender) -> list[Row]:
    """His live duties, the one he touched last first."""
    found: list[sqlite3.Row] = []
    for (week,) in conn.execute("select distinct week from duty").fetchall():
        key = epochs.key(week)
        if key is not None:
            tag = _tag(key, sender)
            found += conn.execute(
                f"select * from duty where week=? and (phone_tag=? or user_tag=?) and state in {_MARKS}",
                (week, tag, tag, *_LIVE),
            ).fetchall()
    rows = [_read(epochs, row) for row in sorted(found, key=lambda row: -int(row["changed"]))]
    return [row for row in rows if row.held is not None]


def move(conn: sqlite3.Connection, row: Row, state: str, notes: int) -> None:
    """A step of his, in the caller's transaction."""
    conn.execute(
        "update duty set state=?, notes=?, changed=? where name=?", (state, notes, _next(conn), row.name)
    )


def arrived(conn: sqlite3.Connection, row: Row) -> None:
    """The notice is on his phone, in the caller's transaction. No touch of his: what he writes about stays the same."""
    conn.execute("update duty set state=? where name=?", (DELIVERED, row.name))


def expire(conn: sqlite3.Connection, now: float) -> None:
    """Removes duties and letters past their life, in the caller's transaction."""
    conn.execute("delete from duty where expires_at<=?", (now,))
    conn.execute(
        "delete from duty_photo where slot not in (select id from fetch) and duty not in (select name from duty)"
    )
    _forget_letters(conn, now)


def _forget_letters(conn: sqlite3.Connection, now: float) -> None:
    """A message goes after a day; of a notice without WhatsApp's word the words only: the phone may be off for long."""
    conn.execute(
        "delete from duty_out where made_at<=? or (state<>'queued' and made_at<=? and not"
        " (state='sent' and is_notice and duty in (select name from duty where state=?)))",
        (now - LIFE_S, now - DAY_S, NOTICED),
    )
    conn.execute(
        "update duty_out set locked=x'' where state='sent' and locked<>x'' and made_at<=?", (now - DAY_S,)
    )


def sent_photos(conn: sqlite3.Connection, now: float) -> list[str]:
    """File ids of officers' photos that are at their box, or that nobody has wanted for as long as a duty lives."""
    rows = conn.execute(
        "select e.file_id from evidence_file e join file_out f using(file_id)"
        " where (f.state='done' or e.made_at<=?) and e.message_id not in (select message_id from outbox)",
        (now - LIFE_S,),
    ).fetchall()
    return [row["file_id"] for row in rows]


def officer(duty: Duty) -> Sender:
    """Whom the notice goes to."""
    return Sender("", duty.number.removeprefix("+"))


def get(conn: sqlite3.Connection, epochs: EpochStore, name: str) -> Row | None:
    """One duty by its name."""
    row = conn.execute("select * from duty where name=?", (name,)).fetchone()
    return _read(epochs, row) if row else None


def _read(epochs: EpochStore, row: sqlite3.Row) -> Row:
    return Row(row["name"], row["node"], row["week"], row["state"], row["notes"], _held(epochs, row))


def _held(epochs: EpochStore, row: sqlite3.Row) -> Held | None:
    key = epochs.key(row["week"])
    if key is None or row["locked"] is None:
        return None
    try:
        return canonical.loads(Held, locks.unlock(key, row["locked"], f"duty:{row['name']}"))
    except Unreadable:
        return None


def _tag(key: bytes, sender: Sender) -> bytes:
    return locks.tag(key, "duty officer", canonical.dumps(sender))


def _next(conn: sqlite3.Connection) -> int:
    """Counts changes: an order that tells no time."""
    return int(conn.execute("select coalesce(max(changed), 0) + 1 from duty").fetchone()[0])
