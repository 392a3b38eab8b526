"""What people do at a place of the conversation: what they are asked to, and everything else."""

from collections import Counter
from collections.abc import Iterator

from relay.dialogue import Book, Choice, Heard, Say
from relay.understanding import KEYWORDS
from sync import placecode

SOME_WORDS = "xyz"
SKIP = "@skip"
PAGE = "@page"
MEDIA = ("photo", "voice", "audio", "video", "document")
FAILURES = ("gone", "size", "kind", "damaged", "unseen", "day")
TICK = Heard("tick")
"""Heard when the dialogue next wants to be woken."""
_SLOT = 1000

Way = tuple[Heard, ...]
"""Things that are heard one after the other, without waiting for an answer in between."""


def choices(say: Say) -> tuple[Choice, ...]:
    """All that can be tapped in a message."""
    return say.buttons or say.rows


def takes_words(say: Say) -> bool:
    """Whether a message asks for words: it offers at most to pass over."""
    return all(choice.id.endswith(f"|{SKIP}") for choice in choices(say))


def is_page(choice: Choice) -> bool:
    """Whether a row leads to another page of its list."""
    return choice.id.rpartition("|")[2].startswith(PAGE)


def forward(say: Say) -> Iterator[Way]:
    """What a person does who follows the message: a tap on anything, words where words are asked for."""
    for choice in choices(say):
        yield (Heard("tap", choice=choice.id),)
    if takes_words(say):
        yield (Heard("text", text=SOME_WORDS),)


def anything(book: Book) -> Iterator[Way]:
    """All else that people do at any time: commands, words that are no answer, files, nothing for hours."""
    yield from ((Heard("text", text=text),) for text in _texts(book))
    for choice in ("nothing|nothing", "language|hi", "category|other", "police|yes", "district|@outside"):
        yield (Heard("tap", choice=f"v1|{choice}"),)
    yield (Heard("tap", choice="v1.1|summary|send"),)  # of another report
    yield (Heard("text", text=SOME_WORDS), Heard("text", text=SOME_WORDS))
    for medium in MEDIA:
        yield (Heard("evidence", slot=_SLOT, medium=medium), TICK)
    yield from (_failing(reason) for reason in FAILURES)
    spoken = (Heard("evidence", slot=_SLOT, medium="voice"), TICK)
    yield (*spoken, Heard("evidence", slot=_SLOT + 1, medium="voice"), TICK)
    yield from ((Heard("refused", reason=reason),) for reason in ("contacts", "kind", ""))
    yield from ((Heard("other"),), (Heard("location"),), (Heard("location", text="25.746, 82.684"),))
    yield (Heard("add", choice="h1", text="जोड़ें"),)
    yield from ((TICK,), (TICK, TICK))


def _texts(book: Book) -> Iterator[str]:
    yield from (words[0] for words in KEYWORDS.values())
    yield from (SOME_WORDS, "", "status 1234", "add 1234", "call 9812345678", *danger_words(book))
    yield "They sell it behind the school every evening"
    yield from (f"Hi [{placecode.code_of(thana.code)}]" for thana in book.directory.thanas[:1])
    names = Counter(thana.name_en for thana in book.directory.thanas)
    yield from (name for name, count in names.most_common(1) if count > 1)


def danger_words(book: Book) -> tuple[str, ...]:
    """One word of each language that brings the emergency numbers."""
    return tuple(words[0] for words in book.phrases.danger.values() if words)


def _failing(reason: str) -> Way:
    """A file that cannot be taken."""
    return (Heard("evidence", slot=_SLOT), Heard("file", slot=_SLOT, reason=reason), TICK)
