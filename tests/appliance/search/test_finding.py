"""What is found, by whom, in which order."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from appliance import cases, search
from appliance.desk import Actor, Desk
from tests.appliance.office import (
    ANALYST,
    POST,
    SCREENER,
    SP,
    SUPERVISOR,
    Watch,
    body,
    open_office,
    receive,
)
from tests.appliance.search.stories import FIRST_QUERIES, FIRST_TEXTS, QUERIES, TEXTS

CO = Actor("eka", "Eka", "co", "CO City")
SHO = Actor("esha", "Esha", "sho", POST)


def tell(desk: Desk, texts: Mapping[int, str]) -> None:
    """A case for each text: its number is the case's id."""
    for number, text in texts.items():
        receive(desk, body(number, text=text, answers=(), place="", thana=""))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = open_office(tmp_path_factory.mktemp("stories"), Watch())
    tell(desk, dict(enumerate(TEXTS.values(), 1)))
    return desk


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = open_office(tmp_path_factory.mktemp("first"), Watch())
    tell(desk, dict(enumerate(FIRST_TEXTS, 1)))
    return desk


@pytest.mark.parametrize(("query", "wanted"), FIRST_QUERIES)
def test_the_queries_that_break_other_ways_of_cutting_hindi(
    first: Desk, query: str, wanted: set[int]
) -> None:
    assert {case_id - 1 for case_id in search.matching(first, SP, query)} == wanted


@pytest.mark.slow
@pytest.mark.parametrize(("query", "wanted"), QUERIES)
def test_a_word_is_found_in_every_spelling_and_no_other_word(filled: Desk, query: str, wanted: str) -> None:
    found = {list(TEXTS)[case_id - 1]: case_id for case_id in search.matching(filled, SP, query)}
    assert found.keys() == set(wanted.split())
    for name, case_id in found.items():
        piece = search.snippets(filled, SP, [case_id], query)[case_id]
        assert piece is not None and any(is_hit for _, is_hit in piece.parts)
        assert "".join(text for text, _ in piece.parts).strip("… ") in TEXTS[name]


@pytest.mark.parametrize(
    ("usual", "hindi"),
    [
        ("bhatta", "भट्ठा"),
        ("bhatte", "भट्ठे"),
        ("chitti", "चिट्ठी"),
        ("makki", "मक्खी"),
        ("gadda", "गड्ढा"),
        ("buddi", "बुद्धि"),
    ],
)
def test_a_doubled_sound_is_found_without_its_breath(desk: Desk, usual: str, hindi: str) -> None:
    tell(desk, {1: f"पुल के पास {hindi} है", 2: f"pul ke paas {usual} hai"})
    with_breath = {"bhatta": "bhattha"}.get(usual, hindi)
    for query in (usual, hindi, with_breath):
        assert 1 in search.matching(desk, SP, query), query
    assert 2 in search.matching(desk, SP, hindi)


def test_pages_follow_one_another_newest_first(desk: Desk) -> None:
    tell(desk, dict.fromkeys(range(1, 8), "अवैध शराब"))
    assert search.matching(desk, SP, "शराब", None, 3) == (7, 6, 5)
    assert search.matching(desk, SP, "शराब", 5, 3) == (4, 3, 2)
    assert search.matching(desk, SP, "शराब", 2, 3) == (1,)
    assert search.matching(desk, SP, "शराब", 1, 3) == ()


def test_words_of_one_case_may_stand_in_different_texts(desk: Desk) -> None:
    serial = receive(desk, body(1, text="अवैध शराब"))
    receive(desk, body(2, text="अवैध शराब"))
    cases.screen(desk, serial, SCREENER, 1, "दरोगा यादव को बताया")
    assert search.matching(desk, SP, "sharab यादव") == (1,)
    assert search.matching(desk, SP, "यादव शराब दरोगा") == (1,)


def test_a_case_is_found_by_serial_and_by_its_number(desk: Desk) -> None:
    serials = [receive(desk, body(n, text="कुछ नहीं", answers=())) for n in (1, 2, 3)]
    assert search.matching(desk, SP, serials[1].lower()) == (2,)
    assert search.matching(desk, SP, "2") == (2,)
    assert search.matching(desk, SP, "2", before=2) == ()


def test_whoever_may_not_read_what_informants_told_does_not_find_it(desk: Desk) -> None:
    serial = receive(desk, body(1, text="अवैध शराब"))
    other = receive(desk, body(2, text="अवैध शराब"))
    for one, note in ((serial, "नदी के पास भट्ठी"), (other, "नदी के पास भट्ठी")):
        cases.screen(desk, one, SCREENER, 1, note)
    cases.assign(desk, serial, SUPERVISOR, 2, POST)
    assert search.matching(desk, SP, "भट्ठी शराब") == (2, 1)
    assert search.matching(desk, CO, "भट्ठी") == (1,)
    assert search.matching(desk, CO, "शराब") == ()
    assert search.matching(desk, SHO, "भट्ठी") == search.matching(desk, SHO, "शराब") == ()
    assert search.matching(desk, SHO, serial) == (1,)
    assert search.matching(desk, ANALYST, "भट्ठी") == search.matching(desk, ANALYST, serial) == ()
    assert search.snippets(desk, SHO, [1, 2], "भट्ठी") == {}
    piece = search.snippets(desk, CO, [1], "भट्ठी")[1]
    assert piece is not None and piece.of == "written"


def test_a_brief_is_found(desk: Desk) -> None:
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SCREENER, 1)
    cases.assign(desk, serial, SUPERVISOR, 2, POST, "", "Look into the yellow godown")
    assert search.matching(desk, SP, "godown yellow") == (1,)


@pytest.mark.parametrize(
    "query", ["", " ", "* *", '"', '""', "-", '" OR told:*', "AND(", "^a", "ऀ", "'; drop", "\x00"]
)
def test_any_query_is_only_words(desk: Desk, query: str) -> None:
    receive(desk, body(1))
    assert search.matching(desk, SP, query) == ()


@pytest.mark.parametrize(
    "damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"spoilt" * 999)]
)
def test_an_index_that_is_gone_or_damaged_is_made_anew(desk: Desk, damage: Callable[[Path], None]) -> None:
    tell(desk, {1: "अवैध शराब"})
    assert search.matching(desk, SP, "शराब") == (1,)
    for suffix in ("-wal", "-shm"):
        Path(f"{desk.config.search_db}{suffix}").unlink(missing_ok=True)
    damage(desk.config.search_db)
    search.catch_up(desk)
    assert search.matching(desk, SP, "शराब") == (1,)
    assert search.is_whole(desk)


def test_the_index_lies_where_the_settings_say(desk: Desk, tmp_path: Path) -> None:
    moved = replace(desk, config=replace(desk.config, search_folder=tmp_path / "memory"))
    tell(moved, {1: "अवैध शराब"})
    assert search.matching(moved, SP, "शराब") == (1,)
    assert (tmp_path / "memory" / "search.db").exists() and not (tmp_path / "search.db").exists()
