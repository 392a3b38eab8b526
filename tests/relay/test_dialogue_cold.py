"""What people who had never seen the bot wrote to it: crimes by their common names, "send it", "english please"."""

import pytest

from relay.dialogue import Heard
from tests.relay.talk import Person, book, to_evidence, to_summary

BOOK = book()
NAMED = {
    "balu khanan": "mining",
    "illegal sand mining": "mining",
    "chori": "heinous",
    "ghoos": "police_corruption",
    "police wale hafta lete hain": "police_corruption",
    "mujhe rape kiya": "women_child",
    "कच्ची दारू बनत बा": "liquor",
    "sellin ganja nr my clg gate": "drugs",
}


@pytest.fixture
def person() -> Person:
    return Person(BOOK)


@pytest.mark.parametrize(("text", "category"), NAMED.items())
def test_common_words_choose_the_kind_of_crime(person: Person, text: str, category: str) -> None:
    person.write("Hi", "2", text)
    assert person.state is not None
    assert person.state.category == category
    assert person.state.texts == ((text,) if len(text.split()) > 3 else ())


def test_what_was_understood_is_said_with_the_next_question_and_can_be_put_right(person: Person) -> None:
    person.write("Hi", "1", "रात में कच्ची दारू बनत बा")
    assert len(person.step.say) == 1
    assert person.said.startswith("समझा: अवैध शराब")
    assert person.first == "police|yes"
    person.write("पीछे")
    assert person.state is not None and person.state.step == "category"


@pytest.mark.parametrize("text", ["balu khanan", "balu khanan hota hai raat me"])
def test_a_story_told_before_the_language_chooses_it_too(person: Person, text: str) -> None:
    person.write(text)
    assert person.first == "language|hi"
    person.tap("language|hi")
    assert "समझा: अवैध खनन" in person.said
    assert person.first == "police|yes"
    assert person.state is not None and person.state.texts == (text,)


def test_two_kinds_of_crime_choose_none(person: Person) -> None:
    person.write("Hi", "2", "murder and gambling happen there")
    assert person.state is not None
    assert (person.state.step, person.state.category) == ("category", "")


def test_the_first_words_at_the_category_are_kept_and_a_plain_no_is_not(person: Person) -> None:
    person.write("Hi", "2", "my neighbour", "no")
    assert person.state is not None
    assert person.state.texts == ("my neighbour",)
    assert person.state.category == "other"


@pytest.mark.parametrize("text", ["no", "haan", "ok", "नहीं"])
def test_a_plain_answer_is_never_a_story(person: Person, text: str) -> None:
    to_summary(person).write(text)
    assert person.state is None or person.state.texts == ()


@pytest.mark.parametrize(
    "text",
    ["send", "Send it", "yes send it", "bhej", "bhej do", "भेज", "भेज दो", "हां भेज दीजिए", "ok", "okay", "theek hai",
     "ठीक है", "no", "nahi", "nothing", "bas", "बस", "looks good", "that's all", "itna hi", "इतना ही"],
)  # fmt: skip
def test_words_alone_lead_past_the_files(person: Person, text: str) -> None:
    to_evidence(person).write(text)
    assert person.state is not None
    assert person.state.step == "district"
    assert person.state.texts == ()


def test_a_phone_number_at_the_files_is_kept(person: Person) -> None:
    to_evidence(person).write("9876543210")
    assert person.state is not None and person.state.texts == ("9876543210",)


def test_who_does_not_want_the_number_kept_need_not_find_the_button(person: Person) -> None:
    to_summary(person).write("back", "no dont keep my num")
    assert person.state is not None
    assert (person.state.contact, person.state.step) == ("none", "summary")
    assert person.state.texts == ()


def test_who_answers_by_voice_goes_past_the_files_by_voice(person: Person) -> None:
    person.write("Hi")
    person.tap(
        "language|hi", "category|drugs", "police|no", "partial|yes", "drugs.what|ganja", "drugs.act|sale"
    )
    person.speaks(1)
    person.tap("drugs.when|night", "drugs.source|self")
    assert person.state is not None and person.state.step == "evidence"
    assert any(answer.choice == "@voice" for answer in person.state.answers)
    person.speaks(2)
    assert person.state.step == "district"
    assert [slot.number for slot in person.state.slots] == [1, 2]


def test_who_taps_stays_at_the_files_after_a_voice_message(person: Person) -> None:
    to_evidence(person).speaks(1)
    assert person.state is not None and person.state.step == "evidence"


@pytest.mark.parametrize("text", ["english", "English please", "english plz", "in english", "अंग्रेजी"])
def test_english_can_be_asked_for_at_any_time_and_first_of_all(person: Person, text: str) -> None:
    person.write(text)
    assert person.state is not None
    assert (person.state.language, person.state.step) == ("en", "category")
    person.tap("category|drugs")
    person.write("हिन्दी", text)
    assert person.state is not None
    assert (person.state.language, person.state.step) == ("en", "police")
    assert "English" in person.said


@pytest.mark.parametrize("text", ["hindi", "हिंदी", "हिन्दी"])
def test_hindi_can_be_asked_for_at_any_time(person: Person, text: str) -> None:
    to_evidence(person).write(text)
    assert person.state is not None
    assert (person.state.language, person.state.step) == ("hi", "evidence")


def test_an_english_sentence_at_the_language_chooses_english(person: Person) -> None:
    person.write("Hi", "they are selling ganja near the school")
    assert person.state is not None
    assert (person.state.language, person.state.category) == ("en", "drugs")
    assert person.state.texts == ("they are selling ganja near the school",)


def test_an_addition_goes_on_in_english_when_its_words_are_english(person: Person) -> None:
    person.hears(Heard("add", text="add 1111222233334444", choice="h" * 8))
    person.write("the same people were there again at night")
    assert person.state is not None
    assert person.state.language == "en"
    assert person.state.texts == ("the same people were there again at night",)


@pytest.mark.parametrize("text", ["112", "1090", "1098", "1930", "११२"])
def test_an_emergency_number_alone_brings_the_card_and_the_question_again(person: Person, text: str) -> None:
    before = to_evidence(person).state
    person.write(text)
    assert person.step.say[0].text == BOOK.phrases.text("en", "danger_card")
    assert person.first == "evidence|next"
    assert person.state is not None and before is not None
    assert (person.state.texts, person.state.answers) == (before.texts, before.answers)


@pytest.mark.parametrize(
    "text",
    [
        "112",
        "मर जाऊंगी",
        "मर जाऊंगा",
        "जहर खा लूंगी",
        "zeher kha lungi",
        "suicide",
        "he is hitting me",
        "मार डालेंगे",
    ],
)
def test_the_first_message_of_all_may_mean_danger(person: Person, text: str) -> None:
    person.write(text)
    assert person.step.say[0].text == BOOK.phrases.text("", "danger_card")
    assert person.first == "language|hi"


def test_a_photo_with_an_emergency_number_below_it_is_kept(person: Person) -> None:
    to_evidence(person).photo(1, "112")
    assert person.state is not None and len(person.state.slots) == 1


def test_words_that_only_hold_the_name_of_a_language_change_none(person: Person) -> None:
    person.write("Hi")
    person.tap("language|hi", "category|liquor")
    person.write("english daru bikti hai")
    assert person.state is not None and person.state.language == "hi"
