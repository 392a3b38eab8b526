"""Words and files go when their time is over: nothing opens them again, and that they were there stays told."""

from dataclasses import replace
from pathlib import Path

import pytest

from appliance import (
    audit,
    cases,
    content_keys,
    drafts,
    evidence,
    health,
    history,
    ledger,
    practice,
    reports,
    retention,
    sampling,
)
from appliance.desk import Actor, Desk
from appliance.errors import Conflict, Erased, Forbidden, NotAllowed, SamePerson
from appliance.sensitivity import RULES
from sync.clock import DAY_S
from sync.errors import Unreadable
from sync.sealing import locks
from tests.appliance.office import (
    POST,
    SCREENER,
    SP,
    START,
    SUPERVISOR,
    Watch,
    audited,
    body,
    close,
    manifest,
    put_file,
    receive,
)

FILM = b"film of the mill at night" * 4000
SECRET_WORDS = "the barrels stand behind the red door"
NOTE = "asked the pradhan about the red door"
YEAR = 365 * DAY_S


def finished(desk: Desk, number: int = 1, outcome: str = "insufficient", **of: object) -> str:
    """A report with a film, screened with a note and closed; gives the serial."""
    described = manifest(FILM, number)
    serial = receive(desk, body(number, text=SECRET_WORDS, evidence=(described,), **of))
    put_file(desk, FILM, described)
    evidence.arrived(desk.conn, described.file_id, desk.clock())
    cases.screen(desk, serial, SCREENER, 1, NOTE)
    close(desk, serial, SP, 2, outcome)
    return serial


def opened(desk: Desk, key: bytes, row: tuple[bytes, str]) -> bool:
    try:
        locks.unlock(key, *row)
    except Unreadable:
        return False
    return True


def on_disk(desk: Desk) -> bytes:
    """Everything that this box's folder holds."""
    root: Path = desk.config.root
    return b"".join(path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file())


def test_a_case_is_due_when_its_class_says_and_not_a_minute_before(desk: Desk, watch: Watch) -> None:
    serial = finished(desk)
    kept_s = RULES["restricted", False].days * DAY_S  # a film has a voice
    watch.now = START + kept_s - 60
    assert retention.erase_due(desk, watch.now) == 0
    watch.now = START + kept_s
    assert retention.erase_due(desk, watch.now) == 1
    assert ledger.find(desk, serial).erased_at == watch.now
    assert retention.erase_due(desk, watch.now) == 0


def test_an_office_may_keep_longer_or_shorter(desk: Desk, watch: Watch) -> None:
    finished(desk)
    shorter = replace(desk, config=replace(desk.config, retention_days={"restricted": 10}))
    watch.now += 10 * DAY_S
    assert retention.erase_due(desk, watch.now) == 0
    assert retention.erase_due(shorter, watch.now) == 1


def test_after_it_no_key_opens_what_any_copy_of_the_disk_still_holds(desk: Desk, watch: Watch) -> None:
    finished(desk)
    handle, file_id = body(1).handle, manifest(FILM).file_id
    wrapped = bytes(desk.conn.execute("select locked from content_key").fetchone()[0])
    words = bytes(desk.conn.execute("select locked from report").fetchone()[0])
    file_key = bytes(desk.conn.execute("select locked_key from evidence").fetchone()[0])
    note = bytes(desk.conn.execute("select note_locked from history where act='screen'").fetchone()[0])
    before, own = on_disk(desk), content_keys.of(desk, 1)
    for kept in (wrapped, words, file_key, note):  # the search finds what is there
        assert kept in before
    assert opened(desk, own, (words, f"report:{handle}"))
    watch.now += 2 * YEAR
    assert retention.erase_due(desk, watch.now) == 1
    after = on_disk(desk)
    for gone in (wrapped, words, file_key, manifest(FILM).key, own):
        assert gone not in after
    assert note in after  # part of the chain; the key that opened it is gone
    assert not opened(desk, desk.field_key, (note, "note:JNP-2026-00001:2"))
    assert not (desk.config.evidence_folder / file_id).exists()


