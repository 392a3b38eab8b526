"""Topic names and the access list: nobody hears or speaks for anybody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import topics
from sync.errors import Unreadable

node_ids = st.from_regex(r"n[0-9a-f]{8}", fullmatch=True)


def rules(text: str) -> dict[str, set[tuple[str, str]]]:
    """What an access list says: user -> {(verb, topic filter)}."""
    found: dict[str, set[tuple[str, str]]] = {}
    user = ""
    for line in text.splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "user":
            user = words[1]
            found[user] = set()
        else:
            assert words[0] == "topic"
            assert user, "a rule before any user holds for everybody"
            found[user].add((words[1], words[2]))
    return found


def matches(name: str, topic_filter: str) -> bool:
    wanted, found = topic_filter.split("/"), name.split("/")
    return len(wanted) == len(found) and all(w in ("+", f) for w, f in zip(wanted, found, strict=True))


@given(st.sets(node_ids, max_size=6))
def test_the_access_list_names_each_node_once_and_nobody_else(nodes: set[str]) -> None:
    text = topics.access_list(nodes)
    assert set(rules(text)) == nodes
    assert text.count("user ") == len(nodes)


@given(st.sets(node_ids, min_size=3, max_size=6))
def test_a_node_reads_its_own_inbox_and_no_other(nodes: set[str]) -> None:
    allowed = rules(topics.access_list(nodes))
    for reader in nodes:
        readable = [pattern for verb, pattern in allowed[reader] if verb == "read"]
        for recipient in nodes:
            name = topics.topic(recipient, max(nodes))
            assert any(matches(name, pattern) for pattern in readable) == (reader == recipient)


@given(st.sets(node_ids, min_size=3, max_size=6))
def test_a_node_writes_under_its_own_name_only(nodes: set[str]) -> None:
    allowed = rules(topics.access_list(nodes))
    for writer in nodes:
        writable = [pattern for verb, pattern in allowed[writer] if verb == "write"]
        for sender in nodes:
            name = topics.topic(min(nodes), sender)
            assert any(matches(name, pattern) for pattern in writable) == (writer == sender)


@given(st.sets(node_ids, min_size=1, max_size=6))
def test_system_topics_and_wildcards_of_many_levels_are_never_granted(nodes: set[str]) -> None:
    for granted in rules(topics.access_list(nodes)).values():
        assert ("deny", "$SYS/#") in granted
        assert {verb for verb, _ in granted} == {"read", "write", "deny"}
        assert not any("#" in pattern for verb, pattern in granted if verb != "deny")


@given(st.sets(node_ids, max_size=6))
def test_the_access_list_does_not_depend_on_the_order(nodes: set[str]) -> None:
    assert topics.access_list(sorted(nodes)) == topics.access_list(sorted(nodes, reverse=True))


@given(node_ids, node_ids)
def test_the_sender_is_read_from_the_topic(recipient: str, sender: str) -> None:
    assert topics.sender_of(topics.topic(recipient, sender), recipient) == sender
    assert matches(topics.topic(recipient, sender), topics.inbox(recipient))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "satark/1/n1",
        "satark/1/n2/n3",
        "satark/2/n1/n3",
        "satark/1/n1/n3/x",
        "satark/1/n1/",
        "satark/1/n1/n3\n",
    ],
)
def test_a_topic_that_is_not_ours_is_refused(name: str) -> None:
    with pytest.raises(Unreadable):
        topics.sender_of(name, "n1")


@given(st.text(max_size=40), node_ids)
def test_any_text_as_a_topic_is_read_or_refused(name: str, recipient: str) -> None:
    try:
        sender = topics.sender_of(name, recipient)
    except Unreadable:
        return
    assert name == topics.topic(recipient, sender)
