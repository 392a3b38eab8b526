"""People of the office: who they are, what they may, and who is signed in."""

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from appliance import drafts, people
from appliance.desk import Actor
from appliance.errors import NotAllowed
from appliance.nonces import Repeated
from appliance.people import Person, Stay, WrongPerson
from webui import drafting
from webui.access import PEOPLE, SIGN_INS, fresh, may, needs
from webui.names import Names
from webui.postings import day_of, end_of, start_of
from webui.site import desk, language, now

pages = Blueprint("staff", __name__)

LONGEST_NAME, LONGEST_DISPLAY = 32, 80
_DRAFT = "person"


@pages.get("/people")
@needs(PEOPLE)
def index(actor: Actor) -> ResponseReturnValue:
    """Everybody, and the form that adds somebody."""
    return _list()


@pages.post("/people")
@needs(PEOPLE)
@fresh
def add(actor: Actor) -> ResponseReturnValue:
    """Adds somebody; shows his first password this once."""
    name, display, place = (request.form.get(one, "").strip() for one in ("name", "display", "place"))
    role, _sep, post = place.partition(":")
    try:
        first = people.hire(desk(), actor, name, display, role, post, _stay())
    except (WrongPerson, ValueError):
        wrong = _(
            "Write a login name of a-z 0-9 . _ - that nobody has yet, the name others read, and choose a role;"
            " days only for a post."
        )
        return _list(wrong), 422
    drafts.erase(desk(), actor, _DRAFT)
    return _slip(people.person(desk(), name), first)


@pages.get("/people/<person>")
@needs(PEOPLE)
def show(actor: Actor, person: str) -> ResponseReturnValue:
    """One person: what may be changed."""
    one = people.person(desk(), person)
    return render_template(
        "people/person.html",
        person=one,
        now=now(),
        days=_days(one),
        nonce=desk().new_id(),
        own=one.name == actor.name,
        places=_places(),
        factor=people.factor_of(desk(), person),
        logins=people.of_person(desk(), person),
        names=Names(desk(), language()),
    )


@pages.post("/people/<person>/<act>")
@needs(PEOPLE)
@fresh
def change(actor: Actor, person: str, act: str) -> ResponseReturnValue:
    """One change of one person."""
    one = people.person(desk(), person)
    if act == "reset":
        return _reset(actor, one)
    if act == "place":
        return _move(actor, one)
    if act not in _ACTS:
        abort(404)
    _ACTS[act](desk(), actor, person)
    flash(_("Done and noted: %(name)s.", name=one.display), "done")
    return redirect(url_for("staff.show", person=person), 303)


@pages.get("/sign-ins")
@needs(SIGN_INS)
def sign_ins(actor: Actor) -> ResponseReturnValue:
    """Who is signed in now, from how many PCs."""
    found = people.everyones(desk())
    return render_template(
        "people/sign_ins.html", logins=found, may_end=may(actor, PEOPLE), names=Names(desk(), language())
    )


@pages.post("/sign-ins")
@needs(PEOPLE)
def end_sign_in(actor: Actor) -> ResponseReturnValue:
    """Ends one sign-in of anybody."""
    people.revoke(desk(), actor, request.form.get("ref", ""), whoever=True)
    flash(_("Ended."), "done")
    return redirect(url_for("staff.sign_ins"), 303)


_ACTS: dict[str, Callable[..., None]] = {
    "disable": people.disable,
    "enable": people.enable,
    "drop-factor": people.drop_factor,
    "end-logins": people.end_logins,
}


def _reset(actor: Actor, one: Person) -> ResponseReturnValue:
    try:
        return _slip(one, people.reset(desk(), actor, one.name, request.form.get("nonce", "")))
    except Repeated:
        words = _(
            "This form was sent before: no second password was made, the one on the slip holds."
            " Where the slip is lost, make another here."
        )
        flash(words, "alert")
        return redirect(url_for("staff.show", person=one.name), 303)


def _move(actor: Actor, one: Person) -> ResponseReturnValue:
    role, _sep, post = request.form.get("place", "").partition(":")
    try:
        # the days of the post he leaves stand in the form; a role without one has none
        stay = _stay() if post or _written() != _days(one) else Stay()
        people.place(desk(), actor, one.name, role, post, stay)
    except (WrongPerson, ValueError) as error:
        raise NotAllowed("no such role or post here, or no such days") from error
    flash(_("The new role holds from the next page on."), "done")
    return redirect(url_for("staff.show", person=one.name), 303)


def _days(one: Person) -> tuple[str, str]:
    """First and last day at his post as the form shows them; "" where there is none, and once they are over."""
    if one.until is not None and one.until <= now():
        return "", ""
    return day_of(one.since), day_of(None if one.until is None else one.until - 1)


def _written() -> tuple[str, str]:
    return request.form.get("since", "").strip(), request.form.get("until", "").strip()


def _stay() -> Stay:
    """The days of a form; raises ValueError."""
    since, until = _written()
    return Stay(start_of(since), end_of(until))


def _list(wrong: str = "") -> str:
    return render_template(
        "people/list.html",
        everybody=people.everybody(desk()),
        now=now(),
        signed_in={login.actor.name for login in people.everyones(desk())},
        kept=drafting.sent(_DRAFT) if wrong else drafting.kept(_DRAFT),
        wrong=wrong,
        places=_places(),
        longest_name=LONGEST_NAME,
        longest_display=LONGEST_DISPLAY,
        names=Names(desk(), language()),
    )


def _places() -> tuple[tuple[str, str], ...]:
    """(value of the form, words) of every role, those of posts once for each post."""
    names, found = Names(desk(), language()), []
    for role in people.roles_of(desk()):
        held = people.posts_of(desk(), role)
        found += [(f"{role}:{post}", f"{names.role(role)}: {names.post(post)}") for post in held]
        if not people.is_of_post(role):
            found.append((role, names.role(role)))
    return tuple(found)


def _slip(one: Person, first: str) -> str:
    return render_template(
        "people/slip.html",
        person=one,
        first=first,
        asks_factor=desk().config.second_factor,
        until=people.first_until(desk(), one.name),
        names=Names(desk(), language()),
    )
