"""How long a POST may take to come: a few that never end would otherwise hold every thread of the web process."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

COME_WITHIN_S = 20.0
"""Three megabytes over a slow line; WhatsApp itself gives up about then."""
_LOOK_EVERY_S = 1.0


class Patience:
    """Ends connections on which a POST has not come whole in time, whatever trickles in meanwhile."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, come_within_s: float = COME_WITHIN_S
    ) -> None:
        """``clock``: seconds that only grow. Its thread starts with the first POST: gunicorn forks before."""
        self._clock, self._come_within_s = clock, come_within_s
        self._waiting: dict[object, tuple[socket.socket, float]] = {}
        self._starting, self._is_looking = threading.Lock(), False

    @contextmanager
    def with_post(self, connection: object) -> Iterator[None]:
        """While a POST on this connection (a socket, or None in tests) is taken."""
        if not isinstance(connection, socket.socket):
            yield
            return
        self._start()
        ticket = object()
        self._waiting[ticket] = connection, self._clock() + self._come_within_s
        try:
            yield
        finally:
            del self._waiting[ticket]

    def look(self) -> None:
        """Whoever waits for more on an overdue connection hears that no more will come."""
        now = self._clock()
        for connection, until in list(self._waiting.values()):
            if now > until:
                with suppress(OSError):  # closed in this very moment
                    connection.shutdown(socket.SHUT_RD)

    def _start(self) -> None:
        if self._is_looking:
            return
        with self._starting:
            if not self._is_looking:
                threading.Thread(target=self._look_often, daemon=True).start()
                self._is_looking = True

    def _look_often(self) -> None:
        while True:
            time.sleep(_LOOK_EVERY_S)
            self.look()
