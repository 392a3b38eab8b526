"""What officers read on the second number: data in ``sync/catalogue/duty.json``, the same words at box and relay.

The box shows a notice before it goes, the relay sends it: both make it here.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from sync.catalogue import FOLDER, LANGUAGES, Catalogue, Words
from sync.directory import Directory
from sync.errors import ConfigError
from sync.messages import Duty

BRIEF_UNITS = 600
"""Longest brief, in UTF-16 units as a browser's ``maxlength`` and WhatsApp count; with its frame it fits a message."""
NO_BRIEF = frozenset({"secret"})
"""Sensitivity classes whose officers must come to the office."""
OVERDUE = "overdue"
"""What stands in the place of a duty's urgency when it goes to the post above, because the one below is late."""
NOTE_CHARS = 1000
"""Longest note of an officer."""
PLACES: dict[str, frozenset[str]] = {
    "notice": frozenset({"serial", "classes", "thana"}),
    "brief": frozenset({"serial", "brief"}),
    **dict.fromkeys(
        ("come", "cannot_taken", "ask_note", "ask_why", "note_taken", "notes_full"), frozenset({"serial"})
    ),
    **dict.fromkeys(
        (
            *("thana_unknown", "accept", "cannot", "acted", "could_not", "receipt"),
            *("note_long", "photo_lost", "text_only", "not_yours", "neutral"),
        ),
        frozenset[str](),
    ),
}
"""Every phrase, and the places in it."""


@dataclass(frozen=True)
class Notices:
    """The phrases, and what the values in them are called."""

    words: dict[str, Words]
    catalogue: Catalogue
    directory: Directory

    def text(self, language: str, key: str, **values: str) -> str:
        """One phrase; in every language, below each other, when ``language`` is ""."""
        if not language:
            return "\n\n".join(self.text(each, key, **values) for each in LANGUAGES)
        return self.words[key][language].format(**values)

    def values(self, duty: Duty) -> tuple[str, str, str]:
        """Serial, class and thana of a notice: also the parameters of its template, in this order."""
        thana = self.directory.thana(duty.thana) if duty.thana else None
        name = {"hi": thana.name_hi, "en": thana.name_en}[duty.language] if thana else ""
        labels = (self.catalogue.label(code, duty.language) for code in (duty.sensitivity, duty.urgency))
        classes = ", ".join(dict.fromkeys(labels))
        return duty.serial, classes, name or self.text(duty.language, "thana_unknown")

    def notice(self, duty: Duty) -> str:
        """The notice: nothing of the crime."""
        serial, classes, thana = self.values(duty)
        return self.text(duty.language, "notice", serial=serial, classes=classes, thana=thana)

    def after_accept(self, duty: Duty) -> str:
        """What follows when he accepts: the brief, or that he must come."""
        if not duty.brief:
            return self.text(duty.language, "come", serial=duty.serial)
        return self.text(duty.language, "brief", serial=duty.serial, brief=duty.brief)


def load(catalogue: Catalogue, directory: Directory, folder: Path = FOLDER) -> Notices:
    """Reads the phrases; raises ConfigError naming the one that is wrong."""
    return Notices(read(folder), catalogue, directory)


def template(words: dict[str, Words], language: str) -> tuple[str, tuple[str, str]]:
    """Body and buttons of the template to have approved: the words of the notice."""
    body = words["notice"][language].format(serial="{{1}}", classes="{{2}}", thana="{{3}}")
    return body, (words["accept"][language], words["cannot"][language])


def read(folder: Path = FOLDER) -> dict[str, Words]:
    """The phrases as they are; raises ConfigError."""
    words: dict[str, Words] = json.loads((folder / "duty.json").read_text(encoding="utf-8"))
    if set(words) != set(PLACES):
        raise ConfigError(f"duty.json: missing or unknown: {sorted(set(words) ^ set(PLACES))}")
    for key, wanted in PLACES.items():
        for language in LANGUAGES:
            text = words[key].get(language, "")
            found = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
            if not text.strip() or found != wanted:
                raise ConfigError(f"duty.json: {key} ({language}): wanted a text with {sorted(wanted)}")
    return words


def units(text: str) -> int:
    """Length as a browser and WhatsApp count it: UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
