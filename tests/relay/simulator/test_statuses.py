"""What follows a message of the relay: late, out of order, skipped, doubled, failed afterwards."""

import threading
import urllib.error
from http.client import RemoteDisconnected
from typing import Any

import pytest

from relay.simulator.app import Running
from relay.simulator.client import Phone, Refused, call
from tests.relay.simulator.conftest import Graph, Sink
from tests.relay.simulator.test_graph import upload
from tests.waiting import wait_until

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check


@pytest.fixture
def phone(simulator: Running) -> Phone:
    """A phone that has written."""
    phone = Phone.create(simulator.base_url, "Asha")
    phone.say("Hi")
    return phone


def follow(graph: Graph, phone: Phone, sink: Sink, count: int, **switches: Any) -> list[str]:
    """The statuses that follow one message under these switches."""
    call(graph.base_url, "/sim/switches", switches)
    start = len(sink.statuses())
    assert graph.code(phone.number) == 0
    wait_until(lambda: len(sink.statuses()) == start + count)
    return [each["status"] for each in sink.statuses()[start:]]


def test_statuses_come_in_any_order_and_number_that_was_asked_for(
    graph: Graph, phone: Phone, sink: Sink
) -> None:
    late_sent = ["read", "delivered", "sent"]
    assert follow(graph, phone, sink, 3, statuses=late_sent) == late_sent
    assert follow(graph, phone, sink, 2, statuses=["sent", "read"]) == ["sent", "read"]
    assert follow(graph, phone, sink, 2, statuses=["sent"], status_repeat=1) == ["sent", "sent"]


def test_statuses_can_be_late_and_keep_their_true_time(graph: Graph, phone: Phone, sink: Sink) -> None:
    call(graph.base_url, "/sim/switches", {"statuses": ["sent", "delivered"], "status_delay_s": 0.3})
    graph.send(phone.number)
    assert (sink.statuses(), call(graph.base_url, "/sim/state")["scheduled"]) == ([], 2)
    wait_until(lambda: len(sink.statuses()) == 2)
    assert [each["status"] for each in sink.statuses()] == ["sent", "delivered"]
    follow(graph, phone, sink, 2, status_delay_s=0.0, status_shuffle=True)


def test_a_shuffle_changes_the_order_sooner_or_later(graph: Graph, phone: Phone, sink: Sink) -> None:
    everything = {"statuses": ["sent", "delivered", "read"], "status_shuffle": True}
    orders = {tuple(follow(graph, phone, sink, 3, **everything)) for _ in range(15)}
    assert len(orders) > 1
    assert all(sorted(order) == ["delivered", "read", "sent"] for order in orders)


def test_played_follows_only_what_can_be_heard(graph: Graph, phone: Phone, sink: Sink) -> None:
    assert follow(graph, phone, sink, 1, statuses=["sent", "played"]) == ["sent"]
    media_id = upload(graph.base_url, b"OggS", "audio/ogg; codecs=opus")["id"]
    assert graph.code(phone.number, type="audio", audio={"id": media_id, "voice": True}) == 0
    wait_until(lambda: [each["status"] for each in sink.statuses()[1:]] == ["sent", "played"])


def test_a_message_can_fail_afterwards_with_any_code(graph: Graph, phone: Phone, sink: Sink) -> None:
    call(graph.base_url, "/sim/switches", {"fail_later": [131026, 0, 131049]})
    for place in range(3):
        assert graph.code(phone.number, biz_opaque_callback_data=f"row-{place}") == 0
    wait_until(lambda: len(sink.statuses()) == 2)
    failed = {each["biz_opaque_callback_data"]: each["errors"][0]["code"] for each in sink.statuses()}
    assert failed == {"row-0": 131026, "row-2": 131049}
    assert {each["status"] for each in sink.statuses()} == {"failed"}
    assert len(phone.messages()) == 1


def test_a_send_may_be_done_and_never_answered(graph: Graph, phone: Phone, sink: Sink) -> None:
    call(graph.base_url, "/sim/switches", {"silent_next": 1, "statuses": ["sent"]})
    with pytest.raises((RemoteDisconnected, urllib.error.URLError)):
        graph.send(phone.number, biz_opaque_callback_data="row-1")
    wait_until(lambda: [each["biz_opaque_callback_data"] for each in sink.statuses()] == ["row-1"])
    assert (len(phone.messages()), graph.code(phone.number)) == (1, 0)


def test_a_machine_in_between_answers_without_json(graph: Graph, phone: Phone) -> None:
    call(graph.base_url, "/sim/switches", {"fail_next": [502]})
    status, answer = graph.send(phone.number)
    assert (status, answer[:6]) == (502, b"<html>")
    assert (graph.code(phone.number), len(phone.messages())) == (0, 1)


def test_an_answer_may_come_late_although_the_message_went_out(graph: Graph, phone: Phone) -> None:
    call(graph.base_url, "/sim/switches", {"send_slow_s": 2.0})
    sending = threading.Thread(target=graph.send, args=(phone.number,))
    sending.start()
    wait_until(phone.messages, timeout_s=1.9)
    assert sending.is_alive()
    sending.join()


def test_more_than_the_throughput_in_one_second_is_refused(graph: Graph, phone: Phone) -> None:
    call(graph.base_url, "/sim/switches", {"throughput_per_s": 1})
    codes = [graph.code(phone.number) for _ in range(6)]
    assert codes[0] == 0 and 130429 in codes
    call(graph.base_url, "/sim/switches", {"throughput_per_s": 0})
    assert [graph.code(phone.number) for _ in range(3)] == [0, 0, 0]


def test_only_so_many_strangers_a_day(graph: Graph, simulator: Running, phone: Phone) -> None:
    call(graph.base_url, "/sim/switches", {"new_people_a_day": 2})
    strangers = [Phone.create(simulator.base_url, str(place)).number for place in range(3)]
    template: dict[str, Any] = {
        "type": "template",
        "template": {"name": "satark_update", "language": {"code": "hi"}},
    }
    codes = [graph.code(number, **template) for number in [*strangers, strangers[0], phone.number]]
    assert codes == [0, 0, 131048, 0, 0]
    call(graph.base_url, "/sim/clock", {"offset_s": 86_400})
    assert graph.code(strangers[2], **template) == 0


@pytest.mark.parametrize(
    "wrong",
    [{"statuses": ["seen"]}, {"media_faults": ["rot"]}, {"fail_later": ["x"]}, {"status_delay_s": -1}],
)
def test_a_switch_that_means_nothing_is_refused(simulator: Running, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="HTTP 400"):
        call(simulator.base_url, "/sim/switches", wrong)
