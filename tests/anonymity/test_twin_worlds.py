"""Twin worlds: the same story, clock and chance, other people. Outside relay/ nobody can tell which is which."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from relay.dialogue import Told
from relay.events import Sender
from relay.submission import Submission, Submitted
from tests.anonymity.conftest import MakeTown
from tests.anonymity.stories import (
    LISTED,
    MORE,
    NUMBERS,
    UNCLEAR,
    Story,
    Teller,
    Who,
    answer_all,
    by_chance,
    close_all,
)
from tests.anonymity.town import Town
from tests.anonymity.views import View, differences, outside, sizes_in_relay

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check

ASHA = Who(NUMBERS[0], "", "Asha")
VIMLA = Who(NUMBERS[1], "", "Kumari Vimla Devi")
HIDDEN = Who("919812345678", "IN.4711082930561742", "@hidden")
LONGEST = Who("917301298406", "IN.ENT." + "Z" * 128, "L" * 80)

DEMO = Story(1, "drugs", "no", "push", 2)
ON_A_LIST = Story(4, "drugs", "no", "none", 0, words=(LISTED,), whose="theirs")
STORIES = [
    DEMO,
    Story(2, "police_corruption", "yes", "push", 1),
    Story(3, "heinous", "no", "none", 0, now="yes"),
    Story(5, "drugs", "no", "push", 1, more=MORE),
    *(by_chance(seed) for seed in (11, 12, 13, 14, 15)),
]


def live(make_town: MakeTown, who: Who, story: Story) -> Town:
    """A town in which ``who`` tells ``story``, and the offices answer; the way back is still there."""
    town = make_town(story.seed)
    teller = Teller(town, who, story)
    teller.tell()
    if "undo" in story.more:
        teller.take_back()
    town.release()
    town.jobs()
    if "add" in story.more:
        teller.add()
        town.release()
        town.jobs()
    teller.write(f"status {teller.receipt}")
    if "stop" in story.more:
        teller.write("stop")
    answer_all(town, closes=False)
    town.send_replies()
    teller.read_answers()
    town.jobs()
    town.pass_time(3600)
    return town


def over(town: Town) -> Town:
    """The same after everything was closed, and the ways back are gone."""
    close_all(town)
    town.jobs()
    town.pass_time(3600)
    return town


@pytest.mark.parametrize("story", STORIES, ids=lambda story: f"{story.seed}-{story.category}")
def test_twins_look_alike(make_town: MakeTown, story: Story) -> None:
    town = live(make_town, ASHA, story)
    seen, sizes = outside(town), sizes_in_relay(town)
    at_the_end = outside(over(town))
    twin = live(make_town, VIMLA, story)
    assert differences(seen, outside(twin)) == []
    assert differences(sizes, sizes_in_relay(twin)) == []
    assert differences(at_the_end, outside(over(twin))) == []


@pytest.mark.parametrize("who", [HIDDEN, LONGEST], ids=["id", "longest id"])
@pytest.mark.parametrize("story", STORIES[:2], ids=lambda story: story.category)
def test_a_number_and_an_id_of_any_length_look_alike(make_town: MakeTown, story: Story, who: Who) -> None:
    town = live(make_town, ASHA, story)
    seen, vault = outside(town), sizes_in_relay(town, vault_only=True)
    twin = live(make_town, who, story)
    assert differences(seen, outside(twin)) == []
    assert differences(vault, sizes_in_relay(twin, vault_only=True)) == []
    assert vault["vault.db vault"] or story.contact == "none"


@pytest.mark.parametrize("whose", ["theirs", "mine", "unsure", UNCLEAR])
def test_whoever_of_a_list_sends_it_looks_alike(make_town: MakeTown, whose: str) -> None:
    story = replace(ON_A_LIST, whose=whose)
    town = live(make_town, ASHA, story)
    seen, sizes = outside(town), sizes_in_relay(town)
    twin = live(make_town, VIMLA, story)
    assert differences(seen, outside(twin)) == []
    assert differences(sizes, sizes_in_relay(twin)) == []


def test_who_wants_answers_at_once_looks_alike_outside_the_relay(make_town: MakeTown) -> None:
    town = live(make_town, ASHA, DEMO)
    seen, sizes = outside(town), sizes_in_relay(town, vault_only=True)
    hurried = live(make_town, VIMLA, replace(DEMO, contact="at_once"))
    assert differences(seen, outside(hurried)) == []
    assert differences(sizes, sizes_in_relay(hurried, vault_only=True)) == []


def test_reading_an_answer_sends_nothing_to_any_node(make_town: MakeTown) -> None:
    town = make_town("reading")
    teller = Teller(town, ASHA, DEMO)
    teller.tell()
    town.release()
    answer_all(town)
    town.send_replies()
    before = len(town.passed)
    (words,) = teller.read_answers()
    assert words.startswith(("आपकी सूचना पर कार्रवाई हुई", "Action was taken"))
    town.turn()
    assert len(town.passed) == before


def test_the_story_goes_all_the_way(make_town: MakeTown) -> None:
    seen = outside(live(make_town, ASHA, DEMO))
    kinds = {str(entry[1][2]) for entry in seen["messages"] if len(entry) == 3}
    assert {"report", "acknowledgement", "reply", "settled", "state", "digest", "file", "hello"} == kinds
    assert [row[-3] for row in seen["jaunpur: box.db reply"]] == ["settled"]
    assert len([name for name in seen if name.startswith("jaunpur: evidence/")]) == 2
    assert seen["jaunpur: keys.db report_key"]
    assert seen["range: range.db digest_cell"]


def test_what_is_done_beside_a_story_is_done(make_town: MakeTown) -> None:
    town = make_town("beside")
    teller = Teller(town, ASHA, DEMO)
    first = teller.tell()
    teller.take_back()
    assert teller.receipt != first
    added = outside(live(make_town, ASHA, replace(DEMO, more=("undo", "add", "stop"))))
    assert len(added["jaunpur: box.db report"]) == 2
    assert added["jaunpur: box.db reply"] != outside(live(make_town, ASHA, DEMO))["jaunpur: box.db reply"]


def test_another_story_does_not_look_alike(make_town: MakeTown) -> None:
    seen = outside(live(make_town, ASHA, DEMO))
    other = outside(live(make_town, ASHA, replace(DEMO, contact="none")))
    assert {"messages", "jaunpur: box.db report"} <= set(differences(seen, other))


Submit = Callable[[Submission, Told, Sender, float, float], Submitted]
_submit = Submission.submit


def name_in_place(
    self: Submission, told: Told, sender: Sender, now: float, later_s: float = 0.0
) -> Submitted:
    return _submit(self, replace(told, place=f"{told.place} {sender.phone}"), sender, now, later_s)


def chance_of_the_person(
    self: Submission, told: Told, sender: Sender, now: float, later_s: float = 0.0
) -> Submitted:
    self._rng.getrandbits(8 + int(sender.phone) % 64)
    return _submit(self, told, sender, now, later_s)


def own_number_alone(
    self: Submission, told: Told, sender: Sender, now: float, later_s: float = 0.0
) -> Submitted:
    answers = tuple(
        replace(one, text=one.text.replace(sender.phone[2:], "[removed]")) for one in told.answers
    )
    return _submit(self, replace(told, answers=answers), sender, now, later_s)


def later_for_some(
    self: Submission, told: Told, sender: Sender, now: float, later_s: float = 0.0
) -> Submitted:
    return _submit(self, told, sender, now + 3600 * (int(sender.phone) % 5), later_s)


WEAK = (name_in_place, chance_of_the_person, own_number_alone, later_for_some)


@pytest.mark.parametrize("weak", WEAK)
def test_a_weakened_report_is_noticed(
    make_town: MakeTown, monkeypatch: pytest.MonkeyPatch, weak: Submit
) -> None:
    monkeypatch.setattr(Submission, "submit", weak)
    seen = outside(live(make_town, ASHA, ON_A_LIST))
    assert "messages" in differences(seen, outside(live(make_town, VIMLA, ON_A_LIST)))


def test_a_vault_without_padding_is_noticed(make_town: MakeTown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relay.vault.PADDED_BYTES", 1)
    sizes: list[View] = [
        sizes_in_relay(live(make_town, who, DEMO), vault_only=True) for who in (ASHA, HIDDEN)
    ]
    assert differences(*sizes) == ["vault.db vault"]
