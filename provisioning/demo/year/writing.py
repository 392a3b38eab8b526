"""Whole pasts of cases, written as plain rows: what the office's own functions would have left, many times faster.

For invented history alone: a closed case's report, its changes with notes, both hash chains, what it came to, and at
the end the figures. Nothing of it is told to any other node but the figures.
"""

import heapq
import json
import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from appliance import audit, figures
from appliance.desk import Desk
from appliance.reports import Words
from provisioning.demo.year.telling import Telling
from sync import canonical
from sync.clock import IST_OFFSET_S, hour_of, week_of, whole_minute
from sync.db import transaction
from sync.sealing import locks

AT_ONCE = 5000
BOX, RECEIVED = "box", "received"
_INSERTS = {
    "report": "insert into report(id, message_id, handle, received_at, hour, category, district, thana, language,"
    " happening_now, fear, locked, police_involved, incomplete, contact, missing_evidence, has_key)"
    " values(?,?,?,?,?,?,?,?,?,?,?,?,'no',0,?,0,?)",
    "content_key": "insert into content_key(report_id, locked) values(?,?)",
    "case_file": "insert into case_file(id, serial, report_id, status, version, category, district, thana, week,"
    " sensitivity, post, opened_at, changed_at, outcome, closed_at, duplicate_of, child)"
    " values(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    "case_report": "insert into case_report(case_id, report_id) values(?,?)",
    "history": "insert into history(id, case_id, version, at, actor, act, from_status, to_status, detail,"
    " note_locked, prev_hash, hash) values(?,?,?,?,?,?,?,?,?,?,?,?)",
    "audit": "insert into audit(id, at, actor, act, object, prev_hash, hash) values(?,?,?,?,?,?,?)",
    "duty": "insert into duty(name, case_id, post, at, actor, brief_locked, state) values(?,?,?,?,?,?,'withdrawn')",
    "reply": "insert into reply(case_id, handle, reply_no, template, parameters, message_id, state, at, actor)"
    " values(?,?,1,?,?,?,'settled',?,?)",
    "result": "insert into result(case_id, arrests, fir_locked, agency, agency_locked) values(?,?,?,'',?)",
    "seizure": "insert into seizure(case_id, kind, amount) values(?,?,?)",
}


@dataclass(frozen=True)
class Step:
    """One change of a case: when, by whom (login name), what, the status after it, its code and note."""

    at: int
    actor: str
    act: str
    status: str
    detail: str = ""
    note: str = ""
    brief: str = ""


@dataclass(frozen=True)
class Found:
    """What a case came to: ``outcome`` with its quantities; ``seized``: (kind, amount)."""

    outcome: str
    arrests: int = 0
    fir_no: str = ""
    agency: str = ""
    seized: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Past:
    """One case from its report to its end, or to where it stands. ``of``: how many pasts ago is what it repeats."""

    at: int
    category: str
    district: str
    thana: str
    sensitivity: str
    told: Telling
    happening_now: bool = False
    fear: str = "no"
    contact: str = "none"
    steps: tuple[Step, ...] = ()
    post: str = ""
    found: Found | None = None
    of: int | None = None


