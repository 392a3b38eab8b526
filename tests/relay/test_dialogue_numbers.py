"""Whose number is that? Identifiers in what was told are asked about before the summary, and only there."""

from dataclasses import replace

import pytest

from relay.dialogue import State
from sync.messages import Answer
from tests.relay.talk import Person, book, handed_on, left

BOOK = book()
AT_CONTACT = State(
    "contact", 0, "en", category="drugs", police="no", partial="yes", district="", place="near 9876501234"
)


def _at_summary(*texts: str) -> Person:
    person = Person(BOOK, state=AT_CONTACT)
    person.tap("contact|push")
    person.write(*texts)
    return person


def test_a_number_in_the_words_is_asked_about_before_the_summary() -> None:
    person = _at_summary()
    assert "98…34" in person.said and "9876501234" not in person.said
    assert [choice.id for choice in person.choices] == ["v1|whose|mine", "v1|whose|theirs", "v1|whose|unsure"]


def test_mine_is_taken_out_of_every_text() -> None:
    person = _at_summary()
    person.write("theirs", "my number is 9812345678", "It is mine")
    person.tap("summary|send")
    told = handed_on(person)
    assert "9812345678" not in told.text + told.place and "[removed]" in told.text


@pytest.mark.parametrize(
    ("answer", "place"),
    [
        ("Someone else's", "near 9876501234"),
        ("uska", "near 9876501234"),
        ("Not sure", "near [removed]"),
        ("pata nahi", "near [removed]"),
    ],
)
def test_what_is_anothers_stays_and_what_nobody_knows_goes_a_plate_too(answer: str, place: str) -> None:
    person = _at_summary("his car is UP62AB1234")
    person.write(answer)
    assert person.state is not None and person.state.overlay == ""
    person.tap("summary|send")
    told = handed_on(person)
    assert told.place == place and ("UP62AB1234" in told.text) is ("removed" not in place)


@pytest.mark.parametrize(("language", "word"), [("en", "vehicle number"), ("hi", "गाड़ी नंबर")])
def test_who_is_not_sure_of_a_plate_hears_that_it_goes_before_and_after(language: str, word: str) -> None:
    person = Person(BOOK, state=replace(AT_CONTACT, language=language, place="गाड़ी UP62 AB 1234"))
    assert word in person.tap("contact|push").say[-1].text
    person.tap("whose|unsure")
    assert word in person.said
    person.tap("summary|send")
    assert "1234" not in handed_on(person).place


UNCLEAR = ("what is that", "i dont understand this")
IDS = (
    "ravi.kumar@gmail.com",
    "ravi123@ybl",
    "9876512340@ybl",
    "ABCPK1234K",
    "9876512340",
    "2345 6789 0124",
    "UP62AB1234",
)
TOLD_OF_IT = (
    "ask {}",
    "my id is {}",
    "{} is my id",
    "our car {}",
    "हमारी गाड़ी {}",
    "अपनी गाड़ी {} है",
    "my Honda Activa {}",
    "मेरी गाड़ी जिसका नंबर {} है",
    "{} (my car)",
    "I drive {}",
    "लुटेरों की गाड़ी {} मेरी बाइक छीन ले गए",
    "Plate {}, my truck was robbed by them",
    "thief's bike {} my phone was snatched",
)


@pytest.mark.parametrize("words", TOLD_OF_IT)
@pytest.mark.parametrize("one", IDS)
def test_who_never_answers_is_taken_as_not_sure_whatever_he_calls_it(one: str, words: str) -> None:
    person = Person(BOOK, state=replace(AT_CONTACT, place="car UP62 XY 9999", texts=(words.format(one),)))
    person.tap("contact|push")
    person.write(*UNCLEAR)
    assert "a phone number, a vehicle number or an id" in person.said
    person.tap("summary|send")
    told = handed_on(person)
    assert (told.text, told.place) == (words.format("[removed]"), "car [removed]")


def test_a_number_cut_over_two_messages_is_asked_about_and_goes() -> None:
    person = Person(BOOK, state=replace(AT_CONTACT, place=""))
    person.tap("contact|push")
    person.write("his number is 98765", "12340 ask there", "Not sure")
    person.tap("summary|send")
    assert handed_on(person).text == "his number is [removed] ask there"


def test_of_an_address_with_a_phone_number_in_it_nothing_stays() -> None:
    person = _at_summary("write to ravi9876512340@gmail.com")
    person.tap("whose|mine", "summary|send")
    assert "ravi" not in handed_on(person).text


def test_what_was_decided_is_not_asked_again_but_a_new_number_is() -> None:
    person = _at_summary()
    person.write("theirs", "He has a dog")
    assert person.state is not None and person.state.overlay == ""
    person.write("his car is UP62AB1234")
    assert person.state.overlay == "whose"


@pytest.mark.parametrize("answer", ["mine", "unsure"])
def test_what_stands_in_the_answer_to_a_question_goes_too(answer: str) -> None:
    who = Answer("who", "", "Ramu, 9876512340, car UP62AB1234")
    person = Person(BOOK, state=replace(AT_CONTACT, answers=(Answer("what", "ganja", ""), who)))
    person.tap("contact|push", f"whose|{answer}", "summary|send")
    what, who = handed_on(person).answers
    assert what.choice == "ganja" and who.text == "Ramu, [removed], car [removed]"


