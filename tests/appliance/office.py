"""A small office to test in: a directory of two thanas, a box on a temporary folder, reports by the dozen."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TypeVar

from appliance import cases, config, migrations, reports
from appliance.cases.outcomes import NONE, Quantities
from appliance.config import BoxConfig
from appliance.desk import Actor, Desk
from sync import canonical, catalogue, db, directory
from sync.catalogue import Catalogue
from sync.clock import hour_of
from sync.db import transaction
from sync.directory import DISTRICT, RANGE, RELAY, Directory, District, Node, Thana
from sync.messages import Answer, Manifest, ReportBody
from sync.sealing import files, locks
from sync.sealing.keys import SigningKey
from tests import databases

T = TypeVar("T")

START = 1_767_225_600.0  # 2026-01-01 05:30 IST
SCREENER = Actor("asha", "Asha", "screener")
SUPERVISOR = Actor("bina", "Bina", "supervisor")
SP = Actor("chand", "Chand", "sp")
ANALYST = Actor("dev", "Dev", "analyst")
POST = "SHO JNP-01"
MANY = 99
"""Informants that somebody who closes agrees to leave without an answer."""

DIRECTORY = Directory(
    v=1,
    version=1,
    districts=(District("JNP", "Jaunpur", "जौनपुर", "n0000000b"),),
    thanas=(
        Thana("JNP-01", "JNP", "City", "Kotwali", "कोतवाली", None, None, True),
        Thana("JNP-02", "JNP", None, "Line Bazar", "लाइन बाजार", None, None, False),
        Thana("GZP-01", "GZP", "Sadar", "Kotwali", "कोतवाली", None, None, True),
    ),
    nodes=(
        Node("n0000000a", RELAY, None, b"", None, None),
        Node("n0000000b", DISTRICT, "JNP", b"", None, None),
        Node("n0000000c", RANGE, None, b"", None, None),
    ),
)
CONFIG = """
node_id = "n0000000b"
role = "district"
broker = "127.0.0.1:1883"
serial_prefix = "JNP"
second_factor = false
"""


@dataclass
class Watch:
    """A clock that moves when told."""

    now: float = START

    def __call__(self) -> float:
        return self.now


def settings(root: Path, role: str = DISTRICT) -> BoxConfig:
    (root / "config.toml").write_text(CONFIG.replace(DISTRICT, role), encoding="utf-8")
    loaded = config.load(root)
    return replace(loaded, node_id="n0000000c") if role == RANGE else loaded


def open_office(root: Path, clock: Callable[[], float], role: str = DISTRICT) -> Desk:
    box = settings(root, role)
    databases.prepare(box.box_db, migrations.BOX)
    conn = db.open_db(box.box_db, migrations.BOX)
    return Desk(conn, b"f" * 32, _catalogue(), DIRECTORY, clock, box)


@cache
def _catalogue() -> Catalogue:
    return catalogue.load()


def enrolled(root: Path) -> Path:
    """A root folder as enrolment leaves it."""
    authority = SigningKey.generate()
    (root / "keys").mkdir(exist_ok=True)
    (root / "keys" / "field.key").write_bytes(b"f" * 32)
    (root / "authority.pub").write_text(authority.public.raw.hex(), encoding="ascii")
    (root / "directory.json").write_bytes(directory.sign(DIRECTORY, authority))
    (root / "config.toml").write_text(CONFIG + "digest_every_s = 1\n", encoding="utf-8")
    return root


def body(number: int, **changes: object) -> ReportBody:
    """Report ``number``: about liquor in thana JNP-01, whose informant may be written to."""
    plain = ReportBody(
        v=1,
        handle=f"{number:032x}",
        category="liquor",
        language="en",
        answers=(Answer("what", "", "barrels behind the mill"), Answer("often", "daily", "")),
        text="every night at the mill",
        district="JNP",
        thana="JNP-01",
        place="near the mill",
        hour=hour_of(START) - 1,
        happening_now=False,
        fear="no",
        police_involved="no",
        incomplete=False,
        contact="push",
        evidence=(),
        missing_evidence=0,
        adds_to=None,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # the keywords of a test are right or the test fails


def receive(desk: Desk, report: ReportBody) -> str:
    """Stores a report as the line does; gives the serial of its case."""
    with transaction(desk.conn):
        report_id = reports.add(desk, report, "m" + report.handle, desk.clock())
    return serial_of(desk, report_id)


def serial_of(desk: Desk, report_id: int) -> str:
    (serial,) = desk.conn.execute(
        "select serial from case_report join case_file on id = case_id where case_report.report_id=?",
        (report_id,),
    ).fetchone()
    return str(serial)


def close(
    desk: Desk,
    serial: str,
    actor: Actor,
    version: int,
    outcome: str,
    note: str = "",
    found: Quantities = NONE,
) -> None:
    """Closes a case as somebody who ticked that its informants stay without an answer."""
    cases.close(desk, serial, actor, version, outcome, note, found, MANY)


def manifest(content: bytes, number: int = 1, mime: str = "video/mp4") -> Manifest:
    kept = sha256(content).hexdigest()
    key = bytes([number]) * 32
    return Manifest(
        f"{number:032x}", "video", mime, len(content), kept, kept, "5" * 64, key, ("udta",), "ffmpeg"
    )


def put_file(desk: Desk, content: bytes, of: Manifest) -> Path:
    """Lays the sealed file where the line would."""
    folder = desk.config.evidence_folder
    folder.mkdir(exist_ok=True)
    sealed = BytesIO()
    files.seal_file(BytesIO(content), len(content), of.key, sealed)
    (folder / of.file_id).write_bytes(sealed.getvalue())
    return folder / of.file_id


def commands(desk: Desk, purpose: str, kind: type[T]) -> list[T]:
    """What lies in the outbox for one purpose, opened, oldest first."""
    rows = desk.conn.execute("select * from outbox where purpose=? order by rowid", (purpose,))
    return [canonical.loads(kind, plain(desk, row["content"], f"outbox:{row['message_id']}")) for row in rows]


def plain(desk: Desk, locked: bytes, context: str) -> bytes:
    return locks.unlock(desk.field_key, locked, context)


def audited(desk: Desk) -> Iterable[tuple[str, str, str]]:
    return [tuple(row) for row in desk.conn.execute("select actor, act, object from audit order by id")]
