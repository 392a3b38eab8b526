"""Who sits at a desk for a post does so between two days, and goes with the officer he came with."""

from pathlib import Path

import pytest

from appliance import holders, people, taking
from appliance.desk import Actor, Desk
from appliance.people import Stay, WrongPerson
from sync.clock import DAY_S, HOUR_S
from tests.appliance.office import POST, SP, START, SUPERVISOR, Watch, audited, open_office

RAM, SITA = ("Ram Singh", "9812345678"), ("Sita", "9812345679")
PASSWORD = "a long enough password"
NAMES = {"singh": "Ram Singh", "munshi": "HC Pal"}


@pytest.fixture
def tokens(desk: Desk, watch: Watch) -> dict[str, str]:
    """The holder of a post and his clerk, both signed in at its desk for an hour."""
    made = {}
    for name, display in NAMES.items():
        people.add(desk, name, display, "sho", PASSWORD, POST)
        made[name] = people.begin(desk, Actor(name, display, "sho"))
    holders.appoint(desk, SP, POST, *RAM, "hi")
    watch.now += 600
    return made


def inside(desk: Desk, tokens: dict[str, str], watch: Watch) -> set[str]:
    """Who may still work; both ways in agree."""
    in_now = {name for name, token in tokens.items() if people.actor_of(desk, token, watch.now)}
    assert in_now == {name for name in NAMES if people.check(desk, name, PASSWORD)}
    assert in_now == {login.actor.name for login in people.everyones(desk)}
    return in_now


def ended(desk: Desk) -> list[tuple[str, str]]:
    return [(actor, of) for actor, act, of in audited(desk) if act == "person.post_end"]


def test_who_stays_behind_is_out_with_the_transfer(desk: Desk, watch: Watch, tokens: dict[str, str]) -> None:
    left = holders.appoint(desk, SUPERVISOR, POST, *SITA, "hi")
    assert (inside(desk, tokens, watch), {one.name for one in left}) == (set(), set(NAMES))
    assert sorted(ended(desk)) == [("bina", "munshi"), ("bina", "singh")]
    assert desk.conn.execute("select count(*) from login").fetchone()[0] == 0


def test_who_is_said_to_stay_stays(desk: Desk, watch: Watch, tokens: dict[str, str]) -> None:
    holders.appoint(desk, SP, POST, *SITA, "hi", staying=("munshi",))
    assert inside(desk, tokens, watch) == {"munshi"}
    assert [one.name for one in people.of_posts(desk, watch.now)] == ["munshi"]


def test_a_transfer_of_a_later_day_ends_them_on_that_day(
    desk: Desk, watch: Watch, tokens: dict[str, str]
) -> None:
    holders.appoint(desk, SP, POST, *SITA, "hi", since=int(watch.now) + 120)
    watch.now += 119
    assert inside(desk, tokens, watch) == set(NAMES)
    watch.now += 1
    assert inside(desk, tokens, watch) == set()


def test_a_correction_ends_nobody_and_whoever_comes_keeps_his_own(
    desk: Desk, watch: Watch, tokens: dict[str, str]
) -> None:
    holders.appoint(desk, SP, POST, *RAM, "en")
    holders.appoint(desk, SP, POST, RAM[0], SITA[1], "en")  # another phone
    people.add(desk, "sita", SITA[0], "sho", PASSWORD, POST)
    assert inside(desk, tokens, watch) == set(NAMES)
    watch.now += 60
    holders.appoint(desk, SP, POST, *SITA, "hi")
    assert [one.name for one in people.of_posts(desk, watch.now)] == ["sita"]


def test_a_post_that_is_left_empty_empties_its_desk(desk: Desk, watch: Watch, tokens: dict[str, str]) -> None:
    assert {one.name for one in holders.release(desk, SP, POST)} == set(NAMES)
    assert inside(desk, tokens, watch) == set()


