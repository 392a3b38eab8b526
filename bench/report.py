"""What was measured, as medians and ratios, and how it is shown. Nothing here measures."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median

from sync.errors import SatarkError


class Mismatch(SatarkError):
    """A side acknowledged something else than it kept: its rate means nothing."""


@dataclass(frozen=True)
class Run:
    """One run of one side. Counts are of items; ``cpu_ms`` is of its own processes, per item.

    ``p50_ms`` and ``p99_ms`` are None where a flood makes latency meaningless; ``load`` is the machine's at the end.
    """

    per_s: float
    cpu_ms: float
    rss_mb: float
    acked: int
    durable: int
    duplicates: int
    load: float
    p50_ms: float | None = None
    p99_ms: float | None = None


@dataclass(frozen=True)
class Side:
    """One program under measurement: what it was told, and its runs in order."""

    name: str
    settings: Mapping[str, str]
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Comparison:
    """Sides measured in turn on one machine; the first is ours. ``common`` holds for all, ``notes`` are of ours."""

    name: str
    unit: str
    common: Mapping[str, str]
    sides: tuple[Side, ...]
    notes: Mapping[str, str]


@dataclass(frozen=True)
class Ratio:
    """Ours over theirs: of the medians, and the smallest and largest of runs that stood side by side."""

    of_medians: float
    least: float
    most: float


def check(side: str, run: Run, wanted: int) -> Run:
    """The same run; raises Mismatch unless all that was wanted was acknowledged and kept exactly once."""
    if (run.acked, run.durable, run.duplicates) != (wanted, wanted, 0):
        raise Mismatch(
            f"{side}: {wanted} sent, {run.acked} acknowledged, {run.durable} kept, {run.duplicates} twice"
        )
    return run


def medians(side: Side) -> dict[str, float | None]:
    """The median over the runs of every measured value; None where it was not measured."""
    rows = [asdict(run) for run in side.runs]
    return {name: _median([row[name] for row in rows]) for name in rows[0]}


def ratio(ours: Side, theirs: Side) -> Ratio:
    """How many times theirs ours is, in items per second."""
    pairs = [mine.per_s / other.per_s for mine, other in zip(ours.runs, theirs.runs, strict=True)]
    of_medians = median(r.per_s for r in ours.runs) / median(r.per_s for r in theirs.runs)
    return Ratio(of_medians, min(pairs), max(pairs))


def text(comparison: Comparison) -> str:
    """One comparison for a terminal: what was set, a table of medians, what else is known."""
    ours = comparison.sides[0]
    lines = [comparison.name, "=" * len(comparison.name)]
    lines += [f"{key}: {value}" for key, value in comparison.common.items()]
    for side in comparison.sides:
        lines += ["", side.name, *(f"    {key}: {value}" for key, value in side.settings.items())]
    lines += ["", *table([_HEAD, *(_row(side, ours, comparison.unit) for side in comparison.sides)])]
    lines += [f"{key}: {value}" for key, value in comparison.notes.items()]
    return "\n".join(lines)


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of equal length as aligned columns: the first to the left, the others to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def as_dict(comparison: Comparison) -> dict[str, object]:
    """Everything measured, with medians and ratios, ready for JSON."""
    ours, *others = comparison.sides
    sides = [{**asdict(side), "medians": medians(side)} for side in comparison.sides]
    ratios = {side.name: asdict(ratio(ours, side)) for side in others}
    return {**asdict(comparison), "sides": sides, "ratios": ratios}


_HEAD = (
    "median",
    "rate",
    "least-most",
    "p50 ms",
    "p99 ms",
    "CPU ms",
    "RSS MB",
    "kept/sent",
    "twice",
    "ours is",
)


def _row(side: Side, ours: Side, unit: str) -> tuple[str, ...]:
    middle, rates = medians(side), [run.per_s for run in side.runs]
    kept, sent = sum(run.durable for run in side.runs), sum(run.acked for run in side.runs)
    return (
        side.name,
        f"{_number(middle['per_s'], 0)} {unit}",
        f"{min(rates):.0f}-{max(rates):.0f}",
        _number(middle["p50_ms"], 1),
        _number(middle["p99_ms"], 1),
        _number(middle["cpu_ms"], 2),
        _number(middle["rss_mb"], 0),
        f"{kept}/{sent}",
        str(sum(run.duplicates for run in side.runs)),
        "" if side is ours else _times(ratio(ours, side)),
    )


def _times(found: Ratio) -> str:
    return f"{found.of_medians:.2f}x ({found.least:.2f}-{found.most:.2f})"


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
