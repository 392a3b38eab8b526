"""Sealed files as streams: the same format as sealed whole, readable at any place, altered nowhere unnoticed."""

import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import Unreadable
from sync.sealing import files
from sync.sealing.files import CHUNK_BYTES
from sync.sealing.spools import SealedReader, SealingWriter

KEY = bytes(32)
SIZES = [0, 1, 2, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 200_001]


def sealed(data: bytes, piece: int = 10_000) -> bytes:
    target = io.BytesIO()
    writer = SealingWriter(target, KEY)
    for at in range(0, len(data), piece):
        assert writer.write(memoryview(data)[at : at + piece]) == len(data[at : at + piece])
    assert writer.finish() == len(data)
    return target.getvalue()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("piece", [1000, CHUNK_BYTES, 1 << 20])
def test_what_is_written_piece_by_piece_opens_as_a_whole(size: int, piece: int) -> None:
    data, plain = os.urandom(size), bytearray()
    ciphertext = sealed(data, piece)
    assert len(ciphertext) == files.sealed_size(size)
    files.open_file(io.BytesIO(ciphertext), KEY, size, plain.extend)
    assert bytes(plain) == data


@given(
    st.sampled_from(SIZES), st.lists(st.tuples(st.integers(0, 210_000), st.integers(0, 150_000)), max_size=4)
)
def test_it_reads_as_the_plain_file_does(size: int, reads: list[tuple[int, int]]) -> None:
    data = bytes(range(256)) * (size // 256) + bytes(size % 256)
    plain, reader = io.BytesIO(data), SealedReader(io.BytesIO(sealed(data)), KEY, size)
    assert reader.seek(0, os.SEEK_END) == size
    for place, count in reads:
        assert reader.seek(place) == plain.seek(place)
        assert reader.read(count) == plain.read(count)
        assert reader.tell() == plain.tell()


def test_a_chunk_that_was_altered_does_not_open_and_the_others_do(tmp_path: Path) -> None:
    ciphertext = bytearray(sealed(bytes(3 * CHUNK_BYTES)))
    ciphertext[files.HEADER_BYTES + CHUNK_BYTES + files.TAG_BYTES + 7] ^= 1
    reader = SealedReader(io.BytesIO(ciphertext), KEY, 3 * CHUNK_BYTES)
    assert reader.read(CHUNK_BYTES) == bytes(CHUNK_BYTES)
    with pytest.raises(Unreadable, match="chunk 1"):
        reader.read(1)


def test_what_is_none_of_ours_is_refused() -> None:
    with pytest.raises(Unreadable, match="not one of ours"):
        SealedReader(io.BytesIO(b"%PDF"), KEY, 4)


def test_two_files_under_one_key_share_no_nonce() -> None:
    assert sealed(b"the same")[: files.HEADER_BYTES] != sealed(b"the same")[: files.HEADER_BYTES]
