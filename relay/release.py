"""Release: a held report gets its log index, signature and outbox row, all at once or not at all."""

import sqlite3

from relay import drafts, receipts
from relay.submission import UNDO_WITH
from sync import faults, log, outbox, transfer
from sync.clock import hour_of
from sync.db import transaction
from sync.exchange import Identity
from sync.outbox import Parcel
from sync.sealing import envelopes
from sync.sealing.envelopes import Envelope, SealedPart

BATCH = 50


def release_due(conn: sqlite3.Connection, identity: Identity, now: float) -> int:
    """Releases what is due, each report in a transaction of its own; gives how many.

    Within a slot by message id, which is random, so that neither log index nor rowid tells who wrote first; what
    adds to a report that was still held then goes behind all of them.
    """
    due = conn.execute(
        "select message_id from held where release_at<=? order by release_at,"
        " exists(select 1 from token where token.message_id=held.message_id and effect like ?), message_id limit ?",
        (now, UNDO_WITH + "%", BATCH),
    ).fetchall()
    return sum(_release(conn, row["message_id"], identity, now) for row in due)


def _release(conn: sqlite3.Connection, message_id: str, identity: Identity, now: float) -> bool:
    with transaction(conn):
        row = conn.execute("select * from held where message_id=?", (message_id,)).fetchone()
        if row is None:  # taken back since we looked
            return False
        index, head = checkpoint(conn, row["recipient"])
        parts = _parts(row)
        envelope = envelopes.sign(
            "report", parts, identity.signing, identity.node, row["recipient"], message_id, index
        )
        leaf = log.leaf(index, hour_of(now), envelope.hash)
        conn.execute(
            "insert into log_leaf values(?,?,?,?)", (row["recipient"], index, leaf, log.extend(head, leaf))
        )
        _send(conn, envelope, now)
        receipts.advance(conn, message_id, "on_its_way")
        drafts.forget_sent(conn, message_id)
        conn.execute("delete from held where message_id=?", (message_id,))
        conn.execute("delete from token where message_id=?", (message_id,))
        faults.at("release-written")
    faults.at("released")
    return True


def checkpoint(conn: sqlite3.Connection, recipient: str) -> tuple[int, bytes]:
    """Size and head of the log of one recipient."""
    row = conn.execute(
        "select log_index, head from log_leaf where recipient=? order by log_index desc limit 1", (recipient,)
    ).fetchone()
    return (row["log_index"] + 1, row["head"]) if row else (0, log.EMPTY)


def _send(conn: sqlite3.Connection, envelope: Envelope, now: float) -> None:
    header = envelope.header
    outbox.put(
        conn,
        Parcel(
            header.id,
            header.recipient,
            "report",
            outbox.LANE_TEXT,
            envelope.to_bytes(),
            int(now),
            envelope.hash,
            sealed_to=" ".join(part.key for part in envelope.parts),
        ),
    )
    for file in conn.execute(
        "select file_id, size_bytes from evidence_file where message_id=?", (header.id,)
    ).fetchall():
        path = f"media/{file['file_id']}"
        transfer.offer(conn, file["file_id"], header.recipient, header.id, path, file["size_bytes"])


def _parts(row: sqlite3.Row) -> tuple[SealedPart, ...]:
    body = SealedPart("body", row["body_key"], row["body"])
    return body, SealedPart("contact", row["contact_key"], row["contact"])
