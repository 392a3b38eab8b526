"""Stand-ins for tests: a clock that is told the time, and WhatsApp without a network."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from relay.events import Sender
from relay.whatsapp import MediaInfo, OutcomeUnknown, Payload, TooLarge, WhatsApp, check
from tests.stations import FakeClock as FakeClock


@dataclass(frozen=True)
class Sent:
    """One message that WhatsApp was asked to send."""

    to: Sender
    payload: Payload
    opaque: str


class FakeWhatsApp(WhatsApp):
    """WhatsApp without a network: keeps what was sent, holds files, fails as it is told.

    ``trouble``: what the next calls of ``send`` raise, None for one that goes through; ``media_trouble`` the same for
    ``media``, ``download_trouble`` and ``delete_trouble`` for what their names say. A message that
    raised was not sent, but for one that raised OutcomeUnknown while ``went_anyway``.
    """

    def __init__(self) -> None:
        self.number_id = "100"
        self.reachable, self.went_anyway = True, False
        self.sent: list[Sent] = []
        self.files: dict[str, bytes] = {}
        self.trouble: list[Exception | None] = []
        self.media_trouble: list[Exception] = []
        self.download_trouble: list[Exception] = []
        self.deleted: list[str] = []
        self.delete_trouble: list[Exception] = []

    def close(self) -> None:
        """Nothing is open."""

    def is_reachable(self) -> bool:
        return self.reachable

    def send(self, to: Sender, payload: Payload, opaque: str) -> None:
        check(payload)
        error = self.trouble.pop(0) if self.trouble else None
        if error is None or (self.went_anyway and isinstance(error, OutcomeUnknown)):
            self.sent.append(Sent(to, payload, opaque))
        if error is not None:
            raise error

    def media(self, media_id: str) -> MediaInfo:
        if self.media_trouble:
            raise self.media_trouble.pop(0)
        data = self.files[media_id]
        digest = b64encode(sha256(data).digest()).decode()
        return MediaInfo(f"https://files.example/{media_id}", "image/jpeg", digest, len(data))

    def delete_media(self, media_id: str) -> None:
        self.deleted.append(media_id)
        if self.delete_trouble:
            raise self.delete_trouble.pop(0)

    def download(self, info: MediaInfo, sink: Callable[[bytes], object], limit_bytes: int) -> None:
        if info.size_bytes > limit_bytes:
            raise TooLarge("a file above the limit")
        if self.download_trouble:
            raise self.download_trouble.pop(0)
        sink(self.files[info.url.rpartition("/")[2]])
