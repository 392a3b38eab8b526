"""No list walks over every case of the box to find a few."""

from dataclasses import replace

import pytest

from appliance.cases import queues
from appliance.cases.queues import Filter
from appliance.desk import Desk
from tests.appliance.office import SP, body, receive

RARE = (
    *(Filter(queue=name) for name in ("new", "unclaimed", "mine", "overdue", "feedback", "spam")),
    *(
        Filter(evidence="yes"),
        Filter(flag="victim"),
        Filter(flag="child"),
        Filter(urgent="yes"),
        Filter(urgent="waits"),
        Filter(fear="yes"),
    ),
    *(Filter(status="received"), Filter(category="arms"), Filter(thana="JNP-01"), Filter(post="SHO JNP-01")),
    *(Filter(text="JNP-2026-00417"), Filter(text="417"), replace(Filter(), ids=(1, 2))),
)


@pytest.mark.parametrize("flt", RARE, ids=lambda flt: "&".join(f"{k}={v}" for k, v in vars(flt).items() if v))
def test_a_list_of_few_is_found_by_an_index(desk: Desk, flt: Filter) -> None:
    receive(desk, body(1))
    where, values = queues.wanted(desk, SP, flt)
    query = f"explain query plan select * from case_file where {where} order by id desc limit 51"
    steps = [row[3] for row in desk.conn.execute(query, values).fetchall()]
    assert not [step for step in steps if step == "SCAN case_file"], steps
