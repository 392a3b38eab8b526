"""Whose a number is, as people say it in one short answer, and that it is to be taken out.

Only an answer of known words counts. Where "no" may belong to one owner or to the other nothing is guessed: it is asked
again. So it is where the words for "not mine" name one thing, or the others: what was not named may be his own. That
one thing is his own takes all of them out.
"""

import re
from functools import cache

from relay.understanding.commands import keyword
from relay.understanding.folding import fold

_WORDS: dict[str, tuple[str, ...]] = {
    "Y": ("yes", "ji", "haan", "han", "haa", "ha", "ok", "okay", "हां", "हा", "जी", "bilkul", "बिल्कुल"),
    "N": ("nahi", "nahin", "nhi", "नहीं", "नही"),
    "X": (
        "not", "isnt", "isn t", "aint", "ain t", "none is", "none are", "none of them is", "none of them are",
        "none of these is", "none of these are",
    ),
    "I": (
        "it", "its", "this", "that", "thats",
        "these", "those", "they", "the", "number", "numbers", "num", "no", "nambar",
        "ye", "yeh", "yah", "wo",
        "woh", "vo", "vah", "in", "un", "them", "ise", "inhe", "inhen", "isko", "inko", "usko", "unko", "यह", "ये", "वह",
        "वो", "नंबर", "नम्बर", "इसे", "इन्हें", "इसको", "इनको", "उसको", "उनको",
    ),
    "T": (
        "phone", "mobile", "id", "plate", "car", "bike", "vehicle", "gaadi", "gadi", "gari", "फोन", "मोबाइल", "गाड़ी",
        "बाइक", "कार",
    ),
    "A": ("all", "both", "all of them", "all of it", "sab", "saare", "sare", "dono", "sabhi", "सब", "सारे", "सभी",
          "दोनों"),
    "E": ("one", "one of them", "one of these", "ek", "inme se ek", "एक", "इनमें से एक"),
    "B": (
        "is", "are", "s", "hai", "hain", "h", "he", "hi", "to", "ka", "ki", "ke",
        "है", "हैं", "ही", "तो", "का", "की", "के",
    ),
    "M": (
        "mine", "my", "own", "our", "ours", "mera", "meri", "mere", "apna", "apni", "apne", "hamara", "hamari",
        "hamare", "humara", "humari", "humare", "khud",
        "मेरा", "मेरी", "मेरे", "अपना", "अपनी", "अपने", "हमारा", "हमारी", "हमारे", "खुद",
    ),
    "O": (
        "his", "her", "hers", "their", "theirs", "someone else", "somebody else", "some one else", "somebody elses",
        "someone elses", "another person", "other person",
        "accused", "accused person", "suspect", "thief", "criminal",
        "uska", "uski", "uske", "unka", "unki", "unke", "us ka", "us ki", "us ke", "un ka", "un ki", "un ke",
        "kisi aur", "kisi or", "kisi dusre", "kisi doosre", "dusre ka", "dusre ki", "dusre ke", "doosre ka",
        "doosre ki", "doosre ke", "aaropi", "aropi", "mujrim", "apradhi", "chor",
        "उसका", "उसकी", "उसके", "उनका", "उनकी", "उनके", "किसी और", "किसी दूसरे", "दूसरे का", "दूसरे की", "दूसरे के",
        "usi", "lutera", "luteron", "उसी", "आरोपी", "मुजरिम", "अपराधी", "चोर", "लुटेरों",
    ),
    "R": (
        "remove", "take out", "take it out", "take them out",
        "take this out", "take all out", "take them all out", "leave out", "leave it out", "leave them out",
        "hata", "hatao", "hatado", "hataen", "hataye",
        "hataiye", "hatana", "nikal", "nikalo", "nikaal", "nikaalo",
        "हटा", "हटाओ", "हटाएं", "हटाए", "हटाइए", "हटाना", "हटवा", "निकाल", "निकालो", "निकालें",
    ),
    "L": (
        "delete", "delet", "dilit", "dilet", "delate", "erase", "mita", "mitao", "mitado", "mitaen", "mitaye",
        "मिटा", "मिटाओ", "मिटाएं", "मिटाए", "मिटाइए", "डिलीट",
    ),
    "D": (
        "do", "de", "den", "dein", "dijiye", "dijie", "dena", "kar", "karo", "karen", "kijiye",
        "दो", "दें", "दे", "दीजिए", "दीजिये", "देना", "कर", "करो", "करें", "कीजिए",
    ),
    "P": (
        "please", "pls", "plz", "sir", "sirji", "madam", "bhai", "bhaiya", "sahab", "kripya",
        "कृपया", "प्लीज", "सर", "मैडम", "भाई", "भैया", "साहब",
    ),
}  # fmt: skip
"""Each by a letter: yes, no, not, it or the number, a thing, all, one of them, is, mine, another's, take out, erase,
do, politeness."""
_MOST_WORDS, _LONGEST = 10, 4
_NOT_MINE = "(?:XM[MIB]*|M[MIB]*N[IB]*)"
_MINE = re.compile("[YIBAET]*M[MIBAYT]*")
_THEIRS = re.compile(
    f"[YNIBA]*O[OIBA]*|[YNIB]*{_NOT_MINE}(?:O[OIB]*)?|[YNIB]*O[OIB]*{_NOT_MINE}"  # "not all mine" is none of these
)
_TAKES_OUT = re.compile("[YIBAMPT]*[RL][RLDIAMPT]*")


def whose(text: str) -> str | None:
    """ "mine", "theirs", or "unsure" for words that ask to take it out; None where the answer is none of these."""
    read = _read(text)
    if _MINE.fullmatch(read):
        return "mine"
    if _THEIRS.fullmatch(read):
        return "theirs"
    return "unsure" if takes_out(text) else None


def takes_out(text: str) -> bool:
    """Whether the whole answer asks to take something out: the numbers that were asked about, not the report."""
    read = _read(text)
    asks = keyword(text) == "delete" or bool(_TAKES_OUT.fullmatch(read))
    return asks and ("R" in read or _erases_named(read))


def _erases_named(read: str) -> bool:
    """Whether words for erasing, which mean the whole report by themselves, name the number."""
    named = "IT" if "A" in read or "?" in read else "YIMT"
    return "L" in read and any(letter in read for letter in named)


def _read(text: str) -> str:
    """A letter for each known word or group of words; "?" where there is another."""
    words = fold(text).split()
    if len(words) > _MOST_WORDS:
        return "?"
    letters = list[str]()
    if words[:1] == ["no"]:  # elsewhere it is short for number
        words, letters = words[1:], ["N"]
    while words:
        count, letter = _first(words)
        words, letters = words[count:], [*letters, letter]
    return "".join(letters).strip("P")


def _first(words: list[str]) -> tuple[int, str]:
    """How many words the longest known group at the beginning has, and its letter."""
    for count in range(min(_LONGEST, len(words)), 0, -1):
        letter = _letters().get(" ".join(words[:count]))
        if letter is not None:
            return count, letter
    return 1, "?"


@cache
def _letters() -> dict[str, str]:
    return {fold(word): letter for letter, words in _WORDS.items() for word in words}
