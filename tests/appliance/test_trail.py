"""The trail of who did what: found by who, what and when; a change or a gap is found and named."""

import pytest

from appliance import cases, trail
from appliance.desk import Desk
from appliance.trail import Search
from sync.clock import DAY_S, day_of
from sync.errors import Unreadable
from tests.appliance.office import SP, SUPERVISOR, Watch, body, receive


@pytest.fixture
def serials(desk: Desk, watch: Watch) -> list[str]:
    """Two cases of one day, the second screened on the next."""
    made = [receive(desk, body(number)) for number in (1, 2)]
    cases.screen(desk, made[0], SUPERVISOR, 1)
    watch.now += DAY_S
    cases.screen(desk, made[1], SP, 1)
    return made


def told(desk: Desk, search: Search) -> list[tuple[str, str, str]]:
    return [(row.who, row.act, row.of) for row in trail.rows(desk, search).rows]


def test_rows_are_found_by_who_what_and_when(desk: Desk, watch: Watch, serials: list[str]) -> None:
    screened = ("chand", "case.screen", serials[1])
    assert told(desk, Search(who="chand")) == [screened]
    assert told(desk, Search(of=serials[1])) == [screened, ("box", "case.receive", serials[1])]
    assert [row[2] for row in told(desk, Search(act="case.screen"))] == serials[::-1]
    today = day_of(watch.now)
    assert told(desk, Search(first_day=today)) == [screened]
    assert screened not in told(desk, Search(last_day=today - 1))
    assert len(told(desk, Search(act="case"))) == 4
    assert told(desk, Search(act="cas")) == []


def test_the_trail_comes_page_by_page(desk: Desk, serials: list[str]) -> None:
    first = trail.rows(desk, Search(), None, 3)
    rest = trail.rows(desk, Search(), first.next, 3)
    assert [row.id for row in (*first.rows, *rest.rows)] == [4, 3, 2, 1]
    assert rest.next is None
    assert trail.rows(desk, Search(), None, 4).next is None


@pytest.mark.parametrize("text", ["", "x", "-1", "९", "1" * 30])
def test_a_place_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        trail.place(text)


def test_whole_chains_are_followed_to_their_heads(desk: Desk, serials: list[str]) -> None:
    chains = {chain.name: chain for chain in trail.follow(desk)}
    assert {name: (chain.rows, chain.broken) for name, chain in chains.items()} == {
        "audit": (4, None),
        "history": (4, None),
        "custody": (0, None),
    }
    newest = trail.rows(desk, Search(), None, 1).rows[0]
    assert chains["audit"].head.startswith(newest.hash)


def test_a_changed_row_and_a_gap_are_named(desk: Desk, serials: list[str]) -> None:
    desk.conn.execute("update audit set actor='nobody' where id=3")
    desk.conn.execute("delete from history where id=2")
    assert {chain.name: chain.broken for chain in trail.follow(desk)} == {
        "audit": 3,
        "history": 3,
        "custody": None,
    }
