import statistics
import time

import pytest

from appliance import people
from appliance.desk import Actor, Desk
from appliance.people import WeakPassword, WrongPerson
from sync.db import transaction
from tests.appliance.office import START, Watch, audited
from tests.waiting import in_turn

ASHA = Actor("asha", "Asha Devi", "screener")
PASSWORD = "a long password"


def hire(desk: Desk) -> None:
    people.add(desk, ASHA.name, ASHA.display, ASHA.role, PASSWORD)


def test_a_person_signs_in_with_her_password_only(desk: Desk) -> None:
    hire(desk)
    assert people.check(desk, "asha", PASSWORD) == ASHA
    assert people.check(desk, "asha", PASSWORD + " ") is None
    assert people.check(desk, "nobody", PASSWORD) is None


def test_the_password_is_kept_as_argon2id_of_46_mib(desk: Desk, real_passwords: None) -> None:
    hire(desk)
    (kept,) = desk.conn.execute("select password_hash from person").fetchone()
    assert kept.startswith("$argon2id$v=19$m=47104,t=1,p=1$")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"name": "Asha"}, "login name"),
        ({"name": "a"}, "login name"),
        ({"role": "king"}, "no role"),
        ({"password": "short"}, "at least"),
        ({"name": "asha"}, "already"),
    ],
)
def test_a_wrong_person_is_not_added(desk: Desk, changes: dict[str, str], why: str) -> None:
    hire(desk)
    wanted = {"name": "bina", "display": "Bina", "role": "sp", "password": PASSWORD, **changes}
    with pytest.raises((WrongPerson, WeakPassword), match=why):
        people.add(desk, **wanted)
    assert [person.name for person in people.everybody(desk)] == ["asha"]


def test_an_inactive_person_is_out_at_once(desk: Desk) -> None:
    hire(desk)
    token = people.begin(desk, ASHA)
    desk.conn.execute("update person set active=0")
    assert people.actor_of(desk, token, START) is None
    assert people.check(desk, "asha", PASSWORD) is None
    assert not people.everybody(desk)[0].active


@pytest.mark.slow
def test_an_unknown_name_takes_as_long_as_a_wrong_password(
    desk: Desk, watch: Watch, real_passwords: None
) -> None:
    hire(desk)

    def seconds(name: str) -> float:
        watch.now += people.PASSWORDS.longest_s
        begun = time.perf_counter()
        assert people.check(desk, name, "wrong") is None
        return time.perf_counter() - begun

    known, unknown = map(statistics.median, in_turn(seconds, "asha", "nobody"))
    assert 1 / 3 < known / unknown < 3


def test_after_three_failures_the_next_try_waits_longer_and_longer(desk: Desk, watch: Watch) -> None:
    hire(desk)
    waits = []
    for _ in range(11):
        people.check(desk, "asha", "wrong")
        waits.append(people.wait_s(desk, "asha"))
        watch.now += waits[-1]
    assert waits == [0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert people.check(desk, "asha", PASSWORD) == ASHA
    assert people.wait_s(desk, "asha") == 0


def test_a_good_account_wins_no_new_guesses_at_others(desk: Desk, watch: Watch) -> None:
    hire(desk)
    for _ in range(9):
        people.check(desk, "bina", "wrong", "10.0.0.7")
        watch.now += 70
    assert people.check(desk, "asha", PASSWORD, "10.0.0.7") == ASHA
    people.check(desk, "chand", "wrong", "10.0.0.7")
    assert people.wait_s(desk, "nobody", "10.0.0.7") > 0


def test_while_waiting_even_the_right_password_is_not_looked_at(desk: Desk, watch: Watch) -> None:
    hire(desk)
    for _ in range(3):
        people.check(desk, "asha", "wrong")
    assert people.check(desk, "asha", PASSWORD) is None
    assert people.wait_s(desk, "asha") == 1
    watch.now += 1
    assert people.check(desk, "asha", PASSWORD) == ASHA


def test_a_name_that_nobody_has_waits_as_well_and_is_not_kept(desk: Desk) -> None:
    for _ in range(3):
        people.check(desk, "my secret password", "x")
    assert people.wait_s(desk, "my secret password") == 1
    desk.conn.execute("pragma wal_checkpoint(truncate)")
    assert b"my secret" not in desk.config.box_db.read_bytes()


def test_a_login_ends_after_fifteen_idle_minutes(desk: Desk) -> None:
    hire(desk)
    token = people.begin(desk, ASHA)
    assert people.actor_of(desk, token, START + 14 * 60) == ASHA
    assert people.actor_of(desk, token, START + 28 * 60) == ASHA
    assert people.actor_of(desk, token, START + 43 * 60) is None


def test_a_login_is_locked_while_the_clock_stands_before_its_last_use(desk: Desk) -> None:
    hire(desk)
    token = people.begin(desk, ASHA)
    assert people.of_token(desk, token, START - 20) is not None
    assert people.of_token(desk, token, START - 3 * 3600) is None
    assert people.locked(desk, token, START - 3 * 3600) == ASHA


def test_a_page_that_refreshes_by_itself_keeps_nobody_signed_in(desk: Desk) -> None:
    hire(desk)
    token = people.begin(desk, ASHA)
    assert people.actor_of(desk, token, START + 14 * 60, touch=False) == ASHA
    assert people.actor_of(desk, token, START + 15 * 60) is None


def test_a_login_ends_after_ten_hours_of_work(desk: Desk) -> None:
    hire(desk)
    token = people.begin(desk, ASHA)
    for minute in range(0, 600, 10):
        assert people.actor_of(desk, token, START + minute * 60) == ASHA
    assert people.actor_of(desk, token, START + 36_000) is None


def test_signing_out_ends_one_login_and_is_audited(desk: Desk) -> None:
    hire(desk)
    first, second = people.begin(desk, ASHA), people.begin(desk, ASHA)
    people.end(desk, first)
    people.end(desk, "no token")
    assert people.actor_of(desk, first, START) is None
    assert people.actor_of(desk, second, START) == ASHA
    acts = [act for _, act, _ in audited(desk)]
    assert acts == ["person.add", "login.begin", "login.begin", "login.end"]


def test_a_token_lies_nowhere(desk: Desk) -> None:
    hire(desk)
    token = people.begin(desk, ASHA)
    desk.conn.execute("pragma wal_checkpoint(truncate)")
    assert token.encode() not in desk.config.box_db.read_bytes()


def test_old_logins_and_failures_are_forgotten(desk: Desk) -> None:
    hire(desk)
    people.begin(desk, ASHA)
    people.check(desk, "asha", "wrong")
    with transaction(desk.conn):
        people.forget_old(desk.conn, START + people.LONGEST_S - 1)
    assert desk.conn.execute("select count(*) from login").fetchone()[0] == 1
    with transaction(desk.conn):
        people.forget_old(desk.conn, START + people.LONGEST_S)
    counts = desk.conn.execute("select (select count(*) from login), (select count(*) from login_failure)")
    assert tuple(counts.fetchone()) == (0, 0)
