"""What the relay forgets and when: never too late, and never what somebody still waits for."""

import os
import sqlite3
from types import SimpleNamespace
from typing import Any

import pytest

from relay import receipts, release
from relay.housekeeping import (
    KEEP_CLOSED_RECEIPT_S,
    KEEP_DELIVERED_S,
    KEEP_LOOSE_FILE_S,
    KEEP_RECEIPT_S,
)
from relay.migrations import relay_db
from sync.clock import DAY_S, HOUR_S, WEEK_S, day_of, hour_of, week_of
from sync.db import open_db, transaction, was_left_out
from tests.relay.builders import (
    FROM_EVIDENCE,
    HINDI_REPORT,
    JITTER_S,
    JNP_BOX,
    TO_EVIDENCE,
    FakeRelay,
    Phone,
    add_file,
    png,
    told,
)


def _release(relay: FakeRelay, file_state: str = "done") -> None:
    """A report with a photo, acknowledged by its box at once."""
    relay.submit(told(evidence=(add_file(relay),), happening_now=True))
    release.release_due(relay.conn, relay.identity(), relay.now)
    relay.conn.execute("update outbox set state='acknowledged'")
    relay.conn.execute("update file_out set state=?", (file_state,))


class Tight(sqlite3.Connection):
    """On a disk with too little room for a second copy."""

    code = sqlite3.SQLITE_FULL

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if sql == "vacuum":
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = self.code
            raise error
        return super().execute(sql, parameters)


def _files(relay: FakeRelay) -> int:
    return len(list(relay.media.iterdir()))


def test_a_delivered_report_and_its_files_go_after_14_days(relay: FakeRelay) -> None:
    _release(relay)
    relay.pass_time(KEEP_DELIVERED_S - 1)
    assert (relay.count("outbox"), _files(relay)) == (1, 1)
    relay.pass_time(1)
    assert (relay.count("outbox"), relay.count("evidence_file"), relay.count("file_out")) == (0, 0, 0)
    assert _files(relay) == 0


def test_what_no_box_has_acknowledged_stays(relay: FakeRelay) -> None:
    _release(relay)
    relay.conn.execute("update outbox set state='due'")
    relay.pass_time(10 * KEEP_DELIVERED_S)
    assert (relay.count("outbox"), _files(relay)) == (1, 1)


@pytest.mark.parametrize("state", ["waiting", "due"])
def test_a_photo_that_is_still_on_its_way_stays(relay: FakeRelay, state: str) -> None:
    _release(relay, state)
    relay.pass_time(10 * KEEP_DELIVERED_S)
    assert (relay.count("outbox"), relay.count("file_out"), _files(relay)) == (1, 1, 1)
    relay.conn.execute("update file_out set state='done'")
    relay.keep_house()
    assert (relay.count("outbox"), _files(relay)) == (0, 0)


def test_the_log_is_never_forgotten(relay: FakeRelay) -> None:
    _release(relay)
    relay.pass_time(1000 * DAY_S)
    assert release.checkpoint(relay.conn, JNP_BOX)[0] == 1


def test_photos_of_a_draft_that_came_to_nothing_go(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*TO_EVIDENCE).send_photo(png()).do("मिटाएं")
    relay.pass_time(KEEP_LOOSE_FILE_S)
    assert (relay.count("evidence_file"), _files(relay)) == (0, 0)


def test_photos_of_a_draft_that_began_anew_go_within_three_hours(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*TO_EVIDENCE).send_photo(png()).do("मिटाएं", "नमस्ते")
    relay.pass_time(3 * HOUR_S)
    assert (relay.count("draft"), relay.count("evidence_file"), _files(relay)) == (1, 0, 0)


def test_photos_go_although_other_things_wait(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*TO_EVIDENCE).send_photo(png()).do("मिटाएं")
    relay.put(*phone.updates("नमस्ते"))
    relay.pass_time(KEEP_LOOSE_FILE_S)
    assert relay.value("select state from event") == "new"
    assert (relay.count("evidence_file"), _files(relay)) == (0, 0)


