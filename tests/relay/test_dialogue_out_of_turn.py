"""What does not come in order: old taps, photos at any step, misses, commands in the middle."""

from dataclasses import replace

import pytest

from relay.dialogue import Heard, State
from sync.messages import Answer
from tests.relay.talk import Person, book, handed_on, manifest, to_evidence, to_summary

BOOK = book()


@pytest.fixture
def person() -> Person:
    return Person(BOOK)


def test_an_old_tap_changes_its_answer_and_the_question_stands(person: Person) -> None:
    to_evidence(person)
    question = person.step.say[-1]
    person.tap("drugs.act|move")
    assert person.state is not None
    assert Answer("act", "move", "") in person.state.answers
    assert person.state.step == "evidence"
    assert person.step.say[-1].text.endswith(question.text)


@pytest.mark.parametrize(
    "choice",
    [
        "fear|yes",
        "summary|send",
        "heinous.what|murder",
        "drugs.what|soap",
        "thana|JNP-10",
        "district|@page7",
        "x",
        "",
    ],
)
def test_a_tap_that_fits_nothing_repeats_the_question(person: Person, choice: str) -> None:
    before = to_evidence(person).state
    person.tap(choice)
    assert "old one" in person.said
    assert person.state is not None
    assert before is not None
    assert replace(person.state, since_s=0) == replace(before, since_s=0)
    assert person.first == "evidence|next"


def test_another_category_by_an_old_tap_asks_its_questions_and_loses_no_words(person: Person) -> None:
    to_evidence(person).tap("category|heinous")
    assert person.state is not None
    assert person.state.step == "heinous.what"
    assert person.state.answers == ()
    assert person.state.texts == ("Ramu, red shirt",)


def test_leaving_the_police_category_asks_about_police_again(person: Person) -> None:
    person.write("Hi", "2", "15", "yes")
    person.tap("category|mining")
    assert person.state is not None
    assert (person.state.step, person.state.police, person.state.partial) == ("police", "", "yes")


def test_another_district_by_an_old_tap_asks_its_thana(person: Person) -> None:
    to_summary(person).tap("district|CDL")
    assert person.state is not None
    assert (person.state.step, person.state.thana) == ("thana", None)
    person.tap("district|@outside")
    assert person.state.step == "place"


def test_photos_are_taken_at_any_step(person: Person) -> None:
    person.photo(0)
    assert person.file(0).say == ()
    assert person.rests().say[0].buttons[0].title == "हिन्दी"
    person.write("hindi")
    menu = person.choices
    person.photo(1)
    person.rests()
    assert "अब तक: 2" in person.said
    assert person.choices == menu
    person.write("1")
    assert person.photo(2).say == ()
    assert len(person.rests().say) == 1
    assert person.state is not None
    assert [slot.waiting for slot in person.state.slots] == [False, True, True]
    assert person.state.step == "police"


def test_a_photo_that_failed_is_told_at_once_and_counted_at_the_end(person: Person) -> None:
    to_summary(person).photo(0)
    person.rests()
    person.file(0, "size")
    assert "too large" in person.said
    person.tap("summary|send")
    assert handed_on(person).missing_evidence == 1
    assert "could not be taken: 1" in person.said


def test_sending_waits_for_the_photos_and_goes_when_the_last_came(person: Person) -> None:
    to_summary(person).photo(0)
    person.photo(1)
    person.tap("summary|send")
    assert person.step.wake_at_s == person.now_s + 300
    assert person.step.submit is None
    assert person.file(1).submit is None
    person.file(0)
    told = handed_on(person)
    assert [file.file_id for file in told.evidence] == ["f0", "f1"]
    assert told.missing_evidence == 0


def test_sending_goes_without_a_photo_that_does_not_come(person: Person) -> None:
    to_summary(person).photo(0)
    deadline_s = person.tap("summary|send").wake_at_s
    assert deadline_s is not None
    assert person.hears(Heard("tick")).submit is None
    person.now_s = deadline_s - 1
    person.hears(Heard("tick"))
    assert handed_on(person).missing_evidence == 1
    assert "could not be taken: 1" in person.said