def test_a_last_day_empties_the_desk_too(desk: Desk, watch: Watch, tokens: dict[str, str]) -> None:
    holders.appoint(desk, SP, POST, *RAM, "hi", until=int(watch.now) + 120)
    for _ in range(2):
        taking.day_came(desk, watch.now)
        watch.now += 120
    taking.day_came(desk, watch.now)
    assert inside(desk, tokens, watch) == set()
    assert sorted(ended(desk)) == [("box", "munshi"), ("box", "singh")]
    people.place(desk, Actor("chief", "Chief", "sp"), "munshi", "sho", POST)  # the SP lets one in again
    taking.day_came(desk, watch.now)
    assert {name for name in NAMES if people.check(desk, name, PASSWORD)} == {"munshi"}


def test_a_plan_that_was_void_ends_no_sign_in_on_its_day(
    desk: Desk, watch: Watch, tokens: dict[str, str]
) -> None:
    chief, day = Actor("chief", "Chief", "sp"), int(watch.now) + 8 * DAY_S
    holders.appoint(desk, SP, POST, *SITA, "hi", since=day)
    holders.release(desk, SP, POST)
    watch.now += 3 * DAY_S
    people.place(desk, chief, "munshi", "sho", POST)  # the empty post is looked after
    watch.now = day + 60
    taking.day_came(desk, watch.now)
    assert people.check(desk, "munshi", PASSWORD)


def test_who_stays_for_whoever_comes_stays_over_the_days_between(
    desk: Desk, watch: Watch, tokens: dict[str, str]
) -> None:
    last = int(watch.now) + 8 * DAY_S
    people.add(desk, "sita", SITA[0], "sho", PASSWORD, POST)
    holders.appoint(desk, SP, POST, *RAM, "hi", until=last + DAY_S)
    holders.appoint(desk, SP, POST, *SITA, "hi", since=last + 2 * DAY_S, staying=("munshi",))
    holders.appoint(desk, SP, POST, *RAM, "hi", until=last)  # he goes a day earlier
    seen = []
    for at in (last - 60, last + 60, last + 3 * DAY_S):
        watch.now = at
        taking.day_came(desk, watch.now)
        seen.append({name for name in (*NAMES, "sita") if people.check(desk, name, PASSWORD)})
    assert seen == [{"singh", "munshi", "sita"}, {"munshi", "sita"}, {"munshi", "sita"}]


@pytest.mark.parametrize("saved", [False, True])
def test_a_transfer_that_is_called_off_leaves_the_desk_as_it_was(
    desk: Desk, watch: Watch, tokens: dict[str, str], saved: bool
) -> None:
    chief, day = Actor("chief", "Chief", "sp"), int(watch.now) + 2 * DAY_S
    people.place(desk, chief, "munshi", "sho", POST, Stay(None, day + DAY_S))
    watch.now += 60
    holders.appoint(desk, SP, POST, *SITA, "hi", since=day)
    if saved:  # their pages, with the last day that they show
        for name in NAMES:
            people.place(desk, chief, name, "sho", POST, Stay(None, day))
    assert holders.appoint(desk, SP, POST, *RAM, "hi", since=day) == ()
    seen = []
    for watch.now in (day, day + DAY_S - 1, day + DAY_S):
        assert taking.day_came(desk, watch.now) == 0
        seen.append({name for name in NAMES if people.check(desk, name, PASSWORD)})
    assert seen == [set(NAMES), set(NAMES), {"singh"}]
    (ram,) = holders.past_and_present(desk)
    assert (ram.name, ram.until) == (RAM[0], None)


def test_who_is_put_off_comes_later_and_whoever_goes_for_him_stays_until_then(
    desk: Desk, watch: Watch, tokens: dict[str, str]
) -> None:
    day = int(watch.now) + 10 * DAY_S
    later = day + 5 * DAY_S
    holders.appoint(desk, SP, POST, *SITA, "hi", since=day)
    assert len(holders.appoint(desk, SP, POST, *SITA, "hi", since=later, staying=("munshi",))) == 1
    found = [(one.name, one.until) for one in holders.past_and_present(desk)]
    assert found == [(SITA[0], None), (RAM[0], later)]
    seen = []
    for watch.now in (day, later - 1, later):
        assert taking.day_came(desk, watch.now) == (watch.now == later)
        seen.append({name for name in NAMES if people.check(desk, name, PASSWORD)})
    assert seen == [set(NAMES), set(NAMES), {"munshi"}]