def test_a_number_that_was_taken_out_and_is_written_again_is_asked_about_again() -> None:
    person = _at_summary()
    person.tap("whose|theirs")
    person.write("my number is 9812345678")
    person.tap("whose|mine")
    for told_again in ("ask 9876501234", "call 9812345678"):
        person.write(told_again)
        assert person.state is not None and person.state.overlay == "whose"
        person.tap("whose|mine")


def test_the_old_button_to_send_does_not_pass_the_question_over() -> None:
    person = _at_summary()
    person.tap("summary|send")
    assert person.step.submit is None and "…" in person.said


def test_who_never_answers_it_goes_on_after_two_tries() -> None:
    person = _at_summary()
    person.write("what is that", "what is that")
    assert person.state is not None and person.state.overlay == ""


def test_who_does_not_answer_before_his_file_ends_waiting_has_all_taken_out_and_hears_it() -> None:
    person = _at_summary()
    person.tap("whose|theirs")
    person.photo(0)
    person.tap("summary|send")
    person.write("write to ramu.k@example.com or ramu@okaxis or 9812345678, car UP62AB1234")
    assert person.step.submit is None and "ra…om" in person.said
    left(person, 300)
    told = handed_on(person)
    assert (told.text, told.place) == (
        "write to [removed] or [removed] or [removed], car [removed]",
        "near [removed]",
    )
    assert "were taken out" in person.said and "could not be taken: 1" in person.said


def test_without_numbers_nothing_is_asked() -> None:
    person = Person(
        BOOK, state=State("contact", 0, "hi", category="drugs", police="no", partial="yes", district="")
    )
    person.tap("contact|none")
    assert person.first == "summary|send"


@pytest.mark.parametrize(
    ("answer", "stays"), [("haan", False), ("हां", False), ("yes", False), ("nahi", True)]
)
def test_the_question_whose_it_is_can_be_answered_with_yes_or_no(answer: str, stays: bool) -> None:
    person = _at_summary()
    person.write(answer)
    person.tap("summary|send")
    assert ("9876501234" in handed_on(person).place) is stays


TAKE_OUT = (
    "remove", "remove it please", "delete it", "take it out", "take them all out", "delete the numbers", "erase them",
    "yes remove it", "delete them all", "now remove it", "hata do", "hatao", "sab hata do", "number hata do",
    "haan hata do", "mera hai hata do", "mera number mita do", "haan mita do", "nikal do",
    "हटा दो", "हटाओ", "हटा दीजिए", "नंबर हटा दो", "सब हटा दो",
    "इसे हटा दें", "इसे मिटा दो", "कृपया हटा दीजिए", "निकाल दो", "please delete this",
    "delete my number", "please remove my number", "mera hai please hata do",
)  # fmt: skip


@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize("words", TAKE_OUT)
def test_who_asks_to_take_it_out_keeps_his_report_without_the_number(words: str, language: str) -> None:
    person = Person(BOOK, state=replace(AT_CONTACT, language=language))
    person.tap("contact|push")
    person.write(words)
    assert person.state is not None and person.state.overlay == "", person.said
    assert {"en": 'write "delete"', "hi": '"मिटाएं" लिखें'}[language] in person.said
    person.tap("summary|send")
    mark = BOOK.phrases.text(language, "removed_mark")
    assert handed_on(person).place == f"near {mark}"


@pytest.mark.parametrize(("language", "word"), [("en", "delete"), ("hi", "मिटाएं")])
def test_the_word_of_the_help_erases_the_whole_report_there_too(language: str, word: str) -> None:
    assert f"• {word}: " in BOOK.phrases.text(language, "help_words")
    person = _at_summary()
    person.write(word)
    assert person.state is None and person.step.submit is None


@pytest.mark.parametrize(
    "words",
    [
        *("delete my report", "delete everything", "delete all", "please delete", "erase", "delet", "cancel"),
        *("sab mita do", "mita do", "mitao", "मिटा दो", "सब मिटा दो", "मिटाइए", "रद्द", "रद्द करें", "डिलीट"),
    ],
)
def test_words_that_name_no_number_erase_the_whole_report_there_as_anywhere(words: str) -> None:
    person = _at_summary()
    person.write(words)
    assert person.state is None and person.step.submit is None


@pytest.mark.parametrize("words", ["don't remove it", "mat hatao", "हटाओ मत", "मत हटाना"])
def test_who_asks_not_to_take_it_out_is_asked_again(words: str) -> None:
    person = _at_summary()
    person.write(words)
    assert person.state is not None and (person.state.overlay, person.state.misses) == ("whose", 1)


def test_words_for_taking_out_erase_the_report_where_no_number_is_asked_about() -> None:
    person = _at_summary()
    person.tap("whose|theirs")
    person.write("हटा दो")
    assert person.state is None and person.step.submit is None
