"""Unfinished conversations: one row a person, sealed under the intake key, moved to the newest key at each step.

Beside them, as long as a report is held, the draft it was made from: for somebody who takes it back to change it.
"""

import json
import sqlite3
from dataclasses import MISSING, dataclass, fields
from typing import Any

from relay.dialogue import Slot, State, has_content
from relay.events import Sender
from relay.identity import IntakeKey, IntakeKeys
from sync import canonical
from sync.errors import Unreadable

_GONE = ("own", "own_stays")
"""Fields of a draft that earlier versions kept: whether the words held the number they were written from, and
whether he had said that they are somebody else's."""


@dataclass(frozen=True)
class Draft:
    """Whose conversation stands where."""

    sender: Sender
    state: State


def read(data: bytes) -> Draft:
    """A draft from its plain bytes, also one that an earlier version kept; raises Unreadable.

    A field that version did not have gets its default, one it had and we have not is left out; any other is refused.
    """
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unreadable("Draft: not JSON") from error
    state = raw.get("state") if isinstance(raw, dict) else None
    if isinstance(state, dict):
        slots = state.get("slots")
        filled = [_filled(Slot, slot) for slot in slots] if isinstance(slots, list) else slots
        raw = {**raw, "state": _filled(State, {**_known(state), "slots": filled})}
    return canonical.build(Draft, raw)


def _known(state: dict[str, Any]) -> dict[str, Any]:
    """The fields of a draft that we have; what an earlier version cleared without an answer is asked about again."""
    is_answered = not any(name in state for name in _GONE) or state.get("own_stays") is True
    gone = _GONE if is_answered else (*_GONE, "cleared")
    return {name: value for name, value in state.items() if name not in gone}


def _filled(kind: type[State] | type[Slot], raw: Any) -> Any:
    if not isinstance(raw, dict):
        return raw
    plain = {f.name: f.default for f in fields(kind) if f.default is not MISSING and f.name not in raw}
    return {**raw, **{name: list(value) if value == () else value for name, value in plain.items()}}


def find(conn: sqlite3.Connection, keys: IntakeKeys, sender: Sender) -> Draft | None:
    """The person's conversation, looked up under every live key."""
    for key in keys.live():
        row = conn.execute("select sealed from draft where person=?", (key.person(sender),)).fetchone()
        if row is not None:
            return read(key.open(row["sealed"], "draft"))
    return None


def save(conn: sqlite3.Connection, keys: IntakeKeys, draft: Draft, wake_at: float | None) -> None:
    """Keeps a conversation under the newest key; in the caller's transaction."""
    erase(conn, keys, draft.sender)
    key = keys.newest()
    conn.execute(
        "insert into draft(person, key_day, sealed, wake_at) values(?,?,?,?)",
        (key.person(draft.sender), key.day, key.seal(draft, "draft"), wake_at),
    )


def erase(conn: sqlite3.Connection, keys: IntakeKeys, sender: Sender) -> None:
    """Forgets a person's conversation; in the caller's transaction."""
    for key in keys.live():
        conn.execute("delete from draft where person=?", (key.person(sender),))


def keep_sent(conn: sqlite3.Connection, keys: IntakeKeys, message_id: str, draft: Draft) -> None:
    """Keeps the draft of a report that is held under ``message_id``; in the caller's transaction."""
    key = keys.newest()
    conn.execute(
        "insert into sent_draft values(?,?,?,?)",
        (message_id, key.person(draft.sender), key.day, key.seal(draft, "sent draft")),
    )


def sent_of(conn: sqlite3.Connection, keys: IntakeKeys, message_id: str) -> Draft | None:
    """The draft of a held report; None where its key is gone or it was sent at once."""
    row = conn.execute("select key_day, sealed from sent_draft where message_id=?", (message_id,)).fetchone()
    key = keys.of(row["key_day"]) if row else None
    return read(key.open(row["sealed"], "sent draft")) if key else None


