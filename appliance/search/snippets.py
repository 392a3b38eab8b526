"""Where in a case the words stand: a piece of the text with the hits marked."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from appliance import duties, history, ledger, reports, rights
from appliance.desk import OFFICE, SHO, Actor, Desk
from appliance.ledger import CaseFile
from appliance.search import finding, index
from appliance.search.query import Term
from appliance.search.words import placed
from sync import identifiers
from sync.errors import Unreadable

TOLD, WRITTEN = "told", "written"
LENGTH = 160
BEFORE = 50


@dataclass(frozen=True)
class Snippet:
    """``parts``: (text, whether it is a hit), plain text to be escaped; ``of``: TOLD by an informant, WRITTEN here."""

    of: str
    parts: tuple[tuple[str, bool], ...]


def snippets(desk: Desk, actor: Actor, case_ids: Iterable[int], text: str) -> dict[int, Snippet]:
    """The piece of each case in which most of the query's words stand, where he may read one."""
    wanted = finding.terms(desk, text)
    found = {case_id: _snippet(desk, actor, ledger.by_id(desk, case_id), wanted) for case_id in case_ids}
    return {case_id: piece for case_id, piece in found.items() if piece is not None}


def _snippet(desk: Desk, actor: Actor, case: CaseFile, wanted: tuple[Term, ...]) -> Snippet | None:
    if not rights.may_see(desk, actor, case):
        return None
    best: tuple[int, str, str, list[tuple[int, int]]] | None = None
    for of, said in texts(desk, actor, case):
        found = spans(wanted, said)
        if found and (best is None or len(found) > best[0]):
            best = len(found), of, said, found
        if found and all(spans((term,), said) for term in wanted):
            break  # the rest would have to be opened, note by note, for a piece that is hardly better
    return Snippet(best[1], tuple(_cut(best[2], best[3]))) if best else None


def spans(wanted: tuple[Term, ...], said: str) -> list[tuple[int, int]]:
    """(start, end) of each hit in a text."""
    at = list(placed(said))
    found = [word for _, _, word in at]
    hits = {n for term in wanted for n in term.hits(found)}
    asked = {phrase[0] for term in wanted for phrase in term.phrases}
    named = {(one.start, one.end) for one in identifiers.find(said) if not asked.isdisjoint(index.forms(one))}
    return sorted({at[n][:2] for n in hits} | named)


def texts(desk: Desk, actor: Actor, case: CaseFile) -> Iterator[tuple[str, str]]:
    """(TOLD or WRITTEN, text) of all that a person may read in a case."""
    if actor.role in OFFICE:
        rows = desk.conn.execute(
            "select report_id from case_report where case_id=? order by report_id", (case.id,)
        )
        for row in rows.fetchall():
            try:
                told = reports.told(desk, row[0])
            except Unreadable:
                continue
            yield TOLD, told.text
            yield from ((TOLD, said) for said in (*(answer.text for answer in told.answers), told.place))
    if actor.role == SHO:
        return
    yield from ((WRITTEN, entry.note) for entry in history.entries(desk, case.id, case.serial))
    yield from ((WRITTEN, given.brief) for given in duties.of_case(desk, case.id))


def _cut(said: str, found: list[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """A stretch around the first hit, from the beginning of a word to the end of one."""
    start = max(0, found[0][0] - BEFORE)
    start = said.find(" ", start, found[0][0]) + 1 if start else 0
    end = max(start + LENGTH, found[0][1])
    if end < len(said):
        end = max(said.rfind(" ", found[0][1], end), found[0][1])
    inside = [(max(a, start), min(b, end)) for a, b in found if a < end and b > start]
    at = start
    if start:
        yield "… ", False
    for first, last in inside:
        if first > at:
            yield said[at:first], False
        if last > max(first, at):
            yield said[max(first, at) : last], True
        at = max(at, last)
    if at < end:
        yield said[at:end], False
    if end < len(said):
        yield " …", False
