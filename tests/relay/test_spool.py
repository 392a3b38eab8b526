"""The spool: each update once, in the order people wrote, all of a POST or nothing of it."""

import hmac
import json
import random
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from itertools import count
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from relay import spool
from relay.events import Event, Update, parse
from relay.spool import ROWS_AT_ONCE, Spool
from relay.webhook import Store, WebhookSettings, create_app
from sync.clock import WEEK_S
from sync.db import transaction
from tests.relay.builders import NUMBER, FakeRelay, Phone, forms, next_item, post


def _another(relay: FakeRelay) -> Spool:
    return _spool(relay, relay.relay_db())


def _spool(relay: FakeRelay, conn: sqlite3.Connection) -> Spool:
    return Spool(conn, relay.keys, lambda: spool.tag_keys(relay.config.runtime_dir))


def _post(app: Flask, body: bytes) -> int:
    headers = {"X-Hub-Signature-256": "sha256=" + hmac.new(b"secret", body, sha256).hexdigest()}
    return app.test_client().post("/webhook", data=body, headers=headers).status_code


def _drain(relay: FakeRelay) -> list[Event]:
    found = []
    with transaction(relay.conn):
        while item := next_item(relay):
            assert item.queued is not None and item.queued.event is not None
            found.append(item.queued.event)
            spool.drop(relay.conn, item)
    return found


def test_what_was_put_comes_out_once_and_in_order(relay: FakeRelay, phone: Phone) -> None:
    updates = phone.updates("एक", "दो", "तीन")
    assert relay.put(*updates) == 3
    assert _drain(relay) == [update.event for update in updates]
    assert next_item(relay) is None


def test_a_redelivered_update_is_taken_once_even_after_it_was_used(relay: FakeRelay, phone: Phone) -> None:
    update = phone.updates("एक")[0]
    assert [relay.put(update), relay.put(update, update)] == [1, 0]
    _drain(relay)
    assert relay.put(update) == 0
    assert relay.count("event") == 0


