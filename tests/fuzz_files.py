"""``./run fuzz files [files] [--seed N]``: files changed by chance through the filters, without crash, hang or growth.

Our own filters and qpdf run here, in this process, watched for time and memory; one file in a few hundred goes the
whole way, through the child that is shut in and ffmpeg. What is taken must be clean: cleaning it again changes nothing.
"taken, drawn" are files in which chance put a planted word among coded pictures, sounds or drawn texts themselves.
"""

import argparse
import faulthandler
import io
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from sync.metadata import Damaged, Unsupported, film, ogg, pdf, sound
from sync.metadata.pictures import clean
from tests.sync.planted import cleaned
from tests.telling.corpus import corpus
from tests.telling.mutations import crafted, mutated

_PLANTED = b"QZPLANT"
FILES, SLOWEST_S, HANG_S, GROWTH_MB, WARM_UP = 100_000, 5.0, 120.0, 48.0, 2_000
THROUGH_CHILD = 400
"""One file in so many goes the whole way."""
_SHARES = {"jpg": 20, "png": 18, "webp": 16, "ogg": 8, "mp3": 7, "aac": 4, "amr": 4, "m4a": 4, "mp4": 8, "mov": 2,
           "3gp": 3, "pdf": 12}  # fmt: skip


class Dirty(Exception):
    """A file that was taken and yet is not clean."""


@dataclass
class Tally:
    """What became of the files of one kind."""

    ends: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0


def in_process(kind: str, data: bytes) -> str:
    """Sends a file through its filter: "taken" or "refused". Raises Dirty; anything else that is raised is a crash."""
    try:
        kept = _FILTERS[kind](data)
    except (Damaged, Unsupported):
        return "refused"
    if kept is not None:
        try:
            again = _FILTERS[kind](kept)
        except (Damaged, Unsupported) as error:
            raise Dirty(f"what was taken is refused the second time: {error}") from error
        if again != kept:
            raise Dirty("cleaning again changes it")
        if _PLANTED in kept:
            return "taken, drawn"
    return "taken"


def whole_way(data: bytes, folder: Path) -> str:
    """The same by ``clean_sealed``, with child and ffmpeg."""
    try:
        kept = cleaned(data, folder).data
    except (Damaged, Unsupported):
        return "refused, child"
    finally:
        for path in folder.iterdir():
            path.unlink()
    again = cleaned(kept, folder)
    for path in folder.iterdir():
        path.unlink()
    if again.result.dropped:
        raise Dirty(f"cleaning again drops {again.result.dropped}")
    return "taken, child"


def _picture(data: bytes) -> bytes:
    done = clean(data)
    if done.changed != bool(done.dropped) or len(done.data) > len(data) + 100:
        raise Dirty("changed without a name, or grown")
    return done.data


def _tagged(data: bytes) -> bytes:
    if not sound.is_tagged(data[:4096]):
        raise Unsupported("no sound")
    return sound.reduce_tagged(data).data


def _amr(data: bytes) -> bytes:
    if not sound.is_amr(data[:16]):
        raise Unsupported("no sound")
    return sound.reduce_amr(data).data


def _voice(data: bytes) -> None:
    if ogg.is_ogg(data[:16]):
        ogg.scan(data)


def _film(data: bytes) -> None:
    if film.is_film(data[:16]):
        film.scan(data)


def _document(data: bytes) -> bytes:
    if not pdf.is_pdf(data[:16]):
        raise Unsupported("no PDF")
    target = io.BytesIO()
    pdf.rewrite(io.BytesIO(data), target)
    return target.getvalue()


_FILTERS: dict[str, Callable[[bytes], bytes | None]] = {
    "jpg": _picture, "png": _picture, "webp": _picture, "ogg": _voice, "mp3": _tagged, "aac": _tagged, "amr": _amr,
    "m4a": _film, "mp4": _film, "mov": _film, "3gp": _film, "pdf": _document,
}  # fmt: skip


