"""Taking a post over: on the day that was planned the box itself notes it at each open case, and tells who came.

Who transfers an officer from now on stands before the page and hands over there; a later day comes by itself.
"""

import logging
import sqlite3
from collections.abc import Callable

from appliance import concerns, duties, health, ledger, people, tenure
from appliance.desk import BOX, Actor, Desk
from appliance.history import Change
from appliance.ledger import CaseFile
from sync.db import transaction

log = logging.getLogger(__name__)

TOLD = ("assigned", "acknowledged", "in_action")
"""Statuses in which the post still has something to do, and its new holder something to be told."""


def day_came(desk: Desk, now: float) -> int:
    """Ends the duties of those whose time is over, and begins that of those whose day has come.

    Each open case of such a post gets a row in its history and is news to the office; so does what goes back to whoever
    still holds the post, as a clock that ran ahead had his successor come too early. Gives at how many posts. One
    transaction for each end and each beginning: what fails at one post holds up no other, and stands on the page of the
    box's state until a run in which nothing does.
    """
    failed = set[str]()
    changed = sum(
        _tried(work, desk, post, now, failed) for post in _due(desk, now) for work in (_go, _go_back, _come)
    )
    text = f"what was planned for {', '.join(sorted(failed))} could not be done" if failed else ""
    health.note_work(desk.conn, "duties", text, now)
    return changed


def _due(desk: Desk, now: float) -> list[str]:
    rows = desk.conn.execute(
        "select post from post_holder where (is_begun=0 and since<=:now) or (is_over=0 and until<=:now)",
        {"now": now},
    ).fetchall()
    early = (post for _case_id, post in duties.went_early(desk, now))
    return sorted({*duties.of_ended(desk, now), *early, *(post for (post,) in rows)})


def _tried(
    work: Callable[[Desk, str, float], bool], desk: Desk, post: str, now: float, failed: set[str]
) -> bool:
    try:
        with transaction(desk.conn):
            return work(desk, post, now)
    except (sqlite3.OperationalError, OSError):  # the disk, or the job is ended: no fault of this post
        raise
    except Exception as error:  # noqa: BLE001 - outermost loop: a post that fails must not stop the others
        log.warning("the transfer at %s does not work: %s", post, type(error).__name__)
        failed.add(post)
        return False


def _go(desk: Desk, post: str, now: float) -> bool:
    """Whether the post is left empty."""
    is_empty = duties.end_holders(desk, post, now) and tenure.current_id(desk, post, now) is None
    if is_empty:
        _note(desk, post, "post_empty", now)
    _clear_desk(desk, post, now)
    return is_empty


def _go_back(desk: Desk, post: str, now: float) -> bool:
    """Whether whoever holds the post has notices anew that a clock that ran ahead took from him before his last day."""
    early = [case_id for case_id, of in duties.went_early(desk, now) if of == post]
    duties.end_planned(desk, post, now)
    cases = [ledger.by_id(desk, case_id) for case_id in early]
    lost = [case for case in cases if _lacks(desk, case, post, now)]
    for case in lost:
        noted = ledger.save(desk, case, case, BOX, Change("hand_over", case.status, case.status, post), now)
        duties.hand_on(desk, noted, BOX, duties.brief_of_post(desk, noted), now)
    return bool(lost)


def _lacks(desk: Desk, case: CaseFile, post: str, now: float) -> bool:
    """Whether the holder of a post, which has the case and may, has no notice of it that counts."""
    holder_id = tenure.current_id(desk, post, now)
    has_it = case.post == post and case.status in TOLD and not case.practice
    return (
        has_it
        and holder_id is not None
        and not duties.has_live(desk, case.id, holder_id)
        and concerns.may_have(desk, case, post)
    )


def _come(desk: Desk, post: str, now: float) -> bool:
    """Whether somebody comes whose day it is."""
    begun = desk.conn.execute(
        "update post_holder set is_begun=1 where post=? and is_begun=0 and since<=? returning tell, until",
        (post, now),
    ).fetchall()
    come = [row for row in begun if row["until"] is None or row["until"] > now]
    for row in come:
        begin(desk, post, bool(row["tell"]), now)
    return bool(come)


def begin(desk: Desk, post: str, tells: bool, now: float) -> None:
    """Notes that an officer came, at each open case of his post, in the caller's transaction.

    ``tells``: his phone gets a notice of each, but of those that are about his own people, and of those it has.
    """
    holder_id = tenure.current_id(desk, post, now)
    for case in _note(desk, post, "hand_over", now):
        has_it = holder_id is not None and duties.has_live(desk, case.id, holder_id)
        if tells and not has_it and concerns.may_have(desk, case, post):
            duties.hand_on(desk, case, BOX, duties.brief_of_post(desk, case), now)


def tell(desk: Desk, actor: Actor, case: CaseFile, now: int) -> None:
    """The present holder gets what the one before got: the notice, and the brief if it may still leave."""
    brief = duties.brief_of_post(desk, case)
    change = Change("hand_over", case.status, case.status, case.post, is_beside=True)
    ledger.save(desk, case, case, actor, change, now)
    duties.hand_on(desk, case, actor, brief, now)


def _clear_desk(desk: Desk, post: str, now: float) -> None:
    """Who sat at the desk of a post whose last day is over, and which nobody holds, does so no longer.

    Where somebody is planned, it was said who stays for him, and they stay over the days between.
    """
    newest = "(select max(id) from case_file)"  # who left at once has his own, of that moment
    over = desk.conn.execute(
        f"update post_holder set is_over=1, last_case=iif(until_at_once, coalesce(last_case, {newest}), {newest})"
        " where post=? and is_over=0 and until<=? returning since, until",
        (post, now),
    ).fetchall()
    ends = [row["until"] for row in over if row["until"] > row["since"]]
    if ends and tenure.current_id(desk, post, now) is None:
        people.leave(desk, BOX, post, max(ends), _expecting(desk, post, now), is_at_once=False)


def _expecting(desk: Desk, post: str, now: float) -> frozenset[str]:
    """Login names of those who will sit at a post's desk when its next holder comes; nobody where none is planned."""
    since = tenure.next_since(desk, post, now)
    if since is None:
        return frozenset()
    return frozenset(one.name for one in people.of_posts(desk, since) if one.post == post)


def _note(desk: Desk, post: str, act: str, now: float) -> tuple[CaseFile, ...]:
    """Of what the box does by itself the office finds news at the case."""
    of_post = [one for one in ledger.open_of_post(desk, post) if one.status in TOLD and not one.practice]
    return tuple(
        ledger.save(desk, case, case, BOX, Change(act, case.status, case.status, post), now)
        for case in of_post
    )
