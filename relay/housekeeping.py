"""What the relay forgets, and when: keys first, then what they sealed, then files nobody waits for."""

import sqlite3
from pathlib import Path

from relay import closings, contacts, downlink, drafts, trouble
from relay.duty import rows as duties
from relay.epochs import STOP_WEEKS, TAG_WEEKS, EpochStore
from relay.identity import IntakeKeys, Queued
from relay.vault import Vault
from sync import canonical, faults
from sync.clock import DAY_S, HOUR_S, hour_of, week_of
from sync.db import transaction, write_anew
from sync.errors import Unreadable

KEEP_DELIVERED_S = 14 * DAY_S
KEEP_RECEIPT_S = 400 * DAY_S
KEEP_CLOSED_RECEIPT_S = 30 * DAY_S
REPLY_WEEKS = 14
"""Longer than any vault row lives: a command that comes again finds nobody to write to.

As long as somebody can still add to a report its answers are counted.
"""
KEEP_SENT_HOURS = 2
"""A message of the bot, with its words until a status says that it arrived: at least one hour, for its pace counts."""
KEEP_LOOSE_FILE_S = 2 * HOUR_S
KEEP_FAILED_SEND_S = 2 * HOUR_S
"""From the beginning of its hour: at least one hour, in which the link process looks for it every second."""
LEAST_SLOT_S = 300.0
"""A demonstration's slots of some seconds are no reason to write the databases all the time."""
KEEP_COPY_S = 2 * DAY_S
"""A copy of relay.db made before a change of its schema: whatever was deleted since is still in it."""


def keep_house(
    conn: sqlite3.Connection,
    keys: IntakeKeys,
    epochs: EpochStore,
    vault: Vault,
    runtime_dir: Path,
    media: Path,
    now: float,
    slot_s: float = HOUR_S / 2,
) -> None:
    """Renews the keys and removes what is past its life. Run at start and every minute.

    Once in each ``slot_s`` seconds, counted from the full hour, the databases are written anew.
    """
    keys.renew(now)
    epochs.publish_tag_keys(runtime_dir, now)
    ended = closings.over(conn, now)
    vault.expire(now, ended)
    with transaction(conn):
        drafts.drop_lost(conn, [key.day for key in keys.live()])
        conn.execute("delete from tag where week<=?", (week_of(now) - TAG_WEEKS,))
        conn.execute("delete from stop where week<=?", (week_of(now) - STOP_WEEKS,))
        conn.execute(
            "delete from reply where settled=1 and week<=?"
            " and not exists (select 1 from receipt where receipt.handle=reply.first)",
            (week_of(now) - REPLY_WEEKS,),
        )
        conn.execute(
            "delete from chat_out where state in ('sent','delivered','read','failed')"
            " and coalesce(posted_hour, 0)<=?",
            (hour_of(now) - KEEP_SENT_HOURS,),
        )
        _drop_unknown(conn, vault)
        closings.forget(conn, ended)
        contacts.drop_old(conn, now)
        downlink.erase_old(conn, now)
        trouble.forget(conn, now)
        conn.execute("delete from failed_send where at<=?", (now - KEEP_FAILED_SEND_S,))
        duties.expire(conn, now)
        conn.execute(
            "delete from receipt where made_at<=? or closed_at<=?",
            (now - KEEP_RECEIPT_S, now - KEEP_CLOSED_RECEIPT_S),
        )
        gone = _drop_files(conn, _loose(conn, keys, now)) + _drop_delivered(conn, now)
        gone += _drop_files(conn, duties.sent_photos(conn, now))
    vault.write_anew(slot_of(now, slot_s))
    write_anew(conn, slot_of(now, slot_s))
    faults.at("house-written")
    conn.execute("pragma wal_checkpoint(TRUNCATE)")
    for file_id in gone:
        (media / file_id).unlink(missing_ok=True)
    _sweep(conn, media, now)
    _drop_copies(media.parent, now)


