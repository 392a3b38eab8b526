"""What cleaning costs for each kind of file: ours, from sealed file to sealed file, beside exiftool, ffmpeg and a copy.

The table's rates are of the files that exiftool can write too; the notes have every kind, per file and per megabyte.
"""

import os
import resource
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from statistics import median

from fpdf import FPDF

from bench import place
from bench.place import Place
from bench.report import Comparison, Run, Side, check
from sync.errors import Unavailable
from sync.metadata import Sealed, clean_sealed
from sync.sealing.spools import SealingWriter

DEFAULT_N, MOST_N = 1, 20
KEY, OTHER_KEY = bytes(32), b"1" * 32
_NOISE = "noise=alls=12:allf=t"
# What WhatsApp carries: a photo of 12 megapixels as a document, a screen, a minute of voice, half a minute of film.
_RECIPES = {
    "photo.jpg": f"-f lavfi -i testsrc2=s=4000x3000 -vf {_NOISE} -frames:v 1 -q:v 4",
    "screen.png": "-f lavfi -i testsrc2=s=1080x2400 -vf noise=alls=3 -frames:v 1",
    "picture.webp": f"-f lavfi -i testsrc2=s=1600x1200 -vf {_NOISE} -frames:v 1 -q:v 80",
    "voice.ogg": "-f lavfi -i anoisesrc=d=60:a=0.3 -c:a libopus -b:a 16k",
    "song.mp3": "-f lavfi -i anoisesrc=d=60:a=0.3 -c:a libmp3lame -b:a 128k",
    "sound.m4a": "-f lavfi -i anoisesrc=d=60:a=0.3 -c:a aac -b:a 96k",
    "film.mp4": f"-f lavfi -i testsrc2=s=848x480:d=30 -f lavfi -i anoisesrc=d=30 -vf {_NOISE} -c:v libx264"
                " -preset ultrafast -b:v 2200k -c:a aac",
}  # fmt: skip
_TAGS = "-metadata title=told -metadata artist=told -metadata comment=told"
_WRITTEN_BY_EXIFTOOL = ("photo.jpg", "screen.png", "sound.m4a", "film.mp4", "paper.pdf")
_OF_FFMPEG = ("voice.ogg", "song.mp3", "sound.m4a", "film.mp4")
_MIB = 1024 * 1024


@dataclass(frozen=True)
class Tool:
    """One way to clean: takes a file with metadata and a folder; the size of what it keeps."""

    name: str
    files: tuple[str, ...]
    clean: Callable[[Path, Path], int]
    settings: Mapping[str, str]


def compare(here: Place, n: int, runs: int, say: Callable[[str], None]) -> Comparison:
    """``n`` passes over the files in each of ``runs`` runs."""
    files = _made(here.folder / "files")
    tools = _tools(files)
    took: dict[tuple[str, str], list[float]] = {}
    found: dict[str, list[Run]] = {tool.name: [] for tool in tools}
    for number in range(runs):
        for tool in tools:
            found[tool.name].append(_run(tool, files, n, took, here.folder))
            say(f"cleaning {number + 1}/{runs} {tool.name}: {found[tool.name][-1].per_s:.1f} files/s")
    sides = [
        Side(tool.name, tool.settings, tuple(found[tool.name])) for tool in tools if tool.name != _FFMPEG
    ]
    sizes = {name: path.stat().st_size for name, path in files.items()}
    common = {"files in the table": ", ".join(_WRITTEN_BY_EXIFTOOL), "passes": str(n)}
    return Comparison("cleaning", "files/s", common, tuple(sides), _notes(tools, sizes, took))


_OURS, _EXIFTOOL, _FFMPEG, _COPY = "ours", "exiftool -all=", "ffmpeg -c copy", "plain copy"


def _tools(files: Mapping[str, Path]) -> tuple[Tool, ...]:
    every = tuple(files)
    inside = "reads and writes sealed files; sound, film and PDF in a child that is shut in; hashes twice"
    return (
        Tool(_OURS, every, _clean, {"does": inside}),
        Tool(
            _EXIFTOOL,
            _WRITTEN_BY_EXIFTOOL,
            _by_exiftool,
            {"does": "plain files; leaves what it does not know"},
        ),
        Tool(_COPY, every, _copy, {"does": "reads, writes, fsync"}),
        Tool(_FFMPEG, _OF_FFMPEG, _by_ffmpeg, {"does": "-map_metadata -1, plain files"}),
    )


