"""Towns for the tests of this folder."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync import db
from tests.anonymity.town import Town, make_template

MakeTown = Callable[[object], Town]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enrolled nodes to copy."""
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Databases that wait for no disk: nobody cuts the power of a town."""
    monkeypatch.setattr(db, "PRAGMAS", (*db.PRAGMAS, "synchronous=OFF"))


@pytest.fixture
def make_town(
    template: Path, tmp_path: Path, quick_disk: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MakeTown]:
    """Makes towns by seed; the last one made is the one that chance works for."""
    made: list[Town] = []

    def make(seed: object) -> Town:
        made.append(Town(template, tmp_path / f"town{len(made)}", seed, monkeypatch))
        return made[-1]

    yield make
    for town in made:
        town.close()
