"""SIGTERM and SIGINT as an event to wait for."""

import signal
import threading

SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT})


def on_signal() -> threading.Event:
    """An event that the first of SIGNALS sets; call it in the main thread before any other is started.

    The signals are blocked and awaited in a thread of their own: a handler that sets an event runs in the main thread,
    which may at that moment hold the event's own lock, and would wait for itself for ever.
    """
    stop = threading.Event()
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    threading.Thread(target=_await, args=(stop,), daemon=True).start()
    return stop


def _await(stop: threading.Event) -> None:
    while True:
        signal.sigwait(SIGNALS)
        stop.set()
