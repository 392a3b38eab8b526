"""Whose cases somebody's figures count: of the office's roles and the analyst all, of a circle officer his thanas.

A designated officer sees the cases that are with his post and no figures: a count of his thana would tell him of one
before it is given to him. A case that is about a post's own people is not there for that post, in figures neither: one
report more than it can see would tell it that there is one.
"""

from dataclasses import dataclass

from appliance import concerns, ledger, posts
from appliance.desk import ANALYST, CO, OFFICE, Actor, Desk
from appliance.figures.reading import Choice
from appliance.ledger import CaseFile
from sync.directory import Thana

EVERYTHING = OFFICE | {ANALYST}


@dataclass(frozen=True)
class Scope:
    """The thanas that somebody may choose among, and what his every choice is narrowed to."""

    thanas: tuple[Thana, ...]
    everything: bool
    hidden: tuple[int, ...] = ()

    def narrow(self, category: str = "", thana: str = "", sensitivity: str = "") -> Choice:
        """A choice inside it; a thana outside counts as none at all."""
        codes = None if self.everything else tuple(one.code for one in self.thanas)
        return Choice(category, thana, sensitivity, codes, self.hidden)


def scope(desk: Desk, actor: Actor) -> Scope:
    """What ``actor`` may count."""
    district = desk.directory.node(desk.config.node_id).district
    own = desk.directory.thanas_of(district) if district else desk.directory.thanas
    if actor.role in EVERYTHING:
        return Scope(own, everything=True)
    codes = posts.thanas_of(desk.directory, actor.post) if actor.role == CO else ()
    return Scope(tuple(one for one in own if one.code in codes), False, _hidden(desk, actor.post))


def _hidden(desk: Desk, post: str) -> tuple[int, ...]:
    """Ids of the cases that are barred to a post. Few cases are about police: those and what is linked to them."""
    found: dict[int, CaseFile] = {}
    for case_id in concerns.on_police(desk):
        if case_id not in found:
            found |= {one.id: one for one in ledger.incident(desk, ledger.by_id(desk, case_id))}
    return tuple(sorted(one.id for one in found.values() if post in concerns.barred(desk, one)))
