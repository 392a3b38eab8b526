"""A case goes to an officer's phone on the second number and comes back as its report, through real processes."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from appliance import cases
from appliance.desk import SP, Actor
from provisioning.demo import officers
from provisioning.demo.fleet import DUTY_NUMBER_ID
from provisioning.demo.officers import OFFICERS, Officer
from relay.simulator.client import Phone, call
from tests.journeys.town import PATIENCE_S, PHOTO, Town
from tests.waiting import wait_until

pytestmark = [pytest.mark.broker, pytest.mark.slow]

STAFF = Actor("sp.jaunpur", "SP", SP)
SEATED = OFFICERS[:1]


@pytest.fixture(scope="session")
def officer(one_town: Town) -> tuple[Officer, Phone]:
    """The head of Shahganj, with a phone; both numbers go to one webhook."""
    officers.appoint(one_town.world.fleet.roots, one_town.desk().clock, SEATED)
    ((who, phone),) = officers.phones(one_town.world.simulator_url, SEATED)
    return who, phone


@contextmanager
def statuses(town: Town) -> Iterator[None]:
    """WhatsApp says what becomes of the messages it takes meanwhile."""
    call(town.world.simulator_url, "/sim/switches", {"statuses": ["sent", "delivered", "read"]})
    yield
    call(town.world.simulator_url, "/sim/switches", {"statuses": []})


def case_of(town: Town, place: str) -> str:
    """The serial of the case whose report names this place."""
    (kept,) = [one for one in town.kept() if one.place == place]
    query = "select serial from case_file join report on report.id = report_id where handle=?"
    (serial,) = town.desk().conn.execute(query, (kept.handle,)).fetchone()
    return str(serial)


def test_an_officer_takes_a_case_acts_and_reports_back(town: Town, officer: tuple[Officer, Phone]) -> None:
    who, phone = officer
    place = town.place()
    town.tell(place)
    town.settle()
    desk, serial = town.desk(), case_of(town, place)
    cases.screen(desk, serial, STAFF, 1)
    with statuses(town):
        cases.assign(desk, serial, STAFF, 2, who.post, brief="पुराने कुएं पर शाम को देखें")
        notice = phone.wait_for(lambda message: serial in message["text"], PATIENCE_S)
        wait_until(lambda: "delivered" in cases.get(desk, serial).duties[0].steps, PATIENCE_S, "its delivery")
    assert "जुआ" not in notice["text"]
    phone.tap("स्वीकार")  # of the template: he has not written for a day
    phone.wait_for(lambda message: "पुराने कुएं पर शाम को देखें" in message["text"], PATIENCE_S)
    phone.tap("कार्रवाई की")
    phone.wait_for(lambda message: "एक छोटे संदेश में" in message["text"], PATIENCE_S)
    phone.say("दो लोग पकड़े गए")
    wait_until(lambda: cases.get(desk, serial).status == "reported_back", PATIENCE_S, "the officer's report")
    assert cases.get(desk, serial).history[-1].note == "दो लोग पकड़े गए"
    phone.photo(PHOTO)
    wait_until(
        lambda: (
            [(file.post, file.state) for file in cases.get(desk, serial).evidence] == [(who.post, "here")]
        ),
        PATIENCE_S,
        "the officer's photo",
    )
    town.check()


def test_whoever_else_writes_to_the_second_number_is_told_what_it_is_for(
    town: Town, officer: tuple[Officer, Phone]
) -> None:
    stranger = Phone.create(town.world.simulator_url, "Stranger", phone_number_id=DUTY_NUMBER_ID)
    drafts = town.relay("select count(*) from draft")
    stranger.say("Hi")
    stranger.wait_for(lambda message: "ड्यूटी सूचनाओं" in message["text"], PATIENCE_S)
    assert town.relay("select count(*) from draft") == drafts
