import struct
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zlib import compress, crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import evidence
from appliance.desk import Desk
from appliance.errors import NotFound
from sync import transfer
from sync.errors import Unavailable, Unreadable
from sync.messages import Manifest
from sync.metadata import Sealed, pdf, scan_sealed
from sync.sealing.files import CHUNK_BYTES, HEADER_BYTES, TAG_BYTES
from tests.appliance.office import (
    START,
    Watch,
    audited,
    body,
    manifest,
    open_office,
    put_file,
    receive,
)

FILM = bytes(range(256)) * 1000  # four chunks


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc32(name + data))


# A PNG of one grey pixel, and the same with its maker's name.
START_OF_PNG = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
REST_OF_PNG = chunk(b"IDAT", compress(b"\0\0")) + chunk(b"IEND", b"")
PNG = START_OF_PNG + REST_OF_PNG
SIGNED_PNG = START_OF_PNG + chunk(b"tEXt", b"Author\0Asha") + REST_OF_PNG


def arrive(desk: Desk, content: bytes, of: Manifest) -> str:
    """Takes a report with one file, and the file."""
    receive(desk, body(1, evidence=(of,)))
    put_file(desk, content, of)
    evidence.arrived(desk.conn, of.file_id, START)
    return of.file_id


def read(desk: Desk, file_id: str, start: int, end: int) -> bytes:
    return b"".join(evidence.content(desk, evidence.info(desk, file_id), start, end))


def test_a_file_is_known_from_its_report_on(desk: Desk) -> None:
    film = manifest(FILM)
    serial = receive(desk, body(1, evidence=(film,)))
    found = evidence.info(desk, film.file_id)
    assert (found.state, found.serial, found.dropped) == ("coming", serial, ("udta",))


def test_the_key_of_a_file_does_not_lie_open(desk: Desk) -> None:
    film = manifest(FILM)
    receive(desk, body(1, evidence=(film,)))
    (locked,) = desk.conn.execute("select locked_key from evidence").fetchone()
    assert film.key not in locked


def test_any_part_of_a_file_can_be_read(tmp_path_factory: pytest.TempPathFactory) -> None:
    desk = open_office(tmp_path_factory.mktemp("box"), Watch())
    file_id = arrive(desk, FILM, manifest(FILM))

    @given(st.integers(0, len(FILM)), st.integers(0, len(FILM) + 10))
    def check(start: int, end: int) -> None:
        assert read(desk, file_id, start, end) == FILM[start:end]

    check()


def test_only_the_frames_asked_for_are_opened(desk: Desk) -> None:
    film = manifest(FILM)
    file_id = arrive(desk, FILM, film)
    path = desk.config.evidence_folder / file_id
    altered = bytearray(path.read_bytes())
    altered[HEADER_BYTES + CHUNK_BYTES + TAG_BYTES + 5] ^= 1
    path.write_bytes(altered)
    assert read(desk, file_id, 0, CHUNK_BYTES) == FILM[:CHUNK_BYTES]
    with pytest.raises(Unreadable):
        read(desk, file_id, CHUNK_BYTES, CHUNK_BYTES + 1)


def test_an_unknown_file_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        evidence.info(desk, "0" * 32)


def test_a_damaged_arrival_is_not_shown_and_may_come_again(desk: Desk) -> None:
    film = manifest(FILM)
    receive(desk, body(1, evidence=(film,)))
    evidence.damaged(desk.conn, film.file_id, START)
    assert evidence.info(desk, film.file_id).state == "damaged"
    put_file(desk, FILM, film)
    evidence.arrived(desk.conn, film.file_id, START + 69)
    assert evidence.info(desk, film.file_id).arrived_at == START + 60
    assert read(desk, film.file_id, 0, 3) == FILM[:3]


def rewritten(author: bytes = b"") -> bytes:
    """A PDF of one empty page; without an author as the cleaner leaves it."""
    dirty = (
        b"%PDF-1.5\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
        b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>\nendobj\n"
        b"4 0 obj\n<< /Author (" + author + b") >>\nendobj\n"
        b"trailer\n<< /Size 5 /Root 1 0 R /Info 4 0 R >>\nstartxref\n0\n%%EOF\n"
    )
    target = BytesIO()
    pdf.rewrite(BytesIO(dirty), target)
    return dirty if author else target.getvalue()


AMR = b"#!AMR\n" + (b"\x3c" + bytes(range(31))) * 10
KINDS = {"audio/amr": AMR, "image/png": PNG, "application/pdf": rewritten()}


@pytest.mark.slow
@pytest.mark.parametrize("mime", KINDS)
def test_a_good_file_is_examined_once(desk: Desk, mime: str) -> None:
    content = KINDS[mime]
    file_id = arrive(desk, content, manifest(content, mime=mime))
    assert evidence.examine_new(desk, START) == 1
    assert evidence.examine_new(desk, START) == 0
    found = evidence.info(desk, file_id)
    assert (found.state, found.scan_alarm) == ("here", "")


def test_a_file_that_is_not_what_its_manifest_says_is_found(desk: Desk) -> None:
    file_id = arrive(desk, FILM, replace(manifest(FILM), sha256_kept="0" * 64))
    evidence.examine_new(desk, START)
    assert evidence.info(desk, file_id).state == "damaged"
    assert list(audited(desk))[-1] == ("box", "evidence.damaged", file_id)


