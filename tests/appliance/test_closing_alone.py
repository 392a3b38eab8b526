"""One person alone takes no report out of the work: nobody ends what nobody else has read since it came."""

import pytest
from sqlite_utils import Database

from appliance import cases, evidence, holders, migrations, people, reports
from appliance.cases.outcomes import FINDINGS, NO_ACTION
from appliance.desk import OFFICER, Actor, Desk
from appliance.errors import NotAllowed, SamePerson, Unread
from sync.messages import Manifest
from tests.appliance.office import POST, SCREENER, SP, SUPERVISOR, Watch, body, close, manifest, receive

PHONE = Actor(POST, POST, OFFICER)
PASSWORD = "a long phrase of five words"

UNVERIFIED = [outcome for outcome in NO_ACTION if outcome not in {*FINDINGS, "referred"}]


def screened(desk: Desk, actor: Actor, number: int = 1) -> str:
    serial = receive(desk, body(number))
    cases.screen(desk, serial, actor, 1)
    return serial


@pytest.mark.parametrize("outcome", UNVERIFIED)
def test_who_screened_a_case_cannot_close_it_unverified_and_another_can(desk: Desk, outcome: str) -> None:
    serial = screened(desk, SUPERVISOR)
    with pytest.raises(SamePerson, match="another person"):
        close(desk, serial, SUPERVISOR, 2, outcome)
    close(desk, serial, SP, 2, outcome)
    assert cases.get(desk, serial).outcome == outcome


def test_who_took_it_back_into_work_cannot_close_it_unverified(desk: Desk) -> None:
    serial = screened(desk, SCREENER)
    close(desk, serial, SP, 2, "unfounded")
    cases.reopen(desk, serial, SUPERVISOR, 3, "they came back")
    with pytest.raises(SamePerson):
        close(desk, serial, SUPERVISOR, 4, "unfounded")
    other = receive(desk, body(2))
    cases.mark_duplicate(desk, other, SUPERVISOR, 1, serial)
    cases.separate(desk, other, SUPERVISOR, 2, "another mill")
    with pytest.raises(SamePerson):
        close(desk, other, SUPERVISOR, 3, "unfounded")


def test_what_its_closer_linked_to_a_case_does_not_go_with_it_unverified(desk: Desk) -> None:
    main, hidden = screened(desk, SCREENER), receive(desk, body(2))
    cases.mark_duplicate(desk, hidden, SUPERVISOR, 1, main)
    with pytest.raises(SamePerson):
        close(desk, main, SUPERVISOR, 3, "unfounded")
    close(desk, main, SP, 3, "unfounded")


def test_nobody_links_what_no_other_person_read_to_a_closed_case(desk: Desk) -> None:
    main, unread = screened(desk, SCREENER), receive(desk, body(2, contact="none"))
    close(desk, main, SP, 2, "unfounded")
    for version in (1, 2):
        with pytest.raises(NotAllowed) as refused:
            cases.mark_duplicate(desk, unread, SUPERVISOR, version, main)
        assert refused.value.reason == "unread"
        if version == 1:
            cases.screen(desk, unread, SUPERVISOR, 1)
    cases.mark_duplicate(desk, unread, SP, 2, main)
    assert cases.get(desk, unread).status == "duplicate"


def test_who_screened_a_case_closes_it_once_it_was_verified(desk: Desk) -> None:
    serial = screened(desk, SUPERVISOR)
    cases.assign(desk, serial, SUPERVISOR, 2, POST)
    cases.start(desk, serial, SCREENER, 3)
    cases.report_back(desk, serial, SCREENER, 4, "nothing there")
    cases.verify(desk, serial, SUPERVISOR, 5)
    close(desk, serial, SUPERVISOR, 6, "unfounded")
    assert cases.get(desk, serial).status == "closed"


def version(desk: Desk, serial: str) -> int:
    return cases.get(desk, serial).version


def worked(desk: Desk, serial: str, *acts: str, by: Actor = PHONE) -> None:
    """The next steps of a case that is with a post; the verification is the leader's."""
    for act in acts:
        step = SUPERVISOR if act == "verify" else by
        getattr(cases, act)(desk, serial, step, version(desk, serial), "")


