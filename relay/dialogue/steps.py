"""The order of the questions, and which of them a draft has answered.

A question of the catalogue is called ``<category>.<code>``, so that an old tap is never taken for another category.
"""

from relay.dialogue.state import Book, State
from sync.catalogue import TO_RANGE, Category, Question

# Steps whose answer is one code, and the field of the draft that keeps it.
FIELDS = {
    "language": "language",
    "police": "police",
    "partial": "partial",
    "near": "near",
    "now": "happening",
    "fear": "fear",
    "contact": "contact",
}
SETTLED_NEAR = ("yes", "@skip")
"""Answers about a poster's thana after which no district is asked for."""


def sequence(state: State, book: Book) -> tuple[str, ...]:
    """Every step of this draft, in order."""
    if state.adds_to is not None:
        return ("language", "police", "new", "evidence", "now", "contact", "summary")
    category = book.catalogue.category(state.category)
    questions = tuple(f"{category.code}.{q.code}" for q in asked_of(category, state)) if category else ()
    police = () if category and category.route == TO_RANGE else ("police",)
    head = ("language", "category", *police, "partial", *questions, "evidence", *_where(state, book))
    return (*head, "place", "now", "fear", "contact", "summary")


def _where(state: State, book: Book) -> tuple[str, ...]:
    near = ("near",) if state.hint else ()
    if state.near in SETTLED_NEAR:
        return near
    has_thanas = state.district and book.directory.thanas_of(state.district)
    return (*near, "district", "thana") if has_thanas else (*near, "district")


def asked_of(category: Category, state: State) -> tuple[Question, ...]:
    """The questions of a category that are asked, given the answers so far."""
    chosen = {answer.question: answer.choice for answer in state.answers}
    return tuple(
        q for q in category.questions if q.only_if is None or chosen.get(q.only_if[0]) in q.only_if[1]
    )


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
    return step in ("place", "new") or (asked is not None and not asked.options)


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
