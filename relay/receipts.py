"""Receipts: 16 digits the informant keeps. The relay keeps only their tag and the coarse state of the report."""

import random
import re
import sqlite3
from collections.abc import Iterator

from relay.epochs import EpochStore
from sync.clock import whole_hour
from sync.identifiers import without_figures
from sync.sealing import locks

DIGITS = 16
_STATES = ("kept", "on_its_way", "delivered", "in_work", "closed")
_CODE = re.compile(r"(?:\d[ \-.]?){15}\d")
_PIECES = re.compile(r"[0-9]+(?:[\W_]{1,3}[0-9]+)*")  # in line with others or across lines
_PIECE = re.compile(r"[0-9]+")
_NAMED = re.compile(
    r"(?:पर्ची|रसीद|receipt|parchi|rasid|raseed)[^\d\n]{0,20}(\d{14,18}|(?:\d{3,4}[ \-.]){3}\d{2,6})(?!\d)",
    re.IGNORECASE,
)
"""What is called a receipt and has about its digits: one of them may be wrong, missing or in another's place."""
_OF_A_PHONE = 10
"""Digits in a piece that is a phone number: with a PIN code or an amount behind it, it is no receipt."""
_CUT_PHONES = ((5, 5), (3, 3, 4), (3, 4, 3), (4, 3, 3))
"""Pieces in which people write one."""
_SURPLUS = 2
"""So many digits too many may stick to a receipt that is written in pieces: "2697 9075 7958 46405"."""


def new_code(rng: random.Random) -> str:
    """15 random digits and a check digit (Luhn, ISO/IEC 7812-1)."""
    digits = "".join(str(rng.randrange(10)) for _ in range(DIGITS - 1))
    return digits + str(-_luhn(digits + "0") % 10)


def find_code(text: str) -> str | None:
    """The first well-formed receipt in a text, spaces and dashes ignored; any script's digits."""
    codes = (re.sub(r"\D", "", match[0]) for match in _CODE.finditer(_plain(text)))
    return next((code for code in codes if _luhn(code) % 10 == 0), None)


def without_codes(text: str, mark: str) -> str:
    """The text with ``mark`` in place of all that could be a receipt, whether there is such a one or not.

    Were it only those that exist, whoever sees the report could try as many as it holds.
    """
    kept, at = [], 0
    for start, end in sorted(_spans(without_figures(_plain(text)))):
        if start >= at:
            kept += [text[at:start], mark]
        at = max(at, end)
    return "".join([*kept, text[at:]])


def _spans(plain: str) -> Iterator[tuple[int, int]]:
    """Where in a text with ASCII digits something stands that could be a receipt."""
    for line in _PIECES.finditer(plain):
        yield from _codes(line)
        yield from _mistyped(line)
    yield from (named.span(1) for named in _NAMED.finditer(plain))


