"""The queues of the office's day, the filters of the list, pages both ways, and what stays hidden."""

from dataclasses import replace

import pytest

from appliance import cases, jobs, ledger, people
from appliance.cases import MOST_COUNTED, Cursor, Filter, queues_of
from appliance.desk import BOX, Actor, Desk
from sync.clock import DAY_S
from tests.appliance.office import SCREENER, SP, SUPERVISOR, Watch, body, close, manifest, receive

CO = Actor("co", "CO", "co", "CO City")
SHO = Actor("sho", "SHO", "sho", "SHO JNP-02")


def listed(desk: Desk, actor: Actor, **chosen: object) -> list[str]:
    flt = Filter(**chosen)  # type: ignore[arg-type]  # the keywords of a test are right or the test fails
    return [row.serial for row in cases.open_cases(desk, actor, flt, None).rows]


def due(desk: Desk, serial: str, at: float) -> None:
    desk.conn.execute("update case_file set clock='screen', due_at=? where serial=?", (int(at), serial))


def test_each_queue_holds_what_its_name_says(desk: Desk, watch: Watch) -> None:
    new, taken, late, spam, given, told, closed, answered = (receive(desk, body(n)) for n in range(1, 9))
    cases.claim(desk, taken, SCREENER, 1)
    due(desk, late, watch.now - 1)
    due(desk, new, watch.now + 60)
    cases.quarantine(desk, spam, SCREENER, 1, "nothing in it")
    for serial in (given, told, closed, answered):
        cases.screen(desk, serial, SCREENER, 1)
    for serial in (given, told, answered):
        cases.assign(desk, serial, SUPERVISOR, 2, "SHO JNP-01")
    for serial in (told, answered):
        cases.start(desk, serial, SCREENER, 3)
        cases.report_back(desk, serial, SCREENER, 4, "seen")
    cases.verify(desk, answered, SUPERVISOR, 5)
    cases.answer(desk, answered, SUPERVISOR, 6, "not_found", ())
    close(desk, closed, SUPERVISOR, 2, "unfounded")
    wanted = {
        "new": [late, taken, new],
        "unclaimed": [late, new],
        "mine": [taken],
        "overdue": [late],
        "feedback": [answered, told],
        "spam": [spam],
        "all": [answered, closed, told, given, late, taken, new],
        "closed": [closed],
    }
    assert {queue: listed(desk, SCREENER, queue=queue) for queue in wanted} == wanted
    assert cases.sizes(desk, SCREENER) == {queue: len(serials) for queue, serials in wanted.items()}
    assert cases.sizes(desk, SUPERVISOR)["mine"] == 0


def test_somebody_of_a_post_has_the_queues_of_his_post(desk: Desk, watch: Watch) -> None:
    given, begun, other = (receive(desk, body(n, thana="JNP-01")) for n in (1, 2, 3))
    for serial, post in ((given, SHO.post), (begun, SHO.post), (other, "SHO JNP-01")):
        cases.screen(desk, serial, SCREENER, 1)
        cases.assign(desk, serial, SUPERVISOR, 2, post)
    cases.acknowledge(desk, begun, SHO, 3)
    due(desk, begun, watch.now)
    assert cases.sizes(desk, SHO) == {"new": 1, "mine": 2, "overdue": 1, "all": 2, "closed": 0}
    assert listed(desk, SHO, queue="new") == [given]
    assert listed(desk, SHO, queue="spam") == listed(desk, SHO) == [begun, given]
    assert listed(desk, CO, queue="all") == [other, begun, given]
    assert queues_of(SHO) == queues_of(CO)


def test_a_case_about_his_own_people_is_in_no_list_and_no_count(desk: Desk) -> None:
    about, other, linked = (receive(desk, body(n, thana="JNP-01")) for n in (1, 2, 3))
    cases.mark_duplicate(desk, linked, SCREENER, 1, about)
    for serial, read in ((about, 2), (other, 1)):
        cases.screen(desk, serial, SCREENER, read)
        cases.assign(desk, serial, SUPERVISOR, read + 1, "SHO JNP-01")
    assert listed(desk, CO) == [other, about]
    cases.concern(desk, about, SP, 4, "JNP-01")
    cases.assign(desk, about, SUPERVISOR, 5, SHO.post)
    assert listed(desk, CO) == [other]
    assert cases.sizes(desk, CO)["all"] == 1
    assert len(listed(desk, SP)) == 3


def test_filters_narrow_each_other(desk: Desk, watch: Watch) -> None:
    start = watch.now
    plain = receive(desk, body(1, thana="JNP-02"))
    watch.now += DAY_S
    rich = receive(desk, body(2, fear="yes", happening_now=True, evidence=(manifest(b"a", 1),)))
    desk.conn.execute("update case_file set child=1, post='SHO JNP-01' where serial=?", (rich,))
    for chosen in (
        {"fear": "yes"}, {"urgent": "yes"}, {"evidence": "yes"}, {"flag": "child"}, {"post": "SHO JNP-01"},
        {"since": int(start) + 1}, {"text": "2"}, {"text": rich.lower()}, {"thana": "JNP-01", "evidence": "yes"},
    ):  # fmt: skip
        assert listed(desk, SCREENER, **chosen) == [rich], chosen
    for chosen in ({"evidence": "no"}, {"until": int(start) + 1}, {"text": "JNP-2026-00001"}):
        assert listed(desk, SCREENER, **chosen) == [plain], chosen
    for chosen in ({"flag": "victim"}, {"until": int(start)}, {"since": int(watch.now) + 1}, {"text": "7"}):
        assert listed(desk, SCREENER, **chosen) == [], chosen
    assert listed(desk, SCREENER, text="jnp-") == [rich, plain]


