"""Photos: fetched, cleaned, sealed under a key of their own; what cannot be taken is told, and nothing is left over."""

import io
from collections.abc import Iterator
from errno import ENOSPC
from hashlib import sha256

import pytest

from relay import evidence, processes, spool
from relay.evidence import PHOTO_LIMIT_BYTES, RESERVE_BYTES, Fetcher
from relay.identity import FileResult
from relay.whatsapp import Damaged, MediaGone
from sync.clock import DAY_S
from sync.db import transaction
from sync.errors import Unavailable
from sync.messages import Manifest
from sync.sealing import files
from tests.relay.builders import NUMBER, TO_EVIDENCE, FakeRelay, Phone, png

CLEAN = png()
DIRTY = png((b"tEXt", b"Author\0" + NUMBER.encode()))
SLOW = Unavailable("WhatsApp did not answer")


def _ask(relay: FakeRelay, phone: Phone, data: bytes) -> int:
    media = phone.photo(data).event.media
    assert media is not None
    with transaction(relay.conn):
        return evidence.queue(relay.conn, relay.keys.newest(), phone.who, media)


def _results(relay: FakeRelay) -> Iterator[FileResult]:
    while item := spool.next_item(relay.conn, relay.keys):
        assert item.queued is not None and item.queued.result is not None
        yield item.queued.result
        spool.drop(relay.conn, item)


def _fetch(relay: FakeRelay, phone: Phone, data: bytes) -> FileResult:
    slot = _ask(relay, phone, data)
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


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-1.7 not a photo", "kind"),
        (CLEAN[:-9], "damaged"),
        (bytes(PHOTO_LIMIT_BYTES + 1), "size"),
    ],
    ids=["unsupported", "damaged", "too large"],
)
def test_what_cannot_be_taken_is_told_by_its_reason(
    relay: FakeRelay, phone: Phone, data: bytes, reason: str
) -> None:
    result = _fetch(relay, phone, data)
    assert (result.manifest, result.reason) == (None, reason)
    assert list(relay.media.iterdir()) == [] and relay.count("evidence_file") == 0


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
    def full(source: object, size_bytes: int, key: bytes, target: io.BytesIO) -> None:
        target.write(b"half of it")
        raise OSError(ENOSPC, "no space left on device")

    _ask(relay, phone, CLEAN)
    with monkeypatch.context() as patched:
        patched.setattr(files, "seal_file", full)
        assert relay.fetcher.step()
    assert list(relay.media.iterdir()) == [] and relay.count("fetch") == 1
    _seconds(relay, 10)
    (result,) = _results(relay)
    assert result.manifest is not None


@pytest.mark.parametrize(
    ("total_bytes", "free_bytes", "is_taken"),
    [
        (2**34, 2**34 * 2 // 100 + 1, True),
        (2**34, 2**34 * 2 // 100 - 1, False),
        (2**30, RESERVE_BYTES, True),
        (2**30, RESERVE_BYTES - 1, False),
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


@pytest.mark.parametrize(("data", "said"), [(b"%PDF", "ऐसी थी"), (CLEAN[:-9], "खराब निकली")])
def test_the_person_hears_why_a_photo_was_not_taken(
    relay: FakeRelay, phone: Phone, data: bytes, said: str
) -> None:
    phone.do(*TO_EVIDENCE).send_photo(data)
    assert said in phone.got[-1]


def test_the_request_lies_sealed(relay: FakeRelay, phone: Phone) -> None:
    _ask(relay, phone, CLEAN)
    (media_id,) = relay.whatsapp.files
    assert relay.conn.execute("select sealed from fetch").fetchone()[0] in relay.disk()
    assert media_id.encode() not in relay.disk() and NUMBER.encode() not in relay.disk()
