"""All that was told of one incident: a case's own reports, its duplicates', and those of cases it follows."""

from dataclasses import dataclass

from appliance import evidence, ledger, replies, reports, sensitivity
from appliance.desk import OF_POSTS, SHO, Actor, Desk
from appliance.evidence import EvidenceInfo
from appliance.ledger import CaseFile
from appliance.replies import Sent
from appliance.reports import Told

THIS, DUPLICATE, MAIN, BEFORE = "this", "duplicate", "main", "before"


@dataclass(frozen=True)
class Asked:
    """A question to the informant and the reports that came after it and before the next one: his answers."""

    question: Sent
    answers: tuple[Told, ...]


@dataclass(frozen=True)
class Part:
    """One case of the incident. ``relation``: this, duplicate (of it), main (this is a duplicate of that) or before.

    ``questions`` of its informant, oldest first.
    """

    serial: str
    relation: str
    reports: tuple[Told, ...]
    evidence: tuple[EvidenceInfo, ...]
    can_answer: bool
    questions: tuple[Asked, ...]

    def question_of(self, report: Told) -> Sent | None:
        """The question that was open when a report was added, or None."""
        return next((asked.question for asked in self.questions if report in asked.answers), None)


@dataclass(frozen=True)
class Incident:
    """The case itself first; counted are also parts that are not shown to everybody.

    ``additions``: what was told of the same report later; ``reports``: the others. Each part but those of cases before
    is one more informant, as far as anybody here can know.
    """

    parts: tuple[Part, ...]
    reports: int
    additions: int
    informants: int

    @property
    def answerable(self) -> tuple[str, ...]:
        """Serials of the cases whose informant can be answered now."""
        return tuple(part.serial for part in self.parts if part.can_answer)


def of(desk: Desk, actor: Actor, case: CaseFile) -> Incident:
    """The incident that a case is about, as far as ``actor`` reads it: a post reads what is told of its own case."""
    linked = ledger.linked(desk, case)
    shown = linked[:1] if actor.role in OF_POSTS else linked
    parts = tuple(_part(desk, actor, case, one) for one in shown)
    informants = sum(_relation(case, one) != BEFORE for one in linked)
    told, additions = reports.counts(desk, [one.id for one in linked])
    # an addition whose first report is not here is all that we have of its informant
    first = max(told - additions, informants)
    return Incident(parts, first, told - first, informants)


def _part(desk: Desk, actor: Actor, case: CaseFile, one: CaseFile) -> Part:
    told = sensitivity.seen_by(actor.role, one, reports.of_case(desk, one.id))
    return Part(
        serial=one.serial,
        relation=_relation(case, one),
        reports=told,
        evidence=evidence.of_case(desk, one.id),
        can_answer=replies.can_answer(desk, one),
        questions=_questions(replies.of_case(desk, one.id), told) if actor.role != SHO else (),
    )


def _questions(sent: tuple[Sent, ...], told: tuple[Told, ...]) -> tuple[Asked, ...]:
    asked = [reply for reply in sent if reply.template in replies.QUESTION_TEMPLATES]
    ends = [*(reply.at for reply in asked[1:]), float("inf")]
    return tuple(
        Asked(reply, tuple(r for r in told if r.is_addition and reply.at <= r.received_at < end))
        for reply, end in zip(asked, ends, strict=False)
    )


def _relation(case: CaseFile, one: CaseFile) -> str:
    if one.id == case.id:
        return THIS
    if one.id == case.duplicate_of:
        return MAIN
    return DUPLICATE if one.duplicate_of in (case.id, case.duplicate_of or case.id) else BEFORE
