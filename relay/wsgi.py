"""What gunicorn imports: the webhook of the relay in one root folder.

Not by way of ``relay.processes``: what holds conversations and numbers has no place in the process that faces the
internet, and only makes it larger.
"""

import time
from functools import partial
from pathlib import Path
from wsgiref.types import WSGIApplication

from relay import config, spool, webhook
from relay.commits import Commits, Turn
from relay.config import RelayConfig
from relay.events import Update
from relay.migrations import relay_db
from relay.remembered import Remembered, RememberedKeys, look_often
from relay.spool import Spool
from sync import journal, memory
from sync.clock import Clock
from sync.db import open_db


def serve(root: str) -> WSGIApplication:
    """What a worker of gunicorn calls: the application, in a process that keeps to itself what it knows."""
    memory.hide()
    journal.start()
    journal.take_over_gunicorn()
    return app(root)


def app(root: str, clock: Clock = time.time) -> WSGIApplication:
    """The WSGI application of ``root``."""
    settings = config.load(Path(root))
    secrets = settings.secrets
    known = webhook.WebhookSettings(secrets.text("app_secret").encode(), secrets.text("verify_token"))
    return webhook.create_app(known, Commits(_Writer(settings, clock).write).put, clock)


class _Writer:
    """The spool of a process, opened at its first POST: until then its keys and its database need not be there."""

    def __init__(self, settings: RelayConfig, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._spool: Spool | None = None

    def write(self, updates: list[Update], now: float) -> None:
        if self._spool is None:
            self._spool = self._open()
        self._spool.put(updates, now)

    def _open(self) -> Spool:
        root, runtime_dir = self._settings.root, self._settings.runtime_dir
        tags = Remembered(runtime_dir / "tags", partial(spool.tag_keys, runtime_dir), self._clock)
        keys = RememberedKeys(runtime_dir, self._clock)
        look_often(keys.remembered, tags)
        return Spool(open_db(root / "relay.db", relay_db), keys, tags, Turn(root))
