"""What a case comes to: exactly one outcome, with the quantities that belong to it."""

from dataclasses import dataclass

from appliance.desk import Desk
from appliance.errors import NotAllowed
from appliance.ledger import CaseFile
from sync.sealing import locks

ACTION = ("fir", "arrest", "seizure", "preventive", "challan", "rescue")
"""Action was taken: which. Only after it was verified."""
NO_ACTION = (
    "verified_no_offence",
    "unfounded",
    "false_malicious",
    "insufficient",
    "already_known",
    "referred",
)
FINDINGS = frozenset({"verified_no_offence", "false_malicious"})
"""No action, and yet they say what was found out: only after it was verified."""
OUTCOMES = (*ACTION, *NO_ACTION)
SEIZURES = {
    "drugs": "g",
    "liquor": "l",
    "arms": "piece",
    "cash": "inr",
    "vehicle": "piece",
    "cattle": "head",
    "mineral": "t",
    "other": "piece",
}
"""What can be seized -> the unit of its amount."""
MOST = 10_000_000
LONGEST_TEXT = 80


@dataclass(frozen=True)
class Seizure:
    """``kind`` of SEIZURES; ``amount`` in its unit."""

    kind: str
    amount: int


@dataclass(frozen=True)
class Quantities:
    """What an outcome is measured by. ``agency``: the office it was passed to; ``fir_no`` stays on the box."""

    fir_no: str = ""
    arrests: int = 0
    seizures: tuple[Seizure, ...] = ()
    agency: str = ""


NONE = Quantities()


def check(outcome: str, status: str, found: Quantities) -> None:
    """Raises NotAllowed for an unknown outcome, one that lacks its verification or quantity, an odd quantity, and for
    an FIR, arrests or seizures where the outcome says that no action was taken: they would be counted."""
    if outcome not in OUTCOMES:
        raise NotAllowed(f"there is no outcome {outcome[:40]!r}")
    if outcome in ACTION and status == "screened":
        raise NotAllowed(
            "action was taken by nobody yet",
            hint="Assign it, and have what was done reported and verified",
            reason="unverified",
        )
    if outcome in FINDINGS and status == "screened":
        raise NotAllowed(
            "nobody has looked into it yet",
            hint="Assign it, and have what was found reported and verified",
            reason="unfound",
        )
    kinds = [seizure.kind for seizure in found.seizures]
    if len(set(kinds)) != len(kinds) or not set(kinds) <= SEIZURES.keys():
        raise NotAllowed("a kind of seizure is not on the list, or stands there twice", reason="kinds")
    if not all(0 < seizure.amount <= MOST for seizure in found.seizures):
        raise NotAllowed(f"an amount lies between 1 and {MOST}", reason="amount")
    if not 0 <= found.arrests <= MOST:
        raise NotAllowed(f"at most {MOST} persons are arrested", reason="arrests")
    if max(len(found.fir_no), len(found.agency)) > LONGEST_TEXT:
        raise NotAllowed(f"a number or name has at most {LONGEST_TEXT} characters")
    if outcome in NO_ACTION and (found.fir_no or found.arrests or found.seizures):
        raise NotAllowed(
            f"the outcome {outcome} says that no action was taken",
            hint="Choose another outcome, or leave FIR, arrests and seizures empty",
            reason="no_action",
        )
    _check_wanted(outcome, found)


def _check_wanted(outcome: str, found: Quantities) -> None:
    wanted: dict[str, tuple[object, str]] = {
        "fir": (found.fir_no, "the number of the FIR"),
        "arrest": (found.arrests, "how many persons were arrested"),
        "seizure": (found.seizures, "what was seized, and how much"),
        "referred": (found.agency, "to which office it was passed"),
    }
    value, name = wanted.get(outcome, (True, ""))
    if not value:
        raise NotAllowed(
            f"the outcome {outcome} lacks {name}",
            hint="Fill it in, or choose another outcome",
            reason=outcome,
        )


def write(desk: Desk, case: CaseFile, found: Quantities) -> None:
    """Keeps the quantities of a case, in the caller's transaction."""
    erase(desk, case)
    desk.conn.execute(
        "insert into result(case_id, arrests, fir_locked, agency, agency_locked) values(?,?,?,'',?)",
        (case.id, found.arrests, *(_lock(desk, text, of) for text, of in _texts(case, found))),
    )
    desk.conn.executemany(
        "insert into seizure values(?,?,?)", [(case.id, one.kind, one.amount) for one in found.seizures]
    )


def erase(desk: Desk, case: CaseFile) -> None:
    """The case is open again; in the caller's transaction. Its history still tells what it had come to."""
    for table in ("result", "seizure"):
        desk.conn.execute(f"delete from {table} where case_id=?", (case.id,))


def read(desk: Desk, case: CaseFile) -> Quantities:
    """The quantities of a case; NONE while it is open."""
    row = desk.conn.execute(
        "select arrests, fir_locked, agency, agency_locked from result where case_id=?", (case.id,)
    ).fetchone()
    if row is None:
        return NONE
    rows = desk.conn.execute("select kind, amount from seizure where case_id=? order by kind", (case.id,))
    fir_no = _unlock(desk, row["fir_locked"], f"fir:{case.serial}")
    # of a program before 015_agency_locked, until the daily job has locked it: certificates are made meanwhile
    agency = _unlock(desk, row["agency_locked"], f"agency:{case.serial}") or row["agency"]
    return Quantities(fir_no, row["arrests"], tuple(Seizure(*found) for found in rows), agency)


def lock_older(desk: Desk) -> int:
    """Locks the offices that programs before 015_agency_locked wrote in clear, in the caller's transaction; gives how
    many."""
    rows = desk.conn.execute(
        "select case_id, serial, agency from result join case_file on case_file.id = case_id where agency<>''"
    ).fetchall()
    desk.conn.executemany(
        "update result set agency='', agency_locked=? where case_id=?",
        [(_lock(desk, row["agency"], f"agency:{row['serial']}"), row["case_id"]) for row in rows],
    )
    return len(rows)


def _texts(case: CaseFile, found: Quantities) -> tuple[tuple[str, str], ...]:
    return (found.fir_no, f"fir:{case.serial}"), (found.agency, f"agency:{case.serial}")


def _lock(desk: Desk, text: str, context: str) -> bytes:
    return locks.lock(desk.field_key, text.encode(), context) if text else b""


def _unlock(desk: Desk, locked: bytes, context: str) -> str:
    return locks.unlock(desk.field_key, locked, context).decode() if locked else ""
