"""A tap in front of Mosquitto: ends each node's TLS, begins it anew behind, and keeps in clear all that passes.

It needs the private keys of both sides, which only a test has.
"""

import asyncio
import contextlib
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from provisioning.demo.fleet import HOST, Fleet

PUBLISH = 3
_PIECE_BYTES = 64 * 1024


@dataclass(frozen=True)
class Published:
    """One MQTT PUBLISH as a node sent it."""

    topic: str
    payload: bytes


@dataclass
class Stream:
    """What went one way over one connection of a node."""

    node: str
    data: bytearray = field(default_factory=bytearray)


class Tap:
    """Runs in a thread of its own; ``sent`` by nodes, ``received`` by nodes."""

    def __init__(self, fleet: Fleet) -> None:
        """``fleet``: enrolled, its broker's papers installed."""
        self.sent, self.received = list[Stream](), list[Stream]()
        self._papers, self._broker_port = fleet.state / "broker", fleet.line.port
        self._roots = {fleet.ids[seat]: root for seat, root in fleet.roots.items()}
        self._held = set[str]()
        self._ready, self._thread = threading.Event(), threading.Thread(target=self._run, daemon=True)

    def start(self) -> int:
        """Begins to listen; gives the port."""
        self._thread.start()
        assert self._ready.wait(10)
        return self._port

    def stop(self) -> None:
        """Ends every connection and the thread."""
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    def hold(self, node: str) -> None:
        """From now on what this node sends is seen here and goes no further."""
        self._held.add(node)

    def let_go(self, node: str) -> None:
        """Hands on what was held, in its order, and all that follows."""
        self._held.discard(node)

    def published(self) -> list[Published]:
        """Every PUBLISH of every node."""
        return [one for stream in self.sent for one in publishes(bytes(stream.data))]

    def everything(self) -> bytes:
        """All bytes, both ways."""
        return b"\n".join(bytes(stream.data) for stream in (*self.sent, *self.received))

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(self._papers / "ca.pem"))
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_cert_chain(self._papers / "server.pem", self._papers / "server.key")
        server = await asyncio.start_server(self._connection, HOST, 0, ssl=context)
        self._port = int(server.sockets[0].getsockname()[1])
        self._ready.set()
        await self._over.wait()
        server.close()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        node = _common_name(writer.get_extra_info("peercert"))
        context = _as_node(self._roots[node])
        try:
            behind, before = await asyncio.open_connection(HOST, self._broker_port, ssl=context)
        except OSError:  # the broker is down: the node is to see that too
            writer.close()
            return
        sent, received = Stream(node), Stream(node)
        self.sent.append(sent)
        self.received.append(received)
        with contextlib.suppress(asyncio.CancelledError):  # the end of the tap
            await asyncio.gather(
                _pump(reader, before, sent.data, lambda: node in self._held),
                _pump(behind, writer, received.data),
            )


def publishes(data: bytes) -> Iterator[Published]:
    """Reads the PUBLISH packets out of one side of an MQTT 3.1.1 connection; a packet cut off at the end is left."""
    at = 0
    while at + 2 <= len(data):
        kind, (size, head) = data[at], _remaining_length(data, at + 1)
        packet = data[at + 1 + head : at + 1 + head + size]
        at += 1 + head + size
        if kind >> 4 == PUBLISH and at <= len(data):
            topic_bytes = int(struct.unpack_from(">H", packet)[0])
            start = 2 + topic_bytes + (2 if kind & 0b110 else 0)
            yield Published(packet[2 : 2 + topic_bytes].decode(), packet[start:])


def _remaining_length(data: bytes, at: int) -> tuple[int, int]:
    """The packet's length and how many bytes say it."""
    size = 0
    for count, byte in enumerate(data[at : at + 4]):
        size |= (byte & 127) << 7 * count
        if byte < 128:
            return size, count + 1
    return len(data), 4


def _common_name(certificate: dict[str, tuple[tuple[tuple[str, str], ...], ...]]) -> str:
    return next(value for rdn in certificate["subject"] for key, value in rdn if key == "commonName")


def _as_node(root: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(root / "tls" / "ca.pem"))
    context.load_cert_chain(root / "tls" / "cert.pem", root / "tls" / "key.pem")
    return context


async def _pump(
    source: asyncio.StreamReader,
    target: asyncio.StreamWriter,
    copy: bytearray,
    is_held: Callable[[], bool] = bool,
) -> None:
    # Either side may end at any time: so does its partner, and the nodes dial again.
    waiting = bytearray()
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        while piece := await source.read(_PIECE_BYTES):
            copy += piece
            waiting += piece
            if is_held():
                continue
            target.write(bytes(waiting))
            waiting.clear()
            await target.drain()
    target.close()