def test_what_was_there_and_what_was_done_stays_told(desk: Desk, watch: Watch) -> None:
    serial = finished(desk)
    watch.now += 2 * YEAR
    retention.erase_due(desk, watch.now)
    case, found = cases.get(desk, serial), evidence.info(desk, manifest(FILM).file_id)
    assert (case.reports[0].text, case.reports[0].erased_at, case.outcome) == ("", watch.now, "insufficient")
    assert (found.state, found.sha256_kept) == ("erased", manifest(FILM).sha256_kept)
    assert [(one.act, one.detail) for one in case.history][-1] == ("erase", "1/1")
    assert {("box", "evidence.erase", found.file_id), ("box", "case.erase", serial)} <= set(audited(desk))
    assert [one.note for one in case.history if one.act == "screen"] == [""]
    assert (audit.verify(desk.conn), history.verify(desk.conn)) == (None, None)
    with pytest.raises(Erased):
        evidence.content(desk, found, 0, 1)
    assert case.file.news == 0
    assert tuple(desk.conn.execute("select reports, files, is_done from erasure").fetchone()) == (1, 1, 1)


def test_a_note_is_read_as_long_as_its_report_is(desk: Desk) -> None:
    serial = finished(desk)
    assert [one.note for one in cases.get(desk, serial).history if one.act == "screen"] == [NOTE]


def erased(desk: Desk, watch: Watch) -> str:
    serial = finished(desk)
    watch.now += 2 * YEAR
    retention.erase_due(desk, watch.now)
    return serial


def test_an_erased_case_is_not_reopened_as_what_came_to_it_would_never_go(desk: Desk, watch: Watch) -> None:
    serial = erased(desk, watch)
    with pytest.raises(NotAllowed) as refused:
        cases.reopen(desk, serial, SP, ledger.find(desk, serial).version, "new information")
    assert refused.value.reason == "erased"
    assert ledger.find(desk, serial).status == "closed"
    assert receive(desk, body(2, adds_to=body(1).handle)) != serial


def test_an_erased_duplicate_does_not_go_on_by_itself(desk: Desk, watch: Watch) -> None:
    _, twin = pair(desk)
    watch.now += 3 * YEAR
    assert retention.erase_due(desk, watch.now) == 2
    with pytest.raises(NotAllowed, match="erased"):
        cases.separate(desk, twin, SP, ledger.find(desk, twin).version, "another mill")


def test_nothing_becomes_a_duplicate_of_an_erased_case(desk: Desk, watch: Watch) -> None:
    main = erased(desk, watch)
    new = receive(desk, body(2))
    with pytest.raises(NotAllowed) as refused:
        cases.mark_duplicate(desk, new, SCREENER, 1, main)
    assert refused.value.reason == "erased"


def test_a_duplicate_of_a_case_closed_long_ago_is_kept_from_today_on(desk: Desk, watch: Watch) -> None:
    main = finished(desk)
    watch.now += RULES["restricted", False].days * DAY_S - 60  # the main case is due in a minute
    new = receive(desk, body(2, contact="none"))
    cases.screen(desk, new, SCREENER, 1)
    cases.mark_duplicate(desk, new, SUPERVISOR, 2, main)
    watch.now += 3600
    assert retention.erase_due(desk, watch.now) == 1
    assert ledger.find(desk, main).erased_at and not ledger.find(desk, new).erased_at
    assert ledger.find(desk, new).closed_at == watch.now - 3600


def test_a_legal_hold_keeps_it_and_says_who_and_why(desk: Desk, watch: Watch) -> None:
    serial = finished(desk)
    version = ledger.find(desk, serial).version
    retention.hold(desk, serial, SUPERVISOR, version, "trial runs, sessions court")
    watch.now += 10 * YEAR
    assert retention.erase_due(desk, watch.now) == 0
    assert [one.serial for one in retention.held(desk, SP)] == [serial]
    last = cases.get(desk, serial).history[-1]
    assert (last.act, last.actor, last.note) == ("hold", "bina", "trial runs, sessions court")
    with pytest.raises(Forbidden):
        retention.unhold(desk, serial, SUPERVISOR, version + 1, "trial is over")
    retention.unhold(desk, serial, SP, version + 1, "trial is over")
    assert retention.erase_due(desk, watch.now) == 1


