"""All thanas side by side: counts and what became of them, in the directory's order unless asked otherwise."""

from collections.abc import Callable
from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from appliance.analysis.counts import Change, Standing, median
from appliance.desk import Actor
from appliance.figures import reading
from appliance.figures.tallies import BEGUN, CLOSED
from webui.access import FIGURES, needs
from webui.figures.frame import Asking, asking_of, page, pages
from webui.site import desk


@dataclass(frozen=True)
class Line:
    """A thana ("" for reports that name none): what was opened in the window, and how long what happened in it took."""

    code: str
    circle: str
    standing: Standing
    before: Standing
    begun_h: int | None
    closed_days: int | None

    @property
    def change(self) -> Change:
        """Reports now and before."""
        return Change(self.standing.incidents, self.before.incidents)


_KEYS: dict[str, Callable[[Line], int]] = {
    "now": lambda line: line.standing.incidents,
    "before": lambda line: line.before.incidents,
    "open": lambda line: line.standing.open,
    "action": lambda line: line.standing.action,
    "none": lambda line: line.standing.none,
    "answered": lambda line: line.standing.answered,
}


@pages.get("/figures/thanas")
@needs(FIGURES)
def compare(actor: Actor) -> ResponseReturnValue:
    """The table, and its sum."""
    question = asking_of(actor)
    window = question.asked.window(question.today)
    found = lines(question)
    return page(
        "thanas",
        question,
        lines=found,
        total=sum((line.standing for line in found), Standing()),
        total_before=sum((line.before for line in found), Standing()),
        window=window,
        before=window.before(),
    )


def lines(question: Asking) -> tuple[Line, ...]:
    """Every thana of the scope, those without a report too; as sorted in the address."""
    window, choice = question.asked.window(question.today), question.choice
    conn = desk().conn
    now, before = (reading.standings(conn, one, choice, "thana") for one in (window, window.before()))
    begun, closed = (reading.took(conn, event, window, choice, by_thana=True) for event in (BEGUN, CLOSED))
    found = [
        Line(
            code,
            circle,
            now.get(code, Standing()),
            before.get(code, Standing()),
            median(begun.get(code, {})),
            median(closed.get(code, {})),
        )
        for code, circle in _codes(question, {*now, *before})
    ]
    key = _KEYS.get(question.asked.sort)
    return tuple(sorted(found, key=lambda line: -key(line))) if key else tuple(found)


def _codes(question: Asking, counted: set[str | int]) -> list[tuple[str, str]]:
    wanted = question.asked.thana
    known = [(one.code, one.circle or "") for one in question.scope.thanas]
    others = sorted(str(code) for code in counted - {code for code, _ in known})
    return [one for one in (*known, *((code, "") for code in others)) if wanted in ("", one[0])]
