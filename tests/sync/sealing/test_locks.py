"""Locks for what lies at rest: they open with the same key and context, and with nothing else."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import Unreadable
from sync.sealing import locks
from tests.vectors.make import fixed

KEY, OTHER = fixed("lock", 32), fixed("other lock", 32)


@given(st.binary(max_size=200), st.text(max_size=30))
def test_what_was_locked_opens_with_key_and_context(message: bytes, context: str) -> None:
    assert locks.unlock(KEY, locks.lock(KEY, message, context), context) == message


def test_the_same_message_is_locked_differently_each_time() -> None:
    assert locks.lock(KEY, b"message", "case:1") != locks.lock(KEY, b"message", "case:1")


@pytest.mark.parametrize(("key", "context"), [(OTHER, "report:1"), (KEY, "report:2"), (KEY, "")])
def test_another_key_or_context_does_not_open(key: bytes, context: str) -> None:
    with pytest.raises(Unreadable):
        locks.unlock(key, locks.lock(KEY, b"message", "report:1"), context)


@given(st.data(), st.integers(1, 255))
def test_an_altered_byte_does_not_open(data: st.DataObject, change: int) -> None:
    locked = bytearray(locks.lock(KEY, b"message", "c"))
    locked[data.draw(st.integers(0, len(locked) - 1))] ^= change
    with pytest.raises(Unreadable):
        locks.unlock(KEY, bytes(locked), "c")


@given(st.binary(max_size=60))
def test_opening_anything_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        locks.unlock(KEY, data, "c")


def test_the_complaint_names_the_kind_and_not_the_row() -> None:
    with pytest.raises(Unreadable) as caught:
        locks.unlock(KEY, bytes(40), "report:0123456789abcdef")
    assert str(caught.value) == "report: does not open under this key"


@pytest.mark.parametrize("salt", [b"", b"salt"])
def test_a_derived_key_is_hkdf_sha256(salt: bytes) -> None:
    extracted = hmac.digest(salt or bytes(32), KEY, "sha256")
    expected = hmac.digest(extracted, b"satark/1 vault" + b"\x01", "sha256")
    assert locks.derive(KEY, "vault", salt) == expected


def test_keys_for_different_purposes_secrets_and_salts_differ() -> None:
    derived = {
        locks.derive(secret, purpose, salt)
        for secret in (KEY, OTHER)
        for purpose in "ab"
        for salt in (b"", b"s")
    }
    assert len(derived) == 8


@given(st.text(max_size=10), st.binary(max_size=10))
def test_a_tag_is_an_hmac_over_purpose_and_value(purpose: str, value: bytes) -> None:
    expected = hmac.new(KEY, b"satark/1 " + purpose.encode() + b"\0" + value, hashlib.sha256).digest()
    assert locks.tag(KEY, purpose, value) == expected


def test_new_keys_are_32_bytes_and_differ() -> None:
    assert len(locks.new_key()) == locks.KEY_BYTES
    assert locks.new_key() != locks.new_key()


def test_the_digest_is_sha256() -> None:
    assert locks.digest(b"abc").hex().startswith("ba7816bf8f01cfea")
