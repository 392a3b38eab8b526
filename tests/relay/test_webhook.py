"""relay/webhook: WhatsApp is believed only with its signature, and answered 200 only once its updates are stored."""

import hmac
import json
import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from relay.events import Update
from relay.webhook import LARGEST_BODY_BYTES, SIGNATURE, WebhookSettings, create_app, is_signed
from sync.errors import ConfigError, Unavailable

BODIES = Path(__file__).parent / "bodies"
SECRET = b"app-secret"
TOKEN = "verify-me"
NOW = 1_795_240_805.5


@dataclass
class Shelf:
    """A store that keeps what it is given, or fails as it is told."""

    fault: Exception | None = None
    kept: list[tuple[list[Update], float]] = field(default_factory=list)

    def store(self, updates: list[Update], now: float) -> None:
        if self.fault:
            raise self.fault
        self.kept.append((updates, now))


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def client(shelf: Shelf) -> FlaskClient:
    return create_app(WebhookSettings(SECRET, TOKEN), shelf.store, lambda: NOW).test_client()


def signature(body: bytes, secret: bytes = SECRET) -> str:
    return "sha256=" + hmac.new(secret, body, sha256).hexdigest()


def post(client: FlaskClient, body: bytes, header: str | None = None) -> TestResponse:
    """POST with the right signature, or with `header` in its place."""
    headers = {SIGNATURE: signature(body) if header is None else header}
    return client.post("/webhook", data=body, headers=headers, content_type="application/json")


def as_meta_writes(name: str) -> bytes:
    r"""A golden body with everything beyond ASCII as \uXXXX and slashes as \/."""
    value = json.loads((BODIES / f"{name}.json").read_bytes())
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode()


def handshake(client: FlaskClient, **changes: str) -> TestResponse:
    asked = {"hub.mode": "subscribe", "hub.verify_token": TOKEN, "hub.challenge": "1158201444"}
    return client.get(
        "/webhook", query_string={name: value for name, value in (asked | changes).items() if value}
    )


def test_the_handshake_gives_the_bare_challenge(client: FlaskClient) -> None:
    answer = handshake(client)
    assert (answer.status_code, answer.data, answer.mimetype) == (200, b"1158201444", "text/plain")


@pytest.mark.parametrize(
    "changes",
    [
        {"hub.verify_token": "wrong"}, {"hub.verify_token": ""}, {"hub.verify_token": "सही"},
        {"hub.mode": "unsubscribe"}, {"hub.mode": ""}, {"hub.challenge": ""},
    ],
)  # fmt: skip
def test_any_other_handshake_is_refused(client: FlaskClient, changes: dict[str, str]) -> None:
    answer = handshake(client, **changes)
    assert answer.status_code == 403
    assert b"1158201444" not in answer.data


def test_a_signed_body_is_stored_and_answered(client: FlaskClient, shelf: Shelf) -> None:
    answer = post(client, as_meta_writes("statuses_and_messages"))
    assert (answer.status_code, answer.data) == (200, b"")
    [(updates, now)] = shelf.kept
    assert [update.event.kind for update in updates] == ["text", "text", "status"]
    assert now == NOW


def test_the_signature_is_over_the_escaped_bytes_themselves(client: FlaskClient, shelf: Shelf) -> None:
    body = as_meta_writes("text")
    assert b"\\u0915" in body
    assert b"\\/" in body
    assert post(client, body).status_code == 200
    assert shelf.kept[0][0][0].event.text == "कल रात चोरी हुई / a theft"
    rewritten = json.dumps(json.loads(body), ensure_ascii=False).encode()
    assert post(client, rewritten, signature(body)).status_code == 403


BODY = as_meta_writes("text")


@pytest.mark.parametrize(
    "header",
    [
        "", "sha256=", "sha256=" + "0" * 64, signature(BODY)[7:], signature(BODY)[:-1], signature(BODY) + "0",
        signature(BODY, b"other"), signature(BODY).upper(), "sha1=" + signature(BODY)[7:], "sha256=é" * 9,
    ],
)  # fmt: skip
def test_a_wrong_signature_stores_nothing(client: FlaskClient, shelf: Shelf, header: str) -> None:
    assert post(client, BODY, header).status_code == 403
    assert shelf.kept == []


