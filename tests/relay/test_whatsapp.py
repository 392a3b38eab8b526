"""relay/whatsapp: what goes to the Graph API, and what each of its answers means."""

import json
import logging
import socket
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from typing import Any

import httpx
import pytest

from relay.events import Sender
from relay.whatsapp import (
    NO_CODE,
    Buttons,
    Choice,
    Damaged,
    GraphError,
    MediaGone,
    MediaInfo,
    OutcomeUnknown,
    OverLimit,
    Payload,
    Rows,
    SendError,
    StrangeHost,
    Template,
    Text,
    TooLarge,
    UrlExpired,
    WhatsApp,
    verdict,
)
from sync.errors import SatarkError, Unavailable

BY_ID = Sender("IN.4711000000000042", "")
BY_NUMBER = Sender("", "919876500042")
GRAPH = "https://graph.test"
FILE = b"\xff\xd8" + b"photo" * 40_000
INFO = MediaInfo("https://files.test:8443/a?mid=1", "image/jpeg", sha256(FILE).hexdigest(), len(FILE))

Handler = Callable[[httpx.Request], httpx.Response]


def whatsapp(handler: Handler, base_url: str = GRAPH) -> WhatsApp:
    transport = httpx.MockTransport(handler)
    hosts = ("files.test",)
    return WhatsApp(base_url, "v26.0", "token-1", "555000111222333", transport=transport, media_hosts=hosts)


def answering(status: int, body: object = None, **more: Any) -> WhatsApp:
    return whatsapp(lambda request: httpx.Response(status, json=body, **more))


def failing(error: Exception) -> WhatsApp:
    def handler(request: httpx.Request) -> httpx.Response:
        raise error

    return whatsapp(handler)


def refusal(code: object, **more: object) -> dict[str, object]:
    return {"error": {"message": "(#0) words", "type": "OAuthException", "code": code, **more}}


def sent(to: Sender, payload: Payload) -> tuple[httpx.Request, dict[str, Any]]:
    """The one request that sending makes, and its JSON."""
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"messages": [{"id": "wamid.x"}]})

    whatsapp(handler).send(to, payload, "o-17")
    [request] = seen
    return request, json.loads(request.content)


def test_a_message_goes_to_the_number_s_own_address_with_the_token() -> None:
    request, body = sent(BY_ID, Text("नमस्ते"))
    assert str(request.url) == "https://graph.test/v26.0/555000111222333/messages"
    assert request.headers["Authorization"] == "Bearer token-1"
    assert body == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "recipient": "IN.4711000000000042",
        "type": "text",
        "text": {"body": "नमस्ते", "preview_url": False},
        "biz_opaque_callback_data": "o-17",
    }


def test_a_number_is_addressed_as_to() -> None:
    body = sent(BY_NUMBER, Text("Hi"))[1]
    assert body["to"] == "919876500042"
    assert "recipient" not in body


def test_buttons_and_rows_carry_their_ids() -> None:
    choices = (Choice("v1|q1|a", "हाँ"), Choice("v1|q1|b", "नहीं"))
    interactive = sent(BY_ID, Buttons("?", choices))[1]["interactive"]
    assert interactive["action"]["buttons"][1] == {
        "type": "reply",
        "reply": {"id": "v1|q1|b", "title": "नहीं"},
    }
    rows = (Choice("1", "चोरी", "Theft"), Choice("2", "Other"))
    interactive = sent(BY_ID, Rows("?", "चुनें", rows))[1]["interactive"]
    assert interactive["action"] == {
        "button": "चुनें",
        "sections": [
            {"rows": [{"id": "1", "title": "चोरी", "description": "Theft"}, {"id": "2", "title": "Other"}]}
        ],
    }


def test_a_template_carries_its_parameters() -> None:
    template = sent(BY_ID, Template("report_update", "hi", ("JNP",)))[1]["template"]
    assert template == {
        "name": "report_update",
        "language": {"code": "hi"},
        "components": [{"type": "body", "parameters": [{"type": "text", "text": "JNP"}]}],
    }


