"""An officer's row that does not open: the pages that mend it stay open, and nobody takes him for somebody else."""

from dataclasses import replace

import pytest

from appliance import cases, holders, tenure
from appliance.desk import Desk
from appliance.errors import Forbidden, NotAllowed, OwnPeople, SamePerson
from appliance.holders import Appointment
from sync.clock import DAY_S, hour_of
from sync.db import transaction
from sync.messages import DutyAnswer
from tests.appliance.office import POST, SCREENER, SP, SUPERVISOR, Watch, audited, body, receive
from tests.webui.world import Visitor

OTHER = "SHO JNP-02"
SITA = {"post": POST, "name": "Sita", "number": "9812345679", "language": "hi"}
PAST, PRESENT, PLANNED = "until<=:now", "since<=:now and (until is null or until>:now)", "since>:now"


@pytest.fixture
def on_police(desk: Desk, watch: Watch) -> str:
    """A case on a thana whose officer has changed since, and changes again."""
    holders.appoint(desk, SP, POST, "Ram", "9812345678", "hi")
    watch.now += DAY_S
    serial = receive(desk, body(1, police_involved="yes"))
    cases.screen(desk, serial, SUPERVISOR, 1)
    watch.now += DAY_S
    holders.appoint(desk, SP, POST, "Gita", "9812345677", "hi")
    holders.appoint(desk, SP, POST, "Hari", "9812345676", "hi", since=int(watch.now) + DAY_S)
    holders.appoint(desk, SP, OTHER, "Mohan", "9812345675", "hi")
    watch.now += 60
    return serial


def spoil(desk: Desk, which: str) -> None:
    desk.conn.execute(f"update post_holder set locked=x'00' where post=:post and ({which})", _at(desk))


def _at(desk: Desk) -> dict[str, object]:
    return {"post": POST, "now": int(desk.clock())}


spoilt = pytest.mark.parametrize("which", [PAST, PRESENT, PLANNED])


@spoilt
@pytest.mark.parametrize(("language", "words"), [("hi", "प्रविष्टि नहीं खुलती"), ("en", "entry does not open")])
def test_the_pages_of_posts_open_and_say_so(
    desk: Desk, on_police: str, supervisor: Visitor, which: str, language: str, words: str
) -> None:
    spoil(desk, which)
    supervisor.speak(language)
    assert words in supervisor.text("/posts")
    assert words in supervisor.text(f"/posts/{POST}/handover")
    assert (words in supervisor.text("/posts/transfer")) == (which == PRESENT)


@pytest.mark.parametrize(("language", "words"), [("hi", "प्रविष्टि नहीं खुलती"), ("en", "entry does not open")])
def test_a_case_on_police_says_why_so_many_posts_are_kept_from_it(
    desk: Desk, on_police: str, supervisor: Visitor, language: str, words: str
) -> None:
    supervisor.speak(language)
    assert words not in supervisor.text(f"/cases/{on_police}")
    spoil(desk, PAST)
    assert words in supervisor.text(f"/cases/{on_police}")


@spoilt
def test_a_successor_comes_at_once_or_on_the_planned_day(
    desk: Desk, watch: Watch, on_police: str, supervisor: Visitor, which: str
) -> None:
    spoil(desk, which)
    day = int(watch.now) - 60 + DAY_S
    holders.appoint(desk, SP, POST, "Lata", "9812345674", "hi", since=day)
    assert supervisor.post("/posts", SITA).status_code == 303
    fields = {f"{OTHER}.name": "Asha", f"{OTHER}.number": "9812345673"}
    assert supervisor.post("/posts/transfer", fields).status_code == 303
    found = [tenure.current(desk, post, at) for post, at in ((POST, watch.now), (POST, day), (OTHER, day))]
    assert [one and one.name for one in found] == ["Sita", "Lata", "Asha"]


def test_who_cannot_be_known_is_taken_to_no_other_post(
    desk: Desk, on_police: str, supervisor: Visitor
) -> None:
    spoil(desk, PRESENT)
    before = holders.past_and_present(desk)
    assert supervisor.post("/posts/transfer", {f"{OTHER}.from": POST}).status_code == 422
    assert holders.past_and_present(desk) == before


@pytest.mark.parametrize("which", [PAST, PRESENT])
def test_a_case_on_police_goes_to_no_officer_who_may_be_the_one(
    desk: Desk, on_police: str, which: str
) -> None:
    assert OTHER not in cases.get(desk, on_police).barred
    spoil(desk, which)
    with pytest.raises(OwnPeople):
        cases.assign(desk, on_police, SUPERVISOR, 2, OTHER)
    holders.release(desk, SP, OTHER)
    cases.assign(desk, on_police, SUPERVISOR, 2, OTHER)  # to be told by hand, by who knows whom


def test_a_row_of_before_the_case_keeps_it_from_nobody_else(desk: Desk, on_police: str) -> None:
    opened = cases.get(desk, on_police).opened_at
    past = "update post_holder set until=?, last_case=null where until<=?"
    desk.conn.execute(past, (opened - 60, int(desk.clock())))
    spoil(desk, PAST)
    cases.assign(desk, on_police, SUPERVISOR, 2, OTHER)


