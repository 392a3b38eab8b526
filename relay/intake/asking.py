"""What receipt holders may ask at any time: how a report stands, and what an answer said."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace

from relay import downlink, evidence, receipts, understanding
from relay.allowance import Allowance
from relay.dialogue import Book, Say, grouped, words
from relay.drafts import Draft
from relay.epochs import EpochStore
from relay.events import Event, Sender

MOST_WORDS_BESIDE_RECEIPT = 3
_ADD = "add "


@dataclass(frozen=True)
class Tried:
    """What came of a receipt: ``found``, None for one we do not know; or ``too_often``: it was not looked up."""

    found: str | None
    too_often: bool = False


@dataclass(frozen=True)
class Adding:
    """``handle``: of the report to add ``told`` to, or else what is ``said`` of its receipt; or nobody asks to add.

    ``instead``: the key of why ``told`` is kept as new and not added.
    """

    handle: str = ""
    said: tuple[Say, ...] = ()
    instead: str = ""
    told: str = ""


class Desk:
    """Answers from the relay's own rows; nothing goes to any node."""

    def __init__(
        self, conn: sqlite3.Connection, epochs: EpochStore, book: Book, allowance: Allowance
    ) -> None:
        """``conn``: of relay.db, the thread's own."""
        self._conn, self._epochs, self._book, self._allowance = conn, epochs, book, allowance

    def status(self, event: Event, draft: Draft | None, sender: Sender) -> Say | None:
        """How the report of the receipt in the words stands; None where the words do not ask for it.

        They ask by the keyword, or by a receipt with no words but those of such a question; with a draft sixteen digits
        that are no receipt may be a card's, which belongs to the story.
        """
        is_asked = event.kind == "text" and understanding.keyword(event.text) == "status"
        code = receipts.find_code(event.text) if is_asked or _only_asks(event) else None
        if code is None:
            wrong = understanding.has_digits(event.text)
            how = "digits_wrong" if wrong else "status_how"
            return words(spoken(event, draft), how, self._book) if is_asked else None
        tried = self._try(receipts.state_of, code, sender)
        if not is_asked and draft is not None and not tried.found and not tried.too_often:
            return None
        if tried.found is None:
            return words(spoken(event, draft), _refusal(tried), self._book)
        return self._stands(tried, spoken(event, draft), code)

    def _stands(self, tried: Tried, language: str, code: str) -> Say:
        """How the report stands and what to write to add to it, language by language where none is known."""
        languages = (language,) if language else tuple(self._book.phrases.by_language)
        keys = (f"status_{tried.found}", "status_add")
        text = self._book.phrases.text
        said = (text(each, key, receipt=grouped(code)) for each in languages for key in keys)
        return Say("\n\n".join(said))

    def to_add(self, event: Event, draft: Draft | None, sender: Sender) -> Adding:
        """What comes of words, a file's too, that ask to add to an earlier report; nothing of those that do not.

        Nothing told is thrown away: beside a receipt that is none, words and files are a story. One that is not right
        and stands alone is the dialogue's matter.
        """
        if draft is not None and draft.state.asks_receipt and _may_follow(event):
            adding = replace(event, text=f"{_ADD}{event.text}")
            return self._wanted(adding, spoken(event, draft), draft, sender)
        return self._wanted(event, spoken(event, draft), draft, sender)

    def _wanted(self, event: Event, language: str, draft: Draft | None, sender: Sender) -> Adding:
        asked = understanding.asked_to_add(event.text) if _has_words(event) else None
        if asked is None:
            return self._beside(event, language, draft, sender)
        tells = bool(asked.told) or event.kind != "text"
        if not asked.is_right:
            return self._mistyped(tells, event, language, draft) if asked.is_command else Adding()
        tried = self._try(receipts.target, receipts.find_code(event.text) or "", sender)
        if tried.found is not None:
            return Adding(handle=tried.found, told=event.text)
        if not asked.is_command and not tried.too_often:
            return Adding()
        if tells:
            return self._as_new(_why(tried), event, language)
        return Adding(said=(words(language, _refusal(tried), self._book),))

    def _mistyped(self, tells: bool, event: Event, language: str, draft: Draft | None) -> Adding:
        if tells:
            return self._as_new("add_wrong", event, language)
        is_behind = draft is not None and draft.state.asks_receipt
        return Adding(said=(words(language, "digits_wrong", self._book),) if is_behind else ())

    def _beside(self, event: Event, language: str, draft: Draft | None, sender: Sender) -> Adding:
        """What comes of words that stand beside a receipt and do not ask how it stands, nor to add."""
        code = receipts.find_code(event.text) if _has_words(event) and not _only_asks(event) else None
        if code is None or understanding.keyword(event.text) is not None:
            return Adding()
        tried = self._try(receipts.target, code, sender)
        if tried.found is not None:
            return self._as_new("add_kept", event, language)
        is_short = draft is None and _is_almost_alone(event)
        return self._as_new(_why(tried), event, language) if is_short else Adding()

    def _as_new(self, why: str, event: Event, language: str) -> Adding:
        """All that is told, without what may be a receipt: nobody is asked whose number that is."""
        mark = self._book.phrases.text(language or next(iter(self._book.phrases.by_language)), "receipt_mark")
        return Adding(instead=why, told=receipts.without_codes(event.text, mark).removeprefix(_ADD))

    def _try(
        self, look: Callable[[sqlite3.Connection, bytes], str | None], code: str, sender: Sender
    ) -> Tried:
        """Looks a receipt up, unless too many wrong ones came: then a right one tells no more than they."""
        if not self._allowance.may_try(sender):
            return Tried(None, too_often=True)
        tag = receipts.tag(self._epochs, code)
        found = look(self._conn, tag)
        if found is None:
            self._allowance.was_wrong(sender, tag)
        return Tried(found)

    def reading(self, event: Event) -> Say | None:
        """What the button of an answer shows, to whoever taps, until it is erased; None for any other tap."""
        tapped = downlink.read_choice(event.choice, tuple(self._book.phrases.by_language))
        if tapped is None:
            return None
        language, token = tapped
        text = downlink.read(self._conn, self._epochs, self._book.catalogue, language, token)
        return words(language, "answer_gone", self._book) if text is None else Say(text)


