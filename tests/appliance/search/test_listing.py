"""A search that filters narrow finds all there is, however rare, and tells where it stopped."""

from dataclasses import replace
from pathlib import Path

import pytest

from appliance import search
from appliance.cases import Cursor, Filter, Page
from appliance.desk import Desk
from appliance.search import finding, listing
from sync.clock import DAY_S
from tests.appliance.office import SP, START, Watch, body, open_office, receive

ALL = range(60, 0, -1)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Sixty cases with the word, one a day; each tenth at the other thana, each third with fear, some with a truck."""
    watch = Watch()
    desk = open_office(tmp_path_factory.mktemp("rare"), watch)
    for number in reversed(ALL):
        watch.now = START + number * DAY_S
        text = "शराब का ट्रक" if number % 4 == 0 else "शराब"
        thana, fear = ("JNP-01" if number % 10 else "JNP-02"), ("no" if number % 3 else "yes")
        receive(desk, body(number, text=text, thana=thana, fear=fear, answers=(), place=""))
    return desk


def walked_back(desk: Desk, flt: Filter, limit: int) -> list[list[int]]:
    """The pages from the end of the search back to its beginning, each as it is shown."""
    here = search.page(desk, SP, flt, Cursor(min(ALL)), limit, before=Cursor(0))
    pages = [[row.case_id for row in here.page.rows]]
    while here.page.newer is not None:
        here = search.page(desk, SP, flt, None, limit, before=here.page.newer)
        pages.append([row.case_id for row in here.page.rows])
        assert here.page.newer is None or here.page.next is not None
    return pages


def walked(desk: Desk, flt: Filter, limit: int) -> list[int]:
    """All pages of the search, one after the other, as its links lead on."""
    found, after = list[int](), None
    while True:
        here = search.page(desk, SP, flt, after, limit)
        found += [row.case_id for row in here.page.rows]
        after = here.page.next or here.rest
        if after is None:
            return found
        assert here.page.next is None or len(here.page.rows) == limit


@pytest.mark.parametrize(
    ("flt", "wanted"),
    [
        (Filter(thana="JNP-02"), {one for one in ALL if one % 10 == 0}),
        (Filter(fear="yes", thana="JNP-02"), {30, 60}),
        (Filter(text="ट्रक", thana="JNP-02"), {20, 40, 60}),
        (Filter(until=int(START) + 3 * DAY_S), {1, 2}),
        (Filter(since=int(START) + 59 * DAY_S), {59, 60}),
        (Filter(since=int(START) + 99 * DAY_S), set()),
        (Filter(until=int(START)), set()),
        (Filter(category="drugs"), set()),
    ],
)
@pytest.mark.parametrize("portions", [listing.PORTIONS, (2, 3)])
@pytest.mark.parametrize("steps", [finding.MOST_STEPS, 7])
def test_whatever_fits_is_found_in_order_and_once(
    filled: Desk,
    monkeypatch: pytest.MonkeyPatch,
    flt: Filter,
    wanted: set[int],
    portions: tuple[int, ...],
    steps: int,
) -> None:
    monkeypatch.setattr(listing, "PORTIONS", portions)
    monkeypatch.setattr(finding, "MOST_STEPS", steps)
    flt = replace(flt, text=f"शराब {flt.text}".strip())
    for limit in (1, 2, 50):
        assert walked(filled, flt, limit) == sorted(wanted, reverse=True)
        back = walked_back(filled, flt, limit)
        assert all(one == sorted(one, reverse=True) and len(one) <= limit for one in back)
        upwards = [case_id for one in back[:-1] for case_id in reversed(one)]
        assert upwards == sorted(set(upwards)) and {*upwards, *back[-1]} == wanted
        newest = search.page(filled, SP, flt, None, limit)
        assert back[-1] == [row.case_id for row in newest.page.rows]


@pytest.mark.parametrize(
    "flt", [Filter(text="शराब"), Filter(text="शराब", fear="yes"), Filter(text="शराब ट्रक")]
)
def test_a_page_leads_back_to_the_one_before_it(filled: Desk, flt: Filter) -> None:
    first = search.page(filled, SP, flt, None, 3)
    second = search.page(filled, SP, flt, first.page.next, 3)
    third = search.page(filled, SP, flt, second.page.next, 3)
    assert first.page.newer is None
    assert search.page(filled, SP, flt, None, 3, before=third.page.newer) == second
    assert search.page(filled, SP, flt, None, 3, before=second.page.newer) == first


def test_on_the_way_back_it_goes_on_where_it_stopped(filled: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PORTIONS", (2, 3))
    found = search.page(filled, SP, Filter(text="शराब", category="drugs"), None, 50, before=Cursor(20))
    assert found.page == Page((), Cursor(21), Cursor(25))


def test_it_tells_how_many_were_looked_at_and_back_to_when(
    filled: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PORTIONS", (2, 3))
    found = search.page(filled, SP, Filter(text="शराब", category="drugs"), None, 50)
    assert (found.page.rows, found.looked, found.rest) == ((), 5, Cursor(56))
    assert found.back_to == START + 56 * DAY_S


def test_a_day_is_gone_to_directly(filled: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PORTIONS", (2, 3))
    old = Filter(text="शराब", until=int(START) + 3 * DAY_S)
    found = search.page(filled, SP, old, None, 50)
    assert [row.case_id for row in found.page.rows] == [2, 1]
    assert (
        search.page(filled, SP, replace(old, until=None, since=int(START) + 58 * DAY_S), None, 50).rest
        is None
    )


def test_a_serial_is_found_beyond_where_its_number_as_a_word_was_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_office(tmp_path, Watch())
    for number in range(1, 9):
        receive(desk, body(number, text="1 मकान" if number > 1 else "दुकान", answers=(), place=""))
    monkeypatch.setattr(finding, "MOST_STEPS", 2)
    monkeypatch.setattr(listing, "PORTIONS", (2,))
    assert walked(desk, Filter(text="1"), 3) == [8, 7, 6, 5, 4, 3, 2, 1]
    assert {case_id for page in walked_back(desk, Filter(text="1"), 3) for case_id in page} == set(
        range(1, 9)
    )
