"""Answers under any order of commands, refusals, restarts and days: each pushed once, one a day, the newest last."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.whatsapp import OutcomeUnknown, SendError
from sync.clock import HOUR_S, day_of
from tests.relay.builders import SENDER, FakeRelay
from tests.relay.desk import KEY, Desk

TROUBLE = {
    "too fast": SendError(131056, 400),
    "later": SendError(130429, 429),
    "never": SendError(131026, 400),
    "doubt": OutcomeUnknown("no answer"),
    "closed": SendError(131047, 400),
}
ACTS = st.one_of(
    st.tuples(st.just("order"), st.integers(1, 9)),
    st.tuples(st.just("trouble"), st.sampled_from(sorted(TROUBLE))),
    st.tuples(st.just("hours"), st.integers(1, 20)),
    st.tuples(st.just("restart"), st.just(0)),
)


@pytest.mark.slow
@given(st.lists(ACTS, max_size=25), st.booleans())
def test_each_answer_goes_once_and_one_a_day(
    relay: FakeRelay, acts: list[tuple[str, int | str]], at_once: bool
) -> None:
    for table in ("reply", "offer", "failed_send", "outbox"):
        relay.conn.execute(f"delete from {table}")
    relay.vault().forget("a" * 32)
    relay.whatsapp.sent.clear()
    relay.whatsapp.trouble.clear()
    relay.whatsapp.went_anyway = True
    desk, pushed = Desk(relay), list[tuple[int, int]]()
    relay.vault().keep("a" * 32, KEY, SENDER, "hi", relay.now, at_once=at_once)
    for act, value in acts:
        if act == "order":
            desk.order(number=int(value))
        elif act == "trouble":
            relay.whatsapp.trouble.append(TROUBLE[str(value)])
        elif act == "restart":
            desk.restart()
        for _ in range(int(value) if act == "hours" else 1):
            relay.told_time.now += HOUR_S
            desk.run()
            pushed += [(day_of(relay.now), _number_of(relay)) for _ in relay.whatsapp.sent[len(pushed) :]]
    days, numbers = Counter(day for day, _ in pushed), [number for _, number in pushed]
    assert max(days.values(), default=0) <= 1
    assert numbers == sorted(set(numbers))
    assert relay.count("reply") <= 9


def _number_of(relay: FakeRelay) -> int:
    """The number of the answer that was pushed last."""
    return int(str(relay.value("select max(reply_no) from reply where pushed_day is not null")))
