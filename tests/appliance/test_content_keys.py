"""Every report lies under a key of its own; what came before there were such keys still opens."""

import pytest

from appliance import content_keys, evidence, reports
from appliance.desk import Desk
from appliance.errors import Erased, NotFound
from sync.errors import Unreadable
from sync.sealing import locks
from tests.appliance.office import body, manifest, put_file, receive

FILM = b"film of the mill"


def test_words_and_file_keys_do_not_open_under_the_field_key(desk: Desk) -> None:
    receive(desk, body(1, evidence=(manifest(FILM),)))
    for table, column, context in (
        ("report", "locked", f"report:{body(1).handle}"),
        ("evidence", "locked_key", f"evidence:{manifest(FILM).file_id}"),
    ):
        (locked,) = desk.conn.execute(f"select {column} from {table}").fetchone()
        with pytest.raises(Unreadable):
            locks.unlock(desk.field_key, locked, context)
        assert locks.unlock(content_keys.of(desk, 1), locked, context)


def test_two_reports_have_two_keys(desk: Desk) -> None:
    receive(desk, body(1))
    receive(desk, body(2, adds_to=body(1).handle))
    assert content_keys.of(desk, 1) != content_keys.of(desk, 2)


def test_a_report_from_before_there_were_such_keys_opens(desk: Desk) -> None:
    receive(desk, body(1, evidence=(manifest(FILM),)))
    key = content_keys.of(desk, 1)
    for table, column, context in (
        ("report", "locked", f"report:{body(1).handle}"),
        ("evidence", "locked_key", f"evidence:{manifest(FILM).file_id}"),
    ):
        (locked,) = desk.conn.execute(f"select {column} from {table}").fetchone()
        old = locks.lock(desk.field_key, locks.unlock(key, locked, context), context)
        desk.conn.execute(f"update {table} set {column}=?", (old,))
    desk.conn.execute("delete from content_key")
    put_file(desk, FILM, manifest(FILM))
    evidence.arrived(desk.conn, manifest(FILM).file_id, desk.clock())
    assert reports.told(desk, 1).text == body(1).text
    found = evidence.info(desk, manifest(FILM).file_id)
    assert b"".join(evidence.content(desk, found, 0, 99)) == FILM


def test_an_erased_report_is_shown_without_words_and_its_key_is_asked_for_in_vain(desk: Desk) -> None:
    receive(desk, body(1))
    desk.conn.execute("update report set erased_at=1, locked=x''")
    told = reports.told(desk, 1)
    assert (told.text, told.answers, told.place, told.erased_at) == ("", (), "", 1)
    with pytest.raises(Erased):
        content_keys.of(desk, 1)
    with pytest.raises(NotFound):
        content_keys.of(desk, 2)