@dataclass
class Writer:
    """Writes pasts in the order of their reports, and their changes in the order of time, as a real year would."""

    desk: Desk
    rng: random.Random
    cases: list[int] = field(default_factory=list)
    _rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(list))
    _waiting: list[tuple[int, int, int, str, str, int, str, Step]] = field(default_factory=list)
    _serials: dict[int, int] = field(default_factory=dict)
    _turn: int = 0

    def __post_init__(self) -> None:
        self._next = {
            table: self._highest(table) + 1 for table in ("report", "case_file", "history", "audit")
        }
        self._heads = {table: audit.end(self.desk.conn, table).head for table in ("history", "audit")}

    def write(self, pasts: Iterable[Past]) -> int:
        """Writes all, and the figures, into a database that has no cases; gives how many. A transaction per piece."""
        for past in pasts:
            self._advance(past.at)
            self._begin(past)
            if len(self._rows["history"]) >= AT_ONCE:
                self._flush()
        self._advance(None)
        self._flush()
        self._finish()
        return len(self.cases)

    def _highest(self, table: str) -> int:
        return int(self.desk.conn.execute(f"select coalesce(max(id), 0) from {table}").fetchone()[0])

    def _id(self, table: str) -> int:
        self._next[table] += 1
        return self._next[table] - 1

    def _token(self) -> str:
        return f"{self.rng.getrandbits(128):032x}"

    def _begin(self, past: Past) -> None:
        """The report and its case; its changes wait for their time."""
        at, report_id, case_id = int(whole_minute(past.at)), self._id("report"), self._id("case_file")
        serial, handle = self._serial(at), self._token()
        self._report(past, at, report_id, handle)
        self._case(past, at, report_id, case_id, serial)
        self.cases.append(case_id)
        before = ""
        for version, step in enumerate((Step(at, BOX, "receive", RECEIVED), *past.steps), 1):
            self._turn += 1
            waiting = (step.at, self._turn, case_id, serial, handle, version, before, step)
            heapq.heappush(self._waiting, waiting)
            before = step.status

    def _report(self, past: Past, at: int, report_id: int, handle: str) -> None:
        key, told = locks.new_key(), past.told
        words = canonical.dumps(Words((), told.text, told.place))
        under = locks.lock(self.desk.field_key, key, f"content:{report_id}")
        self._rows["content_key"].append((report_id, under))
        self._rows["report"].append(
            (
                *(report_id, self._token(), handle, at, hour_of(at) - 1, past.category),
                *(past.district, past.thana, told.language, int(past.happening_now), past.fear),
                *(locks.lock(key, words, f"report:{handle}"), past.contact, int(past.contact == "push")),
            )
        )

    def _case(self, past: Past, at: int, report_id: int, case_id: int, serial: str) -> None:
        last = past.steps[-1] if past.steps else Step(at, BOX, "receive", RECEIVED)
        outcome = past.found.outcome if past.found else ""
        main = self.cases[-past.of] if past.of else None
        self._rows["case_report"].append((case_id, report_id))
        self._rows["case_file"].append(
            (
                *(case_id, serial, report_id, last.status, len(past.steps) + 1),
                *(past.category, past.district, past.thana, week_of(at), past.sensitivity, past.post, at),
                *(last.at, outcome, last.at if outcome or past.of else None, main),
                int(past.category == "women_child"),
            )
        )
        if past.found:
            self._found(past.found, case_id, serial)

    def _found(self, found: Found, case_id: int, serial: str) -> None:
        key = self.desk.field_key
        fir, agency = (
            locks.lock(key, text.encode(), f"{name}:{serial}") if text else b""
            for name, text in (("fir", found.fir_no), ("agency", found.agency))
        )
        self._rows["result"].append((case_id, found.arrests, fir, agency))
        self._rows["seizure"] += [(case_id, kind, amount) for kind, amount in found.seized]

    def _serial(self, at: int) -> str:
        year = datetime.fromtimestamp(at + IST_OFFSET_S, UTC).year
        self._serials[year] = self._serials.get(year, 0) + 1
        return f"{self.desk.config.serial_prefix}-{year}-{self._serials[year]:05}"

    def _advance(self, until: int | None) -> None:
        while self._waiting and (until is None or self._waiting[0][0] <= until):
            _, _, case_id, serial, handle, version, before, step = heapq.heappop(self._waiting)
            self._change(case_id, serial, version, before, step)
            if step.act == "assign":
                self._duty(case_id, step)
            if step.act == "answer":
                template, *values = step.detail.split("/")
                told = (template, json.dumps(values), self._token(), step.at, step.actor)
                self._rows["reply"].append((case_id, handle, *told))

    def _change(self, case_id: int, serial: str, version: int, before: str, step: Step) -> None:
        key = self.desk.field_key
        note = locks.lock(key, step.note.encode(), f"note:{serial}:{version}") if step.note else b""
        self._chain(
            "history",
            (case_id, version, step.at, step.actor, step.act, before, step.status, step.detail, note),
        )
        self._chain("audit", (step.at, step.actor, f"case.{step.act}", serial))

    def _duty(self, case_id: int, step: Step) -> None:
        name = self._token()
        brief = locks.lock(self.desk.field_key, step.brief.encode(), f"duty:{name}") if step.brief else b""
        self._rows["duty"].append((name, case_id, step.detail, step.at, step.actor, brief))

    def _chain(self, table: str, fields: tuple[Any, ...]) -> None:
        head = audit.chained(self._heads[table], fields)
        self._rows[table].append((self._id(table), *fields, self._heads[table], head))
        self._heads[table] = head

    def _flush(self) -> None:
        with transaction(self.desk.conn) as conn:
            for table, insert in _INSERTS.items():
                conn.executemany(insert, self._rows.pop(table, []))

    def _finish(self) -> None:
        """Serials go on after ours, and the figures are counted."""
        prefix = self.desk.config.serial_prefix
        with transaction(self.desk.conn) as conn:
            conn.executemany(
                "insert into serial_counter values(?,?,?) on conflict do update set next=max(next, excluded.next)",
                [(prefix, year, last + 1) for year, last in self._serials.items()],
            )
            figures.rebuild(conn)
