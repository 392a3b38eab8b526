"""The seed of the directory: districts and thanas as tables that a technician corrects with the district's list.

Everything read here is unconfirmed until a district has confirmed it. Nothing is read at import.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from sync.directory import District, Thana
from sync.errors import ConfigError

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Seed:
    """Districts (still without their boxes) and their thanas, in the order of the files."""

    districts: tuple[District, ...]
    thanas: tuple[Thana, ...]


def load(folder: Path = FOLDER) -> Seed:
    """Reads ``districts.csv`` and ``thanas.csv``; raises ConfigError naming the row that is wrong."""
    districts = tuple(_district(row) for row in _rows(folder / "districts.csv"))
    codes = {district.name_en: district.code for district in districts}
    thanas = tuple(_thana(row, codes) for row in _rows(folder / "thanas.csv"))
    _refuse_twins("districts.csv", [district.code for district in districts])
    _refuse_twins("thanas.csv", [thana.code for thana in thanas])
    return Seed(districts, thanas)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _district(row: dict[str, str]) -> District:
    return District(code=row["code"], name_en=row["name_en"], name_hi=row["name_hi"], node="")


def _thana(row: dict[str, str], codes: dict[str, str]) -> Thana:
    if row["district"] not in codes:
        raise ConfigError(f"thanas.csv: {row['code']}: districts.csv has no district {row['district']!r}")
    return Thana(
        code=row["code"],
        district=codes[row["district"]],
        circle=row["circle"] or None,
        name_en=row["thana_en"],
        name_hi=row["thana_hi"],
        lat_e5=_degrees(row, "lat", 90),
        lon_e5=_degrees(row, "lon", 180),
        confirmed=False,
    )


def _degrees(row: dict[str, str], column: str, most: int) -> int | None:
    """Degrees times 100,000, or None where the table is empty."""
    if not row[column]:
        return None
    try:
        degrees = float(row[column])
    except ValueError as error:
        raise ConfigError(
            f"thanas.csv: {row['code']}: {column} is {row[column]!r}, wanted: degrees"
        ) from error
    if not -most <= degrees <= most:
        raise ConfigError(f"thanas.csv: {row['code']}: {column} is {degrees}, wanted: at most {most}")
    return round(degrees * 100_000)


def _refuse_twins(name: str, codes: list[str]) -> None:
    twins = [code for code in codes if codes.count(code) > 1]
    if twins:
        raise ConfigError(f"{name}: code {twins[0]!r} stands there twice")
