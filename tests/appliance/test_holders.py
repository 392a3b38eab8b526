"""Who holds a post: numbers in one form, one holder at a time, known to this box only."""

from dataclasses import replace
from pathlib import Path

import pytest

from appliance import holders, tenure
from appliance.desk import Actor, Desk
from appliance.errors import Forbidden, NotAllowed, WrongNumber
from appliance.holders import Appointment
from sync.clock import DAY_S
from tests.appliance.office import ANALYST, POST, SCREENER, SP, SUPERVISOR, Watch, audited, open_office

NUMBER = "+919812345678"


@pytest.mark.parametrize(
    "text", ["9812345678", "098123 45678", "+91 98123-45678", "0091 9812345678", "९८१२३४५६७८"]
)
def test_a_number_is_kept_in_one_form(text: str) -> None:
    assert holders.normal(text) == NUMBER


@pytest.mark.parametrize(
    "text", ["", "98123", "1234567890", "112", "05452 222222", "abc", "+91 981234567890"]
)
def test_what_is_no_mobile_is_refused(text: str) -> None:
    with pytest.raises(WrongNumber):
        holders.normal(text)


def test_a_holder_holds_until_the_next_one(desk: Desk, watch: Watch) -> None:
    holders.appoint(desk, SUPERVISOR, POST, "SI  Ram", "9812345678", "hi")
    watch.now += DAY_S
    holders.appoint(desk, SP, POST, "SI Sita", "9812345679", "en")
    now = tenure.current(desk, POST, watch.now)
    assert now is not None
    assert (now.name, now.number, now.language, now.until) == ("SI Sita", "+919812345679", "en", None)
    before = holders.past_and_present(desk)[1]
    assert (before.name, before.until) == ("SI Ram", int(watch.now))


def test_a_last_day_ends_it(desk: Desk, watch: Watch) -> None:
    holders.appoint(desk, SP, POST, "Ram", "9812345678", "hi", until=int(watch.now) + DAY_S)
    assert tenure.current(desk, POST, watch.now) is not None
    assert tenure.current(desk, POST, watch.now + DAY_S) is None


def test_a_post_may_be_left_empty(desk: Desk, watch: Watch) -> None:
    holders.appoint(desk, SP, POST, "Ram", "9812345678", "hi")
    holders.release(desk, SP, POST)
    assert tenure.current(desk, POST, watch.now) is None


@pytest.mark.parametrize("actor", [SCREENER, ANALYST])
def test_only_leaders_say_who_holds_a_post(desk: Desk, actor: Actor) -> None:
    with pytest.raises(Forbidden):
        holders.appoint(desk, actor, POST, "Ram", "9812345678", "hi")


@pytest.mark.parametrize(
    ("post", "name", "language", "until"),
    [
        ("SHO GZP-01", "Ram", "hi", None),
        (POST, " ", "hi", None),
        (POST, "Ram", "xx", None),
        (POST, "Ram", "hi", 1),
    ],
)
def test_a_holder_that_cannot_be_is_refused(
    desk: Desk, post: str, name: str, language: str, until: int | None
) -> None:
    with pytest.raises(NotAllowed):
        holders.appoint(desk, SP, post, name, "9812345678", language, until)
    assert holders.past_and_present(desk) == ()


def test_numbers_lie_locked_and_the_trail_names_the_post(desk: Desk) -> None:
    holders.appoint(desk, SP, POST, "Ram Singh", "9812345678", "hi")
    (row,) = desk.conn.execute("select locked from post_holder").fetchall()
    assert b"9812345678" not in row["locked"]
    assert b"Ram" not in row["locked"]
    assert ("chand", "post.appoint", POST) in audited(desk)


