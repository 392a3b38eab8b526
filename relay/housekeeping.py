"""What the relay forgets, and when: keys first, then what they sealed, then files nobody waits for."""

import sqlite3
from pathlib import Path

from relay import drafts
from relay.epochs import TAG_WEEKS, EpochStore
from relay.identity import IntakeKeys
from relay.vault import Vault
from sync.clock import DAY_S, week_of
from sync.db import transaction

KEEP_DELIVERED_S = 14 * DAY_S
KEEP_RECEIPT_S = 400 * DAY_S
KEEP_CLOSED_RECEIPT_S = 30 * DAY_S
REPLY_WEEKS = 14
"""Longer than any vault row lives: a command that comes again finds nobody to write to."""
KEEP_LOOSE_FILE_S = 2 * DAY_S


def keep_house(
    conn: sqlite3.Connection,
    keys: IntakeKeys,
    epochs: EpochStore,
    vault: Vault,
    runtime_dir: Path,
    media: Path,
    now: float,
) -> None:
    """Renews the keys and removes what is past its life. Run at start and every few minutes."""
    keys.renew(now)
    epochs.publish_tag_keys(runtime_dir, now)
    vault.expire(now)
    with transaction(conn):
        drafts.drop_lost(conn, [key.day for key in keys.live()])
        conn.execute("delete from tag where week<=?", (week_of(now) - TAG_WEEKS,))
        conn.execute("delete from reply where settled=1 and week<=?", (week_of(now) - REPLY_WEEKS,))
        conn.execute(
            "delete from chat_out where state in ('sent','delivered','read','failed') and id not in"
            " (select id from chat_out order by id desc limit 1000)"
        )
        conn.execute(
            "delete from receipt where made_at<=? or closed_at<=?",
            (now - KEEP_RECEIPT_S, now - KEEP_CLOSED_RECEIPT_S),
        )
        gone = _drop_delivered(conn, now)
    conn.execute("pragma wal_checkpoint(TRUNCATE)")
    for file_id in gone:
        (media / file_id).unlink(missing_ok=True)
    _sweep(conn, media, now)


def _drop_delivered(conn: sqlite3.Connection, now: float) -> list[str]:
    """Reports the box has had for long enough, with their files, and files of drafts that came to nothing.

    A box that was away for weeks has acknowledged an old report before its files are there: those stay.
    """
    delivered = (
        "select message_id from outbox o where state='acknowledged' and created_at<=? and not exists"
        " (select 1 from file_out f where f.message_id=o.message_id and f.state<>'done')"
    )
    rows = conn.execute(
        "select file_id from evidence_file where (message_id is null and made_at<=?)"
        f" or message_id in ({delivered})",
        (now - KEEP_LOOSE_FILE_S, now - KEEP_DELIVERED_S),
    ).fetchall()
    conn.execute(f"delete from outbox where message_id in ({delivered})", (now - KEEP_DELIVERED_S,))
    for row in rows:
        for table in ("evidence_file", "file_out"):
            conn.execute(f"delete from {table} where file_id=?", (row["file_id"],))
    return [row["file_id"] for row in rows]


def _sweep(conn: sqlite3.Connection, media: Path, now: float) -> None:
    """Removes files that no row names: a crash came between the file and its row, or between a row's end and it."""
    for path in media.glob("*"):
        named = conn.execute("select 1 from evidence_file where file_id=?", (path.name,)).fetchone()
        if named is None and path.stat().st_mtime <= now - KEEP_LOOSE_FILE_S:
            path.unlink(missing_ok=True)
