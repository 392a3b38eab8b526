"""One conversation held in order to be printed, and how its messages look on paper."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from relay.dialogue import Book, Choice, Heard, Say, State, Step
from relay.review.walk import follow
from relay.review.ways import PAGE, Way, choices


@dataclass(frozen=True)
class Talk:
    """Where a conversation stands; what is heard gives a new one."""

    book: Book
    state: State | None = None
    step: Step = field(default_factory=lambda: Step(None, ()))

    def goes(self, way: Way) -> "Talk":
        """After some things heard one after the other."""
        step = follow(self.state, way, self.book)
        return replace(self, state=step.state, step=step)

    def hears(self, heard: Heard) -> "Talk":
        """After one thing said or tapped."""
        return self.goes((heard,))

    def taps(self, code: str = "") -> "Talk":
        """After the choice of this code was tapped, or the first one; forward through the pages of a list to it."""
        talk = self
        while code and code not in map(code_of, talk.offered):
            talk = talk.hears(Heard("tap", choice=max(talk.pages, key=_page).id))
        choice = next(c for c in talk.offered if code in ("", code_of(c)))
        return talk.hears(Heard("tap", choice=choice.id))

    @property
    def offered(self) -> tuple[Choice, ...]:
        """What can be tapped now."""
        return choices(self.step.say[-1]) if self.step.say else ()

    @property
    def pages(self) -> tuple[Choice, ...]:
        """The rows that lead to other pages of the list."""
        return tuple(choice for choice in self.offered if code_of(choice).startswith(PAGE))

    @property
    def asked(self) -> str:
        """The name of the question that stands, "" where none does."""
        return (self.state.overlay or self.state.step) if self.state else ""


def begun(language: str, book: Book, category: str = "") -> Talk:
    """A conversation in this language, with the category chosen when one is named."""
    talk = Talk(book).hears(Heard("text", text="Hi")).taps(language)
    return talk.taps(category) if category else talk


def code_of(choice: Choice) -> str:
    """What a choice is called in the data."""
    return choice.id.rpartition("|")[2]


def _page(choice: Choice) -> int:
    return int(code_of(choice).removeprefix(PAGE))


def all_pages(talk: Talk) -> Iterator[Talk]:
    """The conversation at every page of the list that it shows, first to last."""
    yield talk
    page = 1
    while any(_page(choice) == page for choice in talk.pages):
        talk = talk.taps(f"{PAGE}{page}")
        yield talk
        page += 1


def printed(say: Iterable[Say], indent: str) -> Iterator[str]:
    """Messages as a phone shows them: the words, then each button or row with the number that stands for it."""
    for one in say:
        yield from block(one.text, f"{indent}| ")
        if one.rows:
            yield f"{indent}  [ {one.rows_button} ]"
        for number, choice in enumerate(choices(one), 1):
            mark = f"({number})" if one.buttons else "  -"
            described = f": {choice.description}" if choice.description else ""
            yield f"{indent}  {mark} {choice.title}{described}"
        yield ""


def block(text: str, indent: str) -> Iterator[str]:
    """The lines of a text, each behind ``indent``."""
    for line in text.splitlines():
        yield f"{indent}{line}"
