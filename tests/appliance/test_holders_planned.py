"""Officers named for days to come: what was said last of each holds, and no plan leaves a hole or comes twice."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance import holders, people, taking, tenure
from appliance.desk import Desk
from appliance.errors import NotAllowed
from sync.clock import DAY_S, MINUTE_S
from tests.appliance.office import POST, SP, START, Watch, open_office

NUMBERS = {"Ram": "981234567", "Sita": "981234568", "Gita": "981234569", "Hari": "981234560"}
HORIZON = 40
"""Days that are looked at."""


@dataclass
class Office:
    """One post over days; day 0 is that of its first officer."""

    desk: Desk
    watch: Watch

    def name(self, who: str, day: int | None = None, last: int | None = None, phone: int = 8) -> None:
        """Somebody comes on a day, or now; ``phone``: the last digit of his number."""
        since, until = (None if one is None else int(START) + one * DAY_S for one in (day, last))
        holders.appoint(self.desk, SP, POST, who, f"{NUMBERS[who]}{phone}", "hi", until, since)

    def move(self, who: str, day: int) -> None:
        """Who is planned comes on another day."""
        holders.change_day(self.desk, SP, self._plan(who), int(START) + day * DAY_S)

    def call_off(self, who: str) -> None:
        """Who is planned does not come."""
        holders.call_off(self.desk, SP, self._plan(who))

    def _plan(self, who: str) -> int:
        (found,) = [one.id for one in tenure.planned(self.desk, self.watch.now) if one.name == who]
        return found

    def go_to(self, day: int) -> None:
        """The days pass, and the box's job runs."""
        self.watch.now = max(self.watch.now, START + day * DAY_S)
        taking.day_came(self.desk, self.watch.now)

    def who(self, day: int) -> str:
        """Who holds the post on a day; "" nobody."""
        held = tenure.current(self.desk, POST, START + day * DAY_S)
        return held.name if held else ""

    def over(self, *days: int) -> list[str]:
        return [self.who(day) for day in days]

    def plans(self) -> list[tuple[str, int]]:
        """Who comes still, and on which day."""
        found = tenure.planned(self.desk, self.watch.now)
        return [(one.name, (one.since - int(START)) // DAY_S) for one in found]


@pytest.fixture
def office(desk: Desk, watch: Watch) -> Office:
    """Ram holds the post until further notice."""
    made = Office(desk, watch)
    made.name("Ram")
    return made


def test_who_is_brought_forward_comes_once(office: Office) -> None:
    office.name("Sita", 10)
    office.name("Sita", 5)
    assert (office.plans(), office.over(4, 5, 10)) == ([("Sita", 5)], ["Ram", "Sita", "Sita"])
    office.name("Gita", 5)  # in her place
    assert (office.plans(), office.over(4, 5, 10)) == ([("Gita", 5)], ["Ram", "Gita", "Gita"])


def test_who_was_planned_and_comes_today_stays(office: Office) -> None:
    office.name("Sita", 10)
    office.name("Sita")
    assert (office.plans(), office.over(0, 9, 10, 11)) == ([], ["Sita"] * 4)
    (sita,) = [one for one in holders.past_and_present(office.desk) if one.name == "Sita"]
    assert sita.until is None


def test_who_is_put_off_past_another_comes_once(office: Office) -> None:
    for who, day in (("Sita", 3), ("Gita", 7), ("Sita", 10)):
        office.name(who, day)
    assert (office.plans(), office.over(3, 6, 7, 10)) == (
        [("Gita", 7), ("Sita", 10)],
        ["Ram", "Ram", "Gita", "Sita"],
    )


def test_who_is_put_off_with_his_last_day_leaves_no_hole(office: Office) -> None:
    office.name("Sita", 3, 6)
    office.name("Sita", 8, 11)
    assert (office.plans(), office.over(3, 6, 7, 8, 10, 11)) == (
        [("Sita", 8)],
        ["Ram", "Ram", "Ram", "Sita", "Sita", ""],
    )


def test_those_at_the_desk_sit_until_the_day_on_which_somebody_comes(office: Office) -> None:
    password = "a long enough password"
    people.add(office.desk, "munshi", "HC Pal", "sho", password, POST)
    office.watch.now += MINUTE_S
    for who, day in (("Sita", 3), ("Gita", 7), ("Sita", 10)):
        office.name(who, day)
    seen = []
    for day in (3, 6, 7):
        office.go_to(day)
        seen.append(people.check(office.desk, "munshi", password) is not None)
    assert seen == [True, True, False]


def test_who_came_on_his_day_is_no_plan_while_the_clock_is_behind(office: Office) -> None:
    office.name("Sita", 3)
    office.go_to(4)
    office.watch.now -= 2 * DAY_S
    office.name("Sita", 5)
    assert office.over(2, 3, 4, 5) == ["Sita"] * 4  # who has come stays who came


def test_a_plan_that_stands_twice_from_an_earlier_version_is_read_as_before_and_put_off_once(
    office: Office,
) -> None:
    office.name("Sita", 5)
    office.name("Gita", 10)
    locked = "(select locked from post_holder where since=:first)"
    office.desk.conn.execute(  # as it wrote them: Sita 5 to 10, and Sita from 10
        f"update post_holder set locked={locked}, own_until=null where since=:second",
        {"first": int(START) + 5 * DAY_S, "second": int(START) + 10 * DAY_S},
    )
    assert (office.plans(), office.over(4, 5, 10)) == ([("Sita", 5), ("Sita", 10)], ["Ram", "Sita", "Sita"])
    office.name("Sita", 12)
    assert (office.plans(), office.over(5, 11, 12)) == ([("Sita", 12)], ["Ram", "Ram", "Sita"])


@dataclass
class Wish:
    """What the office said of somebody, in days."""

    who: str
    since: int
    last: int | None = None
    phone: int = 8


class Said:
    """What should come of all that was said: the newest begin on or before a day counts, until its own last day."""

    def __init__(self) -> None:
        self.wishes = [Wish("Ram", 0)]

    def name(self, today: int, wish: Wish) -> None:
        """He comes then and on no other day; so does nobody else who was to come on that day."""
        self.wishes = [
            one
            for one in self.wishes
            if one.since <= today or (one.who == wish.who) == (one.since == wish.since)
        ]
        held = self.at(wish.since) or (self.at(wish.since - 1) if wish.since > today else None)
        if held and (held.who, held.phone) == (wish.who, wish.phone):
            held.last = wish.last  # he stays
        else:
            self.wishes.append(wish)

    def move(self, today: int, wish: Wish, day: int) -> bool:
        """Whether he may: he comes to no other's day, and before his own last one."""
        others = [one for one in self._to_come(today) if one is not wish]
        if day in (one.since for one in (*others, wish)) or (wish.last is not None and day >= wish.last):
            return False
        self.name(today, replace(wish, since=day))
        return True

    def call_off(self, wish: Wish) -> None:
        """As if he had never been named."""
        self.wishes.remove(wish)

    def plan(self, today: int, who: str) -> Wish | None:
        """When he comes."""
        return next((one for one in self._to_come(today) if one.who == who), None)

    def _to_come(self, today: int) -> list[Wish]:
        return [one for one in self.wishes if one.since > today]

    def release(self, today: int) -> None:
        """From today nobody."""
        self.wishes = [*(one for one in self.wishes if one.since <= today), Wish("", today, today)]

    def at(self, day: int) -> Wish | None:
        """Of those who begin on one day, the last."""
        found = max((one.since, at) for at, one in enumerate(self.wishes) if one.since <= day)
        wish = self.wishes[found[1]]
        return wish if wish.last is None or day < wish.last else None

    def who(self, day: int) -> str:
        """His name; "" nobody."""
        wish = self.at(day)
        return wish.who if wish else ""


@contextmanager
def an_office() -> Iterator[Office]:
    watch = Watch()
    with tempfile.TemporaryDirectory() as folder:
        desk = open_office(Path(folder), watch)
        yield Office(desk, watch)
        desk.conn.close()


names = st.sampled_from(sorted(NUMBERS))
ahead = st.integers(0, 9)
acts = st.one_of(
    st.tuples(st.just("name"), names, ahead, st.none() | st.integers(1, 6), st.sampled_from([8, 9])),
    st.tuples(st.just("passes"), st.integers(1, 3)),
    st.tuples(st.just("move"), names, ahead),
    st.tuples(st.just("call off"), names),
    st.just(("release",)),
)


def one_at_a_time(office: Office) -> None:
    rows = office.desk.conn.execute(
        "select since, until from post_holder where until is null or until>since order by since, id"
    ).fetchall()
    for before, after in pairwise(rows):
        assert before["until"] is not None and before["until"] <= after["since"]
    coming = [who for who, _day in office.plans()]
    assert len(coming) == len(set(coming))


def replan(office: Office, model: Said, today: int, who: str, ahead_days: int | None = None) -> None:
    """Puts off or brings forward whoever is planned, or calls him off without a day."""
    wish = model.plan(today, who)
    assert (wish is not None) == (who in [name for name, _day in office.plans()])
    if wish is None:
        return
    if ahead_days is None:
        model.call_off(wish)
        office.call_off(who)
    elif model.move(today, wish, today + ahead_days):
        office.move(who, today + ahead_days)
    else:
        with pytest.raises(NotAllowed):
            office.move(who, today + ahead_days)


@settings(max_examples=80)
@given(said=st.lists(acts, max_size=12))
def test_whatever_is_planned_put_off_brought_forward_and_called_off(said: list[tuple[object, ...]]) -> None:
    with an_office() as office:
        office.name("Ram")
        today, model = 0, Said()
        for act, *more in said:
            if act == "passes":
                (days,) = more
                today += int(str(days))
                office.go_to(today)
            elif act in ("move", "call off"):
                replan(office, model, today, str(more[0]), *map(int, map(str, more[1:])))
            elif act == "release":
                holders.release(office.desk, SP, POST)
                model.release(today)
            else:
                who, ahead_days, lasts, phone = more
                day = today + int(str(ahead_days))
                last = None if lasts is None else day + int(str(lasts))
                office.name(str(who), day, last, int(str(phone)))
                model.name(today, Wish(str(who), day, last, int(str(phone))))
            one_at_a_time(office)
            found = [office.who(one) for one in range(today, HORIZON)]
            assert found == [model.who(one) for one in range(today, HORIZON)]
