"""A sign-in that nobody used for 15 minutes: the PC hears of urgent reports, and a form that comes late is not lost."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from flask import render_template, request, session
from flask.typing import ResponseReturnValue

from appliance import cases, drafts, people, sittings
from appliance.desk import OFFICE, Actor
from appliance.errors import NotAllowed
from webui import typed
from webui.places import local_path
from webui.site import desk, now


def sitter() -> Actor | None:
    """Whose sign-in this browser holds that idled and that nobody ended; None for any other."""
    token = session.get("login", "")
    actor = people.locked(desk(), token, now())
    return sittings.seated(desk(), actor, token) if actor else None


def sounds_for(actor: Actor) -> bool:
    """Whether this browser's sign-in is his and sounds, also one that idled; who else signs in asked for no sound."""
    token = session.get("login", "")
    was = people.actor_of(desk(), token, now(), touch=False) or people.locked(desk(), token, now())
    return was is not None and was.name == actor.name and sittings.of(desk(), token).sound


def urgent() -> int | None:
    """Urgent cases that nobody has taken, as a bare number, for a desk that idled; None where nothing is told."""
    actor = sitter()
    if actor is None or actor.role not in OFFICE:
        return None
    # no bar here says that he trains, and an empty desk is no place to train
    return cases.urgent_waiting(desk(), replace(actor, practice=False))


def was_in_practice() -> bool:
    """Whether somebody trained at this desk until it idled: after the sign-in he does no more."""
    was = sitter()
    return was is not None and was.practice


def is_deaf() -> bool:
    """Whether the sign-in of this browser is over for good, so that its PC is told of nothing any more."""
    token = session.get("login", "")
    lasts = people.of_token(desk(), token, now(), touch=False) or people.locked(desk(), token, now())
    return bool(token) and lasts is None


def sign_in_page(
    wanted: str,
    name: str = "",
    wrong: str = "",
    is_locked: bool = False,
    is_kept: bool = False,
    words: Sequence[tuple[str, str]] = (),
) -> str:
    """The form of the door. ``is_kept``: what was sent too late is; ``words``: it is not, and can be copied here."""
    count = urgent()
    return render_template(
        "sign_in.html",
        next=wanted,
        name=name,
        wrong=wrong,
        locked=is_locked,
        kept=is_kept,
        practised=is_kept and was_in_practice(),
        typed=words,
        waiting=count,
        deaf=is_deaf(),
        sounds=count is not None and sittings.of(desk(), session["login"]).sound,
    )


def late_form() -> ResponseReturnValue | None:
    """For a form of somebody who is signed in no more: the door, and what he typed stays. None where there is nothing.

    Where his sign-in only idled it becomes his draft, which nobody else is shown; else the page shows it this once.
    """
    if "login" not in session:
        return None
    actor = sitter()
    is_kept = actor is not None and _keep(actor)
    words = [] if is_kept else typed.words()
    if not (is_kept or words) or "HX-Request" in request.headers:
        return None
    return sign_in_page(came_from(), is_kept=is_kept, words=words), 403


def came_from() -> str:
    """The page of this site on which the form stood."""
    page = urlsplit(request.referrer or "")
    return local_path(f"{page.path}?{page.query}" if page.query else page.path)


def _keep(actor: Actor) -> bool:
    form, found = request.form.get(typed.DRAFT, ""), typed.fields()
    if not form or not any(text.strip() for text in found.values()):
        return False
    try:
        return drafts.save_late(desk(), actor, form, found, typed.version())
    except NotAllowed:  # longer than a draft may be, or none of our forms
        return False
