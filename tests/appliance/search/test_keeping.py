"""The index follows box.db: what came, what was erased, what was restored."""

import sqlite3
from contextlib import closing
from dataclasses import replace

from appliance import cases, search
from appliance.desk import Desk
from appliance.search import keeping
from sync import exchange
from sync.db import transaction
from tests.appliance.office import SCREENER, SP, body, receive


def terms(desk: Desk) -> set[str]:
    with closing(sqlite3.connect(desk.config.search_db)) as conn:
        conn.execute("create virtual table temp.term using fts5vocab(main, word, row)")
        return {row[0] for row in conn.execute("select term from term")}


def erase(desk: Desk, report_id: int, now: int) -> None:
    with transaction(desk.conn):
        desk.conn.execute("update report set locked=x'', erased_at=? where id=?", (now, report_id))


def test_what_comes_later_is_found_too(desk: Desk) -> None:
    serial = receive(desk, body(1, text="पहली बात"))
    search.catch_up(desk)
    receive(desk, body(2, text="गांजा"))
    cases.screen(desk, serial, SCREENER, 1, "पिकअप")
    assert search.matching(desk, SP, "गांजा") == (2,)
    assert search.matching(desk, SP, "पिकअप") == (1,)


def test_nothing_is_indexed_twice(desk: Desk) -> None:
    receive(desk, body(1))
    assert search.catch_up(desk) > 0
    assert search.catch_up(desk) == 0


def test_much_is_indexed_in_pieces_and_never_by_a_page(desk: Desk) -> None:
    for number in range(1, keeping.CHEAP + 2):
        receive(desk, body(number, text="गांजा"))
    assert search.matching(desk, SP, "गांजा") == ()
    search.catch_up(desk)
    assert len(search.matching(desk, SP, "गांजा", limit=999)) == keeping.CHEAP + 1


def test_words_that_were_erased_are_in_the_index_no_more(desk: Desk) -> None:
    serial = receive(desk, body(1, text="गांजा तालाब", place="", answers=()))
    receive(desk, body(2, text="तालाब", place="", answers=(), adds_to=body(1).handle))
    receive(desk, body(3, text="तालाब", place="", answers=()))
    cases.screen(
        desk, serial, SCREENER, desk.conn.execute("select version from case_file").fetchone()[0], "पिकअप"
    )
    search.catch_up(desk)
    assert "गांजा" in terms(desk)
    erase(desk, 1, 5)
    search.catch_up(desk)
    assert not {"गांजा", "dgnja"} & terms(desk)
    assert search.matching(desk, SP, "तालाब") == (2, 1)
    assert search.matching(desk, SP, "पिकअप") == ()  # notes go with the first report of their case
    erase(desk, 2, 5)
    search.catch_up(desk)
    assert search.matching(desk, SP, "तालाब") == (2,)
    with closing(sqlite3.connect(desk.config.search_db)) as conn:
        conn.execute("insert into word(word) values('integrity-check')")


def test_the_index_of_a_restored_box_is_made_anew(desk: Desk) -> None:
    receive(desk, body(1, text="गांजा"))
    search.catch_up(desk)
    with transaction(desk.conn):
        exchange.new_epoch(desk.conn)
    assert not search.is_whole(desk)
    assert search.catch_up(desk) > 0
    assert search.is_whole(desk)


def test_a_report_that_does_not_open_keeps_nothing_else_out(desk: Desk) -> None:
    receive(desk, body(1, text="गांजा"))
    receive(replace(desk, field_key=b"g" * 32), body(2, text="गांजा"))
    receive(desk, body(3, text="गांजा"))
    assert search.matching(desk, SP, "गांजा") == (3, 1)
