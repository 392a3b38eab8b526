"""Things to be done later, by a few threads: whatever waits for its hour holds none of them."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable

Task = Callable[[], None]


class Schedule:
    """Runs tasks when they are due, up to `most_threads` at once; those due at the same time in their order."""

    def __init__(self, most_threads: int = 64) -> None:
        self._most_threads = most_threads
        self._heap: list[tuple[float, int, Task]] = []
        self._numbers = itertools.count()
        self._news = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._closed = False

    def after(self, delay_s: float, task: Task) -> None:
        """Run `task` in `delay_s` seconds; nothing happens after close."""
        with self._news:
            heapq.heappush(self._heap, (time.monotonic() + delay_s, next(self._numbers), task))
            if len(self._heap) > self._idle and len(self._threads) < self._most_threads and not self._closed:
                thread = threading.Thread(target=self._work, name="schedule", daemon=True)
                self._threads.append(thread)
                thread.start()
            self._news.notify()

    def close(self) -> None:
        """Forget what is not yet due; what runs comes to its end by itself."""
        with self._news:
            self._closed = True
            self._heap.clear()
            self._news.notify_all()

    def _work(self) -> None:
        while (task := self._next()) is not None:
            task()

    def _next(self) -> Task | None:
        with self._news:
            self._idle += 1
            try:
                while not self._closed:
                    left_s = self._heap[0][0] - time.monotonic() if self._heap else None
                    if left_s is not None and left_s <= 0:
                        return heapq.heappop(self._heap)[2]
                    self._news.wait(left_s)
                return None
            finally:
                self._idle -= 1