def post_in_chunks(client: FlaskClient, body: bytes, header: str) -> int:
    """A POST that tells no length beforehand: it goes the long way, through Flask."""
    environ = {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    headers = {SIGNATURE: header, "Transfer-Encoding": "chunked"}
    return client.post(
        "/webhook", input_stream=BytesIO(body), headers=headers, environ_overrides=environ
    ).status_code


def test_both_ways_through_answer_alike(client: FlaskClient, shelf: Shelf) -> None:
    for body, header, status in ((BODY, signature(BODY), 200), (BODY, signature(b""), 403), (BODY, "", 403)):
        assert post(client, body, header).status_code == status
        assert post_in_chunks(client, body, header) == status
    assert len(shelf.kept) == 2
    assert shelf.kept[0] == shelf.kept[1]
    shelf.fault = OSError(28, "x")
    assert post(client, BODY).status_code == post_in_chunks(client, BODY, signature(BODY)) == 503


def test_both_ways_through_send_the_same_headers(client: FlaskClient) -> None:
    short, long = post(client, BODY), client.get("/healthz")
    assert short.headers["X-Content-Type-Options"] == long.headers["X-Content-Type-Options"] == "nosniff"
    assert short.mimetype == long.mimetype == "text/plain"


@pytest.mark.parametrize("length", ["", "-5", "1e3", "x", "9" * 30, "+7"])
def test_a_length_that_is_none_stores_nothing(client: FlaskClient, shelf: Shelf, length: str) -> None:
    answer = client.post(
        "/webhook",
        data=BODY,
        headers={SIGNATURE: signature(BODY)},
        environ_overrides={"CONTENT_LENGTH": length},
    )
    assert answer.status_code in (400, 403, 413)
    assert shelf.kept == []


class Flood(BytesIO):
    """A body that is never whole in memory unless somebody asks for all of it."""

    most_asked = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.most_asked = max(self.most_asked, LARGEST_BODY_BYTES * 9 if size is None or size < 0 else size)
        return super().read(size)


@pytest.mark.parametrize("zeros", [2, 9, 30])
def test_a_large_length_behind_zeros_is_no_small_one(client: FlaskClient, shelf: Shelf, zeros: int) -> None:
    flood = Flood(b"x" * (LARGEST_BODY_BYTES + 1))
    length = "0" * zeros + str(len(flood.getbuffer()))
    answer = client.post("/webhook", input_stream=flood, environ_overrides={"CONTENT_LENGTH": length})
    assert (answer.status_code, shelf.kept) == (413, [])
    assert flood.most_asked <= LARGEST_BODY_BYTES


@pytest.mark.parametrize("path", ["/", "/webhook/", "/webhookx", "/healthz"])
def test_nothing_is_taken_at_another_address(client: FlaskClient, shelf: Shelf, path: str) -> None:
    answer = client.post(path, data=BODY, headers={SIGNATURE: signature(BODY)})
    assert answer.status_code in (404, 405)
    assert shelf.kept == []


def test_a_missing_signature_stores_nothing(client: FlaskClient, shelf: Shelf) -> None:
    assert client.post("/webhook", data=BODY).status_code == 403
    assert shelf.kept == []


@given(st.binary(max_size=200), st.integers(0, 255), st.data())
def test_a_signature_holds_for_no_other_bytes(body: bytes, byte: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(body)))
    other = body[:place] + bytes([byte]) + body[place:]
    assert is_signed(body, signature(body), SECRET)
    assert not is_signed(other, signature(body), SECRET)


@pytest.mark.parametrize(
    "fault",
    [
        Unavailable("no intake key yet"),
        sqlite3.OperationalError("disk full"),
        OSError(28, "x"),
        KeyError("919876500042"),
    ],
)
def test_what_was_not_stored_is_asked_for_again(
    client: FlaskClient, shelf: Shelf, fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    shelf.fault = fault
    with caplog.at_level(logging.DEBUG):
        assert post(client, BODY).status_code == 503
    assert type(fault).__name__ in caplog.text
    assert "919876500042" not in caplog.text
    shelf.fault = None
    assert post(client, BODY).status_code == 200
    assert len(shelf.kept) == 1


def test_nothing_of_a_body_or_a_header_is_logged(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        post(client, BODY)
        post(client, BODY, "sha256=" + "0" * 64)
        handshake(client, **{"hub.verify_token": "wrong"})
    assert caplog.text == ""


def test_a_body_beyond_what_whatsapp_promises_is_refused_unread(client: FlaskClient, shelf: Shelf) -> None:
    assert post(client, b"x" * (LARGEST_BODY_BYTES + 1)).status_code == 413
    assert shelf.kept == []


def test_a_body_of_three_mebibytes_is_taken(client: FlaskClient, shelf: Shelf) -> None:
    body = BODY + b" " * (3 * 1024 * 1024 - len(BODY))
    assert post(client, body).status_code == 200
    assert len(shelf.kept[0][0]) == 1


def test_more_updates_than_whatsapp_promises_are_all_stored(client: FlaskClient, shelf: Shelf) -> None:
    entry = json.loads(BODY)["entry"][0]
    assert post(client, json.dumps({"entry": [entry] * 1500}).encode()).status_code == 200
    assert len(shelf.kept[0][0]) == 1500


@pytest.mark.parametrize("body", [b"", b"not json", b"[" * 100_000, b"\xff\xfe", b"{}", b'"\\ud83d"'])
def test_a_signed_body_nobody_can_read_is_kept(client: FlaskClient, shelf: Shelf, body: bytes) -> None:
    assert post(client, body).status_code == 200
    assert [update.event.kind for update in shelf.kept[0][0]] == ["unknown"]


def test_a_body_is_read_as_bytes_whatever_type_it_claims(client: FlaskClient, shelf: Shelf) -> None:
    headers = {SIGNATURE: signature(BODY)}
    for claimed in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"):
        assert client.post("/webhook", data=BODY, headers=headers, content_type=claimed).status_code == 200
    assert len(shelf.kept) == 3


def test_health_is_told_without_touching_the_store(client: FlaskClient, shelf: Shelf) -> None:
    shelf.fault = OSError("no disk")
    assert client.get("/healthz").data == b"ok"


def test_no_answer_sets_a_cookie(client: FlaskClient) -> None:
    asks: list[Callable[[], TestResponse]] = [
        lambda: post(client, BODY), lambda: handshake(client), lambda: client.get("/healthz"),
    ]  # fmt: skip
    assert [ask().headers.get("Set-Cookie") for ask in asks] == [None] * 3


@pytest.mark.parametrize(("secret", "token"), [(b"", TOKEN), (SECRET, "")])
def test_an_empty_secret_is_refused_at_the_start(secret: bytes, token: str) -> None:
    with pytest.raises(ConfigError, match="empty"):
        WebhookSettings(secret, token)
