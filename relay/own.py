"""Whether an informant's own number stands in his words: seen while the sender is in memory, and never kept."""

import re

from relay.events import Sender
from sync import identifiers

_LAST_DIGITS = 10
_BETWEEN = r"[\W_]{0,3}"
_OF_DIGITS = (identifiers.PHONE, identifiers.AADHAAR)


def told(text: str, sender: Sender) -> bool:
    """Whether the words hold the number they are written from, in digits of any script, however cut, or in words."""
    own = sender.phone[-_LAST_DIGITS:]
    if len(own) < _LAST_DIGITS:
        return False
    plain = "".join(str(int(char)) if char.isdecimal() else char for char in text)
    if re.search(_BETWEEN.join(own), plain):
        return True
    numbers = (one.value for one in identifiers.find(text) if one.kind in _OF_DIGITS)
    return any(value.endswith(own) for value in numbers)
