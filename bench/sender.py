"""The sending end of the ingest measurement: hands payloads to the broker, and for ours plays the relay's part.

It says hello so that the box has a key to answer to, and believes an acknowledgement only after checking it as a
relay does. Callbacks only queue; all work is done by the thread that calls.
"""

import queue
import time
from collections.abc import Callable, Sequence
from types import TracebackType

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from bench.reports import Report
from provisioning.demo.fleet import HOST
from sync import exchange, frames, topics
from sync.directory import Node
from sync.errors import Unavailable
from sync.exchange import Identity
from sync.messages import COMMITTED, Acknowledgements, Hello, decode
from sync.sealing import envelopes
from sync.sealing.keys import SealingKey

INFLIGHT = 100
STEP_S = 0.25


class Sender:
    """An MQTT client for one run; use as a context manager."""

    def __init__(self, port: int, name: str, inbox: str = "") -> None:
        """Connects as ``name`` to the broker on a loopback port; subscribes to ``inbox``, if any."""
        self.arrived: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self._inbox = inbox
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name)
        self._client.max_inflight_messages_set(INFLIGHT)
        self._client.on_connect = lambda client, *_: client.subscribe(inbox, qos=1) if inbox else None
        self._client.on_message = lambda _client, _data, m: self.arrived.put((m.topic, bytes(m.payload)))
        self._client.connect(HOST, port)

    def __enter__(self) -> "Sender":
        self._client.loop_start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def send(self, topic: str, payloads: Sequence[bytes]) -> None:
        """Hands payloads over at QoS 1; the client keeps INFLIGHT of them unconfirmed."""
        for payload in payloads:
            self._client.publish(topic, payload, qos=1)


class RelayPart:
    """A relay's side of the line to one box, over a Sender."""

    def __init__(self, sender: Sender, identity: Identity, box: Node) -> None:
        """``identity``: of the relay; its reply key is made here, as a relay's is."""
        self._sender, self._me, self._box = sender, identity, box
        self._key = SealingKey.generate()
        self._topic = topics.topic(box.id, identity.node)

    def greet(self, timeout_s: float) -> None:
        """Says hello until the box has answered with its own; raises Unavailable."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            self._sender.send(self._topic, [self._hello()])
            try:
                if self._open(self._sender.arrived.get(timeout=STEP_S))[0] == "hello":
                    return
            except queue.Empty:
                continue
        raise Unavailable("the box does not answer hello")

    def deliver(self, reports: Sequence[Report], timeout_s: float, goes_on: Callable[[], bool]) -> int:
        """Sends reports as fast as the broker takes them; gives how many were acknowledged within the time.

        ``goes_on``: whether there is still a box to wait for.
        """
        waiting = {report.message_id: report.hash for report in reports}
        deadline = time.monotonic() + timeout_s
        self._sender.send(self._topic, [report.frame for report in reports])
        while waiting and goes_on() and time.monotonic() < deadline:
            try:
                self._settle(self._sender.arrived.get(timeout=STEP_S), waiting)
            except queue.Empty:
                continue
        return len(reports) - len(waiting)

    def _settle(self, arrival: tuple[str, bytes], waiting: dict[str, bytes]) -> None:
        purpose, message = self._open(arrival)
        if purpose != "acknowledgement":
            return
        assert isinstance(message, Acknowledgements)
        for ack in message.items:
            if ack.result == COMMITTED and waiting.get(ack.message_id) == ack.envelope_hash:
                del waiting[ack.message_id]

    def _open(self, arrival: tuple[str, bytes]) -> tuple[str, object]:
        topic, frame = arrival
        content = frames.read(frame)
        assert isinstance(content, bytes)
        envelope = envelopes.read(content)
        envelopes.verify(envelope, self._box.verify, topics.sender_of(topic, self._me.node), self._me.node)
        purpose = envelope.header.purpose
        plain = envelopes.open_part(envelope, "message", envelopes.keys_by_id(self._key).get)
        return purpose, decode(purpose, "message", plain)

    def _hello(self) -> bytes:
        issued_at = int(time.time() * 1000)
        hello = Hello(2, self._me.run, issued_at, "0" * 16, 1, self._key.public.raw, 0, b"")
        assert self._box.body is not None
        sealed = exchange.seal_message(
            self._me, "hello", self._box.id, self._box.body, hello, f"{issued_at:032x}"
        )
        return frames.of_envelope(sealed)


def forget_session(port: int, name: str) -> None:
    """Has the broker drop a durable session, so that no later run pays for it."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=True)
    client.connect(HOST, port)
    client.loop_start()
    deadline = time.monotonic() + 5
    while not client.is_connected() and time.monotonic() < deadline:
        time.sleep(0.01)
    client.disconnect()
    client.loop_stop()
