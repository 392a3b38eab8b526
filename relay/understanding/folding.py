"""Text made comparable: spelling habits of phones and people make no difference."""

import re
import unicodedata

_NUKTA, _CHANDRABINDU, _ANUSVARA = "\u093c", "\u0901", "\u0902"
_JOINERS, _VIRAMA_CLASS = "\u200c\u200d", 9
_NOTHING = ("Cc", "Cf", "Cs")
_UNSEEN = re.compile("[\u034f\u180b-\u180f\ufe00-\ufe0f\U000e0000-\U000e0fff]")
_BLANK = re.compile("[^\\S\\n]|[\u115f\u1160\u2800\u3164\uffa0]")
_LINK = re.compile(r"://|www\.|wa\.me", re.IGNORECASE)
PLACE_CODE = re.compile(r"\[[A-Za-z]{2,4}[-\w]{0,8}\]")
_KEPT_BELOW = 0x3000
_BARE_CODE = re.compile(r"\[?\b[A-Za-z]{3}[\s\-_.‐-―]{0,4}\d{2}[\s\-_.‐-―]{0,4}[A-Za-z]\b\]?")


_MARKS_IN_A_ROW, _SHORT = 30, 100
"""As many marks on one letter as Unicode's stream-safe form allows (UAX 15): to order them takes their square."""


def clean(text: str) -> str:
    """The text in NFC as it is seen, without what could mark it unseen.

    No control signs, halves of surrogate pairs, signs that show nothing, and no odd or repeated blanks; joiners stay
    where Indian scripts and emoji need them.
    """
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    whole = unicodedata.normalize(
        "NFC", _few_marks(_UNSEEN.sub("", whole.replace("\u2028", "\n").replace("\u2029", "\n")))
    )
    shown = "".join(
        c for c in whole if c in "\n\t" or c in _JOINERS or unicodedata.category(c) not in _NOTHING
    )
    joined = "".join(c for at, c in enumerate(shown) if c not in _JOINERS or _joins(shown, at))
    lines = (" ".join(_BLANK.sub(" ", line).split()) for line in joined.split("\n"))
    return re.sub("\n{3,}", "\n\n", unicodedata.normalize("NFC", "\n".join(lines))).strip()


def without_links(text: str) -> str:
    """The words of a text that are no links."""
    return " ".join(word for word in text.split() if not _LINK.search(word))


def fold(text: str) -> str:
    """Text to compare by: one case, ASCII digits, no punctuation, emoji, nukta or joiners, single spaces."""
    text = text.replace("👍", " yes ").replace("🔟", "10")
    text = unicodedata.normalize("NFKC", _few_marks(text)).casefold()
    return " ".join(unicodedata.normalize("NFKC", text).translate(_FOLDED).split())


def _few_marks(text: str) -> str:
    """Without what of a long run of marks nobody could read."""
    if len(text) < _SHORT or text.isascii():
        return text
    kept, marks = list[str](), 0
    for char in text:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= _MARKS_IN_A_ROW:
            kept.append(char)
    return "".join(kept)


def _joins(text: str, at: int) -> bool:
    """Whether the joiner there changes what is seen: behind a virama, or between two emoji."""
    around = (text[at - 1 : at], text[at + 1 : at + 2])
    if not all(around):
        return False
    return unicodedata.combining(around[0]) == _VIRAMA_CLASS or all(
        unicodedata.category(c) in ("So", "Sk") for c in around
    )


def _folded(char: str) -> str:
    if char == _CHANDRABINDU:
        return _ANUSVARA
    kind = unicodedata.category(char)
    if char == _NUKTA or kind in ("Cf", "Me") or "\ufe00" <= char <= "\ufe0f":
        return ""
    if kind == "Nd":
        return str(unicodedata.digit(char))
    return char if kind[0] in "LMN" else " "


class _Folded(dict[int, str]):
    """What ``fold`` makes of each sign, by its code point; filled as signs come, those of rare scripts not kept."""

    def __missing__(self, point: int) -> str:
        folded = _folded(chr(point))
        if point < _KEPT_BELOW:
            self[point] = folded
        return folded


_FOLDED = _Folded()


def without_place_code(text: str) -> str:
    """The text without a poster's code, in brackets or not; for texts that hold one."""
    return " ".join(_BARE_CODE.sub(" ", PLACE_CODE.sub(" ", text)).split(" ")).strip()


def has_digits(text: str) -> bool:
    """Whether there is any digit, of whatever script, besides those of a place code."""
    return any(char.isdecimal() for char in PLACE_CODE.sub(" ", text))
