"""The file that names its sender: every accepted kind with planted metadata, cleaned, then searched by other tools.

And the relay that stops cleaning: whether the box's own scan notices. The same judges on a product that lets the
metadata through must find it, and on what common tools (ffmpeg, exiftool) make of the same files too.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests import weakened
from tests.adversaries.ground import Ground
from tests.adversaries.verdict import Verdict
from tests.telling import judges, trial
from tests.telling.corpus import REFUSED, Telling, corpus
from tests.telling.trial import Trial

LET_THROUGH = "files-let-through"
FAMILIES = {
    "a photo": ("jpg", "png", "webp"),
    "a voice or sound": ("ogg", "mp3", "aac", "m4a", "amr"),
    "a film": ("mp4", "mov", "3gp"),
    "a PDF": ("pdf",),
}
HELD = "the file as the police keep it"


def play(ground: Ground) -> Sequence[Verdict]:
    """Cleans the corpus, prints what the judges say of each file, gives a row for each family and the alarm."""
    trials = [trial.tried(file, trial.by_product, ground.folder / file.name) for file in corpus()]
    print("\n".join(trial.table(trials)))
    weak = _cleaned_weakly(ground.folder / "weak")
    print(f"exiftool -all= leaves {_left(_by_exiftool, ground.folder / 'exiftool')}")
    print(f"ffmpeg -map_metadata -1 -c copy leaves {_left(_by_ffmpeg, ground.folder / 'ffmpeg')}")
    return [
        *(_row(family, kinds, trials, weak) for family, kinds in FAMILIES.items()),
        _alarm(ground.folder, weak),
    ]


def _row(family: str, kinds: Sequence[str], trials: Sequence[Trial], weak: Path) -> Verdict:
    ours = [one for one in trials if one.file.kind in kinds]
    words = sum(one.file.words for one in ours)
    learned = [tell for one in ours for tell in one.tells]
    learned += [f"{one.file.name}: not taken, or plays otherwise" for one in ours
                if one.file.name not in REFUSED and not one.plays_same]  # fmt: skip
    left = {file.name: len(judges.found((weak / file.name).read_bytes())) for file in (one.file for one in ours)
            if (weak / file.name).exists()}  # fmt: skip
    unseen = [one.file.name for one in ours if not one.is_seen_whole]
    control = f"{sum(left.values())} words in {sum(map(bool, left.values()))} of {len(ours)} files"
    tried = f"{words} words planted in {len(ours)} files; bytes in every coding, exiftool -ee3"
    return Verdict(family, HELD, tried, tuple(learned), control, controlled=not unseen and all(
        sum(left.get(one.file.name, 0) for one in ours if one.file.kind == kind) for kind in kinds))  # fmt: skip


def _alarm(folder: Path, weak: Path) -> Verdict:
    """A relay that does not clean, before a box that scans once more."""
    silent = [file.name for file in corpus() if not trial.alarm(file, folder / "alarm" / file.name)]
    missed: dict[str, list[str]] = json.loads((weak / "alarms.json").read_text())
    quiet = sum(not names for names in missed.values())
    return Verdict(
        "relay, no cleaning",
        "files as they came",
        f"{len(missed)} telling files past the box's alarm",
        tuple(f"{name}: no alarm" for name in silent),
        f"a box that looks for nothing: {quiet} pass",
        controlled=quiet > len(missed) // 2,
    )


def _cleaned_weakly(folder: Path) -> Path:
    """The corpus through a product that lets metadata through."""
    build = weakened.build(weakened.by_name(LET_THROUGH), folder / "build")
    (folder / "kept").mkdir()
    command = [sys.executable, "-m", "tests.telling.cleaning", str(folder / "kept")]
    subprocess.run(command, cwd=build, check=True, timeout=300)
    return folder / "kept"


def _left(clean: trial.Clean, folder: Path) -> str:
    """How much another tool leaves."""
    words, files = 0, 0
    for file in corpus():
        place = folder / file.name
        place.mkdir(parents=True)
        kept = clean(file, place)
        if kept is not None:
            left = len(judges.found(kept))
            words, files = words + left, files + bool(left)
    return f"{words} planted words in {files} files"


def _by_exiftool(file: Telling, folder: Path) -> bytes | None:
    return _by("exiftool -q -all= -o".split(), file, folder)


def _by_ffmpeg(file: Telling, folder: Path) -> bytes | None:
    return _by(
        [], file, folder, "ffmpeg -v quiet -nostdin -y -i {came} -map_metadata -1 -c copy {kept}".split()
    )


def _by(head: list[str], file: Telling, folder: Path, whole: list[str] | None = None) -> bytes | None:
    came, kept = folder / f"came-{file.name}", folder / f"kept-{file.name}"
    came.write_bytes(file.data)
    command = (
        [part.format(came=came, kept=kept) for part in whole] if whole else [*head, str(kept), str(came)]
    )
    subprocess.run(command, capture_output=True)
    return kept.read_bytes() if kept.exists() and kept.stat().st_size else None