def sent_by(conn: sqlite3.Connection, keys: IntakeKeys, sender: Sender) -> tuple[str, ...]:
    """The held reports of a person: nobody can tell without the intake key."""
    tags = [key.person(sender) for key in keys.live()]
    marks = ",".join("?" * len(tags))
    rows = conn.execute(f"select message_id from sent_draft where person in ({marks}) order by rowid", tags)
    return tuple(row["message_id"] for row in rows)


def forget_sent(conn: sqlite3.Connection, message_id: str) -> None:
    """Nobody can take that report back to change it any more; in the caller's transaction."""
    conn.execute("delete from sent_draft where message_id=?", (message_id,))


def move(conn: sqlite3.Connection, keys: IntakeKeys, old: Sender, new: Sender) -> None:
    """What is kept of one person is now another's; a conversation in which the other has told something stays."""
    draft, begun = find(conn, keys, old), find(conn, keys, new)
    theirs = begun if begun is not None and has_content(begun.state) else None
    if draft is not None and theirs is None:
        wakes = [_wake_at(conn, key, old) for key in keys.live()]
        save(conn, keys, Draft(new, draft.state), next((at for at in wakes if at is not None), None))
    if theirs is None:
        erase(conn, keys, old)
    for message_id in sent_by(conn, keys, old):
        sent = sent_of(conn, keys, message_id)
        forget_sent(conn, message_id)
        if sent is not None:
            keep_sent(conn, keys, message_id, Draft(new, sent.state))


def _wake_at(conn: sqlite3.Connection, key: IntakeKey, sender: Sender) -> float | None:
    row = conn.execute("select wake_at from draft where person=?", (key.person(sender),)).fetchone()
    return None if row is None else row["wake_at"]


@dataclass(frozen=True)
class Waking:
    """A conversation that wanted to go on by itself; ``draft`` is None when it does not open (any more)."""

    person: bytes
    wake_at: float
    draft: Draft | None

    @property
    def name(self) -> tuple[bytes, float]:
        """Not that of any later step of the same person's."""
        return self.person, self.wake_at


def next_to_wake(conn: sqlite3.Connection, keys: IntakeKeys, now: float) -> Waking | None:
    """The conversation that has waited longest to go on by itself, or None."""
    row = conn.execute(
        "select person, key_day, sealed, wake_at from draft where wake_at<=? order by wake_at limit 1", (now,)
    ).fetchone()
    if row is None:
        return None
    key = keys.of(row["key_day"])
    try:
        draft = read(key.open(row["sealed"], "draft")) if key else None
    except Unreadable:
        draft = None
    return Waking(row["person"], row["wake_at"], draft)


def left(conn: sqlite3.Connection) -> set[tuple[bytes, float]]:
    """The names of all that want to go on by themselves, now or later."""
    rows = conn.execute("select person, wake_at from draft where wake_at is not null").fetchall()
    return {(row["person"], row["wake_at"]) for row in rows}


def count_wake(conn: sqlite3.Connection, name: tuple[bytes, float], by: int) -> int:
    """Adds ``by`` to how often it was woken, in the caller's transaction; gives how often before."""
    row = conn.execute("select takes from draft where person=? and wake_at=?", name).fetchone()
    conn.execute("update draft set takes=takes+? where person=? and wake_at=?", (by, *name))
    return int(row["takes"]) if row else 0  # its key was over in between


def let_sleep(conn: sqlite3.Connection, waking: Waking) -> None:
    """Wakes it no more, until the person writes again; in the caller's transaction."""
    conn.execute("update draft set wake_at=null where person=?", (waking.person,))


def drop_lost(conn: sqlite3.Connection, live_days: list[int]) -> None:
    """Removes rows whose key is gone: nobody can read them any more; in the caller's transaction."""
    marks = ",".join("?" * len(live_days))
    for table in ("draft", "sent_draft", "fetch"):
        conn.execute(f"delete from {table} where key_day not in ({marks})", live_days)
    conn.execute(f"delete from event where key_day not in ({marks})", live_days)
    conn.execute(f"delete from chat_out where state='queued' and key_day not in ({marks})", live_days)