def given(desk: Desk, serial: str) -> None:
    cases.assign(desk, serial, SUPERVISOR, version(desk, serial), POST)


def linked(desk: Desk, serial: str, main: str, actor: Actor) -> None:
    cases.mark_duplicate(desk, serial, actor, version(desk, serial), main)


def is_closed(desk: Desk, serial: str, actor: Actor) -> bool:
    """Tries to close it."""
    before = cases.get(desk, serial)
    try:
        close(desk, serial, actor, before.version, "unfounded")
    except Unread:
        assert cases.get(desk, serial) == before
        return False
    return True


def test_an_answer_from_a_phone_reads_nothing_that_was_linked_meanwhile(desk: Desk) -> None:
    main, hidden = screened(desk, SCREENER), receive(desk, body(2))
    given(desk, main)
    worked(desk, main, "acknowledge", "start")
    linked(desk, hidden, main, SUPERVISOR)
    worked(desk, main, "report_back", "verify")
    assert not is_closed(desk, main, SUPERVISOR)
    cases.read(desk, main, SCREENER, version(desk, main))
    assert is_closed(desk, main, SUPERVISOR)


def test_a_posts_desk_sees_nothing_of_what_was_linked_and_has_not_read_it(desk: Desk) -> None:
    main = hidden_below(desk, sho(desk))
    assert not is_closed(desk, main, SUPERVISOR)


@pytest.mark.parametrize("at", ["screened", "verified"])
def test_what_an_informant_adds_does_not_end_with_a_case_that_its_closer_alone_read(
    desk: Desk, at: str
) -> None:
    serial = screened(desk, SCREENER)
    if at == "verified":
        given(desk, serial)
        worked(desk, serial, "start", "report_back", "verify")
    receive(desk, body(2, adds_to=body(1).handle))
    assert not is_closed(desk, serial, SUPERVISOR)
    cases.claim(desk, serial, SCREENER, version(desk, serial))  # from the list: he need not have opened it
    assert not is_closed(desk, serial, SUPERVISOR)
    cases.read(desk, serial, SCREENER, version(desk, serial))
    assert is_closed(desk, serial, SUPERVISOR)


def test_what_is_added_to_a_duplicate_is_read_where_it_is_linked(desk: Desk) -> None:
    main, other = screened(desk, SCREENER), receive(desk, body(2))
    linked(desk, other, main, SCREENER)
    receive(desk, body(3, adds_to=body(2).handle))
    assert not is_closed(desk, main, SUPERVISOR)
    cases.read(desk, main, SCREENER, version(desk, main))
    assert is_closed(desk, main, SUPERVISOR)


def test_who_links_what_another_screened_or_takes_the_link_back_may_close(desk: Desk) -> None:
    main, read, unread = screened(desk, SCREENER), screened(desk, SCREENER, 2), receive(desk, body(3))
    linked(desk, read, main, SUPERVISOR)
    linked(desk, unread, main, SUPERVISOR)
    cases.separate(desk, unread, SUPERVISOR, version(desk, unread), "another mill")
    assert is_closed(desk, main, SUPERVISOR)
    assert not is_closed(desk, unread, SUPERVISOR)


def test_an_office_of_one_person_ends_a_case_that_a_post_worked_on(desk: Desk) -> None:
    serial = screened(desk, SUPERVISOR)
    receive(desk, body(2, adds_to=body(1).handle))
    assert not is_closed(desk, serial, SUPERVISOR)
    given(desk, serial)
    worked(desk, serial, "acknowledge", "start", "report_back", "verify")
    receive(desk, body(3, adds_to=body(1).handle))
    assert not is_closed(desk, serial, SUPERVISOR)
    given(desk, serial)
    worked(desk, serial, "start", "report_back", "verify")
    assert is_closed(desk, serial, SUPERVISOR)


