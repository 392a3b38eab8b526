"""What every template may name, and nothing else: no configuration, no session, no request."""

from dataclasses import dataclass
from typing import Any

from flask import request, session
from flask_babel import gettext as _
from werkzeug.urls import iri_to_uri

from appliance import sittings
from appliance.desk import RANGE, Actor
from webui.access import (
    CASES,
    ENTERING,
    FIGURES,
    PEOPLE,
    POSTS,
    RANGE_FIGURES,
    RETENTION,
    SIGN_INS,
    TRAIL,
    current,
    may,
)
from webui.help import of_page
from webui.language import other
from webui.names import Names
from webui.site import desk, language, now
from webui.status import RelayLine, relay_line, waiting


@dataclass(frozen=True)
class Page:
    """The frame around a page. ``path``: where a language switch or a sign-in comes back to."""

    language: str
    other_language: tuple[str, str]
    path: str
    section: str
    office: str
    actor: Actor | None
    role: str
    sees_cases: bool
    sees_range: bool
    sees_figures: bool
    sees_posts: bool
    sees_retention: bool
    sees_trail: bool
    enters_tips: bool
    sees_people: bool
    sees_sign_ins: bool
    relay: RelayLine | None
    help: str
    practice: bool
    sound: bool
    urgent: int | None
    """Urgent cases that nobody has taken; None where this person is not told of them."""


def context() -> dict[str, Any]:
    """For each rendering: the frame of the page."""
    actor = current()
    return {
        "page": Page(
            language=language(),
            other_language=other(),
            path=iri_to_uri(request.full_path.rstrip("?")) if request.method == "GET" else "/",
            section=request.blueprint or "",
            office=office(),
            actor=actor,
            role=Names(desk(), language()).role(actor.role) if actor else "",
            sees_cases=actor is not None and may(actor, CASES),
            sees_range=actor is not None and may(actor, RANGE_FIGURES),
            sees_figures=actor is not None and may(actor, FIGURES),
            sees_posts=actor is not None and may(actor, POSTS),
            sees_retention=actor is not None and may(actor, RETENTION),
            sees_trail=actor is not None and may(actor, TRAIL),
            enters_tips=actor is not None and may(actor, ENTERING),
            sees_people=actor is not None and may(actor, PEOPLE),
            sees_sign_ins=actor is not None and may(actor, SIGN_INS),
            relay=relay_line(desk(), now()) if actor else None,
            help=of_page(request.blueprint or ""),
            practice=actor is not None and actor.practice,
            sound=sittings.of(desk(), session.get("login", "")).sound if actor else False,
            urgent=waiting(actor) if actor else None,
        )
    }


def office() -> str:
    """What this node is, as the head of each page says it."""
    config = desk().config
    if config.role == RANGE:
        return _("Range office")
    district = desk().directory.node(config.node_id).district or ""
    return _("District %(name)s", name=Names(desk(), language()).district(district))
