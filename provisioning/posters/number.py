"""The WhatsApp number that citizens write to, as it stands on posters. The only user of phonenumbers here."""

import re
from dataclasses import dataclass

import phonenumbers

from sync.errors import ConfigError

_HINT = "Write it with + and the country code, as WhatsApp shows it in the business profile."


@dataclass(frozen=True)
class Number:
    """``digits``: country code and number, as wa.me wants them; ``groups``: as people read it, "+91" first."""

    digits: str
    groups: tuple[str, ...]

    @property
    def shown(self) -> str:
        """For the eye: "+91 98000 00001"."""
        return " ".join(self.groups)


def read(text: str) -> Number:
    """The number in ``text``; raises ConfigError (without the number in it) when there can be no such number."""
    try:
        parsed = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException as error:
        raise ConfigError("the number for the posters is not a telephone number", hint=_HINT) from error
    if parsed.extension or not phonenumbers.is_valid_number(parsed):
        raise ConfigError("the number for the posters does not exist in its country's plan", hint=_HINT)
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    groups = tuple(re.findall(r"\+?[0-9]+", written))
    return Number("".join(groups).removeprefix("+"), groups)
