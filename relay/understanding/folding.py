"""Text made comparable: spelling habits of phones and people make no difference."""

import re
import unicodedata

_NUKTA, _CHANDRABINDU, _ANUSVARA = "\u093c", "\u0901", "\u0902"
_DIRECTION = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # turn text around on a screen
PLACE_CODE = re.compile(r"\[[A-Za-z]{2,4}[-\w]{0,8}\]")
_BARE_CODE = re.compile(r"\[?\b[A-Za-z]{3}[\s\-_.‐-―]{0,4}\d{2}[\s\-_.‐-―]{0,4}[A-Za-z]\b\]?")


def clean(text: str) -> str:
    """The text in NFC without what no record should hold: control and direction signs, halves of surrogate pairs."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    kept = (
        c for c in whole if c in "\n\t" or not (unicodedata.category(c) in ("Cc", "Cs") or c in _DIRECTION)
    )
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def fold(text: str) -> str:
    """Text to compare by: one case, ASCII digits, no punctuation, emoji, nukta or joiners, single spaces."""
    text = text.replace("👍", " yes ").replace("🔟", "10")
    text = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(_folded(c) for c in unicodedata.normalize("NFKC", text)).split())


def _folded(char: str) -> str:
    if char == _CHANDRABINDU:
        return _ANUSVARA
    kind = unicodedata.category(char)
    if char == _NUKTA or kind in ("Cf", "Me") or "\ufe00" <= char <= "\ufe0f":
        return ""
    if kind == "Nd":
        return str(unicodedata.digit(char))
    return char if kind[0] in "LMN" else " "


def without_place_code(text: str) -> str:
    """The text without a poster's code, in brackets or not; for texts that hold one."""
    return " ".join(_BARE_CODE.sub(" ", PLACE_CODE.sub(" ", text)).split(" ")).strip()


def has_digits(text: str) -> bool:
    """Whether there is any digit, of whatever script, besides those of a place code."""
    return any(char.isdecimal() for char in PLACE_CODE.sub(" ", text))