@pytest.mark.parametrize(
    ("actor", "ahead", "reason", "error"),
    [
        (SCREENER, 0, "trial", Forbidden),
        (Actor("t", "T", "technician"), 0, "trial", Forbidden),
        (SP, 0, "  ", NotAllowed),
        (SP, 1, "trial", Conflict),
    ],
)
def test_who_may_not_hold_and_what_is_no_hold(
    desk: Desk, actor: Actor, ahead: int, reason: str, error: type[Exception]
) -> None:
    serial = finished(desk)
    version = ledger.find(desk, serial).version
    with pytest.raises(error):
        retention.hold(desk, serial, actor, version + ahead, reason)
    assert ledger.find(desk, serial).hold == 0


def test_open_work_is_never_erased(desk: Desk, watch: Watch) -> None:
    receive(desk, body(1))
    watch.now += 20 * YEAR
    assert retention.erase_due(desk, watch.now) == 0
    assert reports.told(desk, 1).text == body(1).text


def test_what_belongs_to_a_held_or_open_case_waits_for_it(desk: Desk, watch: Watch) -> None:
    first = finished(desk)
    follower = receive(desk, body(2, adds_to=body(1).handle))
    watch.now += 3 * YEAR
    assert retention.erase_due(desk, watch.now) == 0  # the case that follows it is open
    cases.screen(desk, follower, SCREENER, 1)
    close(desk, follower, SP, 2, "insufficient")
    assert retention.erase_due(desk, watch.now) == 1
    assert ledger.find(desk, first).erased_at and not ledger.find(desk, follower).erased_at


def pair(desk: Desk) -> tuple[str, str]:
    """A closed case and its duplicate."""
    main, twin = receive(desk, body(1)), receive(desk, body(9))
    cases.mark_duplicate(desk, twin, SCREENER, 1, main)
    cases.screen(desk, main, SCREENER, ledger.find(desk, main).version)
    close(desk, main, SP, ledger.find(desk, main).version, "insufficient")
    return main, twin


def family(desk: Desk) -> list[str]:
    """A closed case, a duplicate of it, a case that follows it, and that one's duplicate; all closed."""
    follower = body(2, adds_to=body(1).handle)
    main, twin = pair(desk)
    added, third = receive(desk, follower), receive(desk, body(3))
    cases.mark_duplicate(desk, third, SCREENER, 1, added)
    cases.screen(desk, added, SCREENER, ledger.find(desk, added).version)
    close(desk, added, SP, ledger.find(desk, added).version, "insufficient")
    return [main, twin, added, third]


def test_a_long_list_comes_in_pages(desk: Desk, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "ON_A_PAGE", 2)
    serials = [finished(desk, number) for number in (1, 2, 3)]
    watch.now += 3 * YEAR
    pages = [retention.upcoming(desk, SP, watch.now, page) for page in (1, 2, 3)]
    assert [[one.serial for one in found] for found, _ in pages] == [serials[:2], serials[2:], []]
    assert [has_more for _, has_more in pages] == [True, False, False]


@pytest.mark.parametrize("place", range(4))
def test_a_hold_of_one_case_keeps_all_of_its_incident(desk: Desk, watch: Watch, place: int) -> None:
    serials = family(desk)
    named = serials[place]
    retention.hold(desk, named, SP, ledger.find(desk, named).version, "trial")
    watch.now += 3 * YEAR
    assert retention.upcoming(desk, SP, watch.now) == ((), False)
    assert retention.erase_due(desk, watch.now) == 0
    retention.unhold(desk, named, SP, ledger.find(desk, named).version, "trial is over")
    assert retention.erase_due(desk, watch.now) == len(serials)


