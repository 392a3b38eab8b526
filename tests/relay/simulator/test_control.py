"""The scripting interface: what a phone does, how updates are gathered, what is refused."""

import json
import threading
import urllib.request
from typing import Any

import pytest

from relay.simulator.app import Running
from relay.simulator.client import Phone, Refused, call
from tests.relay.simulator.conftest import Graph, Sink
from tests.waiting import wait_until

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check

OPTIONS = {
    "type": "button",
    "body": {"text": "भाषा?"},
    "action": {
        "buttons": [
            {"type": "reply", "reply": {"id": f"v1|{each}", "title": each}} for each in ("हिन्दी", "English")
        ]
    },
}  # fmt: skip
ROWS = [{"id": "v1|theft", "title": "चोरी", "description": "घर, दुकान"}, {"id": "v1|other", "title": "अन्य"}]
LIST = {"type": "list", "body": {"text": "क्या?"}, "action": {"button": "चुनें", "sections": [{"rows": ROWS}]}}


@pytest.fixture
def phone(simulator: Running, graph: Graph) -> Phone:
    """A phone that was sent two buttons, then a list."""
    phone = Phone.create(simulator.base_url, "Asha")
    phone.say("Hi")
    for part in (OPTIONS, LIST):
        assert graph.code(phone.number, type="interactive", interactive=part) == 0
    return phone


def test_a_button_tap_answers_the_message_that_offered_it(phone: Phone, sink: Sink) -> None:
    offered = phone.messages()[0]["id"]
    phone.tap("English")
    message = sink.messages()[-1]
    assert message["interactive"] == {
        "type": "button_reply",
        "button_reply": {"id": "v1|English", "title": "English"},
    }
    assert message["context"]["id"] == offered


def test_a_row_tap_carries_its_description(phone: Phone, sink: Sink) -> None:
    phone.tap_place(0)
    reply = sink.messages()[-1]["interactive"]
    assert reply == {"type": "list_reply", "list_reply": ROWS[0]}


def test_an_old_message_stays_tappable(phone: Phone, graph: Graph, sink: Sink) -> None:
    stale = phone.messages()[0]["id"]
    graph.send(phone.number, type="interactive", interactive=OPTIONS)
    phone.tap("हिन्दी", message_id=stale)
    assert sink.messages()[-1]["context"]["id"] == stale


def test_what_was_never_offered_cannot_be_tapped(phone: Phone) -> None:
    with pytest.raises(Refused, match=r"404.*offers"):
        phone.tap("Deutsch")


def test_messages_come_in_order_with_their_options(phone: Phone) -> None:
    first, second = phone.messages()
    assert ([each["title"] for each in first["options"]], second["list_label"]) == (
        ["हिन्दी", "English"],
        "चुनें",
    )
    assert phone.messages(after=first["n"]) == [second]
    assert phone.wait_for(lambda message: "क्या" in message["text"]) == second
    with pytest.raises(TimeoutError):
        phone.wait_for(lambda message: True, timeout_s=0.05)


def test_files_places_and_cards_have_whatsapps_shapes(phone: Phone, sink: Sink) -> None:
    phone.photo(b"OggS", "audio/ogg; codecs=opus")
    phone.photo(b"%PDF", "application/pdf", filename="a.pdf")
    phone.photo(b"jpeg", "image/jpeg", kind="document", filename="a.jpg", caption="c")
    phone.location(25.75, 82.68, name="घर")
    phone.contact("Ravi", "+919876500000")
    voice, pdf, picture, place, card = sink.messages()[-5:]
    assert (voice["audio"]["voice"], voice["audio"]["mime_type"]) == (True, "audio/ogg; codecs=opus")
    assert (pdf["document"]["filename"], picture["document"]["caption"]) == ("a.pdf", "c")
    assert place["location"] == {"latitude": 25.75, "longitude": 82.68, "name": "घर"}
    assert card["contacts"][0]["phones"][0]["wa_id"] == "919876500000"