def slot_of(now: float, slot_s: float) -> int:
    """A number that is another in the next slot; fits into the header of a database."""
    return int(now // max(slot_s, LEAST_SLOT_S)) % 2**31


def _drop_copies(root: Path, now: float) -> None:
    """Of databases as they were before a change of schema; an earlier program made them of vault.db too."""
    for copy in root.glob("*.db.before-*"):
        if copy.name.startswith("vault.db") or copy.stat().st_mtime <= now - KEEP_COPY_S:
            copy.unlink(missing_ok=True)


def _drop_unknown(conn: sqlite3.Connection, vault: Vault) -> None:
    """What boxes send for handles that lead to nobody, once they have heard that it is over: nothing is counted by it.

    Else a box could fill the disk with commands for handles it made up.
    """
    rows = conn.execute(
        "select distinct handle from reply r where state='expired' and settled=1 and first=handle"
        " and not exists (select 1 from receipt where receipt.handle=r.handle)"
        " and not exists (select 1 from reply o where o.first=r.handle"
        "  and (o.handle<>r.handle or o.settled=0 or o.state<>'expired'))"
    )
    unknown = [(row["handle"],) for row in rows.fetchall() if not vault.has(row["handle"])]
    conn.executemany("delete from reply where handle=?", unknown)


def _loose(conn: sqlite3.Connection, keys: IntakeKeys, now: float) -> list[str]:
    """Photos of drafts that came to nothing: old, of no report, and named by no draft nor by a result on its way."""
    rows = conn.execute(
        "select file_id from evidence_file where message_id is null and made_at<=?",
        (now - KEEP_LOOSE_FILE_S,),
    ).fetchall()
    named = _named(conn, keys) | _announced(conn, keys) if rows else set()
    return [row["file_id"] for row in rows if row["file_id"] not in named]


def _named(conn: sqlite3.Connection, keys: IntakeKeys) -> set[str]:
    """Photos that drafts hold."""
    found: set[str] = set()
    for row in conn.execute("select key_day, sealed from draft").fetchall():
        key = keys.of(row["key_day"])
        try:
            draft = drafts.read(key.open(row["sealed"], "draft")) if key else None
        except Unreadable:  # nobody can go on with it
            continue
        found |= {slot.file.file_id for slot in draft.state.slots if slot.file} if draft else set()
    return found


def _announced(conn: sqlite3.Connection, keys: IntakeKeys) -> set[str]:
    """Photos of which a draft is about to hear. What else waits, as it always does on a busy day, saves no photo."""
    found: set[str] = set()
    for row in conn.execute("select key_day, sealed from event where state='new'"):
        key = keys.of(row["key_day"])
        try:
            queued = canonical.loads(Queued, key.open(row["sealed"], "event")) if key else None
        except Unreadable:  # it will be heard of by nobody
            continue
        if queued is not None and queued.result is not None and queued.result.manifest is not None:
            found.add(queued.result.manifest.file_id)
    return found


def _drop_delivered(conn: sqlite3.Connection, now: float) -> list[str]:
    """Reports the box has had for long enough, with their files.

    A box that was away for weeks has acknowledged an old report before its files are there: those stay.
    """
    delivered = (
        "select message_id from outbox o where state='acknowledged' and created_at<=? and not exists"
        " (select 1 from file_out f where f.message_id=o.message_id and f.state<>'done')"
    )
    before = (now - KEEP_DELIVERED_S,)
    rows = conn.execute(
        f"select file_id from evidence_file where message_id in ({delivered})", before
    ).fetchall()
    conn.execute(f"delete from outbox where message_id in ({delivered})", before)
    return _drop_files(conn, [row["file_id"] for row in rows])


def _drop_files(conn: sqlite3.Connection, file_ids: list[str]) -> list[str]:
    for file_id in file_ids:
        for table in ("evidence_file", "file_out"):
            conn.execute(f"delete from {table} where file_id=?", (file_id,))
    return file_ids


def _sweep(conn: sqlite3.Connection, media: Path, now: float) -> None:
    """Removes files that no row names: a crash came between the file and its row, or between a row's end and it."""
    for path in media.glob("*"):
        named = conn.execute("select 1 from evidence_file where file_id=?", (path.name,)).fetchone()
        if named is None and path.stat().st_mtime <= now - KEEP_LOOSE_FILE_S:
            path.unlink(missing_ok=True)
