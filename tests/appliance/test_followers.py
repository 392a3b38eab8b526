"""What was added after the end is a case that quotes the earlier ones: it stays as strict as these, and no louder."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlite_utils import Database

from appliance import cases, figures, ledger, migrations
from appliance.cases.outcomes import NONE
from appliance.desk import Actor, Desk
from appliance.errors import BriefRefused
from sync.messages import Answer, PublicState
from tests.appliance.office import MANY, POST, SCREENER, SP, SUPERVISOR, body, commands, receive

CHILD = (Answer("victim", "child", ""),)


def on(desk: Desk, serial: str, act: Callable[..., None], *more: object) -> None:
    """An act of a leader on the newest version of a case."""
    act(desk, serial, SP, ledger.find(desk, serial).version, *more)


def end(desk: Desk, serial: str) -> None:
    cases.close(desk, serial, SUPERVISOR, ledger.find(desk, serial).version, "insufficient", "", NONE, MANY)


def followed(desk: Desk, number: int = 1, **told: Any) -> tuple[str, str]:
    """A case that was closed and opened again, and the case of what was added between; both screened."""
    first = receive(desk, body(number, **told))
    on(desk, first, cases.screen)
    end(desk, first)
    added = receive(desk, body(number + 50, adds_to=body(number).handle, answers=()))
    on(desk, added, cases.screen)
    on(desk, first, cases.reopen, "look again")
    return first, added


def classed(desk: Desk, serial: str) -> tuple[str, int, int]:
    case = ledger.find(desk, serial)
    return case.sensitivity, case.victim, case.child


def secret(desk: Desk, serial: str) -> None:
    on(desk, serial, cases.reclassify, "secret", True, False, "she is named")


def test_an_earlier_case_that_is_classed_anew_makes_what_follows_it_as_strict(desk: Desk) -> None:
    first, added = followed(desk)
    secret(desk, first)
    assert classed(desk, added) == ("secret", 1, 0)
    last = cases.get(desk, added).history[-1]
    assert (last.act, last.actor, last.detail) == ("follow_stricter", SP.name, first)
    with pytest.raises(BriefRefused):
        on(desk, added, cases.assign, POST, "", "women held in the mill")


def test_a_post_that_may_not_see_the_earlier_case_does_not_read_its_serial_in_what_follows(
    desk: Desk,
) -> None:
    first, added = followed(desk)
    on(desk, added, cases.assign, POST)
    on(desk, first, cases.reclassify, "restricted", False, False, "he is known")
    told = {
        who.role: cases.seen(desk, added, who).history[-1] for who in (SP, Actor("sho", "sho", "sho", POST))
    }
    assert {role: (entry.act, entry.detail) for role, entry in told.items()} == {
        "sp": ("follow_stricter", first),
        "sho": ("follow_stricter", ""),
    }


def test_words_that_come_to_an_earlier_case_make_what_follows_it_as_strict_without_an_alarm(
    desk: Desk,
) -> None:
    first, added = followed(desk)
    before = ledger.find(desk, added)
    receive(desk, body(3, adds_to=body(1).handle, answers=CHILD, fear="yes", happening_now=True))
    after = ledger.find(desk, added)
    assert classed(desk, added) == classed(desk, first) == ("secret", 1, 1)
    assert (after.news, after.clock, after.due_at) == (before.news, before.clock, before.due_at)
    assert ledger.find(desk, first).news == 2


def test_a_duplicate_of_an_earlier_case_makes_what_follows_that_as_strict(desk: Desk) -> None:
    first, added = followed(desk)
    duplicate = receive(desk, body(3, answers=CHILD))
    cases.mark_duplicate(desk, duplicate, SCREENER, 1, first)
    assert classed(desk, added) == ("secret", 1, 1)


def test_what_follows_a_case_is_as_strict_as_the_one_that_is_linked_to(desk: Desk) -> None:
    first, added = followed(desk)
    main = receive(desk, body(3, answers=CHILD))
    on(desk, first, cases.mark_duplicate, main)
    assert classed(desk, added) == ("secret", 1, 1)


def test_a_duplicate_that_is_classed_anew_tells_what_follows_its_case(desk: Desk) -> None:
    first, added = followed(desk)
    duplicate = receive(desk, body(3))
    cases.mark_duplicate(desk, duplicate, SCREENER, 1, first)
    secret(desk, duplicate)
    assert classed(desk, first) == classed(desk, added) == ("secret", 1, 0)


def test_what_follows_a_follower_and_the_case_it_is_linked_to_are_told_once_each(desk: Desk) -> None:
    first, added = followed(desk)
    end(desk, added)
    third = receive(desk, body(3, adds_to=body(51).handle, answers=()))
    main = receive(desk, body(4))
    on(desk, third, cases.mark_duplicate, main)
    secret(desk, first)
    for serial in (added, third, main):
        acts = [entry.act for entry in cases.get(desk, serial).history]
        assert classed(desk, serial) == ("secret", 1, 0) and acts.count("follow_stricter") == 1


def test_a_follower_that_is_over_is_as_strict_when_it_is_opened_again(desk: Desk) -> None:
    first, added = followed(desk)
    end(desk, added)
    secret(desk, first)
    on(desk, added, cases.reopen, "look again")
    assert classed(desk, added) == ("secret", 1, 0)


def test_a_case_linked_to_what_follows_it_makes_no_loop(desk: Desk) -> None:
    first, added = followed(desk)
    on(desk, first, cases.mark_duplicate, added)
    secret(desk, first)
    assert classed(desk, first) == classed(desk, added) == ("secret", 1, 0)
    assert [entry.act for entry in cases.get(desk, added).history].count("follow_stricter") == 0


def test_what_follows_a_case_never_gets_milder_with_it_and_stays_as_the_heads_lowered_it(desk: Desk) -> None:
    first, added = followed(desk)
    secret(desk, first)
    on(desk, first, cases.reclassify, "open", False, False, "known to everybody")
    assert classed(desk, added) == ("secret", 1, 0)
    on(desk, added, cases.reclassify, "open", False, False, "known to everybody")
    before = ledger.find(desk, added)
    on(desk, first, cases.claim)
    receive(desk, body(3, adds_to=body(1).handle, answers=()))
    assert ledger.find(desk, added) == before
    receive(desk, body(4, adds_to=body(1).handle, answers=(), fear="yes"))
    assert classed(desk, added) == ("restricted", 0, 0)
    assert figures.wrong_tallies(desk.conn) == 0


def states(desk: Desk, act: Callable[[], None]) -> list[tuple[int, str]]:
    """What of receipts an act tells the relay: which report, and how it stands."""
    before = len(commands(desk, "state", PublicState))
    act()
    return [(int(one.handle, 16), one.state) for one in commands(desk, "state", PublicState)[before:]]


def test_closing_tells_each_receipt_once_also_where_what_follows_is_linked_to_the_case(desk: Desk) -> None:
    first, added = followed(desk)
    on(desk, added, cases.mark_duplicate, first)
    assert states(desk, lambda: end(desk, first)) == [(1, "closed"), (51, "closed")]


def test_linking_to_a_closed_case_tells_each_receipt_once(desk: Desk) -> None:
    first, added = followed(desk)
    on(desk, added, cases.mark_duplicate, first)
    main = receive(desk, body(3))
    on(desk, main, cases.screen)
    end(desk, main)
    cases.read(desk, first, SCREENER, ledger.find(desk, first).version)
    on(desk, added, cases.answer, "action_taken", ("raid",))
    assert states(desk, lambda: on(desk, first, cases.mark_duplicate, main)) == [
        (1, "closed"),
        (51, "closed"),
    ]


def test_a_case_whose_receipt_said_once_that_it_is_over_ends_unheard_while_what_follows_is_worked_on(
    desk: Desk,
) -> None:
    first, _ = followed(desk)
    assert states(desk, lambda: end(desk, first)) == []
    assert not any(report.can_write_back for report in cases.get(desk, first).reports)


def upgrade(desk: Desk) -> None:
    """As a box from before, whose figures are right, gets this program."""
    figures.rebuild(desk.conn)
    desk.conn.execute("delete from digest_dirty")
    desk.conn.execute("delete from tally_dirty")
    desk.conn.execute("delete from _sqlite_migrations where name='034_followers_as_strict'")
    migrations.BOX.apply(Database(desk.conn))


def put(desk: Desk, serial: str, **columns: object) -> None:
    """As an older program had filed it."""
    sets = ",".join(f"{name}=:{name}" for name in columns)
    desk.conn.execute(f"update case_file set {sets} where serial=:serial", {**columns, "serial": serial})


def of_old(desk: Desk) -> tuple[str, str, str]:
    """A case, one that follows it and one that follows that, as they were filed before."""
    first, added = followed(desk, thana="JNP-02")
    end(desk, added)
    third = receive(desk, body(3, adds_to=body(51).handle, answers=(), category="other"))
    for number, serial in ((51, added), (3, third)):
        put(desk, serial, category="other", thana="", sensitivity="open")
        desk.conn.execute(
            "update report set category='other', thana='' where handle=?", (body(number).handle,)
        )
    figures.rebuild(desk.conn)
    return first, added, third


def test_on_a_box_from_before_what_follows_is_filed_and_classed_as_what_it_quotes(desk: Desk) -> None:
    first, added, third = of_old(desk)
    duplicate = receive(desk, body(4, category="other"))
    cases.mark_duplicate(desk, duplicate, SCREENER, 1, first)
    put(desk, first, sensitivity="restricted")
    put(desk, duplicate, victim=1, sensitivity="secret")
    upgrade(desk)
    for serial in (added, third):
        case = ledger.find(desk, serial)
        assert (case.category, case.thana, *classed(desk, serial)) == ("liquor", "JNP-02", "secret", 1, 0)
    assert classed(desk, first) == ("restricted", 0, 0)
    assert figures.rollups(desk.conn) == figures.recount(desk.conn)
    assert figures.wrong_tallies(desk.conn) == 0
    told = desk.conn.execute("select category, thana, status from digest_dirty order by 1, 2, 3").fetchall()
    assert [tuple(row) for row in told] == [
        *(("liquor", "JNP-02", status) for status in ("closed", "received")),
        *(("other", "", status) for status in ("closed", "received")),
    ]
    told = desk.conn.execute("select distinct category, sensitivity, victim from tally_dirty").fetchall()
    assert {("other", "open", 0), ("liquor", "secret", 1)} <= {tuple(row) for row in told}


def test_on_a_box_from_before_the_case_to_which_a_follower_was_linked_is_as_strict_too(desk: Desk) -> None:
    first, added = followed(desk)
    main = receive(desk, body(3))
    on(desk, added, cases.mark_duplicate, main)
    put(desk, first, sensitivity="secret", child=1)
    upgrade(desk)
    assert classed(desk, main) == classed(desk, added) == ("secret", 0, 1)
    assert figures.wrong_tallies(desk.conn) == 0


def test_on_a_box_from_before_a_correction_stands_and_nothing_gets_milder_or_is_mended_when_erased(
    desk: Desk,
) -> None:
    _, added, third = of_old(desk)
    on(desk, third, cases.correct, "gambling", "", "cards")
    secret(desk, third)
    put(desk, added, erased_at=1)
    before = [ledger.find(desk, serial) for serial in (added, third)]
    upgrade(desk)
    assert [ledger.find(desk, serial) for serial in (added, third)] == before
    assert desk.conn.execute("select 1 from digest_dirty").fetchone() is None
