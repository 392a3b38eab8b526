"""What helps somebody along: pages of long lists by words, help without a draft, a lost receipt, an answer changed."""

import pytest

from relay.dialogue import Heard, State, taken_back, veiled
from relay.dialogue.state import Say
from relay.limits import BUTTONS_BODY
from sync.messages import Answer
from tests.relay.talk import Person, book, handed_on, left, to_evidence, to_summary

BOOK = book()
AT_THANA = State("thana", 0, "en", category="drugs", police="no", partial="yes", district="JNP")


@pytest.fixture
def person() -> Person:
    return Person(BOOK)


@pytest.mark.parametrize("words", ["more", "More", "aur", "और", "और देखें", "next page", "aur dekho"])
@pytest.mark.parametrize("language", ["hi", "en"])
def test_who_types_sees_that_there_is_more_and_turns_the_page(
    person: Person, language: str, words: str
) -> None:
    person.write("Hi")
    person.tap(f"language|{language}")
    assert BOOK.phrases.text(language, "list_more") in person.said and "16." not in person.said
    person.write(words)
    assert "16." in person.said and BOOK.phrases.text(language, "list_back") in person.said
    assert BOOK.phrases.text(language, "list_more") not in person.said
    person.write("16")
    assert person.state is not None and person.state.category == "other"


@pytest.mark.parametrize("words", ["back list", "पिछली", "pichli suchi", "previous page"])
def test_the_page_before_comes_back_and_the_question_stays(person: Person, words: str) -> None:
    person.state = AT_THANA
    person.write("more", "more")
    assert person.state is not None and person.state.page == 2
    person.write(words)
    assert (person.state.step, person.state.page) == ("thana", 1)


def test_behind_the_last_page_comes_the_first(person: Person) -> None:
    person.write("Hi", "2")
    person.write("more", "more")
    assert "1. " in person.said and person.state is not None and person.state.page == 0


def test_more_turns_nothing_where_there_is_one_page(person: Person) -> None:
    to_evidence(person).write("more")
    assert person.state is not None and (person.state.page, person.state.texts) == (0, ("more",))


@pytest.mark.parametrize("asked", ["help", "मदद"])
def test_help_without_a_draft_leads_to_the_topics_once_the_language_is_known(
    person: Person, asked: str
) -> None:
    person.write(asked)
    assert BOOK.phrases.text("", "help_words") in person.said
    person.tap("language|en")
    assert person.first == "help|words" and any(c.id.endswith("|lost") for c in person.choices)
    person.tap("help|lost")
    assert "keep no list" in person.said
    assert person.state is not None and (person.state.step, person.state.overlay) == ("category", "")


def test_a_button_of_the_help_is_no_language(person: Person) -> None:
    person.write("help")
    person.tap("help|continue")
    assert person.state is not None and person.state.language == ""
    assert "old one" in person.said and person.first == "language|hi"


def test_help_and_then_a_story_instead_of_a_language_still_leads_on(person: Person) -> None:
    person.write("help", "wahan par ganja bikta hai", "har shaam chhe baje ke baad")
    assert person.state is not None and person.state.language == "hi"
    assert len(person.state.texts) == 2 and person.first == "help|words"


@pytest.mark.parametrize(
    "words", ["पर्ची खो गई", "मेरी पर्ची खो गई है", "receipt lost", "parchi kho gayi", "I lost my receipt"]
)
def test_a_lost_receipt_is_answered_at_any_time_and_is_no_part_of_the_report(
    person: Person, words: str
) -> None:
    person.write(words)
    assert BOOK.phrases.text("", "help_lost") in person.said and not person.step.say[0].buttons
    to_evidence(person).write(words)
    assert BOOK.phrases.text("en", "help_lost") in person.said and person.first == "evidence|next"
    assert person.state is not None and person.state.texts == ()
    person.state = State("place", 0, "en", category="drugs", district="", police="no", partial="no")
    person.write(words)
    assert person.state.step == "place" and person.state.place == ""


