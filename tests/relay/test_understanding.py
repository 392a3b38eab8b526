"""What short messages mean, however they are spelt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.understanding import (
    KEYWORDS,
    clean,
    command_language,
    fold,
    has_digits,
    keyword,
    leading,
    match_option,
    match_place,
    match_places,
    names_police,
    number,
    passes,
    unknown,
    without_place_code,
)
from sync.canonical import dumps
from sync.catalogue import load
from tests.relay.talk import directory

JAUNPUR = directory().thanas_of("JNP")
YES_NO = [("yes", ("हां", "Yes")), ("no", ("नहीं", "No")), ("unsure", ("पता नहीं", "Not sure"))]


@pytest.mark.parametrize("text", ["2", "२", "2.", " 2 ) ", "2️⃣", "②", "दो", "two", "do", "Do", "TWO", "０2"])
def test_two_in_every_spelling(text: str) -> None:
    assert number(text) == 2


@pytest.mark.parametrize(
    ("text", "value"), [("0", 0), ("१६", 16), ("🔟", 10), ("सोलह", 16), ("छः", 6), ("पाँच", 5), ("30", 30)]
)
def test_other_numbers(text: str, value: int) -> None:
    assert number(text) == value


@pytest.mark.parametrize("text", ["", "2 3", "two men", "123456789", "दो आदमी", "x2"])
def test_what_is_no_number(text: str) -> None:
    assert number(text) is None


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("Hi", "start"), ("HELLO!", "start"), ("नमस्ते 🙏", "start"), ("नमस्ते / Hi  [JNP-07K]",
        "start"),
        ("फिर से", "restart"), ("Restart.", "restart"), ("पीछे", "back"), ("भाषा", "language"),
        ("मदद", "help"),
        ("STOP", "stop"), ("मिटाएँ", "delete"), ("delete", "delete"), ("स्थिति", "status"),
        ("status 1234 5678 9012 3456", "status"), ("स्थिति १२३४५६७८९०१२३४५६", "status"),
        ("add 1234567890123456", "add"), ("1234567890123456 में जोड़ें", "add"),
    ],
)  # fmt: skip
def test_commands_in_both_languages(text: str, command: str) -> None:
    assert keyword(text) == command


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hi there is a murder",
        "stop him",
        "पीछे वाली गली",
        "status of roads",
        "12",
        "12 लोग जोड़े से आए",
        "add salt",
        "2 जोड़े",
        "2 जोड़े है",
        "3 jode",
        "5 ad",
        "9876543210 par jode",
    ],
)
def test_a_sentence_is_no_command(text: str) -> None:
    assert keyword(text) is None


def test_no_word_is_two_commands() -> None:
    words = [fold(word) for words in KEYWORDS.values() for word in words]
    assert len(set(words)) == len({(fold(w), name) for name, ws in KEYWORDS.items() for w in ws})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("हाँ", "yes"), ("haan", "yes"), ("👍🏽", "yes"), ("nahi", "no"), ("ना", "no"), ("pata nahi",
        "unsure"),
        ("Not", "unsure"),
    ],
)  # fmt: skip
def test_yes_and_no_as_people_write_them(text: str, code: str) -> None:
    assert match_option(text, YES_NO) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("हां थानेदार", "yes"), ("ji haan sir", "yes"), ("haan daroga shamil hai", "yes"),
        ("जी हाँ, दरोगा जी", "yes"), ("nahi bhai", "no"), ("नहीं, कोई नहीं", "no"), ("ji nahi sir",
        "no"),
        ("pata nahi sir", "unsure"), ("nahi pata kaun hai", "unsure"), ("नहीं मालूम भाई", "unsure"),
        ("no one knows", "unsure"), ("haan lekin mat bhejna", None), ("haan nahi", None),
        ("nahi wo sab log hain", None), ("maybe all of them do", None), ("no one must know", None),
        ("no one", None),
        ("nobody sir", None), ("no doubt sir", None), ("ji kya matlab", None), ("ok wait", None),
        ("ha bhai", None),
        ("हा है", None), ("जी दरोगा", None), ("theek hai bhai", None), ("ठीक है भाई", None),
        ("namaste daroga", None), ("north side", None), ("y not", None), ("", None),
    ],
)  # fmt: skip
def test_the_yes_or_no_that_a_sentence_begins_with(text: str, code: str | None) -> None:
    assert leading(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no but the daroga takes his share", None), ("no, the SP", None), ("nahi daroga", None),
        ("shayad thanedar", None), ("pata nahi SO sahab", None), ("no police involved", None),
        ("haan lekin thanedar nahi", "yes"), ("yes, not the SP but his men", "yes"), ("nahi sir", "no"),
        ("pata nahi bhai", "unsure"), ("nahi wo sab log hain", None),
    ],
)  # fmt: skip
def test_at_the_question_about_police_only_a_yes_may_name_them(text: str, code: str | None) -> None:
    assert leading(text, on_police=True) == code


@pytest.mark.parametrize(
    "text",
    [
        "दरोगा",
        "पुलिसवाले ने",
        "थाने का मुंशी",
        "policewala hai",
        "Daroga Ramesh",
        "sipahiyon ne",
        "एक सिपाही",
        "the SHO",
        *(
            "SO sahab",
            "SI Ram Singh",
            "the ASI",
            "S.P. sahab",
            "SP",
            "ASP",
            "DSP",
            "CO",
            "IO",
            "SSP",
            "DIG",
            "IG",
        ),
        *(
            "kaptan sahab",
            "कप्तान साहब",
            "एसओ",
            "एस.ओ. साहब",
            "एस एच ओ",
            "S.H.O.",
            "एसआई",
            "एएसआई",
            "एसपी",
            "एएसपी",
            "डीएसपी",
            "एसएसपी",
        ),
        *(
            "सीओ साहब",
            "आईओ",
            "एसएचओ",
            "आईजी",
            "डीआईजी",
            "सब इंस्पेक्टर",
            "head constable",
            "हेड कांस्टेबल",
            "दीवान जी",
        ),
    ],
)
def test_words_that_name_police(text: str) -> None:
    assert names_police(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "थान का कपड़ा",
        "politics",
        "copper wire",
        "shop",
        "गांजा बिकता है",
        "show",
        "soda",
        "spot",
        "as I saw",
    ],
)
def test_words_that_name_no_police(text: str) -> None:
    assert not names_police(text)


def test_an_option_by_its_label_its_beginning_or_a_word() -> None:
    options = [("ganja", ("गांजा / चरस", "Ganja / charas")), ("pills", ("नशीली दवाएं", "Pills / injections"))]
    assert match_option("गाँजा चरस", options) == "ganja"
    assert match_option("pill", options) == "pills"
    assert match_option("charas", options) == "ganja"
    assert match_option("pill", options, whole=True) is None
    assert match_option("x", options) is None
    assert match_option("", options) is None


def test_words_that_fit_two_options_fit_none() -> None:
    assert match_option("red", [("a", ("red car",)), ("b", ("red bus",))]) is None


@pytest.mark.parametrize("text", ["0", "पता नहीं", "don't know", "pata nahi"])
def test_i_do_not_know(text: str) -> None:
    assert unknown(text)
    assert not unknown(text + " but his car is red")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Shahganj", "JNP-10"), ("शाहगंज", "JNP-10"), ("shahgunj", "JNP-10"), ("sahganj", "JNP-10"),
        ("थाना शाहगंज", "JNP-10"), ("Shahganj thana ke paas", "JNP-10"), ("machlishahar", "JNP-19"),
        ("मछलीशहर", "JNP-19"), ("jafrabad", "JNP-03"), ("मडियाहूँ", "JNP-22"), ("kirakat", "JNP-27"),
        ("सराय ख्वाजा", "JNP-09"), ("Line Bazaar", "JNP-02"), ("machhli", "JNP-19"),
    ],
)  # fmt: skip
def test_a_thana_however_it_is_spelt(typed: str, code: str) -> None:
    found = match_place(typed, JAUNPUR)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("typed", ["", "badshahpur", "Lucknow", "0", "thana", "ab", "🙂"])
def test_a_name_of_none_or_of_two_is_no_thana(typed: str) -> None:
    assert match_place(typed, JAUNPUR) is None


def test_every_thana_is_found_by_either_name() -> None:
    for district in ("JNP", "GZP", "CDL"):
        thanas = directory().thanas_of(district)
        for thana in thanas:
            assert match_place(thana.name_en, thanas) == match_place(thana.name_hi, thanas) == thana


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters()))
def test_a_cleaned_text_can_be_kept(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    dumps([clean(text)])


def test_halves_of_characters_and_direction_signs_are_dropped() -> None:
    assert clean("a\ud83d b\x00\u202ec\n ") == "a bc"


@pytest.mark.parametrize(
    "text", ["0", "०", "आगे", "next", "पता नहीं", "पता नहीं / आगे", "Don't know / next", "नहीं मालूम"]
)
def test_words_that_pass_a_question_over(text: str) -> None:
    assert passes(text)
    assert not passes(f"{text} वाली गली")


@pytest.mark.parametrize("text", ["वापस लें", '"वापस लें"', "Undo", "take it back", "wapas le lo"])
def test_taking_back_is_a_command_of_its_own(text: str) -> None:
    assert keyword(text) == "undo"
    assert keyword("वापस") == "back"


@pytest.mark.parametrize(
    ("text", "language"),
    [("जोड़ें 1234", "hi"), ("jodo 1234", "hi"), ("add १२३४", ""), ("Add 1234", ""), ("", "")],
)
def test_the_language_of_a_command(text: str, language: str) -> None:
    assert command_language(text) == language


def test_digits_of_any_script_are_digits() -> None:
    assert has_digits("स्थिति १") and has_digits("status 1")
    assert not has_digits("status") and not has_digits("status [JNP-07K]")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("please help", "help"), ("मुझे मदद चाहिए", "help"), ("delete kar do bhai", "delete"),
        ("delet", "delete"),
        ("कृपया बंद करें", "stop"), ("band karo ji", "stop"), ("phir se shuru karo", "restart"),
        ("restrat", "restart"),
        ("piche karo", "back"), ("langauge", "language"), ("भाषा बदलो जी", "language"), ("stauts",
        "status"),
        ("namastey sir", "start"), ("पीछे जाएं", "back"), ("STOP PLEASE", "stop"),
        ("मिटा दीजिए", "delete"), ("mita dijiye", "delete"), ("सब मिटाओ", "delete"), ("delete everything", "delete"),
        ("STOP ALL", "stop"), ("पीछे जाओ", "back"), ("stop him", None), ("दुकान बंद करो", None), ("sab mita do",
        "delete"),
    ],
)  # fmt: skip
def test_commands_misspelt_and_with_politeness(text: str, command: str | None) -> None:
    assert keyword(text) == command


@pytest.mark.parametrize(
    "text",
    [
        "please",
        "ji",
        "bhai sahab",
        "Salam",
        "ruko",
        "band",
        "hai",
        "do",
        "mujhe dar hai",
        "back gate",
        "help him",
    ],
)
def test_politeness_and_common_words_alone_are_no_command(text: str) -> None:
    assert keyword(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "number 2",
        "no 2",
        "2 no.",
        "नंबर दो",
        "option 2",
        "dusra",
        "2 wala",
        "(2)",
        "2️⃣.",
        "दूसरा वाला",
        "second",
    ],
)
def test_two_with_a_word_beside_it(text: str) -> None:
    assert number(text) == 2


@pytest.mark.parametrize("text", ["no", "no one", "number", "2 2", "no no 2 2", "दो आदमी"])
def test_words_beside_nothing_are_no_number(text: str) -> None:
    assert number(text) is None


CATEGORIES = [(c.code, (*c.menu.values(), *c.name.values())) for c in load().categories]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("sharab", "liquor"), ("daru", "liquor"), ("दारू", "liquor"), ("juaa", "gambling"),
        ("satta", "gambling"),
        ("hathiyar", "arms"), ("avaidh hathiyaar", "arms"), ("hatya", "heinous"), ("khanan", "mining"),
        ("rangdari", "extortion"), ("manav taskari", "human_trafficking"), ("gau taskari",
        "cattle"), ("mahila", "women_child"),
        ("vaishyavriti", "prostitution"), ("ghoos", "police_corruption"), ("nasha", "drugs"),
        ("chakbandi", None),
    ],
)  # fmt: skip
def test_hindi_words_in_latin_letters_find_their_category(text: str, code: str | None) -> None:
    assert match_option(text, CATEGORIES) == code


def test_a_name_of_several_thanas_names_all_of_them() -> None:
    found = match_places("kotwali", directory().thanas)
    assert [thana.code for thana in found] == ["JNP-01", "GZP-01"]
    assert match_places("machali shahar", directory().thanas) == (match_place("मछलीशहर", JAUNPUR),)


@pytest.mark.parametrize(
    "text", ["नमस्ते / Hi [JNP-10E]", "नमस्ते / Hi JNP-10E", "नमस्ते / Hi jnp 10 e", "[JNP-10E] नमस्ते / Hi"]
)
def test_a_posters_code_is_taken_out_of_the_words(text: str) -> None:
    assert without_place_code(text) == "नमस्ते / Hi"
