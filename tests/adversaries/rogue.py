"""A box in the hands of its police: its certificate, its keys, and a program of their own in place of ours."""

import random
import secrets
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from appliance import config
from sync import frames
from sync.errors import SatarkError
from sync.exchange import Identity, seal_message
from sync.link import Arrival, Departure, Link
from sync.messages import Acknowledgements, Message, Settled, decode
from sync.sealing import envelopes
from sync.sealing.keys import PublicSealingKey, SealingKey, SigningKey


class Rogue:
    """Makes frames that the box's own key has signed, and reads what comes for it."""

    def __init__(self, root: Path, relay: str, relay_key: PublicSealingKey, rng: random.Random) -> None:
        """``relay_key``: what the relay's hello announced."""
        self.config = config.load(root)
        signing = SigningKey((root / "keys" / "signing.key").read_bytes())
        self.identity = Identity(self.config.node_id, secrets.token_hex(8), signing)
        self._body = SealingKey((root / "keys" / "body.key").read_bytes())
        self._relay, self._relay_key, self._rng = relay, relay_key, rng

    @property
    def public(self) -> bytes:
        """The key that others seal to, which is the box's own."""
        return self._body.public.raw

    def frame(self, purpose: str, message: Message, message_id: str = "") -> tuple[str, bytes]:
        """(message id, frame) of one command, of whatever kind."""
        name = message_id or f"{self._rng.getrandbits(128):032x}"
        sealed = seal_message(self.identity, purpose, self._relay, self._relay_key, message, name)
        return name, frames.of_envelope(sealed)

    def read(self, frame: bytes) -> Message | None:
        """What a frame for the box says, as far as it is a message to its first pair of keys."""
        try:
            content = frames.read(frame)
            if not isinstance(content, bytes):
                return None
            envelope = envelopes.read(content)
            plain = envelopes.open_part(envelope, "message", envelopes.keys_by_id(self._body).get)
            return decode(envelope.header.purpose, "message", plain)
        except SatarkError:
            return None


def results(messages: Sequence[Message | None]) -> dict[str, str]:
    """Message id → result, of all acknowledgements."""
    said = [one for one in messages if isinstance(one, Acknowledgements)]
    return {ack.message_id: ack.result for one in said for ack in one.items}


def settled(messages: Sequence[Message | None]) -> list[str]:
    """``handle/number`` of every answer that is told to be over."""
    return [item for one in messages if isinstance(one, Settled) for item in one.items]


class Line:
    """The rogue's own client at the broker; it acknowledges nothing unless told to."""

    def __init__(self, rogue: Rogue, relay: str) -> None:
        """Connects at once, with the box's certificate."""
        self._relay, self._waiting, self._lock = relay, list[bytes](), threading.Lock()
        self.came: list[bytes] = []
        self._stop = threading.Event()
        self._link = Link(rogue.config.node_id, rogue.config.broker, self, time.monotonic)
        self._thread = threading.Thread(target=self._link.run, args=(self._stop,), daemon=True)
        self._thread.start()

    def send(self, *sent: bytes) -> None:
        """Puts frames onto the line."""
        with self._lock:
            self._waiting += sent

    @property
    def is_idle(self) -> bool:
        """Whether all has been handed to the broker's client."""
        with self._lock:
            return not self._waiting

    def close(self) -> None:
        """Leaves the broker."""
        self._stop.set()
        self._thread.join(30)

    def accept(self, arrivals: Sequence[Arrival]) -> None:
        """Keeps what came."""
        self.came += [one.frame for one in arrivals]

    def outgoing(self, room: int) -> Sequence[Departure]:
        """Some of what waits."""
        with self._lock:
            now, self._waiting = self._waiting[:room], self._waiting[room:]
        return [Departure(self._relay, frame) for frame in now]

    def connected(self) -> None:
        """Says nothing by itself."""
