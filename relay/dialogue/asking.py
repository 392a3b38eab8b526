"""The messages that ask: the standing question of a draft with its buttons or list, and the summary."""

from collections import Counter

from relay.dialogue.identifying import shown
from relay.dialogue.offers import PAGE, asked, choice_id, numbered, offers, title
from relay.dialogue.places import (
    BUTTON_TITLE,
    BUTTONS,
    ROW_DESCRIPTION,
    ROW_TITLE,
    UNKNOWN,
    cut,
    pages,
    units,
)
from relay.dialogue.state import Book, Say, Slot, State
from relay.dialogue.steps import question
from relay.limits import BUTTONS_BODY, TEXT_BODY, Choice
from relay.understanding import fold

SUMMARY_LINES = 640
"""UTF-16 units that the summary's lines may take: body 1,024 less the words around them and a note in front."""
_VALUE = 80
_JOINING = frozenset(("and", "or", "व", "और"))


def note(state: State, book: Book, key: str, **values: str) -> str:
    """A short remark in the draft's language (in all while there is none); "" for key ""."""
    return book.phrases.text(state.language, key, **values) if key else ""


def ask(state: State, book: Book) -> Say:
    """The question that stands."""
    if state.submitting and not state.overlay:
        return Say(note(state, book, "wait_files"))
    step = asked(state)
    choices = offers(step, state, book)
    text = _prompt(step, state, book)
    if len(choices) <= BUTTONS:
        return Say(text, buttons=tuple(_button(step, choice, state) for choice in choices))
    return Say(text, rows=_rows(step, state, book), rows_button=note(state, book, "rows_button"))


def below(before: str, say: Say) -> tuple[Say, ...]:
    """The message with the words ``before`` in front of it; as a message of their own where it would be too long."""
    if not before:
        return (say,)
    text = f"{before}\n\n{say.text}"
    if units(text) > (BUTTONS_BODY if say.buttons else TEXT_BODY):
        return Say(before), say
    return (Say(text, say.buttons, say.rows, say.rows_button),)


def _button(step: str, choice: Choice, state: State) -> Choice:
    return Choice(choice_id(step, choice.id, state), cut(choice.title, BUTTON_TITLE))


def _rows(step: str, state: State, book: Book) -> tuple[Choice, ...]:
    shown_pages = pages(offers(step, state, book))
    page = min(state.page, len(shown_pages) - 1)
    rows = [_row(step, choice, state) for choice in shown_pages[page]]
    if page + 1 < len(shown_pages):
        rows.append(Choice(choice_id(step, f"{PAGE}{page + 1}", state), note(state, book, "choice_more")))
    if page:
        rows.append(Choice(choice_id(step, f"{PAGE}{page - 1}", state), note(state, book, "choice_back")))
    return tuple(rows)


def _row(step: str, choice: Choice, state: State) -> Choice:
    description = (
        "" if _repeats(choice) or units(choice.description) > ROW_DESCRIPTION else choice.description
    )
    return Choice(choice_id(step, choice.id, state), cut(choice.title, ROW_TITLE), description)


def _repeats(choice: Choice) -> bool:
    """Whether the description says nothing that the title does not."""
    return set(fold(choice.description).split()) - _JOINING <= set(fold(choice.title).split())


def _prompt(step: str, state: State, book: Book) -> str:
    if step == "language":
        return book.phrases.text("", "ask_language")
    if step == "summary":
        return note(state, book, "ask_summary", lines=summary(state, book))
    if step == "near":
        return note(state, book, "ask_near", value=_near(state, book))
    if step == "whose":
        return note(state, book, "ask_whose", value=shown(state, book) or "…")
    if step == "evidence" and state.misses and (state.slots or state.texts):
        return note(state, book, "ask_evidence_more")
    found = question(step, book)
    lines = listed(step, state, book)
    if found is None:
        return note(state, book, f"ask_{step}", list=lines)
    prompt = found.prompt[state.language]
    return note(state, book, "ask_options", prompt=prompt, list=lines) if lines else prompt


