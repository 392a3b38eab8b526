"""Messages outside a draft: the receipt, and single sentences by key."""

from dataclasses import replace

from relay.dialogue.offers import OWN_LANGUAGE
from relay.dialogue.state import Book, Say
from relay.limits import Choice

UNDO = "undo"
"""How the id of the button begins that takes a report back: ``undo|<language>|<token>``."""
_GROUP = 4


def receipt_words(language: str, receipt: str, undo_token: str | None, book: Book) -> tuple[Say, ...]:
    """The receipt in groups of four and what happens next.

    With a token also the button that takes it back; without one (sent at once) it says that this cannot be done.
    """
    spoken = language or OWN_LANGUAGE
    return _with_undo(
        spoken, book.phrases.text(spoken, "receipt", receipt=grouped(receipt)), undo_token, book
    )


def grouped(receipt: str) -> str:
    """The receipt in groups of four, as it is shown."""
    return " ".join(receipt[i : i + _GROUP] for i in range(0, len(receipt), _GROUP))


def addition_words(language: str, undo_token: str | None, book: Book) -> tuple[Say, ...]:
    """What is said when something was added to an earlier report: its receipt stays the one."""
    spoken = language or OWN_LANGUAGE
    return _with_undo(spoken, book.phrases.text(spoken, "addition"), undo_token, book)


def _with_undo(spoken: str, text: str, undo_token: str | None, book: Book) -> tuple[Say, ...]:
    if undo_token is None:
        return (Say(f"{text}\n\n{book.phrases.text(spoken, 'receipt_at_once')}"),)
    undo = book.phrases.text(spoken, "receipt_undo")
    button = Choice(f"{UNDO}|{spoken}|{undo_token}", book.phrases.text(spoken, "button_undo"))
    return (Say(f"{text}\n\n{undo}", buttons=(button,)),)


def read_undo(choice: str, book: Book) -> tuple[str, str] | None:
    """(language, token) of that button's id, the language "" where it names none; None for any other id."""
    kind, *parts = choice.split("|")
    if kind != UNDO or len(parts) not in (1, 2):
        return None
    language = parts[0] if len(parts) == 2 and parts[0] in book.phrases.by_language else ""
    return language, parts[-1]


def veiled(say: tuple[Say, ...], language: str, book: Book) -> tuple[Say, ...]:
    """Messages that nobody asked for just now: a locked screen shows the harmless words before them."""
    veil = book.phrases.text(language or OWN_LANGUAGE, "veil")
    return tuple(replace(one, text=f"{veil}\n\n{one.text}") for one in say)


def words(language: str, key: str, book: Book, **values: str) -> Say:
    """One phrase as a message; in every language when ``language`` is ""."""
    return Say(book.phrases.text(language, key, **values))
