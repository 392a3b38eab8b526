"""What the bench puts on the relay is what it says it puts there."""

import random
from itertools import count
from pathlib import Path

from bench import __main__ as bench
from bench import batches, conversations
from relay.events import parse
from tests.relay.builders import FakeRelay


def test_a_batch_is_twenty_messages_and_the_next_are_others() -> None:
    ids = count()
    first, second = (parse(batches._body(ids)) for _ in range(2))
    assert len(first) == len(second) == batches.PER_POST
    assert len({update.tag_source for update in [*first, *second]}) == 2 * batches.PER_POST
    assert {update.event.kind for update in first} == {"text"}


def test_everybody_who_begins_is_one_open_conversation(tmp_path: Path, rng: random.Random) -> None:
    relay = FakeRelay(tmp_path, rng)
    taken = conversations.measure_here(relay.config.root, 3, 2)
    assert (taken.steps, taken.open_drafts) == (6, 3)
    assert taken.took_s > 0
    assert taken.rss_mb > 0 and taken.rss_before_mb > 0  # a process may give memory back meanwhile


def test_the_first_messages_lead_on_and_never_end_a_conversation(tmp_path: Path, rng: random.Random) -> None:
    relay = FakeRelay(tmp_path, rng)
    taken = conversations.measure_here(relay.config.root, 2, len(conversations.ACTS))
    assert (taken.steps, taken.open_drafts) == (2 * len(conversations.ACTS), 2)


def test_every_name_has_a_bounded_size() -> None:
    assert all(0 < default <= most for _, default, most in bench.COMPARISONS.values())
