"""The outline that the map of thanas is drawn over; an office without one has a map all the same."""

from dataclasses import dataclass
from hashlib import sha256
from sqlite3 import Connection

from appliance import audit
from appliance.analysis import outline
from appliance.analysis.outline import Outline
from sync.db import transaction
from sync.errors import Unreadable

LONGEST = 300
_WHO = "technician"


@dataclass(frozen=True)
class Imported:
    """An outline with where it comes from; ``sha256``: hex, of the file."""

    outline: Outline
    source: str
    licence: str
    sha256: str


def load(conn: Connection, data: bytes, source: str, licence: str, now: float) -> Imported:
    """Checks a GeoJSON file and keeps it in place of the one before; raises Unreadable."""
    words = source.strip(), licence.strip()
    if not all(0 < len(word) <= LONGEST for word in words):
        raise Unreadable("source and licence must be said, in at most 300 characters each")
    read, digest = outline.read(data), sha256(data).hexdigest()
    with transaction(conn):
        conn.execute(
            "insert or replace into outline values(1,?,?,?,?,?,?,?,?,?)",
            (read.path, read.west, read.north, read.east, read.south, *words, digest, int(now)),
        )
        audit.write(conn, now, _WHO, "outline.import", digest[:16])
    return Imported(read, *words, digest)


def current(conn: Connection) -> Imported | None:
    """The outline that is kept, or None."""
    row = conn.execute(
        "select path, west, north, east, south, source, licence, sha256 from outline"
    ).fetchone()
    return Imported(Outline(*row[:5]), *row[5:]) if row else None
