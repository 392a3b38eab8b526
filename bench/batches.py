"""Messages made durable per second when WhatsApp posts twenty at a time, as it does after an outage."""

import hmac
import http.client
import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from itertools import count
from statistics import quantiles

from bench import place as places
from bench import report, webhook
from bench.place import Place
from bench.report import Comparison, Run, Side
from bench.webhook import Server
from provisioning.demo.fleet import HOST
from provisioning.demo.world import listens
from sync.db import connect_to_read

DEFAULT_N = 20_000
MOST_N = 100_000
PER_POST = 20
NAME = "ours (relay web)"


def compare(place: Place, n: int, runs: int, say: Callable[[str], None]) -> Comparison:
    """``runs`` runs of ``n`` messages, each with a new process and an empty database; nobody to compare with."""
    webhook.make_keys(place)
    found: list[Run] = []
    for number in range(runs):
        with webhook.ours(place) as server:
            found.append(report.check(NAME, _measure(server, n), n + webhook.WARM_UP * PER_POST))
        say(f"batches {number + 1}/{runs}: {found[-1].per_s:.0f}/s")
    common = {
        "load": f"{n} signed messages of {webhook.TEXT_BYTES} bytes of text, {PER_POST} in a POST, {webhook.THREADS}"
        f" threads, plain HTTP on {HOST}; p50 and p99 are of a POST",
        "beside it": "nothing: Flask + pywa 4.5.0 answers such a POST with 200 and keeps the first message of it",
    }
    title = f"Webhook messages made durable per second, in batches of {PER_POST}"
    return Comparison(title, "/s", common, (Side(NAME, {}, tuple(found)),), {})


def _measure(server: Server, n: int) -> Run:
    ids = count()
    places.until(lambda: listens(server.port), "the server does not listen", server.process, webhook.START_S)
    warm, _ = _post_all(server, [_body(ids) for _ in range(webhook.WARM_UP)])
    places.until_quiet(server.process)
    bodies = [_body(ids) for _ in range(n // PER_POST)]
    cpu_s, started = places.cpu_s(server.process.pid), time.perf_counter()
    acked, waits_s = _post_all(server, bodies)
    took_s = time.perf_counter() - started
    cpu_ms = 1000 * (places.cpu_s(server.process.pid) - cpu_s) / n
    conn = connect_to_read(server.database)
    rows, distinct = conn.execute(server.count).fetchone()
    conn.close()
    hundredths = quantiles(waits_s, n=100)
    return Run(
        *(
            n / took_s,
            cpu_ms,
            places.rss_mb(server.process.pid),
            (warm + acked) * PER_POST,
            rows,
            rows - distinct,
        ),
        *(places.load(), 1000 * hundredths[49], 1000 * hundredths[98]),
    )


def _body(ids: "count[int]") -> bytes:
    """A POST of PER_POST messages by as many people."""
    messages = [
        {
            "from": f"9198{number % 400:08d}",
            "from_user_id": f"IN.9198{number % 400:08d}",
            "id": f"wamid.batch{number:08d}",
            "timestamp": str(1_700_000_000 + number),
            "type": "text",
            "text": {"body": (f"{number} " + "Satark " * 400)[: webhook.TEXT_BYTES]},
        }
        for _, number in zip(range(PER_POST), ids, strict=False)
    ]
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": "100"}, "messages": messages}
    return json.dumps({"entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]}).encode()


def _post_all(server: Server, bodies: Sequence[bytes]) -> tuple[int, list[float]]:
    """How many were answered 200, and how long each took."""
    shares = [bodies[start :: webhook.THREADS] for start in range(webhook.THREADS)]
    with ThreadPoolExecutor(webhook.THREADS) as pool:
        found = [one for share in pool.map(lambda share: _post_share(server, share), shares) for one in share]
    return sum(status == 200 for status, _ in found), [wait_s for _, wait_s in found]


def _post_share(server: Server, bodies: Sequence[bytes]) -> list[tuple[int, float]]:
    signed = [(body, hmac.new(server.secret.encode(), body, sha256).hexdigest()) for body in bodies]
    connection, found = http.client.HTTPConnection(HOST, server.port, timeout=20), []
    for body, signature in signed:
        started = time.perf_counter()
        connection.request("POST", server.path, body, {"X-Hub-Signature-256": f"sha256={signature}"})
        answer = connection.getresponse()
        answer.read()
        found.append((answer.status, time.perf_counter() - started))
    connection.close()
    return found
