"""What the journeys of the web process share: real gunicorn workers, and WhatsApp posting from many threads at once."""

import hmac
import http.client
import json
import os
import resource
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from provisioning.demo.fleet import HOST
from provisioning.demo.world import listens
from relay.identity import Queued
from sync import canonical
from tests.relay.builders import FakeRelay
from tests.waiting import wait_until

CLONE = Path(__file__).parents[2]
CLIENTS = 8
WORKERS = 2
START_S = 30.0
Limit = Callable[[], object]


class Web:
    """The relay's web process as ``satark relay web`` starts it."""

    def __init__(self, relay: FakeRelay) -> None:
        """``relay`` has its keys; it listens where its configuration says."""
        self.relay, (_, self.port) = relay, relay.config.listen
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, limit: Limit | None = None) -> None:
        """Both workers are up and take POSTs; ``limit`` is set on them first."""
        command = [
            sys.executable,
            "-m",
            "provisioning",
            "relay",
            "web",
            "--root",
            str(self.relay.config.root),
        ]
        with (self.relay.config.root / "web.log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=CLONE, stderr=log, preexec_fn=limit)
        wait_until(lambda: listens(self.port) and len(self.workers()) == WORKERS, START_S, "both workers")

    def stop(self) -> None:
        """As systemd does it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(START_S)
            self._process = None

    def workers(self) -> list[int]:
        """The process ids of the workers that are up."""
        assert self._process is not None
        pid = self._process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def kill_worker(self, which: int) -> None:
        """``kill -9`` of one; gunicorn will start another."""
        workers = self.workers()
        with suppress(ProcessLookupError):  # it has not been replaced yet
            os.kill(workers[which % len(workers)], signal.SIGKILL)

    def post(self, bodies: list[bytes], clients: int = CLIENTS) -> list[int]:
        """Everything from that many threads at once, each with a connection; the status of each, 0 where none came."""
        found = [0] * len(bodies)
        with ThreadPoolExecutor(clients) as pool:
            shares = pool.map(self._post_share, (bodies[start::clients] for start in range(clients)))
            for start, statuses in enumerate(shares):
                found[start::clients] = statuses
        return found

    def kept(self) -> Counter[str]:
        """The texts that are stored, opened, with how often each is."""
        rows = self.relay.conn.execute("select key_day, sealed from event").fetchall()
        texts = Counter[str]()
        for day, sealed in rows:
            key = self.relay.keys.of(day)
            assert key is not None
            queued = canonical.loads(Queued, key.open(sealed, "event"))
            assert queued.event is not None
            texts[queued.event.text] += 1
        return texts

    def _post_share(self, bodies: list[bytes]) -> list[int]:
        connection, found = http.client.HTTPConnection(HOST, self.port, timeout=20), []
        for body in bodies:
            signature = hmac.new(b"secret", body, sha256).hexdigest()
            try:
                connection.request("POST", "/webhook", body, {"X-Hub-Signature-256": f"sha256={signature}"})
                answer = connection.getresponse()
                answer.read()
                found.append(answer.status)
            except (OSError, http.client.HTTPException):
                connection.close()  # the worker was killed, or has not come back yet
                found.append(0)
        connection.close()
        return found


@contextmanager
def web_of(relay: FakeRelay) -> Iterator[Web]:
    """Not started yet; stopped at the end."""
    web = Web(relay)
    try:
        yield web
    finally:
        web.stop()


def files_of_at_most(size_bytes: int) -> Limit:
    """A limit that fails whatever would make a file larger, as a full disk does."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, resource.RLIM_INFINITY))


def message(text: str, number: int = 0, **changes: object) -> dict[str, object]:
    """A text message as WhatsApp writes it; its id is made of its text."""
    who = f"9198{number % 400:08d}"
    return {
        "from": who, "from_user_id": f"IN.{who}", "id": f"wamid.{text}", "timestamp": str(1_795_240_800 + number),
        "type": "text", "text": {"body": text},
    } | changes  # fmt: skip


def body(*messages: object) -> bytes:
    """A POST of these."""
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": "100"},
        "messages": list(messages),
    }
    return json.dumps({"entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]}).encode()
