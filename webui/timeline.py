"""Everything that happened to a case in one list, newest first: its history, phones, answers, and who saw what."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from appliance.cases import Case
from appliance.custody import Hand
from appliance.desk import BOX, SHO, Actor
from appliance.duties import DELIVERED, SENT, Given
from appliance.history import Entry
from appliance.replies import Sent
from appliance.trail import Row
from sync.clock import whole_minute
from webui import hands
from webui.names import Names

KINDS = ("status", "officer", "informant", "clock", "seen")
KIND_NAMES: dict[str, LazyString] = {
    "status": lazy_gettext("Status"),
    "officer": lazy_gettext("Officer"),
    "informant": lazy_gettext("Informant"),
    "clock": lazy_gettext("Limits"),
    "seen": lazy_gettext("Who looked"),
}
_OFFICER = ("acknowledge", "start", "report_back", "assign", "hand_over")
FOLLOWED = "followed"
"""What was added after the end of a case, which stands in the history of its own case alone."""
_INFORMANT = ("receive", "add", "answer", "ask", FOLLOWED)
_CLOCK = ("escalate", "pause", "resume", "overdue", "late")


@dataclass(frozen=True)
class Event:
    """One line. ``kind`` of KINDS; ``entry`` of the history, or ``act`` with ``of``: what the box noted elsewhere
    (of FOLLOWED the serial of a case), or ``hand`` of the custody log."""

    at: int
    kind: str
    act: str
    who: str
    entry: Entry | None = None
    reply: Sent | None = None
    of: str = ""
    hand: Hand | None = None


def of(case: Case, seen: Iterable[Row], handed: Iterable[Hand]) -> tuple[Event, ...]:
    """The whole of it. ``seen``: rows of the trail about its evidence and its printing, none for who may not know;
    ``handed``: the packages made of its evidence, oldest first."""
    events = [*_followers(case), *_handed(handed), *_with_phones(case), *_views(seen)]
    return tuple(sorted(events, key=lambda event: event.at, reverse=True))


def title(event: Event, names: Names) -> str:
    """What was done."""
    if event.hand:
        return hands.act(event.hand)
    return names.trail(event.act) if event.kind == "seen" else names.done(event.act)


def words() -> dict[str, object]:
    """What templates need to write an event."""
    return {"title": title, "why": hands.why, "followed": FOLLOWED}


def kind_of(act: str) -> str:
    """To which filter an act of the history belongs."""
    if act in _INFORMANT:
        return "informant"
    if act in _OFFICER or act.startswith("duty_"):
        return "officer"
    return "clock" if act.startswith(_CLOCK) else "status"


def is_for(actor: Actor, kind: str) -> bool:
    """Whether he reads of that kind: what the office asked and told the informant is not for a designated officer."""
    return actor.role != SHO or kind in ("officer", "clock")


def _history(case: Case) -> Iterator[Event]:
    """Newest first, so that the sorting keeps their order within a minute."""
    answers = iter(case.replies)
    replies = {entry.version: next(answers, None) for entry in case.history if entry.act in ("answer", "ask")}
    for entry in reversed(case.history):
        yield Event(entry.at, kind_of(entry.act), entry.act, entry.display, entry, replies.get(entry.version))


def _with_phones(case: Case) -> list[Event]:
    """What an officer answers is in the history; that his notice left and arrived is not. Newest first."""
    events = list(_history(case))
    for duty in case.duties:
        answered = (e for e in reversed(events) if e.entry and e.entry.actor == duty.post and e.at >= duty.at)
        answer = next(answered, None)
        place = events.index(answer) + 1 if answer else 0
        events[place:place] = _phone(duty, answer)
    return events


def _phone(duty: Given, answer: Event | None) -> list[Event]:
    """The steps of one notice, newest first. They are kept in whole minutes: what left in the minute of the assignment
    left after it, and what was answered had been told."""
    latest = answer.at if answer else float("inf")
    return [
        Event(int(min(max(duty.steps[state], duty.at), latest)), "officer", f"duty_{state}", duty.post)
        for state in (DELIVERED, SENT)
        if state in duty.steps
    ]


def _handed(handed: Iterable[Hand]) -> Iterator[Event]:
    for hand in reversed(tuple(handed)):
        yield Event(hand.at or 0, "status", hand.act, hand.display, hand=hand)


def _followers(case: Case) -> Iterator[Event]:
    """Newest first."""
    for one in reversed(case.followers):
        # its arrival is kept to the minute: it came after what ended the case in that minute
        at = max(
            [one.opened_at, *(entry.at for entry in case.history if whole_minute(entry.at) == one.opened_at)]
        )
        yield Event(at, kind_of(FOLLOWED), FOLLOWED, BOX.name, of=one.serial)


def _views(seen: Iterable[Row]) -> Iterator[Event]:
    """A film that is played asks for many pieces: one line per person, file and hour."""
    known: set[tuple[str, str, str, int]] = set()
    for row in seen:
        sort = (row.who, row.act, row.of, row.at // 3600)
        if sort not in known:
            known.add(sort)
            yield Event(row.at, "seen", row.act, row.display, of=row.of)
