"""What every view asks for: the desk of this thread, the clock, the role of this node, the language of this request."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from sqlite3 import Connection
from typing import cast

from flask import current_app, request, session

from appliance.desk import Desk
from appliance.rangenode import accept
from sync.catalogue import LANGUAGES
from sync.clock import Clock


class Desks:
    """One desk, and so one database connection, per thread: SQLite transactions belong to one thread at a time."""

    def __init__(self, open_one: Callable[[], Desk]) -> None:
        """``open_one`` opens a desk; it is called in each thread once, when it is first needed."""
        self._open_one = open_one
        self._of_thread = threading.local()

    def mine(self) -> Desk:
        """The desk of the calling thread."""
        if not hasattr(self._of_thread, "desk"):
            self._of_thread.desk = self._open_one()
        return cast(Desk, self._of_thread.desk)

    def range_figures(self) -> Connection:
        """The calling thread's connection to ``range.db``; only a range node has one."""
        if not hasattr(self._of_thread, "range"):
            self._of_thread.range = accept.open_range(self.mine().config.range_db)
        return cast(Connection, self._of_thread.range)


@dataclass(frozen=True)
class Site:
    """What the application was made with. ``assets``: name of a static file -> its address with its hash."""

    desks: Desks
    clock: Clock
    tls: bool
    assets: Mapping[str, str] = field(default_factory=dict)


def site() -> Site:
    """The site of the running application."""
    return cast(Site, current_app.extensions["satark"])


def desk() -> Desk:
    """The desk of this thread."""
    return site().desks.mine()


def now() -> float:
    """Seconds since the epoch, by the site's clock."""
    return site().clock()


def address() -> str:
    """Where on the LAN this request comes from."""
    return request.remote_addr or ""


def language() -> str:
    """The language of this request's pages: Hindi unless this person chose another."""
    chosen = session.get("language")
    return chosen if chosen in LANGUAGES else LANGUAGES[0]
