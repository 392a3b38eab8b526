"""The same form twice acts once, and tells what came of it the first time."""

import pytest

from appliance import nonces
from appliance.desk import Actor, Desk
from appliance.errors import NotAllowed
from appliance.nonces import KEPT_S, Repeated
from sync.db import transaction
from tests.appliance.office import SCREENER, SUPERVISOR, Watch

NONCE = "5" * 32


def act(desk: Desk, actor: Actor, nonce: str, result: str) -> None:
    with transaction(desk.conn):
        desk.conn.execute("insert into serial_counter values(?, 2026, 1)", (result,))
        nonces.spend(desk, actor, nonce, result)


def acts(desk: Desk) -> list[str]:
    return [row[0] for row in desk.conn.execute("select prefix from serial_counter order by 1")]


def test_the_second_time_nothing_is_done_and_the_first_result_is_told(desk: Desk) -> None:
    act(desk, SUPERVISOR, NONCE, "first")
    with pytest.raises(Repeated) as told:
        act(desk, SUPERVISOR, NONCE, "second")
    assert told.value.result == "first"
    assert acts(desk) == ["first"]


def test_another_persons_form_and_an_act_without_one_are_their_own(desk: Desk) -> None:
    act(desk, SUPERVISOR, NONCE, "a")
    act(desk, SCREENER, NONCE, "b")
    act(desk, SCREENER, "", "c")
    act(desk, SCREENER, "", "d")
    assert acts(desk) == ["a", "b", "c", "d"]


def test_an_act_that_fails_leaves_its_form_usable(desk: Desk) -> None:
    act(desk, SUPERVISOR, "4" * 32, "taken")
    with pytest.raises(Exception, match="UNIQUE"):
        act(desk, SUPERVISOR, NONCE, "taken")
    act(desk, SUPERVISOR, NONCE, "free")
    assert acts(desk) == ["free", "taken"]


@pytest.mark.parametrize("nonce", ["x", "5" * 31, "5" * 33, "G" * 32])
def test_a_name_that_no_page_drew_is_refused(desk: Desk, nonce: str) -> None:
    with pytest.raises(NotAllowed):
        act(desk, SUPERVISOR, nonce, "x")
    assert acts(desk) == []


def test_after_a_week_names_are_forgotten(desk: Desk, watch: Watch) -> None:
    act(desk, SUPERVISOR, NONCE, "a")
    watch.now += KEPT_S
    with transaction(desk.conn):
        nonces.forget_old(desk.conn, watch.now)
    assert desk.conn.execute("select count(*) from form_nonce").fetchone()[0] == 0