@pytest.mark.parametrize(
    "words",
    ["safe", "Is it safe?", "सुरक्षित", "क्या यह सुरक्षित है?", "kya ye surakshit hai", "safe hai kya sir", "सेफ"],
)
def test_how_safe_it_is_is_told_at_any_time_and_is_no_part_of_the_report(person: Person, words: str) -> None:
    person.write(words)
    assert BOOK.phrases.text("", "help_safe") in person.said
    to_evidence(person).write(words)
    assert BOOK.phrases.text("en", "help_safe") in person.said and person.first == "evidence|next"
    assert person.state is not None and person.state.texts == ()


@pytest.mark.parametrize(
    "words", ["I am not safe here", "road safe nahi hai", "yahan ladkiyan surakshit nahi hain"]
)
def test_a_story_about_safety_is_no_question_about_ours(person: Person, words: str) -> None:
    to_evidence(person).write(words)
    assert person.state is not None and person.state.texts == (words,)


def test_what_is_not_defended_fits_above_buttons_and_is_offered_in_the_first_message() -> None:
    for language, word in (("hi", "सुरक्षित"), ("en", "safe")):
        assert len(BOOK.phrases.text(language, "help_safe").encode("utf-16-le")) // 2 < BUTTONS_BODY
        assert f'"{word}"' in BOOK.phrases.text(language, "statement")
        assert word in BOOK.phrases.text(language, "help_words")


def test_a_voice_at_a_posters_thana_and_at_the_district_counts_when_it_comes_twice(person: Person) -> None:
    person.state = State("near", 0, "en", category="drugs", police="no", partial="yes", hint="JNP-10")
    person.speaks(0)
    assert person.state is not None and (person.state.step, person.state.near) == ("near", "")
    assert "speak once more" in person.said
    person.speaks(1)
    assert (person.state.step, person.state.district) == ("place", "")
    person.state = State("district", 0, "en", category="drugs", police="no", partial="yes")
    person.speaks(2)
    assert _where(person) == ("district", None) and "speak once more" in person.said
    person.speaks(3)
    assert _where(person) == ("place", "")
    assert "we noted: Another district" in person.said and "say it by voice" in person.said
    person.tap("district|GZP")
    assert _where(person) == ("thana", "GZP")


def _where(person: Person) -> tuple[str, str | None]:
    assert person.state is not None
    return person.state.step, person.state.district


def _taken_back(person: Person) -> dict[str, str]:
    """Every button of a report told to its end, sent and taken back: ids by step and code."""
    ids: dict[str, str] = {}
    to_evidence(person)
    for choice in ("evidence|next", "district|@outside", "place|@skip", "now|no", "fear|no", "contact|push"):
        ids |= {one.id.partition("|")[2]: one.id for one in person.choices}
        person.tap(choice)
    ids |= {one.id.partition("|")[2]: one.id for one in person.choices}
    sent = person.hears(Heard("tap", choice=ids["summary|send"])).sent
    assert sent is not None
    step = taken_back(sent, person.now_s + 5, BOOK)
    person.state, person.step = step.state, step
    return ids


def test_what_was_taken_back_is_changed_by_its_own_buttons_and_sent_by_a_new_one_only(person: Person) -> None:
    ids = _taken_back(person)
    person.hears(Heard("tap", choice=person.choices[0].id))
    assert person.first == "summary|send" and person.choices[0].id != ids["summary|send"]
    send = person.choices[0].id
    person.hears(Heard("tap", choice=ids["fear|yes"]))
    assert person.state is not None and person.state.fear == "yes" and "changed" in person.said
    for old in ("summary|send", "summary|again"):
        person.hears(Heard("tap", choice=ids[old]))
        assert person.step.submit is None and person.state.fear == "yes" and "old one" in person.said
    person.hears(Heard("tap", choice=send))
    assert handed_on(person).fear == "yes"


def test_what_was_taken_back_twice_is_sent_by_neither_button_that_sent_it(person: Person) -> None:
    ids = _taken_back(person)
    person.write("change it")
    second = person.choices[0].id
    sent = person.hears(Heard("tap", choice=second)).sent
    assert sent is not None
    person.state = taken_back(sent, person.now_s, BOOK).state
    person.write("change it")
    for old in (ids["summary|send"], second):
        assert person.hears(Heard("tap", choice=old)).submit is None
    assert person.hears(Heard("tap", choice=person.choices[0].id)).submit is not None