def test_a_holder_may_be_named_for_a_later_day(desk: Desk, watch: Watch) -> None:
    holders.appoint(desk, SP, POST, "Ram", "9812345678", "hi")
    later = int(watch.now) + 5 * DAY_S
    holders.appoint(desk, SP, POST, "Sita", "9812345679", "hi", since=later)
    names = [
        holder.name for at in (watch.now, later - 1, later) if (holder := tenure.current(desk, POST, at))
    ]
    assert names == ["Ram", "Ram", "Sita"]
    assert [holder.name for holder in tenure.planned(desk, watch.now)] == ["Sita"]


def test_whoever_comes_before_a_planned_one_stays_until_then(desk: Desk, watch: Watch) -> None:
    later = int(watch.now) + 5 * DAY_S
    holders.appoint(desk, SP, POST, "Sita", "9812345679", "hi", since=later)
    holders.appoint(desk, SP, POST, "Ram", "9812345678", "hi")
    now = tenure.current(desk, POST, watch.now)
    assert now is not None
    assert (now.name, now.until) == ("Ram", later)


def test_a_post_left_empty_has_no_plans_either(desk: Desk, watch: Watch) -> None:
    holders.appoint(desk, SP, POST, "Sita", "9812345679", "hi", since=int(watch.now) + DAY_S)
    holders.release(desk, SP, POST)
    assert tenure.planned(desk, watch.now) == ()
    assert tenure.current(desk, POST, watch.now + 2 * DAY_S) is None


def test_many_come_at_once_or_none(desk: Desk, watch: Watch) -> None:
    two = (
        Appointment(POST, "Ram", "9812345678", "hi"),
        Appointment("SHO JNP-02", "Sita", "9812345679", "hi"),
    )
    with pytest.raises(WrongNumber):
        holders.transfer(desk, SP, None, (two[0], replace(two[1], number="12")))
    with pytest.raises(NotAllowed):
        holders.transfer(desk, SP, None, (two[0], two[0]))
    assert holders.past_and_present(desk) == ()
    holders.transfer(desk, SP, None, two)
    assert {holder.post for holder in holders.past_and_present(desk)} == {one.post for one in two}


@pytest.mark.parametrize(("own", "found"), [(None, 10), (5, 5), (7, 7), (12, 10)])
def test_who_is_put_off_keeps_nobody_beyond_his_own_last_day(
    desk: Desk, watch: Watch, own: int | None, found: int
) -> None:
    start = int(watch.now)
    last = None if own is None else start + own * DAY_S
    holders.appoint(desk, SP, POST, "Ram", "9812345678", "hi", until=last)
    for day in (5, 10):
        holders.appoint(desk, SP, POST, "Sita", "9812345679", "hi", since=start + day * DAY_S)
    sita, ram = holders.past_and_present(desk)
    assert (sita.since, ram.until) == (start + 10 * DAY_S, start + found * DAY_S)


def test_who_is_put_off_with_another_number_comes_once(desk: Desk, watch: Watch) -> None:
    first, later = (int(watch.now) + day * DAY_S for day in (5, 10))
    for number, since in (("9812345679", first), ("9812345670", later)):
        holders.appoint(desk, SP, POST, "Sita", number, "hi", since=since)
    found = [(one.number, one.since) for one in holders.planned(desk, watch.now)]
    assert found == [("+919812345670", later)]


def test_an_upgrade_takes_the_day_on_which_another_comes_for_nobodys_own(
    tmp_path: Path, watch: Watch
) -> None:
    desk, day = open_office(tmp_path, watch), int(watch.now) + DAY_S
    holders.appoint(desk, SP, POST, "Ram", "9812345678", "hi")
    holders.appoint(desk, SP, POST, "Sita", "9812345679", "hi", until=day + DAY_S, since=day)
    desk.conn.execute("alter table post_holder drop column own_until")
    desk.conn.execute("delete from _sqlite_migrations where name='026_holders_own_last_day'")
    desk.conn.close()
    desk = open_office(tmp_path, watch)
    found = desk.conn.execute("select own_until from post_holder order by id").fetchall()
    assert [row[0] for row in found] == [None, day + DAY_S]
