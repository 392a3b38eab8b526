"""A small load client: so many keep-alive connections, each asking one address after another."""

import http.client
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles

TIMEOUT_S = 120.0


@dataclass(frozen=True)
class Target:
    """A server on loopback: https with ``context``, else plain http; ``headers`` go with every request."""

    port: int
    headers: Mapping[str, str] = field(default_factory=dict)
    context: ssl.SSLContext | None = None

    def connect(self) -> http.client.HTTPConnection:
        """One connection."""
        if self.context is None:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=TIMEOUT_S, context=self.context)


@dataclass(frozen=True)
class Times:
    """Milliseconds of each answer, and how long all of them took."""

    ms: tuple[float, ...]
    wall_s: float

    @property
    def p50(self) -> float:
        """The median."""
        return median(self.ms)

    @property
    def p95(self) -> float:
        """Nineteen of twenty were faster."""
        return quantiles(self.ms, n=20)[-1] if len(self.ms) > 1 else self.ms[0]

    @property
    def per_s(self) -> float:
        """Answers a second."""
        return len(self.ms) / self.wall_s


def ask(target: Target, paths: Sequence[str], clients: int, seconds: float, least: int = 1) -> Times:
    """Asks ``paths`` in turn for ``seconds``, each client ``least`` times at least; ChildProcessError on a refusal."""
    found: list[float] = []
    failed: list[str] = []
    ends_at = time.monotonic() + seconds

    def work(offset: int) -> None:
        connection, done = target.connect(), 0
        while (done < least or time.monotonic() < ends_at) and not failed:
            path = paths[(offset + done) % len(paths)]
            began = time.monotonic()
            connection.request("GET", path, headers=dict(target.headers))
            answer = connection.getresponse()
            answer.read()
            found.append((time.monotonic() - began) * 1000)
            if answer.status != 200:
                failed.append(f"{path}: {answer.status}")
            done += 1
        connection.close()

    began = time.monotonic()
    threads = [threading.Thread(target=work, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise ChildProcessError(failed[0])
    return Times(tuple(found), time.monotonic() - began)