@pytest.mark.parametrize(("payload", "opaque"), [(Text(""), "o-17"), (Text("Hi"), "")])
def test_what_whatsapp_would_refuse_is_not_even_sent(payload: Payload, opaque: str) -> None:
    with pytest.raises(OverLimit):
        failing(AssertionError("it was sent")).send(BY_ID, payload, opaque)


# The table of codes: which go together, whether another try can help, who is called, who must wait meanwhile.
RETRY, GIVE_UP = False, True
TABLE = [
    ("throughput", (130429,), RETRY, "", "all"),
    ("pair", (131056,), RETRY, "", "one"),
    ("app or account rate", (4, 80007), RETRY, "", "all"),
    ("spam limit", (131048,), RETRY, "", "all"),
    ("trouble at WhatsApp", (2, 131016, 131057, 133004), RETRY, "", "all"),
    ("something went wrong", (131000,), RETRY, "", "one"),
    ("24 hours over: template instead", (131047,), GIVE_UP, "", "one"),
    ("undeliverable", (131026,), GIVE_UP, "", "one"),
    ("marketing only", (131049, 131050, 130472), GIVE_UP, "", "one"),
    ("our bug", (131051, 131053, 100, 131008, 131009), GIVE_UP, "", "one"),
    ("file too large", (131052,), GIVE_UP, "", "one"),
    ("token, permission", (0, 190, 10, 200, 299, 131005), RETRY, "alarm", "all"),
    ("payment", (131042,), RETRY, "alarm", "all"),
    ("template missing or paused", (132001, 132015), RETRY, "alarm", "one"),
    ("template of another form", (132000, 132012, 132016), GIVE_UP, "alarm", "one"),
    ("number or account", (368, 131031, 131045, 133005, 133010, 133016), RETRY, "alarm", "all"),
    ("people of one country", (130497,), RETRY, "alarm", "one"),
    ("in no list", (1, 199, 300, 133017, 999999), GIVE_UP, "alarm", "one"),
]


@pytest.mark.parametrize(
    ("code", "permanent", "alarm", "concerns"),
    [(code, *row[2:]) for row in TABLE for code in row[1]],
    ids=[f"{row[0]}-{code}" for row in TABLE for code in row[1]],
)
def test_each_code_asks_for_its_own_action(code: int, permanent: bool, alarm: str, concerns: str) -> None:
    with pytest.raises(SendError) as caught:
        answering(400, refusal(code)).send(BY_ID, Text("Hi"), "o-17")
    error = caught.value
    assert (error.permanent, error.alarm, error.for_everyone) == (
        permanent,
        alarm == "alarm",
        concerns == "all",
    )
    assert error.code == code and error.window_closed == (code == 131047)


@pytest.mark.parametrize("status", [200, 400, 401, 404, 429])
def test_whatsapp_is_there_whatever_it_answers(status: int) -> None:
    assert answering(status, refusal(190)).is_reachable()
    assert answering(503, refusal(131016)).is_reachable()


def test_a_gateways_error_or_silence_is_not_whatsapp() -> None:
    assert not whatsapp(lambda request: httpx.Response(502, text="<html>")).is_reachable()
    assert not failing(httpx.ReadTimeout("x")).is_reachable()
    assert not failing(httpx.ConnectError("x")).is_reachable()


def test_a_template_s_button_carries_its_payload() -> None:
    template = sent(BY_ID, Template("satark_update", "hi", payloads=("read|hi|x",)))[1]["template"]
    assert template["components"] == [
        {
            "type": "button",
            "sub_type": "quick_reply",
            "index": "0",
            "parameters": [{"type": "payload", "payload": "read|hi|x"}],
        }
    ]


def test_the_words_of_an_error_decide_nothing() -> None:
    body = refusal(131026, title="Re-engagement message", error_data={"details": "131047"})
    with pytest.raises(SendError) as caught:
        answering(400, body).send(BY_ID, Text("Hi"), "o-17")
    assert not caught.value.window_closed


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_unlisted_code_passes_when_the_status_says_so(status: int) -> None:
    assert not verdict(999999, status).permanent
    assert not verdict(999999, status).alarm


