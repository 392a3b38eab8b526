"""Pages of figures: there in both languages, each for whom they are, never more than plain counts."""

import csv
from dataclasses import replace
from io import StringIO
from urllib.parse import unquote

import pytest
from flask import Flask

from appliance import people
from appliance.desk import Actor, Desk
from appliance.figures import outline
from sync.clock import DAY_S
from tests.appliance.office import Watch, audited, body, receive
from tests.webui.world import DISPLAYS, PASSWORD, Visitor, site_of, somebody
from webui.figures import download, pictures
from webui.figures.download import written

PAGES = ("/figures", "/figures/thanas", "/figures/map", "/figures/review")
FILES = tuple(f"/figures/{name}.csv" for name in download.TABLES)
REFUSED = ("technician", "auditor", "sho")


@pytest.fixture
def busy(desk: Desk, watch: Watch) -> Desk:
    """Twelve reports of last week, in two thanas."""
    for number in range(1, 13):
        thana = "JNP-02" if number > 10 else "JNP-01"
        receive(desk, body(number, thana=thana, category="drugs" if number % 2 else "liquor"))
    watch.now += 7 * DAY_S
    return desk


def rows(visitor: Visitor, path: str) -> list[list[str]]:
    return list(csv.reader(StringIO(visitor.text(path).removeprefix("\ufeff"))))


@pytest.mark.slow
@pytest.mark.parametrize(("language", "words"), [("hi", "अपराधों की नहीं"), ("en", "not of crimes")])
def test_every_page_says_that_reports_are_no_crimes(
    busy: Desk, supervisor: Visitor, language: str, words: str
) -> None:
    supervisor.speak(language)
    for path in PAGES:
        text = supervisor.text(path)
        pictures_in = text.count("<svg")
        assert text.count(words) >= 1 + pictures_in, path
        assert text.count("<table") == text.count("<caption")
        assert "<script>" not in text and " style=" not in text


def test_the_trend_counts_weeks_and_tells_them_twice(busy: Desk, supervisor: Visitor) -> None:
    supervisor.speak("en")
    text = supervisor.text("/figures")
    assert "<title>29 Dec: 12</title>" in text
    assert '<th scope="row">29 Dec 2025 – 4 Jan 2026</th><td class="number"><b>12</b></td>' in text
    assert "too few" in text
    assert "<title>29 Dec: 6</title>" in supervisor.text("/figures?category=drugs")
    assert "<title>29 Dec: 2</title>" in supervisor.text("/figures?thana=JNP-02")
    assert "<title>Jan 2026: 12" in supervisor.text("/figures?by=month")


@pytest.mark.slow
@pytest.mark.parametrize(
    "query", ["by=year", "span=x&sort=y&sensitivity=z", "category=<b>", "week=9%00", "week=-1"]
)
def test_what_is_not_offered_is_not_asked(busy: Desk, supervisor: Visitor, query: str) -> None:
    for path in PAGES:
        assert supervisor.get(f"{path}?{query}").status_code == 200


def test_thanas_stand_in_their_own_order_unless_asked(busy: Desk, supervisor: Visitor) -> None:
    supervisor.speak("en")
    text = supervisor.text("/figures/thanas?span=1w")
    assert text.index(">Kotwali<") < text.index(">Line Bazar<")
    assert 'aria-sort="ascending"' in text and "no worse than one with few" in text
    receive(busy, body(20, thana="JNP-02"))
    newest = supervisor.text("/figures/thanas?span=1w&sort=now")
    assert newest.index(">Kotwali<") < newest.index(">Line Bazar<")
    assert "/figures/thanas?span=1w&amp;sort=open" in newest


def test_the_map_tells_every_count_as_the_comparison_does(busy: Desk, app: Flask) -> None:
    analyst = somebody(busy, app, "analyst")
    analyst.speak("en")
    text = analyst.text("/figures/map?span=1w")
    assert "<title>Kotwali: 10</title>" in text and "<title>Line Bazar: 2</title>" in text
    assert "No outline" not in text  # no thana of this office has a point
    mapped, compared = (
        {
            row[0]: row[3]
            for row in rows(analyst, f"/figures/{page}.csv?span=1w")
            if row[:1] in (["JNP-01"], ["JNP-02"])
        }
        for page in ("map", "thanas")
    )
    assert mapped == compared == {"JNP-01": "10", "JNP-02": "2"}


def test_the_review_lists_serials_for_those_who_see_cases(
    busy: Desk, app: Flask, supervisor: Visitor
) -> None:
    busy.conn.execute("update case_file set due_at=opened_at where id=1")
    (serial,) = busy.conn.execute("select serial from case_file where id=1").fetchone()
    assert f'<a href="/cases/{serial}">' in supervisor.text("/figures/review")
    assert serial not in somebody(busy, app, "analyst").text("/figures/review")
    assert "near the mill" not in supervisor.text("/figures/review")


def test_an_earlier_week_can_be_asked_for(busy: Desk, app: Flask, watch: Watch) -> None:
    watch.now += 7 * DAY_S
    supervisor = somebody(busy, app, "supervisor")
    supervisor.speak("en")
    text = supervisor.text("/figures/review")
    before = text.split('rel="prev"')[0].rsplit('href="', 1)[1].rstrip('" ')
    assert "5 Jan 2026 – 11 Jan 2026</h1>" in text
    earlier = supervisor.text(before)
    assert "29 Dec 2025 – 4 Jan 2026</h1>" in earlier
    assert 'rel="next"' in earlier and 'rel="next"' not in text


