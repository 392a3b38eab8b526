"""How answers shall come: by day, not at all, or at once and at any hour, which only the relay ever knows."""

import pytest

from relay.dialogue import State, Told
from relay.limits import BUTTON_TITLE, length
from tests.relay.builders import FakeRelay, told
from tests.relay.talk import Person, bare, book, handed_on

BOOK = book()


def _asked(language: str = "en") -> Person:
    person = Person(
        BOOK, state=State("fear", 0, language, category="drugs", police="no", partial="yes", district="")
    )
    person.tap("fear|no")
    return person


def _sent(person: Person) -> tuple[str, bool]:
    person.tap("summary|send")
    report = handed_on(person)
    return report.contact, report.at_once


@pytest.mark.parametrize("language", ["hi", "en"])
def test_there_are_three_ways_and_the_first_two_stand_where_they_stood(language: str) -> None:
    person = _asked(language)
    assert [bare(choice.id) for choice in person.choices] == [
        "contact|push",
        "contact|none",
        "contact|at_once",
    ]
    assert all(length(choice.title) <= BUTTON_TITLE for choice in person.choices)


@pytest.mark.parametrize(
    ("language", "risk"),
    [("en", "Whoever watches your phone may then work out"), ("hi", "जो आपके फोन पर नज़र रखता हो")],
)
def test_its_risk_is_told_before_it_can_be_chosen(language: str, risk: str) -> None:
    assert risk in _asked(language).said


@pytest.mark.parametrize(
    ("words", "contact", "at_once"),
    [
        ("1", "push", False),
        ("haan", "push", False),
        ("हां", "push", False),
        ("yes", "push", False),
        ("Yes, in this chat", "push", False),
        ("2", "none", False),
        ("nahi", "none", False),
        ("No, keep no number", "none", False),
        ("नहीं, नंबर न रखें", "none", False),
        ("dont keep my num", "none", False),
        ("3", "push", True),
        ("तीन", "push", True),
        ("Yes, at any hour", "push", True),
        ("हां, कभी भी", "push", True),
        ("any time", "push", True),
        ("kabhi bhi", "push", True),
        ("haan turant", "push", True),
        ("तुरंत", "push", True),
    ],
)
def test_it_can_be_typed(words: str, contact: str, at_once: bool) -> None:
    person = _asked()
    person.write(words)
    assert _sent(person) == (contact, at_once)


@pytest.mark.parametrize("words", ["kabhi bhi nahi", "तुरंत नहीं", "mat bhejo raat me", "not at once"])
def test_what_might_refuse_it_is_not_taken_for_it(words: str) -> None:
    person = _asked()
    person.write(words, words)
    assert _sent(person) == ("none", False)


@pytest.mark.parametrize(
    ("language", "line"), [("en", "Answers: Yes, at any hour"), ("hi", "जवाब: हां, कभी भी")]
)
def test_the_summary_shows_it_and_the_old_button_changes_it(language: str, line: str) -> None:
    person = _asked(language)
    person.tap("contact|at_once")
    assert line in person.said
    person.tap("contact|push")
    assert line not in person.said and _sent(person) == ("push", False)


def test_only_the_locked_row_of_the_vault_knows_it(relay: FakeRelay) -> None:
    for at_once in (False, True):
        relay.submit(told(at_once=at_once))
    one, other = relay.held()
    assert one.body.contact == other.body.contact == "push"
    assert one.contact is not None and other.contact is not None
    found = [relay.vault().open(c.handle, c.report_key) for c in (one.contact, other.contact)]
    assert [reachable.at_once for reachable in found if reachable] == [False, True]
    rows = relay.vault_conn.execute("select length(locked) from vault").fetchall()
    held = relay.conn.execute("select length(body), length(contact) from held").fetchall()
    assert len({tuple(row) for row in rows}) == len({tuple(row) for row in held}) == 1


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("तुरंत", ("push", True)),
        ("turant", ("push", True)),
        ("yes, at any hour", ("push", True)),
        ("नंबर मत रखना", ("none", False)),
        ("please don't keep my number", ("none", False)),
        ("नहीं, नंबर न रखें", ("none", False)),
    ],
)
def test_a_wish_said_at_the_summary_is_taken_and_is_no_part_of_what_is_told(
    text: str, wish: tuple[str, bool]
) -> None:
    person = _asked("hi")
    person.tap("contact|push")
    person.write(text)
    report = _handed(person)
    assert (report.contact, report.at_once) == wish
    assert text not in repr(report)


@pytest.mark.parametrize("text", ["no number plate", "उसने सामान घर में नहीं रखा", "भागने वाला था, तुरंत आइए"])
def test_a_story_that_has_such_words_stays_a_story(text: str) -> None:
    person = _asked("hi")
    person.tap("contact|push")
    person.write(text)
    report = _handed(person)
    assert (report.contact, report.at_once) == ("push", False) and text in report.text


def test_a_number_alone_at_the_summary_is_not_taken_for_words() -> None:
    person = _asked("hi")
    person.tap("contact|push")
    person.write("7")
    assert _handed(person).text == ""


def _handed(person: Person) -> Told:
    person.tap("summary|send")
    return handed_on(person)
