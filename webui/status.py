"""How the box is: its last contact with the relay, what waits to be sent, and the pulse that pages listen to."""

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from appliance import audit, cases, outgoing
from appliance import health as checks
from appliance.desk import Actor, Desk
from sync import exchange, outbox
from webui.access import FIGURES, HEALTH, current, may, needs
from webui.language import moment
from webui.names import Names
from webui.site import desk, language, now

pages = Blueprint("status", __name__)

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
    words = _("Last contact with the relay: %(time)s", time=moment(contact_at))
    if state == "late":
        words = _("Connection lost. %(line)s", line=words)
    return RelayLine(state, words, waiting, oldest_at)


@pages.get("/health")
@needs(HEALTH)
def health(actor: Actor) -> ResponseReturnValue:
    """The state of the line for everybody; how many cases stand where for those who may see figures."""
    return render_template(
        "health.html",
        line=relay_line(desk(), now()),
        names=Names(desk(), language()),
        findings=checks.findings(desk().conn),
        counts=cases.counts(desk()) if may(actor, FIGURES) else None,
    )


@pages.get("/pulse")
def pulse() -> ResponseReturnValue:
    """A few bytes that change with every case; 304 while nothing did. ``here``: somebody touched the page."""
    actor = current(touch="here" in request.args)
    if actor is None:
        return Response(status=401)
    if not may(actor, FIGURES):
        return Response(status=204)
    response = Response(status=200, mimetype="text/plain")
    response.set_etag(audit.last_hash(desk().conn, "history").hex()[:16] or "none")
    return response.make_conditional(request)
