"""What can be seen of a town from outside relay/, as plain values that two towns can be compared by.

Hashes of ciphertexts and heads of the log differ from run to run, because HPKE draws for itself. Each is replaced by
the name of what it is the hash of, so that a hash of anything else still shows.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from sync import frames
from sync.frames import Chunk
from sync.messages import decode
from sync.sealing import envelopes
from sync.sealing.envelopes import Envelope
from tests.anonymity.town import Passed, Town

View = Mapping[str, Any]
"""Names of what is seen, and what is seen there."""
Masks = Mapping[bytes | str, str]


def outside(town: Town) -> View:
    """Everything outside the relay: the line, what is inside its messages, every box's databases and files."""
    masks = masks_of(town)
    seen: dict[str, Any] = {"line": line(town.passed), "messages": opened(town, town.passed, masks)}
    for seat in town.boxes:
        seen |= {f"{seat}: {name}": value for name, value in of_box(town, seat, masks).items()}
    return seen


def of_box(town: Town, seat: str, masks: Masks) -> View:
    """One box: every table of every database, and every file that is no database."""
    seen: dict[str, Any] = {}
    for name, conn in town.boxes[seat].databases.items():
        # Sorted: what lies in the order of a random key lies in another one under its mask.
        tables = dump(conn).items()
        seen |= {f"{name} {table}": sorted(masked(rows, masks), key=repr) for table, rows in tables}
    root = town.root(seat)
    paths = (path for path in sorted(root.rglob("*")) if path.is_file() and ".db" not in path.name)
    return seen | {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


def sizes_in_relay(town: Town, vault_only: bool = False) -> View:
    """Every number and the size of everything else in the relay's databases, or in the vault alone."""
    stores = {"vault.db": town.vault._conn} | ({} if vault_only else {"relay.db": town.conn})
    return {
        f"{name} {table}": [tuple(_size(value) for value in row) for row in rows]
        for name, conn in stores.items()
        for table, rows in dump(conn).items()
    }


def line(passed: list[Passed]) -> list[tuple[str, int]]:
    """Topic and length of every frame, in order."""
    return [(one.topic, len(one.frame)) for one in passed]


def opened(town: Town, passed: list[Passed], masks: Masks) -> list[Any]:
    """Header and opened parts of every frame, in order; chunks of files as they are."""
    return [masked(_open(town, one), masks) for one in passed]


def dump(conn: sqlite3.Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, with its row number where rows have one of their own."""
    tables = conn.execute("select name, sql like '%without rowid%' from sqlite_master where type='table'")
    return {
        name: [tuple(row) for row in conn.execute(f"select {'' if bare else 'rowid, '}* from {name}")]
        for name, bare in tables.fetchall()
    }


def masks_of(town: Town, of: Sequence[Passed] | None = None) -> Masks:
    """Names for the values that only differ because ciphertexts do.

    ``of``: for one who sees these frames only; the random ids of messages are then named by their order in them.
    """
    masks: dict[bytes | str, str] = {}
    for number, one in enumerate(town.passed if of is None else of):
        content = frames.read(one.frame)
        if not isinstance(content, Chunk):
            envelope = envelopes.read(content)
            name = (
                envelope.header.id
                if of is None
                else masks.setdefault(envelope.header.id, f"message {number}")
            )
            masks[envelope.hash] = f"hash of {name}"
    for row in town.conn.execute("select recipient, log_index, head from log_leaf"):
        masks[row["head"]] = f"head {row['log_index']} of {row['recipient']}"
    return masks


def masked(value: Any, masks: Masks) -> Any:
    """The value with everything masked in it replaced by its name."""
    if isinstance(value, bytes | str):
        return masks.get(value, value)
    if isinstance(value, list | tuple):
        return tuple(masked(item, masks) for item in value)
    if is_dataclass(value):
        return tuple((f.name, masked(getattr(value, f.name), masks)) for f in fields(value))
    return value


def differences(one: View, other: View) -> list[str]:
    """Names of what is not the same in both."""
    return [name for name in sorted({*one, *other}) if one.get(name) != other.get(name)]


def _open(town: Town, passed: Passed) -> Any:
    content = frames.read(passed.frame)
    if isinstance(content, Chunk):
        return content
    envelope = envelopes.read(content)
    return passed.topic, _header(envelope), [_part(town, envelope, part.name) for part in envelope.parts]


def _header(envelope: Envelope) -> Any:
    header = envelope.header
    parts = [(part.name, part.key, len(part.ciphertext)) for part in envelope.parts]
    return header.v, header.suite, header.purpose, header.sender, header.id, header.index, parts


def _part(town: Town, envelope: Envelope, name: str) -> Any:
    programs = {box.desk.config.node_id: box.program for box in town.boxes.values()}
    program = programs.get(envelope.header.recipient, town.program)
    data = envelopes.open_part(envelope, name, program.find_key)
    return len(data), decode(envelope.header.purpose, name, data)


def _size(value: Any) -> Any:
    return len(value) if isinstance(value, bytes | str) else value
