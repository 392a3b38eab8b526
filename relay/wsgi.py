"""What gunicorn imports: the webhook of the relay in one root folder."""

import threading
from pathlib import Path
from wsgiref.types import WSGIApplication

from relay import config, spool, webhook
from relay.events import Update
from relay.processes import Relay
from relay.spool import Spool


def app(root: str) -> WSGIApplication:
    """The WSGI application of ``root``."""
    relay = Relay(config.load(Path(root)))
    settings = webhook.WebhookSettings(relay.config.app_secret.encode(), relay.config.verify_token)
    return webhook.create_app(settings, _Store(relay).put, relay.clock)


class _Store:
    """One spool per web thread: a connection belongs to the thread that opened it."""

    def __init__(self, relay: Relay) -> None:
        self._relay, self._of_thread = relay, threading.local()
        # SQLite has one writer: threads that wait here are next in turn, those that wait in SQLite sleep by guess.
        self._turn = threading.Lock()

    def put(self, updates: list[Update], now: float) -> None:
        if not hasattr(self._of_thread, "spool"):
            self._of_thread.spool = Spool(self._relay.relay_db(), self._relay.keys, self._tag_keys)
        with self._turn:
            self._of_thread.spool.put(updates, now)

    def _tag_keys(self) -> list[tuple[int, bytes]]:
        return spool.tag_keys(self._relay.config.runtime_dir)
