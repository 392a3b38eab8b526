"""The kind of crime that somebody's own words name, and what is said of having understood it."""

from relay.dialogue.answering import is_story
from relay.dialogue.asking import note
from relay.dialogue.state import Book, State
from relay.understanding import crime_named, is_plain, names_police, tells

_MOST_WORDS_OF_A_CHOICE = 3


def named_crime(texts: tuple[str, ...], book: Book) -> str | None:
    """The code of the one category that the texts name; None for none and for more than one."""
    code = crime_named("\n".join(texts), book.catalogue.crime_words)
    return code if code is not None and book.catalogue.category(code) is not None else None


def only_chooses(text: str) -> bool:
    """Whether words that name a category are so few that they tell nothing else."""
    return len(text.split()) <= _MOST_WORDS_OF_A_CHOICE


def worth_keeping(text: str, step: str, book: Book) -> bool:
    """Whether words that did not answer the question of ``step`` belong to the report."""
    if is_story(text) and not is_plain(text):
        return True
    if step == "language":
        return named_crime((text,), book) is not None
    return (step == "category" and tells(text)) or (step == "police" and names_police(text))


def understood(code: str, state: State, book: Book) -> str:
    """What is said when words were taken for a category, and how to put it right."""
    category = book.catalogue.category(code)
    return note(state, book, "understood_category", value=category.name[state.language]) if category else ""