def at_a_post(desk: Desk, app: Flask, role: str, post: str) -> Visitor:
    people.add(desk, role, DISPLAYS.get(role, role), role, PASSWORD, post)
    visitor = Visitor(app.test_client())
    with visitor.client.session_transaction(base_url=visitor.base) as session:
        session["login"] = people.begin(desk, Actor(role, role, role, post))
    return visitor


def test_a_circle_officer_sees_his_own_thanas_alone(busy: Desk, app: Flask) -> None:
    visitor = at_a_post(busy, app, "co", "CO City")
    visitor.speak("en")
    own, other, count = "Kotwali", "Line Bazar", 10
    for path in PAGES:
        text = visitor.text(path)
        assert other not in text, path
    assert own in visitor.text("/figures/thanas")
    assert f"<title>29 Dec: {count}</title>" in visitor.text("/figures")
    for thana in ("JNP-01", "JNP-02", "GZP-01"):
        expected = count if thana == "JNP-01" else 0
        assert f"<title>29 Dec: {expected}</title>" in visitor.text(f"/figures?thana={thana}")
    found = {row[1]: row[3] for row in rows(visitor, "/figures/thanas.csv?span=1w") if len(row) > 4}
    assert other not in found and found[own] == str(count)


@pytest.mark.parametrize("role", REFUSED)
def test_others_see_no_figures(busy: Desk, app: Flask, role: str) -> None:
    visitor = somebody(busy, app, role)
    assert {visitor.get(path).status_code for path in (*PAGES, *FILES)} == {403}
    assert 'href="/figures"' not in visitor.text("/health")


def test_a_file_says_who_took_it_and_is_noted(busy: Desk, supervisor: Visitor) -> None:
    supervisor.speak("en")
    for path in FILES:
        answer = supervisor.get(path)
        assert answer.mimetype == "text/csv" and answer.text.startswith("\ufeff")
        assert 'attachment; filename="satark-' in answer.headers["Content-Disposition"]
        head = rows(supervisor, path)[:5]
        assert head[0] == ["Satark Mitra: counts of reports, not of crimes"]
        assert head[1] == ["Taken by", f"{DISPLAYS['supervisor']} (supervisor)", "Supervisor"]
        assert head[2] == ["Office", "District Jaunpur"] and head[3][1].startswith("8 Jan 2026")
    taken = [row for row in audited(busy) if row[1] == "figures.export"]
    assert [row[2] for row in taken[::2]] == [f"{name}.csv" for name in download.TABLES]
    assert supervisor.get("/figures/cases.csv").status_code == 404


def test_a_file_asks_for_the_password_again(busy: Desk, supervisor: Visitor, watch: Watch) -> None:
    watch.now += 6 * 60
    answer = supervisor.get("/figures/trend.csv?by=month")
    assert answer.status_code == 303
    assert unquote(answer.headers["Location"]).endswith("next=/figures/trend.csv?by=month")
    assert "figures.export" not in [row[1] for row in audited(busy)]


def test_a_file_holds_the_counts_of_its_page(busy: Desk, supervisor: Visitor) -> None:
    supervisor.speak("en")
    table = rows(supervisor, "/figures/trend.csv?category=drugs")
    assert table[4][1] == "Drugs"
    assert ["2025-12-29", "2026-01-04", "6"] in [row[:3] for row in table]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_no_cell_can_be_taken_for_a_formula(cell: str) -> None:
    ((found, number),) = csv.reader(StringIO(written([(cell, -3)]).removeprefix("\ufeff"), newline=""))
    assert found == f"'{cell}" and number == "-3"


SHAPE = b'{"type": "Polygon", "coordinates": [[[82, 25], [83, 25], [83, 26], [82, 25]]]}'


def test_an_outline_is_drawn_below_the_points_with_its_source(busy: Desk) -> None:
    thanas = tuple(replace(one, lat_e5=2_550_000, lon_e5=8_250_000) for one in busy.directory.thanas)
    desk = replace(busy, directory=replace(busy.directory, thanas=thanas))
    visitor = somebody(desk, site_of(desk), "sp")
    visitor.speak("en")
    text = visitor.text("/figures/map?span=1w")
    assert "No outline is installed" in text and "<path" not in text and text.count("<circle") == 2
    outline.load(desk.conn, SHAPE, "the district <b>", "ODbL", desk.clock())
    text = visitor.text("/figures/map?span=1w")
    assert '<path class="outline"' in text and "Outline: the district &lt;b&gt;; licence: ODbL" in text
    assert ("technician", "outline.import") in [row[:2] for row in audited(desk)]


def test_scales_reach_the_highest_bar() -> None:
    for highest in (0, 1, 5, 6, 99, 100, 101, 12_345):
        chart = pictures.chart([(highest, None), (0, highest)])
        assert chart.ticks[-1].value >= highest
        assert chart.ticks[0].value == 0
        assert all(group.now.y >= pictures.TOP and group.now.height >= 0 for group in chart.groups)
