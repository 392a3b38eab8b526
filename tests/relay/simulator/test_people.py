"""Who WhatsApp says a person is, and what it says when that changes."""

import base64
from typing import Any

import pytest

from relay.simulator.app import Running
from relay.simulator.client import Phone, Refused
from tests.relay.simulator.conftest import Graph, Sink

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check

SECOND = "206540352242922"


@pytest.fixture
def phone(simulator: Running) -> Phone:
    """A phone that has written."""
    phone = Phone.create(simulator.base_url, "Asha")
    phone.say("Hi")
    return phone


def told(sink: Sink) -> tuple[dict[str, Any], dict[str, Any]]:
    """The newest message and the newest contact."""
    value = sink.posts[-1].values()[-1]
    return value["messages"][-1], value["contacts"][-1]


@pytest.mark.parametrize(
    ("identity", "sender", "contact"),
    [
        ("empty-wa-id", {"from": "", "from_user_id": "IN.42"}, {"wa_id": "", "user_id": "IN.42"}),
        (
            "parent-id",
            {"from": "919876500001", "from_user_id": "IN.42", "from_parent_user_id": "IN.ENT.24"},
            {"wa_id": "919876500001", "user_id": "IN.42", "parent_user_id": "IN.ENT.24"},
        ),
        ("bsuid-in-from", {"from": "IN.42"}, {"wa_id": "IN.42"}),
        (
            "malformed-id",
            {"from": "919876500001", "from_user_id": "in/42"},
            {"wa_id": "919876500001", "user_id": "in/42"},
        ),
    ],
)  # fmt: skip
def test_strange_identities_stand_where_they_were_seen(
    simulator: Running, sink: Sink, identity: str, sender: dict[str, str], contact: dict[str, str]
) -> None:
    Phone.create(simulator.base_url, "A", identity=identity, number="919876500001", bsuid="IN.42").say("x")
    message, about = told(sink)
    assert {key: message[key] for key in message if key.startswith("from")} == sender
    assert {key: value for key, value in about.items() if key != "profile"} == contact


def test_a_username_hides_the_number_until_it_is_given_up(phone: Phone, sink: Sink) -> None:
    phone.username(on=True)
    phone.say("x")
    message, contact = told(sink)
    decoded = base64.b64decode(message["id"].removeprefix("wamid."))
    assert phone.number.encode() not in sink.posts[-1].body + decoded
    assert (message["from_user_id"], contact["profile"]["username"][0]) == (phone.bsuid, "@")
    phone.username(on=False)
    phone.say("y")
    assert told(sink)[0]["from"] == phone.number


@pytest.mark.parametrize("previous", [True, False])
def test_a_number_change_is_told_without_contacts_and_with_both_numbers_in_words(
    phone: Phone, sink: Sink, previous: bool
) -> None:
    number, bsuid = phone.number, phone.bsuid
    phone.change_number(previous=previous)
    [value] = sink.posts[-1].values()
    [message] = value["messages"]
    system = message["system"]
    assert "contacts" not in value
    assert (message["type"], message["from"], system["type"]) == ("system", number, "user_changed_number")
    assert (system["wa_id"], system["user_id"]) == (phone.number, phone.bsuid)
    assert system.get("previous_user_id") == (bsuid if previous else None)
    assert number in system["body"] and phone.number in system["body"]


@pytest.mark.parametrize("previous", [True, False])
def test_with_a_username_only_the_ids_are_told(simulator: Running, sink: Sink, previous: bool) -> None:
    phone = Phone.create(simulator.base_url, "A", identity="bsuid")
    old, number = phone.bsuid, phone.number
    phone.change_number(previous=previous)
    [message] = sink.posts[-1].messages()
    assert message["system"]["type"] == "user_changed_user_id"
    assert (message["system"].get("previous_user_id"), message.get("from_user_id")) == (
        (old, None) if previous else (None, old)
    )
    assert number.encode() not in sink.posts[-1].body and phone.number.encode() not in sink.posts[-1].body


def test_a_number_change_may_come_as_it_did_before_there_were_ids(phone: Phone, sink: Sink) -> None:
    number = phone.number
    phone.change_number(old_shape=True)
    [message] = sink.posts[-1].messages()
    assert (message["from"], message["system"]["type"]) == (number, "customer_changed_number")
    assert message["system"]["new_wa_id"] == phone.number
    assert "user_id" not in message["system"]


def test_the_same_number_on_the_second_business_number_is_the_same_person(simulator: Running) -> None:
    first = Phone.create(simulator.base_url, "A", identity="bsuid")
    second = Phone.create(simulator.base_url, "", number=first.number, phone_number_id=SECOND)
    assert second.bsuid == first.bsuid
    first.username(on=False)
    first.airplane(on=True)
    here = simulator.world.people.get(second.id)
    assert (here.identity, here.offline, here.label) == ("both", True, "A")


def test_the_old_number_and_id_lead_nowhere(phone: Phone, graph: Graph) -> None:
    number, bsuid = phone.number, phone.bsuid
    phone.change_number()
    assert [graph.code(number), graph.code("", recipient=bsuid), graph.code(phone.number)] == [
        131026,
        131026,
        0,
    ]


def test_every_business_number_the_person_wrote_to_is_told(simulator: Running, sink: Sink) -> None:
    first = Phone.create(simulator.base_url, "A")
    more = {"number": first.number, "bsuid": first.bsuid, "phone_number_id": SECOND}
    second = Phone.create(simulator.base_url, "A", **more)
    first.change_number("919876512345")
    lines = {value["metadata"]["phone_number_id"] for post in sink.posts for value in post.values()}
    assert (len(sink.messages()), len(lines)) == (2, 2)
    second.say("still me")
    assert sink.messages()[-1]["from"] == "919876512345"


def test_a_number_somebody_has_cannot_be_taken_over(simulator: Running, phone: Phone) -> None:
    other = Phone.create(simulator.base_url, "B")
    with pytest.raises(Refused, match="another phone has this number"):
        phone.change_number(other.number)
    with pytest.raises(Refused, match="identity is one of"):
        phone.identify("invisible")
