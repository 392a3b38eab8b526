"""Officers come and go: the page of one post, its note for the next officer, and many transfers on one day."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from appliance import handing, holders, people, tenure
from appliance.desk import LEADERS, Actor
from appliance.errors import NotAllowed, WrongNumber
from appliance.handing import LONGEST_NOTE
from appliance.holders import Appointment
from appliance.posts import Post
from sync.catalogue import LANGUAGES
from webui import drafting, postings
from webui.access import CASES, POSTS, fresh, needs
from webui.names import Names
from webui.postings import LONGEST_NUMBER, known_posts, start_of
from webui.site import desk, language, now

pages = Blueprint("transfers", __name__)


@pages.get("/posts/<post>/handover")
@needs(CASES)
def show(actor: Actor, post: str) -> ResponseReturnValue:
    """What is open with a post, what was left in writing, and who comes next; printable."""
    return _page(actor, post)


@pages.post("/posts/<post>/handover")
@needs(CASES)
def hand_over(actor: Actor, post: str) -> ResponseReturnValue:
    """Keeps the note; tells the present holder's phone of each open case, if wanted."""
    note = request.form.get("note", "").replace("\r\n", "\n").strip()
    try:
        told = handing.hand_over(
            desk(), actor, post, note, "tell" in request.form, request.form.get("nonce", "")
        )
    except NotAllowed:
        return _page(actor, post, _("Write what the next officer must know.")), 422
    flash(_("Noted. Told on the phone: %(count)s cases.", count=told.cases), "done")
    if told.kept_back:
        flash(_kept_back(told.kept_back), "alert")
    return redirect(url_for("transfers.show", post=post), 303)


def _kept_back(count: int) -> str:
    return _(
        "Not told, as they are about this post's own people: %(count)s cases. Give them to another post.",
        count=count,
    )


def _page(actor: Actor, post: str, wrong: str = "") -> str:
    form = f"handover/{post}"
    found = handing.open_cases(desk(), actor, post)
    return render_template(
        "handover.html",
        post=post,
        holder=tenure.current(desk(), post, now()),
        coming=[one for one in tenure.planned(desk(), now()) if one.post == post],
        before=[one for one in holders.past_and_present(desk()) if one.post == post and _is_over(one)],
        cases=found,
        notes=handing.notes(desk(), actor, post),
        may_tell=actor.role in LEADERS,
        kept=drafting.sent(form) if wrong else drafting.kept(form),
        wrong=wrong,
        longest=LONGEST_NOTE,
        nonce=desk().new_id(),
        printed_at=now(),
        names=Names(desk(), language()),
    )


def _is_over(holder: tenure.Holder) -> bool:
    return holder.until is not None and holder.until <= now()


@pages.get("/posts/transfer")
@needs(POSTS)
def choose(actor: Actor) -> ResponseReturnValue:
    """One line per post: who comes there on one day; lines left empty stay as they are."""
    return _form()


@pages.post("/posts/transfer")
@needs(POSTS)
@fresh
def transfer(actor: Actor) -> ResponseReturnValue:
    """All lines that were filled in, or none of them."""
    try:
        coming = [one for post in known_posts() if (one := _line(post)) is not None]
        if not coming:
            raise NotAllowed("no line was filled in")
        left = holders.transfer(
            desk(), actor, start_of(request.form.get("since", "")), coming, postings.staying()
        )
    except WrongNumber:
        return _form(_("One of the numbers is no mobile number. Nothing was saved.")), 422
    except (NotAllowed, ValueError):
        return _form(_("A line lacks its name or its number, or the day is wrong. Nothing was saved.")), 422
    flash(_("Noted: %(act)s.", act=_("%(count)s transfers", count=len(coming))), "done")
    postings.tell_of(left)
    postings.tell_who_comes_still(coming)
    return redirect(url_for("postings.index"), 303)


def _line(post: Post) -> Appointment | None:
    """What a line says: a new officer, or the holder of another post, whose number need not be typed."""
    name, number, of = (
        request.form.get(f"{post.code}.{field}", "").strip() for field in ("name", "number", "from")
    )
    tell = "tell" in request.form
    if of:
        moved = tenure.current(desk(), of, now())
        if moved is None or not moved.opens or moved.post == post.code:
            raise NotAllowed("nobody holds the post that somebody is to come from")
        # a number that belongs to the post stays there: whoever comes has the one that was typed
        return Appointment(post.code, moved.name, number or moved.number, moved.language, tell=tell)
    if not (name or number):
        return None
    return Appointment(post.code, name, number, request.form.get("language", LANGUAGES[0]), tell=tell)


def _form(wrong: str = "") -> str:
    held = {post.code: tenure.current(desk(), post.code, now()) for post in known_posts()}
    return render_template(
        "transfer.html",
        posts=known_posts(),
        held={code: holder for code, holder in held.items() if holder is not None},
        kept=drafting.sent("transfers") if wrong else drafting.kept("transfers"),
        at_desks=people.of_posts(desk(), now()),
        stays=postings.STAYS,
        wrong=wrong,
        languages=LANGUAGES,
        longest_name=holders.LONGEST_NAME,
        longest_number=LONGEST_NUMBER,
        names=Names(desk(), language()),
    )
