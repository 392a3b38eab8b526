"""One phone: who holds it, what it sent and saw, what waits while it is out of reach."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from relay.simulator.config import Line
from relay.simulator.errors import Missing
from relay.simulator.identity import Identity, Person

TYPING_S = 25.0


class NoSuchOption(Missing):
    """Nothing the phone was sent offers this button or row."""


@dataclass(frozen=True)
class Option:
    """Something to tap: `kind` is button, row or template_button; `section` only for rows."""

    kind: str
    id: str
    title: str
    description: str = ""
    section: str = ""


@dataclass(frozen=True)
class Shown:
    """What a screen shows of one message. `type` is WhatsApp's type of the message."""

    type: str
    text: str = ""
    header: str = ""
    footer: str = ""
    list_label: str = ""
    options: tuple[Option, ...] = ()
    media_id: str = ""
    mime: str = ""
    filename: str = ""


@dataclass
class Entry:
    """One message of a chat; `n` counts up per phone, `revision` grows when the entry changes later.

    `sender` is phone, business or system. `status` is waiting (the phone is out of reach), sent, delivered, read.
    """

    n: int
    revision: int
    id: str
    sender: str
    at: float
    shown: Shown
    status: str = "sent"
    quote: str = ""
    reaction: str = ""
    forwarded: bool = False
    edited: bool = False

    def as_json(self) -> dict[str, Any]:
        """For scripts and for the page."""
        own = {"n": self.n, "revision": self.revision, "id": self.id, "from": self.sender, "at": self.at}
        later = {"quote": self.quote, "reaction": self.reaction, "forwarded": self.forwarded}
        return own | later | {"status": self.status, "edited": self.edited} | asdict(self.shown)


@dataclass
class Ledger:
    """What concerns all phones at once, so that nothing is ever searched phone by phone.

    `holders`: whose chat a message stands in, by its id; `feed`: every message that reached a phone, in order.
    """

    holders: dict[str, "Phone"] = field(default_factory=dict)
    feed: list[tuple[str, Entry]] = field(default_factory=list)


@dataclass(frozen=True)
class Unsent:
    """Something the person did while the phone was out of reach."""

    id: str
    entry: Entry | None
    content: dict[str, Any]
    renews_window: bool = True


@dataclass(frozen=True)
class Undelivered:
    """A message WhatsApp keeps for a phone out of reach; `to_bsuid` and `more` belong to its statuses."""

    id: str
    at: float
    shown: Shown
    to_bsuid: bool
    more: dict[str, Any]


@dataclass
class Phone:
    """One phone chatting with one business number."""

    id: str
    person: Person
    line: Line
    ledger: Ledger = field(repr=False)
    entries: list[Entry] = field(default_factory=list, repr=False)
    revision: int = 0
    last_wrote_at: float | None = None
    typing_until: float = 0.0
    offline: bool = False
    unsent: list[Unsent] = field(default_factory=list, repr=False)
    undelivered: list[Undelivered] = field(default_factory=list, repr=False)
    _by_id: dict[str, Entry] = field(default_factory=dict, repr=False)

    @property
    def label(self) -> str:
        """What the person calls himself."""
        return self.person.label

    @property
    def number(self) -> str:
        """The telephone number, digits only."""
        return self.person.number

    @property
    def bsuid(self) -> str:
        """The business-scoped user id."""
        return self.person.bsuid

    @property
    def identity(self) -> Identity:
        """What updates show of the person."""
        return self.person.identity

    def add(self, message_id: str, sender: str, at: float, shown: Shown, **more: Any) -> Entry:
        """Append a message to the chat; `more` as the fields of Entry."""
        self.revision += 1
        entry = Entry(len(self.entries) + 1, self.revision, message_id, sender, at, shown, **more)
        self.entries.append(entry)
        self._by_id[message_id] = entry
        self.ledger.holders[message_id] = self
        if sender == "business":
            self.typing_until = 0.0
            self.ledger.feed.append((self.id, entry))
        return entry

    def touch(self, entry: Entry, **changes: Any) -> None:
        """Change `entry`; those who watch the chat see it."""
        self.revision += 1
        entry.revision = self.revision
        for name, value in changes.items():
            setattr(entry, name, value)

    def mark_read(self, entry: Entry) -> None:
        """Two blue ticks on `entry` and on everything the phone sent before it."""
        for earlier in self.entries[: entry.n]:
            if earlier.sender == "phone" and earlier.status not in ("read", "waiting"):
                self.touch(earlier, status="read")

    def entry(self, message_id: str) -> Entry | None:
        """The message with this id, of either side."""
        return self._by_id.get(message_id)

    def offer(self, wanted: dict[str, Any]) -> tuple[Entry, Option]:
        """The newest message that offers what `wanted` names, and the option.

        `wanted` has id, title, any (title or id) or index (0 is the first of the message). `message_id` in `wanted`
        looks at that message only: old buttons stay tappable. Raises NoSuchOption.
        """
        for entry in reversed(self.entries):
            if wanted.get("message_id", entry.id) == entry.id and entry.sender == "business":
                for place, option in enumerate(entry.shown.options):
                    if _is_wanted(option, place, wanted):
                        return entry, option
        raise NoSuchOption(f"no message on this phone offers {wanted!r}")

    def become(self, **changes: Any) -> None:
        """Change something about the person: number, bsuid, identity."""
        self.person = replace(self.person, **changes)

    def as_json(self) -> dict[str, Any]:
        """Its identity, without the chat."""
        return {
            "id": self.id, "label": self.label, "number": self.number, "bsuid": self.bsuid,
            "identity": self.identity.value, "phone_number_id": self.line.phone_number_id,
            "offline": self.offline,
        }  # fmt: skip


def _is_wanted(option: Option, place: int, wanted: dict[str, Any]) -> bool:
    if "any" in wanted:
        return wanted["any"] in (option.title, option.id)
    if "id" in wanted:
        return bool(option.id == wanted["id"])
    if "title" in wanted:
        return bool(option.title == wanted["title"])
    return place == wanted.get("index")
