"""Invented reports out of pieces in Hindi, Hindi in Latin letters and English; each says that it is of a demo."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HINDI, ROMAN, ENGLISH = "hi", "ro", "en"
_MIX = (HINDI,) * 6 + (ROMAN,) * 3 + (ENGLISH,)
_FILE = Path(__file__).parent / "texts.json"
_SPAM = 0.025


@dataclass(frozen=True)
class Telling:
    """``language`` of the conversation (hi, en), the words, the place in words; ``is_spam``: no report at all."""

    language: str
    text: str
    place: str
    is_spam: bool = False


@cache
def _pieces() -> Mapping[str, Any]:
    read: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return read


def labels() -> tuple[str, ...]:
    """How every invented text begins."""
    return tuple(dict.fromkeys(_pieces()["label"].values()))


def tell(category: str, rng: random.Random, again: bool = False) -> Telling:
    """One invented report on a category; ``again``: by somebody else who saw the same."""
    pieces, script = _pieces(), rng.choice(_MIX)
    language, label = (ENGLISH if script == ENGLISH else HINDI), pieces["label"][script]
    if not again and rng.random() < _SPAM:
        return Telling(language, f"{label} {rng.choice(pieces['spam'][script])}", label, is_spam=True)
    place = rng.choice(pieces["place"][script])
    slots = {name: rng.choice(pieces[name][script]) for name in ("time", "who", "vehicle")}
    slots["vehicle"] = slots["vehicle"].format(plate=_plate(rng))
    sentences = pieces["told"].get(category, pieces["told"]["other"])[script]
    words = rng.choice(sentences).format(place=place, **slots)
    before = rng.choice(pieces["again"][script]) if again else ""
    return Telling(language, f"{label} {before}{words[:1].upper()}{words[1:]}", f"{label} {place}")


def note(act: str, rng: random.Random) -> str:
    """What somebody of the office writes beside an act; mostly nothing."""
    notes = _pieces()["note"].get(act, [""])
    said: str = rng.choice(notes)
    return f"{labels()[0]} {said}" if said else ""


def brief(rng: random.Random) -> str:
    """A brief for an officer."""
    return f"{labels()[0]} {rng.choice(_pieces()['brief'])}"


def _plate(rng: random.Random) -> str:
    """A mark of a series that is not given out."""
    return f"UP{rng.choice((61, 62, 67))} ZZ {rng.randrange(1, 60):04}"
