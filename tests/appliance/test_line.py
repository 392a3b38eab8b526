"""The box's program at its end of the line, with a relay at the other that is killed and cut at the worst moments."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from appliance import cases, ledger
from appliance.cases import NotAnswerable
from appliance.cli import restored
from appliance.desk import BOX
from tests.appliance.ends import Ends
from tests.appliance.office import SUPERVISOR, body, enrolled, manifest, open_office
from tests.stations import World

HANDLE = body(1).handle


@pytest.fixture
def world(tmp_path: Path, rng: random.Random) -> World:
    return World(tmp_path, rng)


@pytest.fixture
def ends(tmp_path: Path, world: World) -> Ends:
    made = Ends(tmp_path, open_office(tmp_path, world.clock), world)
    made.turns()
    return made


def only_case(ends: Ends) -> cases.Case:
    (serial,) = ends.desk.conn.execute("select serial from case_file").fetchone()
    return cases.get(ends.desk, str(serial))


def ask(ends: Ends) -> None:
    case = only_case(ends)
    cases.answer(ends.desk, case.serial, SUPERVISOR, case.version, "taken_up", ())


def state(ends: Ends) -> str:
    return only_case(ends).replies[-1].state


def test_an_answer_reaches_the_relay_with_its_report_key(ends: Ends) -> None:
    ends.report(body(1))
    ask(ends)
    ends.turns()
    assert state(ends) == "accepted"
    assert ends.relay.memory == {(HANDLE, 1): bytes(32)}


def test_a_relay_killed_before_its_acknowledgement_left_gets_the_answer_and_its_key_again(ends: Ends) -> None:
    ends.report(body(1))
    ask(ends)
    ends.box_sends()
    assert ends.relay.answers() == 1
    ends.relay.restart()
    assert ends.relay.memory == {}
    ends.turns(20)
    assert ends.relay.memory == {(HANDLE, 1): bytes(32)}
    assert (state(ends), ends.relay.answers()) == ("accepted", 1)
    assert ends.desk.conn.execute("select count(*) from outbox where purpose='reply'").fetchone()[0] == 0


def test_a_report_that_comes_without_its_key_offers_no_answer(ends: Ends) -> None:
    ends.report(body(1), is_cut=True)
    case = only_case(ends)
    assert not case.can_answer
    assert (case.reports[0].can_write_back, case.reports[0].is_way_lost) == (False, True)
    with pytest.raises(NotAnswerable):
        ask(ends)
    (row,) = cases.open_cases(ends.desk, BOX, cases.Filter(), None).rows
    assert not row.can_answer


def test_a_report_that_comes_again_without_its_key_still_has_the_one_kept_before(ends: Ends) -> None:
    ends.keys_conn.execute("insert into report_key values(?,?)", (HANDLE, b"k" * 32))
    ends.report(body(1), is_cut=True)
    assert only_case(ends).can_answer


def test_an_answer_whose_key_is_gone_is_settled_as_lost_and_never_tried_again(ends: Ends) -> None:
    ends.report(body(1))
    ends.lose_keys()
    ask(ends)
    ends.turns()
    assert state(ends) == "lost"
    assert not only_case(ends).can_answer
    assert ends.relay.answers() == 0
    assert ends.desk.conn.execute("select count(*) from outbox where purpose='reply'").fetchone()[0] == 0
    ends.relay.restart()
    ends.turns()
    assert state(ends) == "lost"


def test_a_lost_answer_leaves_those_of_other_informants_in_the_case(ends: Ends) -> None:
    ends.report(body(1))
    ends.report(body(2, adds_to=HANDLE))
    ends.keys_conn.execute("delete from report_key where handle=?", (body(2).handle,))
    ask(ends)
    ends.turns()
    ask(ends)
    ends.turns()
    assert [reply.state for reply in only_case(ends).replies] == ["lost", "accepted"]
    assert ends.relay.memory == {(HANDLE, 2): bytes(32)}


def test_what_the_box_writes_of_an_arrival_is_cut_to_the_minute(ends: Ends) -> None:
    ends.world.time.now += 60 - ends.world.time.now % 60 + 37
    ends.report(body(1))
    ends.report(body(2, adds_to=HANDLE))
    conn = ends.desk.conn
    for column in ("opened_at", "changed_at"):
        assert conn.execute(f"select {column} % 60 from case_file").fetchone()[0] == 0
    for table in ("history", "audit", "seen"):
        assert {row[0] for row in conn.execute(f"select at % 60 from {table}")} == {0}
    ends.world.time.now += 0.5
    cases.screen(ends.desk, only_case(ends).serial, SUPERVISOR, only_case(ends).version)
    (at,) = conn.execute("select at from history order by id desc limit 1").fetchone()
    assert at == int(ends.world.time.now)


def test_an_addition_is_news_until_a_person_acts(ends: Ends) -> None:
    def news() -> list[bool]:
        return [row.news for row in cases.open_cases(ends.desk, BOX, cases.Filter(), None).rows]

    ends.report(body(1))
    assert news() == [False]
    ends.report(body(2, adds_to=HANDLE))
    assert news() == [True]
    serial = only_case(ends).serial
    cases.screen(ends.desk, serial, SUPERVISOR, ledger.find(ends.desk, serial).version)
    assert news() == [False]


def test_a_restored_box_says_so_and_gets_again_what_came_after_its_backup(ends: Ends, tmp_path: Path) -> None:
    enrolled(tmp_path)
    with closing(sqlite3.connect(tmp_path / "backup.db")) as backup:
        ends.desk.conn.backup(backup)
        ends.report(body(1))
        backup.backup(ends.desk.conn)
    ends.turns(30)
    assert cases.counts(ends.desk)["received"] == 0
    said = CliRunner().invoke(restored, ["--root", str(tmp_path)])
    assert (said.exit_code, "sends again" in said.output) == (0, True)
    ends.turns(30)
    assert cases.counts(ends.desk)["received"] == 1


def test_a_restored_box_tells_its_range_all_counts_and_asks_for_files_it_lacks(
    ends: Ends, tmp_path: Path
) -> None:
    ends.report(body(1, evidence=(manifest(b"film"),)))
    conn = ends.desk.conn
    conn.execute("delete from digest_dirty")
    conn.execute("update file_in set state='here', have=x'01', tell=0")
    conn.execute("update evidence set state='here'")
    epoch = conn.execute("select epoch from node_epoch").fetchone()[0]
    said = CliRunner().invoke(restored, ["--root", str(enrolled(tmp_path))])
    assert "1 evidence files" in said.output
    assert conn.execute("select count(*) from digest_dirty").fetchone()[0] == 1
    assert tuple(conn.execute("select state, have, tell from file_in").fetchone()) == ("coming", b"", 1)
    assert conn.execute("select state from evidence").fetchone()[0] == "coming"
    assert conn.execute("select epoch from node_epoch").fetchone()[0] not in ("", epoch)
