"""Whether the trails are whole: a changed row, a gap, and an end that was taken off are found and named."""

from pathlib import Path

import pytest
from sqlite_utils import Database

from appliance import audit, cases, chains, custody, migrations
from appliance.chains import NAMES
from appliance.desk import Desk
from sync.db import transaction
from tests.appliance.office import SP, SUPERVISOR, Watch, body, open_office, receive


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Of an office where two reports came and one was screened."""
    office = open_office(tmp_path, Watch())
    serials = [receive(office, body(number)) for number in (1, 2)]
    cases.screen(office, serials[0], SUPERVISOR, 1)
    with transaction(office.conn):
        custody.write(office, SUPERVISOR, custody.VIEW, "5" * 32, "screening")
    return office


def found(desk: Desk) -> dict[str, int | None]:
    return {name: chains.first_broken(desk.conn, name) for name in NAMES}


def test_whole_trails_are_whole(desk: Desk) -> None:
    assert found(desk) == dict.fromkeys(NAMES)
    assert chains.are_whole(desk.conn)


@pytest.mark.parametrize("name", ["audit", "history"])
@pytest.mark.parametrize("left", [2, 0], ids=["the newest row", "every row"])
def test_an_end_that_was_taken_off_is_found(desk: Desk, name: str, left: int) -> None:
    desk.conn.execute(f"delete from {name} where id>?", (left,))
    assert found(desk)[name] == left + 1
    assert not chains.are_whole(desk.conn)


@pytest.mark.parametrize("name", NAMES)
def test_cut_rows_that_no_case_tells_of_are_found_and_new_rows_do_not_cover_it(desk: Desk, name: str) -> None:
    with transaction(desk.conn):
        for _ in range(2):
            audit.write(desk.conn, 1, SP.name, "figures.export", "x")
            custody.write(desk, SP, custody.EXPORT, "JNP-2026-00001", "court")
    (newest,) = desk.conn.execute(f"select max(id) from {name}").fetchone()
    desk.conn.execute(f"delete from {name} where id>?", (newest - 2,))
    assert found(desk)[name] == newest - 1
    for _ in range(2):  # as many as were cut, with the same ids
        cases.claim(desk, receive(desk, body(len(NAMES) + _)), SP, 1)
        with transaction(desk.conn):
            custody.write(desk, SP, custody.VIEW, "5" * 32, "screening")
    assert found(desk)[name] == newest - 1


def test_the_ends_of_older_trails_are_taken_as_they_are(desk: Desk) -> None:
    ends = desk.conn.execute("select * from chain_end order by name").fetchall()
    desk.conn.execute("drop table chain_end")
    for name in NAMES:
        desk.conn.execute(f"drop trigger {name}_end")
    desk.conn.execute("delete from _sqlite_migrations where name='019_chain_ends'")
    migrations.BOX.apply(Database(desk.conn))
    assert desk.conn.execute("select * from chain_end order by name").fetchall() == ends
    assert chains.are_whole(desk.conn)


def test_who_takes_the_end_of_both_is_found_by_the_case(desk: Desk) -> None:
    for name in ("audit", "history"):
        desk.conn.execute(f"delete from {name} where id=3")
    assert found(desk)["history"] == 3


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_row_is_named(desk: Desk, name: str) -> None:
    desk.conn.execute(f"update {name} set actor='nobody' where id=1")
    assert found(desk) == {**dict.fromkeys(NAMES), name: 1}