def test_his_answer_from_the_phone_is_taken(desk: Desk, on_police: str) -> None:
    cases.assign(desk, on_police, SUPERVISOR, 2, OTHER)
    (duty,) = cases.get(desk, on_police).duties
    desk.conn.execute("update post_holder set locked=x'00' where post=?", (OTHER,))
    with transaction(desk.conn):
        accepted = DutyAnswer(1, duty.name, "accepted", "", hour_of(desk.clock()), ())
        assert cases.officer_answered(desk, accepted, desk.clock())
    assert cases.get(desk, on_police).history[-1].act == "acknowledge"


def spoilt_rows(desk: Desk) -> list[int]:
    return [one.id for one in holders.past_and_present(desk) if not one.opens]


def days(desk: Desk) -> list[tuple[object, ...]]:
    """All that the rows say but who it is."""
    rows = desk.conn.execute("select * from post_holder order by id").fetchall()
    return [tuple(row[name] for name in row.keys() if name != "locked") for row in rows]  # noqa: SIM118 - a Row's values


def same(holder_id: int, **changes: str) -> dict[str, str]:
    return {**SITA, f"same.{holder_id}": "1", **changes}


@pytest.mark.parametrize("which", [PAST, PRESENT])
def test_who_is_written_down_as_the_officer_of_the_entry_ends_the_doubt(
    desk: Desk, on_police: str, supervisor: Visitor, which: str
) -> None:
    before = cases.get(desk, on_police).barred
    spoil(desk, which)
    (holder_id,), kept = spoilt_rows(desk), days(desk)
    assert f'name="same.{holder_id}"' in supervisor.text("/posts")
    assert f"same={holder_id}#appoint" in supervisor.text("/posts")
    assert f'name="same.{holder_id}" value="1" checked' in supervisor.text(
        f"/posts?post={POST}&same={holder_id}"
    )
    assert supervisor.post("/posts", same(holder_id)).status_code == 303
    case = cases.get(desk, on_police)
    assert (case.barred, case.in_doubt, days(desk)) == (before, False, kept)
    assert (tenure.by_id(desk, holder_id).name, tenure.by_id(desk, holder_id).number) == (
        "Sita",
        "+919812345679",
    )
    assert ("supervisor", "post.write_down", POST) in audited(desk)
    assert 'name="same.' not in supervisor.text("/posts")
    cases.assign(desk, on_police, SUPERVISOR, 2, OTHER)


def test_without_the_tick_somebody_else_comes_and_the_entry_is_asked_for_still(
    desk: Desk, on_police: str, supervisor: Visitor
) -> None:
    spoil(desk, PRESENT)
    (holder_id,) = spoilt_rows(desk)
    assert supervisor.post("/posts", SITA).status_code == 303
    assert OTHER in cases.get(desk, on_police).barred
    assert supervisor.post("/posts", same(holder_id, name="Gita", number="9812345677")).status_code == 303
    assert OTHER not in cases.get(desk, on_police).barred
    held = tenure.current(desk, POST, desk.clock())
    assert held is not None and held.name == "Sita"


@pytest.mark.parametrize("told", [{"name": "mohan"}, {"number": "9812345675"}])
def test_the_post_of_the_officer_whom_the_entry_turns_out_to_be_stays_barred(
    desk: Desk, on_police: str, supervisor: Visitor, told: dict[str, str]
) -> None:
    spoil(desk, PAST)
    (holder_id,) = spoilt_rows(desk)
    assert supervisor.post("/posts", same(holder_id, **told)).status_code == 303
    case = cases.get(desk, on_police)
    assert (OTHER in case.barred, case.in_doubt) == (True, False)


def test_his_notices_stay_his(desk: Desk, on_police: str, supervisor: Visitor) -> None:
    cases.assign(desk, on_police, SUPERVISOR, 2, OTHER)
    desk.conn.execute("update post_holder set locked=x'00' where post=?", (OTHER,))
    (holder_id,) = spoilt_rows(desk)
    assert supervisor.post("/posts", same(holder_id, post=OTHER)).status_code == 303
    (duty,) = cases.get(desk, on_police).duties
    assert (duty.holder, duty.state) == ("Sita", "queued")


@pytest.mark.parametrize(
    "wrong",
    [
        {"post": OTHER},
        {"since": "2026-02-01"},
        {"until": "2026-02-01"},
        {"tell": "1"},
        {"number": "12"},
        {"name": ""},
        {"same.99": "1"},
        {"same.x": "1"},
    ],
)
def test_an_entry_is_written_down_alone_and_at_its_post(
    desk: Desk, on_police: str, supervisor: Visitor, wrong: dict[str, str]
) -> None:
    spoil(desk, PRESENT)
    before, (holder_id,) = holders.past_and_present(desk), spoilt_rows(desk)
    answer = supervisor.post("/posts", same(holder_id, **wrong))
    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
    assert holders.past_and_present(desk) == before
    assert f'name="same.{holder_id}" value="1" checked' in answer.text


