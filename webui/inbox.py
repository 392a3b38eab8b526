"""The list of cases: queues with counts, filters, pages both ways; all of it stands in the address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from appliance import cases, search
from appliance.cases import Cursor, Filter, Page
from appliance.cases.classing import CLASSES
from appliance.desk import OF_POSTS, OFFICE, Actor
from appliance.posts import Post, posts
from appliance.search import Found
from sync.clock import DAY_S, IST_OFFSET_S
from sync.directory import Thana
from sync.errors import Unreadable
from webui.access import CASES, FIGURES, TRAIL, may, needs
from webui.names import Names
from webui.site import desk, language

pages = Blueprint("inbox", __name__)

ROWS = 50
FILTERS = ("status", "category", "thana", "sensitivity", "post", "flag", "evidence", "fear", "urgent")
DAYS = ("since", "until")
NAMES = ("queue", *FILTERS, *DAYS, "text")
LONGEST = 64


@dataclass(frozen=True)
class Asked:
    """What stands in the address, as text."""

    values: Mapping[str, str]
    after: str
    before: str

    @property
    def more(self) -> int:
        """How many of the filters that are folded away are set."""
        return sum(1 for name in (*FILTERS[3:], *DAYS) if self.values[name])

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the queue is chosen."""
        return any(value for name, value in self.values.items() if name != "queue")

    def address(self, **change: object) -> str:
        """The list with something else chosen, from its beginning."""
        wanted = {name: str(value) for name, value in {**self.values, **change}.items() if value}
        query = f"?{urlencode(wanted)}" if wanted else ""
        return url_for("inbox.index") + query


@pages.get("/")
@needs("health")
def home(actor: Actor) -> ResponseReturnValue:
    """Where a person lands after signing in: the cases, the figures, the trail, or the state of the box."""
    first = ((CASES, "inbox.index"), (FIGURES, "figures.index"), (TRAIL, "trail.index"))
    return redirect(url_for(next((page for what, page in first if may(actor, what)), "status.health")))


@pages.get("/cases")
@needs(CASES)
def index(actor: Actor) -> ResponseReturnValue:
    """The list, newest first; queue, filters and place stand in the address, so that it can be passed on."""
    asked = Asked(
        {name: request.args.get(name, "").strip()[:LONGEST] for name in NAMES},
        request.args.get("after", ""),
        request.args.get("before", ""),
    )
    found, reach = _page(actor, asked), search.columns(actor)
    return render_template(
        "inbox.html",
        found=found.page,
        search=found,
        pieces=_pieces(actor, asked, found.page),
        reach=reach,
        is_search_partial=bool(asked.values["text"] and reach) and not search.is_whole(desk()),
        sizes=cases.sizes(desk(), actor),
        most=cases.MOST_COUNTED,
        asked=asked,
        chosen=asked.values,
        link=asked.address,
        claims=actor.role in OFFICE,
        **_choices(actor, asked),
    )


def _pieces(actor: Actor, asked: Asked, found: Page) -> dict[int, search.Snippet]:
    """Where the searched words stand in the cases of the page, by case; nothing without a search."""
    text = asked.values["text"]
    return search.snippets(desk(), actor, [row.case_id for row in found.rows], text) if text else {}


def _choices(actor: Actor, asked: Asked) -> dict[str, object]:
    """What the filters offer."""
    return {
        "categories": desk().catalogue.categories,
        "thanas": _thanas(actor, asked.values["thana"]),
        "posts": _posts(),
        "sensitivities": CLASSES,
        "statuses": cases.STATUSES,
        "flags": cases.FLAGS,
        "names": Names(desk(), language()),
    }


def _page(actor: Actor, asked: Asked) -> Found:
    """A page of the list."""
    try:
        after = Cursor.read(asked.after) if asked.after else None
        before = Cursor.read(asked.before) if asked.before else None
        flt = _filter(asked)
    except (Unreadable, ValueError) as error:
        raise BadRequest("this is no place in the list, or no day") from error
    if flt.text:
        return search.page(desk(), actor, flt, after, ROWS, before)
    return Found(cases.open_cases(desk(), actor, flt, after, ROWS, before))


def _filter(asked: Asked) -> Filter:
    since, until = _start_of(asked.values["since"]), _start_of(asked.values["until"])
    chosen = Filter(**{name: asked.values[name] for name in FILTERS})  # type: ignore[arg-type]  # all of them text
    return replace(
        chosen,
        # with nothing chosen the tab "All" stands open; who looks for something finds what was set aside as well
        queue=asked.values["queue"] or ("" if asked.is_narrowed else "all"),
        since=since,
        until=None if until is None else until + DAY_S,
        text=asked.values["text"],
    )


def _start_of(day: str) -> int | None:
    """00:00 of a day (``2026-12-31``) in Indian time, epoch seconds; None for "". Raises ValueError."""
    if not day:
        return None
    midnight = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
    return int(midnight.timestamp()) - IST_OFFSET_S


def _thanas(actor: Actor, chosen: str) -> tuple[Thana, ...]:
    """Those of the district, or of the range; to an officer of a post those of the cases he sees, and the chosen."""
    office = desk()
    district = office.directory.node(office.config.node_id).district
    known = office.directory.thanas_of(district) if district else office.directory.thanas
    if actor.role not in OF_POSTS:
        return known
    offered = {*cases.thanas(office, actor), chosen}
    return tuple(thana for thana in known if thana.code in offered)


def _posts() -> tuple[Post, ...]:
    office = desk()
    return posts(office.directory, office.directory.node(office.config.node_id).district)