@pytest.mark.parametrize("status", [301, 302, 400, 403, 404, 407])
@pytest.mark.parametrize("body", [None, [], {"error": "x"}, refusal("190"), refusal(True)])
def test_a_refusal_without_code_calls_a_technician(status: int, body: object) -> None:
    with pytest.raises(SendError) as caught:
        answering(status, body, headers={"Location": "https://elsewhere.test/"}).send(
            BY_ID, Text("Hi"), "o-17"
        )
    assert (caught.value.code, caught.value.permanent, caught.value.alarm) == (NO_CODE, False, True)


@pytest.mark.parametrize(
    "error",
    [httpx.ReadTimeout("x"), httpx.WriteError("x"), httpx.ReadError("x"), httpx.RemoteProtocolError("x")],
)
def test_a_request_nobody_answered_may_have_been_sent(error: Exception) -> None:
    with pytest.raises(OutcomeUnknown) as caught:
        failing(error).send(BY_ID, Text("Hi"), "o-17")
    assert not caught.value.permanent


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_gateway_s_error_may_hide_a_sent_message(status: int) -> None:
    with pytest.raises(OutcomeUnknown):
        whatsapp(lambda request: httpx.Response(status, text="<html>")).send(BY_ID, Text("Hi"), "o-17")


@pytest.mark.parametrize(
    "error", [httpx.ConnectError("x"), httpx.ConnectTimeout("x"), httpx.PoolTimeout("x")]
)
def test_without_a_connection_nothing_was_sent(error: Exception) -> None:
    with pytest.raises(SendError) as caught:
        failing(error).send(BY_ID, Text("Hi"), "o-17")
    assert (caught.value.permanent, caught.value.alarm) == (False, False)


def test_no_error_quotes_whom_or_what() -> None:
    for handler in (answering(400, refusal(131026)), failing(httpx.ReadTimeout("919876500042"))):
        with pytest.raises(SatarkError) as caught:
            handler.send(BY_NUMBER, Text("गुप्त"), "o-17")
        assert "919876500042" not in str(caught.value)
        assert "गुप्त" not in str(caught.value)


def test_no_library_logs_an_address_or_the_token(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(MediaGone):
        answering(400, refusal(100, error_subcode=33)).media("901")
    assert caplog.text == ""


ABOUT = {
    "url": INFO.url,
    "mime_type": "image/jpeg",
    "sha256": INFO.sha256,
    "file_size": len(FILE),
    "id": "901",
}


@pytest.mark.parametrize("size", [len(FILE), str(len(FILE))])
def test_a_file_is_described(size: object) -> None:
    asked: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, json=ABOUT | {"file_size": size})

    assert whatsapp(handler).media("901") == INFO
    assert asked == ["/v26.0/901"]


def test_an_expired_id_is_final() -> None:
    with pytest.raises(MediaGone) as caught:
        answering(400, refusal(100, error_subcode=33)).media("901")
    assert caught.value.permanent


@pytest.mark.parametrize("media_id", ["", "..", "901/../me", "a?b", "x" * 300])
def test_what_is_no_id_is_not_asked_for(media_id: str) -> None:
    with pytest.raises(MediaGone):
        failing(AssertionError("it was asked for")).media(media_id)


@pytest.mark.parametrize(("code", "alarm"), [(190, True), (4, False)])
def test_other_refusals_of_a_description_keep_their_code(code: int, alarm: bool) -> None:
    with pytest.raises(GraphError) as caught:
        answering(401, refusal(code)).media("901")
    assert (caught.value.code, caught.value.alarm, caught.value.permanent) == (code, alarm, False)


@pytest.mark.parametrize("about", [None, [], {}, ABOUT | {"url": 7}, ABOUT | {"sha256": ""}])
def test_a_description_that_lacks_something_is_asked_for_again(about: object) -> None:
    with pytest.raises(Unavailable):
        answering(200, about).media("901")


