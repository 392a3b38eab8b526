"""What an event is: all that the relay keeps of what WhatsApp posts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sender:
    """Who wrote; lives only inside relay/. ``phone`` (digits) is empty where a business-scoped ``user_id`` came."""

    user_id: str
    phone: str


@dataclass(frozen=True)
class MediaRef:
    """A file at WhatsApp. ``sha256`` is base64 as WhatsApp writes it; ``voice`` says recorded in the chat."""

    media_id: str
    mime: str
    sha256: str
    caption: str
    voice: bool


@dataclass(frozen=True)
class Event:
    """One thing that happened. Which fields are filled depends on ``kind``:

    ``text``; ``tap`` (``choice`` is the id of the button or row, ``text`` its title); ``photo``, ``voice``, ``audio``,
    ``video``, ``document``, ``sticker`` (always with ``media``, the caption also in ``text``); ``location`` (degrees
    times 100,000); ``contacts`` (refused, nothing kept); ``reaction`` (``text`` is the emoji, "" when taken back);
    ``status`` (``status`` is sent, delivered, read or failed, ``opaque`` our own id); ``moved`` (``sender`` is now
    ``moved_to``); ``unsupported`` (WhatsApp could not tell us, or told us something to ignore; ``error_code`` says
    why); ``unknown`` (``text`` is JSON of what came, which may name people: never forward it).
    An event without a sender is answered to nobody.
    """

    kind: str
    number_id: str
    """The ``phone_number_id`` it came to."""
    sender: Sender | None
    at_s: int
    """WhatsApp's time stamp, seconds since the epoch; 0 when unreadable."""
    text: str = ""
    choice: str = ""
    media: MediaRef | None = None
    latitude_e5: int | None = None
    longitude_e5: int | None = None
    status: str = ""
    opaque: str = ""
    error_code: int = 0
    moved_to: Sender | None = None


@dataclass(frozen=True)
class Update:
    """An event and what its duplicate tag is made of: never store ``tag_source`` itself, it may hold a number."""

    tag_source: str
    event: Event
