"""Evidence: fetched, cleaned, sealed under a key of its own; what cannot be taken is told, and nothing is left over."""

import io
import os
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from errno import EIO, ENOSPC
from hashlib import sha256

import pytest

from relay import evidence, processes, spool
from relay.events import Event, MediaRef
from relay.evidence import LIMIT_BYTES, RESERVE_BYTES, Fetcher, kind_of
from relay.housekeeping import KEEP_LOOSE_FILE_S
from relay.identity import FileResult
from relay.whatsapp import Damaged, MediaGone, UrlExpired
from sync import faults
from sync.clock import DAY_S
from sync.db import transaction
from sync.errors import Unavailable
from sync.messages import Manifest
from sync.sealing import files
from sync.sealing.spools import SealingWriter
from tests.relay.builders import NUMBER, TO_EVIDENCE, FakeRelay, Phone, PowerCut, cut_power, next_item, png

CLEAN = png()
DIRTY = png((b"tEXt", b"Author\0" + NUMBER.encode()))
SLOW = Unavailable("WhatsApp did not answer")
AMR = b"#!AMR\n" + (b"\x3c" + bytes(range(31))) * 10
PDF = (
    b"%PDF-1.5\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
    b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>\nendobj\n"
    b"4 0 obj\n<< /Author (" + NUMBER.encode() + b") >>\nendobj\n"
    b"trailer\n<< /Size 5 /Root 1 0 R /Info 4 0 R >>\nstartxref\n0\n%%EOF\n"
)


def _ask(relay: FakeRelay, phone: Phone, data: bytes, kind: str = "photo", announced: bytes = b"") -> int:
    media = phone.photo(data).event.media
    assert media is not None
    if announced:
        media = replace(media, sha256=b64encode(sha256(announced).digest()).decode())
    with transaction(relay.conn):
        return evidence.queue(relay.conn, relay.keys.newest(), phone.who, media, kind)


def _results(relay: FakeRelay) -> Iterator[FileResult]:
    while item := next_item(relay):
        assert item.queued is not None and item.queued.result is not None
        yield item.queued.result
        spool.drop(relay.conn, item)


def _fetch(relay: FakeRelay, phone: Phone, data: bytes, kind: str = "photo") -> FileResult:
    slot = _ask(relay, phone, data, kind)
    while relay.fetcher.step():
        pass
    (result,) = _results(relay)
    assert result.slot == slot
    return result


def _opened(relay: FakeRelay, manifest: Manifest) -> bytes:
    plain = bytearray()
    sealed = (relay.media / manifest.file_id).read_bytes()
    files.open_file(io.BytesIO(sealed), manifest.key, manifest.size_bytes, plain.extend)
    return bytes(plain)


def test_a_photo_is_cleaned_and_every_hash_of_its_manifest_holds(relay: FakeRelay, phone: Phone) -> None:
    manifest = _fetch(relay, phone, DIRTY).manifest
    assert manifest is not None
    assert _opened(relay, manifest) == CLEAN
    sealed = (relay.media / manifest.file_id).read_bytes()
    hashes = (manifest.sha256_received, manifest.sha256_kept, manifest.sha256_sealed)
    assert hashes == tuple(sha256(data).hexdigest() for data in (DIRTY, CLEAN, sealed))
    assert (manifest.mime, manifest.size_bytes, manifest.dropped) == ("image/png", len(CLEAN), ("tEXt",))


def test_its_row_gives_the_size_of_the_ciphertext(relay: FakeRelay, phone: Phone) -> None:
    manifest = _fetch(relay, phone, DIRTY).manifest
    assert manifest is not None
    row = relay.conn.execute("select * from evidence_file").fetchone()
    assert (row["file_id"], row["message_id"]) == (manifest.file_id, None)
    assert row["size_bytes"] == (relay.media / manifest.file_id).stat().st_size
    assert relay.count("fetch") == 0


def test_a_photo_with_nothing_to_drop_stays_byte_for_byte(relay: FakeRelay, phone: Phone) -> None:
    manifest = _fetch(relay, phone, CLEAN).manifest
    assert manifest is not None and manifest.sha256_received == manifest.sha256_kept
    assert _opened(relay, manifest) == CLEAN


def test_each_photo_has_a_key_of_its_own(relay: FakeRelay, phone: Phone) -> None:
    one, two = (_fetch(relay, phone, CLEAN).manifest for _ in range(2))
    assert one and two and one.key != two.key and one.file_id != two.file_id


