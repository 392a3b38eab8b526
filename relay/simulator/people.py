"""The phones: who they are, what each sent and saw."""

import random
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from relay.simulator.config import Line
from relay.simulator.errors import Missing, Misuse
from relay.simulator.ids import BSUID_LONGEST, new_bsuid, new_number

TYPING_S = 25.0


class Identity(StrEnum):
    """Which identifiers of a person WhatsApp puts into webhooks."""

    BOTH = "both"
    BSUID = "bsuid"  # has a username: number hidden
    NUMBER = "number"  # as before April 2026


class NoSuchPhone(Missing):
    """No phone has this id."""


class NoSuchOption(Missing):
    """Nothing the phone was sent offers this button or row."""


class BadPhone(Misuse):
    """A phone that cannot exist: number or id taken or malformed."""


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
    """One message of a chat; `n` counts up per phone, `revision` grows when the entry changes later."""

    n: int
    revision: int
    id: str
    sender: str  # phone or business
    at: float
    shown: Shown
    status: str = "sent"

    def as_json(self) -> dict[str, Any]:
        """For scripts and for the page."""
        own = {"n": self.n, "revision": self.revision, "id": self.id, "from": self.sender, "at": self.at}
        return own | {"status": self.status} | asdict(self.shown)


@dataclass
class Phone:
    """One phone chatting with one business number."""

    id: str
    label: str
    number: str
    bsuid: str
    identity: Identity
    line: Line
    entries: list[Entry] = field(default_factory=list)
    revision: int = 0
    last_wrote_at: float | None = None
    typing_until: float = 0.0
    _by_id: dict[str, Entry] = field(default_factory=dict, repr=False)

    @property
    def person(self) -> str:
        """What message ids embed: the number, or the business-scoped id where the number is hidden."""
        return self.bsuid if self.identity is Identity.BSUID else self.number

    def add(self, message_id: str, sender: str, at: float, shown: Shown) -> Entry:
        """Append a message to the chat."""
        self.revision += 1
        entry = Entry(len(self.entries) + 1, self.revision, message_id, sender, at, shown)
        self.entries.append(entry)
        self._by_id[message_id] = entry
        if sender == "phone":
            self.last_wrote_at = at
        else:
            self.typing_until = 0.0
        return entry

    def mark_read(self, entry: Entry) -> None:
        """Two blue ticks on `entry` and on everything the phone wrote before it."""
        for earlier in self.entries[: entry.n]:
            if earlier.sender == "phone" and earlier.status != "read":
                self.revision += 1
                earlier.status, earlier.revision = "read", self.revision

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

    def as_json(self) -> dict[str, Any]:
        """Its identity, without the chat."""
        return {
            "id": self.id, "label": self.label, "number": self.number, "bsuid": self.bsuid,
            "identity": self.identity.value, "phone_number_id": self.line.phone_number_id,
        }  # fmt: skip


def _is_wanted(option: Option, place: int, wanted: dict[str, Any]) -> bool:
    if "any" in wanted:
        return wanted["any"] in (option.title, option.id)
    if "id" in wanted:
        return bool(option.id == wanted["id"])
    if "title" in wanted:
        return bool(option.title == wanted["title"])
    return place == wanted.get("index")


class People:
    """All phones. A person can hold two phones in this sense: one chat per business number."""

    def __init__(self, lines: tuple[Line, ...], rng: random.Random) -> None:
        self._lines = {line.phone_number_id: line for line in lines}
        self._rng = rng
        self._phones: dict[str, Phone] = {}
        self._by_name: dict[tuple[Line, str], Phone] = {}

    def create(self, wanted: dict[str, Any]) -> Phone:
        """A new phone; label, number, bsuid, identity and phone_number_id may be given. Raises BadPhone."""
        line = self._line(str(wanted.get("phone_number_id") or next(iter(self._lines))))
        number = self._free_number(line, str(wanted.get("number") or ""))
        bsuid = str(wanted.get("bsuid") or new_bsuid(self._rng))
        country, _, rest = bsuid.partition(".")
        if len(country) != 2 or not rest.replace(".", "").isalnum() or len(rest) > BSUID_LONGEST:
            raise BadPhone("a business-scoped id is two letters, a dot, up to 128 letters and digits")
        if self.by_bsuid(line, bsuid):
            raise BadPhone("another phone has this business-scoped id")
        place = str(len(self._phones) + 1)
        label = str(wanted.get("label") or f"Phone {place}")
        phone = Phone(place, label, number, bsuid, _identity(wanted.get("identity")), line)
        self._phones[place] = phone
        self._by_name |= {(line, number): phone, (line, bsuid): phone}
        return phone

    def all(self) -> list[Phone]:
        """Every phone, oldest first."""
        return list(self._phones.values())

    def get(self, phone_id: str) -> Phone:
        """The phone with this id; raises NoSuchPhone."""
        phone = self._phones.get(phone_id)
        if phone is None:
            raise NoSuchPhone(f"no phone {phone_id!r}; POST /sim/phones makes one")
        return phone

    def by_number(self, line: Line, number: str) -> Phone | None:
        """Who has this number in chats with `line`."""
        return self._by_name.get((line, number))

    def by_bsuid(self, line: Line, bsuid: str) -> Phone | None:
        """Who has this business-scoped id in chats with `line`."""
        return self._by_name.get((line, bsuid))

    def by_message(self, line: Line, message_id: str) -> tuple[Phone, Entry] | None:
        """The phone that wrote this message to `line`, and the message."""
        for phone in self.all():
            entry = phone.entry(message_id) if phone.line == line else None
            if entry is not None and entry.sender == "phone":
                return phone, entry
        return None

    def _line(self, phone_number_id: str) -> Line:
        if phone_number_id not in self._lines:
            raise BadPhone(f"no business number {phone_number_id!r}; there are {list(self._lines)}")
        return self._lines[phone_number_id]

    def _free_number(self, line: Line, wanted: str) -> str:
        number = wanted.lstrip("+") or new_number(self._rng)
        while not wanted and self.by_number(line, number):
            number = new_number(self._rng)
        if not (number.isascii() and number.isdigit() and 7 <= len(number) <= 15):
            raise BadPhone("a number is 7 to 15 digits with the country code")
        if self.by_number(line, number):
            raise BadPhone("another phone has this number")
        return number


def _identity(wanted: object) -> Identity:
    try:
        return Identity(str(wanted or "both"))
    except ValueError as error:
        raise BadPhone(f"identity is one of {[each.value for each in Identity]}") from error
