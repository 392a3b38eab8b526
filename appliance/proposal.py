"""What came is classed as until a person looks: from the kind of crime, what was told, and what came with it."""

from collections.abc import Set
from dataclasses import dataclass

from sync.catalogue import SENSITIVITIES
from sync.messages import ReportBody

OPEN, RESTRICTED, SECRET = SENSITIVITIES
NEWS, URGENT_NEWS = 1, 2
"""What the office has not read of a case; urgent: it happens now."""


@dataclass(frozen=True)
class Proposal:
    """Class and flags of a new case, or of what comes to one. ``is_urgent``: by what it says, or by the kind of
    crime that a case is corrected to; ``happening_now``: it says so."""

    sensitivity: str
    victim: bool = False
    child: bool = False
    is_urgent: bool = False
    happening_now: bool = False


NOTHING = Proposal(OPEN)
"""What makes no case stricter."""

_ABOUT_PEOPLE = frozenset({"human_trafficking", "women_child", "prostitution"})
_PICTURES = frozenset({"photo", "video"})
_VOICES = frozenset({"voice", "audio", "video"})
_CHILD = frozenset({("victim", "child"), ("victims", "child")})
_VICTIMS = _CHILD | {(question, who) for question in ("victim", "victims") for who in ("woman", "labour")}


def proposed(body: ReportBody, of_category: str) -> Proposal:
    """That of its kind of crime (``of_category``), or more where what came with it asks for more.

    Secret: police are said to be involved, or a child is concerned. At least restricted: the informant fears harm, a
    victim is concerned, or a voice could be recognised. A victim is concerned where an answer says so, or where
    pictures come with a kind of crime that is done to people.
    """
    choices = {(answer.question, answer.choice) for answer in body.answers}
    kinds = {manifest.kind for manifest in body.evidence}
    child = bool(choices & _CHILD)
    victim = bool(choices & _VICTIMS) or _shows_victims(body.category, kinds)
    least = OPEN
    if body.fear == "yes" or victim or kinds & _VOICES:
        least = RESTRICTED
    if body.police_involved == "yes" or child:
        least = SECRET
    return Proposal(strictest(least, of_category), victim, child, body.happening_now, body.happening_now)


def of_kind(category: str, of_category: str, media: Set[str], is_urgent: bool) -> Proposal:
    """What a kind of crime asks for by itself; ``media``: kinds of files that came with what was told."""
    victim = _shows_victims(category, media)
    return Proposal(strictest(RESTRICTED if victim else OPEN, of_category), victim, is_urgent=is_urgent)


def _shows_victims(category: str, media: Set[str]) -> bool:
    return category in _ABOUT_PEOPLE and bool(media & _PICTURES)


def strictest(one: str, other: str) -> str:
    """The stricter of two classes."""
    return max(one, other, key=SENSITIVITIES.index)


def strictest_of(*came: Proposal) -> Proposal:
    """The class and flags of all of them together; how they hurry is left out."""
    sensitivity = max((one.sensitivity for one in came), key=SENSITIVITIES.index)
    return Proposal(sensitivity, any(one.victim for one in came), any(one.child for one in came))


def covers(has: Proposal, came: Proposal) -> bool:
    """Whether what ``came`` would make nothing stricter, and hurry nothing, that is as ``has`` says."""
    return (
        strictest(has.sensitivity, came.sensitivity) == has.sensitivity
        and has.victim >= came.victim
        and has.child >= came.child
        and has.is_urgent >= came.is_urgent
    )
