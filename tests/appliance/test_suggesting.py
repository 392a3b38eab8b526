"""Which post a case is offered to first: made for it, of the place, of its circle; never a barred one."""

from dataclasses import replace

import pytest

from appliance import suggesting
from appliance.posts import posts
from appliance.suggesting import Suggestion, suggest
from sync import catalogue
from sync.directory import Thana
from sync.messages import Answer
from tests.appliance.office import DIRECTORY

CITY = replace(
    DIRECTORY,
    thanas=(
        *DIRECTORY.thanas,
        Thana("JNP-29", "JNP", None, "Mahila Thana", "महिला थाना", None, None, True),
        Thana("JNP-30", "JNP", None, "Cyber Crime Thana", "साइबर थाना", None, None, True),
    ),
)
ONLINE = (Answer("what", "online", ""),)


@pytest.mark.parametrize(
    ("thana", "category", "answers", "barred", "wanted"),
    [
        ("JNP-01", "liquor", (), "", Suggestion("SHO JNP-01", "thana")),
        ("JNP-01", "women_child", (), "", Suggestion("SHO JNP-29", "special")),
        ("JNP-01", "gambling", ONLINE, "", Suggestion("SHO JNP-30", "special")),
        ("JNP-01", "gambling", (), "", Suggestion("SHO JNP-01", "thana")),
        ("JNP-01", "prostitution", (), "", Suggestion("CO City", "circle_kind")),
        ("JNP-02", "prostitution", (), "", Suggestion("SHO JNP-02", "thana")),
        ("JNP-01", "liquor", (), "SHO JNP-01", Suggestion("CO City", "circle", ("SHO JNP-01",))),
        ("", "liquor", (), "", Suggestion("", "none")),
        ("JNP-02", "liquor", (), "SHO JNP-02", Suggestion("", "none", ("SHO JNP-02",))),
    ],
)
def test_the_first_post_that_may_have_it(
    thana: str, category: str, answers: tuple[Answer, ...], barred: str, wanted: Suggestion
) -> None:
    known = posts(CITY, "JNP")
    found = suggest(CITY, "JNP", thana, category, answers, known, frozenset({barred}))
    assert found == wanted


def test_where_there_is_no_thana_made_for_it_the_place_decides() -> None:
    known = posts(DIRECTORY, "JNP")
    found = suggest(DIRECTORY, "JNP", "JNP-02", "women_child", (), known, frozenset())
    assert found == Suggestion("SHO JNP-02", "thana")


def test_the_table_names_what_the_catalogue_has() -> None:
    known = {category.code: category for category in catalogue.load().categories}
    for kind, question, choice, _ in suggesting.SPECIAL:
        choices = {q.code: {o.code for o in q.options} for q in known[kind].questions}
        assert question == "" or choice in choices[question]
    assert set(suggesting.OF_CIRCLE) <= known.keys()
