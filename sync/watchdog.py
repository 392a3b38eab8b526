"""Tells systemd that a process is ready and making progress (sd_notify(3)); does nothing outside systemd."""

import socket
from collections.abc import Mapping


def notify(state: str, environ: Mapping[str, str]) -> bool:
    """Sends ``state`` ("READY=1", "WATCHDOG=1") to the socket named in ``environ``; False where there is none."""
    address = environ.get("NOTIFY_SOCKET")
    if not address:
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.sendto(state.encode(), "\0" + address[1:] if address.startswith("@") else address)
    return True
