"""The messages that ask: the standing question of a draft with its buttons or list, and the summary."""

from relay.dialogue.offers import PAGE, asked, choice_id, numbered, offers
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
from relay.dialogue.state import Book, Say, State
from relay.dialogue.steps import question
from relay.limits import Choice

SUMMARY_LINES = 640
"""UTF-16 units that the summary's lines may take: body 1,024 less the words around them and a note in front."""
_VALUE = 80


def note(state: State, book: Book, key: str, **values: str) -> str:
    """A short remark in the draft's language (in all while there is none); "" for key ""."""
    return book.phrases.text(state.language, key, **values) if key else ""


def ask(state: State, book: Book, before: str = "") -> Say:
    """The question that stands, with the remark ``before`` in front of it in the same message."""
    if state.submitting and not state.overlay:
        return Say(_below(before, note(state, book, "wait_files")))
    step = asked(state)
    choices = offers(step, state, book)
    text = _below(before, _prompt(step, state, book))
    if len(choices) <= BUTTONS:
        return Say(text, buttons=tuple(_button(step, choice) for choice in choices))
    return Say(text, rows=_rows(step, state, book), rows_button=note(state, book, "rows_button"))


def _below(before: str, text: str) -> str:
    return f"{before}\n\n{text}" if before else text


def _button(step: str, choice: Choice) -> Choice:
    return Choice(choice_id(step, choice.id), cut(choice.title, BUTTON_TITLE))


def _rows(step: str, state: State, book: Book) -> tuple[Choice, ...]:
    shown = pages(offers(step, state, book))
    page = min(state.page, len(shown) - 1)
    rows = [_row(step, choice) for choice in shown[page]]
    if page + 1 < len(shown):
        rows.append(Choice(choice_id(step, f"{PAGE}{page + 1}"), note(state, book, "choice_more")))
    if page:
        rows.append(Choice(choice_id(step, f"{PAGE}{page - 1}"), note(state, book, "choice_back")))
    return tuple(rows)


def _row(step: str, choice: Choice) -> Choice:
    repeats = choice.title.endswith(choice.description)
    description = "" if repeats or units(choice.description) > ROW_DESCRIPTION else choice.description
    return Choice(choice_id(step, choice.id), cut(choice.title, ROW_TITLE), description)


def _prompt(step: str, state: State, book: Book) -> str:
    if step == "language":
        return book.phrases.text("", "ask_language")
    if step == "summary":
        return note(state, book, "ask_summary", lines=summary(state, book))
    found = question(step, book)
    if found is None:
        return note(state, book, f"ask_{step}", list=listed(step, state, book))
    prompt = found.prompt[state.language]
    lines = listed(step, state, book)
    return note(state, book, "ask_options", prompt=prompt, list=lines) if lines else prompt


def listed(step: str, state: State, book: Book) -> str:
    """The numbered lines of the page that is shown, "" where there are only buttons."""
    choices = offers(step, state, book)
    if len(choices) <= BUTTONS:
        return ""
    shown = pages(choices)
    numbers = numbered(choices)
    page = shown[min(state.page, len(shown) - 1)]
    last = [choice for choice in page if choice.id == UNKNOWN]
    ordered = [*(choice for choice in page if choice.id != UNKNOWN), *last]
    return "\n".join(f"{numbers[choice.id]}. {choice.title}" for choice in ordered)


def summary(state: State, book: Book) -> str:
    """The lines that the person looks over before sending."""
    category = book.catalogue.category(state.category)
    # What is on police may go as a report of its own.
    joins = state.adds_to is not None and state.police != "yes"
    lines = [
        _line(state, book, "category", category.menu[state.language] if category else ""),
        _line(state, book, "police", _title("police", state.police, state, book)),
        *_answers(state, book),
        _line(state, book, "place", _place(state, book)),
        _line(state, book, "now", _title("now", state.happening, state, book)),
        _line(state, book, "fear", _title("fear", state.fear, state, book)),
        _line(state, book, "contact", _title("contact", state.contact, state, book)),
        _counted(state, book, "texts", len(state.texts)),
        _counted(state, book, "photos", sum(not slot.failed for slot in state.slots)),
        note(state, book, "line_adds" if joins else ""),
    ]
    return cut("\n".join(line for line in lines if line), SUMMARY_LINES)


def _line(state: State, book: Book, key: str, value: str) -> str:
    return note(state, book, f"line_{key}", value=cut(value, _VALUE)) if value else ""


def _counted(state: State, book: Book, key: str, count: int) -> str:
    return note(state, book, f"line_{key}", count=str(count)) if count else ""


def _title(step: str, code: str, state: State, book: Book) -> str:
    return next((choice.title for choice in offers(step, state, book) if choice.id == code), "")


def _answers(state: State, book: Book) -> list[str]:
    lines = []
    for answer in state.answers:
        step = f"{state.category}.{answer.question}"
        found = question(step, book)
        value = answer.text or _title(step, answer.choice, state, book)
        if found and value:
            short = cut(" ".join(value.split()), _VALUE)
            lines.append(note(state, book, "line_answer", label=found.label[state.language], value=short))
    return lines


def _place(state: State, book: Book) -> str:
    thana = _title("thana", state.thana, state, book) if state.thana else ""
    district = _title("district", state.district or "@outside", state, book)
    return ", ".join(" ".join(part.split()) for part in (state.place, state.point, thana, district) if part)
