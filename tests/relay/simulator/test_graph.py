"""The Graph API: who may be written to, how often, when; statuses; files."""

import base64
import hashlib
import json
import urllib.request
from typing import Any

import pytest

from relay.simulator.app import Running
from relay.simulator.client import Phone, call
from relay.simulator.rates import BURST, PairRate
from tests.relay.simulator.conftest import LINE, TOKEN, Graph, Sink
from tests.waiting import wait_until

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check

JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"


@pytest.fixture
def phone(simulator: Running) -> Phone:
    """A phone that has written."""
    phone = Phone.create(simulator.base_url, "Asha")
    phone.say("Hi")
    return phone


def test_a_message_to_a_number_reaches_the_phone(graph: Graph, phone: Phone) -> None:
    status, answer = graph.send("+" + phone.number, "नमस्ते")
    assert (status, answer["contacts"]) == (200, [{"input": "+" + phone.number, "wa_id": phone.number}])
    [message] = phone.messages()
    assert (message["text"], message["id"]) == ("नमस्ते", answer["messages"][0]["id"])


def test_a_message_to_a_business_scoped_id_reaches_the_phone_and_names_no_number(
    graph: Graph, phone: Phone
) -> None:
    payload = {
        "messaging_product": "whatsapp",
        "recipient": phone.bsuid,
        "type": "text",
        "text": {"body": "x"},
    }
    status, answer = graph.request("POST", f"/v25.0/{LINE}/messages", payload)
    assert (status, answer["contacts"]) == (200, [{"input": phone.bsuid, "user_id": phone.bsuid}])
    assert phone.messages()[0]["text"] == "x"


def test_errors_have_metas_shape(graph: Graph, phone: Phone) -> None:
    status, answer = graph.send(phone.number, interactive={"type": "list"}, type="interactive")
    assert (status, answer["error"]["type"], answer["error"]["code"]) == (400, "OAuthException", 131008)
    assert answer["error"]["message"] == "(#131008) Required parameter is missing"
    assert answer["error"]["error_data"]["messaging_product"] == "whatsapp"


def test_a_wrong_token_is_401_with_code_190(graph: Graph, phone: Phone) -> None:
    graph.token = "other"
    status, answer = graph.send(phone.number)
    assert (status, answer["error"]["code"]) == (401, 190)


@pytest.mark.parametrize("path", [f"/25/{LINE}/messages", "/v25.0/999/messages"])
def test_a_wrong_address_is_refused(graph: Graph, path: str) -> None:
    status, answer = graph.request("POST", path, {"messaging_product": "whatsapp"})
    assert (status, answer["error"]["code"]) == (400, 100)


def test_an_unknown_recipient_is_undeliverable(graph: Graph) -> None:
    assert graph.code("919999999999") == 131026
    assert graph.code("") == 100


def test_the_window_closes_after_24_hours_and_a_template_still_passes(graph: Graph, phone: Phone) -> None:
    call(graph.base_url, "/sim/clock", {"offset_s": 86_300})
    assert graph.code(phone.number) == 0
    call(graph.base_url, "/sim/clock", {"offset_s": 86_500})
    assert graph.code(phone.number) == 131047
    template = {"name": "update", "language": {"code": "hi"}}
    assert graph.code(phone.number, type="template", template=template) == 0
    phone.say("again")
    assert graph.code(phone.number) == 0


def test_a_window_that_closes_late_takes_the_message_and_fails_it(
    graph: Graph, phone: Phone, simulator: Running, sink: Sink
) -> None:
    call(graph.base_url, "/sim/switches", {"window": "late"})
    silent = Phone.create(simulator.base_url, "B")
    assert graph.code(silent.number) == 0
    [status] = wait_until(sink.statuses)
    assert (status["status"], status["errors"][0]["code"]) == ("failed", 131047)
    assert silent.messages() == []
    silent.say("here")
    assert graph.code(silent.number) == 0 and len(silent.messages()) == 1


def test_a_phone_that_never_wrote_has_no_window(graph: Graph, simulator: Running) -> None:
    assert graph.code(Phone.create(simulator.base_url, "B").number) == 131047


