"""What the owner of a number sees in words: the judge of what is left once numbers are taken out."""

from relay import searched
from relay.events import Sender
from relay.understanding.phones import LAST_DIGITS, perhaps_phones, with_ascii_digits
from sync import identifiers

_OF_DIGITS = (identifiers.PHONE, identifiers.AADHAAR)


def told(text: str, sender: Sender) -> bool:
    """Whether the words hold the number they are written from, in digits of any script, however cut, or in words."""
    own = sender.phone[-LAST_DIGITS:]
    if len(own) < LAST_DIGITS:
        return False
    plain = with_ascii_digits(text)
    cut = ("".join(filter(str.isdecimal, plain[start:end])) for start, end in perhaps_phones(text))
    if any(own in digits for digits in cut):
        return True
    numbers = (one.value for one in searched.find(text) if one.kind in _OF_DIGITS)
    return any(value.endswith(own) for value in numbers)