@pytest.mark.slow
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"GIF89a not a photo", "kind"),
        (b"", "kind"),
        (b"%PDF-1.7 not a document", "damaged"),
        (b"PK\3\4" + CLEAN, "kind"),
        (CLEAN[:-9], "damaged"),
        (bytes(LIMIT_BYTES["photo"] + 1), "size"),
    ],
    ids=["unsupported", "empty", "no document", "polyglot", "damaged", "too large"],
)
def test_what_cannot_be_taken_is_told_by_its_reason(
    relay: FakeRelay, phone: Phone, data: bytes, reason: str
) -> None:
    result = _fetch(relay, phone, data)
    assert (result.manifest, result.reason) == (None, reason)
    assert list(relay.media.iterdir()) == [] and relay.count("evidence_file") == 0
    assert len(relay.whatsapp.deleted) == 1


def test_a_photo_that_whatsapp_has_no_more_is_gone(relay: FakeRelay, phone: Phone) -> None:
    relay.whatsapp.media_trouble = [MediaGone("not there")]
    assert _fetch(relay, phone, CLEAN).reason == "gone"


def test_a_photo_is_asked_for_again_when_whatsapp_is_slow(relay: FakeRelay, phone: Phone) -> None:
    relay.whatsapp.media_trouble = [SLOW, Damaged("cut short"), SLOW]
    _ask(relay, phone, CLEAN)
    for _ in range(3):
        assert relay.fetcher.step()
        assert not relay.fetcher.step()  # not before its time
        relay.told_time.now += 60
    relay.fetcher.step()
    (result,) = _results(relay)
    assert result.manifest is not None


def _seconds(relay: FakeRelay, count: int) -> None:
    for _ in range(count):
        relay.told_time.now += 1
        relay.fetcher.step()


def test_it_is_tried_for_twice_as_long_as_the_conversation_waits(relay: FakeRelay, phone: Phone) -> None:
    relay.whatsapp.media_trouble = [SLOW] * 1000
    _ask(relay, phone, CLEAN)
    relay.fetcher.step()
    _seconds(relay, int(2 * relay.config.file_wait_s))
    assert relay.count("fetch") == 1
    _seconds(relay, 60)
    (result,) = _results(relay)
    assert (result.manifest, result.reason, relay.count("fetch")) == (None, "gone", 0)


def test_between_two_tries_lies_at_most_half_a_minute(relay: FakeRelay, phone: Phone) -> None:
    relay.whatsapp.media_trouble = [SLOW] * 1000
    _ask(relay, phone, CLEAN)
    for _ in range(10):
        relay.fetcher.step()
        due_at = float(str(relay.value("select due_at from fetch")))
        assert due_at - relay.now <= 30
        relay.told_time.now = due_at


