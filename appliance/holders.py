"""Who holds a post: name and WhatsApp number of an officer, between two dates, in box.db and nowhere else."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from appliance import audit, duties, people, taking, tenure, timekeeping
from appliance.desk import RANGE, SP, SUPERVISOR, Actor, Desk
from appliance.errors import Forbidden, NotAllowed, PlanGone, SamePerson, WrongNumber
from appliance.people import Person
from appliance.posts import beside, held_at
from appliance.tenure import (
    Holder,
    also_written,
    current,
    lock,
    past_and_present,
    plain,
    planned,
    to_come,
    unopened,
    written_down,
)
from sync.catalogue import LANGUAGES
from sync.db import transaction

__all__ = [
    "ROLES",
    "Appointment",
    "Holder",
    "appoint",
    "call_off",
    "change_day",
    "current",
    "normal",
    "past_and_present",
    "planned",
    "release",
    "transfer",
    "unopened",
    "write_down",
    "written_down",
]

ROLES = frozenset({SUPERVISOR, SP, RANGE})
"""Who may say who holds a post."""
REGION = "IN"
LONGEST_NAME = 80
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


@dataclass(frozen=True)
class Appointment:
    """Somebody who comes to a post; ``until``: epoch seconds, None until further notice.

    ``tell``: his phone gets a notice of each open case of the post when he comes.
    """

    post: str
    name: str
    number: str
    language: str
    until: int | None = None
    tell: bool = False


def normal(text: str) -> str:
    """A mobile number in E.164 (``+919812345678``), however it was written; raises WrongNumber."""
    try:
        found = phonenumbers.parse(text, REGION)
    except NumberParseException as error:
        raise WrongNumber(
            "this is no telephone number", hint="Write 10 digits, or + and the country"
        ) from error
    if not phonenumbers.is_valid_number(found) or phonenumbers.number_type(found) not in _MOBILE:
        raise WrongNumber("this cannot be a mobile number", hint="Check the digits")
    return phonenumbers.format_number(found, PhoneNumberFormat.E164)


def appoint(
    desk: Desk,
    actor: Actor,
    post: str,
    name: str,
    number: str,
    language: str,
    until: int | None = None,
    since: int | None = None,
    tell: bool = False,
    staying: Collection[str] = (),
) -> tuple[Person, ...]:
    """Somebody holds a post from ``since`` on (now, where that is past or None); see ``transfer``."""
    return transfer(desk, actor, since, (Appointment(post, name, number, language, until, tell),), staying)


def transfer(
    desk: Desk,
    actor: Actor,
    since: int | None,
    coming: Sequence[Appointment],
    staying: Collection[str] = (),
) -> tuple[Person, ...]:
    """Several officers come to their posts at one time: all of them, or none.

    Whoever held a post until then does so no longer, and loses his cases' notices. The same number and name again
    correct what is written of the holder, and take nothing from him; another name with the same number is who has that
    phone now, and its notices: who had it before stays known.

    Whoever is named comes then and at no other time, whatever was planned for him at this post; nor does whoever else
    was to come on that very day. Those who were to leave for a plan that is void stay until the next one comes, or
    until their own last day; other plans stay.

    Who sat at a desk for the post before then does so no longer, but whoever comes, and ``staying`` (login names); they
    are what this gives. Raises Forbidden, NotAllowed or WrongNumber.
    """
    now = int(desk.clock())
    begin = max(now, since or now)
    if len({one.post for one in coming}) != len(coming):
        raise NotAllowed("a post can have one holder at a time")
    checked = [_checked(desk, actor, one, begin) for one in coming]
    left: list[Person] = []
    with transaction(desk.conn):
        for one in checked:
            left += _come(desk, actor, one, begin, now, staying)
            audit.write(desk.conn, now, actor.name, "post.appoint", one.post)
    return tuple(left)


def change_day(desk: Desk, actor: Actor, plan_id: int, since: int) -> tuple[Person, ...]:
    """Who is planned comes from ``since`` on (now, where that is past), as if he was named again; the rest of his plan
    stays: his last day, what his phone is told, who stays at the desk.

    Not on the day of somebody else who is planned for the post. Gives who leaves the desk. Raises Forbidden, PlanGone,
    and NotAllowed, whose ``reason`` is same_day, taken, last_day or unopened.
    """
    now = int(desk.clock())
    begin = max(now, since)
    with transaction(desk.conn):
        plan = _plan(desk, actor, plan_id, now)
        one = _said_of(desk, plan)
        _check_day(desk, plan, one, begin, now)
        staying = {login.name for login in people.of_posts(desk, plan.since) if login.post == plan.post}
        left = _come(desk, actor, one, begin, now, staying)
        audit.write(desk.conn, now, actor.name, "post.change_day", plan.post)
    return left


def call_off(desk: Desk, actor: Actor, plan_id: int) -> Holder:
    """Who is planned does not come, and is what this gives: who was to leave for him stays until the next one comes, or
    until his own last day. Raises Forbidden or PlanGone."""
    now = int(desk.clock())
    with transaction(desk.conn):
        plan = _plan(desk, actor, plan_id, now)
        _void(desk, actor, plan, now)
        audit.write(desk.conn, now, actor.name, "post.call_off", plan.post)
    return plan


def release(desk: Desk, actor: Actor, post: str) -> tuple[Person, ...]:
    """Nobody holds a post any more, nor will; what was planned is void.

    Gives who sat at a desk for it, and does so no longer. Raises Forbidden or NotAllowed.
    """
    now = int(desk.clock())
    _check(desk, actor, post)
    with transaction(desk.conn):
        void = "update post_holder set until=since where post=? and since>? and is_begun=0"
        desk.conn.execute(void, (post, now))
        _end(desk, post, now, now)
        left = people.leave(desk, actor, post, now)
        audit.write(desk.conn, now, actor.name, "post.release", post)
    return left


def write_down(desk: Desk, actor: Actor, holder_id: int, one: Appointment) -> None:
    """Says who the officer is, or was, whose row does not open; it keeps its days, and the notices that are his.

    Of a row written down so before it says that he is somebody else: posts are kept from cases by the earlier name too,
    and notices that another phone has are withdrawn. What the row says ends doubt about whose cases a post may have, so
    who is named at the post, or at one that such cases are kept from with it, does not say it. Raises Forbidden,
    SamePerson, NotAllowed or WrongNumber.
    """
    now = int(desk.clock())
    said = _checked(desk, actor, replace(one, until=None), now)
    with transaction(desk.conn):
        before = _of_doubt(desk, holder_id, one.post, now)
        if _is_about(desk, actor, said):
            raise SamePerson("it is about his own post", hint="Ask another person to write it down")
        locked = lock(desk, said.post, said.name, said.number, said.language)
        desk.conn.execute("update post_holder set locked=? where id=?", (locked, holder_id))
        desk.conn.execute("insert into written_down(holder_id, locked) values(?,?)", (holder_id, locked))
        if before.opens and before.number != said.number:
            duties.withdraw_holder(desk, holder_id, now)
        audit.write(desk.conn, now, actor.name, "post.write_down", said.post)


def _of_doubt(desk: Desk, holder_id: int, post: str, now: int) -> Holder:
    for row in (*unopened(desk, now), *written_down(desk)):
        if (row.id, row.post) == (holder_id, post):
            return row
    raise NotAllowed("there is no row of this post that does not open", hint="Look at the posts again")


def _is_about(desk: Desk, actor: Actor, said: Appointment) -> bool:
    """By his name, as officers are known; of the posts that no case is about it is nobody's."""
    posts = beside(desk.directory, said.post)
    there = [one for one in past_and_present(desk) if one.post in posts]
    names = [said.name, *(one.name for one in (*there, *also_written(desk, there)))]
    return bool(posts) and plain(actor.display) in {plain(name) for name in names if name}


