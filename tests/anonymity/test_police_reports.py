"""A report on police reaches the range only: the district cannot tell a day with one from a day without."""

from dataclasses import replace

import pytest

from tests.anonymity.conftest import MakeTown
from tests.anonymity.encodings import forms_of_text, search
from tests.anonymity.stories import MOST_STEPS, Story, Teller, Who, answer_all
from tests.anonymity.town import Town
from tests.anonymity.views import View, differences, dump, line, masks_of, of_box, opened

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check

ASHA = Who("919812345678", "", "Asha")
VIMLA = Who("917301298406", "IN.4711082930561742", "Vimla")
PLAIN = Story(1, "drugs", "no", "push", 1)
FIRST = Story(5, "drugs", "no", "push", 1)
ON_POLICE = [
    Story(2, "police_corruption", "yes", "push", 1),
    Story(3, "drugs", "yes", "push", 2),
    Story(4, "heinous", "yes", "none", 0, now="yes"),
]
DISTRICTS = ("jaunpur", "ghazipur", "chandauli")


def add_to(receipt: str, teller: Teller) -> None:
    """Tells a story as an addition to an earlier report, until a receipt comes."""
    teller.write(f"add {receipt}")
    for _ in range(MOST_STEPS):
        if teller.receipt:
            return
        teller.answer()
    raise AssertionError("it got no receipt of its own")


def a_day(make_town: MakeTown, *others: Story, first: Story | None = None, closes: bool = True) -> Town:
    """A report from Jaunpur for its box, and others that come between; the offices do their work.

    With ``first`` there is one more from Jaunpur at the beginning, and the others are told as additions to it.
    """
    town = make_town("the day")
    receipt = Teller(town, VIMLA, first).tell() if first else ""
    teller = Teller(town, ASHA, PLAIN)
    teller.write("Hi")
    for story in others:
        at = town.now
        other = Teller(town, VIMLA, story)
        add_to(receipt, other) if receipt else other.tell()
        town.clock.now = at  # they write at the same time
    while not teller.receipt:
        teller.answer()
    town.release()
    town.jobs()
    answer_all(town, closes)
    town.send_replies()
    town.jobs()
    return town


def seen_by(town: Town, seat: str) -> View:
    """All that a district's box can know: its own databases and files, what came and went, its log at the relay."""
    node = town.node(seat)
    passed = [one for one in town.passed if node in one.topic.split("/")]
    masks = masks_of(town, passed)
    return {
        "line": line(passed),
        "messages": opened(town, passed, masks),
        "log": [row[1] for row in dump(town.conn)["log_leaf"] if row[0] == node],
        **of_box(town, seat, masks),
    }


@pytest.mark.parametrize("story", ON_POLICE, ids=lambda story: f"{story.seed}-{story.category}")
def test_the_districts_see_nothing_of_it(make_town: MakeTown, story: Story) -> None:
    town = a_day(make_town)
    without = {seat: seen_by(town, seat) for seat in DISTRICTS}
    town = a_day(make_town, story)
    for seat in DISTRICTS:
        assert differences(without[seat], seen_by(town, seat)) == [], seat


@pytest.mark.parametrize("story", ON_POLICE, ids=lambda story: f"{story.seed}-{story.category}")
def test_the_districts_see_nothing_of_one_that_adds_to_their_own_report(
    make_town: MakeTown, story: Story
) -> None:
    town = a_day(make_town, first=FIRST)
    without = {seat: seen_by(town, seat) for seat in DISTRICTS}
    town = a_day(make_town, story, first=FIRST)
    for seat in DISTRICTS:
        assert differences(without[seat], seen_by(town, seat)) == [], seat
    at_range = (
        town.boxes["range"].desk.conn.execute("select category, police_involved from report").fetchall()
    )
    assert [tuple(row) for row in at_range] == [("other", "yes")]  # an addition is not asked for its category


def test_the_same_look_notices_a_report_of_their_own(make_town: MakeTown) -> None:
    without = seen_by(a_day(make_town, closes=False), "jaunpur")  # while there are keys of ways back
    found = differences(without, seen_by(a_day(make_town, replace(PLAIN, seed=9), closes=False), "jaunpur"))
    assert {"line", "messages", "log", "box.db report", "box.db case_file", "keys.db report_key"} <= set(
        found
    )


@pytest.mark.parametrize("story", ON_POLICE, ids=lambda story: f"{story.seed}-{story.category}")
def test_the_range_has_it_and_jaunpur_counts_on(make_town: MakeTown, story: Story) -> None:
    town = a_day(make_town, story)
    rows = town.boxes["range"].desk.conn.execute(
        "select serial, report.category from case_file join report using(id)"
    )
    assert [tuple(row) for row in rows] == [("RNG-2027-00001", story.category)]
    serials = town.boxes["jaunpur"].desk.conn.execute("select serial from case_file").fetchall()
    assert [row[0] for row in serials] == ["JNP-2027-00001"]


def test_no_file_of_the_district_names_its_handle(make_town: MakeTown) -> None:
    town = a_day(make_town, ON_POLICE[0])
    (handle,) = town.boxes["range"].desk.conn.execute("select handle from report").fetchone()
    forms = {**forms_of_text(handle)} | {bytes.fromhex(handle): "raw"}
    assert search([town.root("range")], forms)
    assert [search([town.root(seat)], forms) for seat in DISTRICTS] == [[], [], []]
