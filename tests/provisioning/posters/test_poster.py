import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from provisioning.posters import Poster, fonts, link, number, poster
from provisioning.posters.drawing import Page, Polygon, Squares, Text
from provisioning.posters.words import Bilingual
from sync.directory import District, Thana
from sync.errors import ConfigError

NUMBER = number.read("+91 98000 00001")
MARGIN = 7  # what ordinary printers leave white, in mm


def lines(page: Page) -> list[Text]:
    return [item for item in page.items if isinstance(item, Text)]


def said(page: Page) -> str:
    return " ".join(line.text for line in lines(page))


@pytest.mark.slow
def test_every_thana_of_the_directory_fits(told: Bilingual, places: list[tuple[Thana, District]]) -> None:
    for thana, district in places:
        page = poster(thana, district, NUMBER, told).page
        for line in lines(page):
            assert line.x >= MARGIN, (thana.code, line)
            assert line.x + fonts.width(line.text, line.bold, line.size) <= page.width - MARGIN, (
                thana.code,
                line,
            )
            assert MARGIN < line.baseline < page.height - MARGIN, (thana.code, line)


def test_no_two_lines_stand_on_each_other(sikrara: Poster) -> None:
    placed = lines(sikrara.page)
    for number_, one in enumerate(placed):
        for other in placed[number_ + 1 :]:
            beside = one.x + fonts.width(one.text, one.bold, one.size) <= other.x or (
                other.x + fonts.width(other.text, other.bold, other.size) <= one.x
            )
            assert beside or abs(one.baseline - other.baseline) > 0.75 * min(one.size, other.size), (
                one,
                other,
            )


def test_what_must_be_read_at_two_metres_is_large_and_nothing_is_tiny(sikrara: Poster) -> None:
    """Letters of 1/250 of the distance are read with ease: 8 mm at two metres; small print at half a metre."""
    sizes = {line.text: line.size * 0.62 for line in lines(sikrara.page)}

    assert sizes[NUMBER.shown] > 8
    assert sizes["बिना नाम बताए"] > 8
    assert min(sizes.values()) > 1.8


def test_number_words_code_and_place_stand_there_in_both_languages(sikrara: Poster, told: Bilingual) -> None:
    text = said(sikrara.page)

    for wanted in (
        "+91 98000 00001", told.hi.spelled(NUMBER.groups), told.en.spelled(NUMBER.groups), "[JNP-07K]",
        "थाना सिकरारा, जौनपुर", "thana Sikrara, Jaunpur", "https://wa.me/919800000001", "112", "1090", "1098", "1930",
    ):  # fmt: skip
        assert wanted in text


def test_the_square_on_the_page_is_the_code_of_the_link_with_a_quiet_border(sikrara: Poster) -> None:
    (square,) = (item for item in sikrara.page.items if isinstance(item, Squares))
    side = len(square.matrix) * square.module
    white = [item for item in sikrara.page.items if isinstance(item, Polygon) and item.fill == "#ffffff"]
    border = 4 * square.module - 0.001

    assert square.matrix == link.matrix(sikrara.link)
    assert any(
        min(x for x, _ in paper.points) <= square.x - border
        and max(x for x, _ in paper.points) >= square.x + side + border
        and min(y for _, y in paper.points) <= square.y - border
        and max(y for _, y in paper.points) >= square.y + side + border
        for paper in white
    )


@pytest.mark.slow
def test_posters_of_one_thana_are_the_same_and_of_two_differ_only_in_their_place(
    told: Bilingual, places: list[tuple[Thana, District]], sikrara: Poster
) -> None:
    thana, district = next(place for place in places if place[0].code == "JNP-07")
    again = poster(thana, district, NUMBER, told)
    other = poster(replace(thana, code="JNP-08"), district, NUMBER, told)

    assert (again.svg(), again.pdf()) == (sikrara.svg(), sikrara.pdf())
    assert said(other.page).replace(other.code, sikrara.code) == said(sikrara.page)


@pytest.mark.slow
def test_the_files_do_not_depend_on_who_makes_them_where_and_when(tmp_path: Path, sikrara: Poster) -> None:
    for seed, zone in (("1", "UTC"), ("2", "Asia/Kolkata")):
        command = [sys.executable, "-m", "provisioning", "posters", "--number", NUMBER.shown]
        subprocess.run(
            [*command, "--thana", "JNP-07", "--out", str(tmp_path / seed)],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "USER": f"maker{seed}"},
        )
        assert (tmp_path / seed / "JNP-07K.svg").read_bytes() == sikrara.svg()
        assert (tmp_path / seed / "JNP-07K.pdf").read_bytes() == sikrara.pdf()


def test_a_long_name_is_refused_and_says_so(told: Bilingual, places: list[tuple[Thana, District]]) -> None:
    thana, district = places[0]

    with pytest.raises(ConfigError, match=r"thanas\.csv"):
        poster(replace(thana, name_hi="कोतवाली नगर " * 60), district, NUMBER, told)
    with pytest.raises(ConfigError, match="three capitals"):
        poster(replace(thana, code="JIO-07"), district, NUMBER, told)


def test_the_longest_number_there_is_fits(told: Bilingual, places: list[tuple[Thana, District]]) -> None:
    long = number.Number("777777777777777", ("+777", "7777777", "77777"))

    assert told.en.spelled(long.groups)[:20] in said(poster(*places[0], long, told).page)
