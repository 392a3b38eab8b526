"""No text that a phone can send costs more than its length: twice the words, twice the work."""

import time
from collections.abc import Callable
from functools import partial

import pytest

from relay import receipts, searched
from relay.dialogue import State
from relay.dialogue.identifying import decided, without_numbers
from relay.understanding import asked_to_add, crime_named, folding, keyword, match_places, names_police, tells
from sync import catalogue
from sync.identifiers import find
from tests.relay.long_texts import TEXTS
from tests.relay.talk import book, directory

SHORT, TIMES, LEAST_S = 250, 16, 0.0005
MOST_GROWTH = 3 * TIMES
"""Work that grows with the square comes to 256 times as much; processor time on a shared machine is never so wrong."""

BOOK = book()


def _anew(read: Callable[..., object], *args: object) -> object:
    """As if nobody had searched the text before."""
    searched.forget()
    return read(*args)


READERS: dict[str, Callable[[str], object]] = {
    "identifiers": find,
    "clean": folding.clean,
    "fold": folding.fold,
    "place code": folding.without_place_code,
    "keyword": keyword,
    "tells": tells,
    "police": names_police,
    "crime": partial(crime_named, words=catalogue.load().crime_words),
    "places": partial(match_places, places=directory().districts),
    "receipt": receipts.find_code,
    "asked to add": asked_to_add,
    "receipts taken out": partial(receipts.without_codes, mark="[receipt?]"),
    "numbers taken out": lambda text: _anew(without_numbers, text, "[removed]", BOOK),
    "all taken out": lambda text: _anew(
        decided, State("summary", 0, "en", texts=(text, text)), "unsure", BOOK
    ),
}


@pytest.mark.parametrize("reader", READERS)
def test_the_work_grows_with_the_length_of_a_text(reader: str) -> None:
    read = READERS[reader]
    grown = {
        name: _least_s(read, text(SHORT * TIMES)) / max(_least_s(read, text(SHORT)), LEAST_S)
        for name, text in TEXTS.items()
    }
    assert {name: times for name, times in grown.items() if times > MOST_GROWTH} == {}


def _least_s(read: Callable[[str], object], text: str) -> float:
    """Processor time, the least of some tries: what others do on the machine counts little."""
    return min(_once_s(read, text) for _ in range(2))


def _once_s(read: Callable[[str], object], text: str) -> float:
    began = time.thread_time()
    read(text)
    return time.thread_time() - began
