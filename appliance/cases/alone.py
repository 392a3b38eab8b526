"""What one person may not do alone: nobody ends a case while nobody else has read something that came to it.

The sentence that this is held to stands in ``docs/decisions/0019-the-office-table.md``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from appliance import evidence, ledger, people, sensitivity, tenure
from appliance.desk import BOX, CO, LEADERS, OFFICE, SHO, Actor, Desk
from appliance.errors import NotAllowed, Unread
from appliance.ledger import CaseFile

_FILE = "file"
"""No act: a file of an informant came."""
_COMES = frozenset({"receive", "add", "reopen", "separate", _FILE})
"""With these something comes that was not read: who opens a case again or separates it says something new of it."""
_READS = frozenset(
    {"receive", "screen", "mark_duplicate", "separate", "reopen", "assign", "verify", "answer", "ask", "read"}
)
"""Acts of the office alone, done on the page that shows all of the case, or with the report in hand."""
_BESIDE = frozenset({"reopen", "mark_duplicate"})
"""Written at a duplicate for what was done with the case it is linked to."""


@dataclass(frozen=True)
class Step:
    """One row of a history. ``at``: its number among those of all cases, of a file between two of them; ``is_office``:
    by a person of the office; ``is_blind``: by a post that was not shown what it answered of."""

    at: float
    actor: str
    act: str
    was: str = ""
    detail: str = ""
    is_office: bool = False
    is_blind: bool = False

    @property
    def comes(self) -> bool:
        """Whether something came with it that others have yet to read."""
        of_duplicate = self.act == "add" and self.detail
        return self.act in _COMES and not of_duplicate and not self._is_beside

    @property
    def reads(self) -> bool:
        """Whether whoever did it has read all of the case; an answer from a phone or a post's desk is none."""
        is_noted = self.act == "report_back" and self.is_office
        # on an old box a person may have that name
        is_program = self.actor == BOX.name and self.act == "receive"
        return is_noted or (self.act in _READS and not is_program and not self._is_beside)

    @property
    def _is_beside(self) -> bool:
        return self.was == "duplicate" and self.act in _BESIDE


def readers(own: Sequence[Step], main: Sequence[Step] = ()) -> frozenset[str]:
    """Who has read a case since something last came to it. ``main``: of the case it is linked to, where it is.

    Who reads that reads this with it; a post that reports back counts for what was there when it was given the case.
    """
    came = max([0, *(step.at for step in own if step.comes)])
    linked = max([came, *(step.at for step in own if step.act == "mark_duplicate")])
    here = {step.actor for step in own if step.reads and step.at >= came}
    above = {step.actor for step in main if step.reads and step.at > linked}
    return frozenset(here | above | set(_worked(own, came)))


def _worked(own: Sequence[Step], came: float) -> Iterator[str]:
    given = 0.0
    for step in own:
        given = step.at if step.act == "assign" else given
        if step.act == "report_back" and given > came and not step.is_blind:
            yield step.actor


def is_alone(desk: Desk, case: CaseFile, who: Actor) -> bool:
    """Whether nobody but ``who`` has read something that would end with the case: its reports, or a duplicate's."""
    return any(found <= {who.name} for found in _readers(desk, case, who))


def wants_reader(desk: Desk, case: CaseFile, who: Actor) -> bool:
    """Whether it would help that ``who`` reads it: something in it was read by one other person, or by nobody."""
    return any(who.name not in found and len(found) < 2 for found in _readers(desk, case, who))


def told_it(desk: Desk, case: CaseFile, who: Actor) -> bool:
    """Whether what was reported back last is his own word: he noted it, or is the post that told it."""
    for step, post in _reports(_acts(desk, case))[-1:]:
        return step.actor == who.name or tenure.plain(who.display) in _names(desk, case, post, step)
    return False


def _readers(desk: Desk, case: CaseFile, who: Actor) -> Iterator[frozenset[str]]:
    """Of the case itself, then of each duplicate that still has words to be read."""
    main = _steps(desk, case, who)
    yield readers(main)
    for duplicate in ledger.duplicates_of(desk, case.id):
        if duplicate.erased_at is None:
            yield readers(_steps(desk, duplicate, who), main)


def _steps(desk: Desk, case: CaseFile, who: Actor) -> list[Step]:
    """``who``: whom a post stands for that bears his name, before others of the office who are called so too."""
    acts, files = _acts(desk, case), evidence.came_after(desk, case.id)
    classed = max([0, *(step.at for step in acts if step.act == "reclassify")])
    told = {
        step: replace(
            step,
            actor=_reader(desk, _names(desk, case, post, step), who) or step.actor,
            is_blind=not _sees(case, post, bool(files), is_classed_since=classed > step.at),
        )
        for step, post in _reports(acts)
        if not step.is_office
    }
    return [told.get(step, step) for step in acts] + [Step(at + 0.5, BOX.name, _FILE) for at in files]


def _reports(acts: Sequence[Step]) -> list[tuple[Step, str]]:
    """What was reported back, each with the post that had the case."""
    given = [(step.at, step.detail) for step in acts if step.act == "assign"]
    told = (step for step in acts if step.act == "report_back")
    return [(step, max([(0.0, ""), *(one for one in given if one[0] < step.at)])[1]) for step in told]


def _names(desk: Desk, case: CaseFile, post: str, step: Step) -> frozenset[str]:
    """Who may have told it, as names are compared: whoever has held the post since the case came, and who noted it."""
    coming = set(tenure.to_come(desk, post, desk.clock()))
    held = (one.name for one in tenure.had(desk, post, case.opened_at, case.id) if one not in coming)
    noted = people.display_of(desk, step.actor)
    return frozenset(tenure.plain(name) for name in (*held, noted)) - {""}


def _reader(desk: Desk, names: frozenset[str], who: Actor) -> str:
    """Login name of the leader of one of these names, "" where none is called so."""
    leaders = [(one.display, one.name) for one in people.everybody(desk) if one.role in LEADERS]
    known = [(who.display, who.name), *leaders]
    return next((name for display, name in known if tenure.plain(display) in names), "")


def _sees(case: CaseFile, post: str, has_files: bool, is_classed_since: bool) -> bool:
    """A circle's post sees every class; what a thana's could see of another class than today's is not known."""
    role = CO if post.startswith("CO ") else SHO
    return sensitivity.sees_all(role, case, has_files) and (role == CO or not is_classed_since)


def _acts(desk: Desk, case: CaseFile) -> list[Step]:
    # what is noted without a role is from before that stood there: whose role never changed had it then
    rows = desk.conn.execute(
        "select history.id, actor, act, from_status, detail, coalesce(nullif(detail, ''), role) from history"
        " left join person on name = actor and not exists"
        " (select 1 from audit where object = name and audit.act glob 'person.role.*')"
        " where case_id=? order by history.id",
        (case.id,),
    )
    return [
        Step(at, actor, act, was, detail, role in OFFICE)
        for at, actor, act, was, detail, role in rows.fetchall()
    ]


def check_close(desk: Desk, case: CaseFile, actor: Actor) -> None:
    """Raises Unread where nobody else has read what would end."""
    if is_alone(desk, case, actor):
        raise Unread("nobody else has read all of it", hint="Have another person read it, and note that")


def check_link_to_closed(desk: Desk, case: CaseFile, actor: Actor) -> None:
    """As to close it. Raises NotAllowed: the form stays, for another serial."""
    if is_alone(desk, case, actor):
        raise NotAllowed(
            f"nobody but {actor.name} has read {case.serial}",
            hint="Have another person read it first, and note that",
            reason="unread",
        )
