"""What can be chosen at each step, and which of it a tap or a few typed words mean."""

from relay.dialogue.places import OUTSIDE, UNKNOWN, pages, place_choices, thana_choices, typed_place
from relay.dialogue.state import Book, State
from relay.dialogue.steps import question
from relay.limits import Choice
from relay.understanding import (
    has_digits,
    leading,
    match_option,
    number,
    page_turn,
    refuses_keeping,
    unknown,
    whose,
)
from sync.catalogue import Option

PREFIX = "v1"
_TAG = "."
_OF_ANY_DRAFT = ("language", "help")
"""Their buttons mean the same whenever they are tapped."""
_OF_ONE_SENDING = ("summary", "undone")
OWN_LANGUAGE = "hi"
SKIP = "@skip"
PAGE = "@page"
VOICE = "@voice"
"""The answer of somebody who spoke instead of choosing or writing."""
ELSE = "@else"
TOPICS = ("words", "real", "safe", "next_steps", "lost", "kept")

_FIXED = {
    "police": ("yes", "no", "unsure"),
    "partial": ("yes", "no"),
    "evidence": ("next",),
    "near": ("yes", "other", SKIP),
    "place": (SKIP,),
    "new": (SKIP,),
    "now": ("yes", "no"),
    "fear": ("yes", "no", "unsure"),
    "contact": ("push", "none", "at_once"),
    "summary": ("send", "again"),
    "resume": ("continue", "again"),
    "location": ("yes", "no"),
    "whose": ("mine", "theirs", "unsure"),
    "accused": ("yes", "no"),
    "undone": ("change", "erase"),
    "help": (*TOPICS, "continue"),
}
# Only whole labels count: where other words are added to the report, and where half a word would be a consent.
_WHOLE = ("evidence", "summary", "partial", "contact", "undone", "whose")
_YES_OR_NO = {"yes", "no", "unsure"}
_FOR_ZERO = (UNKNOWN, OUTSIDE, "unsure", "unknown", "next", SKIP, ELSE)


def asked(state: State) -> str:
    """The question that stands: one asked between, or the step; nothing is asked between before there is a language."""
    return state.overlay if state.overlay and state.language else state.step


def offers(step: str, state: State, book: Book) -> tuple[Choice, ...]:
    """All that can be chosen at a step, by code (``Choice.id`` is the bare code here)."""
    if step in ("district", "thana"):
        return place_choices(step, state, book)
    if step == "which":
        return (*thana_choices(state.which, state, book), _own(ELSE, state, book))
    if step == "language":
        return tuple(
            Choice(code, book.phrases.text(code, "language_name")) for code in book.phrases.by_language
        )
    if step == "category":
        return _categories(state, book)
    if step in _FIXED:
        return tuple(_own(code, state, book) for code in _FIXED[step])
    options = _options(step, book)
    return tuple(Choice(o.code, o.label[state.language]) for o in options) or (_own(SKIP, state, book),)


def _own(code: str, state: State, book: Book) -> Choice:
    return Choice(code, book.phrases.text(state.language, f"choice_{code.strip('@')}"))


def _categories(state: State, book: Book) -> tuple[Choice, ...]:
    language = state.language
    return tuple(Choice(c.code, c.menu[language], c.name[language]) for c in book.catalogue.categories)


def title(step: str, code: str, state: State, book: Book) -> str:
    """The words of a choice as the person read them; "" for a code that is none of the step's."""
    if code == VOICE:
        return book.phrases.text(state.language, "by_voice")
    return next((choice.title for choice in offers(step, state, book) if choice.id == code), "")


def numbered(choices: tuple[Choice, ...]) -> dict[str, int]:
    """The number of each code, from 1 on; "I don't know" in a list is 0."""
    return {c.id: n for n, c in enumerate((c for c in choices if c.id != UNKNOWN), 1)} | {UNKNOWN: 0}


def page_count(step: str, state: State, book: Book) -> int:
    """On how many pages the choices of a step stand."""
    return len(pages(offers(step, state, book)))