def test_an_open_follow_up_keeps_the_duplicates_of_what_it_follows(desk: Desk, watch: Watch) -> None:
    main, twin = pair(desk)
    receive(desk, body(2, adds_to=body(1).handle))
    watch.now += 3 * YEAR
    assert retention.erase_due(desk, watch.now) == 0
    assert not ledger.find(desk, main).erased_at and not ledger.find(desk, twin).erased_at


def test_who_trains_finds_practice_cases_on_the_lists_and_no_others(desk: Desk, watch: Watch) -> None:
    serial, trainer = finished(desk), replace(SP, practice=True)
    made_up = practice.lay_out(desk, SP)[0]
    cases.screen(desk, made_up, replace(SCREENER, practice=True), 1)
    close(desk, made_up, trainer, 2, "insufficient")
    watch.now += 10 * YEAR
    for actor, expected in ((SP, serial), (trainer, made_up)):
        assert [one.serial for one in retention.upcoming(desk, actor, watch.now)[0]] == [expected]
        retention.hold(desk, expected, actor, ledger.find(desk, expected).version, "trial")
        assert [one.serial for one in retention.held(desk, actor)] == [expected]


def spam(desk: Desk, number: int = 1, is_confirmed: bool = True) -> str:
    """A report with a film that the screener set aside and, unless told otherwise, the supervisor confirmed as spam."""
    described = manifest(FILM, number)
    serial = receive(desk, body(number, text=SECRET_WORDS, evidence=(described,)))
    put_file(desk, FILM, described)
    evidence.arrived(desk.conn, described.file_id, desk.clock())
    cases.quarantine(desk, serial, SCREENER, 1, NOTE)
    if is_confirmed:
        cases.confirm_spam(desk, serial, SUPERVISOR, 2)
    return serial


def test_what_was_confirmed_as_spam_goes_when_its_class_says(desk: Desk, watch: Watch) -> None:
    serial = spam(desk)
    over = START + RULES["restricted", False].days * DAY_S
    watch.now = over - 30 * DAY_S
    ((soon,), _) = retention.upcoming(desk, SP, watch.now)
    assert (soon.serial, soon.is_aside, soon.ended_at, soon.due_at) == (serial, True, START, over)
    assert retention.due_at(desk, ledger.find(desk, serial)) == over
    watch.now = over - 60
    assert retention.erase_due(desk, watch.now) == 0
    watch.now = over
    assert retention.erase_due(desk, watch.now) == 1
    case = cases.get(desk, serial)
    assert (case.status, case.reports[0].text, case.file.erased_at) == ("quarantined", "", over)
    assert (history.verify(desk.conn), retention.erase_due(desk, watch.now)) == (None, 0)
    assert desk.conn.execute("select state from public_state").fetchone()[0] == "closed"


def test_one_person_alone_makes_no_report_vanish(desk: Desk, watch: Watch) -> None:
    serial = spam(desk, is_confirmed=False)
    watch.now += 20 * YEAR
    assert retention.due_at(desk, ledger.find(desk, serial)) is None
    assert retention.upcoming(desk, SP, watch.now) == ((), False)
    with pytest.raises(Forbidden):
        cases.confirm_spam(desk, serial, SCREENER, 2)
    own = receive(desk, body(2))
    cases.quarantine(desk, own, SUPERVISOR, 1, "advert")
    with pytest.raises(SamePerson):
        cases.confirm_spam(desk, own, SUPERVISOR, 2)
    assert retention.erase_due(desk, watch.now) == 0


def test_a_confirmation_holds_for_one_setting_aside(desk: Desk, watch: Watch) -> None:
    serial = spam(desk)
    cases.release(desk, serial, SUPERVISOR, 3)
    cases.quarantine(desk, serial, SCREENER, 4, "advert again")
    watch.now += 9 * YEAR
    assert retention.erase_due(desk, watch.now) == 0
    cases.confirm_spam(desk, serial, SP, 5)
    assert (
        retention.due_at(desk, ledger.find(desk, serial))
        == watch.now + RULES["restricted", False].days * DAY_S
    )