def test_marks_follow_what_is_added_and_what_is_erased(desk: Desk) -> None:
    serial = receive(desk, body(1))
    receive(desk, body(2, adds_to=body(1).handle, happening_now=True, fear="yes", evidence=(manifest(b"a"),)))
    (row,) = cases.open_cases(desk, SCREENER, Filter(), None).rows
    assert (row.happening_now, row.fear, row.evidence_count, dict(row.kinds)) == (True, True, 1, {"video": 1})
    desk.conn.execute("delete from evidence")
    (row,) = cases.open_cases(desk, SCREENER, Filter(), None).rows
    assert (row.evidence_count, row.kinds) == (0, {})
    assert ledger.find(desk, serial).version == row.version


def test_a_row_tells_duplicates_who_has_it_and_whether_it_was_seen(desk: Desk) -> None:
    first, second = receive(desk, body(1)), receive(desk, body(2))
    cases.mark_duplicate(desk, second, SCREENER, 1, first)
    cases.claim(desk, first, SCREENER, 2)
    cases.note_seen(desk, SCREENER, first)
    cases.note_seen(desk, SCREENER, first)
    rows = {row.serial: row for row in cases.open_cases(desk, SCREENER, Filter(), None).rows}
    assert (rows[first].told, rows[second].told) == (2, 1)
    assert (rows[first].claimed_by, rows[first].claimant) == (SCREENER.name, SCREENER.name)
    assert (rows[first].seen, rows[second].seen) == (True, False)
    assert not any(row.seen for row in cases.open_cases(desk, SUPERVISOR, Filter(), None).rows)


def test_who_opened_a_case_is_forgotten_when_it_is_long_over_or_he_left(desk: Desk, watch: Watch) -> None:
    for who in (SCREENER, SUPERVISOR):
        people.add(desk, who.name, who.display, who.role, "a long password")
    over, open_one = receive(desk, body(1)), receive(desk, body(2))
    cases.screen(desk, over, SCREENER, 1)
    close(desk, over, SP, 2, "insufficient")
    for who, serial in ((SCREENER, over), (SCREENER, open_one), (SUPERVISOR, open_one)):
        cases.note_seen(desk, who, serial)
    (tidy,) = (job for job in jobs.timetable(300) if job.name == "tidy")
    watch.now += 90 * DAY_S - 1
    assert jobs.run_once(desk, tidy)
    assert desk.conn.execute("select count(*) from case_seen").fetchone()[0] == 3
    desk.conn.execute("update person set active=0 where name=?", (SUPERVISOR.name,))
    watch.now += DAY_S
    assert jobs.run_once(desk, tidy)
    assert [tuple(row) for row in desk.conn.execute("select * from case_seen")] == [(SCREENER.name, 2)]
    rows = {row.serial: row.seen for row in cases.open_cases(desk, SP, Filter(), None).rows}
    assert rows == {over: True, open_one: False}


def test_pages_lead_both_ways_and_lose_no_case(desk: Desk) -> None:
    serials = [receive(desk, body(n)) for n in range(1, 8)][::-1]
    first = cases.open_cases(desk, BOX, Filter(), None, 3)
    second = cases.open_cases(desk, BOX, Filter(), first.next, 3)
    third = cases.open_cases(desk, BOX, Filter(), second.next, 3)
    assert first.newer is None
    assert third.next is None
    assert [row.serial for page in (first, second, third) for row in page.rows] == serials
    back = cases.open_cases(desk, BOX, Filter(), None, 3, third.newer)
    assert back.rows == second.rows
    assert (back.next, back.newer) == (second.next, second.newer)
    newest = cases.open_cases(desk, BOX, Filter(), None, 3, back.newer)
    assert (newest.rows, newest.newer) == (first.rows, None)
    beyond = cases.open_cases(desk, BOX, Filter(), Cursor(1), 3)
    assert (beyond.rows, beyond.next, beyond.newer) == ((), None, None)


def test_counting_stops_at_more_than_a_thousand(desk: Desk) -> None:
    serial = receive(desk, body(1))
    columns = [
        row[1] for row in desk.conn.execute("pragma table_info(case_file)") if row[1] not in ("id", "serial")
    ]
    named = ",".join(columns)
    desk.conn.execute(
        f"with recursive n(i) as (select 2 union all select i+1 from n where i<1200)"
        f" insert into case_file(id, serial, {named}) select i, 'X-' || i, {named} from n, case_file where serial=?",
        (serial,),
    )
    assert cases.sizes(desk, SCREENER)["new"] == MOST_COUNTED + 1


def test_urgent_cases_wait_until_somebody_takes_them(desk: Desk) -> None:
    urgent, _ = receive(desk, body(1, happening_now=True)), receive(desk, body(2))
    assert cases.urgent_waiting(desk, SCREENER) == 1
    assert cases.urgent_waiting(desk, replace(SCREENER, practice=True)) == 0
    cases.claim(desk, urgent, SCREENER, 1)
    assert cases.urgent_waiting(desk, SUPERVISOR) == 0
    cases.unclaim(desk, urgent, SCREENER, 2)
    assert cases.urgent_waiting(desk, SUPERVISOR) == 1


@pytest.mark.parametrize("queue", ["new", "unclaimed", "mine", "overdue", "feedback", "spam", "closed"])
def test_no_queue_walks_through_all_cases(desk: Desk, queue: str) -> None:
    plan: list[str] = []
    desk.conn.set_trace_callback(plan.append)
    cases.sizes(desk, SCREENER)
    desk.conn.set_trace_callback(None)
    at = queues_of(SCREENER).index(queue)
    steps = [row[3] for row in desk.conn.execute(f"explain query plan {plan[at]}")]
    assert any("USING" in step and "case_file" in step for step in steps), steps
