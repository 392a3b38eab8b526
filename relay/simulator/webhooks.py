"""Posting updates to the relay as WhatsApp does: its escaping, its signature, its stubborn retries."""

import hashlib
import hmac
import http.client
import json
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from relay.simulator.schedule import Schedule

SIGNATURE = "X-Hub-Signature-256"


def to_bytes(value: object) -> bytes:
    r"""JSON as Meta writes it: no spaces, everything beyond ASCII as lower-case \uXXXX, slashes as \/."""
    # Outside strings JSON has no slash, so the replacement touches strings only.
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode("ascii")


def signature(secret: str, body: bytes) -> str:
    """The value of X-Hub-Signature-256 for exactly these bytes."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def post_once(url: str, body: bytes, headers: Mapping[str, str], timeout_s: float) -> int | None:
    """POST and return the HTTP status; None when no answer came in time. Redirects are not followed."""
    return _request("POST", url, "", body, headers, timeout_s)[0]


def handshake(url: str, verify_token: str, challenge: str, timeout_s: float) -> tuple[int | None, bool]:
    """The subscription check: (HTTP status or None, whether the bare challenge came back)."""
    query = urlencode({"hub.mode": "subscribe", "hub.verify_token": verify_token, "hub.challenge": challenge})
    status, answer = _request("GET", url, query, None, {}, timeout_s)
    return status, answer == challenge.encode()


def _request(
    method: str, url: str, query: str, body: bytes | None, headers: Mapping[str, str], timeout_s: float
) -> tuple[int | None, bytes]:
    parts = urlsplit(url)
    target = (
        (parts.path or "/")
        + ("?" if parts.query or query else "")
        + "&".join(filter(None, (parts.query, query)))
    )
    try:
        connection = _connection(parts, timeout_s)
    except ValueError:  # no port that could be
        return None, b""
    try:
        connection.request(method, target, body, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read(65536)
    except (OSError, http.client.HTTPException):
        return None, b""
    finally:
        connection.close()


def _connection(parts: SplitResult, timeout_s: float) -> http.client.HTTPConnection:
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname or "127.0.0.1", parts.port, timeout=timeout_s)


@dataclass
class Job:
    """Bodies being posted one after another; `answers` holds the last HTTP status of each (None: no answer)."""

    bodies: Sequence[bytes]
    answers: list[int | None] = field(default_factory=list)
    attempts: int = 0
    done: threading.Event = field(default_factory=threading.Event)


@dataclass
class Counters:
    """What was posted so far. `answers` counts attempts by HTTP status, "none" for no answer."""

    attempts: int = 0
    delivered: int = 0
    given_up: int = 0
    in_flight: int = 0
    answers: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """For GET /sim/state."""
        return {
            "attempts": self.attempts, "delivered": self.delivered, "given_up": self.given_up,
            "in_flight": self.in_flight, "answers": dict(self.answers),
        }  # fmt: skip


class Poster:
    """Posts signed bodies until each is answered with 200 or the last retry has failed.

    `url`, `timeout_s` and `delays_s` may be changed while it runs and hold for what is being retried too.
    """

    def __init__(
        self,
        url: str,
        secret: str,
        retry_delays_s: Sequence[float],
        timeout_s: float,
        schedule: Schedule | None = None,
    ) -> None:
        self.url = url
        self.timeout_s = timeout_s
        self._secret = secret
        self.delays_s = tuple(retry_delays_s)
        self.schedule = schedule or Schedule()
        self._lock = threading.Lock()
        self.counters = Counters()

    def start(self, bodies: Sequence[bytes], after_s: float = 0.0) -> Job:
        """Post `bodies` one after another in the background, the first in `after_s` seconds."""
        job = Job(bodies)
        with self._lock:
            self.counters.in_flight += len(bodies)
        self.schedule.after(after_s, partial(self._attempt, job, 0))
        return job

    def raw(self, body: bytes, headers: Mapping[str, str]) -> int | None:
        """One attempt with these headers and no retry."""
        status = post_once(self.url, body, headers, self.timeout_s) if self.url else None
        with self._lock:
            self.counters.attempts += 1
            self.counters.answers["none" if status is None else str(status)] += 1
        return status

    def headers(self, body: bytes) -> dict[str, str]:
        """What goes with `body`."""
        return {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            SIGNATURE: signature(self._secret, body),
        }

    def close(self) -> None:
        """Stop retrying; what is under way is lost."""
        self.schedule.close()

    def _attempt(self, job: Job, failures: int) -> None:
        """Post the body whose turn it is, which failed so many times before, and see to what comes next."""
        body = job.bodies[len(job.answers)]
        status = self.raw(body, self.headers(body))
        job.attempts += 1
        if status != 200 and failures < len(self.delays_s):
            self.schedule.after(self.delays_s[failures], partial(self._attempt, job, failures + 1))
            return
        job.answers.append(status)
        with self._lock:
            self.counters.in_flight -= 1
            self.counters.delivered += status == 200
            self.counters.given_up += status != 200
        if len(job.answers) < len(job.bodies):
            self.schedule.after(0.0, partial(self._attempt, job, 0))
        else:
            job.done.set()
