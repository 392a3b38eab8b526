"""The tables of districts and thanas."""

from pathlib import Path

import pytest

from provisioning import directory
from sync.errors import ConfigError

DISTRICTS = "code,name_en,name_hi\nJNP,Jaunpur,जौनपुर\n"
HEAD = "code,district,circle,thana_en,thana_hi,lat,lon,source\n"


def seed(folder: Path, thanas: str, districts: str = DISTRICTS) -> directory.Seed:
    (folder / "districts.csv").write_text(districts, encoding="utf-8")
    (folder / "thanas.csv").write_text(HEAD + thanas, encoding="utf-8")
    return directory.load(folder)


def test_the_shipped_tables_are_whole() -> None:
    shipped = directory.load()
    assert [district.code for district in shipped.districts] == ["JNP", "GZP", "CDL"]
    assert len(shipped.thanas) == 73
    assert {thana.district for thana in shipped.thanas} == {"JNP", "GZP", "CDL"}
    assert all(thana.name_en and thana.name_hi for thana in shipped.thanas)


def test_seed_data_is_unconfirmed() -> None:
    assert not any(thana.confirmed for thana in directory.load().thanas)


def test_places_are_near_the_range_or_missing() -> None:
    points = [(t.lat_e5, t.lon_e5) for t in directory.load().thanas if t.lat_e5 is not None]
    assert points
    for lat_e5, lon_e5 in points:
        assert lon_e5 is not None
        assert 2_450_000 < lat_e5 < 2_650_000
        assert 8_200_000 < lon_e5 < 8_450_000


def test_circle_and_point_may_be_missing(tmp_path: Path) -> None:
    (thana,) = seed(tmp_path, "JNP-01,Jaunpur,,Kotwali,कोतवाली,,,\n").thanas
    assert (thana.circle, thana.lat_e5, thana.lon_e5) == (None, None, None)


def test_degrees_become_whole_numbers(tmp_path: Path) -> None:
    (thana,) = seed(tmp_path, "JNP-01,Jaunpur,City,Kotwali,कोतवाली,25.75506,82.68361,\n").thanas
    assert (thana.circle, thana.lat_e5, thana.lon_e5) == ("City", 2575506, 8268361)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("X-1,Patna,,A,अ,,,\n", "no district 'Patna'"),
        ("X-1,Jaunpur,,A,अ,north,,\n", "lat is 'north'"),
        ("X-1,Jaunpur,,A,अ,95.0,,\n", "at most 90"),
        ("X-1,Jaunpur,,A,अ,,,\nX-1,Jaunpur,,B,ब,,,\n", "'X-1' stands there twice"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, row: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        seed(tmp_path, row)
