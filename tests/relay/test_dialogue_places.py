"""Where it happened: the hint of a poster, names typed in any spelling, one name of several thanas."""

import pytest

from relay.dialogue import State
from sync import placecode
from tests.relay.talk import Person, bare, book, handed_on, left, to_evidence

BOOK = book()
POSTER = f"नमस्ते / Hi [{placecode.code_of('JNP-10')}]"
AT_DISTRICT = State("district", 0, "en", category="drugs", police="no", partial="yes")


@pytest.fixture
def person() -> Person:
    return Person(BOOK)


def _from_poster(person: Person) -> Person:
    person.write(POSTER)
    person.tap("language|en", "category|mining", "police|no", "partial|yes")
    while person.state is not None and person.state.step != "evidence":
        person.tap(person.first)
    person.tap("evidence|next")
    return person


def test_a_posters_thana_is_asked_about_and_taken_when_confirmed(person: Person) -> None:
    _from_poster(person)
    assert "Shahganj, Jaunpur" in person.said
    person.tap("near|yes")
    assert person.state is not None and person.state.step == "place"
    assert (person.state.district, person.state.thana) == ("JNP", "JNP-10")
    person.write("back", "another place")
    assert person.state.step == "district" and (person.state.district, person.state.thana) == (None, None)


@pytest.mark.parametrize("answer", ["0", "pata nahi"])
def test_to_pass_it_over_tells_no_district(person: Person, answer: str) -> None:
    _from_poster(person).write(answer)
    assert person.state is not None and person.state.step == "place"
    person.write("0", "no", "no", "no", "send")
    told = handed_on(person)
    assert (told.district, told.thana) == ("", "")


def test_another_place_typed_at_once_is_taken(person: Person) -> None:
    _from_poster(person).write("machali shahar")
    assert person.state is not None
    assert (person.state.district, person.state.thana, person.state.step) == ("JNP", "JNP-19", "place")


def test_a_hint_that_nobody_confirmed_is_never_sent(person: Person) -> None:
    person.write(f"they sell ganja here {POSTER} every evening")
    person.tap("language|en", "category|drugs", "police|no", "partial|yes")
    left(person, 24 * 3600)
    assert "every evening" in handed_on(person).text
    told = handed_on(person)
    assert (told.district, told.thana) == ("", "") and "JNP" not in repr(told)


@pytest.mark.parametrize("text", ["Hi [JNP-10A]", "Hi [LKO-01K]", "Hi JNP-10"])
def test_a_wrong_code_is_no_hint(person: Person, text: str) -> None:
    person.write(text)
    assert person.state is not None and person.state.hint == ""


def test_without_a_poster_the_district_is_asked(person: Person) -> None:
    to_evidence(person).tap("evidence|next")
    assert person.first == "district|JNP"


@pytest.mark.parametrize(
    "name", ["machhlishahr", "मछलीशहर", "machali shahar", "Machhli shahr", "मछली शहर", "thana machhlishahr"]
)
def test_a_thana_typed_where_the_district_is_asked_tells_both(name: str) -> None:
    person = Person(BOOK, state=AT_DISTRICT)
    person.write(name)
    assert person.state is not None
    assert (person.state.district, person.state.thana, person.state.step) == ("JNP", "JNP-19", "place")


def test_a_name_of_several_thanas_offers_them() -> None:
    person = Person(BOOK, state=AT_DISTRICT)
    person.write("kotwali")
    assert [choice.id for choice in person.choices] == [
        "v1|which|JNP-01",
        "v1|which|GZP-01",
        "v1|which|@else",
    ]
    person.write("2")
    assert person.state is not None
    assert (person.state.district, person.state.thana, person.state.step) == ("GZP", "GZP-01", "place")


def test_none_of_them_asks_again() -> None:
    person = Person(BOOK, state=AT_DISTRICT)
    person.write("kotwali", "इनमें से कोई नहीं")
    assert person.state is not None and (person.state.step, person.state.overlay) == ("district", "")
    person.tap("which|GZP-01")
    assert "old one" in person.said


def test_a_story_that_names_a_place_is_kept() -> None:
    person = Person(BOOK, state=AT_DISTRICT)
    person.write("Shahganj thana ke paas mill ke peeche")
    assert person.state is not None and person.state.thana == "JNP-10"
    assert person.state.texts == ("Shahganj thana ke paas mill ke peeche",)


def test_changing_the_camera_answer_later_asks_for_its_place_or_drops_it() -> None:
    person = Person(BOOK)
    person.write("Hi")
    person.tap("language|en", "category|heinous", "police|no", "partial|yes", "heinous.what|robbery")
    while person.state is not None and person.state.step != "heinous.cctv":
        person.tap(bare(person.choices[-1].id))
    person.tap("heinous.cctv|know")
    person.write("At the bank, 9 to 10 at night")
    while person.state is not None and person.state.step != "evidence":
        person.tap(person.first)
    person.tap("heinous.cctv|no", "evidence|next", "district|@outside", "place|@skip", "now|no", "fear|no")
    person.tap("contact|none", "summary|send")
    assert "cctv_place" not in {answer.question for answer in handed_on(person).answers}


def test_a_poster_read_where_the_district_is_asked_is_asked_about_next() -> None:
    person = Person(BOOK, state=AT_DISTRICT)
    person.write(POSTER)
    assert [bare(choice.id) for choice in person.choices] == ["resume|continue", "resume|again"]
    person.tap("resume|continue", "near|yes")
    assert person.state is not None
    assert (person.state.thana, person.state.step) == ("JNP-10", "place")
