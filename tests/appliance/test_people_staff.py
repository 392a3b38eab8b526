"""What an administrator may do with people, and what he never learns."""

from collections.abc import Callable

import pytest

from appliance import audit, cases, history, ledger, people
from appliance.desk import BOX, Actor, Desk
from appliance.errors import Forbidden, NotAllowed, NotFound
from appliance.people import Stay, WrongPerson
from sync.clock import DAY_S
from tests.appliance.office import POST, START, Watch, audited, body, close, receive

CHAND = Actor("chand", "Chand", "sp")
ASHA = Actor("asha", "Asha Devi", "screener")
NEW = "three cups of tea"


@pytest.fixture
def first(desk: Desk) -> str:
    """Asha's first password."""
    people.add(desk, "chand", "Chand", "sp", "rain on a tin roof")
    return people.hire(desk, CHAND, "asha", "Asha Devi", "screener")


def test_a_first_password_is_good_for_choosing_another_and_nothing_else(desk: Desk, first: str) -> None:
    assert people.check(desk, "asha", first) == ASHA
    token = people.begin(desk, ASHA)
    assert people.actor_of(desk, token, START) is None
    changed = people.change_password(desk, token, first, NEW)
    assert changed is not None and people.actor_of(desk, changed, START) == ASHA
    assert people.check(desk, "asha", first) is None


def test_first_passwords_are_random_and_long(desk: Desk, first: str) -> None:
    others = {people.reset(desk, CHAND, "asha") for _ in range(3)}
    assert len(others | {first}) == 4
    assert {len(one.replace("-", "")) for one in others} == {15}


def test_a_first_password_is_over_after_three_days(desk: Desk, first: str, watch: Watch) -> None:
    watch.now += people.FIRST_PASSWORD_S - 1
    assert people.check(desk, "asha", first) == ASHA
    watch.now += 1
    assert people.check(desk, "asha", first) is None


def test_a_first_password_holds_from_the_first_day_at_the_post(desk: Desk, watch: Watch) -> None:
    day = int(watch.now) + 5 * DAY_S
    hired = people.hire(desk, CHAND, "ravi", "Ravi", "sho", POST, Stay(day))
    seen = []
    for watch.now in (day - 1, day, day + people.FIRST_PASSWORD_S - 1, day + people.FIRST_PASSWORD_S):
        seen.append(people.check(desk, "ravi", hired) is not None)
    assert seen == [False, True, True, False]
    people.place(desk, CHAND, "ravi", "sho", POST, Stay(day + 9 * DAY_S))
    again = people.reset(desk, CHAND, "ravi")
    people.place(desk, CHAND, "ravi", "sho", POST, Stay(day + 19 * DAY_S))  # he comes later still
    watch.now = day + 19 * DAY_S
    assert [people.check(desk, "ravi", one) is not None for one in (hired, again)] == [False, True]


def test_a_new_post_brings_no_first_password_back_that_was_over(desk: Desk, first: str, watch: Watch) -> None:
    watch.now += people.FIRST_PASSWORD_S
    people.place(desk, CHAND, "asha", "sho", POST)
    assert people.check(desk, "asha", first) is None


def test_a_reset_ends_every_sign_in_and_the_old_password(desk: Desk, first: str) -> None:
    token = people.change_password(desk, people.begin(desk, ASHA), first, NEW)
    again = people.reset(desk, CHAND, "asha")
    assert people.of_token(desk, token or "", START) is None
    assert people.check(desk, "asha", NEW) is None
    assert people.check(desk, "asha", again) == ASHA


ACTS: list[tuple[str, Callable[[Desk, Actor, str], object]]] = [
    ("person.reset", people.reset),
    ("person.disable", people.disable),
    ("person.enable", people.enable),
    ("factor.drop", people.drop_factor),
    ("login.end_all", people.end_logins),
    ("person.role.supervisor", lambda desk, actor, name: people.place(desk, actor, name, "supervisor")),
]


@pytest.mark.parametrize(("noted", "act"), ACTS, ids=[name for name, _ in ACTS])
def test_every_act_is_for_administrators_on_others_and_is_noted(
    desk: Desk, first: str, noted: str, act: Callable[[Desk, Actor, str], object]
) -> None:
    for role in ("screener", "supervisor", "co", "sho", "analyst", "technician", "auditor"):
        with pytest.raises(Forbidden):
            act(desk, Actor("x", "X", role), "asha")
    with pytest.raises(NotFound):
        act(desk, CHAND, "nobody")
    with pytest.raises(NotAllowed):
        act(desk, CHAND, "chand")
    before = list(audited(desk))
    act(desk, CHAND, "asha")
    assert list(audited(desk))[len(before) :] == [("chand", noted, "asha")]


def test_whoever_is_shut_out_is_out_everywhere_at_once(desk: Desk, first: str) -> None:
    tokens = [people.begin(desk, ASHA) for _ in range(2)]
    people.disable(desk, CHAND, "asha")
    assert [people.of_token(desk, token, START) for token in tokens] == [None, None]
    assert people.check(desk, "asha", first) is None
    people.enable(desk, CHAND, "asha")
    assert people.check(desk, "asha", first) == ASHA


