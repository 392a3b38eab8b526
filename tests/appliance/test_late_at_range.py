"""What is so late that the range sees it: told by the box, counted there, gone when somebody acts."""

from pathlib import Path

from appliance import cases, digest, escalation
from appliance.desk import Desk
from appliance.rangenode import accept
from appliance.rangenode import figures as range_figures
from sync.clock import DAY_S, week_of
from sync.messages import Digest
from tests.appliance.office import POST, SCREENER, START, SUPERVISOR, Watch, body, commands, receive


def at_range(desk: Desk, folder: Path) -> tuple[dict[str, dict[int, int]], list[int]]:
    """Late cases by district and week, and all cases, after all digests of the box."""
    digest.build_due(desk)
    conn = accept.open_range(folder / "range.db")
    for told in commands(desk, "digest", Digest):
        accept.accept(conn, "n0000000b", told, START)
    found = range_figures.late(conn), [one.total for one in range_figures.by_district(conn)]
    conn.close()
    return found


def test_the_range_sees_how_many_are_late_and_since_when(desk: Desk, watch: Watch, tmp_path: Path) -> None:
    serials = [receive(desk, body(number)) for number in (1, 2)]
    for serial in serials:
        cases.screen(desk, serial, SCREENER, 1)
        cases.assign(desk, serial, SUPERVISOR, 2, POST)
    assert at_range(desk, tmp_path) == ({}, [2])
    watch.now += 4 * DAY_S
    escalation.run(desk, watch.now)
    assert at_range(desk, tmp_path) == ({}, [2])  # with the SP: not yet the range's
    watch.now += 3 * DAY_S
    escalation.run(desk, watch.now)
    assert at_range(desk, tmp_path) == ({"JNP": {week_of(START): 2}}, [2])
    cases.acknowledge(desk, serials[0], SUPERVISOR, 6)
    assert at_range(desk, tmp_path)[0] == {
        "JNP": {week_of(START): 2}
    }  # accepted, and still not reported back
    cases.assign(desk, serials[0], SUPERVISOR, 7, "SHO JNP-02")
    assert at_range(desk, tmp_path) == ({"JNP": {week_of(START): 1}}, [2])


def test_a_range_that_lost_its_database_hears_of_them_again(desk: Desk, watch: Watch, tmp_path: Path) -> None:
    receive(desk, body(1))
    watch.now += 8 * DAY_S
    escalation.run(desk, watch.now)
    digest.build_due(desk)
    desk.conn.execute("delete from outbox")
    digest.resend_all(desk.conn)
    assert at_range(desk, tmp_path) == ({"JNP": {week_of(START): 1}}, [1])
