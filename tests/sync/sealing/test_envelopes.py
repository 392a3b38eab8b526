"""Envelopes: what was altered, misdirected, newer or sealed to another key is refused; a dropped part is not missed."""

import struct
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import canonical
from sync.canonical import from_text
from sync.errors import BadSignature, NotForUs, SatarkError, StaleKey, TooNew, Unreadable
from sync.messages import encode
from sync.sealing import envelopes
from sync.sealing.envelopes import Envelope, Header, SealedPart
from sync.sealing.keys import PublicSealingKey, SealingKey, SigningKey
from tests.vectors import make

KEYS = envelopes.keys_by_id(make.BODY_KEY, make.CONTACT_KEY)
VECTOR: dict[str, Any] = make.recorded("envelope")
RECORDED = from_text(VECTOR["envelope"])


def check_and_open(data: bytes) -> dict[str, bytes]:
    """What a receiver does with the bytes of an envelope."""
    envelope = envelopes.read(data)
    envelopes.verify(envelope, make.SIGNING_KEY.public, make.SENDER, make.RECIPIENT)
    return {part.name: envelopes.open_part(envelope, part.name, KEYS.get) for part in envelope.parts}


def small(message: bytes = b"hello", key: SealingKey = make.BODY_KEY) -> Envelope:
    part = envelopes.seal_part(
        "state", "message", message, key.public, make.SENDER, make.RECIPIENT, make.MESSAGE_ID
    )
    return envelopes.sign("state", (part,), make.SIGNING_KEY, make.SENDER, make.RECIPIENT, make.MESSAGE_ID)


SMALL = small().to_bytes()


def resigned(envelope: Envelope, **header: Any) -> Envelope:
    """The envelope with other header fields, signed again by its sender."""
    changed = replace(envelope.header, **header)
    return replace(
        envelope, header=changed, signature=make.SIGNING_KEY.sign("envelope", canonical.dumps(changed))
    )


def test_the_recorded_envelope_opens() -> None:
    assert check_and_open(RECORDED) == {name: text.encode() for name, text in VECTOR["parts"].items()}
    assert envelopes.read(RECORDED).hash.hex() == VECTOR["hash"]
    assert envelopes.read(RECORDED).header.index == 41


def test_the_recorded_envelope_without_contact_opens_and_has_the_same_hash() -> None:
    data = from_text(VECTOR["without_contact"])
    assert check_and_open(data) == {"body": VECTOR["parts"]["body"].encode()}
    assert envelopes.read(data).hash.hex() == VECTOR["hash"]
    assert envelopes.read(RECORDED).without("contact").to_bytes() == data


@given(st.binary(max_size=2000))
def test_a_message_comes_back(message: bytes) -> None:
    assert check_and_open(small(message).to_bytes()) == {"message": message}


def test_the_same_message_is_sealed_differently_each_time() -> None:
    assert small().parts[0].ciphertext != small().parts[0].ciphertext


@pytest.mark.slow
@pytest.mark.parametrize("flip", [0x01, 0x80])
def test_every_altered_byte_is_refused(flip: int) -> None:
    for at in range(len(SMALL)):
        altered = bytearray(SMALL)
        altered[at] ^= flip
        with pytest.raises(SatarkError):
            check_and_open(bytes(altered))


@given(st.integers(0, len(RECORDED) - 1), st.integers(1, 255))
def test_an_altered_byte_of_a_report_is_refused(at: int, change: int) -> None:
    altered = bytearray(RECORDED)
    altered[at] ^= change
    with pytest.raises(SatarkError):
        check_and_open(bytes(altered))


@given(st.integers(0, len(SMALL) - 1))
def test_an_envelope_cut_short_is_refused_or_misses_its_part(kept_bytes: int) -> None:
    try:
        assert check_and_open(SMALL[:kept_bytes]) == {}
    except Unreadable:
        return


@given(st.binary(max_size=300), st.booleans())
def test_reading_anything_gives_an_error_of_ours(data: bytes, magic: bool) -> None:
    with pytest.raises(SatarkError):
        envelopes.read(b"SME1" + data if magic else data)


def raw_envelope(header: bytes, *chunks: bytes) -> bytes:
    return b"SME1" + b"".join(struct.pack(">I", len(chunk)) + chunk for chunk in (header, *chunks))


@pytest.mark.parametrize("odd", [b"\\ud800", b"\\u0041"])
def test_a_header_that_is_not_canonical_is_refused(odd: bytes) -> None:
    header = canonical.dumps(small().header).replace(make.MESSAGE_ID.encode(), odd)
    with pytest.raises(Unreadable):
        envelopes.read(raw_envelope(header, bytes(64)))


