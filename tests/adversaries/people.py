"""Informants with names and numbers of this run alone, and every form in which they could be written down."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from relay.simulator.client import Phone
from tests.anonymity.encodings import Forms, forms_of_id, forms_of_number, forms_of_text

DIGIT_A_BYTE = "one digit a byte"
_LETTERS = "bcdfghjkmnpqrstvwxz"


@dataclass(frozen=True)
class Person:
    """One informant as WhatsApp knows him."""

    number: str
    bsuid: str
    name: str

    def phone(self, base_url: str, identity: str = "both") -> Phone:
        """His phone at the simulated WhatsApp; ``identity``: what updates say of him (``Identity``)."""
        return Phone.create(base_url, self.name, number=self.number, bsuid=self.bsuid, identity=identity)

    @property
    def forms(self) -> Forms:
        """Everything that says who he is; each form's name begins with what it is of, then a colon."""
        numbers = {"number": forms_of_number(self.number), "id": forms_of_id(self.bsuid)}
        return dict(labelled(numbers)) | dict(of_texts("name", [self.name]))


def somebody(rng: random.Random, bsuid_digits: int = 16) -> Person:
    """A person whose number, id and name are nowhere else."""
    number = f"91{rng.randint(6, 9)}{rng.randrange(10**9):09d}"
    bsuid = f"IN.{rng.randint(1, 9)}" + "".join(rng.choices("0123456789", k=bsuid_digits - 1))
    return Person(number, bsuid, f"Ashavati {word(rng).title()}")


def word(rng: random.Random, letters: int = 10) -> str:
    """A word that nobody else says."""
    return "".join(rng.choices(_LETTERS, k=letters))


def labelled(forms: Mapping[str, Forms]) -> Forms:
    """All of them in one, each under its label."""
    return {data: f"{label}: {name}" for label, some in forms.items() for data, name in some.items()}


def of_texts(label: str, texts: Iterable[str]) -> Forms:
    """Forms of some words under one label.

    Of words that hold some digits those alone, one a byte, are left out: such runs lie in many tables.
    """
    return {
        data: f"{label}: {name}"
        for text in texts
        for data, name in forms_of_text(text).items()
        if text.isdecimal() or not name.endswith(DIGIT_A_BYTE)
    }