def sent_by_relay(desk: Desk, of: Manifest) -> Path:
    """A file that came over the line, whole."""
    arrive(desk, FILM, of)
    transfer.expect(desk.conn, of.file_id, "n0000000a", 1000, of.sha256_sealed)
    desk.conn.execute("update file_in set state='here', have=x'01'")
    return desk.config.evidence_folder / of.file_id


def coming(desk: Desk) -> tuple[str, bytes, int]:
    return tuple(desk.conn.execute("select state, have, tell from file_in").fetchone())


@pytest.mark.slow
@pytest.mark.parametrize(
    "harm", [lambda path: path.write_bytes(b"spoilt"), Path.unlink], ids=["spoilt", "gone"]
)
def test_a_file_that_the_disk_spoilt_is_asked_for_again(desk: Desk, harm: Callable[[Path], object]) -> None:
    path = sent_by_relay(desk, manifest(FILM))
    harm(path)
    evidence.examine_new(desk, START)
    assert coming(desk) == ("coming", b"", 1)
    assert not path.exists()
    put_file(desk, FILM, manifest(FILM))
    evidence.arrived(desk.conn, path.name, START)
    evidence.examine_new(desk, START)
    assert evidence.info(desk, path.name).state == "here"


def test_a_file_that_came_as_it_was_sealed_and_is_wrong_is_kept_and_not_fetched_for_ever(desk: Desk) -> None:
    put_file(desk, FILM, manifest(FILM))
    sealed = (desk.config.evidence_folder / manifest(FILM).file_id).read_bytes()
    wrong = replace(manifest(FILM), sha256_kept="0" * 64, sha256_sealed=sha256(sealed).hexdigest())
    receive(desk, body(1, evidence=(wrong,)))
    transfer.expect(desk.conn, wrong.file_id, "n0000000a", len(sealed), wrong.sha256_sealed)
    desk.conn.execute("update file_in set state='here', have=x'01'")
    evidence.arrived(desk.conn, wrong.file_id, START)
    path = desk.config.evidence_folder / wrong.file_id
    path.write_bytes(sealed)
    evidence.examine_new(desk, START)
    assert evidence.info(desk, wrong.file_id).state == "damaged"
    assert coming(desk) == ("here", b"\x01", 0)
    assert path.exists()


def test_a_file_that_is_gone_is_found(desk: Desk) -> None:
    file_id = arrive(desk, FILM, manifest(FILM))
    (desk.config.evidence_folder / file_id).unlink()
    evidence.examine_new(desk, START)
    assert evidence.info(desk, file_id).state == "damaged"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "alarm"),
    [
        (PNG, ""),
        (SIGNED_PNG, "tEXt"),
        (b"no picture", "Unsupported"),
        (b"", "Unsupported"),
        (PNG[:40], "Damaged"),
        (AMR + b"TAGAsha", "ID3v1"),
        (AMR[:20], "Damaged"),
        (rewritten(b"Asha"), "pdf/document information"),
        (rewritten()[:80], "Damaged"),
    ],
    ids=["clean", "signed", "none", "empty", "cut", "tagged", "cut sound", "signed PDF", "cut PDF"],
)
def test_metadata_that_the_relay_left_in_is_an_alarm(desk: Desk, content: bytes, alarm: str) -> None:
    file_id = arrive(desk, content, manifest(content))
    evidence.examine_new(desk, START)
    found = evidence.info(desk, file_id)
    assert (found.state, found.scan_alarm) == ("here", alarm)
    assert (("box", "evidence.metadata", file_id) in audited(desk)) == bool(alarm)


@pytest.mark.slow
@pytest.mark.parametrize("fault", [Unavailable("no seccomp"), PermissionError(13, "x")])
def test_what_cannot_be_examined_now_keeps_nothing_else_waiting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    sound, picture = manifest(AMR, 1, mime="audio/amr"), manifest(PNG, 2, mime="image/png")
    for number, (content, of) in enumerate(((AMR, sound), (PNG, picture)), 1):
        receive(desk, body(number, evidence=(of,)))
        put_file(desk, content, of)
        evidence.arrived(desk.conn, of.file_id, START)

    def scan(came: Sealed, timeout_s: float) -> tuple[str, ...]:
        if came.path.name == sound.file_id:
            raise fault
        return scan_sealed(came, timeout_s)

    with monkeypatch.context() as patched:
        patched.setattr("appliance.evidence.metadata.scan_sealed", scan)
        with pytest.raises(type(fault)):
            evidence.examine_new(desk, START, limit=1)
    assert [is_examined(desk, of) for of in (sound, picture)] == [False, True]
    assert evidence.examine_new(desk, START) == 1 and is_examined(desk, sound)
    assert evidence.info(desk, sound.file_id).state == "here"


def is_examined(desk: Desk, of: Manifest) -> bool:
    row = desk.conn.execute("select examined_at from evidence where file_id=?", (of.file_id,)).fetchone()
    return row["examined_at"] is not None


def test_a_run_ends_before_anybody_misses_it_and_the_next_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2):
        of = manifest(PNG, number)
        receive(desk, body(number, evidence=(of,)))
        put_file(desk, PNG, of)
        evidence.arrived(desk.conn, of.file_id, START)
    monkeypatch.setattr(evidence, "EXAMINE_FOR_S", -1.0)
    assert evidence.examine_new(desk, START) == 0
    monkeypatch.undo()
    assert evidence.examine_new(desk, START) == 2