def test_another_role_holds_from_the_next_page_on(desk: Desk, first: str) -> None:
    token = people.change_password(desk, people.begin(desk, ASHA), first, NEW)
    people.place(desk, CHAND, "asha", "sho", "SHO JNP-01")
    found = people.actor_of(desk, token or "", START)
    assert found == Actor("asha", "Asha Devi", "sho", "SHO JNP-01")


@pytest.mark.parametrize(
    ("role", "post"),
    [("sho", ""), ("sho", "CO City"), ("sho", "SHO GZP-01"), ("co", "SHO JNP-01"), ("sp", "SHO JNP-01"),
     ("range", ""), ("king", "")],
)  # fmt: skip
def test_a_role_goes_with_posts_of_this_district_alone(desk: Desk, first: str, role: str, post: str) -> None:
    with pytest.raises(WrongPerson):
        people.place(desk, CHAND, "asha", role, post)
    with pytest.raises(WrongPerson):
        people.hire(desk, CHAND, "bina", "Bina", role, post)


def test_the_console_needs_nobodys_leave(desk: Desk, first: str) -> None:
    people.drop_factor(desk, BOX, "chand")
    assert people.check(desk, "chand", people.reset(desk, BOX, "chand"))


def test_the_console_ends_every_wait(desk: Desk, first: str) -> None:
    for _ in range(6):
        people.check(desk, "asha", "wrong", "10.0.0.9")
    assert people.wait_s(desk, "asha", "10.0.0.9") > 0
    people.forgive(desk)
    assert people.wait_s(desk, "asha", "10.0.0.9") == 0


def test_a_password_is_changed_by_whoever_knows_the_old_one(desk: Desk, first: str) -> None:
    token, other = people.begin(desk, CHAND), people.begin(desk, CHAND)
    assert people.change_password(desk, token, "wrong", NEW) is None
    fresh = people.change_password(desk, token, "rain on a tin roof", NEW)
    assert fresh and people.actor_of(desk, fresh, START) == CHAND
    assert people.of_token(desk, other, START) is None
    assert people.of_token(desk, token, START) is None


def test_sign_ins_are_seen_and_ended_one_by_one_by_their_owner(desk: Desk, first: str) -> None:
    tokens = [people.begin(desk, CHAND, f"10.0.0.{n}") for n in (1, 2)]
    stranger = people.begin(desk, ASHA)
    logins = people.of_person(desk, "chand")
    assert len({login.place for login in logins}) == 2
    mine = people.of_token(desk, tokens[0], START)
    theirs = people.of_token(desk, stranger, START)
    assert mine and theirs
    with pytest.raises(NotFound):
        people.revoke(desk, CHAND, theirs.ref)
    people.revoke(desk, CHAND, mine.ref)
    assert people.of_token(desk, tokens[0], START) is None
    assert people.of_token(desk, tokens[1], START) is not None
    people.revoke(desk, CHAND, theirs.ref, whoever=True)
    assert len(people.everyones(desk)) == 1


def test_all_other_sign_ins_end_at_once(desk: Desk, first: str) -> None:
    tokens = [people.begin(desk, CHAND) for _ in range(3)]
    people.end_all_but(desk, tokens[1])
    assert [people.of_token(desk, token, START) is not None for token in tokens] == [False, True, False]


def taken(desk: Desk) -> str:
    """An urgent case that Asha has taken, with news that she has not read."""
    serial = receive(desk, body(1, happening_now=True))
    cases.claim(desk, serial, ASHA, 1)
    desk.conn.execute("update case_file set news=1")
    return serial


GITA = Actor("gita", "Gita", "screener")


def test_whoever_is_shut_out_gives_back_what_he_had_taken(desk: Desk, first: str) -> None:
    serial, over = taken(desk), receive(desk, body(2))
    cases.claim(desk, over, ASHA, 1)
    cases.screen(desk, over, ASHA, 2)
    close(desk, over, CHAND, 3, "insufficient")
    assert cases.urgent_waiting(desk, GITA) == 0
    people.disable(desk, CHAND, "asha")
    last = cases.get(desk, serial).history[-1]
    assert (last.act, last.actor, cases.urgent_waiting(desk, GITA)) == ("unclaim", "chand", 1)
    assert ledger.find(desk, serial).news == 1
    cases.claim(desk, serial, GITA, 3)
    cases.reopen(desk, over, CHAND, 4, "more is known")
    assert ledger.find(desk, over).claimed_by == ""
    assert history.verify(desk.conn) is None


@pytest.mark.parametrize(
    ("role", "post", "left"), [("analyst", "", ""), ("sho", POST, ""), ("supervisor", "", "asha")]
)
def test_another_role_keeps_what_was_taken_if_it_may_take_cases(
    desk: Desk, first: str, role: str, post: str, left: str
) -> None:
    serial = taken(desk)
    people.place(desk, CHAND, "asha", role, post)
    assert ledger.find(desk, serial).claimed_by == left


def test_nothing_is_given_back_where_the_person_stays(
    desk: Desk, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    serial = taken(desk)
    monkeypatch.setattr(audit, "write", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        people.disable(desk, CHAND, "asha")
    assert people.person(desk, "asha").active
    assert ledger.find(desk, serial).claimed_by == "asha"
