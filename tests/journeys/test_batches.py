"""Everything in one delivery, shuffled, repeated and with rubbish among it: the same cases as one at a time."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from relay.simulator.client import Phone, call
from tests.journeys.town import SEND, Kept, Town, ending, words

pytestmark = [pytest.mark.broker, pytest.mark.slow]
CATEGORIES = ("1", "2", "4", "9", "11")
PEOPLE = 10
POISON: tuple[Any, ...] = (
    {"type": "text", "text": {"body": ["not", "text"]}, "timestamp": {}},
    "rubbish",
    [[[]]],
    None,
    7,
)


def beginnings(town: Town) -> list[Phone]:
    """Ten people who have told all but the last five things."""
    phones = [town.phone() for _ in range(PEOPLE)]
    for number, phone in enumerate(phones):
        texts = words("", CATEGORIES[number % len(CATEGORIES)], f"बात नंबर {number}")
        town.write(phone, texts[: -len(ending("")) + 2])
    town.rest()
    return phones


def last_five(number: int) -> tuple[str, ...]:
    """Place, "happening now?", "fear?", "may we answer?", and send."""
    return (*ending(f"मोड़ {number}")[2:], SEND)


def contents(reports: Sequence[Kept]) -> Counter[tuple[object, ...]]:
    """What was told, how often."""
    return Counter(report.content for report in reports)


def test_one_delivery_of_fifty_makes_the_cases_of_fifty_deliveries(town: Town) -> None:
    town.settle()
    known = len(town.kept())
    for number, phone in enumerate(beginnings(town)):
        for text in last_five(number):
            phone.say(text)
    town.rest()
    town.settle()
    singly = town.kept()[known:]

    together = beginnings(town)
    # A person's messages are a second apart: nothing else tells their order once they are shuffled.
    items: list[dict[str, Any]] = [
        {"phone": phone.id, "text": last_five(number)[step], "later_s": 1 if number == 0 else 0}
        for step in range(5)
        for number, phone in enumerate(together)
    ]
    items += [{"raw": poison} for poison in POISON]
    batch = {"items": items, "repeat": 2, "shuffle": True, "seed": 7}
    answer = call(town.world.simulator_url, "/sim/batch", batch)["webhook"]
    assert (answer["posts"], answer["answers"]) == (1, [200])
    for phone in together:
        town.receipt(phone)
    town.rest()
    town.settle()
    batched = town.kept()[known + len(singly) :]
    assert len(singly) == len(batched) == PEOPLE
    assert contents(batched) == contents(singly)
    assert len(contents(singly)) == PEOPLE
