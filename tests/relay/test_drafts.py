"""Unfinished conversations: one row a person, readable under the intake key only, forgotten with it."""

import json

import pytest

from relay import drafts
from relay.dialogue import State
from relay.dialogue.identifying import unresolved
from relay.drafts import Draft
from relay.events import Sender
from sync import canonical
from sync.clock import DAY_S
from sync.db import transaction
from tests.relay.builders import NUMBER, SENDER, FakeRelay, a_book, forms
from tests.relay.talk import Person

OTHER = Sender("IN.123", "")


def _save(
    relay: FakeRelay, sender: Sender = SENDER, step: str = "police", wake_at: float | None = None
) -> None:
    with transaction(relay.conn):
        drafts.save(relay.conn, relay.keys, Draft(sender, State(step, int(relay.now))), wake_at)


def _step(relay: FakeRelay, sender: Sender = SENDER) -> str | None:
    draft = drafts.find(relay.conn, relay.keys, sender)
    return draft.state.step if draft else None


def test_each_person_finds_their_own_and_nobody_elses(relay: FakeRelay) -> None:
    _save(relay)
    _save(relay, OTHER, "place")
    assert (_step(relay), _step(relay, OTHER), _step(relay, Sender("", "1"))) == ("police", "place", None)


def _of_the_version_before(own_stays: bool | None) -> Draft:
    """A draft before its summary, its plate counted as asked about, read from what that version kept."""
    state = State(
        "contact",
        0,
        "en",
        category="drugs",
        police="no",
        partial="yes",
        district="",
        texts=("my car UP62AB1234",),
        cleared=("vehicle UP62AB1234",),
    )
    raw = json.loads(canonical.dumps(Draft(SENDER, state)))
    raw["state"] |= {"own": False} if own_stays is None else {"own": False, "own_stays": own_stays}
    return drafts.read(json.dumps(raw).encode())


@pytest.mark.parametrize("own_stays", [False, None])
def test_what_an_earlier_version_cleared_without_an_answer_is_asked_about_again(
    own_stays: bool | None,
) -> None:
    state = _of_the_version_before(own_stays).state
    assert state.cleared == () and unresolved(state, a_book())
    person = Person(a_book(), state=state)
    person.tap("contact|none")
    assert "UP…34" in person.said


def test_what_he_called_another_persons_to_an_earlier_version_stays_so() -> None:
    assert not unresolved(_of_the_version_before(True).state, a_book())


def test_saving_again_replaces(relay: FakeRelay) -> None:
    _save(relay)
    _save(relay, step="fear")
    assert (_step(relay), relay.count("draft")) == ("fear", 1)


def test_saving_moves_a_conversation_to_the_newest_key(relay: FakeRelay) -> None:
    _save(relay)
    relay.pass_time(DAY_S)
    assert _step(relay) == "police"
    _save(relay)
    assert relay.count("draft") == 1
    assert relay.value("select key_day from draft") == relay.keys.newest().day


def test_erasing_finds_it_under_an_older_key_too(relay: FakeRelay) -> None:
    _save(relay)
    relay.pass_time(DAY_S)
    with transaction(relay.conn):
        drafts.erase(relay.conn, relay.keys, SENDER)
    assert relay.count("draft") == 0


def test_the_one_that_waited_longest_wakes_first(relay: FakeRelay) -> None:
    _save(relay, SENDER, wake_at=200.0)
    _save(relay, OTHER, wake_at=100.0)
    assert drafts.next_to_wake(relay.conn, relay.keys, 99.0) is None
    waking = drafts.next_to_wake(relay.conn, relay.keys, 300.0)
    assert waking is not None and waking.draft is not None and waking.draft.sender == OTHER


def test_one_that_does_not_open_is_told_and_can_be_left_asleep(relay: FakeRelay) -> None:
    _save(relay, wake_at=100.0)
    relay.conn.execute("update draft set sealed=x'00'")
    waking = drafts.next_to_wake(relay.conn, relay.keys, 300.0)
    assert waking is not None and waking.draft is None
    drafts.let_sleep(relay.conn, waking)
    assert drafts.next_to_wake(relay.conn, relay.keys, 300.0) is None
    assert relay.count("draft") == 1


def test_what_no_key_opens_any_more_is_removed(relay: FakeRelay) -> None:
    _save(relay)
    relay.pass_time(2 * DAY_S)
    assert relay.count("draft") == 0


def test_the_disk_tells_neither_who_nor_what(relay: FakeRelay) -> None:
    _save(relay)
    on_disk = relay.disk()
    assert relay.conn.execute("select sealed from draft").fetchone()[0] in on_disk
    assert not [form for secret in (NUMBER.encode(), b'"step"') for form in forms(secret) if form in on_disk]