def _refusal(tried: Tried) -> str:
    """The key of what to say of a receipt that led to nothing."""
    return "receipt_later" if tried.too_often else "status_unknown"


def _why(tried: Tried) -> str:
    """The key of why what is told beside a receipt that led to nothing is kept as new."""
    return "receipt_later" if tried.too_often else "add_unknown"


def _may_follow(event: Event) -> bool:
    """Whether it may be the receipt behind a word to add, with words or without: the two in two messages."""
    is_receipt = event.kind == "text" and understanding.keyword(event.text) is None
    return is_receipt and understanding.asked_to_add(event.text) is None


def _only_asks(event: Event) -> bool:
    """Whether nothing is told beside a receipt, no number either."""
    is_asking = event.kind == "text" and understanding.only_asks(event.text)
    return is_asking and not any(understanding.perhaps_phones(receipts.without_codes(event.text, " ")))


def _is_almost_alone(event: Event) -> bool:
    """Whether a receipt is nearly all there is in the words."""
    words_beside = sum(any(ch.isalpha() for ch in word) for word in event.text.split())
    return event.kind == "text" and words_beside <= MOST_WORDS_BESIDE_RECEIPT


def _has_words(event: Event) -> bool:
    return event.kind == "text" or evidence.kind_of(event) is not None


def spoken(event: Event, draft: Draft | None) -> str:
    """The language to answer in: the draft's; else Hindi for Devanagari, English for other letters; "" (every language)
    for a bare receipt: who deleted the chat, as advised, has said no language yet."""
    if draft is not None and draft.state.language:
        return draft.state.language
    if not any(char.isalpha() for char in event.text):
        return ""
    return "hi" if any("ऀ" <= ch <= "ॿ" for ch in event.text) else "en"
