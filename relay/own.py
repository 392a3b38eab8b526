"""The informant's own number in his words: found while the sender is in memory, and taken out before sending."""

import re

from relay.events import Sender
from sync import identifiers

_LAST_DIGITS = 10
_BETWEEN = r"[\W_]{0,3}"


def told(text: str, sender: Sender) -> bool:
    """Whether the words hold the number they are written from, with or without its country code."""
    return bool(_spans(text, sender))


def without(text: str, sender: Sender, mark: str) -> str:
    """The words with ``mark`` in place of that number."""
    kept, at = [], 0
    for start, end in _spans(text, sender):
        if start >= at:
            kept += [text[at:start], mark]
            at = end
    return "".join([*kept, text[at:]])


def _spans(text: str, sender: Sender) -> list[tuple[int, int]]:
    """Where the number stands, however it is cut, in digits of any script or in words."""
    own = sender.phone[-_LAST_DIGITS:]
    if len(own) < _LAST_DIGITS:
        return []
    plain = "".join(str(int(char)) if char.isdecimal() else char for char in text)
    typed = [match.span() for match in re.finditer(_BETWEEN.join(own), plain)]
    found = (f for f in identifiers.find(text) if f.kind == identifiers.PHONE and f.value.endswith(own))
    return sorted([*typed, *((f.start, f.end) for f in found)], key=lambda span: (span[0], -span[1]))
