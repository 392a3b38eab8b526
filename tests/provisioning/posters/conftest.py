"""One poster, made once, and the seed's thanas."""

import pytest

from provisioning import directory
from provisioning.posters import Poster, number, poster, words
from provisioning.posters.words import Bilingual
from sync.directory import District, Thana


@pytest.fixture(scope="session")
def told() -> Bilingual:
    return words.load()


@pytest.fixture(scope="session")
def places() -> list[tuple[Thana, District]]:
    seed = directory.load()
    districts = {district.code: district for district in seed.districts}
    return [(thana, districts[thana.district]) for thana in seed.thanas]


@pytest.fixture(scope="session")
def sikrara(told: Bilingual, places: list[tuple[Thana, District]]) -> Poster:
    thana, district = next(place for place in places if place[0].code == "JNP-07")
    return poster(thana, district, number.read("+91 98000 00001"), told)
