"""What the boxes told of classes and results: the same questions as of a box's own tallies, by district."""

import sqlite3
from dataclasses import dataclass

from appliance.analysis.counts import RESULTS, Standing
from appliance.analysis.periods import Window
from appliance.figures.reading import FLAGS
from appliance.rangenode.figures import CURRENT_OF_TALLIES

_BY = {"": "''", "period": "week"}
"""What the columns of a box's tally are called here; the others are called alike."""
_COLUMNS = ("district", "category", "sensitivity", *FLAGS)


@dataclass(frozen=True)
class Choice:
    """Which cases are counted; "" means any. ``sensitivity`` is a class or a flag."""

    district: str = ""
    category: str = ""
    sensitivity: str = ""

    @property
    def condition(self) -> tuple[str, list[str]]:
        """SQL over the columns of a tally, and its values."""
        flags = [f"{flag}=1" for flag in FLAGS if flag == self.sensitivity]
        wanted = {"district": self.district, "category": self.category}
        wanted |= {} if flags else {"sensitivity": self.sensitivity}
        chosen = {name: value for name, value in wanted.items() if value}
        return " and ".join([*flags, *(f"{name}=?" for name in chosen)]) or "1", list(chosen.values())


def standings(
    conn: sqlite3.Connection, window: Window, choice: Choice, by: str = ""
) -> dict[str | int, Standing]:
    """What became of the cases opened in the weeks of ``window``, by one column ("": all under "").

    Whether informants were answered is not told to the range.
    """
    assert by in (*_BY, *_COLUMNS)
    condition, values = choice.condition
    sums = ", ".join(f"sum({name})" for name in RESULTS)
    rows = conn.execute(
        f"select {_BY.get(by, by)} as k, {sums} from {CURRENT_OF_TALLIES}"
        f" where week between ? and ? and {condition} group by 1",
        (window.first, window.last, *values),
    )
    return {row[0]: Standing(*tuple(row)[1:]) for row in rows}
