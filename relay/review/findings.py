"""The proof for every language: what people get fits WhatsApp, ends, can be reached and can be answered."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from relay.dialogue import Book, Choice, Heard, Say, State, Step, advance
from relay.phrases import Phrases
from relay.review.checking import mistakes
from relay.review.extremes import extremes
from relay.review.fitting import NUMBERED, named, unfit
from relay.review.walk import NOW_S, Move, Walk, lead_to, walk
from relay.review.ways import choices, is_page, takes_words
from relay.understanding import fold


@dataclass(frozen=True)
class Noting(Phrases):
    """Phrases that remember which of them were said."""

    said: set[str] = field(default_factory=set)

    def text(self, language: str, key: str, **values: str) -> str:
        """As ``Phrases.text``."""
        self.said.add(key)
        return super().text(language, key, **values)


@dataclass(frozen=True)
class Review:
    """``wrong``: what is not as it must be, each once; ``said``: keys of the phrases the conversation used."""

    wrong: tuple[str, ...]
    said: frozenset[str]
    places: int


def findings(book: Book) -> Review:
    """Walks the whole conversation in every language; takes some seconds."""
    phrases = Noting(book.phrases.by_language, book.phrases.danger)
    book = replace(book, phrases=phrases)
    found = walk(book)
    wrong = [*mistakes(book), *_of_moves(found), *_of_ends(found), *_of_reach(found)]
    wrong += [*_of_conditions(found), *_of_typing(found), *_of_pages(found)]
    wrong += extremes(book)
    return Review(tuple(dict.fromkeys(wrong)), frozenset(phrases.said), len(found.states))


def _of_moves(found: Walk) -> Iterator[str]:
    for move in (*found.moves, *found.sideways):
        yield from unfit(move.step, named(move.step.state or move.state))
        if not move.step.say and not move.step.submit and move.heard.kind in ("text", "tap"):
            yield f"{named(move.state)}: nothing is said to {move.heard.text or move.heard.choice!r}"
    old = {language: words["old_button"] for language, words in found.book.phrases.by_language.items()}
    for move in found.moves:
        if (
            move.state
            and move.state.language
            and any(old[move.state.language] in s.text for s in move.step.say)
        ):
            yield f"{named(move.state)}: {move.heard.choice} is offered and then taken for an old button"


def _of_ends(found: Walk) -> Iterator[str]:
    ending = lead_to(found, lambda move: move.step.submit is not None)
    for place, state in found.states.items():
        if place not in ending:
            yield f"{named(state)}: no way leads from here to a report that is sent"


def _of_reach(found: Walk) -> Iterator[str]:
    seen = {(state.language, state.step) for state in found.states.values()}
    tapped = {(m.state.language, *m.heard.choice.split("|")[-2:]) for m in found.moves if m.state}
    for language in found.book.phrases.by_language:
        for category in found.book.catalogue.categories:
            for question in category.questions:
                step = f"{category.code}.{question.code}"
                if (language, step) not in seen:
                    yield f"{language}: {step}: this question is never asked"
                for option in question.options:
                    if (language, step, option.code) not in tapped:
                        yield f"{language}: {step}: {option.code} is never offered"


def _of_conditions(found: Walk) -> Iterator[str]:
    """A question with a condition is asked after the choices that it names, and after no other."""
    for state in found.states.values():
        category = found.book.catalogue.category(state.category)
        for question in category.questions if category else ():
            if question.only_if and state.step == f"{state.category}.{question.code}":
                code, wanted = question.only_if
                if not any(a.question == code and a.choice in wanted for a in state.answers):
                    yield f"{named(state)}: asked although {code} was not answered with {', '.join(wanted)}"


def _of_typing(found: Walk) -> Iterator[str]:
    """Numbers and whole titles mean the same as the tap."""
    done: set[tuple[str, str, str]] = set()
    for move in found.moves:
        if move.state is None or move.heard.kind != "tap":
            continue
        key = (move.state.language, move.heard.choice, found.offered[move.place].text)
        if key not in done:
            done.add(key)
            yield from _typed(move, found)


def _typed(move: Move, found: Walk) -> Iterator[str]:
    say = found.offered[move.place]
    choice = next(c for c in choices(say) if c.id == move.heard.choice)
    if takes_words(say) or is_page(choice) or move.state is None:
        return
    for text in _ways_to_type(choice, say):
        step = advance(move.state, Heard("text", text=text), NOW_S, found.book)
        if _outcome(step) != _outcome(move.step):
            yield f"{named(move.state)}: {text!r} typed is not the same as {choice.title!r} tapped"


def _of_pages(found: Walk) -> Iterator[str]:
    """On every page of a list each number of all its pages means one choice, and the same one."""
    lists: dict[tuple[str, str, str | None], dict[str, str]] = {}
    for place, state in found.states.items():
        say = found.offered[place]
        numbers = {title: number for number, title in NUMBERED.findall(say.text)}
        meant = lists.setdefault(_list_of(state), {})
        for row in say.rows:
            number = numbers.get(row.title, "")
            if number and meant.setdefault(number, row.id) != row.id:
                yield f"{named(state)}: {number} means two choices"
    shown = {
        (_list_of(state), found.offered[place].rows): state
        for place, state in found.states.items()
        if any(map(is_page, found.offered[place].rows))
    }
    for (of, _), state in shown.items():
        yield from _elsewhere(state, lists[of], found.book)


def _list_of(state: State) -> tuple[str, str, str | None]:
    return state.language, state.overlay or state.step, state.district


def _elsewhere(state: State, meant: dict[str, str], book: Book) -> Iterator[str]:
    for number, choice in meant.items():
        typed = advance(state, Heard("text", text=number), NOW_S, book)
        if _outcome(typed) != _outcome(advance(state, Heard("tap", choice=choice), NOW_S, book)):
            yield f"{named(state)}: {number} typed is not the choice of that number on its own page"


def _ways_to_type(choice: Choice, say: Say) -> tuple[str, ...]:
    lines = {title: number for number, title in NUMBERED.findall(say.text)}
    number = lines.get(choice.title, "") if say.rows else str(say.buttons.index(choice) + 1)
    namesakes = [
        c for c in choices(say) if _bare(c.title) == _bare(choice.title)
    ]  # told apart by their number
    return tuple(text for text in (number, "" if len(namesakes) > 1 else fold(choice.title)) if text)


def _bare(title: str) -> str:
    """A title without what stands in ( ) behind it."""
    return title.partition(" (")[0]


def _outcome(step: Step) -> object:
    """What a step comes to, whether or not emergency numbers were shown and the words typed are kept besides."""
    return (replace(step.state, warned=True, texts=()) if step.state else None), step.submit
