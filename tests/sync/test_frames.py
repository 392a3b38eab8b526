"""Frames: few sizes, and reading is total over whatever a broker may carry."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import frames
from sync.errors import Unreadable
from sync.frames import CHUNK_BYTES, FRAME_MAX_BYTES, STEP_BYTES, Chunk
from tests.vectors.make import fixed, recorded

CHUNKS = st.builds(
    lambda file_id, numbers, data: Chunk(file_id.hex(), min(numbers), max(numbers) + 1, data),
    st.binary(min_size=16, max_size=16),
    st.tuples(st.integers(0, 2**32 - 2), st.integers(0, 2**32 - 2)),
    st.binary(max_size=200) | st.just(b"x" * CHUNK_BYTES),
)


@given(st.binary(max_size=3 * STEP_BYTES))
def test_an_envelope_comes_back_out_of_its_frame(envelope: bytes) -> None:
    frame = frames.of_envelope(envelope)
    assert frames.read(frame) == envelope
    assert len(frame) % STEP_BYTES == 0
    assert len(frame) - len(envelope) < STEP_BYTES + 5


@given(CHUNKS)
def test_a_chunk_comes_back_and_all_chunks_weigh_the_same(chunk: Chunk) -> None:
    frame = frames.of_chunk(chunk)
    assert frames.read(frame) == chunk
    assert len(frame) == 32 * 1024


def test_an_envelope_too_large_for_one_frame_is_refused() -> None:
    assert len(frames.of_envelope(b"x" * (FRAME_MAX_BYTES - 5))) == FRAME_MAX_BYTES
    with pytest.raises(Unreadable, match="does not fit one frame"):
        frames.of_envelope(b"x" * (FRAME_MAX_BYTES - 4))


@given(st.binary(max_size=50))
def test_a_frame_of_another_size_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        frames.read(data)


@given(start=st.binary(max_size=80), kind=st.sampled_from([b"", b"E", b"C"]), steps=st.integers(1, 31))
def test_reading_anything_of_our_size_gives_a_frame_or_unreadable(
    start: bytes, kind: bytes, steps: int
) -> None:
    data = (kind + start).ljust(steps * STEP_BYTES, b"\0")
    try:
        content = frames.read(data)
    except Unreadable:
        return
    if isinstance(content, Chunk):
        assert content.number < content.count
        assert len(content.data) <= CHUNK_BYTES
    else:
        assert frames.of_envelope(content)[: len(content) + 5] == data[: len(content) + 5]


def _read(frame: bytes) -> bytes | Chunk | None:
    try:
        return frames.read(frame)
    except Unreadable:
        return None


@given(st.integers(0, 2 * STEP_BYTES - 1), st.integers(1, 255))
def test_an_altered_byte_never_goes_unseen_outside_the_content(at: int, change: int) -> None:
    envelope = fixed("carried", 5000)
    frame = bytearray(frames.of_envelope(envelope))
    frame[at] ^= change
    if at == 0 or 5 <= at < 5005:  # an altered kind may read as a chunk, which nobody then expects
        assert _read(bytes(frame)) != envelope
    else:
        with pytest.raises(Unreadable):
            frames.read(bytes(frame))


@given(st.integers(0, 10**7))
def test_the_number_of_chunks_covers_the_file_and_no_more(size_bytes: int) -> None:
    count = frames.chunk_count(size_bytes)
    assert count >= 1
    assert (count - 1) * CHUNK_BYTES < max(1, size_bytes) <= count * CHUNK_BYTES


def test_the_vectors_are_made_the_same_today() -> None:
    made = {
        "envelope": frames.of_envelope(fixed("carried", 5000)),
        "chunk": frames.of_chunk(Chunk("ff" * 16, 2, 3, fixed("chunk", 1000))),
    }
    for name, vector in recorded("frame").items():
        assert len(made[name]) == vector["size_bytes"]
        assert made[name].hex().startswith(vector["begins"])
        assert sha256(made[name]).hexdigest() == vector["sha256"]
