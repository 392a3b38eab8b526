"""The most that can be said: the longest answers, the most files, everything at once."""

from collections.abc import Iterator

from relay import limits
from relay.dialogue import Book, Heard, addition_words, receipt_words
from relay.review.fitting import named, refused, unfit
from relay.review.talk import Talk, begun, code_of
from relay.review.ways import FAILURES, MEDIA, SOME_WORDS, TICK, is_page, takes_words

LONG_WORDS = "क" * 3000
_MOST_STEPS = 80
_MANY = 40
_KEEPS_STEP = tuple(medium for medium in MEDIA if medium != "voice")  # a voice message answers the question


def extremes(book: Book) -> Iterator[str]:
    """What is wrong with the longest conversations, in every language."""
    for language in book.phrases.by_language:
        for category in book.catalogue.categories:
            yield from _fullest(language, category.code, book)
        yield from _too_much(language, book)
        yield from _receipts(language, book)


def _fullest(language: str, category: str, book: Book) -> Iterator[str]:
    """One kind of crime told to its end with files at every step and the longest of all answers."""
    talk = begun(language, book, category)
    for count in range(_MOST_STEPS):
        medium = _KEEPS_STEP[count % len(_KEEPS_STEP)]
        talk = talk.goes((Heard("evidence", slot=count, medium=medium), TICK))
        yield from unfit(talk.step, f"{named(talk.state)} in {category}, with files")
        talk = talk.goes((_longest(talk),))
        yield from unfit(talk.step, f"{named(talk.state)} in {category}")
        if talk.state and talk.state.submitting:
            talk = talk.goes((TICK,))
            yield from unfit(talk.step, f"{category}, sent without its files")
        if talk.state is None:
            return
    yield f"{language}: {category}: {_MOST_STEPS} answers do not come to an end"


def _longest(talk: Talk) -> Heard:
    """The longest answer to what stands; at a question that may lead back, the first."""
    if takes_words(talk.step.say[-1]):
        return Heard("text", text=LONG_WORDS)
    choices = [choice for choice in talk.offered if not is_page(choice)]
    leads_back = talk.asked in ("summary", "evidence") or bool(talk.state and talk.state.overlay)
    best = choices[0] if leads_back else max(choices, key=lambda choice: limits.length(choice.title))
    return Heard("tap", choice=best.id)


def _too_much(language: str, book: Book) -> Iterator[str]:
    """An addition by somebody who sends more than a report can hold, and files that cannot be taken."""
    talk = Talk(book).goes((Heard("add", choice="h1"),)).taps(language)
    files = [Heard("evidence", slot=n, medium=MEDIA[n % len(MEDIA)]) for n in range(_MANY)]
    failed = [Heard("file", slot=n, reason=reason) for n, reason in enumerate(FAILURES)]
    ways = [
        (*files, *failed, TICK),
        *[(Heard("text", text=LONG_WORDS),)] * 8,
        (Heard("text", text=SOME_WORDS),),
    ]
    for way in ways:
        talk = talk.goes(way)
        yield from unfit(talk.step, f"{named(talk.state)}, too much")
    for _ in range(_MOST_STEPS):
        if talk.state is None or not talk.offered:
            return
        talk = talk.taps("no" if "no" in map(code_of, talk.offered) else "")
        yield from unfit(talk.step, f"{named(talk.state)}, too much")


def _receipts(language: str, book: Book) -> Iterator[str]:
    receipt, token = "0" * 16, "t" * 43
    for kept in (token, None):
        for say in (*receipt_words(language, receipt, kept, book), *addition_words(language, kept, book)):
            yield from refused(say, f"{language}: receipt")
