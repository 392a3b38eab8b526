"""Who holds which post: the officers whose phones get notices of cases."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from appliance import holders, ledger, people
from appliance.desk import Actor
from appliance.errors import NotAllowed, PlanGone, SamePerson, WrongNumber
from appliance.holders import Appointment
from appliance.people import Person
from appliance.posts import Post, held_at, superintendent
from appliance.tenure import plain
from sync.catalogue import LANGUAGES
from sync.clock import DAY_S, IST_OFFSET_S
from webui import drafting
from webui.access import POSTS, fresh, needs
from webui.language import day
from webui.names import Names
from webui.site import desk, language, now

pages = Blueprint("postings", __name__)

LONGEST_NUMBER = 24
FEW = 3
STAYS = "stay."
"""Begins the name of the box that is ticked for a login that stays."""
SAME = "same."
"""Begins that of the box ticked for an entry that does not open and is of the officer written down."""


@dataclass(frozen=True)
class NotMoved:
    """What was wrong with the form in a row of somebody who is to come, and what was typed there."""

    plan_id: str = ""
    day: str = ""
    words: str = ""


NOTHING = NotMoved()


@pages.get("/posts")
@needs(POSTS)
def index(actor: Actor) -> ResponseReturnValue:
    """Every post with its holder, and the form that says who holds one from now on."""
    return _page(actor)


@pages.post("/posts")
@needs(POSTS)
@fresh
def appoint(actor: Actor) -> ResponseReturnValue:
    """Somebody holds a post from now on, or is who an entry that does not open is of; a form that cannot be right comes
    back with what was typed."""
    try:
        left = _write_down(actor) if _same() else _come(actor)
    except WrongNumber:
        wrong = _("This is not a mobile number. Write its 10 digits, or + and the country first.")
    except SamePerson:
        wrong = _(
            "Somebody else must write this entry down: it is about a post of your own, or one beside it."
        )
    except (NotAllowed, ValueError):
        wrong = _wrong_entry() if _same() else _wrong_form()
    else:
        post = request.form.get("post", "").strip()
        flash(_("Noted: %(post)s.", post=Names(desk(), language()).post(post)), "done")
        tell_of(left)
        if not _same():
            tell_who_comes_still([_officer()])
        return redirect(url_for("postings.index"), 303)
    return _page(actor, wrong), 422


def _come(actor: Actor) -> tuple[Person, ...]:
    """Raises also ValueError."""
    since, until = (request.form.get(one, "").strip() for one in ("since", "until"))
    said = replace(_officer(), until=end_of(until), tell="tell" in request.form)
    return holders.transfer(desk(), actor, start_of(since), (said,), staying())


def _write_down(actor: Actor) -> tuple[Person, ...]:
    """Nobody comes, so there is nothing to say of days, nor of phones. Raises also ValueError."""
    (holder_id,) = _same()
    if any(request.form.get(one, "").strip() for one in ("since", "until", "tell")):
        raise NotAllowed("an entry that does not open keeps its days")
    holders.write_down(desk(), actor, int(holder_id), _officer())
    return ()


def _officer() -> Appointment:
    names = ("post", "name", "number", "language")
    post, name, number, spoken = (request.form.get(one, "").strip() for one in names)
    return Appointment(post, name, number, spoken)


def _same() -> list[str]:
    """Of which entries the form says that they are this officer's."""
    return [name.removeprefix(SAME) for name in request.form if name.startswith(SAME)]


def _wrong_form() -> str:
    return _("Choose a post, write a name, and a last day that is still to come (or none).")


def _wrong_entry() -> str:
    return _(
        "Tick one entry, of the post that you chose, and write the name. It keeps its days: leave the days and the tick"
        " for the phone empty."
    )


@pages.post("/posts/release")
@needs(POSTS)
@fresh
def release(actor: Actor) -> ResponseReturnValue:
    """Nobody holds a post any more."""
    left = holders.release(desk(), actor, request.form.get("post", ""))
    flash(_("Nobody is told of this post's cases any more."), "done")
    tell_of(left)
    return redirect(url_for("postings.index"), 303)


@pages.post("/posts/change-day")
@needs(POSTS)
@fresh
def change_day(actor: Actor) -> ResponseReturnValue:
    """Who is planned comes on another day."""
    plan_id, typed = (request.form.get(one, "").strip() for one in ("plan", "day"))
    before = holders.planned(desk(), now())
    try:
        left = holders.change_day(desk(), actor, number_of(plan_id), _coming_day(typed))
    except PlanGone:
        return _gone(actor)
    except (NotAllowed, ValueError) as error:
        return _page(actor, not_moved=NotMoved(plan_id, typed, _wrong_day(error))), 422
    flash(_("Noted: the officer comes on another day."), "done")
    tell_of(left)
    _tell_of_that_day({one.since for one in before if one.id == number_of(plan_id)})
    return redirect(url_for("postings.index"), 303)


@pages.post("/posts/call-off")
@needs(POSTS)
@fresh
def call_off(actor: Actor) -> ResponseReturnValue:
    """Who is planned does not come."""
    try:
        plan = holders.call_off(desk(), actor, number_of(request.form.get("plan", "")))
    except PlanGone:
        return _gone(actor)
    post = Names(desk(), language()).post(plan.post)
    flash(_("Called off: nobody comes to %(post)s on %(day)s.", post=post, day=day(plan.since)), "done")
    _tell_of_that_day({plan.since})
    return redirect(url_for("postings.index"), 303)


def _tell_of_that_day(days: Collection[int]) -> None:
    """The others of one order come all the same."""
    _tell_of_plans([one for one in holders.planned(desk(), now()) if one.since in days])


