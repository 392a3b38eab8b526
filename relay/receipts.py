"""Receipts: 16 digits the informant keeps. The relay keeps only their tag and the coarse state of the report."""

import random
import re
import sqlite3
from collections.abc import Iterator

from relay.epochs import EpochStore
from relay.understanding import called_receipts, clean, codes
from relay.understanding.codes import CUT_PHONES, DIGITS, LINE, OF_A_PHONE, cut, luhn
from relay.understanding.phones import with_ascii_digits
from sync.clock import whole_hour
from sync.identifiers import without_figures
from sync.sealing import locks

_STATES = ("kept", "on_its_way", "delivered", "in_work", "closed")
_SURPLUS = 2
"""So many digits too many may stick to a receipt that is written in pieces: "2697 9075 7958 46405"."""


def new_code(rng: random.Random) -> str:
    """15 random digits and a check digit (Luhn, ISO/IEC 7812-1)."""
    digits = "".join(str(rng.randrange(10)) for _ in range(DIGITS - 1))
    return digits + str(-luhn(digits + "0") % 10)


def find_code(text: str) -> str | None:
    """The well-formed receipt in a text, whatever few signs stand between its digits; any script's digits."""
    found = codes.find(clean(text))
    return found.digits if found is not None and found.is_right else None


def without_codes(text: str, mark: str) -> str:
    """The text with ``mark`` in place of all that could be a receipt, whether there is such a one or not.

    Were it only those that exist, whoever sees the report could try as many as it holds.
    """
    kept, at = [], 0
    for start, end in sorted(_spans(without_figures(with_ascii_digits(text)))):
        if start >= at:
            kept += [text[at:start], mark]
        at = max(at, end)
    return "".join([*kept, text[at:]])


def _spans(plain: str) -> Iterator[tuple[int, int]]:
    """Where in a text with ASCII digits something stands that could be a receipt."""
    for line in LINE.finditer(plain):
        yield from _codes(line)
        yield from _mistyped(line)
    yield from called_receipts(plain)


def _codes(line: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Where well-formed receipts stand among digits in line: of whole pieces, or within one long piece."""
    pieces = cut(line)
    for first, (piece, start) in enumerate(pieces):
        for at in range(len(piece) - DIGITS + 1):
            if luhn(piece[at : at + DIGITS]) % 10 == 0:
                yield start + at, start + at + DIGITS
        digits = ""
        for more, begins in pieces[first : first + DIGITS]:
            digits += more
            if len(digits) == DIGITS and len(more) != OF_A_PHONE and luhn(digits) % 10 == 0:
                yield start, begins + len(more)
            if len(digits) >= DIGITS or len(more) == OF_A_PHONE:
                break


def _mistyped(line: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Whole pieces that are a receipt with digits too many at one end, or with one of its digits typed twice."""
    pieces = cut(line)
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
    return any(0 < surplus < len(piece) and luhn(code) % 10 == 0 for piece, code in ways)


def _has_twice(digits: str) -> bool:
    """Whether they are a receipt but for one digit that stands there twice."""
    if len(digits) != DIGITS + 1:
        return False
    twice = (at for at in range(DIGITS) if digits[at] == digits[at + 1])
    return any(luhn(digits[:at] + digits[at + 1 :]) % 10 == 0 for at in twice)


def _holds_phone(sizes: tuple[int, ...], first: int, last: int) -> bool:
    """Whether one of the pieces is, or belongs to, a phone number of whole pieces."""
    if OF_A_PHONE in sizes[first : last + 1]:
        return True
    return any(
        sizes[at : at + len(cut)] == cut
        for cut in CUT_PHONES
        for at in range(max(0, first - len(cut) + 1), last + 1)
    )


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