def chosen(text: str, step: str, state: State, book: Book) -> str | None:
    """The code that typed words mean at a step: a number, an option in either language, a place,
    another page of a long list; or None."""
    if step == "contact" and refuses_keeping(text):
        return "none"
    choices = offers(step, state, book)
    counts = step != "whose" or has_digits(text)  # "the second" is one of several there
    value = number(text) if counts else None
    if value == 0 or (value is None and unknown(text)):
        return next((choice.id for choice in choices if choice.id in _FOR_ZERO), None)
    if value is not None:
        return next((code for code, n in numbered(choices).items() if n == value and code != UNKNOWN), None)
    turn, count = page_turn(text), page_count(step, state, book)
    if turn and count > 1:  # round: behind the last page comes the first
        return f"{PAGE}{(min(state.page, count - 1) + turn) % count}"
    labels = [(choice.id, _labels(step, choice, book)) for choice in choices]
    code = match_option(text, labels, whole=step in _WHOLE)
    if code is None and step == "whose":
        return whose(text)
    if code is None and step in ("district", "thana", "which"):
        return typed_place(text, step, state, book)
    return code


def led(text: str, step: str, state: State, book: Book) -> str | None:
    """The code that the first words of a sentence mean at a yes-or-no question ("haan daroga hai"); or None.

    Never where a yes is a consent.
    """
    codes = {choice.id for choice in offers(step, state, book)}
    if step in _WHOLE or not codes <= _YES_OR_NO:
        return None
    code = leading(text, on_police=step == "police")
    return code if code in codes else None


def _labels(step: str, choice: Choice, book: Book) -> tuple[str, ...]:
    """Every label of a choice, in all languages."""
    if step in ("district", "thana", "which") and choice.id not in (OUTSIDE, UNKNOWN, ELSE):
        return ()  # names have their own way of comparing
    if step == "category":
        category = book.catalogue.category(choice.id)
        return (*category.menu.values(), *category.name.values()) if category else ()
    options = (o.label.values() for o in _options(step, book) if o.code == choice.id)
    own = (phrases.get(f"choice_{choice.id.strip('@')}", "") for phrases in book.phrases.by_language.values())
    return (
        choice.title,
        *(own if step in _FIXED or choice.id == ELSE else ()),
        *(label for labels in options for label in labels),
    )


def _options(step: str, book: Book) -> tuple[Option, ...]:
    found = question(step, book)
    return found.options if found else ()


def choice_id(step: str, code: str, state: State) -> str:
    """The id that a row or button of a step carries: with the draft's tag where it is about this draft alone."""
    tag = f"{_TAG}{_tag_of(step, state)}" if state.begun and step not in _OF_ANY_DRAFT else ""
    return f"{PREFIX}{tag}|{step}|{code}"


def _tag_of(step: str, state: State) -> str:
    """What tells the buttons of a draft; of one that was taken back also those that send from those that sent."""
    again = f"-{state.taken_back_s:x}" if state.taken_back_s and step in _OF_ONE_SENDING else ""
    return f"{state.begun:x}{again}"


def read_choice(text: str) -> tuple[str, str] | None:
    """(step, code) of such an id; None when it is not one of ours."""
    parts = text.split("|")
    ours = len(parts) == 3 and parts[0].partition(_TAG)[0] == PREFIX
    return (parts[1], parts[2]) if ours else None


def is_of_another(text: str, state: State) -> bool:
    """Whether an id is of another draft, or of what was taken back: an earlier report's must not answer for it."""
    head, _, rest = text.partition("|")
    tag = head.partition(_TAG)[2]
    return bool(tag) and tag != _tag_of(rest.partition("|")[0], state)


def takes_language(choice: str, book: Book) -> bool:
    """Whether a tapped id is one of the language buttons."""
    found = read_choice(choice)
    return found is not None and found[0] == "language" and found[1] in book.phrases.by_language


def page_of(code: str) -> int | None:
    """The page that a "more" or "back" row leads to; None for any other code."""
    digits = code.removeprefix(PAGE)
    return (
        int(digits) if digits != code and digits.isascii() and digits.isdigit() and len(digits) < 4 else None
    )