def test_while_photos_are_awaited_words_are_added_and_back_stops_it(person: Person) -> None:
    to_summary(person).photo(0)
    person.tap("summary|send", "summary|send")
    person.write("He has a dog")
    assert person.state is not None
    assert person.state.texts == ("He has a dog",)
    person.write("back")
    assert person.state.deadline_ms is None
    assert person.first == "summary|send"
    assert person.file(0).submit is None


def test_start_again_while_photos_are_awaited_sends_nothing(person: Person) -> None:
    to_summary(person).photo(0)
    person.tap("summary|send", "summary|again")
    assert person.file(0).submit is None
    assert person.state is not None
    assert (person.state.step, person.state.slots) == ("category", ())


def test_after_two_misses_the_words_are_taken(person: Person) -> None:
    person.write("Hi", "2", "3", "no", "yes", "blue powder")
    assert "did not understand" in person.said
    person.write("blue powder")
    assert person.state is not None
    assert person.state.answers == (Answer("what", "", "blue powder"),)
    assert person.state.step == "drugs.act"


@pytest.mark.parametrize(
    ("step", "field", "value"),
    [
        ("language", "language", "hi"), ("category", "category", "other"), ("police", "police", "unsure"),
        ("partial", "partial", "no"), ("district", "district", ""), ("thana", "thana", ""), ("now", "happening", "no"),
        ("fear", "fear", "unsure"), ("contact", "contact", "none"),
    ],
)  # fmt: skip
def test_two_misses_never_make_a_consent_or_a_guess(step: str, field: str, value: str) -> None:
    person = Person(
        BOOK, state=State(step, 0, "en", category="drugs", police="no", partial="yes", district="JNP")
    )
    person.write("zzz qqq", "zzz qqq")
    assert person.state is not None
    assert getattr(person.state, field) == value
    assert person.state.texts == ("zzz qqq",)
    assert person.state.step != step


def _at_police() -> Person:
    return Person(BOOK, state=State("police", 0, "en", category="drugs"))


@pytest.mark.parametrize(
    "misses",
    [
        ("the daroga himself takes the money", "zzz"),
        ("the daroga", "zzz"),  # too short for a story, and yet the answer
        ("zzz", "थाने का मुंशी"),
        ("No, the daroga takes money every month", "zzz"),
        ("no but the daroga does not let us complain and takes his share", "zzz"),
        ("nahi SO sahab khud paise lete hain", "zzz"),
        ("no, the SP is with them", "zzz"),
        ("No doubt SI Ram Singh takes money", "zzz"),
        ("shayad thanedar mila hua hai", "zzz"),
        ("maybe the inspector takes money", "zzz"),
        ("pata nahi par daroga ka hissa hai", "zzz"),
        ("nahi SP", "pata nahi SO"),
    ],
)
def test_two_misses_that_name_police_count_as_a_yes_to_that_question(misses: tuple[str, str]) -> None:
    person = _at_police()
    person.write(misses[0])
    assert person.state is not None and person.state.step == "police"
    person.write(misses[1])
    assert person.state is not None
    assert (person.state.step, person.state.police) == ("partial", "yes")
    assert next(words for words in misses if words != "zzz") in person.state.texts


@pytest.mark.parametrize(
    ("words", "police", "kept"),
    [
        ("haan thanedar", "yes", ()),
        ("haan thanedar har mahine paise leta hai", "yes", ("haan thanedar har mahine paise leta hai",)),
        ("yes but not all of them", "yes", ("yes but not all of them",)),
        ("nahi sir", "no", ()),
        ("pata nahi bhai", "unsure", ()),
    ],
)
def test_yes_or_no_with_more_words_is_an_answer_and_what_they_tell_is_kept(
    words: str, police: str, kept: tuple[str, ...]
) -> None:
    person = _at_police()
    person.write(words)
    assert person.state is not None
    assert (person.state.step, person.state.police, person.state.texts) == ("partial", police, kept)