@dataclass
class Search:
    """One search: how many files, from which chance, where it keeps what failed."""

    files: int
    seed: int
    kept: Path
    through_child: int = THROUGH_CHILD
    tallies: dict[str, Tally] = field(default_factory=lambda: {kind: Tally() for kind in _SHARES})
    failures: list[str] = field(default_factory=list)

    def run(self) -> tuple[float, float]:
        """Sends all of them through; MB resident after the first ones and at the end."""
        rng, first_mb = random.Random(self.seed), 0.0
        by_kind = {kind: [each.data for each in corpus() if each.kind == kind] for kind in _SHARES}
        kinds = rng.choices(list(_SHARES), list(_SHARES.values()), k=self.files)
        with TemporaryDirectory() as folder:
            for number, kind in enumerate(kinds):
                data = self._made(kind, by_kind[kind], rng)
                goes_whole_way = rng.randrange(self.through_child) == 0
                self._send(number, kind, data, Path(folder) if goes_whole_way else None)
                if number == min(WARM_UP, self.files - 1):
                    first_mb = resident_mb()
        return first_mb, resident_mb()

    @staticmethod
    def _made(kind: str, files: list[bytes], rng: random.Random) -> bytes:
        if rng.random() < 0.1:
            return crafted(kind, files, rng)
        return mutated(kind, rng.choice(files), rng.choice(files), rng)

    def _send(self, number: int, kind: str, data: bytes, folder: Path | None) -> None:
        faulthandler.dump_traceback_later(HANG_S, exit=True)
        began, tally = time.perf_counter(), self.tallies[kind]
        try:
            end = in_process(kind, data) if folder is None else whole_way(data, folder)
        except Exception as error:  # noqa: BLE001 - the outermost loop: whatever is raised is a finding, kept and counted
            end = "failed"
            self._keep(number, kind, data, error)
        took_s = time.perf_counter() - began
        if folder is None:
            tally.slowest_s = max(tally.slowest_s, took_s)
            if took_s > SLOWEST_S:
                self._keep(number, kind, data, TimeoutError(f"{took_s:.1f} s"))
        tally.ends[end] += 1
        faulthandler.cancel_dump_traceback_later()

    def _keep(self, number: int, kind: str, data: bytes, error: Exception) -> None:
        self.kept.mkdir(parents=True, exist_ok=True)
        path = self.kept / f"{self.seed}-{number}.{kind}"
        path.write_bytes(data)
        self.failures.append(f"{path}: {type(error).__name__}: {error}")
        print(self.failures[-1], flush=True)


def resident_mb() -> float:
    """Memory of this process that is in use."""
    status = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024


def report(search: Search, first_mb: float, last_mb: float, took_s: float) -> int:
    """Prints the table; 0 when nothing failed and memory did not grow."""
    names = ("taken", "taken, drawn", "refused", "taken, child", "refused, child", "failed")
    print(f"{'kind':5}{'files':>8}" + "".join(f"{name:>16}" for name in names) + f"{'slowest ms':>12}")
    for kind, tally in search.tallies.items():
        counts = "".join(f"{tally.ends[name]:>16}" for name in names)
        print(f"{kind:5}{tally.ends.total():>8}{counts}{tally.slowest_s * 1000:>12.0f}")
    grown = last_mb - first_mb
    warm = min(WARM_UP, search.files - 1)
    print(f"{search.files} files, {len(search.failures)} failed, resident {first_mb:.0f} MB after {warm}, "
          f"{last_mb:.0f} MB at the end, {took_s:.0f} s, seed {search.seed}")  # fmt: skip
    return 1 if search.failures or grown > GROWTH_MB else 0


def main(arguments: list[str]) -> int:
    """Searches; 0 when nothing was found."""
    parser = argparse.ArgumentParser(prog="./run fuzz files", description=__doc__)
    parser.add_argument("files", nargs="?", type=int, default=FILES)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument(
        "--keep", type=Path, default=Path(".cache/fuzz"), help="where files that failed are put"
    )
    chosen = parser.parse_args(arguments)
    print(f"{chosen.files} files, seed {chosen.seed}", flush=True)
    search, began = Search(chosen.files, chosen.seed, chosen.keep), time.monotonic()
    first_mb, last_mb = search.run()
    return report(search, first_mb, last_mb, time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
