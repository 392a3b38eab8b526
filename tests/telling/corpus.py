"""The files that were kept, and how many words were planted in each."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILES = Path(__file__).parent / "files"
PLANTED = FILES / "planted.json"
REFUSED = ("moving.webp", "locked.pdf")
"""Kinds that are not taken: nothing of them comes through."""


@dataclass(frozen=True)
class Telling:
    """One file, and how many words are planted in it: numbers 1 to ``words``."""

    name: str
    data: bytes
    words: int

    @property
    def kind(self) -> str:
        """The end of its name: "jpg", "mp4"."""
        return self.name.rpartition(".")[2]


@cache
def corpus() -> tuple[Telling, ...]:
    """Every file."""
    planted: dict[str, int] = json.loads(PLANTED.read_text())
    return tuple(Telling(name, (FILES / name).read_bytes(), count) for name, count in planted.items())