def _codes(line: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Where well-formed receipts stand among digits in line: of whole pieces, or within one long piece."""
    pieces = _pieces(line)
    for first, (piece, start) in enumerate(pieces):
        for at in range(len(piece) - DIGITS + 1):
            if _luhn(piece[at : at + DIGITS]) % 10 == 0:
                yield start + at, start + at + DIGITS
        digits = ""
        for more, begins in pieces[first : first + DIGITS]:
            digits += more
            if len(digits) == DIGITS and len(more) != _OF_A_PHONE and _luhn(digits) % 10 == 0:
                yield start, begins + len(more)
            if len(digits) >= DIGITS or len(more) == _OF_A_PHONE:
                break


def _mistyped(line: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Whole pieces that are a receipt with digits too many at one end, or with one of its digits typed twice."""
    pieces = _pieces(line)
    sizes = tuple(len(piece) for piece, _ in pieces)
    for first in range(len(pieces)):
        for last in range(first, min(first + DIGITS, len(pieces))):
            if sum(sizes[first : last + 1]) > DIGITS + _SURPLUS:
                break
            taken = [piece for piece, _ in pieces[first : last + 1]]
            if (_has_surplus(taken) or _has_twice("".join(taken))) and not _holds_phone(sizes, first, last):
                yield pieces[first][1], pieces[last][1] + sizes[last]


def _has_surplus(pieces: list[str]) -> bool:
    """Whether they are a receipt but for digits that stick to the first or to the last of them."""
    digits = "".join(pieces)
    surplus = len(digits) - DIGITS
    ways = ((pieces[-1], digits[:DIGITS]), (pieces[0], digits[-DIGITS:]))
    return any(0 < surplus < len(piece) and _luhn(code) % 10 == 0 for piece, code in ways)


def _has_twice(digits: str) -> bool:
    """Whether they are a receipt but for one digit that stands there twice."""
    if len(digits) != DIGITS + 1:
        return False
    twice = (at for at in range(DIGITS) if digits[at] == digits[at + 1])
    return any(_luhn(digits[:at] + digits[at + 1 :]) % 10 == 0 for at in twice)


def _holds_phone(sizes: tuple[int, ...], first: int, last: int) -> bool:
    """Whether one of the pieces is, or belongs to, a phone number of whole pieces."""
    if _OF_A_PHONE in sizes[first : last + 1]:
        return True
    return any(
        sizes[at : at + len(cut)] == cut
        for cut in _CUT_PHONES
        for at in range(max(0, first - len(cut) + 1), last + 1)
    )


def _pieces(line: re.Match[str]) -> list[tuple[str, int]]:
    """Each piece of digits, and where in the text it begins."""
    return [(one[0], line.start() + one.start()) for one in _PIECE.finditer(line[0])]


def tag(epochs: EpochStore, code: str) -> bytes:
    """What the relay keeps of a receipt."""
    return locks.tag(epochs.pepper(), "receipt", code.encode())


def add(
    conn: sqlite3.Connection, code_tag: bytes, handle: str, message_id: str, node: str, now: float
) -> None:
    """The row of a new report; in the caller's transaction."""
    conn.execute(
        "insert into receipt(tag, handle, message_id, node, state, made_at) values(?,?,?,?,?,?)",
        (code_tag, handle, message_id, node, "kept", whole_hour(now)),
    )


def state_of(conn: sqlite3.Connection, code_tag: bytes) -> str | None:
    """The state a receipt holder is told, or None for a receipt we do not know."""
    row = conn.execute("select state from receipt where tag=?", (code_tag,)).fetchone()
    return None if row is None else str(row["state"])


def target(conn: sqlite3.Connection, code_tag: bytes) -> str | None:
    """The handle of the report that a receipt is of, or None for a receipt we do not know."""
    row = conn.execute("select handle from receipt where tag=?", (code_tag,)).fetchone()
    return None if row is None else str(row["handle"])


def node_of(conn: sqlite3.Connection, handle: str) -> str | None:
    """The node that a report went to, as long as its receipt is kept."""
    row = conn.execute("select node from receipt where handle=?", (handle,)).fetchone()
    return None if row is None else str(row["node"])


def advance(conn: sqlite3.Connection, message_id: str, state: str) -> None:
    """The relay's own knowledge of the way: states only move forward; in the caller's transaction."""
    row = conn.execute("select state from receipt where message_id=?", (message_id,)).fetchone()
    if row is not None and _STATES.index(state) > _STATES.index(row["state"]):
        conn.execute("update receipt set state=? where message_id=?", (state, message_id))


def pushed(conn: sqlite3.Connection, handle: str, node: str, state: str, version: int, now: float) -> bool:
    """A state the box pushed; False (and no change) for an unknown handle, another node's, or an old version."""
    if state not in _STATES:
        return False
    changed = conn.execute(
        "update receipt set state=?, version=?, closed_at=iif(?='closed', ?, null)"
        " where handle=? and node=? and version<?",
        (state, version, state, int(now), handle, node, version),
    )
    return changed.rowcount == 1


def _plain(text: str) -> str:
    """The text with ASCII digits, each sign in its place."""
    return "".join(str(int(ch)) if ch.isdecimal() else ch for ch in text)


def _luhn(digits: str) -> int:
    doubled = (int(d) * (2 if at % 2 == len(digits) % 2 else 1) for at, d in enumerate(digits))
    return sum(d - 9 if d > 9 else d for d in doubled)
