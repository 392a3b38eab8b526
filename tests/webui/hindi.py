"""The office's words in both languages, as the translation has them."""

from pathlib import Path

from babel.messages.pofile import read_po

import webui

FOLDER = Path(webui.__file__).parent


def messages() -> list[tuple[str, str]]:
    """(English, Hindi) of each."""
    with (FOLDER / "translations" / "hi" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return [(str(message.id), str(message.string)) for message in read_po(file) if message.id]


def helps(language: str) -> list[tuple[str, str]]:
    """(name, words) of each page of help."""
    folder = FOLDER / "templates" / "help" / language
    return [(path.stem, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.html"))]
