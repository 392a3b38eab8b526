"""Whoever is away, reports wait for him: twenty people write while the broker or the box is gone."""

import pytest

from tests.journeys.town import PHOTO, Town

pytestmark = [pytest.mark.broker, pytest.mark.slow]


def check_all_came(town: Town, places: list[str], known: int) -> None:
    """Each report is one case, the first three with their photo."""
    town.settle()
    came = town.kept()[known:]
    assert sorted(report.place for report in came) == sorted(places)
    photos = {report.place: report.photos for report in came}
    assert [photos[place] for place in places] == [(PHOTO,)] * 3 + [()] * (len(places) - 3)


def test_reports_written_without_a_broker_come_when_it_is_back(town: Town) -> None:
    town.settle()
    known, places = len(town.kept()), [town.place() for _ in range(20)]
    assert town.world.broker is not None
    town.world.broker.kill()
    town.tell_many(places, photos=3)
    assert len(town.kept()) == known
    town.world.broker.start()
    check_all_came(town, places, known)


def test_reports_written_without_a_box_come_when_it_is_back(town: Town) -> None:
    town.settle()
    known, places = len(town.kept()), [town.place() for _ in range(20)]
    town.world.kill("jaunpur-link")
    town.tell_many(places, photos=3)
    assert len(town.kept()) == known
    town.world.start("jaunpur-link")
    check_all_came(town, places, known)
