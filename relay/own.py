"""Whether an informant's own number stands in his words: seen while the sender is in memory, and never kept."""

from relay import searched
from relay.events import Sender
from relay.understanding import LAST_DIGITS, perhaps_phones, with_ascii_digits
from sync import identifiers

_OF_DIGITS = (identifiers.PHONE, identifiers.AADHAAR)


def told(text: str, sender: Sender) -> bool:
    """Whether the words hold the number they are written from, in digits of any script, however cut, or in words.

    It reads what ``dialogue.without_numbers`` takes out and nothing else: once that is done nobody's is left.
    """
    own = sender.phone[-LAST_DIGITS:]
    if len(own) < LAST_DIGITS:
        return False
    plain = with_ascii_digits(text)
    cut = ("".join(filter(str.isdecimal, plain[start:end])) for start, end in perhaps_phones(text))
    if any(own in digits for digits in cut):
        return True
    numbers = (one.value for one in searched.find(text) if one.kind in _OF_DIGITS)
    return any(value.endswith(own) for value in numbers)