def test_a_description_nobody_answers_is_asked_for_again() -> None:
    with pytest.raises(Unavailable):
        failing(httpx.ConnectError("x")).media("901")


def test_a_file_is_deleted_by_its_id() -> None:
    asked: list[tuple[str, str]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append((request.method, request.url.path))
        return httpx.Response(200, json={"success": True})

    whatsapp(handler).delete_media("901")
    whatsapp(handler).delete_media("901/../me")
    assert asked == [("DELETE", "/v26.0/901")]


def test_a_file_that_is_not_deleted_says_why() -> None:
    with pytest.raises(GraphError):
        answering(400, refusal(100, error_subcode=33)).delete_media("901")
    with pytest.raises(Unavailable):
        failing(httpx.ConnectError("x")).delete_media("901")


def in_pieces(data: bytes) -> Iterator[bytes]:
    yield from (data[start : start + 50_000] for start in range(0, len(data), 50_000))


def serving(data: bytes, seen: list[httpx.Request] | None = None) -> WhatsApp:
    def handler(request: httpx.Request) -> httpx.Response:
        (seen if seen is not None else []).append(request)
        return httpx.Response(200, content=in_pieces(data))

    return whatsapp(handler)


@pytest.mark.parametrize("digest", [sha256(FILE).hexdigest(), b64encode(sha256(FILE).digest()).decode()])
def test_a_file_comes_in_pieces_from_where_the_description_said(digest: str) -> None:
    seen: list[httpx.Request] = []
    pieces: list[bytes] = []
    serving(FILE, seen).download(replace(INFO, sha256=digest), pieces.append, len(FILE))
    assert b"".join(pieces) == FILE
    assert len(pieces) > 1
    assert str(seen[0].url) == INFO.url
    assert seen[0].headers["Authorization"] == "Bearer token-1"


@pytest.mark.parametrize("data", [b"", FILE[:-1], FILE[:-1] + b"!"])
def test_a_file_that_is_not_what_was_announced_is_damaged(data: bytes) -> None:
    with pytest.raises(Damaged) as caught:
        serving(data).download(INFO, lambda piece: None, len(FILE))
    assert not caught.value.permanent


def test_a_file_announced_too_large_is_not_fetched() -> None:
    with pytest.raises(TooLarge) as caught:
        failing(AssertionError("it was fetched")).download(INFO, lambda piece: None, len(FILE) - 1)
    assert caught.value.permanent


def test_a_file_larger_than_announced_is_cut_off() -> None:
    taken: list[bytes] = []
    with pytest.raises(TooLarge):
        serving(FILE).download(replace(INFO, size_bytes=1), taken.append, 70_000)
    assert len(b"".join(taken)) <= 70_000


def test_an_old_address_asks_for_a_new_one() -> None:
    with pytest.raises(UrlExpired) as caught:
        answering(404).download(INFO, lambda piece: None, len(FILE))
    assert not caught.value.permanent


@pytest.mark.parametrize("status", [301, 302, 307, 401, 429, 500])
def test_a_redirect_or_any_other_answer_is_no_file(status: int) -> None:
    seen: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.host)
        return httpx.Response(status, headers={"Location": "https://elsewhere.test/"})

    with pytest.raises(Unavailable):
        whatsapp(handler).download(INFO, lambda piece: None, len(FILE))
    assert seen == ["files.test"]


def test_a_connection_lost_half_way_can_be_tried_again() -> None:
    def broken() -> Iterator[bytes]:
        yield FILE[:1000]
        raise httpx.ReadError("x")

    with pytest.raises(Unavailable):
        whatsapp(lambda request: httpx.Response(200, content=broken())).download(
            INFO, lambda piece: None, len(FILE)
        )


def test_a_sink_s_own_error_is_not_disguised() -> None:
    def full(piece: bytes) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        serving(FILE).download(INFO, full, len(FILE))