def test_an_old_yes_does_not_let_what_was_taken_back_go_by_itself(person: Person) -> None:
    _taken_back(person)
    person.write("change it")
    person.tap("partial|yes")
    assert person.state is not None and person.state.partial == "no"
    left(person, 24 * 3600)
    assert person.step.submit is None


def test_the_long_words_on_evidence_are_said_once(person: Person) -> None:
    to_evidence(person)
    assert "Do not show your face" in person.said
    person.photo(0)
    person.rests()
    assert "Do not show your face" not in person.said and "Send more if you have it" in person.said
    person.write("His shop is blue and has no sign")
    assert "Do not show your face" not in person.said and person.first == "evidence|next"
    person.write("back", "0")
    assert "Do not show your face" in person.said


def test_the_long_words_come_first_also_to_who_wrote_a_story_at_the_beginning(person: Person) -> None:
    person.write("They sell ganja behind the school")
    to_evidence(person)
    assert "Do not show your face" in person.said


def test_an_addition_shows_how_its_words_begin(person: Person) -> None:
    person.state = State("new", 0, "en", police="no", adds_to="h1")
    person.write("They moved to the house beside it. " * 5)
    person.tap("evidence|next", "now|no", "contact|none")
    assert "Your words: They moved to the house beside it." in person.said
    (line,) = [line for line in person.said.splitlines() if line.startswith("Your words")]
    assert len(line) <= len("Your words: ") + 80 and line.endswith("…")


@pytest.mark.parametrize("language", ["hi", "en"])
def test_a_locked_screen_shows_harmless_words_first(language: str) -> None:
    (say,) = veiled((Say("Receipt number: 1234"),), language, BOOK)
    veil, _, rest = say.text.partition("\n\n")
    assert len(veil) >= 120 and rest == "Receipt number: 1234"
    for word in ("पुलिस", "पर्ची", "सूचना", "थाना", "police", "report", "receipt", "crime"):
        assert word not in veil.casefold()


def test_an_answer_by_voice_tells_the_number_of_its_file_among_those_that_came(person: Person) -> None:
    person.write("Hi")
    person.photo(7)
    person.tap(
        "language|en", "category|drugs", "police|no", "partial|yes", "drugs.what|ganja", "drugs.act|sale"
    )
    person.speaks(8)
    person.speaks(9)
    assert "told by voice" in BOOK.phrases.text("en", "by_voice")
    person.tap("drugs.source|self", "evidence|next", "district|@outside", "place|@skip")
    person.file(7, "gone")
    person.file(8)
    person.file(9, "gone")
    person.tap("now|no", "fear|no", "contact|none")
    assert "told by voice" in person.said and ": 8" not in person.said
    person.tap("summary|send")
    spoken = [answer for answer in handed_on(person).answers if answer.choice == "@voice"]
    assert spoken == [Answer("who", "@voice", "1"), Answer("when", "@voice", "")]
    assert [file.file_id for file in handed_on(person).evidence] == ["f8"]


def test_a_changed_kind_of_crime_keeps_no_number_of_a_voice_as_words(person: Person) -> None:
    person.write("Hi")
    person.tap(
        "language|en", "category|drugs", "police|no", "partial|yes", "drugs.what|ganja", "drugs.act|sale"
    )
    person.speaks(8)
    person.tap("category|mining")
    assert person.state is not None and person.state.texts == ()


def test_rows_say_beneath_only_what_their_title_does_not(person: Person) -> None:
    person.write("Hi", "2", "more")
    rows = {choice.id.rpartition("|")[2]: choice.description for choice in person.choices}
    assert rows["gambling"] == "" and rows["mining"] == "" and rows["police_corruption"] != ""


def test_summaries_of_whole_reports_only_count_the_messages(person: Person) -> None:
    to_summary(person).write("Also his brother helps him")
    assert "Messages you wrote: 1" in person.said and "Your words" not in person.said
