"""A directory to look at the conversation with, where there is no relay: the places alone, no nodes and no keys."""

import csv
from pathlib import Path

from sync.directory import Directory, District, Thana
from sync.errors import ConfigError


def sample_directory(folder: Path | None) -> Directory:
    """What ``districts.csv`` and ``thanas.csv`` in ``folder`` name (None: nothing); ConfigError without them."""
    if folder is None:
        return Directory(1, 1, (), (), ())
    named = {row["name_en"]: row for row in _rows(folder / "districts.csv")}
    districts = tuple(District(row["code"], row["name_en"], row["name_hi"], "") for row in named.values())
    thanas = tuple(
        Thana(r["code"], named[r["district"]]["code"], None, r["thana_en"], r["thana_hi"], None, None, False)
        for r in _rows(folder / "thanas.csv")
        if r["district"] in named
    )
    return Directory(1, 1, districts, thanas, ())


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise ConfigError(f"{path} is not there", hint="Name the folder of districts.csv and thanas.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