@pytest.mark.parametrize("header", [{"index": 2**63}, {"index": -1}, {"id": "x" * 100_000}, {"id": ""}])
def test_a_header_that_no_store_of_ours_could_hold_is_refused(header: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        envelopes.read(resigned(small(), **header).to_bytes())


@pytest.mark.parametrize(("sender", "recipient"), [("n00000003", make.RECIPIENT), (make.SENDER, "n00000003")])
def test_an_envelope_of_another_sender_or_for_another_node_is_refused(sender: str, recipient: str) -> None:
    with pytest.raises(NotForUs):
        envelopes.verify(envelopes.read(SMALL), make.SIGNING_KEY.public, sender, recipient)


def test_an_envelope_signed_by_another_key_is_refused() -> None:
    with pytest.raises(BadSignature):
        envelopes.verify(envelopes.read(SMALL), SigningKey.generate().public, make.SENDER, make.RECIPIENT)


@pytest.mark.parametrize(
    "header",
    [{"purpose": "reply"}, {"id": "ab" * 16}, {"sender": "n00000009"}, {"recipient": "n00000009"}],
    ids=lambda header: next(iter(header)),
)
def test_a_part_moved_under_another_header_does_not_open(header: dict[str, str]) -> None:
    moved = resigned(small(), **header)
    envelopes.verify(moved, make.SIGNING_KEY.public, moved.header.sender, moved.header.recipient)
    with pytest.raises(Unreadable, match="does not open"):
        envelopes.open_part(moved, "message", KEYS.get)


def test_a_part_does_not_open_under_another_name() -> None:
    body = envelopes.seal_part("report", "body", b"x", make.BODY_KEY.public, "a", "b", "1")
    posed = SealedPart("contact", body.key, body.ciphertext)
    envelope = envelopes.sign("report", (posed,), make.SIGNING_KEY, "a", "b", "1")
    with pytest.raises(Unreadable, match="does not open"):
        envelopes.open_part(envelope, "contact", KEYS.get)


def test_the_log_index_is_signed_but_not_sealed() -> None:
    report = envelopes.read(RECORDED)
    later = envelopes.sign(
        "report", report.parts, make.SIGNING_KEY, make.SENDER, make.RECIPIENT, make.MESSAGE_ID, 42
    )
    assert later.hash != report.hash
    assert check_and_open(later.to_bytes()) == check_and_open(RECORDED)


def test_a_newer_version_is_told_apart() -> None:
    with pytest.raises(TooNew, match="version 2, this node reads 1"):
        envelopes.read(resigned(small(), v=2).to_bytes())


def test_a_newer_header_with_fields_we_do_not_know_is_told_apart() -> None:
    newer = b'{"v":2,"something":"new"}'
    with pytest.raises(TooNew):
        envelopes.read(raw_envelope(newer, bytes(64)))


@pytest.mark.parametrize("header", [{"v": 0}, {"suite": "none"}, {"suite": ""}])
def test_an_unknown_suite_or_version_is_refused(header: dict[str, Any]) -> None:
    with pytest.raises(Unreadable, match="suite or form"):
        envelopes.read(resigned(small(), **header).to_bytes())


def test_a_key_that_is_not_here_is_stale() -> None:
    gone = small(key=SealingKey.generate())
    with pytest.raises(StaleKey, match=gone.parts[0].key):
        check_and_open(gone.to_bytes())


def test_a_part_that_is_not_there_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="part body is not there"):
        envelopes.open_part(envelopes.read(SMALL), "body", KEYS.get)


@pytest.mark.parametrize("extra", ["message", "body", "ü"])
def test_a_part_that_the_header_does_not_name_once_is_refused(extra: str) -> None:
    more = struct.pack(">I", len(extra.encode())) + extra.encode() + struct.pack(">I", 1) + b"x"
    with pytest.raises(Unreadable):
        envelopes.read(SMALL + more)


@pytest.mark.parametrize("ciphertext", [b"", b"x", bytes(1120), bytes(1200), b"\xff" * 1648])
def test_a_signed_part_that_is_no_ciphertext_is_unreadable(ciphertext: bytes) -> None:
    part = SealedPart("message", make.BODY_KEY.public.id, ciphertext)
    envelope = envelopes.sign("state", (part,), make.SIGNING_KEY, make.SENDER, make.RECIPIENT, "1")
    with pytest.raises(Unreadable, match="does not open"):
        envelopes.open_part(envelope, "message", KEYS.get)


@pytest.mark.parametrize("raw", [b"\xff" * 1216, bytes(1216), make.BODY_KEY.public.raw[:1184] + bytes(32)])
def test_sealing_to_what_is_no_key_is_an_error_of_ours(raw: bytes) -> None:
    with pytest.raises(SatarkError):
        envelopes.seal_part("state", "message", b"x", PublicSealingKey(raw), "a", "b", "1")


@given(st.binary(max_size=1000), st.sampled_from([256, 512, 4096]))
def test_padding_comes_off_again(message: bytes, block: int) -> None:
    padded = envelopes.pad(message, block)
    assert envelopes.unpad(padded) == message
    assert len(padded) % block == 0
    assert len(padded) - len(message) < block + 4


@given(st.binary(max_size=300), st.integers(0, 299), st.integers(1, 255))
def test_padding_that_is_not_ours_is_refused(message: bytes, at: int, change: int) -> None:
    padded = bytearray(envelopes.pad(message, 512))
    padded[-1 - at % (len(padded) - len(message) - 4)] ^= change
    with pytest.raises(Unreadable):
        envelopes.unpad(bytes(padded))


@given(st.binary(max_size=8))
def test_unpadding_anything_gives_bytes_or_unreadable(data: bytes) -> None:
    try:
        assert len(envelopes.unpad(data)) <= max(0, len(data) - 4)
    except Unreadable:
        return


def test_a_short_and_a_longer_text_give_ciphertexts_of_one_length() -> None:
    lengths = {
        len(
            envelopes.seal_part("report", "body", b"x" * size, make.BODY_KEY.public, "a", "b", "1").ciphertext
        )
        for size in (0, 1, 700, 4092)
    }
    assert len(lengths) == 1


def test_the_header_is_an_allow_list() -> None:
    assert set(Header.__dataclass_fields__) == {
        "v", "suite", "purpose", "sender", "recipient", "id", "index", "parts"
    }  # fmt: skip
    assert canonical.dumps(make.CONTACT) == encode(make.CONTACT)


def test_a_part_exchanged_under_a_signed_header_does_not_verify() -> None:
    # Anybody knows the recipient's public key: what he seals to it opens, and only the header's hash tells it apart.
    exchanged = replace(small(), parts=small(b"another").parts)
    with pytest.raises(Unreadable, match="was altered"):
        check_and_open(exchanged.to_bytes())