def test_the_same_update_by_two_connections_at_once_is_taken_once(relay: FakeRelay, phone: Phone) -> None:
    updates, start, new = phone.updates(*"abcdefgh"), threading.Barrier(2), []

    def post() -> None:
        own = _another(relay)
        start.wait()
        new.extend([own.put([update], relay.now) for update in updates])

    threads = [threading.Thread(target=post) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(new) == len(updates) == relay.count("event")


@pytest.mark.parametrize("weeks", [1, 2])
def test_the_change_of_the_week_does_not_make_an_update_new(
    relay: FakeRelay, phone: Phone, weeks: int
) -> None:
    update = phone.updates("एक")[0]
    relay.put(update)
    for _ in range(weeks):
        relay.pass_time(WEEK_S)
    assert relay.put(update) == 0


def test_people_come_before_statuses_and_each_in_the_order_of_writing(relay: FakeRelay, phone: Phone) -> None:
    status = Update("s", Event("status", "100", None, 0, status="read", opaque="x"))
    one, two, three = phone.updates("एक", "दो", "तीन")
    relay.put(status, three, one, two)
    assert [event.text for event in _drain(relay)] == ["एक", "दो", "तीन", ""]


def _chatter(relay: FakeRelay, base: int) -> list[Update]:
    phones = [Phone(relay, f"91{base + n}") for n in range(3)]
    return [update for phone in phones for update in phone.updates("a", "b", "c")]


NUMBERS = count(7_000_000_000, 10)


@pytest.mark.slow
@given(st.lists(st.integers(0, 8), min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_one_post_of_many_is_as_many_posts_of_one(
    relay: FakeRelay, picks: list[int], chance: random.Random
) -> None:
    chance.shuffle(picks)
    batch, singles = ([_chatter(relay, next(NUMBERS))[n] for n in picks] for _ in range(2))
    relay.put(*batch)
    together = _by_person(_drain(relay))
    for update in sorted(singles, key=lambda update: update.event.at_s):
        relay.put(update)
    assert together == _by_person(_drain(relay))


def _by_person(events: list[Event]) -> list[list[str]]:
    """What each wrote, in its order; people in the order of their numbers."""
    people = sorted({event.sender for event in events if event.sender}, key=lambda who: who.phone)
    return [[event.text for event in events if event.sender == who] for who in people]


def _fill_disk(conn: sqlite3.Connection) -> None:
    pages = conn.execute("pragma page_count").fetchone()[0]
    conn.execute(f"pragma max_page_count={pages}")


def _store(target: Spool) -> Store:
    def store(updates: list[Update], now: float) -> None:
        target.put(updates, now)

    return store


def _messages(count: int) -> bytes:
    """A POST of messages with long texts."""
    messages = [
        {
            "id": f"wamid.{n}",
            "from": NUMBER,
            "timestamp": str(n),
            "type": "text",
            "text": {"body": "क" * 1000},
        }
        for n in range(count)
    ]
    value = {"metadata": {"phone_number_id": "100"}, "messages": messages}
    return json.dumps({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).encode()


def test_a_full_disk_takes_nothing_of_a_post_and_acknowledges_nothing(relay: FakeRelay) -> None:
    full = _spool(relay, conn := relay.relay_db())
    app = create_app(WebhookSettings(b"secret", "word"), _store(full), relay.clock)
    body = _messages(50)
    _fill_disk(conn)
    assert _post(app, body) == 503
    assert relay.count("event") == relay.count("tag") == 0
    conn.execute("pragma max_page_count=100000")
    assert _post(app, body) == 200
    assert relay.count("event") == len(parse(body)) == 50


class Failing(sqlite3.Connection):
    """A database on a disk that fails at one statement, and has recovered by the next."""

    statements_left = 10**9
    fault: Exception = sqlite3.OperationalError("database or disk is full")

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> sqlite3.Cursor:  # type: ignore[override]
        if sql == "ROLLBACK":
            return super().execute(sql)
        self.statements_left -= 1
        if self.statements_left < 0:
            self.statements_left = 10**9
            raise self.fault
        return super().execute(sql, parameters)


@pytest.mark.parametrize(
    "fault",
    [sqlite3.OperationalError("database or disk is full"), OSError(5, "I/O"), sqlite3.DatabaseError("x")],
)
def test_a_disk_that_fails_at_any_statement_acknowledges_nothing_it_has_not(
    relay: FakeRelay, fault: Exception
) -> None:
    conn = sqlite3.connect(relay.config.root / "relay.db", isolation_level=None, factory=Failing)
    conn.fault = fault
    app = create_app(WebhookSettings(b"secret", "word"), _store(_spool(relay, conn)), relay.clock)
    for statement in range(5):  # begin, what is known, two inserts, commit
        conn.statements_left = statement
        assert _post(app, _messages(3)) == 503
        assert relay.count("event") == relay.count("tag") == 0
        assert not conn.in_transaction
    conn.statements_left = 5
    assert _post(app, _messages(3)) == 200
    assert relay.count("event") == 3


def test_a_locked_store_acknowledges_nothing(relay: FakeRelay) -> None:
    conn = relay.relay_db()
    conn.execute("pragma busy_timeout=20")
    app = create_app(WebhookSettings(b"secret", "word"), _store(_spool(relay, conn)), relay.clock)
    with transaction(relay.conn):
        assert _post(app, _messages(2)) == 503
    assert relay.count("event") == 0
    assert _post(app, _messages(2)) == 200
    assert relay.count("event") == 2


def test_more_rows_than_go_in_one_statement_are_one_transaction(relay: FakeRelay, phone: Phone) -> None:
    many = phone.updates(*map(str, range(2 * ROWS_AT_ONCE + 1)))
    conn = sqlite3.connect(relay.config.root / "relay.db", isolation_level=None, factory=Failing)
    conn.statements_left = 8  # begin and three for the first part, three for the second, one of the last
    with pytest.raises(sqlite3.OperationalError):
        _spool(relay, conn).put(many, relay.now)
    assert relay.count("event") == 0
    assert relay.put(*many, *many) == len(many)
    assert [event.text for event in _drain(relay)] == [str(n) for n in range(len(many))]


def test_the_turn_is_held_from_before_the_tag_keys_are_read_until_the_commit(
    relay: FakeRelay, phone: Phone
) -> None:
    seen: list[str] = []

    @contextmanager
    def turn() -> Iterator[None]:
        seen.append("taken")
        yield
        seen.append(f"given back with {relay.count('event')} stored")

    def tags() -> list[tuple[int, bytes]]:
        seen.append("tag keys read")
        return spool.tag_keys(relay.config.runtime_dir)

    Spool(relay.relay_db(), relay.keys, tags, turn()).put(phone.updates("एक"), relay.now)
    assert seen == ["taken", "tag keys read", "given back with 1 stored"]


def test_the_disk_holds_no_number_and_no_words(relay: FakeRelay, phone: Phone) -> None:
    updates = phone.updates("गांजा बिकता है")
    relay.put(*updates)
    secrets = [NUMBER.encode(), updates[0].tag_source.encode(), "गांजा बिकता है".encode()]
    assert relay.conn.execute("select sealed from event").fetchone()[0] in relay.disk()
    assert not [form for secret in secrets for form in forms(secret) if form in relay.disk()]


def test_an_event_whose_key_is_gone_is_dropped(relay: FakeRelay, phone: Phone) -> None:
    relay.put(*phone.updates("एक"))
    day = relay.keys.newest().day
    relay.keys.renew(relay.now + 86_400)
    (relay.config.runtime_dir / "intake" / f"{day}.key").unlink()
    item = next_item(relay)
    assert item is not None and item.queued is None
    relay.run()
    assert relay.count("event") == relay.count("draft") == 0


def test_what_is_set_aside_is_kept_and_the_next_comes(relay: FakeRelay, phone: Phone) -> None:
    relay.put(*phone.updates("एक", "दो"))
    item = next_item(relay)
    assert item is not None
    spool.poison(relay.conn, item)
    assert [event.text for event in _drain(relay)] == ["दो"]
    assert relay.value("select count(*) from event where state='poisoned'") == 1


def test_without_keys_nothing_is_stored(relay: FakeRelay, phone: Phone) -> None:
    for path in (relay.config.runtime_dir / "tags").glob("*.key"):
        path.unlink()
    with pytest.raises(Exception, match="no tag keys yet"):
        relay.put(*phone.updates("एक"))
    assert relay.count("event") == 0


def test_two_web_processes_take_the_same_messages_once(relay: FakeRelay) -> None:
    root = relay.config.root
    threads = [threading.Thread(target=post, args=(root, _messages(n))) for n in (2, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert relay.count("event") == 5
