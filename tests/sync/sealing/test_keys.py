"""Keys of a node: fixed sizes, names bound to the suite, signatures bound to a purpose."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import BadSignature, Unreadable
from sync.sealing.keys import SUITE, PublicSealingKey, SealingKey, SigningKey, VerifyKey, key_id
from tests.vectors.make import BODY_KEY, CONTACT_KEY, SIGNING_KEY


def test_a_private_key_read_back_has_the_same_public_half() -> None:
    key = SealingKey.generate()
    again = SealingKey(bytes(key.raw))
    assert len(key.raw) == 96
    assert again.public == key.public
    assert len(again.public.raw) == 1216


def test_two_generated_keys_differ() -> None:
    assert SealingKey.generate() != SealingKey.generate()
    assert SigningKey.generate() != SigningKey.generate()


@pytest.mark.parametrize("size_bytes", [0, 95, 97])
def test_a_private_sealing_key_of_another_size_is_refused(size_bytes: int) -> None:
    with pytest.raises(Unreadable, match=f"has 96 bytes, found {size_bytes}"):
        SealingKey(bytes(size_bytes))


@pytest.mark.parametrize("size_bytes", [0, 1215, 1217])
def test_a_public_sealing_key_of_another_size_is_refused(size_bytes: int) -> None:
    with pytest.raises(Unreadable, match=f"has 1216 bytes, found {size_bytes}"):
        PublicSealingKey(bytes(size_bytes))


def test_a_verify_key_of_another_size_is_refused() -> None:
    with pytest.raises(Unreadable, match="has 32 bytes, found 31"):
        VerifyKey(bytes(31)).verify(bytes(64), "envelope", b"")


def test_the_key_id_is_a_hash_over_suite_and_key() -> None:
    expected = sha256(SUITE.encode() + b"\0" + BODY_KEY.public.raw).hexdigest()[:16]
    assert BODY_KEY.public.id == key_id(BODY_KEY.public.raw) == expected
    assert BODY_KEY.public.id != CONTACT_KEY.public.id


@given(st.text(max_size=20), st.binary(max_size=100))
def test_a_signature_verifies_for_its_purpose_and_message(purpose: str, message: bytes) -> None:
    signature = SIGNING_KEY.sign(purpose, message)
    SIGNING_KEY.public.verify(signature, purpose, message)
    with pytest.raises(BadSignature):
        SIGNING_KEY.public.verify(signature, purpose + "x", message)
    with pytest.raises(BadSignature):
        SIGNING_KEY.public.verify(signature, purpose, message + b"x")


@given(st.integers(0, 63), st.integers(1, 255))
def test_an_altered_signature_is_refused(at: int, change: int) -> None:
    signature = bytearray(SIGNING_KEY.sign("envelope", b"message"))
    signature[at] ^= change
    with pytest.raises(BadSignature):
        SIGNING_KEY.public.verify(bytes(signature), "envelope", b"message")


@pytest.mark.parametrize("signature", [b"", bytes(63), bytes(65)])
def test_a_signature_of_another_size_is_refused(signature: bytes) -> None:
    with pytest.raises(BadSignature):
        SIGNING_KEY.public.verify(signature, "envelope", b"message")


def test_a_signature_of_another_node_is_refused() -> None:
    with pytest.raises(BadSignature):
        SIGNING_KEY.public.verify(SigningKey.generate().sign("envelope", b"m"), "envelope", b"m")
