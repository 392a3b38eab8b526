"""The only thread that hears everybody searches the words of a draft once in a step, and forgets them."""

from collections import Counter

import pytest

from relay import searched
from sync import identifiers
from sync.identifiers import Found
from tests.relay.builders import FROM_EVIDENCE, TO_EVIDENCE, FakeRelay, Phone

STORY = tuple(f"वह {number} बजे आया, " + "1 2 3 " * 300 for number in range(10))


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    counted, find = Counter[str](), identifiers.find

    def counting(text: str) -> tuple[Found, ...]:
        counted[text] += 1
        return find(text)

    monkeypatch.setattr(identifiers, "find", counting)
    return counted


@pytest.mark.parametrize("own", ["", "मेरा नंबर 9812345678"])
def test_sending_a_full_draft_searches_its_words_once_and_all_together_once(
    relay: FakeRelay, phone: Phone, searches: Counter[str], own: str
) -> None:
    phone.do(*TO_EVIDENCE, *STORY, *filter(None, [own]), *FROM_EVIDENCE[:-1])
    searches.clear()
    phone.do(*(["whose|theirs"] if own else []))
    searches.clear()
    phone.do("summary|send")
    assert relay.count("held") == 1
    assert max(searches.values()) == 1
    assert sum(map(len, searches)) < 2.2 * sum(map(len, STORY))  # one by one, and together as they go


def test_after_a_step_nobodys_words_are_remembered(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*TO_EVIDENCE, "9876512340 पर पूछो")
    assert searched.find.cache_info().currsize == 0
    relay.pass_time(24 * 3600)
    relay.run()
    assert searched.find.cache_info().currsize == 0
