"""Who WhatsApp says a person is: the ways in which numbers and ids stand in updates, the strange ones too."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Identity(StrEnum):
    """Which identifiers of a person WhatsApp puts into webhooks."""

    BOTH = "both"
    BSUID = "bsuid"  # has a username: number hidden
    NUMBER = "number"  # as before April 2026
    EMPTY = "empty-wa-id"  # number hidden, yet its fields are there and empty
    IN_FROM = "bsuid-in-from"  # the id stands where the number belongs
    MALFORMED = "malformed-id"  # number, and an id that is none
    PARENT = "parent-id"  # number, id, and the id by which a group of businesses knows the person


@dataclass(frozen=True)
class Person:
    """What can be told of the one behind a phone."""

    label: str
    username: str
    number: str
    bsuid: str
    identity: Identity

    @property
    def hides_number(self) -> bool:
        """Whether updates leave the number out."""
        return self.identity in (Identity.BSUID, Identity.EMPTY, Identity.IN_FROM)

    @property
    def name_in_ids(self) -> str:
        """What message ids embed: the number, or the business-scoped id where the number is hidden."""
        return self.bsuid if self.hides_number else self.number


def sender(person: Person) -> dict[str, str]:
    """The fields of a message that say who wrote it."""
    number, told = {"from": person.number}, {"from_user_id": _told_id(person)}
    return {
        Identity.BOTH: number | told,
        Identity.BSUID: told,
        Identity.NUMBER: number,
        Identity.EMPTY: {"from": ""} | told,
        Identity.IN_FROM: {"from": person.bsuid},
        Identity.MALFORMED: number | told,
        Identity.PARENT: number | told | {"from_parent_user_id": _parent_id(person)},
    }[person.identity]


def recipient(person: Person, to_bsuid: bool) -> dict[str, str]:
    """The fields of a status that say whom the message was for; `to_bsuid`: it was addressed by id."""
    fields = {} if to_bsuid and person.hides_number else {"recipient_id": person.number}
    return fields if person.identity is Identity.NUMBER else fields | {"recipient_user_id": _told_id(person)}


def contact(person: Person, named: bool) -> dict[str, Any]:
    """The person's entry in contacts[]; `named`: with the profile."""
    hidden = person.hides_number
    profile = {"name": person.label} | ({"username": person.username} if hidden else {})
    fields: dict[str, Any] = {"profile": profile} if named or hidden else {}
    if person.identity is Identity.EMPTY:
        fields["wa_id"] = ""
    elif person.identity is Identity.IN_FROM:
        fields["wa_id"] = person.bsuid
    elif not hidden:
        fields["wa_id"] = person.number
    if person.identity not in (Identity.NUMBER, Identity.IN_FROM):
        fields["user_id"] = _told_id(person)
    if person.identity is Identity.PARENT:
        fields["parent_user_id"] = _parent_id(person)
    return fields


def _parent_id(person: Person) -> str:
    country, _, rest = person.bsuid.partition(".")
    return f"{country}.ENT.{rest[::-1]}"


def _told_id(person: Person) -> str:
    # Seen in the wild: the country in lower case and a sign that no id has.
    return person.bsuid.lower().replace(".", "/") if person.identity is Identity.MALFORMED else person.bsuid