def _run(
    tool: Tool, files: Mapping[str, Path], n: int, took: dict[tuple[str, str], list[float]], folder: Path
) -> Run:
    before, total_s, count, kept = _cpu_s(), 0.0, 0, 0
    counted = [name for name in tool.files if name in _WRITTEN_BY_EXIFTOOL]
    for name in tool.files:
        for _ in range(n):
            work = folder / "work"
            work.mkdir()
            began = time.perf_counter()
            size_bytes = tool.clean(files[name], work)
            took_s = time.perf_counter() - began
            shutil.rmtree(work)
            took.setdefault((tool.name, name), []).append(took_s * 1000)
            if name in counted:
                total_s, count, kept = total_s + took_s, count + 1, kept + (size_bytes > 0)
    cpu_ms = 1000 * (_cpu_s() - before) / (n * len(tool.files))
    run = Run(count / total_s, cpu_ms, place.rss_mb(os.getpid()), count, kept, 0, place.load())
    return check(tool.name, run, len(counted) * n)


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _notes(
    tools: Sequence[Tool], sizes: Mapping[str, int], took: Mapping[tuple[str, str], Sequence[float]]
) -> dict[str, str]:
    """Medians of each file by each tool that takes it."""
    return {
        f"{name}, {size_bytes / _MIB:.1f} MB": ", ".join(
            f"{tool.name} {_cost(median(took[tool.name, name]), size_bytes)}"
            for tool in tools
            if name in tool.files
        )
        for name, size_bytes in sizes.items()
    }


def _cost(ms: float, size_bytes: int) -> str:
    return f"{ms:.0f} ms ({ms * _MIB / size_bytes:.0f} per MB)"


def _clean(source: Path, folder: Path) -> int:
    """Sealing what came is counted too, as the relay does it while it comes."""
    data = source.read_bytes()
    with (folder / "came").open("wb") as target:
        writer = SealingWriter(target, KEY)
        writer.write(data)
        writer.finish()
    came = Sealed(folder / "came", KEY, len(data), sha256(data).hexdigest())
    cleaned = clean_sealed(came, folder / "kept", OTHER_KEY)
    if not cleaned.dropped:
        raise ChildProcessError(f"{source.name}: nothing was there to drop")
    return cleaned.kept.size_bytes


def _by_exiftool(source: Path, folder: Path) -> int:
    kept = folder / source.name
    _start(["exiftool", "-q", "-m", "-all=", "-o", str(kept), str(source)])
    return kept.stat().st_size


def _by_ffmpeg(source: Path, folder: Path) -> int:
    kept = folder / source.name
    _start(
        [
            "ffmpeg",
            "-v",
            "error",
            "-nostdin",
            "-i",
            str(source),
            "-map_metadata",
            "-1",
            "-c",
            "copy",
            str(kept),
        ]
    )
    return kept.stat().st_size


def _copy(source: Path, folder: Path) -> int:
    with (folder / "copy").open("wb") as target:
        target.write(source.read_bytes())
        target.flush()
        os.fsync(target.fileno())
    return (folder / "copy").stat().st_size


def _start(command: Sequence[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError as error:
        raise Unavailable(f"{command[0]} is not installed", hint="See ./run test") from error


def _made(folder: Path) -> dict[str, Path]:
    """The files with metadata, by name; made by ffmpeg, exiftool and fpdf2."""
    folder.mkdir()
    files = {name: folder / name for name in (*_RECIPES, "paper.pdf")}
    for name, recipe in _RECIPES.items():
        _start(["ffmpeg", "-v", "error", "-nostdin", *recipe.split(), *_TAGS.split(), str(files[name])])
    pdf = FPDF()
    pdf.set_title("told")
    for _ in range(3):
        pdf.add_page()
        pdf.set_font("Helvetica", size=12)
        for _ in range(40):
            pdf.cell(text="what is seen on a page of words " * 2, new_x="LMARGIN", new_y="NEXT")
        pdf.image(str(files["photo.jpg"]), w=120)
    files["paper.pdf"].write_bytes(bytes(pdf.output()))
    for name in (*_WRITTEN_BY_EXIFTOOL, "picture.webp"):
        _start(
            [
                "exiftool",
                "-q",
                "-m",
                "-overwrite_original",
                "-Artist=told",
                "-XMP:Creator=told",
                str(files[name]),
            ]
        )
    return files
