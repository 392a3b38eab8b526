"""A little webhook that writes down what reached it, and a simulator that posts there."""

import http.server
import json
import random
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from relay.simulator.app import Running, serve
from relay.simulator.config import Config

TOKEN = "token-of-the-test"
SECRET = "secret-of-the-test"
VERIFY = "verify-of-the-test"
LINE = "106540352242922"


@dataclass
class Received:
    """One POST as it arrived."""

    body: bytes
    signature: str | None

    def values(self) -> list[dict[str, Any]]:
        """Every value of every change."""
        return [change["value"] for entry in json.loads(self.body)["entry"] for change in entry["changes"]]

    def messages(self) -> list[Any]:
        """Every message of every value."""
        return [message for value in self.values() for message in value.get("messages", [])]


@dataclass
class Sink:
    """The webhook: answers with `answers` in turn, then 200; waits for `gate` before each answer."""

    url: str = ""
    posts: list[Received] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)

    def messages(self) -> list[Any]:
        """Every message of every POST."""
        return [message for post in self.posts for message in post.messages()]

    def statuses(self) -> list[dict[str, Any]]:
        """Every status of every POST."""
        return [each for post in self.posts for value in post.values() for each in value.get("statuses", [])]


class _Handler(http.server.BaseHTTPRequestHandler):
    server: "_Server"

    def do_POST(self) -> None:
        """Write it down and answer as told."""
        sink = self.server.sink
        body = self.rfile.read(int(self.headers["Content-Length"]))
        sink.posts.append(Received(body, self.headers.get("X-Hub-Signature-256")))
        sink.gate.wait(20)
        self.send_response(sink.answers.pop(0) if sink.answers else 200)
        self.end_headers()

    def do_GET(self) -> None:
        """The handshake."""
        asked = parse_qs(urlsplit(self.path).query)
        right = asked["hub.mode"] == ["subscribe"] and asked["hub.verify_token"] == [VERIFY]
        self.send_response(200 if right else 403)
        self.end_headers()
        self.wfile.write(asked["hub.challenge"][0].encode() if right else b"no")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        super().__init__(("127.0.0.1", 0), _Handler)


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A webhook on a port of its own."""
    sink = Sink()
    sink.gate.set()
    server = _Server(sink)
    sink.url = f"http://127.0.0.1:{server.server_port}/webhook"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield sink
    sink.gate.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def config(sink: Sink, rng: random.Random) -> Config:
    """Settings of the simulator under test: quick retries, no statuses."""
    return Config(
        webhook_url=sink.url,
        app_secret=SECRET,
        verify_token=VERIFY,
        access_token=TOKEN,
        phone_number_ids=(LINE, "206540352242922"),
        retry_delays_s=(0.01, 0.02, 0.05),
        wait_s=3.0,
        statuses=(),
        seed=rng.randrange(2**32),
    )


@pytest.fixture
def simulator(config: Config) -> Iterator[Running]:
    """A simulator posting to `sink`."""
    running = serve(config)
    yield running
    running.close()


@dataclass
class Graph:
    """A minimal relay: speaks to the Graph API and gives (HTTP status, JSON or bytes)."""

    base_url: str
    token: str = TOKEN

    def request(self, method: str, path: str, body: Any = None, token: str | None = None) -> tuple[int, Any]:
        """One request; `path` may be a full address."""
        url = path if path.startswith("http") else self.base_url + path
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            url, data, headers | {"Content-Type": "application/json"}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, _decoded(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _decoded(error.read())

    def send(self, to: str, body: str = "नमस्ते", **more: Any) -> tuple[int, Any]:
        """A text message."""
        payload = {"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": body}} | more
        return self.request("POST", f"/v25.0/{LINE}/messages", payload)

    def code(self, to: str, body: str = "नमस्ते", **more: Any) -> int:
        """The error code of sending, 0 when it was accepted."""
        status, answer = self.send(to, body, **more)
        return 0 if status == 200 else int(answer["error"]["code"])


def _decoded(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return data


@pytest.fixture
def graph(simulator: Running) -> Graph:
    """The Graph API of the simulator."""
    return Graph(simulator.base_url)


ARGUMENTS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
    # A microphone that hums, and no question whether the page may hear it.
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A screen of a phone's size, without memories."""
    page = browser.new_page(viewport={"width": 400, "height": 800})
    yield page
    page.close()