def test_another_in_place_of_who_was_planned_brings_his_own_who_stay(
    desk: Desk, watch: Watch, tokens: dict[str, str]
) -> None:
    day = int(watch.now) + DAY_S
    holders.appoint(desk, SP, POST, "Lata", "9812345671", "hi", since=day + DAY_S)
    holders.appoint(desk, SP, POST, *SITA, "hi", since=day)
    holders.appoint(desk, SP, POST, "Gita", "9812345670", "hi", since=day, staying=("munshi",))
    holders.appoint(desk, SP, POST, *RAM, "hi", since=day)
    seen = []
    for watch.now in (day, day + DAY_S):
        taking.day_came(desk, watch.now)
        seen.append({name for name in NAMES if people.check(desk, name, PASSWORD)})
    assert seen == [set(NAMES), set()]  # Lata comes a day later, and whoever left for her leaves then


def upgraded(tmp_path: Path, watch: Watch, ran_at: int | None = None) -> Desk:
    """An office that was off over its officer's last day, and went on with a new version; its job ran last then."""
    desk = open_office(tmp_path, watch)
    people.add(desk, "munshi", "HC Pal", "sho", PASSWORD, POST)
    holders.appoint(desk, SP, POST, *RAM, "hi", until=int(watch.now) + 60)
    desk.conn.execute("update person set post_since=null")
    desk.conn.execute(
        "insert into job_run values('clocks',1,?), ('duties',1,?)", (START, ran_at or START + DAY_S)
    )
    desk.conn.execute("alter table post_holder drop column is_over")
    desk.conn.execute("delete from _sqlite_migrations where name='023_desks_empty_once'")
    desk.conn.close()
    watch.now += DAY_S
    desk = open_office(tmp_path, watch)
    taking.day_came(desk, watch.now)
    return desk


def test_an_upgrade_over_a_last_day_empties_the_desk(tmp_path: Path, watch: Watch) -> None:
    desk = upgraded(tmp_path, watch, ran_at=int(watch.now))
    assert people.check(desk, "munshi", PASSWORD) is None


def test_an_upgrade_empties_no_desk_whose_last_day_was_before(tmp_path: Path, watch: Watch) -> None:
    desk = upgraded(tmp_path, watch)
    assert people.check(desk, "munshi", PASSWORD)
    holders.appoint(desk, SP, POST, *RAM, "hi", until=int(watch.now) + 60)
    watch.now += DAY_S
    taking.day_came(desk, watch.now)
    assert people.check(desk, "munshi", PASSWORD) is None


def test_a_post_is_given_between_two_days(desk: Desk, watch: Watch, tokens: dict[str, str]) -> None:
    chief, begin = Actor("chief", "Chief", "sp"), int(watch.now) + HOUR_S
    people.place(desk, chief, "singh", "sho", "SHO JNP-02", Stay(begin, begin + DAY_S))
    first = people.hire(desk, chief, "lal", "Lal", "sho", POST, Stay(begin, begin + DAY_S))
    seen = []
    for at in (begin - 1, begin, begin + DAY_S - 1, begin + DAY_S):
        watch.now = at
        found = people.check(desk, "singh", PASSWORD)
        seen.append((found and found.post, people.check(desk, "lal", first) is not None))
    assert seen == [(None, False), ("SHO JNP-02", True), ("SHO JNP-02", True), (None, False)]


@pytest.mark.parametrize(
    ("role", "post", "days"),
    [("sho", POST, (None, 1)), ("sho", POST, (DAY_S, DAY_S)), ("screener", "", (None, DAY_S))],
)
def test_days_that_cannot_be_are_refused(
    desk: Desk, watch: Watch, tokens: dict[str, str], role: str, post: str, days: tuple[int | None, int]
) -> None:
    since, until = (None if day is None else int(watch.now) - 2 + day for day in days)
    before = desk.conn.execute("select * from person").fetchall()
    with pytest.raises(WrongPerson):
        people.place(desk, Actor("chief", "Chief", "sp"), "singh", role, post, Stay(since, until))
    assert desk.conn.execute("select * from person").fetchall() == before
