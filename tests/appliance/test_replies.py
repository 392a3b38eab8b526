import pytest

from appliance import cases, replies
from appliance.cases import Filter
from appliance.desk import Desk
from appliance.errors import BudgetSpent, NotAllowed, NotAnswerable
from appliance.replies import Command
from sync.db import transaction
from tests.appliance.office import SCREENER, START, SUPERVISOR, body, close, commands, receive


def ask(
    desk: Desk, serial: str, template: str = "need_more", parameters: tuple[str, ...] = ("place",)
) -> None:
    cases.answer(desk, serial, SUPERVISOR, cases.get(desk, serial).version, template, parameters)


def message_ids(desk: Desk) -> list[str]:
    return [row[0] for row in desk.conn.execute("select message_id from outbox where purpose='reply'")]


def states(desk: Desk, serial: str) -> list[str]:
    return [reply.state for reply in cases.get(desk, serial).replies]


def test_a_preview_is_what_the_case_page_keeps_and_changes_nothing(desk: Desk) -> None:
    serial = receive(desk, body(1))
    text = replies.preview(desk, serial, "action_taken", ("raid",))
    assert text == "Action was taken on your report: a raid was made. Thank you."
    assert cases.get(desk, serial).version == 1
    ask(desk, serial, "action_taken", ("raid",))
    (reply,) = cases.get(desk, serial).replies
    assert (reply.text, reply.state, reply.actor, reply.reply_no) == (text, "queued", "bina", 1)


def test_a_preview_is_in_the_informants_language(desk: Desk) -> None:
    serial = receive(desk, body(1, language="hi"))
    assert "छापा मारा गया" in replies.preview(desk, serial, "action_taken", ("raid",))


@pytest.mark.parametrize(
    ("template", "parameters"), [("gossip", ()), ("action_taken", ("magic",)), ("taken_up", ("raid",))]
)
def test_only_what_the_catalogue_has_can_be_said(
    desk: Desk, template: str, parameters: tuple[str, ...]
) -> None:
    serial = receive(desk, body(1))
    with pytest.raises(NotAllowed):
        replies.preview(desk, serial, template, parameters)
    with pytest.raises(NotAllowed):
        ask(desk, serial, template, parameters)
    assert cases.get(desk, serial).version == 1
    assert message_ids(desk) == []


def test_an_answer_goes_out_as_a_typed_command_for_the_relay(desk: Desk) -> None:
    serial = receive(desk, body(1))
    ask(desk, serial)
    (row,) = desk.conn.execute("select recipient, lane, content from outbox where purpose='reply'")
    assert tuple(row)[:2] == ("n0000000a", 1)
    assert b"need_more" not in row[2]
    assert commands(desk, "reply", Command) == [Command(body(1).handle, 1, "need_more", ("place",))]


def test_an_answer_takes_the_newest_way_back_and_the_budget_of_the_case(desk: Desk) -> None:
    serial = receive(desk, body(1))
    ask(desk, serial)
    receive(desk, body(2, adds_to=body(1).handle))
    ask(desk, serial)
    receive(desk, body(3, adds_to=body(1).handle, contact="none"))
    ask(desk, serial)
    sent = [(command.handle, command.reply_no) for command in commands(desk, "reply", Command)]
    assert sent == [(body(1).handle, 1), (body(2).handle, 2), (body(2).handle, 3)]


def test_what_is_added_after_the_end_goes_on_with_the_numbers_of_the_first(desk: Desk) -> None:
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SCREENER, 1)
    ask(desk, serial)
    ask(desk, serial)
    close(desk, serial, SUPERVISOR, cases.get(desk, serial).version, "unfounded")
    following = receive(desk, body(2, adds_to=body(1).handle))
    assert following != serial and cases.get(desk, following).replies_left == 8
    (row,) = [
        row for row in cases.open_cases(desk, SUPERVISOR, Filter(), None).rows if row.serial == following
    ]
    assert row.replies_left == 8
    ask(desk, following)
    sent = [(command.handle, command.reply_no) for command in commands(desk, "reply", Command)]
    assert sent == [(body(1).handle, 1), (body(1).handle, 2), (body(2).handle, 3)]


def test_ten_answers_in_all_of_which_the_last_is_for_the_outcome(desk: Desk) -> None:
    serial = receive(desk, body(1))
    for _ in range(9):
        ask(desk, serial)
    with pytest.raises(BudgetSpent, match="kept for the outcome"):
        ask(desk, serial)
    ask(desk, serial, "not_found", ())
    with pytest.raises(BudgetSpent, match="all 10"):
        ask(desk, serial, "closed", ())
    assert not cases.get(desk, serial).can_answer
    assert len(commands(desk, "reply", Command)) == 10


def test_who_kept_no_way_to_be_written_to_is_not_answered(desk: Desk) -> None:
    serial = receive(desk, body(1, contact="none"))
    assert not cases.get(desk, serial).can_answer
    with pytest.raises(NotAnswerable):
        replies.preview(desk, serial, "taken_up", ())
    with pytest.raises(NotAnswerable):
        ask(desk, serial)


def test_a_closed_case_is_not_answered(desk: Desk) -> None:
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SCREENER, 1)
    close(desk, serial, SUPERVISOR, 2, "unfounded")
    with pytest.raises(NotAllowed):
        ask(desk, serial, "closed", ())
    with pytest.raises(NotAnswerable):
        replies.preview(desk, serial, "closed", ())


def test_the_relays_word_is_shown(desk: Desk) -> None:
    serial = receive(desk, body(1))
    ask(desk, serial)
    ask(desk, serial)
    replies.accepted(desk.conn, message_ids(desk)[0])
    assert states(desk, serial) == ["accepted", "queued"]
    replies.settled(desk.conn, [f"{body(1).handle}/1", "unknown/1", "nonsense", f"{body(1).handle}/x"])
    assert states(desk, serial) == ["settled", "queued"]
    replies.accepted(desk.conn, message_ids(desk)[0])
    assert states(desk, serial) == ["settled", "queued"]


def test_after_a_restart_of_the_relay_what_it_had_not_settled_goes_again(desk: Desk) -> None:
    serial = receive(desk, body(1))
    for _ in range(3):
        ask(desk, serial)
    first = message_ids(desk)
    for message_id in first[:2]:
        replies.accepted(desk.conn, message_id)
    replies.settled(desk.conn, [f"{body(1).handle}/1"])
    with transaction(desk.conn):
        assert replies.requeue_unsettled(desk, START) == 2
    assert states(desk, serial) == ["settled", "queued", "queued"]
    assert commands(desk, "reply", Command)[1:] == [
        Command(body(1).handle, number, "need_more", ("place",)) for number in (2, 3)
    ]
    assert not set(message_ids(desk)[1:]) & set(first)
    replies.accepted(desk.conn, message_ids(desk)[1])
    assert states(desk, serial) == ["settled", "accepted", "queued"]
