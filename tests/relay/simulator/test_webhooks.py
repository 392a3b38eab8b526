"""Bytes, signature, retries."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.simulator.app import Running
from relay.simulator.client import Phone, call
from relay.simulator.webhooks import Poster, to_bytes
from tests.relay.simulator.conftest import SECRET, Sink
from tests.waiting import wait_until

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check


@given(st.text())
def test_escaped_json_is_ascii_and_means_the_same(text: str) -> None:
    body = to_bytes({text: [text]})
    assert json.loads(body) == {text: [text]}
    assert body.isascii()
    assert body.replace(b"\\/", b"").count(b"/") == 0


def test_hindi_is_escaped_in_lower_case_and_slashes_with_a_backslash() -> None:
    assert to_bytes({"a": "झ/é"}) == b'{"a":"\\u091d\\/\\u00e9"}'


def test_the_signature_fits_the_very_bytes(simulator: Running, sink: Sink) -> None:
    Phone.create(simulator.base_url, "आशा").say("नमस्ते https://example.org/x")
    [post] = sink.posts
    expected = hmac.new(SECRET.encode(), post.body, hashlib.sha256).hexdigest()
    assert post.signature == f"sha256={expected}"
    assert b"\\u0928" in post.body
    assert b"https:\\/\\/example.org\\/x" in post.body
    assert post.messages()[0]["text"]["body"] == "नमस्ते https://example.org/x"


def test_the_message_id_holds_the_number_in_clear(simulator: Running, sink: Sink) -> None:
    phone = Phone.create(simulator.base_url, "A")
    message_id = phone.say("x")["message_id"]
    assert message_id.startswith("wamid.")
    assert phone.number.encode() in base64.b64decode(message_id.removeprefix("wamid."), validate=True)


@pytest.mark.parametrize(
    ("identity", "names_number", "names_bsuid"),
    [("both", True, True), ("bsuid", False, True), ("number", True, False)],
)
def test_the_webhook_shows_the_identity_chosen(
    simulator: Running, sink: Sink, identity: str, names_number: bool, names_bsuid: bool
) -> None:
    phone = Phone.create(simulator.base_url, "A", identity=identity)
    phone.say("x")
    [value] = sink.posts[0].values()
    [message], [contact] = value["messages"], value["contacts"]
    assert (message.get("from") == phone.number, contact.get("wa_id") == phone.number) == (names_number,) * 2
    assert (message.get("from_user_id") == phone.bsuid, contact.get("user_id") == phone.bsuid) == (
        names_bsuid,
    ) * 2
    if not names_number:
        decoded = base64.b64decode(message["id"].removeprefix("wamid."))
        assert phone.number.encode() not in sink.posts[0].body + decoded


def test_what_is_not_answered_with_200_is_sent_again(simulator: Running, sink: Sink) -> None:
    sink.answers = [500, 403]
    answer = Phone.create(simulator.base_url, "A").say("x")["webhook"]
    assert answer == {"posts": 1, "attempts": 3, "answers": [200], "settled": True, "held": 0}
    assert len({post.body for post in sink.posts}) == 1


def test_the_last_retry_is_the_end(simulator: Running, sink: Sink) -> None:
    sink.answers = [500] * 4
    assert Phone.create(simulator.base_url, "A").say("x")["webhook"]["answers"] == [500]
    webhook: dict[str, Any] = call(simulator.base_url, "/sim/state")["webhook"]
    assert (webhook["attempts"], webhook["given_up"], webhook["answers"]) == (4, 1, {"500": 4})


def test_a_relay_that_comes_back_elsewhere_gets_what_waited(sink: Sink) -> None:
    poster = Poster("http://127.0.0.1:1/", SECRET, retry_delays_s=(0.02,) * 500, timeout_s=5)
    job = poster.start([b"{}"])
    wait_until(lambda: job.attempts > 2)
    poster.url = sink.url
    assert job.done.wait(10)
    assert (job.answers, sink.posts[0].body) == ([200], b"{}")


def test_a_call_comes_back_although_the_relay_hangs(simulator: Running, sink: Sink) -> None:
    sink.gate.clear()
    answer = Phone.create(simulator.base_url, "A").say("x")["webhook"]
    assert (answer["settled"], answer["answers"]) == (False, [])
    sink.gate.set()
    wait_until(lambda: call(simulator.base_url, "/sim/state")["webhook"]["delivered"] == 1)


def test_the_handshake_needs_the_right_token(simulator: Running) -> None:
    assert call(simulator.base_url, "/sim/handshake", {}) == {"status": 200, "ok": True}
    assert call(simulator.base_url, "/sim/handshake", {"verify_token": "no"}) == {"status": 403, "ok": False}