def test_a_pair_has_a_burst_and_then_one_per_six_seconds(graph: Graph, phone: Phone) -> None:
    phone.say("x")
    codes = [graph.code(phone.number) for _ in range(BURST + 1)]
    assert codes == [0] * BURST + [131056]
    call(graph.base_url, "/sim/clock", {"offset_s": 6.5})
    assert [graph.code(phone.number) for _ in range(2)] == [0, 131056]
    call(graph.base_url, "/sim/switches", {"pair_rate": False})
    assert graph.code(phone.number) == 0


def test_a_clock_set_back_gives_no_messages() -> None:
    pairs = PairRate()
    assert [pairs.take("a", "b", now=100.0) for _ in range(BURST)] == [True] * BURST
    assert not pairs.take("a", "b", now=50.0)
    assert pairs.take("a", "c", now=50.0)


def test_without_payment_messages_are_refused_or_fail_later(graph: Graph, phone: Phone, sink: Sink) -> None:
    call(graph.base_url, "/sim/switches", {"payment": "refused"})
    assert graph.code(phone.number) == 131042
    call(graph.base_url, "/sim/switches", {"payment": "failed"})
    assert graph.code(phone.number) == 0
    [status] = wait_until(sink.statuses)
    assert (status["status"], status["errors"][0]["code"]) == ("failed", 131042)


def test_errors_can_be_ordered(graph: Graph, phone: Phone) -> None:
    call(graph.base_url, "/sim/switches", {"fail_next": [130429, 131000]})
    assert [graph.code(phone.number) for _ in range(3)] == [130429, 131000, 0]
    assert call(graph.base_url, "/sim/state")["sends"] == {"130429": 1, "131000": 1, "accepted": 1}


@pytest.mark.parametrize("identity", ["both", "bsuid"])
def test_statuses_follow_in_order_with_the_opaque_data(
    graph: Graph, simulator: Running, sink: Sink, identity: str
) -> None:
    call(graph.base_url, "/sim/switches", {"statuses": ["sent", "delivered", "read"]})
    phone = Phone.create(simulator.base_url, "A", identity=identity)
    phone.say("Hi")
    payload = {
        "messaging_product": "whatsapp",
        "recipient": phone.bsuid,
        "type": "text",
        "text": {"body": "x"},
    }
    graph.request("POST", f"/v25.0/{LINE}/messages", payload | {"biz_opaque_callback_data": "row-7"})
    wait_until(lambda: len(sink.statuses()) == 3)
    assert [each["status"] for each in sink.statuses()] == ["sent", "delivered", "read"]
    assert {each["biz_opaque_callback_data"] for each in sink.statuses()} == {"row-7"}
    assert {each.get("recipient_id") for each in sink.statuses()} == {
        phone.number if identity == "both" else None
    }


def test_reading_marks_earlier_messages_too_and_shows_typing(graph: Graph, phone: Phone) -> None:
    second = phone.say("more")["message_id"]
    payload = {"messaging_product": "whatsapp", "status": "read", "message_id": second}
    path = f"/v25.0/{LINE}/messages"
    assert graph.request("POST", path, payload | {"typing_indicator": {"type": "text"}}) == (
        200,
        {"success": True},
    )
    chat = call(graph.base_url, f"/sim/phones/{phone.id}/messages?all=1")
    assert ([each["status"] for each in chat["messages"]], chat["typing"]) == (["read", "read"], True)
    assert graph.request("POST", path, payload | {"message_id": "wamid.x"})[0] == 400


def test_a_file_has_an_address_for_five_minutes(graph: Graph, phone: Phone, sink: Sink) -> None:
    phone.photo(JPEG, caption="यहाँ")
    image = sink.messages()[-1]["image"]
    assert image["sha256"] == base64.b64encode(hashlib.sha256(JPEG).digest()).decode()
    about = graph.request("GET", f"/v25.0/{image['id']}")[1]
    assert (about["file_size"], about["sha256"]) == (len(JPEG), hashlib.sha256(JPEG).hexdigest())
    assert graph.request("GET", about["url"]) == (200, JPEG)
    assert graph.request("GET", about["url"], token="no")[0] == 401
    assert graph.request("GET", about["url"].replace("hash=", "hash=0"))[0] == 404
    call(graph.base_url, "/sim/clock", {"offset_s": 301})
    assert graph.request("GET", about["url"])[0] == 404
    assert graph.request("GET", graph.request("GET", f"/v25.0/{image['id']}")[1]["url"]) == (200, JPEG)


