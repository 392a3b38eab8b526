"""What asks to add to an earlier report: a receipt and a word to add, and what is told beside them.

Nothing told is lost: beside the receipt its name goes, the word to add and what stands between them; all else stays.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from relay.understanding import codes
from relay.understanding.folding import PLACE_CODE, clean, fold

_WORD = re.compile(r"\d+|[^\s\d,:;.।/\-–—]+")
_NOUNS = "add ad aad ऐड एड ऐड्ड"
_WEAK = "ad aad"
"""An advertisement, unless a receipt stands directly beside it."""
_STEMS = "jod जोड़"
_INFINITIVES = "jodna jodni जोड़ना जोड़नी"
_PAIR = "jode जोड़े"
_IMPERATIVES = (
    "jodo joden jodein jodiye jodie jodiyega jodlo joddo jodunga jodungi jodenge"
    " जोड़ो जोड़ें जोड़िए जोड़िये जोड़िएगा जोड़लो जोड़दो जोड़दें जोड़ूं जोड़ूंगा जोड़ूंगी जोड़ेंगे"
)
_OTHER_FORMS = (
    "adds added adding addition joda jodi jodne jodta jodte jodti jodkar"
    " जोड़ा जोड़ी जोड़ने जोड़ता जोड़ते जोड़ती जोड़कर ऐडेड"
)
_GIVE = (
    "do de dein den dijiye dijie dijiyega dena lo le lein len lijiye lijie lena"
    " दो दे दें दीजिए दीजिये दीजिएगा देना लो ले लें लीजिए लीजिये लेना"
)
_MAKE = (
    "karo kare karen karein kar kro kr kijiye kijie karna krna karni"
    " करो करे करें कर करिए करिये कीजिए कीजिये करना करनी"
)
_DOING = "kar kr कर"
_TO_BE_DONE = "karna krna karni dena lena करना करनी देना लेना"
_WISHED = "chahta chahti chahte चाहता चाहती चाहते"
_WANT = "hai h hain chahiye है हैं चाहिए"
_AM = "hun hu hoon hain हूं हू हैं"
_COUNTED = (
    "log logo logon jan hazar hajar lakh crore karod baje din bar baar ladke ladkiyan mahine ghante gadiyan bike"
    " लोग लोगों जन हजार लाख करोड़ बजे दिन बार लड़के लड़कियां महीने घंटे गाड़ियां बाइक"
)
"""Before them "do" is two."""
_NARRATES = (
    "kiya kia kiye ki kari karke kar ke gaya gaye gayi gya gye hua hue hui raha rahe rahi rha rhe liya liye diya diye"
    " di tha thi ne rakha किया किए किये की कर के गया गए गये गई गयी हुआ हुए हुई रहा रहे रही लिया लिए लिये ली दिया दिए"
    " दिये दी था थे थी ने रखा"
)
"""Behind a word that is not always a command, it tells of somebody who added, or of a pair."""
_NAMES = (
    "पर्ची परची पर्चि रसीद रशीद रसिद रिसीट रिसिट स्लिप"
    " parchi parchee purchi rasid raseed rasheed receipt receipts reciept recipt receit reciet recept slip"
)
_MINE = "मेरी मेरा मेरे अपनी अपने अपना my meri mera mere apni apne the our इस उस this that is us"
_OF_THE_NAME = (
    "नं number nambar no num code id digits ank hai is of ka ki ke नंबर नम्बर संख्या अंक अंकों का की के है कोड 16"
)
_LINKS = (
    "में मे me mein main to into in on को ko पर par है hai is इसमें इसमे isme ismein usme usmein उसमें उसमे and और aur भी"
    " bhi this it ये यह ye yeh yah कुछ kuch kuchh something some more report रिपोर्ट बात baat वाली wali मुझे mujhe i want"
    " need would like please pls plz कृपया kripya सर sir जी ji नई नया नयी naya nayi for jo जो pe पे ke के andar अंदर"
    " following details thing one these earlier previous पुरानी पहले पहली pehle purani complaint शिकायत shikayat"
)
"""They stand between a receipt and the word to add without telling anything."""
_PARTICLES = "में मे me mein main to को ko"
_OF_OTHERS = (
    "खाता खाते account acc ac acct khata khate bank बैंक upi utr imei card कार्ड aadhaar aadhar adhar आधार ifsc pan"
    " txn transaction ट्रांजैक्शन phone फोन mobile मोबाइल ref reference इंजन चेसिस chassis engine order ऑर्डर यूटीआर यूपीआई"
)
_FROM = "से पर वाला वाले वाली se par pe wala wale wali"
_NOTHING = (
    "please pls plz plss kripya कृपया प्लीज sir sirji ji सर जी maam madam mam मैडम है hai chahiye चाहिए mujhe मुझे i"
    " want to would like need something kuch kuchh कुछ this it इसमें isme ismein main मैं में me mein hun hu hoon हूं hi"
    " hello namaste नमस्ते my meri मेरी मेरा mera receipt number is the have more tell about baat बात ek एक"
)
_BEFORE, _BEHIND = 4, 3
"""So many words before digits, or behind them, may call them a receipt."""
_MOST_OF_A_VERB = 4
_FAR = 16
"""More words than a request has before its receipt or behind it."""
_SIGNS, _SIGNS_BEFORE = " \n,:;.।-–—/", " \n:-–—/"


@dataclass(frozen=True)
class Asked:
    """``told``: all that stands beside the request; ``is_right``: its receipt passes the check.

    ``is_command``: the word to add asks for it, first or last or beside the receipt; else it may be part of a story.
    """

    told: str
    is_right: bool
    is_command: bool


@dataclass(frozen=True)
class Word:
    """A word or a run of digits, folded, and where in the text it stands."""

    plain: str
    start: int
    end: int


def words_of(text: str) -> Iterator[Word]:
    """Each word and each run of digits of a text."""
    found = (Word(fold(word[0]).replace(" ", ""), word.start(), word.end()) for word in _WORD.finditer(text))
    return (word for word in found if word.plain)


def asked_to_add(text: str) -> Asked | None:
    """What the words ask to add to; None where they hold no receipt, right or nearly so, or no word to add."""
    text = clean(PLACE_CODE.sub(" ", text))
    code = codes.find(text)
    words = list(words_of(text)) if code is not None else []
    if code is None or _adding().isdisjoint(word.plain for word in words):
        return None
    before = [word for word in words if word.end <= code.start]
    words = [*before, Word("", code.start, code.end), *(word for word in words if word.start >= code.end)]
    line, at = [word.plain for word in words], len(before)
    told = _told(text, words, _request(line, at))
    return Asked(told, code.is_right, _commands(line, at))


def addition(text: str) -> str | None:
    """What is told beside a right receipt and a word to add; None where one of them is not there."""
    asked = asked_to_add(text)
    return asked.told if asked is not None and asked.is_right else None


def command_language(text: str) -> str:
    """The language of a word to add: "hi" for a Hindi one in either script, "" where it tells none."""
    word = next((one.plain for one in words_of(text) if one.plain in _adding()), "")
    return "hi" if word and not word.startswith("a") else ""


def called_receipts(text: str) -> Iterator[tuple[int, int]]:
    """Where in a text digits stand that are nearly a receipt and are called one, or stand beside a command to add."""
    near = list(codes.nearly(text))
    words = list(words_of(text)) if near else []
    starts = [word.start for word in words]
    for start, end in near:
        first, behind = bisect_left(starts, start), bisect_left(starts, end)
        before = [word.plain for word in words[max(0, first - _FAR) : first]]
        line = [*before, "", *(word.plain for word in words[behind : behind + _FAR])]
        called = _is_named(line, len(before)) or _is_beside(line, len(before))
        if called and not _is_of_others(line, len(before)):
            yield start, end


def _request(line: Sequence[str], at: int) -> set[int]:
    """The places of the words that name the receipt, which stands at ``at``, and ask to add."""
    first, end = _from(line, at), _to(line, at)
    gone = {*range(min(first, _name_from(line, at)), end)}
    if first == at and end == at + 1:
        gone.update(_at_an_end(line))
    is_asked_behind = first == at and not _adding().isdisjoint(line[end:])
    is_beside = end == at + 1 and line[end : end + 1] and line[end] in _folded(_PARTICLES)
    if is_beside and (is_asked_behind or end + 1 == len(line)):
        gone.add(end)
    return gone


def _commands(line: Sequence[str], at: int) -> bool:
    """Whether a word to add asks for it: first, last, beside the receipt, or anywhere where that is called one."""
    if _is_of_others(line, at):
        return False
    hindi = (one for one in range(len(line)) if line[one] not in _folded(_NOUNS))
    anywhere = _is_named(line, at) and any(_asks(line, one) for one in hindi)
    return _is_beside(line, at) or bool(_at_an_end(line)) or anywhere


def _is_beside(line: Sequence[str], at: int) -> bool:
    return _from(line, at) < at or _to(line, at) > at + 1


def _from(line: Sequence[str], at: int) -> int:
    """Where the request begins that leads up to the receipt; ``at`` where none does."""
    link = at
    while link and line[link - 1] in _links():
        link -= 1
    begins = (one for one in range(link - 1, max(-1, link - 1 - _MOST_OF_A_VERB), -1) if _asks(line, one))
    found = next((one for one in begins if _end(line, one) >= link), at)
    is_weak = found < at and line[found] in _folded(_WEAK) and found + 1 < at
    return at if is_weak else found


def _to(line: Sequence[str], at: int) -> int:
    """Behind the last word of the request that follows the receipt; the next place where none does."""
    link = at + 1
    while link < len(line) and line[link] in _links():
        link += 1
    if link == len(line) or not _asks(line, link):
        return at + 1
    return at + 1 if line[link] in _folded(_WEAK) and link > at + 1 else _end(line, link)


def _at_an_end(line: Sequence[str]) -> range:
    """The places of a command to add that the message begins with, but for politeness, or else ends with."""
    strong = [one for one in range(len(line)) if line[one] not in _folded(_WEAK) and _asks(line, one)]
    if strong and _folded(_NOTHING).issuperset(line[: strong[0]]):
        return range(strong[0], _end(line, strong[0]))
    return range(strong[-1], len(line)) if strong and _end(line, strong[-1]) == len(line) else range(0)


def _asks(line: Sequence[str], at: int) -> bool:
    """Whether the word there is a command to add, and tells not of somebody who added."""
    end = _end(line, at)
    is_open = line[end - 1] in _folded(f"{_NOUNS} {_STEMS} {_PAIR} {_DOING}")
    return line[at] in _commanding() and not (is_open and _folded(_NARRATES) & {*line[end : end + 1]})


def _end(line: Sequence[str], at: int) -> int:
    """Behind the word to add and what belongs to the verb: "add kar do", "जोड़ना चाहता हूं"."""
    end = at + 1
    while end < len(line) and line[end] in _goes_on().get(line[end - 1], frozenset()):
        end += 1
    is_two = line[end - 1] in _folded("do दो") and not _folded(_COUNTED).isdisjoint(line[end : end + 1])
    return end - 1 if is_two and end > at + 1 else end


def _name_from(line: Sequence[str], at: int) -> int:
    """Where the name of the receipt begins that stands before its digits; ``at`` where none does."""
    name = at - 1
    while name >= 0 and line[name] in _folded(_OF_THE_NAME):
        name -= 1
    if name < 0 or line[name] not in _folded(_NAMES):
        return at
    return name - 1 if name and line[name - 1] in _folded(_MINE) else name


def _is_named(line: Sequence[str], at: int) -> bool:
    beside = (*line[max(0, at - _BEFORE) : at], *line[at + 1 : at + 1 + _BEHIND])
    return not _folded(_NAMES).isdisjoint(beside)


def _is_of_others(line: Sequence[str], at: int) -> bool:
    """Whether the digits are called those of an account, a card, a phone."""
    name = at - 1
    while name >= 0 and line[name] in _fillers():
        name -= 1
    return not _folded(_OF_OTHERS).isdisjoint((*line[max(0, name) : at], *line[at + 1 : at + 2]))


def _told(text: str, words: Sequence[Word], gone: set[int]) -> str:
    """The text without those words and the signs beside them; "" where nothing is left but politeness."""
    if all(word.plain in _folded(_NOTHING) | _adding() for at, word in enumerate(words) if at not in gone):
        return ""
    kept, begin = [], 0
    for at in sorted(gone):
        kept.append(text[begin : words[at].start])
        begin = words[at].end
    kept.append(text[begin:])
    return _joined(kept)


def _joined(parts: Iterable[str]) -> str:
    """What stood apart, put together where it is more than signs."""
    kept = [part for part in parts if part.strip(_SIGNS)]
    told = ""
    for part in kept:
        bare = part.lstrip(_SIGNS)
        bridge = "\n" if "\n" in part[: -len(bare)] else " "
        told = f"{told.rstrip(_SIGNS_BEFORE)}{bridge}{bare}"
    return told.strip(f"{_SIGNS_BEFORE},;")


@cache
def _folded(words: str) -> frozenset[str]:
    """The words of a list above as they are compared."""
    return frozenset(fold(word).replace(" ", "") for word in words.split())


@cache
def _links() -> frozenset[str]:
    return _folded(_LINKS) | _folded(_NAMES) | _folded(_MINE) | _folded(_OF_THE_NAME)


@cache
def _fillers() -> frozenset[str]:
    return _folded(_OF_THE_NAME) | _folded(_NAMES) | _folded(_MINE) | _folded(_PARTICLES) | _folded(_FROM)


@cache
def _commanding() -> frozenset[str]:
    return frozenset().union(*map(_folded, (_NOUNS, _STEMS, _PAIR, _INFINITIVES, _IMPERATIVES)))


@cache
def _adding() -> frozenset[str]:
    return _commanding() | _folded(_OTHER_FORMS)


@cache
def _goes_on() -> dict[str, frozenset[str]]:
    """Words that may follow each word of a verb."""
    ways = (
        (_NOUNS, _MAKE),
        (f"{_STEMS} {_DOING}", _GIVE),
        (f"{_INFINITIVES} {_TO_BE_DONE}", f"{_WANT} {_WISHED}"),
        (_WISHED, _AM),
    )
    return {word: _folded(behind) for words, behind in ways for word in _folded(words)}