def test_failures_nobody_asked_for_go_after_one_to_two_hours(relay: FakeRelay) -> None:
    relay.conn.execute("insert into failed_send values('x', 131047, ?)", (relay.now // HOUR_S * HOUR_S,))
    relay.pass_time(HOUR_S)
    assert relay.count("failed_send") == 1
    relay.pass_time(HOUR_S)
    assert relay.count("failed_send") == 0


def test_photos_of_a_draft_that_rests_stay(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*TO_EVIDENCE).send_photo(png())
    relay.pass_time(20 * HOUR_S)
    assert (relay.count("evidence_file"), _files(relay)) == (1, 1)


def test_a_photo_of_which_its_draft_has_not_heard_yet_stays(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*TO_EVIDENCE)
    relay.put(phone.photo(png()))
    relay.engine.step()
    relay.fetcher.step()
    relay.pass_time(5 * HOUR_S)
    assert (relay.count("evidence_file"), _files(relay)) == (1, 1)
    relay.run()
    relay.pass_time(5 * HOUR_S)
    assert (relay.count("evidence_file"), _files(relay)) == (1, 1)


def test_photos_of_a_draft_that_goes_on_for_days_stay(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*TO_EVIDENCE).send_photo(png())
    for _ in range(4):
        relay.pass_time(18 * HOUR_S)
        phone.do("और बताता हूँ, वे लोग फिर आए थे")
    phone.do(*FROM_EVIDENCE)
    (held,) = relay.held()
    assert (relay.media / held.body.evidence[0].file_id).exists()
    assert relay.value("select message_id from evidence_file") == held.message_id


def test_a_file_that_no_row_names_goes_when_it_is_old(relay: FakeRelay) -> None:
    add_file(relay)
    for name, age_s in (("orphan", KEEP_LOOSE_FILE_S), ("young", KEEP_LOOSE_FILE_S - 60)):
        (relay.media / name).write_bytes(b"x")
        os.utime(relay.media / name, (relay.now - age_s, relay.now - age_s))
    os.utime(relay.media / ("f" * 32), (0, 0))
    relay.keep_house()
    assert sorted(path.name for path in relay.media.iterdir()) == ["f" * 32, "young"]


def test_receipts_die_after_400_days_or_30_after_closing(relay: FakeRelay) -> None:
    for _ in range(2):
        relay.submit(told())
    handle = relay.held()[0].body.handle
    receipts.pushed(relay.conn, handle, JNP_BOX, "closed", 1, relay.now)
    relay.pass_time(KEEP_CLOSED_RECEIPT_S - 1)
    assert relay.count("receipt") == 2
    relay.pass_time(1)
    assert relay.count("receipt") == 1
    relay.pass_time(KEEP_RECEIPT_S - KEEP_CLOSED_RECEIPT_S - 1)
    assert relay.count("receipt") == 1
    relay.pass_time(1)
    assert relay.count("receipt") == 0


def test_everything_under_a_destroyed_intake_key_goes(relay: FakeRelay, phone: Phone) -> None:
    phone.do("नमस्ते", "language|hi")
    relay.put(phone.photo(png()), *phone.updates("और"))
    while relay.engine.step():
        pass
    relay.put(*phone.updates("फिर"))
    relay.conn.execute("update event set state='poisoned'")
    tables = ("draft", "fetch", "event", "chat_out where state='queued'")
    assert all(relay.count(table) for table in tables)
    relay.pass_time(2 * DAY_S)
    assert [relay.count(table) for table in tables] == [0, 0, 0, 0]


def test_an_acknowledged_report_outlives_the_intake_key(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT)
    relay.pass_time(5 * DAY_S)
    assert relay.count("held") == 1
    assert release.release_due(relay.conn, relay.identity(), relay.now) == 1


def test_tags_of_old_weeks_go(relay: FakeRelay, phone: Phone) -> None:
    relay.put(*phone.updates("एक"))
    relay.pass_time(2 * WEEK_S)
    assert relay.count("tag") == 1
    relay.pass_time(WEEK_S)
    assert relay.count("tag") == 0


@pytest.mark.parametrize("state", ["sent", "delivered", "read", "failed"])
def test_a_message_that_went_is_remembered_for_one_to_two_hours(relay: FakeRelay, state: str) -> None:
    row = "insert into chat_out(person, opaque, key_day, sealed, due_at, posted_hour, state) values(x'',?,?,?,0,?,?)"
    day = relay.keys.newest().day
    with transaction(relay.conn):
        relay.conn.execute(row, ("done", day, b"words", hour_of(relay.now), state))
        relay.conn.execute(row, ("waits", day, b"words", hour_of(relay.now), "unknown"))
    relay.pass_time(HOUR_S)
    assert relay.count("chat_out") == 2
    relay.pass_time(HOUR_S)
    assert relay.value("select group_concat(opaque) from chat_out") == "waits"


def test_the_words_of_an_answer_go_after_seven_days_with_what_led_to_them(relay: FakeRelay) -> None:
    today = day_of(relay.now)
    for number, day in enumerate((today, today - 1), 1):
        relay.conn.execute(
            "insert into reply(handle, reply_no, node, locked, week, due_at, state, pushed_day)"
            " values('h',?,'n',x'00',0,0,'spent',?)",
            (number, day),
        )
        relay.conn.execute("insert into offer values(?,'h',?)", (bytes([number]), number))
    relay.pass_time(7 * DAY_S)
    assert relay.value("select group_concat(reply_no) from reply where locked is not null") == "1"
    assert relay.value("select group_concat(reply_no) from offer") == "1"


def test_commands_for_handles_that_a_box_made_up_go_once_it_was_told(relay: FakeRelay) -> None:
    relay.submit(told())
    handle = relay.held()[0].body.handle
    row = "insert into reply(handle, reply_no, first, node, week, due_at, state, settled) values(?,1,?,'n',?,0,?,?)"
    made = ((handle, "expired", 1), ("told", "expired", 1), ("untold", "expired", 0), ("went", "spent", 1))
    for name, state, settled in made:
        relay.conn.execute(row, (name, name, week_of(relay.now), state, settled))
    relay.conn.execute("delete from receipt")
    relay.keep_house()
    left = {name for (name,) in relay.conn.execute("select handle from reply")}
    assert left == {handle, "untold", "went"}


@pytest.mark.parametrize("code", [sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE])
def test_a_disk_without_room_to_write_anew_ends_nobody(relay: FakeRelay, code: int) -> None:
    path = relay.config.root / "relay.db"
    conn = open_db(path, relay_db, lambda path: sqlite3.connect(path, isolation_level=None, factory=Tight))
    assert isinstance(conn, Tight)
    conn.code = code
    relay.told_time.now += JITTER_S
    relay.house(conn, relay.vault())
    assert was_left_out(conn)


def test_without_twice_its_size_free_no_database_is_written_anew(
    relay: FakeRelay, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert not was_left_out(relay.conn)
    size_bytes = (relay.config.root / "relay.db").stat().st_size
    monkeypatch.setattr("sync.db.shutil.disk_usage", lambda path: SimpleNamespace(free=2 * size_bytes - 1))
    relay.pass_time(JITTER_S)
    relay.pass_time(60)
    assert was_left_out(relay.conn) and caplog.text.count("not written anew") == 1
    monkeypatch.undo()
    relay.pass_time(JITTER_S)
    assert not was_left_out(relay.conn)


def test_vault_rows_and_their_epoch_key_go_after_90_days(relay: FakeRelay) -> None:
    relay.submit(told())
    week, _ = relay.epochs.current(relay.now)
    relay.pass_time(90 * DAY_S - 1)
    assert relay.count("vault") == 1 and relay.epochs.key(week)
    relay.pass_time(1)
    assert relay.count("vault") == 0 and relay.epochs.key(week) is None


def test_what_was_erased_is_not_left_in_the_file(relay: FakeRelay, phone: Phone) -> None:
    phone.do("नमस्ते", "language|hi")
    sealed = relay.conn.execute("select sealed from draft").fetchone()[0]
    assert sealed in relay.disk()
    phone.do("मिटाएं")
    relay.keep_house()
    assert sealed not in relay.disk()


def test_a_row_of_the_vault_that_is_over_is_in_no_file(relay: FakeRelay) -> None:
    relay.submit(told())
    (locked,) = relay.vault_conn.execute("select locked from vault").fetchone()
    assert locked in relay.disk()
    relay.pass_time(90 * DAY_S)
    assert locked not in relay.disk()


def test_a_row_of_the_vault_that_was_taken_back_is_in_no_file(relay: FakeRelay) -> None:
    relay.submit(told())
    (locked,) = relay.vault_conn.execute("select locked from vault").fetchone()
    relay.vault().forget(relay.held()[0].body.handle)
    assert locked not in relay.disk()


def test_copies_of_databases_die(relay: FakeRelay) -> None:
    root = relay.config.root
    for name, age_s in (
        ("relay.db.before-old", 2 * DAY_S),
        ("relay.db.before-new", DAY_S),
        ("vault.db.before-x", 0),
    ):
        (root / name).write_bytes(b"x")
        os.utime(root / name, (relay.now - age_s, relay.now - age_s))
    relay.keep_house()
    assert [path.name for path in root.glob("*before*")] == ["relay.db.before-new"]


def test_it_renews_the_keys_that_the_other_processes_wait_for(relay: FakeRelay) -> None:
    day = relay.keys.newest().day
    relay.pass_time(DAY_S)
    assert relay.keys.newest().day == day + 1
