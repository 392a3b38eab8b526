"""What an address asks for: filters and span stand in it, so that a page of figures can be passed on."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import url_for
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from werkzeug.datastructures import MultiDict

from appliance.analysis import periods
from appliance.analysis.periods import MONTH, WEEK, Window
from appliance.figures.reading import CLASSES, Choice
from appliance.figures.scope import Scope

SPANS: dict[str, tuple[str, int, LazyString]] = {
    "1w": (WEEK, 1, lazy_gettext("last week")),
    "4w": (WEEK, 4, lazy_gettext("last 4 weeks")),
    "13w": (WEEK, 13, lazy_gettext("last 13 weeks")),
    "1m": (MONTH, 1, lazy_gettext("last month")),
    "12m": (MONTH, 12, lazy_gettext("last 12 months")),
}
"""Spans that are over, so that both sides of a comparison are whole."""
SORTS = ("thana", "now", "before", "open", "action", "none", "answered")


@dataclass(frozen=True)
class Asked:
    """Codes as they came, "" for any; ``by``, ``span`` and ``sort`` are one of those that are offered."""

    by: str = WEEK
    category: str = ""
    thana: str = ""
    sensitivity: str = ""
    span: str = "4w"
    sort: str = "thana"
    week: str = ""

    def window(self, today: int) -> Window:
        """The span that is over."""
        unit, count, _ = SPANS[self.span]
        last = periods.of_day(unit, today).number - 1
        return Window(unit, last - count + 1, last)

    def choice(self, seen: Scope) -> Choice:
        """The filters, inside what somebody may count."""
        return seen.narrow(self.category, self.thana, self.sensitivity)

    def address(self, endpoint: str, **change: str) -> str:
        """The address of a page with these filters, some changed; what is as usual is left out."""
        return url_for(endpoint) + replace(self, **change)._query

    def download(self, what: str) -> str:
        """The address of a page's table as a file."""
        return url_for("figures.take", what=what) + self._query

    @property
    def _query(self) -> str:
        usual = vars(Asked())
        wanted = {name: value for name, value in vars(self).items() if value != usual[name]}
        return f"?{urlencode(wanted)}" if wanted else ""


def read(args: MultiDict[str, str]) -> Asked:
    """From an address; what is not offered counts as not asked."""
    usual = vars(Asked())
    asked = Asked(**{name: args.get(name, value).strip()[:40] for name, value in usual.items()})
    offered = {"by": (WEEK, MONTH), "span": SPANS, "sort": SORTS, "sensitivity": ("", *CLASSES)}
    wrong = [name for name, known in offered.items() if getattr(asked, name) not in known]
    return replace(asked, **{name: usual[name] for name in wrong})
