"""A phone out of reach, and back."""

import pytest

from relay.simulator.app import Running
from relay.simulator.client import Phone, call
from tests.relay.simulator.conftest import Graph, Sink
from tests.waiting import wait_until

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check


def test_what_is_written_in_the_air_arrives_in_order_stamped_at_the_return(
    simulator: Running, sink: Sink
) -> None:
    phone = Phone.create(simulator.base_url, "A")
    phone.airplane(on=True)
    said = [phone.say(str(place)) for place in range(3)]
    assert (sink.posts, said[0]["webhook"]["posts"]) == ([], 0)
    before = int(call(simulator.base_url, "/sim/clock", {"offset_s": 7200})["now"])
    assert phone.airplane(on=False)["webhook"]["answers"] == [200] * 3
    assert [each["text"]["body"] for each in sink.messages()] == ["0", "1", "2"]
    assert [each["id"] for each in sink.messages()] == [each["message_id"] for each in said]
    assert all(int(each["timestamp"]) >= before for each in sink.messages())


def test_the_return_can_take_its_time(simulator: Running, sink: Sink) -> None:
    phone = Phone.create(simulator.base_url, "A")
    phone.airplane(on=True)
    for place in range(3):
        phone.say(str(place))
    assert phone.airplane(on=False, gap_s=0.05)["webhook"]["posts"] == 0
    wait_until(lambda: len(sink.posts) == 3)
    assert [each["text"]["body"] for each in sink.messages()] == ["0", "1", "2"]
    assert call(simulator.base_url, "/sim/state")["scheduled"] == 0


def test_a_message_to_a_phone_in_the_air_is_only_sent_and_delivered_later(
    simulator: Running, graph: Graph, sink: Sink
) -> None:
    phone = Phone.create(simulator.base_url, "A")
    phone.say("Hi")
    call(simulator.base_url, "/sim/switches", {"statuses": ["sent", "delivered", "read"]})
    phone.airplane(on=True)
    assert graph.code(phone.number, biz_opaque_callback_data="row-7") == 0
    wait_until(lambda: [each["status"] for each in sink.statuses()] == ["sent"])
    assert phone.messages() == []
    phone.airplane(on=False)
    assert [each["status"] for each in sink.statuses()] == ["sent", "delivered", "read"]
    assert {each["biz_opaque_callback_data"] for each in sink.statuses()} == {"row-7"}
    assert [each["text"] for each in phone.messages()] == ["नमस्ते"]


def test_after_thirty_days_what_waited_is_lost(simulator: Running, graph: Graph) -> None:
    phone = Phone.create(simulator.base_url, "A")
    phone.say("Hi")
    phone.airplane(on=True)
    graph.send(phone.number)
    call(simulator.base_url, "/sim/clock", {"offset_s": 30 * 86_400})
    phone.airplane(on=False)
    assert phone.messages() == []


def test_what_was_written_in_the_air_opens_the_window_only_on_return(
    simulator: Running, graph: Graph
) -> None:
    phone = Phone.create(simulator.base_url, "A")
    phone.airplane(on=True)
    phone.say("Hi")
    assert graph.code(phone.number) == 131047
    phone.airplane(on=False)
    assert graph.code(phone.number) == 0
