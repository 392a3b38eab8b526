"""How sensitive a case is, and the one table that says what follows from it.

Briefs, the pages of evidence, packages for court and retention ask this table and decide nothing themselves.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from appliance.desk import AUDITOR, CO, OFFICE, OFFICER, RANGE, SHO, SP, SUPERVISOR
from appliance.ledger import CaseFile
from appliance.reports import Told
from sync.catalogue import SENSITIVITIES

OPEN, RESTRICTED, SECRET = SENSITIVITIES
FLAGS = ("victim", "child")

_HEADS = frozenset({SP, RANGE})
_LEADERS = _HEADS | {SUPERVISOR}
_DESKS = OFFICE | {CO}
_ALL = _DESKS | {SHO}
_NOBODY = frozenset[str]()
_SAMPLED = frozenset({AUDITOR})


@dataclass(frozen=True)
class Rule:
    """What one class means. Every set holds roles; who may not see the case at all is no matter of this table.

    ``words``: read what the informant wrote; ``outline``: only what was chosen from lists, and the place. ``media``:
    open files that the browser shows; ``saves``: those that it can only save. ``is_veiled``: a file is covered until
    a reason is given, by ``explains`` in words of their own.
    ``brief``: may leave for an officer's phone. ``prints``: put the words on paper. ``exports``: make a package for
    court. ``samples``: reads the words of what was drawn for the sample. ``days``: kept after closing or confirming.
    """

    words: frozenset[str]
    outline: frozenset[str]
    media: frozenset[str]
    saves: frozenset[str]
    is_veiled: bool
    explains: frozenset[str]
    brief: bool
    prints: frozenset[str]
    exports: frozenset[str]
    samples: frozenset[str]
    days: int


# class, flagged: words, outline, media, saves, veiled, explains, brief, prints, exports, samples, days
_FREE = (_DESKS, _ALL, _ALL, _DESKS, True)
_FLAGGED = (_DESKS, _ALL, _DESKS, _DESKS, True, _DESKS, False, _LEADERS, _HEADS, _NOBODY)
_CLOSED = (_DESKS, _DESKS, _DESKS, _DESKS, True, _DESKS, False, _LEADERS, _HEADS, _NOBODY)
RULES: dict[tuple[str, bool], Rule] = {
    (OPEN, False): Rule(*_FREE, _NOBODY, True, OFFICE, _LEADERS, _SAMPLED, 365),
    (RESTRICTED, False): Rule(*_FREE, frozenset({SHO}), True, OFFICE, _LEADERS, _NOBODY, 730),
    (SECRET, False): Rule(*_CLOSED, 1095),
    (OPEN, True): Rule(*_FLAGGED, 365),
    (RESTRICTED, True): Rule(*_FLAGGED, 730),
    (SECRET, True): Rule(*_CLOSED, 1095),
}
"""The table. An office may keep longer or shorter (``retention_<class>_days``); nothing else of it is a setting."""


def rule(case: CaseFile) -> Rule:
    """The row of a case; a class that this program does not know counts as the strictest."""
    known = case.sensitivity if case.sensitivity in SENSITIVITIES else SECRET
    return RULES[known, bool(case.victim or case.child)]


def seen_by(role: str, case: CaseFile, reports: Iterable[Told]) -> tuple[Told, ...]:
    """The reports of a case as this role may read them: in full, without own words, or none of them."""
    row = rule(case)
    if role in row.words:
        return tuple(reports)
    if role in row.outline:
        return tuple(_outline(told) for told in reports)
    return ()


def sampled_by(role: str, case: CaseFile, reports: Iterable[Told]) -> tuple[Told, ...]:
    """The reports of a case that was drawn for the sample: in full, or without own words and place."""
    if reads_sample(role, case):
        return tuple(reports)
    return tuple(replace(_outline(told), place="") for told in reports)


def _outline(told: Told) -> Told:
    return replace(told, text="", answers=tuple(answer for answer in told.answers if answer.choice))


def sees_all(role: str, case: CaseFile, has_files: bool) -> bool:
    """Whether this role sees what its reports say, at least what was chosen from lists, and may open their files."""
    row = rule(case)
    return role in row.words | row.outline and (not has_files or role in row.media)


def reads_words(role: str, case: CaseFile) -> bool:
    """Whether this role reads what the informant wrote."""
    return role in rule(case).words


def reads_sample(role: str, case: CaseFile) -> bool:
    """Whether this role reads the words of a case that was drawn for the sample."""
    return role in rule(case).words | rule(case).samples


def sees_media(role: str, case: CaseFile, is_officers: bool = False) -> bool:
    """Whether this role may open files of a case. ``is_officers``: sent by the post itself, which may see its own."""
    return role in rule(case).media or (is_officers and role in {SHO, OFFICER})
