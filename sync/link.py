"""The line to the broker: paho callbacks only queue, one thread does all the work, progress is watched.

What comes in is handed to the desk in groups, which it makes durable before it returns; only then does the broker get
its acknowledgement. What goes out is asked of the desk. The line knows nothing of messages, keys or databases.
"""

import logging
import queue
import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from sync import topics
from sync.config import Broker as Broker
from sync.errors import Unavailable

log = logging.getLogger(__name__)

GROUP_ROWS = 100
GROUP_WAIT_S = 0.015
QUEUE_ROWS = 500
UNCONFIRMED = 200
"""Frames handed to paho and not yet confirmed by the broker; beyond it nothing more is asked of the desk."""
STALL_S = 90.0
PAUSE_MAX_S = 30.0
PATIENCE_S = 600.0
"""How long the desk may be unable to work (a full disk, a locked database) before the line ends."""


@dataclass(frozen=True)
class Arrival:
    """One frame as it came: ``topic`` names the sender as the broker checked it."""

    topic: str
    frame: bytes


@dataclass(frozen=True)
class Departure:
    """One frame to send to a node."""

    recipient: str
    frame: bytes


class Desk(Protocol):
    """The program behind the line. Unavailable, raised by any of these, means: the same again in a while."""

    def accept(self, arrivals: Sequence[Arrival]) -> None:
        """Makes a group durable; when it returns, the broker may forget it."""

    def outgoing(self, room: int) -> Sequence[Departure]:
        """At most about ``room`` frames to send now."""

    def connected(self) -> None:
        """The line is up (again)."""


class Link:
    """One node's line. ``run`` works until ``stop`` is set, and raises when the line can make no progress."""

    def __init__(
        self,
        node: str,
        broker: Broker,
        desk: Desk,
        monotonic: Callable[[], float],
        *,
        poll_s: float = 0.05,
        progress: Callable[[], object] = lambda: None,
    ) -> None:
        """``monotonic`` gives seconds for the stall watch; ``progress`` is called after each round of real work."""
        self._node, self._broker, self._desk = node, broker, desk
        self._monotonic, self._poll_s, self._progress = monotonic, poll_s, progress
        self._queue: queue.Queue[mqtt.MQTTMessage | None] = queue.Queue(QUEUE_ROWS)
        self._unconfirmed: list[mqtt.MQTTMessageInfo] = []
        self._client = self._make_client()
        self._round_at = 0.0
        self.is_up, self._has_ended = threading.Event(), threading.Event()

    def run(self, stop: threading.Event) -> None:
        """The line's only working thread."""
        self._client.connect_async(self._broker.host, self._broker.port, keepalive=30)
        self._client.loop_start()
        self._round_at = self._monotonic()
        try:
            while not stop.is_set():
                self._round(stop)
                self._watch()
        finally:
            self._has_ended.set()
            self._client.disconnect()
            self._client.loop_stop()

    def _round(self, stop: threading.Event) -> None:
        group, came_up = self._collect()
        if came_up:
            self._patiently(self._desk.connected, stop)
        if group:
            arrivals = [Arrival(message.topic, bytes(message.payload)) for message in group]
            if self._patiently(lambda: self._desk.accept(arrivals), stop):
                for message in group:
                    self._client.ack(message.mid, message.qos)
        if self.is_up.is_set():
            self._patiently(self._send, stop)

    def _patiently(self, work: Callable[[], object], stop: threading.Event) -> bool:
        """Does ``work``, again and again while the desk cannot; False when stopped, raises after PATIENCE_S."""
        began, tries = self._round_at, 0
        while not stop.is_set():
            try:
                work()
                return True
            except Unavailable as error:
                if self._monotonic() - began > PATIENCE_S:
                    raise
                log.warning("the line waits: %s", error)
            stop.wait(min(PAUSE_MAX_S, 2.0**tries))
            tries += 1
            self._watch()
        return False

    def _collect(self) -> tuple[list[mqtt.MQTTMessage], bool]:
        """Waits a moment for a first item, then a shorter one for company."""
        group: list[mqtt.MQTTMessage] = []
        came_up, wait_s = False, self._poll_s
        while len(group) < GROUP_ROWS:
            try:
                item = self._queue.get(timeout=wait_s)
            except queue.Empty:
                break
            if item is None:
                came_up = True
            else:
                group.append(item)
            wait_s = GROUP_WAIT_S if self._queue.empty() and len(group) < GROUP_ROWS // 2 else 0.0001
        return group, came_up

    def _send(self) -> None:
        self._unconfirmed = [info for info in self._unconfirmed if _is_open(info)]
        room = UNCONFIRMED - len(self._unconfirmed)
        if room <= 0:
            return
        for departure in self._desk.outgoing(room):
            topic = topics.topic(departure.recipient, self._node)
            self._unconfirmed.append(self._client.publish(topic, departure.frame, qos=1))

    def _watch(self) -> None:
        """A dead paho thread leaves is_connected() true: look at the thread itself, and at the clock."""
        thread = self._client._thread
        if thread is None or not thread.is_alive():
            raise Unavailable("the MQTT thread has died", hint="The service manager starts this process anew")
        now = self._monotonic()
        if now - self._round_at > STALL_S:
            raise Unavailable(f"one round of the line took {now - self._round_at:.0f} s")
        self._progress()
        self._round_at = now

    def _make_client(self) -> mqtt.Client:
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=self._node, clean_session=False, manual_ack=True
        )
        client.max_inflight_messages_set(100)
        client.reconnect_delay_set(1, 30)
        if self._broker.ca:
            context = ssl.create_default_context(cafile=str(self._broker.ca))
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            context.load_cert_chain(str(self._broker.certificate), str(self._broker.key))
            client.tls_set_context(context)
        elif self._broker.user:
            client.username_pw_set(self._broker.user, self._broker.password)
        # An exception in a callback would kill paho's thread in silence: these three only queue and flag.
        client.on_connect = self._on_connect
        client.on_disconnect = lambda *_: self.is_up.clear()
        client.on_message = lambda _client, _data, message: self._keep(message)
        return client

    def _on_connect(
        self, client: mqtt.Client, _data: object, _flags: object, reason: object, _props: object
    ) -> None:
        if getattr(reason, "is_failure", True):
            return
        client.subscribe(topics.inbox(self._node), qos=1)
        self.is_up.set()
        self._keep(None)

    def _keep(self, item: mqtt.MQTTMessage | None) -> None:
        # Waits while the queue is full, but not for a working thread that has ended: loop_stop waits for this one.
        while not self._has_ended.is_set():
            try:
                self._queue.put(item, timeout=0.2)
            except queue.Full:
                continue
            return


def _is_open(info: mqtt.MQTTMessageInfo) -> bool:
    # A frame published as the connection broke stays in paho's own queue, but its info raises for ever.
    return info.rc == mqtt.MQTT_ERR_SUCCESS and not info.is_published()
