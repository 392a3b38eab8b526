"""Writing answers into a draft: choices, free words within the room there is, and answers changed by an old tap."""

from dataclasses import replace
from typing import Any

from relay.dialogue.offers import PAGE, SKIP, VOICE, offers, page_count, page_of
from relay.dialogue.places import OUTSIDE, UNKNOWN
from relay.dialogue.state import Book, State
from relay.dialogue.steps import FIELDS, SETTLED_NEAR, answered, first_open, sequence
from relay.understanding import fold, is_plain, likely_language, names_police
from sync.catalogue import TO_RANGE
from sync.messages import Answer

MOST_TEXT = 20_000
"""Characters of text, answers and place of one report together."""
WORTH_KEEPING_WORDS = 4

# What a choice step counts as when the person answers in other words twice: never a consent, never a guess. Words
# that name police count as a yes to the question about them: docs/decisions/0007-police-in-doubt.md.
FALLBACK = {
    "language": "hi",
    "category": "other",
    "police": "unsure",
    "partial": "no",
    "near": SKIP,
    "district": OUTSIDE,
    "thana": UNKNOWN,
    "now": "no",
    "fear": "unsure",
    "contact": "none",
}


def takes(step: str, code: str, state: State, book: Book) -> bool:
    """Whether ``code`` can be chosen at ``step``."""
    page = page_of(code)
    if page is not None:
        return page < page_count(step, state, book)
    if step == "district" and book.directory.thana(code) is not None:
        return True
    return not code.startswith(PAGE) and any(choice.id == code for choice in offers(step, state, book))


def record(state: State, step: str, code: str, book: Book) -> State:
    """The draft with the choice written in; the step stays."""
    if step == "category":
        return _with_category(state, code, book)
    if step == "near":
        return _with_near(state, code, book)
    if step in FIELDS:
        values: dict[str, Any] = {FIELDS[step]: code}
        return replace(state, **values)
    if step == "district":
        return _with_district(state, code, book)
    if step == "thana":
        return replace(state, thana="" if code == UNKNOWN else code)
    if step == "place":
        return replace(state, place="")
    if step == "new":
        return state
    return without_answer(state, step) if code == SKIP else _with_answer(state, step, code, "")


def _with_near(state: State, code: str, book: Book) -> State:
    """The answer to "was it near the thana of the poster?"; to pass it over is not to tell the district either."""
    thana = book.directory.thana(state.hint)
    if code == "yes" and thana is not None:
        return replace(state, near=code, district=thana.district, thana=thana.code)
    return replace(state, near=code, district="" if code in SETTLED_NEAR else None, thana=None)


def _with_district(state: State, code: str, book: Book) -> State:
    """A district, or a thana that was named instead and tells both."""
    thana = book.directory.thana(code)
    if thana is not None:
        return replace(state, district=thana.district, thana=thana.code)
    district = "" if code == OUTSIDE else code
    return state if district == state.district else replace(state, district=district, thana=None)


def _with_category(state: State, code: str, book: Book) -> State:
    if code == state.category:
        return state
    category = book.catalogue.category(code)
    to_range = category is not None and category.route == TO_RANGE
    was = book.catalogue.category(state.category)
    police = "" if was is not None and was.route == TO_RANGE else state.police
    words = tuple(answer.text for answer in state.answers if answer.text and answer.choice != VOICE)
    changed = replace(state, category=code, answers=(), texts=(*state.texts, *words))
    return replace(changed, police="yes" if to_range else police)


def without_answer(state: State, step: str) -> State:
    """The draft with no answer to this question of the catalogue."""
    code = step.partition(".")[2]
    return replace(state, answers=tuple(a for a in state.answers if a.question != code))


def _with_answer(state: State, step: str, choice: str, text: str) -> State:
    bare = without_answer(state, step)
    return replace(bare, answers=(*bare.answers, Answer(step.partition(".")[2], choice, text)))


def spoke(state: State, step: str, slot: int) -> State:
    """The draft with the voice message of ``slot`` as the answer of a question of the catalogue."""
    return _with_answer(state, step, VOICE, str(slot))