@pytest.mark.parametrize("step", ["contact", "language", "category", "partial", "summary"])
@pytest.mark.parametrize(
    "words",
    [
        "haan daroga ji",
        "yes wait",
        "ji kya matlab?",
        "ok wait what does this mean",
        "ok i cannot decide",
        "hai",
    ],
)
def test_leading_words_never_give_a_consent(step: str, words: str) -> None:
    partial = "" if step == "partial" else "yes"
    told = State(step, 0, "en", category="drugs", police="no", partial=partial, district="")
    person = Person(BOOK, state=told)
    person.write(words)
    assert person.state is not None and person.step.submit is None
    assert (person.state.step, person.state.partial, person.state.contact) == (step, partial, "")


@pytest.mark.parametrize(("words", "fear"), [("nahi bhai", "no"), ("haan bahut dar lagta hai", "yes")])
def test_a_leading_answer_about_fear_counts(words: str, fear: str) -> None:
    person = Person(
        BOOK, state=State("fear", 0, "en", category="drugs", police="no", partial="yes", district="")
    )
    person.write(words)
    assert person.state is not None and person.state.fear == fear


@pytest.mark.parametrize(
    "words", ["no one must know my name they will kill me", "no one", "no they would kill me", "nobody here"]
)
def test_a_no_that_goes_on_is_no_answer_about_fear(words: str) -> None:
    person = Person(
        BOOK, state=State("fear", 0, "en", category="drugs", police="no", partial="yes", district="")
    )
    person.write(words)
    assert person.state is not None and (person.state.step, person.state.fear) == ("fear", "")


def test_more_words_than_there_is_room_for_are_not_lost_in_silence() -> None:
    person = Person(BOOK, state=State("police", 0, "en", category="drugs", texts=("x" * 19_990,)))
    person.write("yes they said they will come back")
    assert person.state is not None
    assert "no room" in person.said and person.state.step == "police"


def test_what_is_to_be_added_begins_a_draft_and_waits_for_one_that_holds_something(person: Person) -> None:
    person.hears(Heard("add", choice="h1"))
    assert person.state == State("language", int(person.now_s), adds_to="h1", begun=int(person.now_s))
    person.tap("language|en", "police|no")
    person.write("He has a gun now")
    person.hears(Heard("add", choice="h2"))
    assert person.state is not None
    assert "is not lost" in person.said and person.first == "evidence|next"
    assert (person.state.adds_to, person.state.texts) == ("h1", ("He has a gun now",))
    person.write("restart")
    assert (person.state.step, person.state.adds_to) == ("police", "h1")


def test_a_story_told_too_early_is_kept(person: Person) -> None:
    person.write("They sell smack behind my school", "English", "in the afternoon near the gate")
    assert "written down" in person.said
    assert person.state is not None
    assert person.state.texts == ("They sell smack behind my school", "in the afternoon near the gate")
    assert person.state.step == "police"


def test_hi_in_the_middle_asks_whether_to_go_on(person: Person) -> None:
    to_evidence(person).write("Hi")
    assert [choice.title for choice in person.choices] == ["Go on", "Start again"]
    person.write("yes")
    assert person.first == "evidence|next"
    person.write("hello")
    person.tap("resume|again")
    assert person.state is not None
    assert (person.state.step, person.state.language, person.state.answers) == ("category", "en", ())


def test_back_asks_the_question_before_and_the_answer_is_replaced(person: Person) -> None:
    to_evidence(person).write("पीछे", "पीछे", "back")
    assert person.state is not None
    assert person.state.step == "drugs.who"
    person.write("Shyam")
    assert Answer("who", "", "Shyam") in person.state.answers
    assert len(person.state.answers) == 5


def test_the_language_can_be_changed_at_any_time(person: Person) -> None:
    to_evidence(person).write("भाषा", "हिन्दी")
    assert person.state is not None
    assert person.state.language == "hi"
    assert person.choices[0].title == "आगे"


@pytest.mark.parametrize("word", ["delete", "STOP", "मिटाएं", "please stop", "delet karo"])
def test_delete_erases_the_draft_and_says_so(person: Person, word: str) -> None:
    to_summary(person).write(word)
    assert person.state is None
    assert person.step.submit is None
    assert "Nothing was sent" in person.said or "was not sent" in person.said


