"""The demo's broker: whom it lets in, and that its rules are those of the access list."""

import asyncio
from types import SimpleNamespace

import pytest
from amqtt.contexts import Action

from provisioning.amqtt_child import NamedNodes, may
from sync import topics

PASSWORDS = {"n1": "one", "n2": "two"}


def is_let_in(client_id: str, username: str | None, password: str | None) -> bool:
    door = NamedNodes(SimpleNamespace(config=NamedNodes.Config(PASSWORDS)))
    session = SimpleNamespace(client_id=client_id, username=username, password=password)
    return asyncio.run(door.authenticate(session=session))


def test_a_node_comes_in_with_its_own_name_session_and_password() -> None:
    assert is_let_in("n1", "n1", "one")


@pytest.mark.parametrize(
    ("client_id", "username", "password"),
    [
        ("n1", "n1", "two"),
        ("n2", "n1", "one"),
        ("n3", "n3", ""),
        ("n1", "n1", None),
        ("n1", None, None),
        ("", "", ""),
    ],
)
def test_anybody_else_stays_out(client_id: str, username: str | None, password: str | None) -> None:
    assert not is_let_in(client_id, username, password)


@pytest.mark.parametrize("name", ["#", "+", "$SYS/#", "satark/1/+/+", "satark/1/n1/#", "satark/1/n2/+", ""])
def test_a_node_subscribes_to_its_inbox_only(name: str) -> None:
    assert may("n1", Action.SUBSCRIBE, topics.inbox("n1"))
    assert not may("n1", Action.SUBSCRIBE, name)


@pytest.mark.parametrize(("sender", "recipient"), [("n1", "n2"), ("n2", "n1"), ("n2", "n3")])
def test_a_node_writes_as_itself_and_hears_what_is_for_it(sender: str, recipient: str) -> None:
    name = topics.topic(recipient, sender)
    assert may("n1", Action.PUBLISH, name) == (sender == "n1")
    assert may("n1", Action.RECEIVE, name) == (recipient == "n1")


@pytest.mark.parametrize(
    "name", ["satark/1/n2", "satark/1/n2/n1/n1", "satark/2/n2/n1", "n2/n1", "$SYS/n1", ""]
)
def test_a_topic_that_is_not_ours_is_nobodys(name: str) -> None:
    assert not may("n1", Action.PUBLISH, name)
    assert not may("n1", Action.RECEIVE, name)
