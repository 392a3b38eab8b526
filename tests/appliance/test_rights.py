"""Who sees which case, and acts on it: the office all of its node, a post what is its own."""

import pytest

from appliance import cases, rights
from appliance.cases import Filter
from appliance.desk import READERS, ROLES, Actor, Desk
from appliance.errors import Forbidden, NotFound
from appliance.ledger import find
from tests.appliance.office import POST, SP, SUPERVISOR, body, close, receive

CO_CITY = Actor("co", "CO", "co", "CO City")
SHO = Actor("sho", "SHO", "sho", POST)
OTHER_SHO = Actor("sho-2", "SHO 2", "sho", "SHO JNP-02")


@pytest.fixture
def serial(desk: Desk) -> str:
    """With the SHO of JNP-01, which is in the circle City."""
    found = receive(desk, body(1))
    cases.screen(desk, found, SUPERVISOR, 1)
    cases.assign(desk, found, SUPERVISOR, 2, POST)
    return found


def test_the_office_sees_all_and_a_post_its_own(desk: Desk, serial: str) -> None:
    elsewhere = receive(desk, body(2, thana="JNP-02"))
    cases.screen(desk, elsewhere, SUPERVISOR, 1)
    cases.assign(desk, elsewhere, SUPERVISOR, 2, "SHO JNP-02")
    seen = {
        actor.name: [rights.may_see(desk, actor, find(desk, one)) for one in (serial, elsewhere)]
        for actor in (SP, CO_CITY, SHO, OTHER_SHO)
    }
    assert seen == {
        "chand": [True, True],
        "co": [True, False],
        "sho": [True, False],
        "sho-2": [False, True],
    }


def test_a_circle_officer_reads_nothing_before_a_post_has_it(desk: Desk) -> None:
    fresh, read, aside, double, ended = (receive(desk, body(number)) for number in range(1, 6))
    for serial in (read, ended):
        cases.screen(desk, serial, SUPERVISOR, 1)
    cases.quarantine(desk, aside, SUPERVISOR, 1, "about the circle's own head")
    cases.mark_duplicate(desk, double, SUPERVISOR, 1, fresh)
    close(desk, ended, SP, 2, "insufficient")
    for serial in (fresh, read, aside, double, ended):
        with pytest.raises(NotFound):
            cases.seen(desk, serial, CO_CITY)
    assert cases.open_cases(desk, CO_CITY, Filter(), None).rows == ()
    assert cases.sizes(desk, CO_CITY)["all"] == 0
    cases.assign(desk, read, SUPERVISOR, 2, POST)
    assert cases.seen(desk, read, CO_CITY).post == POST


@pytest.mark.parametrize("role", sorted(set(ROLES) - READERS))
def test_a_role_without_cases_is_told_so(desk: Desk, serial: str, role: str) -> None:
    with pytest.raises(Forbidden):
        rights.check(desk, Actor(role, role, role), find(desk, serial))


def test_another_posts_case_is_not_there(desk: Desk, serial: str) -> None:
    with pytest.raises(NotFound):
        cases.seen(desk, serial, OTHER_SHO)
    with pytest.raises(NotFound):
        cases.acknowledge(desk, serial, OTHER_SHO, 3)


def test_a_circle_officer_reads_his_circles_cases_and_acts_on_his_own_only(desk: Desk, serial: str) -> None:
    assert cases.seen(desk, serial, CO_CITY).serial == serial
    with pytest.raises(Forbidden, match="not with your post"):
        cases.acknowledge(desk, serial, CO_CITY, 3)
    cases.acknowledge(desk, serial, SHO, 3)
    assert cases.get(desk, serial).status == "acknowledged"


def test_a_case_about_a_posts_own_people_is_not_there_for_it(desk: Desk, serial: str) -> None:
    cases.concern(desk, serial, SP, 3, "JNP-01", "an informant says so")
    for actor in (CO_CITY, SHO):
        assert not rights.may_see(desk, actor, find(desk, serial))


def test_the_condition_of_a_list_agrees_with_the_check(desk: Desk, serial: str) -> None:
    receive(desk, body(2, thana="JNP-02"))
    receive(desk, body(3))
    for number, post in ((4, "CO City"), (5, "SHO JNP-02")):
        given = receive(desk, body(number))
        cases.screen(desk, given, SUPERVISOR, 1)
        cases.assign(desk, given, SUPERVISOR, 2, post)
    for actor in (SP, CO_CITY, SHO, OTHER_SHO):
        listed = {row.serial for row in cases.open_cases(desk, actor, Filter(), None).rows}
        every = [row[0] for row in desk.conn.execute("select serial from case_file")]
        assert listed == {one for one in every if rights.may_see(desk, actor, find(desk, one))}


def test_a_list_leaves_out_what_follows_a_case_about_the_posts_people(desk: Desk) -> None:
    first = receive(desk, body(1))
    cases.screen(desk, first, SUPERVISOR, 1)
    close(desk, first, SP, 2, "insufficient")
    later = find(desk, receive(desk, body(2, adds_to=body(1).handle)))
    desk.conn.execute("update case_file set post=? where id=?", (POST, later.id))
    desk.conn.execute("insert into concern(case_id, thana, actor) values(1, 'JNP-01', 'asha')")
    assert rights.barred_cases(desk, SHO) == {later.id}