def test_a_disk_that_fills_is_waited_out_and_leaves_nothing_half_written(
    relay: FakeRelay, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(writer: object, data: bytes) -> int:
        raise OSError(ENOSPC, "no space left on device")

    _ask(relay, phone, CLEAN)
    with monkeypatch.context() as patched:
        patched.setattr(SealingWriter, "write", full)
        assert relay.fetcher.step()
    assert list(relay.media.iterdir()) == [] and relay.count("fetch") == 1
    _seconds(relay, 10)
    (result,) = _results(relay)
    assert result.manifest is not None


@pytest.mark.slow
@pytest.mark.parametrize("data", [CLEAN, DIRTY, AMR, AMR + b"TAG"])
def test_a_file_that_cannot_be_settled_leaves_nothing_and_is_taken_later(
    relay: FakeRelay, phone: Phone, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ill(_descriptor: int) -> None:
        raise OSError(EIO, "input/output error")

    _ask(relay, phone, data)
    with monkeypatch.context() as patched:
        patched.setattr("relay.evidence.taking.os.fsync", ill)
        patched.setattr("relay.evidence.fetcher.Fetcher._later", lambda worker, row: None)
        assert relay.fetcher.step()
    assert list(relay.media.iterdir()) == [] and relay.count("fetch") == 1
    _seconds(relay, 1)
    (result,) = _results(relay)
    assert result.manifest is not None and len(list(relay.media.iterdir())) == 1


@pytest.mark.parametrize(
    ("total_bytes", "free_bytes", "is_taken"),
    [
        (2**34, 2**34 * 2 // 100 + 2 * len(CLEAN), True),
        (2**34, 2**34 * 2 // 100 - 1, False),
        (2**30, RESERVE_BYTES + 2 * len(CLEAN), True),
        (2**30, RESERVE_BYTES + 2 * len(CLEAN) - 1, False),
    ],
)
def test_a_photo_never_takes_the_last_of_the_disk(
    relay: FakeRelay, phone: Phone, total_bytes: int, free_bytes: int, is_taken: bool
) -> None:
    _ask(relay, phone, CLEAN)
    worker = Fetcher(
        relay.conn, relay.keys, relay.client(), relay.media, relay.clock, relay.config.retry, relay.rng, 300,
        room=lambda folder: (total_bytes, free_bytes),
    )  # fmt: skip
    worker.step()
    (result,) = _results(relay)
    assert (result.manifest is not None, result.reason) == (is_taken, "" if is_taken else "size")


def test_a_request_whose_key_is_gone_is_forgotten(relay: FakeRelay, phone: Phone) -> None:
    _ask(relay, phone, CLEAN)
    relay.keys.renew(relay.now + 2 * DAY_S)
    assert relay.fetcher.step()
    assert relay.count("fetch") == relay.count("event") == 0
    assert list(relay.media.iterdir()) == []


def test_workers_share_the_photos_and_leave_none(relay: FakeRelay, phone: Phone) -> None:
    workers = [processes.fetcher(relay, number, 2) for number in range(2)]
    slots = [_ask(relay, phone, CLEAN) for _ in range(4)]
    assert [worker.step() for worker in workers for _ in range(3)] == [True, True, False] * 2
    assert sorted(result.slot for result in _results(relay)) == slots


def test_a_photo_that_comes_when_the_conversation_is_over_leaves_no_file(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do(*TO_EVIDENCE)
    relay.put(phone.photo(CLEAN), *phone.updates("मिटाएं"))
    while relay.engine.step():
        pass
    assert relay.fetcher.step() and len(list(relay.media.iterdir())) == 1
    relay.run()
    assert list(relay.media.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize(("data", "said"), [(b"GIF89a", "ऐसी थी"), (CLEAN[:-9], "खराब निकली")])
def test_the_person_hears_why_a_photo_was_not_taken(
    relay: FakeRelay, phone: Phone, data: bytes, said: str
) -> None:
    phone.do(*TO_EVIDENCE).send_photo(data)
    relay.told_time.now += 60  # an album is answered once, after a quiet moment
    relay.run()
    assert any(said in text for text in phone.got)


def test_the_request_lies_sealed(relay: FakeRelay, phone: Phone) -> None:
    _ask(relay, phone, CLEAN)
    (media_id,) = relay.whatsapp.files
    assert relay.conn.execute("select sealed from fetch").fetchone()[0] in relay.disk()
    assert media_id.encode() not in relay.disk() and NUMBER.encode() not in relay.disk()


@pytest.mark.parametrize(
    ("kind", "mime", "voice", "expected"),
    [
        ("photo", "image/jpeg", False, "photo"),
        ("voice", "audio/ogg; codecs=opus", True, "voice"),
        ("audio", "audio/mpeg", False, "audio"),
        ("video", "video/3gpp", False, "video"),
        ("document", "application/pdf", False, "document"),
        ("document", "IMAGE/PNG", False, "photo"),
        ("document", "audio/mp4; codecs=x", False, "audio"),
        ("document", "application/ogg", False, "audio"),
        ("document", "video/quicktime", False, "video"),
        ("document", "application/zip", False, None),
        ("document", "image/svg+xml", False, None),
        ("document", "text/html", False, None),
        ("document", "", False, None),
        ("sticker", "image/webp", False, None),
    ],
)
def test_the_kind_is_read_from_the_type_and_what_it_says_it_is(
    kind: str, mime: str, voice: bool, expected: str | None
) -> None:
    media = MediaRef("1", mime, "", "../../etc/passwd", voice)
    assert kind_of(Event(kind, "100", None, 0, media=media)) == expected
    assert kind_of(Event(kind, "100", None, 0)) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("announced", "data", "kind", "mime"),
    [
        ("voice", AMR, "voice", "audio/amr"),
        ("audio", AMR, "audio", "audio/amr"),
        ("document", PDF, "document", "application/pdf"),
        ("document", DIRTY, "photo", "image/png"),
        ("photo", AMR, "audio", "audio/amr"),
        ("video", CLEAN, "photo", "image/png"),
    ],
)
def test_the_content_decides_what_a_file_is(
    relay: FakeRelay, phone: Phone, announced: str, data: bytes, kind: str, mime: str
) -> None:
    manifest = _fetch(relay, phone, data, announced).manifest
    assert manifest is not None
    assert (manifest.kind, manifest.mime) == (kind, mime)
    plain = _opened(relay, manifest)
    assert sha256(plain).hexdigest() == manifest.sha256_kept
    assert NUMBER.encode() not in plain
    assert [path.name for path in relay.media.iterdir()] == [manifest.file_id]


@pytest.mark.slow
def test_a_sound_may_not_be_as_large_as_a_document_only_because_it_says_it_is_one(
    relay: FakeRelay, phone: Phone
) -> None:
    result = _fetch(relay, phone, b"#!AMR\n" + AMR[6:38] * (LIMIT_BYTES["audio"] // 32), "document")
    assert (result.manifest, result.reason) == (None, "size")
    assert list(relay.media.iterdir()) == []


def test_the_hash_that_the_update_named_must_hold(relay: FakeRelay, phone: Phone) -> None:
    _ask(relay, phone, CLEAN, announced=CLEAN)
    relay.fetcher.step()
    assert [result.reason for result in _results(relay)] == [""]
    _ask(relay, phone, CLEAN, announced=DIRTY)
    _seconds(relay, 300)
    assert [result.reason for result in _results(relay)] == ["damaged"]


def test_an_address_that_is_too_old_is_replaced_at_once(relay: FakeRelay, phone: Phone) -> None:
    relay.whatsapp.download_trouble = [UrlExpired("404")]
    assert _fetch(relay, phone, CLEAN).manifest is not None


def test_whatsapp_is_asked_once_to_delete_its_copy(relay: FakeRelay, phone: Phone) -> None:
    relay.whatsapp.delete_trouble = [Unavailable("no answer")]
    assert _fetch(relay, phone, CLEAN).manifest is not None
    assert relay.whatsapp.deleted == list(relay.whatsapp.files)


def test_what_is_gone_is_not_deleted_once_more(relay: FakeRelay, phone: Phone) -> None:
    relay.whatsapp.media_trouble = [MediaGone("not there")]
    _fetch(relay, phone, CLEAN)
    assert relay.whatsapp.deleted == []


def test_a_file_of_an_open_conversation_may_come_late(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*TO_EVIDENCE)
    relay.whatsapp.media_trouble = [SLOW] * 100
    relay.put(phone.photo(CLEAN))
    relay.run()
    for _ in range(40):
        relay.told_time.now += 120
        relay.run()
    assert relay.count("fetch") == 1  # more than an hour: twice the wait is long over
    relay.whatsapp.media_trouble = []
    relay.told_time.now += 120
    relay.run()
    assert relay.count("fetch") == 0 and relay.count("evidence_file") == 1


@pytest.mark.slow
def test_what_is_not_named_by_a_row_is_swept(relay: FakeRelay, phone: Phone) -> None:
    faults.arm("file-written", cut_power)
    _ask(relay, phone, PDF, "document")
    with pytest.raises(PowerCut):
        relay.fetcher.step()
    faults.disarm()
    (orphan,) = relay.media.iterdir()
    assert relay.count("evidence_file") == 0
    relay.start()
    relay.fetcher.step()
    (result,) = _results(relay)
    assert result.manifest is not None and len(list(relay.media.iterdir())) == 2
    os.utime(orphan, (relay.now, relay.now))
    relay.pass_time(KEEP_LOOSE_FILE_S - 1)
    assert orphan.exists()
    relay.pass_time(2)
    assert not orphan.exists()


@pytest.mark.slow
def test_nothing_plain_lies_on_the_disk_at_any_time(relay: FakeRelay, phone: Phone) -> None:
    seen: list[bytes] = []
    worker = Fetcher(
        relay.conn, relay.keys, relay.client(), relay.media, relay.clock, relay.config.retry, relay.rng, 300,
        progress=lambda: seen.append(relay.disk()),
    )  # fmt: skip
    _ask(relay, phone, PDF + bytes(200_000), "document")
    worker.step()
    assert seen and not any(b"/Catalog" in disk or NUMBER.encode() in disk for disk in seen)
