"""Identifiers with letters in them: e-mail, UPI, PAN, vehicles."""

import re
from collections.abc import Iterator

from sync.identifiers.kinds import EMAIL, PAN, UPI, VEHICLE, Found
from sync.identifiers.shadow import Shadow

_AT = r"(?:\s?@\s?|\s*[(\[]\s?at\s?[)\]]\s*|\s+(?:at\s+the\s+rate(?:\s+of)?|at|एट|ऐट|एट द रेट)\s+)"
_DOT_IN_WORDS = r"(?:\s+(?:dot|डॉट|डाट)\s+|\s*[(\[]dot[)\]]\s*)"
_DOT = rf"(?:\.|{_DOT_IN_WORDS})"
_NAME = r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}"
_TOP = r"(?:com|in|org|net|co|gov|edu|info|[A-Za-z]{2,6})"
_EMAIL = re.compile(
    rf"(?<![A-Za-z0-9._%+-]){_NAME}(?:{_DOT_IN_WORDS}[A-Za-z0-9_-]{{1,64}}){{0,4}}{_AT}[A-Za-z0-9-]{{1,64}}(?:{_DOT}[A-Za-z0-9-]{{1,64}}){{0,4}}?{_DOT}{_TOP}"
    r"(?![A-Za-z0-9@]|\.[A-Za-z])",
    re.IGNORECASE,
)
_HANDLES = (
    "ybl|ibl|axl|apl|paytm|ptyes|ptaxis|ptsbi|pthdfc|upi|oksbi|okaxis|okicici|okhdfcbank|sbi|icici|hdfcbank|axisbank|pnb"
    "|barodampay|unionbank|cnrb|boi|idbi|kotak|yesbank|airtel|jio|freecharge|ikwik|waicici|wahdfcbank|waaxis|wasbi|phonepe"
)
_UPI = re.compile(
    rf"(?<![A-Za-z0-9._-]){_NAME}(?:@[A-Za-z][A-Za-z0-9]+|{_AT}(?:{_HANDLES}))(?![A-Za-z0-9@]|\.[A-Za-z])",
    re.IGNORECASE,
)
# The fourth letter tells what the holder is (Income-tax Rules 1962, rule 114).
_PAN = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Za-z]{3}[ABCFGHJKLPTabcfghjklpt][A-Za-z][0-9]{4}[A-Za-z]"
    r"|[A-Z]{3}[ABCFGHJKLPT][A-Z][ -][0-9]{4}[ -]?[A-Z]|[A-Z]{3}[ABCFGHJKLPT][A-Z][0-9]{4}[ -][A-Z])(?![A-Za-z0-9])"
)
_STATES = (
    "AN|AP|AR|AS|BR|CG|CH|DD|DL|DN|GA|GJ|HP|HR|JH|JK|KA|KL|LA|LD|MH|ML|MN|MP|MZ|NL|OD|OR|PB|PY|RJ|SK|TN|TR|TS|TG"
    "|UK|UA|UP|WB"
)
_GAP = r"[ ./\-]{0,2}"
_PLATE = re.compile(
    rf"(?<![A-Za-z0-9])(?P<state>{_STATES}|yupi|you pee|u\.?p\.?){_GAP}(?P<office>[0-9]{{1,2}})(?P<gap>{_GAP})"
    rf"(?P<series>[A-Za-z]{{1,3}}|[A-Za-z] [A-Za-z])(?P<after>{_GAP})(?P<number>[0-9]{{1,4}})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_BHARAT = re.compile(
    rf"(?<![A-Za-z0-9])[0-9]{{2}}{_GAP}BH{_GAP}[0-9]{{4}}{_GAP}[A-HJ-NP-Z]{{1,2}}(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_TEMPORARY = re.compile(
    rf"(?<![A-Za-z0-9])T{_GAP}[0-9]{{4}}{_GAP}(?:{_STATES}){_GAP}[0-9]{{4}}{_GAP}[A-Z]{{1,2}}(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_BEFORE_1989 = re.compile(r"(?<![A-Za-z0-9])U(?!PI|TR)[A-Z]{2}[ -]?[0-9]{1,4}(?![A-Za-z0-9])")
_LITTLE_WORDS = frozenset("ki ka ke me mein se ko pe par to hi bhi na no aur k ya is of at".split())


def emails(text: Shadow) -> Iterator[Found]:
    """E-mail addresses, "at" and "dot" in words too."""
    for match in _EMAIL.finditer(text.text):
        yield _found(EMAIL, text, match)


def upi_ids(text: Shadow) -> Iterator[Found]:
    """UPI ids: a name and a handle without a dot."""
    for match in _UPI.finditer(text.text):
        yield _found(UPI, text, match)


def pans(text: Shadow) -> Iterator[Found]:
    """Permanent account numbers."""
    for match in _PAN.finditer(text.text):
        yield _found(PAN, text, match)


def vehicles(text: Shadow) -> Iterator[Found]:
    """Registration marks: of today, of the BH series, temporary ones, and those from before 1989."""
    for match in _PLATE.finditer(text.text):
        if not _is_sentence(match):
            yield _found(VEHICLE, text, match)
    for pattern in (_BHARAT, _TEMPORARY, _BEFORE_1989):
        for match in pattern.finditer(text.text):
            yield _found(VEHICLE, text, match)


def _is_sentence(match: re.Match[str]) -> bool:
    """Whether "up 62 me 2000" is a place and a sum, no plate."""
    loose = " " in match["gap"] and " " in match["after"]
    return (
        loose and match["series"].casefold() in _LITTLE_WORDS and match["series"] != match["series"].upper()
    )


def _found(kind: str, text: Shadow, match: re.Match[str]) -> Found:
    start, end = text.span(*match.span())
    return Found(
        kind, start, end, re.sub(r"[\s.\-/]+", "", match[0]).upper() if kind in (PAN, VEHICLE) else match[0]
    )
