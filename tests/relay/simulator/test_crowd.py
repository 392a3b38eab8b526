"""Thousands of phones by few calls; how large a POST may be; delays."""

import threading
import time

import pytest

from relay.simulator.app import Running
from relay.simulator.client import Crowd, Phone, Refused, call
from relay.simulator.config import Config, Line
from relay.simulator.delivery import LARGEST_BODY_BYTES, Mode, Outlet, Packing
from relay.simulator.people import People
from relay.simulator.phone import Shown
from relay.simulator.schedule import Schedule
from relay.simulator.updates import Update
from relay.simulator.webhooks import Poster
from tests.relay.simulator.conftest import Graph, Sink
from tests.waiting import wait_until

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check


def test_a_crowd_writes_in_full_posts_several_at_once(simulator: Running, sink: Sink) -> None:
    crowd = Crowd.gather(simulator.base_url, 300, identity="bsuid")
    acts = [{"phone": phone.id, "text": str(place)} for place, phone in enumerate(crowd.phones)]
    done = crowd.act(acts, batch=100, lanes=3, layout="messages")
    assert (done["webhook"]["answers"], len(done["message_ids"])) == ([200] * 3, 300)
    assert [len(post.messages()) for post in sink.posts] == [100] * 3
    assert {each["from_user_id"] for each in sink.messages()} == {phone.bsuid for phone in crowd.phones}


def test_what_one_of_a_crowd_cannot_do_keeps_nobody_else_from_it(simulator: Running, sink: Sink) -> None:
    crowd = Crowd.gather(simulator.base_url, 3)
    acts = [
        {"phone": phone.id, "text": text} for phone, text in zip(crowd.phones, ["a", " ", "b"], strict=True)
    ]
    done = crowd.act(acts)
    assert (list(done["errors"]), [len(ids) for ids in done["message_ids"]]) == (["1"], [1, 0, 1])
    assert [each["text"]["body"] for each in sink.messages()] == ["a", "b"]


def test_all_that_reached_the_crowd_is_heard_once_and_in_order(simulator: Running, graph: Graph) -> None:
    crowd = Crowd.gather(simulator.base_url, 5)
    crowd.act([{"phone": phone.id, "text": "Hi"} for phone in crowd.phones])
    for phone in crowd.phones:
        assert graph.code(phone.number, f"to {phone.id}") == 0
    heard = crowd.wait_until_heard(5)
    assert [(each["phone"], each["text"]) for each in heard] == [(p.id, f"to {p.id}") for p in crowd.phones]
    assert crowd.heard() == []
    with pytest.raises(TimeoutError, match="only 0 of 1"):
        crowd.wait_until_heard(1, timeout_s=0.05)


def test_repeats_and_shuffles_reach_a_crowd_too(simulator: Running, sink: Sink) -> None:
    crowd = Crowd.gather(simulator.base_url, 40)
    acts = [{"phone": phone.id, "text": "x"} for phone in crowd.phones]
    done = crowd.act(acts, repeat=2, shuffle=True, seed=4, batch=50)
    wrote = [message_id for ids in done["message_ids"] for message_id in ids]
    arrived = [each["id"] for each in sink.messages()]
    assert sorted(arrived) == sorted(wrote * 3) and arrived != wrote * 3


@pytest.mark.parametrize("packing", [{"batch": 1001}, {"lanes": 0}, {"layout": "heap"}, {"repeat": -1}])
def test_a_packing_that_cannot_be_is_refused(simulator: Running, packing: dict[str, object]) -> None:
    with pytest.raises(Refused, match="HTTP 400"):
        Crowd(simulator.base_url, []).act([], **packing)
    with pytest.raises(Refused, match="n is 1 to"):
        Crowd.gather(simulator.base_url, 0)


def test_a_post_is_never_larger_than_three_megabytes(sink: Sink) -> None:
    outlet = Outlet(Poster(sink.url, "s", (), 20.0), seed=1)
    line = Line("1", "2")
    updates = [Update(line, "messages", {"id": str(place), "text": "x" * 30_000}) for place in range(250)]
    for job in outlet.send_packed(updates, Packing(layout="messages")):
        assert job.done.wait(20)
    outlet.poster.close()
    assert all(len(post.body) <= LARGEST_BODY_BYTES for post in sink.posts)
    assert [each["id"] for each in sink.messages()] == [str(place) for place in range(250)]
    assert len(sink.posts) < 8


def test_posts_set_out_at_different_moments_when_delayed(simulator: Running, sink: Sink) -> None:
    phone = Phone.create(simulator.base_url, "A")
    call(simulator.base_url, "/sim/deliver-mode", {"paused": True, "concurrent": True, "seed": 2})
    wrote = [phone.say(str(place))["message_id"] for place in range(12)]
    answer = call(simulator.base_url, "/sim/deliver-mode", {"paused": False, "delay_s": 0.6})
    assert answer["webhook"]["answers"] == [200] * 12
    arrived = [each["id"] for each in sink.messages()]
    assert sorted(arrived) == sorted(wrote) and arrived != wrote
    assert Mode().changed({"delay_s": 2}).delay_s == 2


def test_an_answer_that_takes_too_long_counts_as_none_and_is_tried_again(
    simulator: Running, sink: Sink
) -> None:
    call(simulator.base_url, "/sim/webhook", {"answer_timeout_s": 0.1})
    sink.gate.clear()
    said = Phone.create(simulator.base_url, "A").say("x")
    assert (said["webhook"]["answers"], said["webhook"]["attempts"]) == ([None], 4)
    assert call(simulator.base_url, "/sim/state")["webhook"]["answers"] == {"none": 4}


def test_retries_can_be_set_while_it_runs(simulator: Running, sink: Sink) -> None:
    assert call(simulator.base_url, "/sim/webhook", {"retry_delays_s": [0.01] * 6})["url"] == sink.url
    sink.answers = [500] * 6
    assert Phone.create(simulator.base_url, "A").say("x")["webhook"]["attempts"] == 7
    with pytest.raises(Refused, match="list of seconds"):
        call(simulator.base_url, "/sim/webhook", {"retry_delays_s": [-1]})


def test_a_message_is_found_without_asking_every_phone(simulator: Running) -> None:
    people = People(Config().lines(), simulator.world.rng)
    line = Config().lines()[0]
    crowd = [people.create({"label": str(place)}) for place in range(2000)]
    for phone in crowd:
        phone.add(f"m{phone.id}", "phone", 0.0, Shown("text"))
    started = time.perf_counter()
    found = [people.by_message(line, f"m{phone.id}") for phone in crowd]
    assert time.perf_counter() - started < 1.0  # phone by phone it takes several
    assert [each[0].id for each in found if each] == [phone.id for phone in crowd]


def test_tasks_run_when_due_and_a_stuck_one_holds_up_nobody() -> None:
    schedule, ran, gate = Schedule(most_threads=8), list[str](), threading.Event()

    def hang() -> None:
        gate.wait(10)

    schedule.after(0.0, hang)
    schedule.after(0.15, lambda: ran.append("late"))
    schedule.after(0.05, lambda: ran.append("early"))
    wait_until(lambda: ran == ["early", "late"])
    gate.set()
    schedule.close()
    schedule.after(0.0, lambda: ran.append("after the end"))
    assert ran == ["early", "late"]