def revise(state: State, step: str, code: str, book: Book) -> State:
    """The draft after an old tap changed an answer; it goes back where the change opens a question again."""
    before = sequence(state, book)
    changed = record(state, step, code, book)
    if step == "category" and changed.category != state.category:
        return at(changed, first_open(changed, book))
    steps = sequence(changed, book)
    if state.step not in steps:
        behind = before[before.index(state.step) :]
        return at(changed, next(step for step in behind if step in steps))
    passed = steps[: steps.index(state.step)]
    opened = [s for s in passed if _opened(s, before, changed)]
    return at(changed, opened[0]) if opened else changed


def _opened(step: str, before: tuple[str, ...], changed: State) -> bool:
    """Whether a step behind us wants an answer that it did not want, or had, before the change."""
    new = step not in before or step in ("district", "thana")
    return new and step not in ("evidence", "place") and not answered(changed, step)


def at(state: State, step: str) -> State:
    """The draft at the beginning of a step, nothing else pending."""
    return replace(
        state, step=step, page=0, misses=0, overlay="", which=(), submitting=False, deadline_ms=None
    )


def room(state: State) -> int:
    """How many more characters fit into the report."""
    words = [*state.texts, *(answer.text for answer in state.answers), state.place, state.point]
    return MOST_TEXT - sum(len(text) + 2 for text in words if text)


def _fitted(state: State, text: str) -> str:
    return text[: max(0, room(state) - 2)]


def keep(state: State, text: str) -> tuple[State, bool]:
    """(the draft with the words added, whether all of them fitted)."""
    kept = _fitted(state, text)
    return (replace(state, texts=(*state.texts, kept)) if kept else state), kept == text


def write(state: State, step: str, text: str) -> tuple[State, bool]:
    """(the draft with the words as the answer of a free question, or as the place; whether all of them fitted)."""
    if step == "new":
        return keep(state, text)
    if step == "place":
        bare = replace(state, place="")
        kept = _fitted(bare, text)
        return replace(bare, place=kept), kept == text
    bare = without_answer(state, step)
    kept = _fitted(bare, text)
    return (_with_answer(bare, step, "", kept) if kept else bare), kept == text


def write_instead(state: State, step: str, text: str, book: Book) -> tuple[State, bool]:
    """The words of somebody who twice did not choose: as they are, with the cautious choice where one is needed."""
    if step not in FALLBACK:
        return write(state, step, text)
    code = cautious(step, book)
    if step == "police" and any(map(names_police, (*state.texts, text))):
        code = "yes"
    if step == "language":
        code = likely_language(" ".join((*state.texts, text))) or code
    chosen = record(state, step, code, book)
    tells_nothing = is_plain(text) or text in state.texts[-1:]  # said again because it was not understood
    return (chosen, True) if tells_nothing else keep(chosen, text)


def cautious(step: str, book: Book) -> str:
    """The choice that a step counts as when the person answers otherwise."""
    code = FALLBACK[step]
    if step == "category" and book.catalogue.category(code) is None:
        return book.catalogue.categories[-1].code
    return code


def is_story(text: str) -> bool:
    """Whether words that were no answer are likely to be part of the report."""
    return len(fold(text).split()) >= WORTH_KEEPING_WORDS


def settled(state: State, book: Book) -> State:
    """The draft at a step that exists: catalogue and directory may have changed since it was written."""
    if not state.language and state.step != "language":
        return at(state, "language")
    if state.category and book.catalogue.category(state.category) is None:
        state = replace(state, category="", answers=())
    if state.district and book.directory.district(state.district) is None:
        state = replace(state, district=None, thana=None)
    if state.hint and book.directory.thana(state.hint) is None:
        state = replace(state, hint="", near="")
    if state.step in sequence(state, book) and answered_before(state, book):
        return state
    return at(state, first_open(state, book))


def answered_before(state: State, book: Book) -> bool:
    """Whether the questions that decide where a report goes are answered up to the current step."""
    steps = sequence(state, book)
    before = steps[: steps.index(state.step)]
    return all(
        answered(state, step)
        for step in before
        if step in ("category", "police", "partial", "near", "district")
    )
