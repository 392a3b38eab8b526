"""An officer's row that does not open: the pages that mend it stay open, and nobody takes him for somebody else."""

import pytest

from appliance import cases, holders, tenure
from appliance.desk import Desk
from appliance.errors import OwnPeople
from sync.clock import DAY_S, hour_of
from sync.db import transaction
from sync.messages import DutyAnswer
from tests.appliance.office import POST, SP, SUPERVISOR, Watch, body, receive
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
