"""Every way through the conversation, by the dialogue itself: what is offered is tapped, what is asked is answered.

Two drafts that stand at the same place, can choose the same and have taken the same turns go on alike, so one of
them is followed. Nothing is known here of the steps: what the dialogue offers is walked.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from itertools import islice

from relay.dialogue import REMIND_AFTER_S, Book, Heard, Say, State, Step, advance, taken_back
from relay.review.ways import Way, anything, choices, danger_words, forward

NOW_S = 1_800_000_000.0
_FEW = 3
# Fields of a draft that are compared by themselves, or hold what was told and decide nothing about the way on.
_ALL_THE_SAME = frozenset(
    "language category step overlay page answers since_s misses warned reminded adds_to police partial texts slots"
    " district thana place point offered happening fear contact submitting deadline_ms quiet_ms unsaid voiced which"
    " near begun".split()
)

Place = tuple[object, ...]
"""Where a conversation stands, as far as it decides what can come next."""


@dataclass(frozen=True)
class Move:
    """A way gone at a place, and what came of it; ``state`` is the draft before it."""

    place: Place
    state: State | None
    way: Way
    step: Step

    @property
    def heard(self) -> Heard:
        """What was heard last."""
        return self.way[-1]


@dataclass
class Walk:
    """What was found: the moves from each place, by what is offered and (``sideways``) by all else one may do."""

    book: Book
    states: dict[Place, State] = field(default_factory=dict)
    offered: dict[Place, Say] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    sideways: list[Move] = field(default_factory=list)
    waiting: deque[Place] = field(default_factory=deque)


def walk(book: Book) -> Walk:
    """Walks from the first word on until there is no place left that was not seen."""
    found = Walk(book)
    seen: set[Place] = set()
    for way in anything(book):
        _note(found, Move(("nobody",), None, way, follow(None, way, book)), found.sideways)
    while found.waiting:
        place = found.waiting.popleft()
        for way in _ahead(found, place):
            _note(found, _move(found, place, way), found.moves)
        if (alike := _alike(found, place)) not in seen:
            seen.add(alike)
            for way in anything(book):
                _note(found, _move(found, place, way), found.sideways)
    return found


def follow(state: State | None, way: Way, book: Book) -> Step:
    """What comes of a way: the last step with all that was said on it."""
    now_s, step, said = NOW_S, Step(state, ()), tuple[Say, ...]()
    for heard in way:
        if heard.kind == "tick":
            now_s = step.wake_at_s or now_s + REMIND_AFTER_S
        step = advance(step.state, heard, now_s, book)
        said += step.say
        if step.state is None:
            break
    return replace(step, say=said)


def _ahead(found: Walk, place: Place) -> Iterator[Way]:
    """What is offered; where a side path only comes back, a few of the choices stand for all."""
    ways = forward(found.offered[place])
    return islice(ways, _FEW) if _more(found.states[place]) else ways


def _move(found: Walk, place: Place, way: Way) -> Move:
    # Looking for danger in every word takes most of the time, so only few moves are made without the card shown.
    state = replace(found.states[place], warned=way[-1].text not in danger_words(found.book))
    return Move(place, state, way, follow(state, way, found.book))


def _note(found: Walk, move: Move, among: list[Move]) -> None:
    among.append(move)
    if move.step.submit and move.step.sent:
        undone = taken_back(move.step.sent, NOW_S, found.book)
        _note(found, Move(move.place, move.step.sent, move.way, undone), found.sideways)
    state = move.step.state
    if state is None or not move.step.say:
        return
    here = place_of(state, move.step.say[-1], found.book)
    if here not in found.states:
        found.states[here] = replace(state, since_s=int(NOW_S), misses=0, slots=(), unsaid=(), quiet_ms=None)
        found.offered[here] = move.step.say[-1]
        found.waiting.append(here)


def place_of(state: State, say: Say, book: Book) -> Place:
    """The place of a draft to which ``say`` was said last."""
    category = book.catalogue.category(state.category)
    decisive = {q.only_if[0] for q in category.questions if q.only_if} if category else set()
    turns = tuple((a.question, a.choice) for a in state.answers if a.question in decisive)
    offered = tuple(_untagged(choice.id) for choice in choices(say))
    return (
        *(state.language, state.category, state.step, state.overlay, state.page),
        *(turns, offered, _more(state)),
    )


def _untagged(choice: str) -> str:
    """The id without what tells the buttons of one draft from another's."""
    return choice.partition("|")[2]


def _more(state: State) -> tuple[str, ...]:
    """Names of all other fields that hold something: what is not known here may decide as well."""
    return tuple(
        one.name for one in fields(state) if one.name not in _ALL_THE_SAME and getattr(state, one.name)
    )


def _alike(found: Walk, place: Place) -> Place:
    """The place without what is all the same to commands and other things out of turn."""
    state = found.states[place]
    offered = tuple(_untagged(choice.id) for choice in choices(found.offered[place]))
    return (state.language, state.overlay or state.step, offered)


def lead_to(found: Walk, wanted: Callable[[Move], bool]) -> set[Place]:
    """The places from which a move that is ``wanted`` can be come to by following what is offered."""
    into: dict[Place, set[Place]] = {}
    good: deque[Place] = deque()
    for move in found.moves:
        if wanted(move):
            good.append(move.place)
        elif move.step.state and move.step.say:
            target = place_of(move.step.state, move.step.say[-1], found.book)
            into.setdefault(target, set()).add(move.place)
    reached: set[Place] = set()
    while good:
        place = good.popleft()
        if place not in reached:
            reached.add(place)
            good.extend(into.get(place, ()))
    return reached
