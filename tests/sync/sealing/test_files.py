"""Evidence files: whole or in ranges, and refused when cut, moved, mixed or lengthened."""

import io
import math
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from sync.canonical import from_text
from sync.errors import Unreadable
from sync.sealing import files
from sync.sealing.files import CHUNK_BYTES, HEADER_BYTES, TAG_BYTES
from tests.vectors.make import FILE_KEY, LARGE_FILE, SMALL_FILE, fixed, recorded

SIZES = st.sampled_from(
    [0, 1, 2, 100, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 200_000]
)
SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES
THREE_CHUNKS = fixed("three chunks", 180_000)


def seal(data: bytes, key: bytes = FILE_KEY) -> bytes:
    target = io.BytesIO()
    files.seal_file(io.BytesIO(data), len(data), key, target)
    return target.getvalue()


def open_whole(sealed: bytes, size_bytes: int, key: bytes = FILE_KEY) -> bytes:
    pieces: list[bytes] = []
    files.open_file(io.BytesIO(sealed), key, size_bytes, pieces.append)
    return b"".join(pieces)


def content(size_bytes: int) -> bytes:
    return (THREE_CHUNKS * 2)[:size_bytes]


@given(SIZES)
def test_a_file_comes_back_whole(size_bytes: int) -> None:
    sealed = seal(content(size_bytes))
    assert open_whole(sealed, size_bytes) == content(size_bytes)
    assert len(sealed) == files.sealed_size(size_bytes)


@given(SIZES, st.integers(0, 210_000), st.integers(0, 210_000))
def test_a_range_equals_the_slice(size_bytes: int, start: int, end: int) -> None:
    data = content(size_bytes)
    found = files.open_range(io.BytesIO(seal(data)), FILE_KEY, size_bytes, start, end)
    assert b"".join(found) == data[start:end]


def test_a_range_decrypts_only_its_chunks() -> None:
    sealed = bytearray(seal(THREE_CHUNKS))
    sealed[HEADER_BYTES + 5] ^= 1
    source = io.BytesIO(sealed)
    second = b"".join(files.open_range(source, FILE_KEY, len(THREE_CHUNKS), CHUNK_BYTES, CHUNK_BYTES + 9))
    assert second == THREE_CHUNKS[CHUNK_BYTES : CHUNK_BYTES + 9]


@given(st.integers(0, 180_000))
def test_a_truncated_file_is_refused(kept_bytes: int) -> None:
    sealed = seal(THREE_CHUNKS)
    with pytest.raises(Unreadable):
        open_whole(sealed[:kept_bytes], len(THREE_CHUNKS))


def chunks_of(sealed: bytes) -> list[bytes]:
    body = sealed[HEADER_BYTES:]
    return [body[at : at + SEALED_CHUNK_BYTES] for at in range(0, len(body), SEALED_CHUNK_BYTES)]


@pytest.mark.parametrize("order", [(1, 0, 2), (0, 2, 1), (0, 0, 2), (0, 1, 1), (0, 2), (0, 1), (0, 1, 2, 2)])
def test_chunks_in_another_order_number_or_place_are_refused(order: tuple[int, ...]) -> None:
    sealed = seal(THREE_CHUNKS)
    chunks = chunks_of(sealed)
    assert len(chunks) == 3
    with pytest.raises(Unreadable):
        open_whole(sealed[:HEADER_BYTES] + b"".join(chunks[i] for i in order), len(THREE_CHUNKS))


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_chunk_of_another_file_under_the_same_key_is_refused(at: int) -> None:
    sealed = seal(THREE_CHUNKS)
    mixed = chunks_of(sealed)
    mixed[at] = chunks_of(seal(THREE_CHUNKS))[at]
    with pytest.raises(Unreadable):
        open_whole(sealed[:HEADER_BYTES] + b"".join(mixed), len(THREE_CHUNKS))