def test_a_duplicate_whose_words_are_erased_keeps_no_case_open(desk: Desk) -> None:
    """On boxes from before, a duplicate's time ran from its own closing."""
    main, old = screened(desk, SUPERVISOR), receive(desk, body(2))
    linked(desk, old, main, SUPERVISOR)
    assert not is_closed(desk, main, SUPERVISOR)
    desk.conn.execute("update case_file set erased_at=1 where serial=?", (old,))
    given(desk, main)
    worked(desk, main, "acknowledge", "start", "report_back", "verify")
    assert is_closed(desk, main, SUPERVISOR)


@pytest.mark.parametrize(("name", "display"), [("box", "Bala Ram"), ("bala", " Box")])
def test_nobody_is_called_as_the_program(desk: Desk, name: str, display: str) -> None:
    with pytest.raises(people.WrongPerson, match="the program"):
        people.add(desk, name, display, "screener", PASSWORD)


def test_a_person_of_the_programs_name_from_before_has_read_what_he_reads(desk: Desk) -> None:
    person = Actor("box", "Bala Ram", "screener")
    serial = receive(desk, body(1))
    cases.screen(desk, serial, person, 1)
    assert is_closed(desk, serial, SUPERVISOR)


def arrived(desk: Desk, of: Manifest) -> None:
    evidence.arrived(desk.conn, of.file_id, desk.clock())


def test_a_file_that_came_after_the_reading_does_not_end_unseen(desk: Desk) -> None:
    film = manifest(b"film")
    serial = receive(desk, body(1, evidence=(film,)))
    cases.screen(desk, serial, SCREENER, 1)
    arrived(desk, film)
    assert not is_closed(desk, serial, SUPERVISOR)
    cases.read(desk, serial, SCREENER, 2)
    assert is_closed(desk, serial, SUPERVISOR)


def test_a_file_that_was_here_is_read_with_the_report_wherever_the_clock_stands(
    desk: Desk, watch: Watch
) -> None:
    film = manifest(b"film")
    serial = receive(desk, body(1, evidence=(film,)))
    watch.now += 400 * 86400
    arrived(desk, film)
    watch.now -= 400 * 86400
    cases.screen(desk, serial, SCREENER, 1)
    assert is_closed(desk, serial, SUPERVISOR)


def test_a_file_that_comes_again_after_a_restore_was_read_and_one_that_was_spoilt_was_not(desk: Desk) -> None:
    film, spoilt = manifest(b"film"), manifest(b"spoilt", 2)
    serials = [receive(desk, body(number, evidence=(of,))) for number, of in ((1, film), (2, spoilt))]
    for of in (film, spoilt):
        arrived(desk, of)
    evidence.damaged(desk.conn, spoilt.file_id, desk.clock())
    for serial in serials:
        cases.screen(desk, serial, SCREENER, 1)
    evidence.ask_for_missing(desk)
    for of in (film, spoilt):
        arrived(desk, of)
    assert [is_closed(desk, serial, SUPERVISOR) for serial in serials] == [True, False]


def test_a_post_reads_no_file_that_came_after_it_was_given_the_case_and_its_own_photo_is_none(
    desk: Desk,
) -> None:
    film, photo = manifest(b"film"), manifest(b"photo", 2)
    serial = receive(desk, body(1, evidence=(film,)))
    cases.screen(desk, serial, SUPERVISOR, 1)
    given(desk, serial)
    arrived(desk, film)
    worked(desk, serial, "start", "report_back", "verify")
    assert not is_closed(desk, serial, SUPERVISOR)
    given(desk, serial)
    worked(desk, serial, "start", "report_back", "verify")
    reports.expect(desk, cases.get(desk, serial).file.report_id, photo, POST)
    arrived(desk, photo)
    assert is_closed(desk, serial, SUPERVISOR)


def test_a_file_of_what_is_linked_is_seen_where_it_is_linked(desk: Desk) -> None:
    film = manifest(b"film")
    main, other = screened(desk, SCREENER), receive(desk, body(2, evidence=(film,)))
    linked(desk, other, main, SCREENER)
    arrived(desk, film)
    assert not is_closed(desk, main, SUPERVISOR)
    cases.read(desk, main, SCREENER, version(desk, main))
    assert is_closed(desk, main, SUPERVISOR)


