"""What receipt holders may ask at any time: how a report stands, and what an answer said."""

import sqlite3

from relay import downlink, receipts, understanding
from relay.dialogue import Book, Say, words
from relay.drafts import Draft
from relay.epochs import EpochStore
from relay.events import Event

MOST_WORDS_BESIDE_RECEIPT = 3


class Desk:
    """Answers from the relay's own rows; nothing goes to any node."""

    def __init__(self, conn: sqlite3.Connection, epochs: EpochStore, book: Book) -> None:
        """``conn``: of relay.db, the thread's own."""
        self._conn, self._epochs, self._book = conn, epochs, book

    def asks_status(self, event: Event, draft: Draft | None) -> bool:
        """The keyword, or a receipt almost alone; sixteen digits in a story may be a card's, which belongs to it."""
        if event.kind != "text":
            return False
        if understanding.keyword(event.text) == "status":
            return True
        code = receipts.find_code(event.text)
        words_beside = sum(any(ch.isalpha() for ch in word) for word in event.text.split())
        if code is None or words_beside > MOST_WORDS_BESIDE_RECEIPT:
            return False
        return draft is None or self._state_of(code) is not None

    def _state_of(self, code: str) -> str | None:
        return receipts.state_of(self._conn, receipts.tag(self._epochs, code))

    def status(self, event: Event, draft: Draft | None) -> Say:
        """How the report of the receipt in the words stands."""
        language = spoken(event, draft)
        code = receipts.find_code(event.text)
        state = self._state_of(code) if code else None
        if code is None:
            wrong = understanding.has_digits(event.text)
            return words(language, "digits_wrong" if wrong else "status_how", self._book)
        return words(language, f"status_{state}" if state else "status_unknown", self._book)

    def target(self, event: Event) -> str | None:
        """The handle of the report whose receipt stands in the words."""
        code = receipts.find_code(event.text) or ""
        return receipts.target(self._conn, receipts.tag(self._epochs, code))

    def reading(self, event: Event) -> Say | None:
        """What the button of an answer shows, to whoever taps, until it is erased; None for any other tap."""
        tapped = downlink.read_choice(event.choice, tuple(self._book.phrases.by_language))
        if tapped is None:
            return None
        language, token = tapped
        text = downlink.read(self._conn, self._epochs, self._book.catalogue, language, token)
        return words(language, "answer_gone", self._book) if text is None else Say(text)


def asks_to_add(event: Event) -> bool:
    """Whether the words ask to add to an earlier report and hold a receipt."""
    is_asked = event.kind == "text" and understanding.keyword(event.text) == "add"
    return is_asked and receipts.find_code(event.text) is not None


def spoken(event: Event, draft: Draft | None) -> str:
    """The language to answer in: the draft's; else Hindi when the person wrote Devanagari, and English."""
    if draft is not None and draft.state.language:
        return draft.state.language
    return "hi" if any("ऀ" <= ch <= "ॿ" for ch in event.text) else "en"