def test_an_entry_that_opens_is_never_written_over(desk: Desk, on_police: str) -> None:
    before = holders.past_and_present(desk)
    for one in before:
        with pytest.raises(NotAllowed):
            holders.write_down(desk, SP, one.id, Appointment(one.post, "Nobody", "9812345670", "hi"))
    assert holders.past_and_present(desk) == before


@pytest.mark.parametrize("which", [PAST, PRESENT])
@pytest.mark.parametrize("own", ["Sita", "hari", "Ram", "Lal"])
def test_whose_post_it_concerns_does_not_say_who_it_was(
    desk: Desk, on_police: str, supervisor: Visitor, which: str, own: str
) -> None:
    """By the name written, that of another officer of the post, and that of its circle's."""
    holders.appoint(desk, SP, "CO City", "Lal", "9812345670", "hi")
    spoil(desk, which)
    before, (holder_id,) = holders.past_and_present(desk), spoilt_rows(desk)
    one = Appointment(POST, "Sita", "9812345679", "hi")
    concerned = {
        **{name: name for name in ("Sita", "hari", "Lal")},
        "Ram": "Ram" if which == PRESENT else "Gita",
    }
    with pytest.raises(SamePerson):
        holders.write_down(desk, replace(SP, display=concerned[own]), holder_id, one)
    with pytest.raises(Forbidden):
        holders.write_down(desk, SCREENER, holder_id, one)
    assert holders.past_and_present(desk) == before
    holders.write_down(desk, SP, holder_id, one)


def test_the_superintendent_writes_down_his_own_entry(desk: Desk, supervisor: Visitor) -> None:
    holders.appoint(desk, SUPERVISOR, "SP JNP", SP.display, "9812345670", "hi")
    desk.conn.execute("update post_holder set locked=x'00'")
    (holder_id,) = spoilt_rows(desk)
    holders.write_down(desk, SP, holder_id, Appointment("SP JNP", SP.display, "9812345670", "hi"))
    assert spoilt_rows(desk) == []


def test_who_is_named_at_the_post_reads_that_somebody_else_must_do_it(
    desk: Desk, on_police: str, supervisor: Visitor
) -> None:
    spoil(desk, PAST)
    (holder_id,) = spoilt_rows(desk)
    (own,) = desk.conn.execute("select display from person where name='supervisor'").fetchone()
    supervisor.speak("en")
    answer = supervisor.post("/posts", same(holder_id, name=own))
    assert (answer.status_code, "Somebody else must" in answer.text) == (422, True)


def test_a_wrong_name_written_down_is_corrected_and_keeps_its_posts_from_the_case_too(
    desk: Desk, on_police: str, supervisor: Visitor
) -> None:
    before = cases.get(desk, on_police).barred
    assert OTHER not in before
    spoil(desk, PAST)
    (holder_id,) = spoilt_rows(desk)
    assert supervisor.post("/posts", same(holder_id, name="Mohan")).status_code == 303
    kept, page = days(desk), supervisor.text("/posts")
    assert f"same={holder_id}#appoint" in page and 'name="same.' not in page
    form = supervisor.text(f"/posts?post={POST}&same={holder_id}")
    assert f'name="same.{holder_id}" value="1" checked' in form and "Mohan लिखा गया था" in form
    assert supervisor.post("/posts", same(holder_id, name="Sita")).status_code == 303
    assert (tenure.by_id(desk, holder_id).name, days(desk)) == ("Sita", kept)
    case = cases.get(desk, on_police)
    assert (case.barred, case.in_doubt) == (before | {OTHER}, False)
    assert [row[1] for row in audited(desk) if row[1] == "post.write_down"] == ["post.write_down"] * 2


def test_who_was_written_down_by_mistake_does_not_correct_it_and_a_right_entry_is_never_corrected(
    desk: Desk, on_police: str
) -> None:
    spoil(desk, PAST)
    (holder_id,) = spoilt_rows(desk)
    one = Appointment(POST, "Lata", "9812345679", "hi")
    holders.write_down(desk, SP, holder_id, one)
    holders.write_down(desk, SP, holder_id, replace(one, name="Sita"))
    with pytest.raises(SamePerson):
        holders.write_down(desk, replace(SP, display="lata"), holder_id, replace(one, name="Gauri"))
    (present,) = [row for row in holders.past_and_present(desk) if row.name == "Gita"]
    with pytest.raises(NotAllowed):
        holders.write_down(desk, SP, present.id, one)


@pytest.mark.parametrize(("number", "state"), [("9812345679", "queued"), ("9812345671", "withdrawn")])
def test_notices_that_a_wrong_phone_has_are_taken_back(
    desk: Desk, on_police: str, number: str, state: str
) -> None:
    spoil(desk, PRESENT)
    (holder_id,) = spoilt_rows(desk)
    one = Appointment(POST, "Lata", "9812345679", "hi")
    holders.write_down(desk, SP, holder_id, one)
    other = receive(desk, body(2))
    cases.screen(desk, other, SUPERVISOR, 1)
    cases.assign(desk, other, SUPERVISOR, 2, POST)
    holders.write_down(desk, SP, holder_id, replace(one, name="Sita", number=number))
    assert [duty.state for duty in cases.get(desk, other).duties] == [state]
