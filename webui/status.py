"""How the box is: its last contact with the relay, what waits to be sent, and the pulse that pages listen to."""

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, lazy_gettext
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString

from appliance import audit, cases, outgoing
from appliance import health as checks
from appliance.desk import OF_POSTS, OFFICE, Actor, Desk
from appliance.figures.scope import EVERYTHING
from sync import exchange, outbox
from sync.clock import DAY_S, HOUR_S, MINUTE_S
from webui.access import CASES, HEALTH, current, may, needs
from webui.names import Names
from webui.site import desk, language, now

pages = Blueprint("status", __name__)

PURPOSES: dict[str, LazyString] = {
    "report": lazy_gettext("Reports"),
    "acknowledgement": lazy_gettext("Acknowledgements"),
    "hello": lazy_gettext("Greetings"),
    "reply": lazy_gettext("Answers to informants"),
    "state": lazy_gettext("States for receipt holders"),
    "digest": lazy_gettext("Figures for the range"),
    "file": lazy_gettext("Evidence files"),
    "duty": lazy_gettext("Notices to officers"),
    "duty_over": lazy_gettext("Notices taken back"),
}
JOBS: dict[str, LazyString] = {
    "digest": lazy_gettext("Figures for the range"),
    "evidence": lazy_gettext("Evidence examined"),
    "search": lazy_gettext("Search index kept current"),
    "clocks": lazy_gettext("Limits looked at, late cases sent up"),
    "retention": lazy_gettext("Words erased whose time is over"),
    "logins": lazy_gettext("Old sign-ins forgotten"),
    "tidy": lazy_gettext("Old marks of reading forgotten, older entries locked"),
    "duties": lazy_gettext("Officers whose day came: duties ended and begun"),
    "check_file": lazy_gettext("Database file checked"),
    "check_figures": lazy_gettext("Figures checked"),
    "check_chains": lazy_gettext("Trails checked"),
}
LATE_S = 600
"""The relay greets every minute: ten without a word are a lost line."""


@dataclass(frozen=True)
class RelayLine:
    """What the foot of each page says. ``state``: "well", "late" or "never"."""

    state: str
    words: str
    waiting: int
    oldest_at: int | None


def relay_line(office: Desk, at: float) -> RelayLine:
    """The last contact with the relay as of ``at`` (epoch seconds), in the page's language."""
    contact_at = exchange.last_contact(office.conn, outgoing.relay_of(office))
    waiting, oldest_at = outbox.waiting(office.conn)
    if contact_at is None:
        return RelayLine("never", _("No contact with the relay yet"), waiting, oldest_at)
    state = "late" if at - contact_at > LATE_S else "well"
    words = _(
        "Last contact with the relay %(time)s, %(count)s waiting",
        time=ago(at - contact_at),
        count=format_decimal(waiting),
    )
    if state == "late":
        words = _("Connection lost. %(line)s", line=words)
    return RelayLine(state, words, waiting, oldest_at)


def ago(seconds: float) -> str:
    """How long something is past, in the words one would say: ``2 min ago``."""
    if seconds < MINUTE_S:
        return _("just now")
    if seconds < 2 * HOUR_S:
        return _("%(count)s min ago", count=int(seconds // MINUTE_S))
    if seconds < 2 * DAY_S:
        return _("%(count)s hours ago", count=int(seconds // HOUR_S))
    return _("%(count)s days ago", count=format_decimal(int(seconds // DAY_S)))


def waiting(actor: Actor) -> int | None:
    """Urgent cases that nobody has taken, for whoever may take one; None for the others."""
    return cases.urgent_waiting(desk(), actor) if actor.role in OFFICE else None


@pages.get("/health")
@needs(HEALTH)
def health(actor: Actor) -> ResponseReturnValue:
    """How the box is, for everybody; how many cases stand where for those who may count all of them."""
    disk = checks.disk(desk())
    return render_template(
        "health.html",
        line=relay_line(desk(), now()),
        names=Names(desk(), language()),
        findings=checks.findings(desk().conn),
        waiting=checks.waiting(desk().conn),
        purposes=PURPOSES,
        jobs=checks.jobs(desk().conn),
        job_names=JOBS,
        disk=disk,
        free=gigabytes(disk.free),
        size=gigabytes(disk.size),
        clock=checks.clock(desk()),
        counts=cases.counts(desk()) if actor.role in EVERYTHING else None,
    )


def gigabytes(count: int) -> str:
    """A size in bytes as people say it: ``12.4 GB``."""
    return f"{count / 1e9:.1f} GB"


def _newest(actor: Actor) -> str:
    """Changes with every case that ``actor`` may see, and with every limit of theirs that runs out.

    Of a post's own only, so that it tells of no others.
    """
    late = cases.last_overdue(desk(), actor) if may(actor, CASES) else 0
    if actor.role in OF_POSTS:
        return f"{cases.newest(desk(), actor)}-{late}"
    return f"{audit.last_hash(desk().conn, 'history').hex()[:16] or 'none'}-{late}"


@pages.get("/pulse")
def pulse() -> ResponseReturnValue:
    """How many urgent cases nobody has taken; its tag changes with every case, 304 while nothing did.

    ``here``: somebody touched the page.
    """
    actor = current(touch="here" in request.args)
    if actor is None:
        return Response(status=401)
    if actor.role not in EVERYTHING and not may(actor, CASES):
        return Response(status=204)
    urgent = waiting(actor) or 0
    response = Response(str(urgent), status=200, mimetype="text/plain")
    response.set_etag(f"{_newest(actor)}-{urgent}")
    return response.make_conditional(request)