def _near(state: State, book: Book) -> str:
    thana = book.directory.thana(state.hint)
    district = book.directory.district(thana.district) if thana else None
    names = [
        place.name_hi if state.language == "hi" else place.name_en for place in (thana, district) if place
    ]
    return ", ".join(names)


def listed(step: str, state: State, book: Book) -> str:
    """The numbered lines of the page that is shown, "" where there are only buttons."""
    choices = offers(step, state, book)
    if len(choices) <= BUTTONS:
        return ""
    every = pages(choices)
    numbers = numbered(choices)
    page = every[min(state.page, len(every) - 1)]
    last = [choice for choice in page if choice.id == UNKNOWN]
    ordered = [*(choice for choice in page if choice.id != UNKNOWN), *last]
    lines = [f"{numbers[choice.id]}. {choice.title}" for choice in ordered]
    return "\n".join([*lines, *_turning(min(state.page, len(every) - 1), len(every), state, book)])


def _turning(page: int, count: int, state: State, book: Book) -> tuple[str, ...]:
    """What somebody writes who sees only the text: that there are more pages, and how to go back."""
    keys = (*(("list_more",) if page + 1 < count else ()), *(("list_back",) if page else ()))
    return ("", *(note(state, book, key) for key in keys)) if keys else ()


def counted(slots: tuple[Slot, ...], state: State, book: Book) -> str:
    """How many files of each kind: "2 photos, 1 video"."""
    kinds = Counter(slot.medium for slot in slots)
    keys = {medium: f"kind_{medium}" if count == 1 else f"kinds_{medium}" for medium, count in kinds.items()}
    return ", ".join(f"{count} {note(state, book, keys[medium])}" for medium, count in kinds.items())


def summary(state: State, book: Book) -> str:
    """The lines that the person looks over before sending."""
    category = book.catalogue.category(state.category)
    # What is on police may go as a report of its own.
    joins = state.adds_to is not None and state.police != "yes"
    files = tuple(slot for slot in state.slots if not slot.failed)
    lines = [
        _line(state, book, "category", category.menu[state.language] if category else ""),
        _line(state, book, "police", title("police", state.police, state, book)),
        note(state, book, "line_above" if state.police == "yes" else ""),
        *_answers(state, book),
        _line(state, book, "place", _place(state, book)),
        _line(state, book, "now", title("now", state.happening, state, book)),
        _line(state, book, "fear", title("fear", state.fear, state, book)),
        _line(state, book, "contact", title("contact", state.contact, state, book)),
        note(state, book, "line_texts", count=str(len(state.texts))) if state.texts else "",
        _line(state, book, "words", _words(state)),
        _line(state, book, "files", counted(files, state, book)),
        note(state, book, "line_adds" if joins else ""),
    ]
    return cut("\n".join(line for line in lines if line), SUMMARY_LINES)


def _words(state: State) -> str:
    """What was written for an addition, which may hold nothing else."""
    return " ".join(" ".join(state.texts).split()) if state.adds_to is not None else ""


def _line(state: State, book: Book, key: str, value: str) -> str:
    return note(state, book, f"line_{key}", value=cut(value, _VALUE)) if value else ""


def _answers(state: State, book: Book) -> list[str]:
    lines = []
    for answer in state.answers:
        step = f"{state.category}.{answer.question}"
        found = question(step, book)
        value = title(step, answer.choice, state, book) or answer.text
        if found and value:
            short = cut(" ".join(value.split()), _VALUE)
            lines.append(note(state, book, "line_answer", label=found.label[state.language], value=short))
    return lines


def _place(state: State, book: Book) -> str:
    if state.adds_to is not None:
        return state.point
    thana = title("thana", state.thana, state, book) if state.thana else ""
    district = title("district", state.district or "@outside", state, book)
    return ", ".join(" ".join(part.split()) for part in (state.place, state.point, thana, district) if part)
