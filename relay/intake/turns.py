"""Whose turn it is: people who wait are taken one thing each in turn, so that nobody's flood delays the others.

What one person did stays in its order. Only numbers of rows and who they are of are remembered, in memory: who waits
with much waits behind everybody's next thing, and a restart begins with what lies on disk.
"""

import sqlite3
from collections import OrderedDict, deque
from heapq import heappop, heappush

from relay import spool
from relay.events import Sender
from relay.identity import IntakeKeys
from relay.spool import Item

LOOK_ROWS = 200
"""As many new rows are looked at before each step."""
MOST_ROWS = 20_000
"""As many waiting rows are known at a time; those behind them wait until there is room."""


class Turns:
    """The order of what waits in the spool; for one thread."""

    def __init__(self, conn: sqlite3.Connection, keys: IntakeKeys) -> None:
        """``conn``: of relay.db, this thread's own."""
        self._conn, self._keys = conn, keys
        self._lanes: OrderedDict[Sender, deque[int]] = OrderedDict()
        self._nobodys, self._is_nobodys_turn = deque[int](), True
        self._moved: dict[Sender, Sender] = {}
        self._known, self._highest = set[int](), list[int]()

    def next(self) -> Item | None:
        """The thing to take now: the same again until ``done``. None when nothing waits."""
        self._look()
        while lane := self._lane():
            item = spool.item(self._conn, self._keys, lane[0])
            if item is not None:
                return item
            self.done()
        return None

    def done(self) -> None:
        """It was taken, or set aside: whose it was goes behind all others."""
        lane = self._lane()
        self._known.discard(lane.popleft())
        if lane is self._nobodys:
            self._is_nobodys_turn = False
            return
        self._is_nobodys_turn = True
        sender, _ = self._lanes.popitem(last=False)
        if lane:
            self._lanes[sender] = lane
        elif self._moved:
            self._moved = {new: old for new, old in self._moved.items() if old != sender}

    def _lane(self) -> deque[int]:
        """Whose turn it is; statuses of messages, which are nobody's, have every second one."""
        if self._nobodys and (self._is_nobodys_turn or not self._lanes):
            return self._nobodys
        return next(iter(self._lanes.values()), self._nobodys)

    def _look(self) -> None:
        most = min(LOOK_ROWS, MOST_ROWS - len(self._known))
        for item in spool.waiting(self._conn, self._keys, self._newest(), most):
            self._known.add(item.id)
            heappush(self._highest, -item.id)
            self._lane_for(item).append(item.id)

    def _newest(self) -> int:
        """The highest number of those that wait: SQLite gives that of a row which is gone to another."""
        while self._highest and -self._highest[0] not in self._known:
            heappop(self._highest)
        return -self._highest[0] if self._highest else 0

    def _lane_for(self, item: Item) -> deque[int]:
        """That of its sender; who has a new number stays behind the word of it."""
        sender = item.queued.sender if item.queued else None
        if sender is None:
            return self._nobodys
        sender = self._moved.get(sender, sender)
        event = item.queued.event if item.queued else None
        if event is not None and event.moved_to is not None:
            self._moved[event.moved_to] = sender
        return self._lanes.setdefault(sender, deque())
