"""The order of the questions, and which of them a draft has answered.

A question of the catalogue is called ``<category>.<code>``, so that an old tap is never taken for another category.
"""

from relay.dialogue.state import Book, State
from sync.catalogue import TO_RANGE, Question

# Steps whose answer is one code, and the field of the draft that keeps it.
FIELDS = {
    "language": "language",
    "police": "police",
    "partial": "partial",
    "now": "happening",
    "fear": "fear",
    "contact": "contact",
}


def sequence(state: State, book: Book) -> tuple[str, ...]:
    """Every step of this draft, in order."""
    category = book.catalogue.category(state.category)
    questions = tuple(f"{state.category}.{q.code}" for q in category.questions) if category else ()
    police = () if category and category.route == TO_RANGE else ("police",)
    thana = ("thana",) if state.district and book.directory.thanas_of(state.district) else ()
    head = ("language", "category", *police, "partial", *questions, "evidence", "district", *thana)
    return (*head, "place", "now", "fear", "contact", "summary")


def beside(state: State, book: Book, by: int) -> str:
    """The step ``by`` places after the current one; the ends hold."""
    steps = sequence(state, book)
    return steps[max(0, min(len(steps) - 1, steps.index(state.step) + by))]


def question(step: str, book: Book) -> Question | None:
    """The catalogue's question of that step, or None."""
    code, _, name = step.partition(".")
    category = book.catalogue.category(code)
    return next((q for q in category.questions if q.code == name), None) if category else None


def takes_words(step: str, book: Book) -> bool:
    """Whether the step's answer is free text."""
    asked = question(step, book)
    return step == "place" or (asked is not None and not asked.options)


def answered(state: State, step: str) -> bool:
    """Whether a choice of this step is kept in the draft."""
    if step in FIELDS:
        return bool(getattr(state, FIELDS[step]))
    if step in ("district", "thana"):
        return getattr(state, step) is not None
    if step == "category":
        return bool(state.category)
    category, _, code = step.partition(".")
    return category == state.category and any(answer.question == code for answer in state.answers)


def first_open(state: State, book: Book) -> str:
    """The first step that is not answered; evidence, place and summary never are."""
    return next(step for step in sequence(state, book) if not answered(state, step))


def has_content(state: State) -> bool:
    """Whether the person has told anything yet."""
    return bool(state.category or state.texts or state.slots)
