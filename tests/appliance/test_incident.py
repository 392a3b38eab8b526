"""All that was told of one incident: counted, told apart, questions beside what came after them."""

from appliance import cases, incident, ledger
from appliance.desk import Actor, Desk
from appliance.incident import Incident
from tests.appliance.office import POST, SCREENER, SP, SUPERVISOR, Watch, body, close, receive

SHO = Actor("ram", "Ram", "sho", POST)


def whole(desk: Desk, serial: str, actor: Actor = SCREENER) -> Incident:
    return incident.of(desk, actor, ledger.find(desk, serial))


def test_duplicates_and_additions_belong_to_it(desk: Desk) -> None:
    main, double, other = (receive(desk, body(number)) for number in (1, 2, 3))
    cases.mark_duplicate(desk, double, SUPERVISOR, 1, main)
    receive(desk, body(4, adds_to=f"{2:032x}"))
    seen = whole(desk, main)
    assert [(part.serial, part.relation, len(part.reports)) for part in seen.parts] == [
        (main, "this", 1),
        (double, "duplicate", 2),
    ]
    assert (seen.reports, seen.additions, seen.informants) == (2, 1, 2)
    assert seen.answerable == (main, double)
    assert [part.relation for part in whole(desk, double).parts] == ["this", "main"]
    assert whole(desk, other).reports == 1


def test_what_was_told_before_is_the_same_informant(desk: Desk) -> None:
    first = receive(desk, body(1))
    close(desk, first, SP, *screened(desk, first), "already_known")
    second = receive(desk, body(2, adds_to=f"{1:032x}"))
    seen = whole(desk, second)
    assert [part.relation for part in seen.parts] == ["this", "before"]
    assert (seen.reports, seen.additions, seen.informants) == (1, 1, 1)


def test_an_addition_whose_first_report_is_not_here_counts_as_one(desk: Desk) -> None:
    main, orphan = receive(desk, body(1)), receive(desk, body(2, adds_to=f"{9:032x}"))
    cases.mark_duplicate(desk, orphan, SUPERVISOR, 1, main)
    seen = whole(desk, main)
    assert (seen.reports, seen.additions, seen.informants) == (2, 0, 2)


def screened(desk: Desk, serial: str) -> tuple[int]:
    cases.screen(desk, serial, SUPERVISOR, 1)
    return (2,)


def test_an_answer_stands_with_the_question_before_it(desk: Desk, watch: Watch) -> None:
    serial = receive(desk, body(1))
    for version, (what, text) in enumerate([("vehicle", "a blue lorry"), ("time", "at nine")]):
        watch.now += 600
        seen = cases.get(desk, serial).version
        cases.answer(desk, serial, SUPERVISOR, seen, "need_more", (what,))
        watch.now += 600
        receive(desk, body(10 + version, adds_to=f"{1:032x}", text=text))
    (part,) = whole(desk, serial).parts
    asked = [question.parameters for report in part.reports if (question := part.question_of(report))]
    assert asked == [("vehicle",), ("time",)]
    assert part.question_of(part.reports[0]) is None


def test_a_designated_officer_reads_neither_words_nor_other_cases(desk: Desk) -> None:
    main, double = receive(desk, body(1)), receive(desk, body(2))
    cases.mark_duplicate(desk, double, SUPERVISOR, 1, main)
    seen = whole(desk, main, SHO)
    (part,) = seen.parts
    assert (seen.reports, part.reports[0].text) == (2, "")
    assert [answer.question for answer in part.reports[0].answers] == ["often"]
