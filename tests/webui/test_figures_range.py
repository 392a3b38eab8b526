"""The range's trend and comparison of districts, from what the boxes told."""

import csv
from dataclasses import replace
from io import StringIO
from itertools import combinations
from pathlib import Path

import pytest
from flask import Flask

from appliance.desk import Desk
from appliance.rangenode import accept
from provisioning import directory as shipped
from sync.clock import week_of
from sync.messages import Digest, Tally
from tests.appliance.office import START, Watch, audited, open_office
from tests.webui.world import Visitor, site_of, somebody, without_tls
from webui.figures import labels, tilemap
from webui.names import Names

WEEK = week_of(START)
TALLIES = (
    Tally("JNP", "liquor", WEEK - 1, "open", False, False, 0, 30, 0, 9, 0),
    Tally("JNP", "liquor", WEEK - 2, "open", False, False, 25, 0, 0, 0, 0),
    Tally("JNP", "women_child", WEEK - 1, "secret", True, True, 0, 0, 4, 0, 0),
    Tally("JNP", "liquor", WEEK, "open", False, False, 3, 0, 0, 0, 0),
)


@pytest.fixture
def office(tmp_path: Path, watch: Watch) -> Desk:
    folder = tmp_path / "range"
    folder.mkdir()
    office = without_tls(open_office(folder, watch, "range"))
    conn = accept.open_range(office.config.range_db)
    accept.accept(conn, "n0000000b", Digest(2, "old", 0, (), TALLIES), START - 9)
    accept.accept(conn, "n0000000b", Digest(2, "new", 0, (), TALLIES), START)
    conn.close()
    return office


@pytest.fixture
def visitor(office: Desk) -> Visitor:
    return somebody(office, site_of(office), "range")


def test_the_range_sees_trend_districts_and_classes(visitor: Visitor) -> None:
    visitor.speak("en")
    text = visitor.text("/range/figures?span=1w")
    assert "<title>22 Dec: 34</title>" in text and "<title>15 Dec: 25</title>" in text
    assert "<title>29 Dec: 3 (so far)</title>" in text
    assert text.count("not of crimes") >= 2
    row = text.split(">Jaunpur</a>")[1].split("</tr>")[0]
    shown = ["<b>34</b>", ">25<", "+9", "+36 %", ">0<", ">30<", ">4<", ">9<"]
    assert [one for one in shown if one not in row] == []
    classes = text.split("By class")[1].split("</table>")[0]
    for name, count in (("Open", 30), ("Restricted", 0), ("Secret", 4), ("Shows a victim", 4)):
        assert f'<th scope="row">{name}</th><td class="number">{count}</td>' in classes


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("thana=JNP", 34),
        ("thana=GZP", 0),
        ("category=women_child", 4),
        ("sensitivity=child", 4),
        ("sensitivity=open", 30),
    ],
)
def test_filters_narrow(visitor: Visitor, query: str, count: int) -> None:
    visitor.speak("en")
    assert f"<title>22 Dec: {count}</title>" in visitor.text(f"/range/figures?{query}")


@pytest.mark.parametrize("page", ["", "/map", "/thanas", "/review"])
def test_the_range_reads_whose_cases_the_pages_of_thanas_count(
    visitor: Visitor, desk: Desk, app: Flask, page: str
) -> None:
    visitor.speak("en")
    text = visitor.text(f"/figures{page}")
    assert "only the cases of the range itself" in text and 'href="/range/figures"' in text
    district = somebody(desk, app, "analyst")
    district.speak("en")
    assert "of the range itself" not in district.text(f"/figures{page}")


def test_no_name_on_the_map_of_the_range_covers_another(office: Desk) -> None:
    seed = shipped.load()
    office = replace(office, directory=replace(office.directory, thanas=seed.thanas))
    drawn = tilemap.ground(seed.thanas, {}, (), None)
    assert drawn is not None and len(drawn.marks) > 10
    for language in ("hi", "en"):
        names = {one.code: Names(office, language).thana(one.code) for one in drawn.marks}
        places = [labels.Place(one.code, one.x, one.y) for one in drawn.marks]
        found = labels.spots(places, names, drawn.width)
        boxes = [labels.box_of(spot, names[code]) for code, spot in found.items()]
        assert [pair for pair in combinations(boxes, 2) if labels.overlap(*pair)] == []


def test_the_file_of_districts_is_noted(office: Desk, visitor: Visitor) -> None:
    visitor.speak("en")
    text = visitor.text("/range/figures.csv?span=1w&thana=JNP").removeprefix("\ufeff")
    table = list(csv.reader(StringIO(text)))
    assert ["Jaunpur", "34", "25", "0", "30", "4", "9"] in table and table[4][2] == "Jaunpur"
    assert ("range", "figures.export", "districts.csv") in list(audited(office))


def test_a_district_has_none_and_others_may_not(desk: Desk, app: Flask, office: Desk) -> None:
    for path in ("/range/figures", "/range/figures.csv"):
        assert somebody(desk, app, "range").get(path).status_code == 404
        assert somebody(office, site_of(office), "supervisor").get(path).status_code == 403
