"""Cases that may belong to one at hand: advice for whoever reads it, with the reason for each."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from appliance import ledger, rights
from appliance.desk import Actor, Desk
from appliance.ledger import CaseFile
from appliance.search import finding, index, keeping, snippets
from appliance.search.words import words
from sync import identifiers
from sync.clock import DAY_S
from sync.identifiers import Found

VEHICLE, NUMBER, WORDS, PLACE = "vehicle", "number", "words", "place"
_WEIGHT = {VEHICLE: 100.0, NUMBER: 100.0}
WINDOW_S = 30 * DAY_S
FEWEST_WORDS = 3
"""So many rare words must two cases share; two suffice in the same place and kind."""
MOST_WORDS = 12
_RARE_CASES, _RARE_SHARE, _RARE_MOST = 20, 0.02, 1000
"""A word is rare in so few documents, or so small a share of them; nothing is counted further than that."""
_SHORTEST_WORD = 4
_LOOKED_AT = 200
_NEAR_ROWS = 50


@dataclass(frozen=True)
class Reason:
    """``kind``: VEHICLE, NUMBER, WORDS or PLACE (same thana and category within WINDOW_S). ``detail``: which."""

    kind: str
    detail: str


@dataclass(frozen=True)
class Related:
    """One case like another, as a row to show; codes, times in epoch seconds."""

    case_id: int
    serial: str
    status: str
    category: str
    thana: str
    opened_at: int
    reasons: tuple[Reason, ...]


def related(desk: Desk, actor: Actor, case: CaseFile, limit: int = 5) -> tuple[Related, ...]:
    """Cases that share a vehicle, a number, rare words, or thana, kind and time with ``case``; the likest first.

    Only those that ``actor`` may see; not what is linked to the case already.
    """
    keeping.freshen(desk)
    known = {one.id for one in ledger.linked(desk, case)} | {
        one.id for one in ledger.duplicates_of(desk, case.id)
    }
    found: dict[int, list[Reason]] = defaultdict(list)
    weights: dict[int, float] = defaultdict(float)
    for case_id, reason, weight in _reasons(desk, actor, case):
        if case_id not in known:
            found[case_id].append(reason)
            weights[case_id] += weight
    best = sorted(found, key=lambda case_id: (weights[case_id], case_id), reverse=True)
    rows = (_row(ledger.by_id(desk, case_id), tuple(found[case_id])) for case_id in best)
    seen = (row for row in rows if rights.may_see(desk, actor, ledger.by_id(desk, row.case_id)))
    return tuple(row for row, _ in zip(seen, range(limit), strict=False))


def _reasons(desk: Desk, actor: Actor, case: CaseFile) -> Iterator[tuple[int, Reason, float]]:
    texts = [said for _, said in snippets.texts(desk, actor, case)]
    near = dict(_near(desk, case))
    with index.reading(desk) as conn:
        for one in {(one.kind, one.value): one for said in texts for one in identifiers.find(said)}.values():
            kind = VEHICLE if one.kind == identifiers.VEHICLE else NUMBER
            for case_id in _with_word(conn, actor, "".join(words(one.value))):
                yield case_id, Reason(kind, _shown(one)), _WEIGHT[kind]
        shared = _sharing(conn, actor, _rare(conn, texts))
    for case_id, common in shared.items():
        if len(common) >= FEWEST_WORDS - (case_id in near):
            yield case_id, Reason(WORDS, ", ".join(common[:FEWEST_WORDS])), float(len(common))
    for case_id, days in near.items():
        yield case_id, Reason(PLACE, str(days)), 1.0 / (2 + days)


def _shown(one: Found) -> str:
    """A number as words of a reason: enough to compare, too little to call."""
    return one.value if one.kind == identifiers.VEHICLE else f"…{one.value[-4:]}"


def _with_word(conn: sqlite3.Connection, actor: Actor, word: str) -> list[int]:
    """The newest cases in which a word stands, in the texts that the actor may search."""
    asked = f'{{{" ".join(finding.columns(actor))}}} : "{word}"'
    rows = conn.execute(
        "select rowid from word where word match ? order by rowid desc limit ?", (asked, _LOOKED_AT)
    ).fetchall()
    return list(dict.fromkeys(index.case_of(row[0]) for row in rows))


def _rare(conn: sqlite3.Connection, texts: list[str]) -> list[str]:
    """The rarest words of some texts that stand in other documents too."""
    enough = int(_RARE_MOST / _RARE_SHARE)
    (documents,) = conn.execute("select count(*) from (select 1 from document limit ?)", (enough,)).fetchone()
    most = max(_RARE_CASES, int(documents * _RARE_SHARE))
    counted: dict[str, int] = {}
    for word in {word for said in texts for word in words(said) if len(word) >= _SHORTEST_WORD}:
        # the index would tell the number by itself, but reads every document of a word that stands in all of them
        asked = "select count(*) from (select 1 from word where word match ? limit ?)"
        (count,) = conn.execute(asked, (f'"{word}"', most + 1)).fetchone()
        if 1 < count <= most:
            counted[word] = count
    return sorted(counted, key=lambda word: (counted[word], word))[:MOST_WORDS]


def _sharing(conn: sqlite3.Connection, actor: Actor, rare: list[str]) -> dict[int, list[str]]:
    shared: dict[int, list[str]] = defaultdict(list)
    for word in rare:
        for case_id in _with_word(conn, actor, word):
            shared[case_id].append(word)
    return shared


def _near(desk: Desk, case: CaseFile) -> Iterator[tuple[int, int]]:
    """(case, days between) of the nearest cases of the same thana and kind in WINDOW_S."""
    if not case.thana:
        return
    rows = desk.conn.execute(
        "select id, abs(opened_at - ?) from case_file where thana=? and category=? and opened_at between ? and ?"
        " order by abs(opened_at - ?) limit ?",
        (
            *(case.opened_at, case.thana, case.category),
            *(case.opened_at - WINDOW_S, case.opened_at + WINDOW_S, case.opened_at, _NEAR_ROWS),
        ),
    )
    for row in rows.fetchall():
        yield row[0], int(row[1] // DAY_S)


def _row(case: CaseFile, reasons: tuple[Reason, ...]) -> Related:
    return Related(case.id, case.serial, case.status, case.category, case.thana, case.opened_at, reasons)