def test_spam_that_was_erased_leaves_the_list_and_is_never_taken_up_again(desk: Desk, watch: Watch) -> None:
    serial = spam(desk)
    watch.now += 2 * YEAR
    retention.erase_due(desk, watch.now)
    assert cases.sizes(desk, SCREENER)["spam"] == 0
    assert sampling.draw(desk, Actor("a", "A", "auditor")).in_all == 0
    with pytest.raises(NotAllowed, match="erased"):
        cases.release(desk, serial, SCREENER, ledger.find(desk, serial).version)
    assert receive(desk, body(2, adds_to=body(1).handle)) != serial


def test_what_is_added_to_spam_is_read_as_a_case_of_its_own_and_keeps_it(desk: Desk, watch: Watch) -> None:
    serial = spam(desk)
    follower = receive(desk, body(4, adds_to=body(1).handle))
    assert ledger.find(desk, follower).status == "received"
    assert ledger.find(desk, follower).follows == ledger.find(desk, serial).id
    watch.now += 2 * YEAR
    assert retention.erase_due(desk, watch.now) == 0


def test_all_that_is_added_to_spam_is_one_case_until_it_is_over_too(desk: Desk, watch: Watch) -> None:
    spam(desk)
    more = [receive(desk, body(number, adds_to=body(1).handle)) for number in (4, 5)]
    assert more[0] == more[1] and len(cases.get(desk, more[0]).reports) == 2
    cases.quarantine(desk, more[0], SCREENER, ledger.find(desk, more[0]).version, "advert too")
    assert receive(desk, body(6, adds_to=body(1).handle)) != more[0]


def test_who_confirms_twice_is_told_and_the_time_runs_from_the_first(desk: Desk, watch: Watch) -> None:
    serial = spam(desk)
    due = retention.due_at(desk, ledger.find(desk, serial))
    watch.now += YEAR
    with pytest.raises(NotAllowed, match="confirmed"):
        cases.confirm_spam(desk, serial, SP, 3)
    assert retention.due_at(desk, ledger.find(desk, serial)) == due
    assert cases.sizes(desk, SCREENER)["spam"] == 0


def test_spam_that_is_held_or_released_stays(desk: Desk, watch: Watch) -> None:
    held, released = spam(desk, 1), spam(desk, 2)
    retention.hold(desk, held, SP, ledger.find(desk, held).version, "trial")
    cases.release(desk, released, SCREENER, ledger.find(desk, released).version)
    watch.now += 3 * YEAR
    assert retention.erase_due(desk, watch.now) == 0
    assert [(one.serial, one.is_aside, one.ended_at) for one in retention.held(desk, SP)] == [
        (held, True, START)
    ]


def test_to_set_aside_what_follows_a_closed_case_does_not_set_that_free(desk: Desk, watch: Watch) -> None:
    first = finished(desk)
    follower = receive(desk, body(2, adds_to=body(1).handle))
    watch.now += 2 * YEAR
    cases.quarantine(desk, follower, SCREENER, 1, "advert")
    assert retention.erase_due(desk, watch.now) == 0
    cases.confirm_spam(desk, follower, SP, 2)
    assert retention.erase_due(desk, watch.now) == 0
    watch.now += 2 * YEAR  # it is kept as long as what it follows
    assert retention.erase_due(desk, watch.now) == 2
    assert ledger.find(desk, first).erased_at and ledger.find(desk, follower).erased_at


def test_nothing_is_hidden_below_spam(desk: Desk) -> None:
    aside, report, other = spam(desk), receive(desk, body(2)), receive(desk, body(3))
    with pytest.raises(NotAllowed, match="set aside"):
        cases.mark_duplicate(desk, report, SCREENER, 1, aside)
    cases.mark_duplicate(desk, other, SCREENER, 1, report)
    with pytest.raises(NotAllowed, match="has duplicates"):
        cases.quarantine(desk, report, SCREENER, ledger.find(desk, report).version, "advert")