def test_on_a_box_from_before_a_file_is_read_by_whoever_acted_in_a_later_minute(
    desk: Desk, watch: Watch
) -> None:
    films = [manifest(bytes([number]), number) for number in (1, 2)]
    serials = [receive(desk, body(number, evidence=(of,))) for number, of in enumerate(films, 1)]
    for after_s, act in ((0, 0), (70, 1)):
        arrived(desk, films[act])
        watch.now += after_s
        cases.screen(desk, serials[act], SCREENER, 1)
    desk.conn.execute("alter table evidence drop column came_after")
    desk.conn.execute("delete from _sqlite_migrations where name='031_files_after_acts'")
    migrations.BOX.apply(Database(desk.conn))
    assert [is_closed(desk, serial, SUPERVISOR) for serial in serials] == [False, True]


def sho(desk: Desk, display: str = "Sita") -> Actor:
    """Somebody who sits at the desk of the post."""
    people.add(desk, "sita", display, "sho", PASSWORD, POST)
    return Actor("sita", display, "sho", POST)


def hidden_below(desk: Desk, by: Actor) -> str:
    """A case with what its closer linked unread, reported back by somebody and verified."""
    main, hidden = screened(desk, SUPERVISOR), receive(desk, body(2))
    given(desk, main)
    linked(desk, hidden, main, SUPERVISOR)
    worked(desk, main, "start", "report_back", "verify", by=by)
    return main


@pytest.mark.parametrize("is_from_before", [False, True])
def test_who_sat_at_a_posts_desk_and_works_in_the_office_now_read_nothing_of_what_was_linked(
    desk: Desk, is_from_before: bool
) -> None:
    main = hidden_below(desk, sho(desk))
    people.place(desk, SP, "sita", "screener")
    if is_from_before:
        desk.conn.execute("update history set detail='' where act='report_back'")
    assert not is_closed(desk, main, SUPERVISOR)


def test_who_noted_a_report_back_for_the_office_has_read_what_was_linked_whatever_he_does_later(
    desk: Desk,
) -> None:
    people.add(desk, SCREENER.name, SCREENER.display, SCREENER.role, PASSWORD)
    main = hidden_below(desk, SCREENER)
    people.place(desk, SP, SCREENER.name, "sho", POST)
    assert is_closed(desk, main, SUPERVISOR)


def test_on_a_box_from_before_a_desk_of_the_office_that_noted_it_has_read_all(desk: Desk) -> None:
    people.add(desk, SCREENER.name, SCREENER.display, SCREENER.role, PASSWORD)
    main = hidden_below(desk, SCREENER)
    desk.conn.execute("update history set detail='' where act='report_back'")
    assert is_closed(desk, main, SUPERVISOR)


def classed(desk: Desk, serial: str, sensitivity: str, is_child: bool = False) -> None:
    cases.reclassify(desk, serial, SP, version(desk, serial), sensitivity, False, is_child, "known now")


def given_back(desk: Desk, serial: str, post: str = POST) -> None:
    """Given to a post, whose phone reports back; verified."""
    cases.assign(desk, serial, SUPERVISOR, version(desk, serial), post)
    worked(desk, serial, "acknowledge", "start", "report_back", by=Actor(post, post, OFFICER))
    worked(desk, serial, "verify")


@pytest.mark.parametrize(
    ("sensitivity", "post", "is_read"),
    [("restricted", POST, True), ("secret", POST, False), ("secret", "CO City", True)],
)
def test_a_post_has_read_what_its_desk_may_see(
    desk: Desk, sensitivity: str, post: str, is_read: bool
) -> None:
    serial = screened(desk, SUPERVISOR)
    if sensitivity != cases.get(desk, serial).sensitivity:
        classed(desk, serial, sensitivity)
    given_back(desk, serial, post)
    assert is_closed(desk, serial, SUPERVISOR) == is_read


def test_a_post_has_not_read_what_was_secret_when_it_reported_back(desk: Desk) -> None:
    serial = screened(desk, SUPERVISOR)
    classed(desk, serial, "secret")
    given_back(desk, serial)
    classed(desk, serial, "open")
    assert not is_closed(desk, serial, SUPERVISOR)
    given_back(desk, serial)
    assert is_closed(desk, serial, SUPERVISOR)


