"""What came of a play: a row of the table, and whether it holds."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

WIDTHS = (16, 18, 35, 18, 21)
"""Of the table's cells, in characters: 120 in all with what lies between."""
HEADINGS = ("adversary", "what he held", "what he tried", "what he learned", "the same, weakened")
NOTHING = "nothing"


@dataclass(frozen=True)
class Verdict:
    """One adversary: what he held, what he tried, what he learned that he must not.

    ``control``: what the same attack did where it must succeed; ``controlled``: whether it did.
    ``not_defended``: an attack that is said openly to succeed: ``learned`` must then hold what it gave.
    """

    adversary: str
    held: str
    tried: str
    learned: tuple[str, ...]
    control: str
    controlled: bool
    not_defended: bool = False

    @property
    def right(self) -> bool:
        """Whether he got what we say he gets, and the control shows that the play could tell."""
        return self.controlled and bool(self.learned) == self.not_defended

    @property
    def cells(self) -> tuple[str, ...]:
        """The row, as people read it."""
        learned = "; ".join(self.learned) or NOTHING
        if self.not_defended:
            learned = f"not defended: {learned}"
        elif self.learned:
            learned = f"FAILED: {learned}"
        return self.adversary, self.held, self.tried, learned, self._controlled()

    def _controlled(self) -> str:
        return self.control if self.controlled else f"FAILED: {self.control}"


def broken_off(name: str, error: BaseException) -> Verdict:
    """The row of a play that came to no end."""
    said = f"{type(error).__name__}: {error}".splitlines()[0][:200]
    return Verdict(name, "-", "the play broke off", (), said, controlled=False)


def table(verdicts: Sequence[Verdict]) -> str:
    """The verdicts as a table of 120 columns."""
    rule = "-+-".join("-" * width for width in WIDTHS)
    rows = (HEADINGS, *(verdict.cells for verdict in verdicts))
    return "\n".join([rule, *("\n".join([*_lines(row), rule]) for row in rows)])


def summary(verdicts: Sequence[Verdict]) -> str:
    """The last line: how many lost, what is not defended, what went wrong."""
    right = [one for one in verdicts if one.right]
    open_ = sum(one.not_defended for one in right)
    wrong = ", ".join(one.adversary for one in verdicts if not one.right)
    said = f"{len(verdicts)} adversaries: {len(right) - open_} learned nothing, {open_} not defended"
    return f"{said}, {len(verdicts) - len(right)} wrong{': ' + wrong if wrong else ''}"


def exit_code(verdicts: Sequence[Verdict]) -> int:
    """0 when every row is right and there is one."""
    return 0 if verdicts and all(one.right for one in verdicts) else 1


def as_data(verdicts: Sequence[Verdict]) -> list[dict[str, object]]:
    """For JSON: every field, and whether the row is right."""
    return [asdict(one) | {"right": one.right} for one in verdicts]


def _lines(cells: Sequence[str]) -> Iterator[str]:
    wrapped = [textwrap.wrap(cell, width) or [""] for cell, width in zip(cells, WIDTHS, strict=True)]
    for number in range(max(map(len, wrapped))):
        parts = [lines[number] if number < len(lines) else "" for lines in wrapped]
        yield " | ".join(part.ljust(width) for part, width in zip(parts, WIDTHS, strict=True)).rstrip()