def test_help_is_a_short_list_and_the_question_comes_again(person: Person) -> None:
    to_evidence(person).write("help")
    assert "112" in person.said and len(person.choices) == 7
    person.write("2")
    assert "false" in person.said and person.first == "evidence|next"
    person.tap("help|lost")
    assert "Without the receipt" in person.said and person.first == "evidence|next"


def test_words_at_the_photo_step_and_at_the_summary_are_added(person: Person) -> None:
    to_evidence(person).write(
        "He comes by bike", "next", "Jaunpur", "shahgunj", "mill", "no", "no", "no", "No number plate"
    )
    assert person.state is not None
    assert person.state.texts == ("He comes by bike", "No number plate")
    assert person.first == "summary|send"


@pytest.mark.slow
def test_the_text_is_never_longer_than_it_may_be(person: Person) -> None:
    to_evidence(person)
    for _ in range(6):
        person.write("x " * 2000)
    assert "no room" in person.said
    person.tap("evidence|next", "district|@outside")
    person.write("y" * 4000)
    person.tap("now|no", "fear|no", "contact|none", "summary|send")
    told = handed_on(person)
    assert len(told.text) + len(told.place) + sum(len(a.text) for a in told.answers) <= 20_000


def test_danger_words_bring_the_emergency_numbers_first_and_once(person: Person) -> None:
    person.write("bachao!! मुझे मार डालेंगे")
    assert "112" in person.step.say[0].text
    assert "1930" in person.step.say[0].text
    person.write("help me")
    assert "1930" not in person.said


def test_what_is_not_taken_is_said_and_the_question_stands(person: Person) -> None:
    to_evidence(person)
    for heard, said in (
        (Heard("refused", reason="kind"), "Written words, photos"),
        (Heard("refused", reason="contacts"), "contact card"),
        (Heard("other"), "could not take that"),
        (Heard("location"), "map location"),
    ):
        person.hears(heard)
        assert said in person.said
        assert person.first == "evidence|next"


def test_a_location_is_the_place_only_when_the_person_says_so(person: Person) -> None:
    to_evidence(person).hears(Heard("location", text="25.755, 82.684"))
    person.tap("location|no")
    assert person.state is not None
    assert (person.state.point, person.state.offered) == ("", "")
    person.hears(Heard("location", text="25.755, 82.684"))
    person.write("yes")
    assert person.state.point == "25.755, 82.684"
    assert person.first == "evidence|next"


def test_without_a_draft_an_old_tap_starts_none(person: Person) -> None:
    assert person.tap("summary|send").state is None
    assert [choice.id for choice in person.choices] == ["v1|language|hi", "v1|language|en"]
    step = person.tap("language|en")
    assert step.state is not None
    assert len(step.say) == 2


@pytest.mark.parametrize(
    ("word", "said"), [("delete", "Nothing unfinished"), ("status", "16 digits"), ("add", "16 digits")]
)
def test_without_a_draft_commands_are_answered_in_both_languages(
    person: Person, word: str, said: str
) -> None:
    person.write(word)
    assert person.state is None or (word == "add" and person.state.asks_receipt)
    assert said in person.said
    assert "पर्ची" in person.said


def test_a_file_or_tick_without_a_draft_is_nothing(person: Person) -> None:
    for heard in (Heard("tick"), Heard("file", slot=3, file=manifest())):
        assert person.hears(heard).say == ()
        assert person.state is None


@pytest.mark.slow
@pytest.mark.parametrize("language", ["hi", "en"])
def test_the_fullest_summary_with_a_remark_fits(person: Person, language: str) -> None:
    person.write("Hi")
    person.tap(
        f"language|{language}", "category|heinous", "police|unsure", "partial|yes", "heinous.what|other"
    )
    person.write("कब " * 1000, "कौन " * 1000)
    person.tap("heinous.cctv|know")
    person.write("कहां " * 800)
    person.tap("heinous.source|self")
    person.tap("evidence|next", "district|CDL", "thana|CDL-08")
    person.write("जगह " * 1000)
    person.tap("now|yes", "fear|unsure", "contact|none")
    person.write("और " * 1000, "और " * 1000, "और " * 1000)
    person.photo(0)
    person.rests()
    assert len(person.choices) == 2  # the limits are checked by `person` with every message
