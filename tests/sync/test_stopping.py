"""A process that is told to stop ends, however often it is told."""

import signal
import subprocess
import sys

PROGRAM = """
import threading
from sync import stopping
stop = stopping.on_signal()
print("ready", flush=True)
for _ in range(300):
    threading.Thread(target=stop.wait, daemon=True).start()
stop.wait()
print("ended", flush=True)
"""


def test_many_signals_in_a_row_end_it_in_good_order() -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        for number in (signal.SIGTERM, signal.SIGINT) * 20:
            process.send_signal(number)
        assert process.stdout.readline() == "ended\n"
        assert process.wait(20) == 0