@pytest.mark.parametrize("url", ["http://files.test/a", "", "file:///etc/passwd"])
def test_the_token_never_travels_in_clear(url: str) -> None:
    unused = failing(AssertionError("it was fetched"))
    with pytest.raises(Unavailable, match="https"):
        unused.download(replace(INFO, url=url), lambda piece: None, len(FILE))


@pytest.mark.parametrize("url", ["https://a:b/", "https://\x00/"])
def test_an_address_nobody_can_read_is_asked_for_again(url: str) -> None:
    unused = failing(AssertionError("it was fetched"))
    with pytest.raises(Unavailable):
        unused.download(replace(INFO, url=url), lambda piece: None, len(FILE))


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.test/a",
        "https://files.test.evil.test/a",
        "https://sub.files.test/a",
        "https://files.test@evil.test/a",
        "https://me:secret@files.test/a",
        "https://127.0.0.1/a",
        "https://10.0.0.7/latest/meta-data",
        "https://169.254.169.254/",
        "https://[::1]/a",
        "https://localhost/a",
        "https://2130706433/a",
    ],
)
def test_a_file_is_fetched_from_no_host_that_is_not_named(url: str) -> None:
    unused = failing(AssertionError("it was fetched"))
    with pytest.raises(StrangeHost) as caught:
        unused.download(replace(INFO, url=url), lambda piece: None, len(FILE))
    assert not caught.value.permanent and "evil" not in str(caught.value)


@pytest.mark.parametrize("url", ["https://FILES.test/a", "https://graph.test/a", "https://files.test:8443/a"])
def test_a_file_is_fetched_from_named_hosts_and_that_of_the_graph(url: str) -> None:
    seen: list[httpx.Request] = []
    serving(FILE, seen).download(replace(INFO, url=url), lambda piece: None, len(FILE))
    assert len(seen) == 1


@pytest.mark.parametrize("url", ["http://files.test/a", "http://10.0.0.7/a", "https://10.0.0.7/a"])
def test_a_plain_graph_makes_no_other_host_plain(url: str) -> None:
    client = whatsapp(lambda request: httpx.Response(200, content=FILE), "http://127.0.0.1:8")
    with pytest.raises(Unavailable):
        client.download(replace(INFO, url=url), lambda piece: None, len(FILE))


def test_a_plain_address_is_taken_where_the_graph_is_plain_too() -> None:
    pieces: list[bytes] = []
    plain = replace(INFO, url="http://127.0.0.1:9/a")
    client = whatsapp(lambda request: httpx.Response(200, content=in_pieces(FILE)), "http://127.0.0.1:8")
    client.download(plain, pieces.append, len(FILE))
    client.close()
    assert b"".join(pieces) == FILE


@contextmanager
def a_server(answer: bytes) -> Iterator[str]:
    """A real server on this machine that answers one connection with these bytes, or keeps it waiting for none."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection = server.accept()[0]
            with connection:
                connection.recv(65536)
                if answer:
                    connection.sendall(answer)
                else:
                    connection.recv(1)  # until the other side gives up

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join(10)
        assert not thread.is_alive()


def test_a_real_server_that_stays_silent_leaves_the_outcome_unknown() -> None:
    with a_server(b"") as url:
        client = WhatsApp(url, "v26.0", "token-1", "555", timeout_s=0.2)
        with pytest.raises(OutcomeUnknown):
            client.send(BY_ID, Text("Hi"), "o-17")
        client.close()


def test_a_real_server_that_breaks_off_a_file_can_be_asked_again() -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(FILE)}\r\n\r\n".encode()
    with a_server(head + FILE[:1000]) as url:
        client = WhatsApp(url, "v26.0", "token-1", "555", timeout_s=5)
        with pytest.raises(Unavailable):
            client.download(replace(INFO, url=f"{url}/a"), lambda piece: None, len(FILE))
        client.close()


def test_where_no_server_is_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    client = WhatsApp(url, "v26.0", "token-1", "555", timeout_s=5)
    with pytest.raises(SendError) as caught:
        client.send(BY_ID, Text("Hi"), "o-17")
    client.close()
    assert not caught.value.permanent
