"""A message of the bot, as it is said and as it waits on disk."""

import random
import sqlite3
from dataclasses import dataclass

from relay import whatsapp
from relay.dialogue import Say
from relay.events import Sender
from relay.identity import IntakeKey, IntakeKeys
from relay.whatsapp import Payload
from sync import canonical

MOST_DOUBTS = 2
"""How often a message is sent whose outcome nobody told: rather a question twice than none, never three times."""

ORDER = ("queued", "sending", "unknown", "sent", "delivered", "read")
"""The states of a message but ``failed``, each of which may follow those before it."""


@dataclass(frozen=True)
class Saying:
    """One message and whom it goes to, as it lies sealed until it has arrived."""

    sender: Sender
    say: Say


def queue(conn: sqlite3.Connection, keys: IntakeKeys, saying: Saying, rng: random.Random) -> None:
    """Puts a message behind the person's others; in the caller's transaction."""
    key = keys.newest()
    conn.execute(
        "insert into chat_out(person, opaque, key_day, sealed, due_at) values(?,?,?,?,0)",
        (
            _name(conn, keys, saying.sender),
            f"{rng.getrandbits(96):024x}",
            key.day,
            seal(key, saying),
        ),
    )


def _name(conn: sqlite3.Connection, keys: IntakeKeys, sender: Sender) -> bytes:
    """The person's tag: under yesterday's key as long as messages of it are there, so that midnight breaks no order."""
    tags = [key.person(sender) for key in keys.live()]
    marks = ",".join("?" * len(tags))
    row = conn.execute(
        f"select person from chat_out where person in ({marks}) order by id desc limit 1", tags
    ).fetchone()
    return tags[0] if row is None else bytes(row["person"])


def seal(key: IntakeKey, saying: Saying) -> bytes:
    """A message as it lies on disk."""
    return key.seal(saying, "chat")


def opened(key: IntakeKey, sealed: bytes) -> Saying:
    """The message again; raises Unreadable."""
    return canonical.loads(Saying, key.open(sealed, "chat"))


def payload_of(say: Say) -> Payload:
    """A message as WhatsApp takes it."""
    if say.rows:
        return whatsapp.Rows(say.text, say.rows_button, say.rows)
    if say.buttons:
        return whatsapp.Buttons(say.text, say.buttons)
    return whatsapp.Text(say.text)
