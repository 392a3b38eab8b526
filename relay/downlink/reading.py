"""The button that shows an answer: a random token on the phone, its hash here, the words for whoever taps."""

import random
import sqlite3

from relay.downlink import rows
from relay.epochs import EpochStore
from sync.catalogue import Catalogue
from sync.clock import day_of
from sync.sealing import locks

READ = "read"
"""How the id of the button begins: ``read|<language>|<token>``."""
KEEP_DAYS = 7
"""How long the words of an answer can be read, from the day it went."""


def offer(conn: sqlite3.Connection, handle: str, reply_no: int, language: str, rng: random.Random) -> str:
    """The id of a button that shows an answer; in the caller's transaction."""
    token = f"{rng.getrandbits(128):032x}"
    conn.execute("insert into offer values(?,?,?)", (_hash(token), handle, reply_no))
    return f"{READ}|{language}|{token}"


def read_choice(choice: str, languages: tuple[str, ...]) -> tuple[str, str] | None:
    """(language, token) of that button's id, the language "" where it names none; None for any other id."""
    kind, *parts = choice.split("|")
    if kind != READ or len(parts) != 2:
        return None
    language, token = parts
    return language if language in languages else "", token


def read(
    conn: sqlite3.Connection, epochs: EpochStore, catalogue: Catalogue, language: str, token: str
) -> str | None:
    """The words of the answer behind a token; None when it never was or is erased. Changes nothing on disk.

    In every language when ``language`` is "". Raises Unavailable while the epoch store is not there.
    """
    row = conn.execute(
        "select r.* from offer join reply r using(handle, reply_no) where hash=?", (_hash(token),)
    ).fetchone()
    words = rows.unlocked(epochs, row) if row is not None else None
    template = catalogue.template(words.template) if words is not None else None
    if words is None or template is None:
        return None
    spoken = (language,) if language else tuple(template.words)
    return "\n\n".join(template.text(each, words.parameters) for each in spoken)


def erase_old(conn: sqlite3.Connection, now: float) -> None:
    """Erases words of answers that went more than KEEP_DAYS ago, and what led to them; in the caller's transaction."""
    conn.execute(
        "update reply set locked=null where state in ('sent', 'spent') and pushed_day<?",
        (day_of(now) - KEEP_DAYS,),
    )
    conn.execute(
        "delete from offer where not exists (select 1 from reply r where r.handle=offer.handle"
        " and r.reply_no=offer.reply_no and r.locked is not null)"
    )


def _hash(token: str) -> bytes:
    return locks.digest(token.encode())
