"""All phones, found by number, by id, by message."""

import random
from typing import Any

from relay.simulator.config import Line
from relay.simulator.errors import Missing, Misuse
from relay.simulator.identity import Identity, Person
from relay.simulator.ids import BSUID_LONGEST, new_bsuid, new_number
from relay.simulator.phone import Entry, Ledger, Phone


class NoSuchPhone(Missing):
    """No phone has this id."""


class BadPhone(Misuse):
    """A phone that cannot exist: number or id taken or malformed."""


class People:
    """All phones. A person can hold two phones in this sense: one chat per business number."""

    def __init__(self, lines: tuple[Line, ...], rng: random.Random) -> None:
        self._lines = {line.phone_number_id: line for line in lines}
        self._rng = rng
        self._phones: dict[str, Phone] = {}
        self._by_name: dict[tuple[Line, str], Phone] = {}
        self.ledger = Ledger()

    def __len__(self) -> int:
        """How many phones there are."""
        return len(self._phones)

    def create(self, wanted: dict[str, Any]) -> Phone:
        """A new phone; label, number, bsuid, identity and phone_number_id may be given. Raises BadPhone.

        With a number that chats with another business number already it is the same person: same id, same name.
        """
        line = self._line(str(wanted.get("phone_number_id") or next(iter(self._lines))))
        wanted = self._as_known(str(wanted.get("number") or "").lstrip("+")) | {
            name: value for name, value in wanted.items() if value
        }
        number = self._free_number(line, str(wanted.get("number") or ""))
        bsuid = self._free_bsuid(line, str(wanted.get("bsuid") or ""))
        place = str(len(self._phones) + 1)
        label = str(wanted.get("label") or f"Phone {place}")
        person = Person(label, f"@person{place}", number, bsuid, identity_of(wanted.get("identity")))
        phone = Phone(place, person, line, self.ledger)
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
        phone = self.ledger.holders.get(message_id)
        entry = phone.entry(message_id) if phone is not None and phone.line == line else None
        return (phone, entry) if phone is not None and entry is not None and entry.sender == "phone" else None

    def chats_of(self, phone: Phone) -> list[Phone]:
        """Every chat of the person who holds `phone`, one per business number, `phone` first."""
        others = (self.by_number(line, phone.number) for line in self._lines.values() if line != phone.line)
        return [phone, *(other for other in others if other is not None)]

    def move(self, phone: Phone, number: str, bsuid: str) -> tuple[Person, Person]:
        """Give the person of `phone` another number and id ("" for fresh ones); returns who he was and is.

        The old number and the old id lead nowhere from then on. Raises BadPhone.
        """
        before, chats = phone.person, self.chats_of(phone)
        number, bsuid = self._free_number(phone.line, number), self._free_bsuid(phone.line, bsuid)
        for chat in chats:
            for old in (chat.number, chat.bsuid):
                self._by_name.pop((chat.line, old), None)
            chat.become(number=number, bsuid=bsuid)
            self._by_name |= {(chat.line, number): chat, (chat.line, bsuid): chat}
        return before, phone.person

    def _as_known(self, number: str) -> dict[str, Any]:
        chats = (self.by_number(line, number) for line in self._lines.values())
        known = next((phone for phone in chats if phone is not None), None)
        if known is None:
            return {}
        return {"bsuid": known.bsuid, "label": known.label, "identity": known.identity.value}

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

    def _free_bsuid(self, line: Line, wanted: str) -> str:
        bsuid = wanted or new_bsuid(self._rng)
        country, _, rest = bsuid.partition(".")
        if len(country) != 2 or not rest.replace(".", "").isalnum() or len(rest) > BSUID_LONGEST:
            raise BadPhone("a business-scoped id is two letters, a dot, up to 128 letters and digits")
        if self.by_bsuid(line, bsuid):
            raise BadPhone("another phone has this business-scoped id")
        return bsuid


def identity_of(wanted: object) -> Identity:
    """The way of this name, both numbers and ids if it is nothing; raises BadPhone."""
    try:
        return Identity(str(wanted or "both"))
    except ValueError as error:
        raise BadPhone(f"identity is one of {[each.value for each in Identity]}") from error