def _checked(desk: Desk, actor: Actor, one: Appointment, begin: int) -> Appointment:
    _check(desk, actor, one.post)
    name = " ".join(one.name.split())
    has_end = one.until is None or one.until > begin
    if not 0 < len(name) <= LONGEST_NAME or one.language not in LANGUAGES or not has_end:
        raise NotAllowed("a holder needs a name, a language, and an end that is still to come")
    return replace(one, name=name, number=normal(one.number))


def _is(name: str, one: Appointment) -> bool:
    """Nobody is whoever has no name, as his row does not open."""
    return bool(name) and plain(name) == plain(one.name)


def _plan(desk: Desk, actor: Actor, plan_id: int, now: int) -> Holder:
    _check_role(actor)
    plan = tenure.plan(desk, plan_id, now)
    if plan is None:
        raise PlanGone("he has come, or it was changed meanwhile", hint="Look at the posts again")
    _check(desk, actor, plan.post)
    return plan


def _said_of(desk: Desk, plan: Holder) -> Appointment:
    """What was said when he was named."""
    until, tell = desk.conn.execute(
        "select own_until, tell from post_holder where id=?", (plan.id,)
    ).fetchone()
    return Appointment(plan.post, plan.name, plan.number, plan.language, until, bool(tell))


def _check_day(desk: Desk, plan: Holder, one: Appointment, begin: int, now: int) -> None:
    others = [other for other in to_come(desk, plan.post, now) if not _is(other.name, one)]
    wrong = {
        "unopened": not plan.opens,
        "same_day": begin == plan.since,
        "taken": begin in {other.since for other in others},
        "last_day": one.until is not None and one.until <= begin,
    }
    for reason in (reason for reason, is_so in wrong.items() if is_so):
        raise NotAllowed("he cannot come on that day", hint="Choose another day", reason=reason)


def _come(
    desk: Desk, actor: Actor, one: Appointment, begin: int, now: int, staying: Collection[str]
) -> tuple[Person, ...]:
    _void_plans(desk, actor, one, begin, now)
    return _leave(desk, actor, one, begin, staying) if _put(desk, one, begin, now) else ()