def test_a_screener_closes_nothing_as_the_duplicate_of_a_closed_case(desk: Desk) -> None:
    closed, report = finished(desk), receive(desk, body(2, contact="none"))
    with pytest.raises(Forbidden):
        cases.mark_duplicate(desk, report, SCREENER, 1, closed)
    cases.screen(desk, report, SCREENER, 1)
    cases.mark_duplicate(desk, report, SUPERVISOR, 2, closed)
    assert ledger.find(desk, report).closed_at is not None


def test_what_was_begun_about_an_erased_case_goes_with_it(desk: Desk, watch: Watch) -> None:
    serial, open_one = finished(desk), receive(desk, body(2))
    for form in (f"act/{serial}/reopen", f"act/{open_one}/screen"):
        drafts.save(desk, SP, form, {"note": "he wrote: every night at the mill"})
    watch.now += 2 * YEAR - DAY_S
    for form in (f"act/{serial}/reopen", f"act/{open_one}/screen"):
        drafts.save(desk, SP, form, {"note": "he wrote: every night at the mill"})
    watch.now += DAY_S
    assert retention.erase_due(desk, watch.now) == 1
    assert not drafts.load(desk, SP, f"act/{serial}/reopen").fields
    assert drafts.load(desk, SP, f"act/{open_one}/screen").fields


def test_the_list_names_what_goes_in_thirty_days(desk: Desk, watch: Watch) -> None:
    serial = finished(desk)
    days = RULES["restricted", False].days
    assert retention.upcoming(desk, SP, START + (days - 31) * DAY_S) == ((), False)
    ((one,), _) = retention.upcoming(desk, SP, START + (days - 30) * DAY_S)
    assert (one.serial, one.due_at, one.files) == (serial, START + days * DAY_S, 1)


def test_a_kill_between_is_made_good_by_the_next_run(
    desk: Desk, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished(desk)
    watch.now += 2 * YEAR
    with monkeypatch.context() as patched:
        patched.setattr(retention, "_finish", lambda desk: None)  # ends before a file is touched
        assert retention.erase_due(desk, watch.now) == 1
    path = desk.config.evidence_folder / manifest(FILM).file_id
    assert path.exists()
    assert retention.erase_due(desk, watch.now) == 0
    assert not path.exists()
    assert desk.conn.execute("select is_done from erasure").fetchone()[0] == 1


def test_a_report_from_before_there_were_content_keys_goes_too(desk: Desk, watch: Watch) -> None:
    finished(desk)
    context = f"report:{body(1).handle}"
    (locked,) = desk.conn.execute("select locked from report").fetchone()
    old = locks.lock(desk.field_key, locks.unlock(content_keys.of(desk, 1), locked, context), context)
    desk.conn.execute("update report set locked=?", (old,))
    desk.conn.execute("delete from content_key")
    assert old in on_disk(desk)
    watch.now += 2 * YEAR
    retention.erase_due(desk, watch.now)
    assert old not in on_disk(desk)


def test_the_brief_goes_with_the_case(desk: Desk, watch: Watch) -> None:
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SCREENER, 1)
    cases.assign(desk, serial, SUPERVISOR, 2, POST, "", "look at the mill at night")
    (brief,) = desk.conn.execute("select brief_locked from duty").fetchone()
    assert brief
    desk.conn.execute("update case_file set status='closed', closed_at=?", (int(START),))
    watch.now += 3 * YEAR
    retention.erase_due(desk, watch.now)
    assert desk.conn.execute("select brief_locked from duty").fetchone()[0] == b""


def test_a_late_file_of_an_erased_report_is_not_brought_back(desk: Desk, watch: Watch) -> None:
    finished(desk)
    watch.now += 2 * YEAR
    retention.erase_due(desk, watch.now)
    evidence.arrived(desk.conn, manifest(FILM).file_id, watch.now)
    evidence.damaged(desk.conn, manifest(FILM).file_id, watch.now)
    assert evidence.info(desk, manifest(FILM).file_id).state == "erased"


def test_the_daily_check_follows_the_custody_chain(desk: Desk) -> None:
    health.check_chains(desk.conn, START)
    assert ("custody", "") in {(found.name, found.text) for found in health.findings(desk.conn)}
