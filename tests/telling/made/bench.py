"""What every maker uses: planted words, small pictures and sounds to plant them in, other people's programs."""

import shutil
import struct
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from tests.telling.judges import word

PLACE = ("-GPSLatitude=25.7464", "-GPSLatitudeRef=N", "-GPSLongitude=82.6837", "-GPSLongitudeRef=E")
WHEN = "2013:03:13 13:13:13"
"""A year that no tool writes by itself."""


@dataclass
class Bench:
    """One file in the making: its path, a folder to work in, and how many words were planted so far."""

    path: Path
    folder: Path
    count: int = field(default=0)

    def word(self) -> str:
        """A new word to plant."""
        self.count += 1
        return word(self.count)

    def said(self) -> bytes:
        """A new word, as bytes."""
        return self.word().encode()

    def run(self, *command: str | Path) -> None:
        """Somebody else's program."""
        subprocess.run([str(part) for part in command], check=True, capture_output=True, cwd=self.folder)

    def ffmpeg(self, *arguments: str | Path) -> None:
        """Writes the file, or another that is named last."""
        self.run("ffmpeg", "-v", "error", "-nostdin", "-y", *arguments)

    def exiftool(self, *arguments: str) -> None:
        """Changes the file."""
        self.run("exiftool", "-q", "-m", "-overwrite_original", *arguments, self.path)

    def append(self, data: bytes) -> None:
        """Puts bytes behind its end."""
        with self.path.open("ab") as target:
            target.write(data)

    def temp(self, name: str) -> Path:
        """A place for what it is made from."""
        return self.folder / name


Maker = Callable[[Bench], None]


def made(maker: Maker, name: str, target: Path, folder: Path) -> int:
    """Makes one file; how many words it holds."""
    folder.mkdir(parents=True)
    bench = Bench(folder / name, folder)
    maker(bench)
    shutil.copyfile(bench.path, target / name)
    return bench.count


def picture(mode: str = "RGB", size: tuple[int, int] = (48, 32)) -> Image.Image:
    """A small picture in which left, right, top and bottom differ."""
    image = Image.new("RGB", size)
    for x in range(size[0]):
        for y in range(size[1]):
            image.putpixel((x, y), (x * 5 % 256, y * 7 % 256, (x * y) % 256))
    return image.convert(mode)


def profile(said: str, space: bytes = b"RGB ") -> bytes:
    """A colour profile with a maker."""
    text = b"desc" + bytes(4) + struct.pack(">I", len(said) + 1) + said.encode() + b"\0"
    text += bytes(-len(text) % 4)
    size = 128 + 4 + 12 + len(text)
    head = struct.pack(">I8x12s12x4s88s", size, b"mntr" + space + b"XYZ ", b"acsp", b"")
    return head + struct.pack(">I4sII", 1, b"desc", 144, len(text)) + text


def tone(bench: Bench, *, rate: int = 16000, seconds: float = 0.6) -> Path:
    """Somebody speaking, as a WAV."""
    path = bench.temp("tone.wav")
    bench.run("espeak-ng", "-w", bench.temp("said.wav"), "help")
    bench.run("sox", bench.temp("said.wav"), "-r", str(rate), "-c", "1", path, "trim", "0", str(seconds))
    return path