def _leave(
    desk: Desk, actor: Actor, one: Appointment, begin: int, staying: Collection[str]
) -> tuple[Person, ...]:
    """Those at a desk came with whoever held the post last before ``begin``; without one, nobody leaves."""
    end = _last_end(desk, one.post, begin)
    own = {login.name for login in people.of_posts(desk, begin) if _is(login.display, one)}
    return people.leave(desk, actor, one.post, end, {*staying, *own})


def _last_end(desk: Desk, post: str, begin: int) -> int:
    """When whoever held the post last before ``begin`` ceased to; 0: nobody did."""
    (end,) = desk.conn.execute(
        f"select max(until) from post_holder where post=? and until<=? and {tenure.WAS}", (post, begin)
    ).fetchone()
    return int(end or 0)


def _following(desk: Desk, post: str, begin: int) -> int | None:
    """When the next one comes who is planned for later than ``begin``."""
    return tenure.next_since(desk, post, begin)


def _void_plans(desk: Desk, actor: Actor, one: Appointment, begin: int, now: int) -> None:
    """The same officer comes on no other day, and on that day nobody else. By name alone: the number may be corrected
    by the way."""
    for plan in to_come(desk, one.post, now):
        if _is(plan.name, one) != (plan.since == begin):
            _void(desk, actor, plan, now)


def _void(desk: Desk, actor: Actor, plan: Holder, now: int) -> None:
    """Somebody does not come: who was to leave for him, the post's officer and those at its desk, leaves for the next
    one, or on his own last day. What a clock that ran ahead gave to his phone is withdrawn."""
    desk.conn.execute("update post_holder set until=since where id=?", (plan.id,))
    duties.withdraw_holder(desk, plan.id, now)
    end, following = _last_end(desk, plan.post, plan.since), _following(desk, plan.post, plan.since)
    if end > now:
        people.stay(desk, actor, plan.post, end, following)
    desk.conn.execute(
        "update post_holder set until=min(coalesce(own_until, :next), coalesce(:next, own_until))"
        " where post=:post and until=:was and until>:now and until>since",
        {"next": following, "post": plan.post, "was": plan.since, "now": now},
    )


def _held(desk: Desk, post: str, begin: int, now: int) -> Holder | None:
    """Who holds a post at ``begin``, or, on a later day, until then."""
    held = current(desk, post, begin)
    return current(desk, post, begin - 1) if held is None and begin > now else held


def _put(desk: Desk, one: Appointment, begin: int, now: int) -> bool:
    """Whether this is somebody else than who held the post until then."""
    locked = lock(desk, one.post, one.name, one.number, one.language)
    ends = [end for end in (one.until, _following(desk, one.post, begin)) if end is not None]
    until = min(ends) if ends else None
    held = _held(desk, one.post, begin, now)
    has_phone = held is not None and held.number == one.number
    if held is not None and has_phone and _is(held.name, one):
        desk.conn.execute(
            "update post_holder set locked=?, until=?, own_until=?, tell=? where id=?",
            (locked, until, one.until, int(one.tell), held.id),
        )
        return False
    added = desk.conn.execute(
        "insert into post_holder(post, locked, since, until, own_until, tell, is_begun, since_at_once, since_back_s)"
        " values(?,?,?,?,?,?,?,?,?)",
        (
            *(one.post, locked, begin, until, one.until, int(one.tell), int(begin <= now)),
            *timekeeping.entered(desk, begin <= now),
        ),
    ).lastrowid
    assert added is not None
    if held is not None and has_phone and begin <= now:
        duties.pass_on(desk, held.id, added)
    _end(desk, one.post, begin, now, added)
    if one.tell and begin <= now:
        taking.begin(desk, one.post, tells=True, now=now)
    return held is None or not _is(held.name, one)


def _check_role(actor: Actor) -> None:
    if actor.role not in ROLES:
        raise Forbidden(f"the role {actor.role} may not say who holds a post")


def _check(desk: Desk, actor: Actor, post: str) -> None:
    _check_role(actor)
    if post not in {known.code for known in held_at(desk.directory, desk.config.node_id)}:
        raise NotAllowed(f"there is no post {post[:40]!r} here")


def _end(desk: Desk, post: str, end: int, now: int, next_id: int = 0) -> None:
    """Whoever but the next one holds the post at ``end`` holds it until then; if that is now, his phone is told."""
    rows = desk.conn.execute(
        f"select id from post_holder where post=:post and id<>:next_id and {tenure.HELD}",
        {"post": post, "next_id": next_id, "at": end},
    ).fetchall()
    for row in rows:
        desk.conn.execute(
            "update post_holder set until=?, until_at_once=?, until_back_s=?,"
            " last_case=(select coalesce(max(id), 0) from case_file) where id=?",
            (end, *timekeeping.entered(desk, end <= now), row["id"]),
        )
        if end <= now:
            duties.withdraw_holder(desk, row["id"], now)
