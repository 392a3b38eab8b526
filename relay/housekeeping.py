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


def _drop_delivered(conn: sqlite3.Connection, now: float) -> list[str]:
    """Reports the box has had for long enough, with their files, and files of drafts that came to nothing."""
    rows = conn.execute(
        "select file_id from evidence_file where (message_id is null and made_at<=?) or message_id in"
        " (select message_id from outbox where state='acknowledged' and created_at<=?)",
        (now - KEEP_LOOSE_FILE_S, now - KEEP_DELIVERED_S),
    ).fetchall()
    for row in rows:
        for table in ("evidence_file", "file_out"):
            conn.execute(f"delete from {table} where file_id=?", (row["file_id"],))
    conn.execute("delete from outbox where state='acknowledged' and created_at<=?", (now - KEEP_DELIVERED_S,))
    return [row["file_id"] for row in rows]
