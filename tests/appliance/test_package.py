"""What goes to court: the certificate's facts, and a package that proves itself."""

import json
import subprocess
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from appliance import certificate, custody, evidence, package, viewing
from appliance.desk import Desk
from appliance.errors import Conflict, Forbidden, NotAllowed, NotFound
from sync.errors import Unreadable
from sync.messages import Manifest
from tests.appliance.office import SCREENER, SP, SUPERVISOR, audited, body, manifest, put_file, receive

FILMS = (b"the first film" * 9000, b"the second film" * 5)
PAPERS = {"certificate-hi.html": "प्रमाण-पत्र".encode(), "certificate-en.html": b"Certificate"}


@pytest.fixture
def serial(desk: Desk) -> str:
    """A case with two films that are here and a third on its way."""
    films = [manifest(content, number) for number, content in enumerate(FILMS, 1)]
    made = receive(desk, body(1, evidence=(*films, manifest(b"coming", 3))))
    for film, content in zip(films, FILMS, strict=True):
        put_file(desk, content, film)
        evidence.arrived(desk.conn, film.file_id, desk.clock())
    return made


def whole(desk: Desk, serial: str, reason: str = "court") -> bytes:
    seen = package.begun(desk, serial)
    return b"".join(package.stream(desk, SP, serial, reason, "Sessions court", PAPERS, seen=seen))


def test_the_files_come_byte_for_byte_with_a_list_that_checks_itself(
    desk: Desk, serial: str, tmp_path: Path
) -> None:
    with ZipFile(BytesIO(whole(desk, serial))) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path)
    for number, content in enumerate(FILMS, 1):
        assert (tmp_path / "files" / f"{manifest(content, number).file_id}.mp4").read_bytes() == content
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout.count(": OK") == len(FILMS) + len(PAPERS) + 1


def test_the_manifest_names_every_file_its_hashes_and_its_hands(desk: Desk, serial: str) -> None:
    viewing.uncover(desk, SP, manifest(FILMS[0]).file_id, "verify")
    with ZipFile(BytesIO(whole(desk, serial))) as archive:
        told = json.loads(archive.read("manifest.json"))
    assert (told["case"], told["made_by"]["login"], len(told["files"])) == (serial, "chand", 3)
    first, _, third = told["files"]
    assert first["sha256_kept"] == sha256(FILMS[0]).hexdigest()
    assert (third["state"], third["name"]) == ("coming", None)
    assert "view" in [hand["act"] for hand in first["custody"]]
    assert body(1).text not in json.dumps(told)


def test_what_was_handed_on_stands_in_the_custody_log_with_its_hash(desk: Desk, serial: str) -> None:
    made = whole(desk, serial)
    (hand,) = custody.exports(desk, serial)
    assert (hand.act, hand.actor, hand.reason, hand.note) == ("export", "chand", "court", "Sessions court")
    assert hand.digest == sha256(made).hexdigest()
    assert ("chand", "evidence.export", serial) in audited(desk)
    assert custody.verify(desk.conn) is None
    found = evidence.info(desk, manifest(FILMS[0]).file_id)
    assert "export" in [hand.act for hand in custody.hands(desk, found)]


def test_a_package_that_breaks_off_is_noted_as_such(desk: Desk, serial: str) -> None:
    parts = package.stream(desk, SP, serial, "court", "", PAPERS, seen=0)
    next(parts)
    assert isinstance(parts, Iterator)
    parts.close()  # type: ignore[attr-defined]  # a generator is
    assert [(hand.act, hand.digest) for hand in custody.exports(desk, serial)] == [("export_cut", "")]


def test_a_file_that_is_not_what_its_hash_says_breaks_the_package_off(desk: Desk, serial: str) -> None:
    desk.conn.execute("update evidence set sha256_kept=? where kind='video'", ("0" * 64,))
    with pytest.raises(Unreadable):
        whole(desk, serial)
    assert [hand.act for hand in custody.exports(desk, serial)] == ["export_cut"]


@pytest.mark.slow
def test_a_large_film_never_lies_in_memory_as_a_whole(desk: Desk) -> None:
    content = b"0123456789abcdef" * (2 << 20)  # 32 MB
    film: Manifest = manifest(content)
    made = receive(desk, body(1, evidence=(film,)))
    put_file(desk, content, film)
    evidence.arrived(desk.conn, film.file_id, desk.clock())
    size = 0
    tracemalloc.start()
    for part in package.stream(desk, SP, made, "court", "", {}, seen=0):
        size += len(part)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > len(content) and peak < 2 << 20


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ("update case_file set sensitivity='secret'", Forbidden),
        ("update case_file set child=1", Forbidden),
    ],
)
def test_the_table_says_who_hands_on(desk: Desk, serial: str, change: str, error: type[Exception]) -> None:
    assert certificate.check(desk, SUPERVISOR, serial).serial == serial
    with pytest.raises(Forbidden):
        certificate.check(desk, SCREENER, serial)
    desk.conn.execute(change)
    with pytest.raises(error):
        package.stream(desk, SUPERVISOR, serial, "court", "", PAPERS, seen=0)
    assert certificate.check(desk, SP, serial).serial == serial


def test_no_package_without_a_reason_or_of_no_case(desk: Desk, serial: str) -> None:
    for reason in ("", "screening"):
        with pytest.raises(NotAllowed):
            package.stream(desk, SP, serial, reason, "", PAPERS, seen=0)
    with pytest.raises(NotFound):
        package.stream(desk, SP, "JNP-2026-09999", "court", "", PAPERS, seen=0)
    assert custody.exports(desk, serial) == ()


def test_the_certificate_names_the_machine_and_the_files_that_are_here(
    desk: Desk, serial: str, tmp_path: Path
) -> None:
    dmi, card = tmp_path / "dmi", tmp_path / "net" / "enp1s0" / "device"
    dmi.mkdir()
    card.mkdir(parents=True)
    (dmi / "sys_vendor").write_text("LENOVO\n")
    (dmi / "product_name").write_text("M70q\n")
    (dmi / "product_serial").write_text("Default string\n")
    (card.parent / "address").write_text("02:00:00:00:00:01\n")
    made = certificate.prepare(desk, SP, serial, dmi, tmp_path / "net")
    assert vars(made.device) == {"make": "LENOVO", "model": "M70q", "serial": "", "mac": "02:00:00:00:00:01"}
    assert [found.sha256_kept for found in made.files] == [sha256(content).hexdigest() for content in FILMS]
    told = replace(desk, config=replace(desk.config, device={"serial": "PF0ABC", "make": "HP"}))
    own = certificate.device(told, dmi, tmp_path / "nowhere")
    assert (own.make, own.model, own.serial, own.mac) == ("HP", "M70q", "PF0ABC", "")


def test_a_case_without_files_has_no_certificate(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        certificate.prepare(desk, SP, receive(desk, body(1)))


def test_a_package_asked_for_before_another_was_begun_is_not_made(desk: Desk, serial: str) -> None:
    assert package.begun(desk, serial) == 0
    package.stream(desk, SP, serial, "court", "", PAPERS, seen=0)
    with pytest.raises(Conflict):
        package.stream(desk, SP, serial, "court", "", PAPERS, seen=0)
    assert package.begun(desk, serial) == 1
