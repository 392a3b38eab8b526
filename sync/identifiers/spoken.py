"""Digits and letters that are written as words: "nau aath double saat", "यूपी 62 ए बी"."""

import re
from collections.abc import Iterator

from sync.identifiers.shadow import Shadow

_TOKEN = re.compile(r"[0-9]+|[^\W0-9_](?:[^\W0-9_]|[\u0900-\u0963])*")
_BETWEEN = re.compile(r"[\s,\-./]{0,3}")
_MOBILE_DIGITS = 10
_OTHER_MEANINGS = frozenset(("no", "do", "for", "che", "to"))
_LEAST_WORDS = 2

_DIGITS = (
    "zero jiro shunya sunya sifar oh o जीरो ज़ीरो शून्य सिफर ओ",
    "one ek van wan एक वन",
    "two do too दो टू",
    "three teen tin thri तीन थ्री",
    "four char chaar for फोर चार",
    "five panch paanch pach faiv पांच पाँच पाच फाइव",
    "six chhah chhe che chah cheh chhai छह छः छे छै छ सिक्स",
    "seven saat sat sath सात सेवन",
    "eight aath ath ait आठ एट",
    "nine nau nou no नौ नाइन",
)
_DIGIT_OF = {word: str(digit) for digit, words in enumerate(_DIGITS) for word in words.split()}
_TIMES_OF = {
    **dict.fromkeys(("double", "dabal", "dubble", "डबल"), 2),
    **dict.fromkeys(("triple", "tripal", "tripple", "ट्रिपल", "तिबल"), 3),
}

_LETTERS = {
    "A": "ए", "B": "बी", "C": "सी", "D": "डी", "E": "ई", "F": "एफ", "G": "जी", "H": "एच", "I": "आई", "J": "जे",
    "K": "के", "L": "एल", "M": "एम", "N": "एन", "O": "ओ", "P": "पी", "Q": "क्यू", "R": "आर", "S": "एस", "T": "टी",
    "U": "यू", "V": "वी", "W": "डब्लू डब्ल्यू", "X": "एक्स", "Y": "वाई वाय", "Z": "जेड ज़ेड",
}  # fmt: skip
_LETTER_OF = {name: letter for letter, names in _LETTERS.items() for name in names.split()}
_ONE_LETTER = "|".join(sorted(_LETTER_OF, key=len, reverse=True))
_ALL_LETTERS = re.compile(f"(?:{_ONE_LETTER})+")


def digits_in_words(text: Shadow) -> Shadow:
    """With digits for runs of number words; words alone ("do bike") stay as they are."""
    runs = [_without_lead(run) for run in _runs(text.text)]
    spoken = [
        run
        for run in runs
        if sum(not text.text[start:end].isdigit() for start, end, *_ in run) >= _LEAST_WORDS
    ]
    return text.replaced([(start, end, digits) for run in spoken for start, end, _, digits in run])


def _without_lead(run: list["_Part"]) -> list["_Part"]:
    """Without a first word that need not be a digit ("no 98…") where it is one too many for a number."""
    count = sum(len(digits) for *_, digits in run)
    return run[1:] if count == _MOBILE_DIGITS + 1 and run[0][2] in _OTHER_MEANINGS else run


_Part = tuple[int, int, str, str]
"""Start (of the "double" before it, too), end, the word, and the digits it stands for."""


def _runs(text: str) -> Iterator[list[_Part]]:
    run, at, times, begun = list[_Part](), 0, 0, 0
    for token in _TOKEN.finditer(text):
        word = token[0].casefold()
        joined = bool(run) and _BETWEEN.fullmatch(text, at, token.start()) is not None
        if not joined and run:
            yield run
            run, times = [], 0
        if word in _TIMES_OF:
            times, begun = _TIMES_OF[word], token.start()
        elif digits := (word if word.isascii() and word.isdigit() else _DIGIT_OF.get(word, "")):
            start = begun if times else token.start()
            run.append((start, token.end(), word, digits[0] * (times - 1) + digits if times else digits))
            times = 0
        elif run:
            yield run
            run, times = [], 0
        at = token.end()
    if run:
        yield run


def letters_in_words(text: Shadow) -> Shadow:
    """With Latin capitals for words made of the Hindi names of letters only."""
    changes = [
        (token.start(), token.end(), _latin(token[0]))
        for token in _TOKEN.finditer(text.text)
        if _ALL_LETTERS.fullmatch(token[0])
    ]
    return text.replaced(changes)


def _latin(word: str) -> str:
    return "".join(_LETTER_OF[name] for name in re.findall(_ONE_LETTER, word))