def tell_who_comes_still(coming: Sequence[Appointment]) -> None:
    """After somebody was named: who else is planned for his post, and was not called off by that."""
    named = {(one.post, plain(one.name)) for one in coming}
    posts = {one.post for one in coming}
    planned = [one for one in holders.planned(desk(), now()) if one.post in posts]
    _tell_of_plans([one for one in planned if (one.post, plain(one.name)) not in named])


def _tell_of_plans(plans: Sequence[holders.Holder]) -> None:
    """A few of them by name: what is told on the next page stands in a cookie until then."""
    few, more = "; ".join(_written(one) for one in plans[:FEW]), len(plans) - FEW
    if more > 0:
        flash(_("Still planned as before: %(plans)s, and %(count)s more.", plans=few, count=more), "warn")
    elif plans:
        flash(_("Still planned as before: %(plans)s.", plans=few), "warn")


def _written(plan: holders.Holder) -> str:
    who = plan.name if plan.opens else _("entry does not open")
    return f"{who}, {Names(desk(), language()).post(plan.post)}, {day(plan.since)}"


def number_of(text: str) -> int:
    """The number of a row; 0, which no row has, for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


def _coming_day(text: str) -> int:
    """The beginning of a day that is not over. Raises ValueError."""
    start = start_of(text)
    if start is None or start + DAY_S <= now():
        raise ValueError("this day is over, or none was written")
    return start


def _wrong_day(error: Exception) -> str:
    reason = error.reason if isinstance(error, NotAllowed) else ""
    if reason == "taken":
        return _("Somebody else comes to this post on that day: call that off first, or choose another day.")
    if reason == "last_day":
        return _(
            "His last day would be over then: choose an earlier day, or name him again with another last day."
        )
    return _("Choose another day than now, from today on.")


def _gone(actor: Actor) -> ResponseReturnValue:
    words = _(
        "Nothing was changed: this transfer has begun, or somebody changed it after you opened the page."
        " See how it stands now."
    )
    return _page(actor, not_moved=NotMoved(words=words)), 409


def _page(actor: Actor, wrong: str = "", not_moved: NotMoved = NOTHING) -> str:
    held = {post.code: holders.current(desk(), post.code, now()) for post in known_posts()}
    current = {code: holder for code, holder in held.items() if holder is not None}
    planned = holders.planned(desk(), now())
    at_desks = people.of_posts(desk(), now())
    shown = {holder.id for holder in (*current.values(), *planned)}
    return render_template(
        "posts.html",
        posts=known_posts(),
        superintendent=superintendent(desk().directory, desk().config.node_id),
        current=current,
        planned={post: [one for one in planned if one.post == post] for post in held},
        open_cases=ledger.open_by_post(desk(), actor.practice),
        ended=[one for one in holders.past_and_present(desk()) if one.id not in shown],
        at_desks=at_desks,
        longer={one.name for one in at_desks if _sat_before(one, current.get(one.post))},
        stays=STAYS,
        unopened=holders.unopened(desk(), now()),
        written={one.id: one for one in holders.written_down(desk()) if one.opens},
        same=SAME,
        same_wanted=request.args.get("same", ""),
        asked=[number_of(one) for one in (request.args.get("same", ""), *_same())],
        wanted=request.args.get("post", ""),
        kept=drafting.sent("appoint") if wrong else drafting.kept("appoint"),
        wrong=wrong,
        not_moved=not_moved,
        today=day_of(int(now())),
        day_of=day_of,
        languages=LANGUAGES,
        longest_name=holders.LONGEST_NAME,
        longest_number=LONGEST_NUMBER,
        names=Names(desk(), language()),
    )


def _sat_before(one: Person, holder: holders.Holder | None) -> bool:
    """Whether somebody sat at the desk before the holder came, and is not he; unknown from before days were kept,
    and where the holder's row does not open."""
    if holder is None or not holder.opens or one.since is None:
        return False
    return one.since < holder.since and plain(one.display) != plain(holder.name)


def staying() -> frozenset[str]:
    """Login names of those at a post's desk who stay there although its holder goes, as a form says."""
    return frozenset(name.removeprefix(STAYS) for name in request.form if name.startswith(STAYS))


def tell_of(left: Sequence[Person]) -> None:
    """Says who sits at a desk for a post no longer, and from which day on where that is still to come."""
    for end in sorted({one.until or 0 for one in left}):
        who = ", ".join(f"{one.display} ({one.name})" for one in left if (one.until or 0) == end)
        flash(_ends(end, who), "alert")


def _ends(end: int, who: str) -> str:
    if end <= now():
        return _("Desk sign-ins that end with the transfer: %(names)s.", names=who)
    return _("Desk sign-ins that end on %(day)s with the transfer: %(names)s.", day=day(end), names=who)


def known_posts() -> tuple[Post, ...]:
    """The posts whose holders this office knows."""
    return held_at(desk().directory, desk().config.node_id)


def start_of(day: str) -> int | None:
    """The beginning of a day (``2026-12-31``) in Indian time, epoch seconds; None for "". Raises ValueError."""
    if not day:
        return None
    midnight = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
    return int(midnight.timestamp()) - IST_OFFSET_S


def end_of(day: str) -> int | None:
    """The end of a day in Indian time, epoch seconds; None for "". Raises ValueError."""
    start = start_of(day)
    return None if start is None else start + DAY_S


def day_of(seconds: int | None) -> str:
    """The day in Indian time as a form writes it (``2026-12-31``); "" for None."""
    return "" if seconds is None else f"{datetime.fromtimestamp(seconds + IST_OFFSET_S, UTC):%Y-%m-%d}"
