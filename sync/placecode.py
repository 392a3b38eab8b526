"""The code a poster puts into the first message: the thana's code and one check letter, "JNP-07K".

It is the same on every poster of a thana and says only where the poster hangs. The letter is there because people
edit what is prefilled: a mistyped code must not name another thana.

**The letter.** The 24 letters without I and O (read as 1 and 0) are numbered 0 to 23, digits are 0 to 9. A number n
stands for a pair: n mod 3 in the field of 3 elements, n div 3 in the field of 8. Each character of the code, from the
left, takes the state s to a*s + n, with a = 2 in the first field and a = x (modulo x^3 + x + 1) in the second; the
state at the end is the letter. In neither field a is 0 or 1, so one wrong character and two neighbours changed about
are always seen, which no weighted sum modulo 24 could do. Of other mistakes about 1 in 24 passes.
"""

import re
import unicodedata

from sync.errors import ConfigError

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_DIGITS = "0123456789"
_THANA_CODE = re.compile(rf"([{LETTERS}]{{3}})-([0-9]{{2}})")
# Looks ahead only, so that a code inside something that almost was one is seen as well.
_WRITTEN = re.compile(
    rf"(?<![A-Z0-9])(?=([{LETTERS}]{{3}})[\s\-_.]{{0,4}}([0-9]{{2}})[\s\-_.]{{0,4}}([{LETTERS}])(?![A-Z0-9]))"
)
_FIRST_STATE = (1, 1)


def code_of(thana_code: str) -> str:
    """What the posters of that thana say: "JNP-07" gives "JNP-07K".

    Raises ConfigError for a thana code that is not three capitals (no I, no O), a hyphen, two digits.
    """
    wanted = _THANA_CODE.fullmatch(thana_code)
    if not wanted:
        raise ConfigError(
            f"thana code {thana_code!r} cannot stand on a poster",
            hint="Wanted: three capitals without I and O, a hyphen, two digits, as JNP-07.",
        )
    return thana_code + _check_letter(wanted[1] + wanted[2])


def find(text: str) -> str | None:
    """The thana code of the first right place code in a text ("jnp ०७k" gives "JNP-07"), or None.

    Any text will do. Whether there is such a thana is for the directory to say.
    """
    plain = "".join(_plain(character) for character in unicodedata.normalize("NFKC", text))
    for written in _WRITTEN.finditer(plain.upper()):
        if _check_letter(written[1] + written[2]) == written[3]:
            return f"{written[1]}-{written[2]}"
    return None


def _plain(character: str) -> str:
    """One character with digits of any script in ASCII, every dash a hyphen, invisible ones dropped."""
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    return {"Pd": "-", "Cf": ""}.get(category, character)


def _check_letter(characters: str) -> str:
    in_3, in_8 = _FIRST_STATE
    for character in characters:
        number = _DIGITS.index(character) if character in _DIGITS else LETTERS.index(character)
        in_3 = (2 * in_3 + number % 3) % 3
        in_8 = _times_x(in_8) ^ number // 3
    return LETTERS[3 * in_8 + in_3]


def _times_x(element: int) -> int:
    """In the field of 8 elements, three bits each, modulo x^3 + x + 1."""
    return (element << 1) ^ (0b1011 if element & 0b100 else 0)
