"""MP4 and 3GP taken apart: boxes inside boxes, with their place in the file."""

from collections.abc import Iterator
from dataclasses import dataclass

from sync.metadata.outcome import Damaged

FILE = ""
"""The path of the file itself."""
CONTAINERS = ("moov", "moov/trak", "moov/trak/mdia", "moov/trak/mdia/minf", "moov/trak/mdia/minf/dinf",
              "moov/trak/mdia/minf/stbl", "moov/trak/edts")  # fmt: skip
_MAX_BOXES = 2_000


@dataclass(frozen=True)
class Box:
    """One box: its path ("moov/trak/tkhd"), the number of the track it lies in, where its content is."""

    path: str
    track: int
    start: int
    end: int

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2]


def walk(data: bytes) -> Iterator[Box]:
    """Every box, those that hold others before what they hold; track 0 is outside any. Raises Damaged."""
    count, track = 0, 0
    todo = [(FILE, 0, len(data), 0)]
    while todo:
        path, at, end, within = todo.pop()
        if at >= end:
            continue
        name, start, stop = head(data, at, end)
        count += 1
        if count > _MAX_BOXES:
            raise Damaged("a film in too many pieces")
        box_path = f"{path}/{name}" if path else name
        if box_path == "moov/trak":
            track = within = track + 1
        todo.append((path, stop, end, 0 if path in (FILE, "moov") else within))
        yield Box(box_path, within, start, stop)
        if box_path in CONTAINERS:
            todo.append((box_path, start, stop, within))


def head(data: bytes, at: int, end: int) -> tuple[str, int, int]:
    """Name, beginning and end of the content of the box at this place."""
    size, start = int.from_bytes(data[at : at + 4], "big"), at + 8
    if size == 1:
        size, start = int.from_bytes(data[at + 8 : at + 16], "big"), at + 16
    elif size == 0:
        size = end - at
    if at + size > end or start > at + size:
        raise Damaged("a film is cut short")
    return data[at + 4 : at + 8].decode("latin-1"), start, at + size