def test_a_photo_may_be_sent_as_raw_bytes(phone: Phone, sink: Sink) -> None:
    url = f"{phone.base_url}/sim/phones/{phone.id}/photo?caption=hello"
    request = urllib.request.Request(url, b"\x89PNG", {"Content-Type": "image/png"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert json.load(answer)["webhook"]["answers"] == [200]
    image = sink.messages()[-1]["image"]
    assert (image["mime_type"], image["caption"]) == ("image/png", "hello")


def test_a_file_above_the_limit_arrives_as_an_error(
    phone: Phone, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relay.simulator.files.LARGEST_RECEIVED_BYTES", 3)
    phone.photo(b"four")
    assert (sink.messages()[-1]["type"], sink.messages()[-1]["errors"][0]["code"]) == ("unsupported", 131052)


def ids(sink: Sink, start: int) -> list[list[str]]:
    """Message ids of each POST since `start`."""
    return [[message["id"] for message in post.messages()] for post in sink.posts[start:]]


@pytest.mark.parametrize("layout", ["messages", "changes", "entries", "mixed"])
def test_batches_and_repeats_hold_every_message_as_often_as_asked(
    phone: Phone, sink: Sink, layout: str
) -> None:
    start = len(sink.posts)
    call(phone.base_url, "/sim/deliver-mode", {"batch": 3, "duplicate": 1, "layout": layout})
    said = [phone.say(str(place)) for place in range(4)]
    assert [each["webhook"]["held"] for each in said] == [1, 2, 0, 1]
    assert call(phone.base_url, "/sim/flush", {})["webhook"]["answers"] == [200]
    wrote = [each["message_id"] for each in said]
    assert ids(sink, start) == [wrote[:3], wrote[:3], [wrote[3]] * 2]


def test_a_pause_holds_everything_and_its_end_sends_it_shuffled(phone: Phone, sink: Sink) -> None:
    start = len(sink.posts)
    call(phone.base_url, "/sim/deliver-mode", {"paused": True, "shuffle": True, "seed": 5})
    wrote = [phone.say(str(place))["message_id"] for place in range(8)]
    assert ids(sink, start) == []
    call(phone.base_url, "/sim/deliver-mode", {"paused": False})
    arrived = [each for post in ids(sink, start) for each in post]
    assert sorted(arrived) == sorted(wrote)
    assert arrived != wrote


def test_posts_can_arrive_at_the_same_time(phone: Phone, sink: Sink) -> None:
    start = len(sink.posts)

    def answer_when_both_are_there() -> None:
        wait_until(lambda: len(sink.posts) == start + 2)
        sink.gate.set()

    call(phone.base_url, "/sim/deliver-mode", {"paused": True, "concurrent": True, "duplicate": 1})
    phone.say("twice")
    sink.gate.clear()
    threading.Thread(target=answer_when_both_are_there).start()
    assert call(phone.base_url, "/sim/flush", {})["webhook"]["answers"] == [200, 200]
    assert sink.posts[start].body == sink.posts[start + 1].body


def test_a_batch_is_one_post_with_poison_among_the_messages(phone: Phone, sink: Sink) -> None:
    start, other = len(sink.posts), Phone.create(phone.base_url, "B")
    items: list[dict[str, Any]] = [
        {"phone": phone.id, "text": "a"},
        {"raw": {"id": 5, "type": []}},
        {"raw": "not even an object", "phone": phone.id},
        {"phone": other.id, "text": "b"},
        {"phone": phone.id, "tap": "English"},
    ]
    answer = call(phone.base_url, "/sim/batch", {"items": items, "repeat": 1, "shuffle": True, "seed": 3})
    [post] = sink.posts[start:]
    assert answer["webhook"]["answers"] == [200]
    assert len(post.messages()) == 10
    assert [post.messages().count(items[place]["raw"]) for place in (1, 2)] == [2, 2]
    found = [each["id"] for each in post.messages() if isinstance(each, dict) and each["id"] != 5]
    assert sorted(found) == sorted([each for each in answer["message_ids"] if each] * 2)


@pytest.mark.parametrize(("signature", "present"), [("good", True), ("bad", True), ("none", False)])
def test_raw_bytes_arrive_as_they_are(simulator: Running, sink: Sink, signature: str, present: bool) -> None:
    request = urllib.request.Request(f"{simulator.base_url}/sim/raw?signature={signature}", b'{"a": 1')
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert json.load(answer) == {"status": 200}
    assert (sink.posts[0].body, bool(sink.posts[0].signature)) == (b'{"a": 1', present)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/sim/phones", {"number": "12ab"}),
        ("/sim/phones", {"bsuid": "nonsense"}),
        ("/sim/phones", {"identity": "secret"}),
        ("/sim/phones/1/text", {"body": " "}),
        ("/sim/phones/1/file", {"base64": "!"}),
        ("/sim/phones/1/location", {"latitude": 1}),
        ("/sim/phones/9/text", {"body": "x"}),
        ("/sim/deliver-mode", {"batch": 0}),
        ("/sim/deliver-mode", {"speed": 3}),
        ("/sim/switches", {"payment": "maybe"}),
        ("/sim/switches", {"window": "ajar"}),
        ("/sim/switches", {"window": 1}),
        ("/sim/clock", {"offset_s": "later"}),
        ("/sim/batch", {"items": [{"phone": "1", "text": "a", "tap": "b"}]}),
        ("/sim/batch", {"items": [], "repeat": "often"}),
        ("/sim/templates", {"name": "n", "language": "hi", "body": "{{2}}"}),
        ("/sim/clock", [1]),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(simulator: Running, path: str, body: Any) -> None:
    Phone.create(simulator.base_url, "A")
    with pytest.raises(Refused, match=r"HTTP 40[04]: .*error"):
        call(simulator.base_url, path, body)


def test_a_number_can_be_had_only_once(simulator: Running) -> None:
    number = Phone.create(simulator.base_url, "A").number
    with pytest.raises(Refused, match="another phone has this number"):
        Phone.create(simulator.base_url, "B", number=number)
    assert number.startswith("9198765")
