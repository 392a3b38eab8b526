"""The trail of who did what, for those who look over the office; and whether its chains are whole."""

from datetime import date
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from appliance import sampling, trail
from appliance.desk import Actor
from appliance.trail import LONGEST, Search
from sync.errors import Unreadable
from webui.access import TRAIL, needs
from webui.names import Names
from webui.site import desk, language
from webui.trailwords import KINDS

pages = Blueprint("trail", __name__)

FIELDS = ("who", "act", "of", "from", "to")
EPOCH = date(1970, 1, 1).toordinal()


@pages.get("/audit")
@needs(TRAIL)
def index(actor: Actor) -> ResponseReturnValue:
    """Newest rows first; what is looked for stands in the address."""
    chosen = {name: request.args.get(name, "").strip()[:LONGEST] for name in FIELDS}
    after = request.args.get("after", "")
    try:
        found = trail.rows(desk(), _search(chosen), trail.place(after) if after else None)
    except (Unreadable, ValueError) as error:
        raise BadRequest("a day or a place in the trail is not of our form") from error
    return _page(chosen, after, found=found)


@pages.get("/audit/chains")
@needs(TRAIL)
def chains(actor: Actor) -> ResponseReturnValue:
    """Follows the chains now, and says what was found."""
    return _page(dict.fromkeys(FIELDS, ""), "", trail.rows(desk(), Search()), trail.follow(desk()))


@pages.get("/audit/sample")
@needs(TRAIL)
def sample(actor: Actor) -> ResponseReturnValue:
    """Some of what was set aside as spam, to be read by somebody who did not set it aside."""
    return render_template(
        "sample.html",
        sample=sampling.draw(desk(), actor),
        share=round(sampling.SHARE * 100),
        names=Names(desk(), language()),
    )


def _search(chosen: dict[str, str]) -> Search:
    first, last = (_day(chosen[name]) for name in ("from", "to"))
    return Search(chosen["who"], chosen["act"], chosen["of"], first, last)


def _day(text: str) -> int | None:
    return date.fromisoformat(text).toordinal() - EPOCH if text else None


def _page(
    chosen: dict[str, str], after: str, found: trail.Rows, followed: tuple[trail.Chain, ...] = ()
) -> str:
    return render_template(
        "trail.html",
        chosen=chosen,
        found=found,
        chains=followed,
        is_later_page=bool(after),
        acts=trail.acts(desk().conn),
        kinds=KINDS,
        actors=trail.actors(desk().conn),
        link=lambda **change: _address({**chosen, **change}),
        names=Names(desk(), language()),
    )


def _address(wanted: dict[str, object]) -> str:
    query = urlencode({name: str(value) for name, value in wanted.items() if value})
    return url_for("trail.index") + (f"?{query}" if query else "")