@pytest.mark.parametrize("has_file", [False, True])
def test_a_thanas_post_has_not_read_a_case_whose_files_it_may_not_open(desk: Desk, has_file: bool) -> None:
    film = manifest(b"film")
    serial = receive(desk, body(1, evidence=(film,)))
    if has_file:
        arrived(desk, film)
    cases.screen(desk, serial, SUPERVISOR, 1)
    classed(desk, serial, "restricted", is_child=True)
    given_back(desk, serial)
    assert is_closed(desk, serial, SUPERVISOR) != has_file


def appointed(desk: Desk, name: str, number: str = "98123 45678", since: int | None = None) -> None:
    holders.appoint(desk, SUPERVISOR, POST, name, number, "hi", since=since)


def reported_back(desk: Desk, by: Actor = PHONE) -> str:
    """A case that its supervisor screened and gave to a post, which reported back."""
    serial = screened(desk, SUPERVISOR)
    given(desk, serial)
    worked(desk, serial, "start", "report_back", by=by)
    return serial


def verified_by(desk: Desk, serial: str, actor: Actor) -> bool:
    """Tries to verify it."""
    try:
        cases.verify(desk, serial, actor, version(desk, serial))
    except SamePerson:
        return False
    return True


@pytest.mark.parametrize("is_over", [False, True])
def test_a_leader_who_is_the_post_himself_neither_verifies_nor_closes(
    desk: Desk, watch: Watch, is_over: bool
) -> None:
    appointed(desk, " BINA. ")
    serial = reported_back(desk)
    if is_over:
        watch.now += 60
        appointed(desk, "Anil")
    assert not verified_by(desk, serial, SUPERVISOR)
    assert cases.is_alone(desk, cases.get(desk, serial).file, SUPERVISOR)
    assert verified_by(desk, serial, SP) and is_closed(desk, serial, SUPERVISOR)


def test_a_second_login_of_the_same_name_at_the_posts_desk_is_no_second_person(desk: Desk) -> None:
    serial = reported_back(desk, by=sho(desk, "bina"))
    assert not verified_by(desk, serial, SUPERVISOR)
    assert cases.is_alone(desk, cases.get(desk, serial).file, SUPERVISOR)


def test_a_leader_whose_own_post_had_the_case_ends_it_once_another_post_reported_back(desk: Desk) -> None:
    appointed(desk, "Bina")
    serial = reported_back(desk)
    given_back(desk, serial, "SHO JNP-02")
    assert is_closed(desk, serial, SUPERVISOR)


def test_who_holds_the_post_does_not_verify_what_another_noted_of_his_call(desk: Desk) -> None:
    appointed(desk, "Bina")
    serial = reported_back(desk, by=SCREENER)
    assert not verified_by(desk, serial, SUPERVISOR)
    assert verified_by(desk, serial, SP) and is_closed(desk, serial, SUPERVISOR)


def test_an_officer_of_another_name_or_a_plan_for_a_later_day_leaves_the_leader_his_work(
    desk: Desk, watch: Watch
) -> None:
    appointed(desk, "Anil")
    appointed(desk, "Bina", "98123 45679", since=int(watch.now) + 7 * 86400)
    serial = reported_back(desk)
    assert verified_by(desk, serial, SUPERVISOR) and is_closed(desk, serial, SUPERVISOR)


def test_another_person_is_asked_to_read_what_a_leader_read_twice(desk: Desk) -> None:
    people.add(desk, SUPERVISOR.name, SUPERVISOR.display, SUPERVISOR.role, PASSWORD)
    appointed(desk, "Bina")
    serial = reported_back(desk)
    case = cases.get(desk, serial).file
    assert cases.is_alone(desk, case, SUPERVISOR) and cases.wants_reader(desk, case, SCREENER)
    cases.read(desk, serial, SCREENER, case.version)
    assert verified_by(desk, serial, SP) and is_closed(desk, serial, SUPERVISOR)
