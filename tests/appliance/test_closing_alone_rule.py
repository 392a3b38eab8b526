"""The rule of decision 19 in its own words, against what the code says of any history."""

from hypothesis import given
from hypothesis import strategies as st

from appliance.cases.alone import Step, readers

CLOSER, OTHERS, POST = "bina", ("asha", "chand"), "SHO JNP-01"
OFFICE = (CLOSER, *OTHERS)
OF_OFFICE = ("screen", "assign", "verify", "answer", "ask", "read")
ACTS = (
    *((who, act) for who in OFFICE for act in (*OF_OFFICE, "reopen", "separate", "report_back", "claim")),
    *((POST, act) for act in ("acknowledge", "start", "report_back", "duty_note")),
    *(("box", act) for act in ("add", "file", "resume", "escalate")),
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Step], list[Step]]:
    """Of a case and of one linked to it, in the order of time; each acted on by anybody in any order."""
    own, main = [Step(1, "box", "receive")], [Step(2, "box", "receive")]
    linked_at = draw(st.integers(3, 14))
    for at in range(3, 16):
        if at == linked_at:
            own.append(Step(at, draw(st.sampled_from(OFFICE)), "mark_duplicate", "received"))
            continue
        who, act = draw(st.sampled_from(ACTS))
        step = Step(at, who, act, "", "", who in OFFICE)
        draw(st.sampled_from((own, main))).append(step)
    return own, main


def is_read_by_another(came: Step, own: list[Step], main: list[Step]) -> bool:
    """What came was read since, by another person of the office or by a post that was given the case after it."""
    linked = next(step for step in own if step.act == "mark_duplicate")
    read_here = [step for step in own if step.at >= came.at]
    read_above = [step for step in main if step.at > came.at and step.at > linked.at]
    by_office = any(
        step.actor in OTHERS and step.act not in ("claim", "add") for step in (*read_here, *read_above)
    )
    by_post = any(
        given_.act == "assign" and told.act == "report_back" and came.at < given_.at < told.at
        for given_ in read_here
        for told in read_here
        if told.actor != CLOSER
    )
    return by_office or by_post


@given(histories())
def test_nobody_else_has_read_it_where_something_that_came_was_read_by_the_closer_alone(
    both: tuple[list[Step], list[Step]],
) -> None:
    own, main = both
    came = [step for step in own if step.act in ("receive", "add", "file", "reopen", "separate")]
    is_alone = readers(own, main) <= {CLOSER}
    assert is_alone == (not all(is_read_by_another(one, own, main) for one in came))
