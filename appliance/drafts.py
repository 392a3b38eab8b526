"""What somebody has typed into a form and not sent: kept for him alone, so that a power cut costs no words."""

import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from appliance.desk import Actor, Desk
from appliance.errors import NotAllowed
from sync import canonical
from sync.clock import DAY_S
from sync.db import transaction
from sync.errors import Unreadable
from sync.sealing import locks

KEPT_S = 7 * DAY_S
LONGEST_BYTES = 16 * 1024
MOST_PER_PERSON = 100
MOST_WITH_LATE = MOST_PER_PERSON // 2
"""Nothing late is kept beyond so many, so that what its owner types next pushes out nothing he typed before."""
_FORM = re.compile(r"[a-z][a-z0-9_-]{0,31}(/[A-Za-z0-9_ -]{1,40}){0,2}")
_FIELD = re.compile(
    r"[A-Za-z][A-Za-z0-9_. -]{0,63}"
)  # the codes of posts have spaces, and a form has a field for each


@dataclass(frozen=True)
class Draft:
    """The fields of one form, and when they were kept (epoch seconds; 0: nothing is kept).

    ``late``: sent when his sign-in had idled, by somebody who has not said who he is. ``version``: that of the case
    which its page showed, "" of a form about none.
    """

    fields: Mapping[str, str]
    saved_at: int
    late: bool = False
    version: str = ""


@dataclass(frozen=True)
class _Kept:
    names: tuple[str, ...]
    texts: tuple[str, ...]
    version: str = ""


@dataclass(frozen=True)
class _KeptBefore:
    """As written before a draft told which version of its case its page showed."""

    names: tuple[str, ...]
    texts: tuple[str, ...]


NOTHING = Draft({}, 0)


def forget(desk: Desk, objects: Iterable[str]) -> None:
    """Drops what anybody began to write about these (serials, file ids), in the caller's transaction."""
    desk.conn.executemany(
        "delete from form_draft where instr('/' || form || '/', '/' || ? || '/') > 0",
        [(one,) for one in objects],
    )


def save(desk: Desk, actor: Actor, form: str, fields: Mapping[str, str], version: str = "") -> None:
    """Keeps what stands in ``form`` in place of what was kept; a form with nothing in it keeps nothing.

    ``form`` names the form and its object (``brief/JNP-2026-00017``). Raises NotAllowed for another name, and for more
    than the limits.
    """
    told, content = _content(form, fields, version)
    with transaction(desk.conn):
        if told:
            _write(desk, actor, form, content)
            _keep_newest(desk, actor)
        else:
            _erase(desk, actor, form)


def save_late(desk: Desk, actor: Actor, form: str, fields: Mapping[str, str], version: str = "") -> bool:
    """Keeps what was sent at a PC whose sign-in had idled, marked so; False where it would take a draft's place.

    Raises NotAllowed as ``save`` does.
    """
    told, content = _content(form, fields, version)
    with transaction(desk.conn):
        kept = load(desk, actor, form)
        if kept.saved_at or not told:
            return kept.fields == told
        (count,) = desk.conn.execute(
            "select count(*) from form_draft where person=?", (actor.name,)
        ).fetchone()
        if count < MOST_WITH_LATE:
            _write(desk, actor, form, content, late=True)
    return int(count) < MOST_WITH_LATE


def load(desk: Desk, actor: Actor, form: str) -> Draft:
    """What this person had typed there; NOTHING where he had not, or it is too old."""
    row = desk.conn.execute(
        "select locked, saved_at from form_draft where person=? and form=? and saved_at>?",
        (actor.name, form, desk.clock() - KEPT_S),
    ).fetchone()
    if row is None:
        return NOTHING
    for late in (False, True):
        try:
            content = locks.unlock(desk.field_key, row["locked"], _context(actor, form, late))
            kept = _read(content)
            fields = dict(zip(kept.names, kept.texts, strict=True))
            return Draft(fields, row["saved_at"], late, kept.version)
        except Unreadable:  # of a field key before this one: a draft is not worth a page that fails
            continue
    return NOTHING


def erase(desk: Desk, actor: Actor, form: str) -> None:
    """Nothing is kept of that form any more: it was sent, or thrown away."""
    with transaction(desk.conn):
        _erase(desk, actor, form)


def forget_old(conn: sqlite3.Connection, now: float) -> None:
    """Erases what nobody came back to; in the caller's transaction."""
    conn.execute("delete from form_draft where saved_at<=?", (now - KEPT_S,))


def _content(form: str, fields: Mapping[str, str], version: str) -> tuple[dict[str, str], bytes]:
    if not _FORM.fullmatch(form) or not all(_FIELD.fullmatch(name) for name in fields):
        raise NotAllowed("this is no form that is kept")
    told = {name: text for name, text in fields.items() if text.strip()}
    content = canonical.dumps(_Kept(tuple(told), tuple(told.values()), version))
    if len(content) > LONGEST_BYTES:
        raise NotAllowed("this is more than a form keeps", hint="Shorten it")
    return told, content


def _read(content: bytes) -> _Kept:
    try:
        return canonical.loads(_Kept, content)
    except Unreadable:
        before = canonical.loads(_KeptBefore, content)
        return _Kept(before.names, before.texts)


def _write(desk: Desk, actor: Actor, form: str, content: bytes, late: bool = False) -> None:
    locked = locks.lock(desk.field_key, content, _context(actor, form, late))
    desk.conn.execute(
        "insert into form_draft(person, form, locked, saved_at) values(?,?,?,?)"
        " on conflict do update set locked=excluded.locked, saved_at=excluded.saved_at",
        (actor.name, form, locked, int(desk.clock())),
    )


def _erase(desk: Desk, actor: Actor, form: str) -> None:
    desk.conn.execute("delete from form_draft where person=? and form=?", (actor.name, form))


def _keep_newest(desk: Desk, actor: Actor) -> None:
    desk.conn.execute(
        "delete from form_draft where person=:name and form not in"
        " (select form from form_draft where person=:name order by saved_at desc, form limit :most)",
        {"name": actor.name, "most": MOST_PER_PERSON},
    )


def _context(actor: Actor, form: str, late: bool) -> str:
    return f"{'late draft' if late else 'draft'}:{actor.name}:{form}"
