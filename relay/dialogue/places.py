"""Districts and thanas as options, and long lists cut into pages."""

from collections.abc import Sequence

from relay.dialogue.state import Book, State
from relay.limits import Choice
from relay.understanding import match_place, match_places
from sync.directory import District, Thana

ROWS = 10
ROW_TITLE = 24
ROW_DESCRIPTION = 72
BUTTONS = 3
BUTTON_TITLE = 20

OUTSIDE, UNKNOWN = "@outside", "@unknown"
MOST_NAMED = ROWS - 1
"""Thanas that one typed name may mean for the person to be asked which."""


def units(text: str) -> int:
    """Length in UTF-16 units, the longer of the two ways WhatsApp may count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, most: int) -> str:
    """The text within ``most`` UTF-16 units, an ellipsis where it was cut."""
    if units(text) <= most:
        return text
    short = text.encode("utf-16-le", "surrogatepass")[: 2 * (most - 1)].decode("utf-16-le", "ignore")
    return short.rstrip() + "…"


def places_of(step: str, state: State, book: Book) -> tuple[District | Thana, ...]:
    """The places to choose from at step "district" or "thana"."""
    if step == "district":
        return book.directory.districts
    return book.directory.thanas_of(state.district or "")


def place_choices(step: str, state: State, book: Book) -> tuple[Choice, ...]:
    """The same as choices by code, with the one for "not among these"."""
    hindi = state.language == "hi"
    named = tuple(
        Choice(place.code, *((place.name_hi, place.name_en) if hindi else (place.name_en, place.name_hi)))
        for place in places_of(step, state, book)
    )
    if step == "district":
        return (*named, Choice(OUTSIDE, book.phrases.text(state.language, "choice_outside")))
    return (Choice(UNKNOWN, book.phrases.text(state.language, "choice_unknown")), *named)


def thana_choices(codes: Sequence[str], state: State, book: Book) -> tuple[Choice, ...]:
    """Thanas of any district as choices by code, each with its district."""
    hindi = state.language == "hi"
    found = []
    for code in codes:
        thana = book.directory.thana(code)
        district = book.directory.district(thana.district) if thana else None
        if thana is not None and district is not None:
            names = (thana.name_hi, district.name_hi) if hindi else (thana.name_en, district.name_en)
            found.append(Choice(code, f"{cut(names[0], ROW_TITLE - len(code) - 3)} ({code})", names[1]))
    return tuple(found)


def typed_place(text: str, step: str, state: State, book: Book) -> str | None:
    """The code of the place that a typed name means: also of a thana where the district is asked; or None."""
    if step == "which":
        among = [thana for code in state.which if (thana := book.directory.thana(code))]
        found = match_place(text, among)
        return found.code if found else None
    place = match_place(text, places_of(step, state, book))
    if place is not None:
        return place.code
    named = named_thanas(text, step, state, book)
    return named[0].code if len(named) == 1 else None


def named_thanas(text: str, step: str, state: State, book: Book) -> tuple[Thana, ...]:
    """The thanas that a typed name may mean: of the district, or of all where the district is asked."""
    among = book.directory.thanas if step == "district" else book.directory.thanas_of(state.district or "")
    return match_places(text, among)


def thanas_elsewhere(text: str, step: str, state: State, book: Book) -> tuple[Thana, ...]:
    """The thanas of other districts that a typed name may mean, where the thana is asked."""
    others = tuple(thana for thana in book.directory.thanas if thana.district != state.district)
    return match_places(text, others) if step == "thana" else ()


def pages(choices: Sequence[Choice]) -> tuple[tuple[Choice, ...], ...]:
    """Choices in lists that leave room for the rows "more" and "back"; "I don't know" stands on every page."""
    if len(choices) <= ROWS:
        return (tuple(choices),)
    pinned = tuple(choice for choice in choices if choice.id == UNKNOWN)
    rest = tuple(choice for choice in choices if choice not in pinned)
    room = ROWS - 1 - len(pinned)
    found = [(*pinned, *rest[:room])]
    rest = rest[room:]
    while rest:
        take = room if len(rest) <= room else room - 1
        found.append((*pinned, *rest[:take]))
        rest = rest[take:]
    return tuple(found)