@pytest.mark.parametrize("way", ["deleted", "after seven days"])
def test_a_file_is_gone(graph: Graph, phone: Phone, sink: Sink, way: str) -> None:
    phone.photo(JPEG)
    path = f"/v25.0/{sink.messages()[-1]['image']['id']}"
    if way == "deleted":
        assert graph.request("DELETE", path) == (200, {"success": True})
    else:
        call(graph.base_url, "/sim/clock", {"offset_s": 7 * 86_400})
    status, answer = graph.request("GET", path)
    assert (status, answer["error"]["code"], answer["error"]["error_subcode"]) == (400, 100, 33)


def test_downloads_can_fail_and_be_cut(graph: Graph, phone: Phone, sink: Sink) -> None:
    phone.photo(JPEG)
    url = sink.messages()[-1]["image"]["url"]
    call(graph.base_url, "/sim/switches", {"media_not_found": 1, "media_truncate": 1})
    answers = [graph.request("GET", url) for _ in range(3)]
    assert [status for status, _ in answers] == [404, 200, 200]
    assert [body for _, body in answers[1:]] == [JPEG[: len(JPEG) // 2], JPEG]


def upload(base_url: str, data: bytes, mime: str) -> dict[str, Any]:
    """Upload a file as a form."""
    head = b'--b\r\nContent-Disposition: form-data; name="messaging_product"\r\n\r\nwhatsapp\r\n--b\r\n'
    head += (
        f'Content-Disposition: form-data; name="file"; filename="f"\r\nContent-Type: {mime}\r\n\r\n'.encode()
    )
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "multipart/form-data; boundary=b"}
    request = urllib.request.Request(
        f"{base_url}/v25.0/{LINE}/media", head + data + b"\r\n--b--\r\n", headers
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def test_an_uploaded_voice_clip_can_be_sent(graph: Graph, phone: Phone) -> None:
    media_id = upload(graph.base_url, b"OggS", "audio/ogg; codecs=opus")["id"]
    assert graph.code(phone.number, type="audio", audio={"id": media_id, "voice": True}) == 0
    [message] = phone.messages()
    assert (message["type"], message["media_id"], message["mime"]) == (
        "audio",
        media_id,
        "audio/ogg; codecs=opus",
    )


def test_approved_templates_are_filled_in_and_others_refused(graph: Graph, phone: Phone, sink: Sink) -> None:
    approved = {"name": "update", "language": "hi", "body": "नमस्ते {{1}} जी", "buttons": ["हाँ"]}
    call(graph.base_url, "/sim/templates", approved)
    body = {"type": "body", "parameters": [{"type": "text", "text": "आशा"}]}
    template = {"name": "update", "language": {"code": "hi"}, "components": [body]}
    assert graph.code(phone.number, type="template", template=template) == 0
    assert graph.code(phone.number, type="template", template=template | {"components": []}) == 132000
    assert graph.code(phone.number, type="template", template=template | {"name": "other"}) == 132001
    assert phone.messages()[0]["text"] == "नमस्ते आशा जी"
    phone.tap("हाँ")
    assert sink.messages()[-1]["button"] == {"payload": "हाँ", "text": "हाँ"}


def test_two_business_numbers_are_two_chats_with_windows_of_their_own(
    graph: Graph, simulator: Running
) -> None:
    first = Phone.create(simulator.base_url, "A")
    second = Phone.create(
        simulator.base_url, "A", number=first.number, bsuid=first.bsuid, phone_number_id="206540352242922"
    )
    second.say("Hi")
    assert graph.code(first.number) == 131047
    first.say("Hi")
    assert graph.code(first.number) == 0
    assert (len(first.messages()), len(second.messages())) == (1, 0)
