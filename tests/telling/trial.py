"""One file of the corpus before its judges: what they find before cleaning and after, and whether it plays the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sync.metadata import Damaged, Unsupported, scan_sealed
from tests.sync.planted import cleaned, seal
from tests.telling import judges
from tests.telling.corpus import Telling

Clean = Callable[[Telling, Path], bytes | None]
"""Cleans one file in an empty folder; None where it is refused."""


@dataclass(frozen=True)
class Trial:
    """What came of one file. ``found``, ``left``: planted words before and after; ``said``, ``says``: exiftool's tags.

    ``plays_same``: whether other programs decode the same pictures, sounds, pages.
    """

    file: Telling
    found: frozenset[int]
    said: frozenset[str]
    left: frozenset[int]
    says: frozenset[str]
    kept: bytes | None
    plays_same: bool

    @property
    def is_seen_whole(self) -> bool:
        """Whether the judges found every planted word before."""
        return self.found >= set(range(1, self.file.words + 1))

    @property
    def tells(self) -> tuple[str, ...]:
        """What is left, for people."""
        words = tuple(f"{self.file.name}: {judges.word(number)}" for number in sorted(self.left))
        return words + tuple(f"{self.file.name}: {tag}" for tag in sorted(self.says))


def by_product(file: Telling, folder: Path) -> bytes | None:
    """The cleaner as it is."""
    try:
        return cleaned(file.data, folder).data
    except (Damaged, Unsupported):
        return None


def tried(file: Telling, clean: Clean, folder: Path) -> Trial:
    """Cleans one file and asks every judge."""
    folder.mkdir(parents=True)
    kept = clean(file, folder)
    return Trial(
        file,
        judges.found(file.data),
        judges.told(file.data, f"came-{file.name}", folder),
        judges.found(kept) if kept is not None else frozenset(),
        judges.told(kept, f"kept-{file.name}", folder) if kept is not None else frozenset(),
        kept,
        kept is not None and judges.decoded(kept, file.name) == judges.decoded(file.data, file.name),
    )


def alarm(file: Telling, folder: Path) -> tuple[str, ...]:
    """What the box says of the file, had the relay not cleaned it; () is no alarm."""
    folder.mkdir(parents=True)
    try:
        return scan_sealed(seal(file.data, folder / "came"))
    except (Damaged, Unsupported) as error:
        return (type(error).__name__,)


def is_left_alone(kept: bytes, folder: Path) -> bool:
    """Whether what was cleaned comes back byte for byte when it is cleaned again."""
    folder.mkdir(parents=True)
    again = cleaned(kept, folder)
    return not again.result.dropped and again.data == kept


def table(trials: Sequence[Trial]) -> list[str]:
    """A line for each file, for people."""
    lines = [
        f"{'file':18}{'planted':>8}{'found':>7}{'exiftool':>9}  after: {'left':>4}{'exiftool':>9}  plays"
    ]
    for one in trials:
        after = f"{len(one.left):>11}{len(one.says):>9}  {'the same' if one.plays_same else 'OTHERWISE'}"
        lines.append(
            f"{one.file.name:18}{one.file.words:>8}{len(one.found):>7}{len(one.said):>9}"
            + (after if one.kept is not None else "     refused: nothing of it comes through")
        )
    return lines
