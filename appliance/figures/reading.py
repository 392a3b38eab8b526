"""What the pages of figures ask of the tallies: plain counts of a window, by one thing or another."""

import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass, replace

from appliance.analysis.counts import Standing
from appliance.analysis.periods import Window
from appliance.figures.tallies import CLOSED, COUNTS, PLACE, THANA

FLAGS = ("victim", "child")
CLASSES = ("open", "restricted", "secret", *FLAGS)
"""What the filter by class offers: the sensitivity classes, then the flags beside them."""
_BY = ("", "period", "district", "thana", "category", "sensitivity", *FLAGS)
_OF_THANA = ("", "period", "district", "thana")
"""What the coarse tally tells too: a fiftieth of the rows."""
_SUMS = ", ".join(f"sum({name})" for name in COUNTS)
_NEGATIVE = ", ".join(f"-{name}" for name in COUNTS)
_KIND = {True: "category", False: "''"}
"""Of the table of times: one kind of crime, or all together."""


@dataclass(frozen=True)
class Choice:
    """Which cases are counted; "" means any.

    ``sensitivity`` is one of CLASSES. ``thanas``: only these (None: all). ``hidden``: ids of cases that are not there
    for whoever asks.
    """

    category: str = ""
    thana: str = ""
    sensitivity: str = ""
    thanas: tuple[str, ...] | None = None
    hidden: tuple[int, ...] = ()

    @property
    def by_thana(self) -> bool:
        """Whether nothing finer than thanas is chosen."""
        return not (self.category or self.sensitivity)

    @property
    def condition(self) -> tuple[str, list[str | int]]:
        """SQL over the columns of a tally, and its values."""
        wanted = {"category": self.category, "thana": self.thana, "sensitivity": self.sensitivity}
        flags = [f"{flag}=1" for flag in FLAGS if flag == self.sensitivity]
        wanted |= {"sensitivity": ""} if flags else {}
        chosen = {name: value for name, value in wanted.items() if value}
        parts, values = [*flags, *(f"{name}=?" for name in chosen)], list[str | int](chosen.values())
        if self.thanas is None:
            return " and ".join(parts) or "1", values
        among = f"thana in ({','.join('?' * len(self.thanas))})"
        return " and ".join((*parts, among)), [*values, *self.thanas]


def standings(
    conn: sqlite3.Connection, window: Window, choice: Choice, by: str = ""
) -> dict[str | int, Standing]:
    """What became of the cases opened in ``window``, by one column of the tally ("": all under "")."""
    assert by in _BY
    condition, values = choice.condition
    table, place = ("tally_thana", THANA) if choice.by_thana and by in _OF_THANA else ("tally", PLACE)
    source, hidden = _less(choice, table, f"'{window.unit}', {window.unit}, {place}", _NEGATIVE)
    rows = conn.execute(
        f"select {by or repr('')} as k, {_SUMS} from {source}"
        f" where unit=? and period between ? and ? and {condition} group by 1",
        (*hidden, window.unit, window.first, window.last, *values),
    )
    return {row[0]: Standing(*tuple(row)[1:]) for row in rows}


def total(conn: sqlite3.Connection, window: Window, choice: Choice) -> Standing:
    """The same in one."""
    return standings(conn, window, choice).get("", Standing())


def outcomes(conn: sqlite3.Connection, window: Window, choice: Choice) -> Counter[str]:
    """Cases closed in ``window``, by outcome. A window of days has none: they are counted by week and month."""
    condition, values = choice.condition
    columns = f"'{window.unit}', {window.unit}, {PLACE}, outcome"
    source, hidden = _less(choice, "tally_closed", columns, "-1", f"event='{CLOSED}'")
    rows = conn.execute(
        f"select outcome, sum(count) from {source} where unit=? and period between ? and ? and {condition} group by 1",
        (*hidden, window.unit, window.first, window.last, *values),
    )
    return Counter({outcome: count for outcome, count in rows if count})


def took(
    conn: sqlite3.Connection, event: str, window: Window, choice: Choice, by_thana: bool = False
) -> dict[str, Counter[int]]:
    """Counts by how long it took (hours until BEGUN, days until CLOSED), of what happened in ``window``.

    Of all under "", or by thana. Times are not kept by class: a choice that names one has none.
    """
    if choice.sensitivity:
        return {}
    condition, values = replace(choice, category="").condition
    columns = f"'{window.unit}', {window.unit}, event, {_KIND[bool(choice.category)]}, thana, took"
    source, hidden = _less(choice, "tally_took", columns, "-1")
    rows = conn.execute(
        f"select {'thana' if by_thana else repr('')} as k, took, sum(count) from {source}"
        f" where unit=? and period between ? and ? and event=? and category=? and {condition} group by 1, 2",
        (*hidden, window.unit, window.first, window.last, event, choice.category, *values),
    )
    found: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for key, length, count in rows:
        found[key] += Counter({length: count})
    return dict(found)


def _less(
    choice: Choice, table: str, columns: str, counts: str, where: str = "1"
) -> tuple[str, tuple[int, ...]]:
    """The table less what is hidden from whoever asks: the rows of those cases, counted negatively."""
    if not choice.hidden:
        return table, ()
    view = "case_counted" if counts == _NEGATIVE else "took_counted"
    marks = ",".join("?" * len(choice.hidden))
    less = f"select {columns}, {counts} from {view} where id in ({marks}) and {where}"
    return f"(select * from {table} union all {less})", choice.hidden