@given(st.binary(min_size=1, max_size=40), SIZES)
def test_anything_after_the_last_chunk_is_refused(more: bytes, size_bytes: int) -> None:
    with pytest.raises(Unreadable):
        open_whole(seal(content(size_bytes)) + more, size_bytes)


@given(st.sampled_from([1, 100, 70_000]), st.data(), st.integers(1, 255))
def test_an_altered_byte_is_refused(size_bytes: int, data: st.DataObject, change: int) -> None:
    sealed = bytearray(seal(content(size_bytes)))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= change
    with pytest.raises(Unreadable):
        open_whole(bytes(sealed), size_bytes)


@given(SIZES, SIZES)
def test_a_wrong_size_is_refused_unless_it_pads_to_the_same(right: int, wrong: int) -> None:
    sealed = seal(content(right))
    if files.padme(right) == files.padme(wrong):
        assert len(open_whole(sealed, wrong)) == wrong
    else:
        with pytest.raises(Unreadable):
            open_whole(sealed, wrong)


def test_another_key_does_not_open() -> None:
    with pytest.raises(Unreadable):
        open_whole(seal(SMALL_FILE), len(SMALL_FILE), fixed("another key", 32))


@given(st.binary(max_size=100))
def test_anything_else_is_no_evidence_file(data: bytes) -> None:
    with pytest.raises(Unreadable):
        open_whole(data, 50)


def test_a_source_that_ends_too_early_is_not_filled_with_zeros() -> None:
    with pytest.raises(Unreadable):
        files.seal_file(io.BytesIO(b"short"), 100, FILE_KEY, io.BytesIO())


@given(st.integers(0, 2**40))
def test_the_padded_length_is_padme(size_bytes: int) -> None:
    padded = files.padme(size_bytes)
    assert size_bytes <= padded <= size_bytes * 1.12 + 1
    assert files.padme(padded) == padded
    if size_bytes >= 2:
        exponent = math.floor(math.log2(size_bytes))
        zeros = exponent - (math.floor(math.log2(exponent)) + 1 if exponent else 0)
        assert padded == -(-size_bytes // 2**zeros) * 2**zeros


@pytest.mark.parametrize("vector", recorded("padme"), ids=lambda vector: vector["size_bytes"])
def test_the_recorded_lengths_are_those_of_the_formula(vector: dict[str, int]) -> None:
    size = vector["size_bytes"]
    exponent = size.bit_length() - 1 if size > 1 else 0
    step = 2 ** max(0, exponent - exponent.bit_length())
    assert vector["padded"] == -(-size // step) * step == files.padme(size)
    chunks = max(1, math.ceil(vector["padded"] / CHUNK_BYTES))
    assert vector["sealed"] == 11 + vector["padded"] + 16 * chunks == files.sealed_size(size)


def test_the_small_vector_opens() -> None:
    vector = recorded("file")["small"]
    assert open_whole(from_text(vector["sealed"]), vector["size_bytes"]) == SMALL_FILE


def test_the_large_vector_follows_from_the_words_of_the_protocol() -> None:
    vector = recorded("file")["large"]
    prefix = bytes.fromhex(vector["prefix"])
    sealed = header = b"SMF1" + prefix
    padded = LARGE_FILE.ljust(files.padme(len(LARGE_FILE)), b"\0")
    for counter, last in ((0, 0), (1, 1)):
        chunk = padded[counter * CHUNK_BYTES : (counter + 1) * CHUNK_BYTES]
        nonce = prefix + counter.to_bytes(4, "big") + bytes([last])
        sealed += AESGCM(FILE_KEY).encrypt(nonce, chunk, header)
    assert len(sealed) == vector["sealed_size_bytes"] == files.sealed_size(vector["size_bytes"])
    assert sha256(sealed).hexdigest() == vector["sha256"]
    assert open_whole(sealed, len(LARGE_FILE)) == LARGE_FILE
