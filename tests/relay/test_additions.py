"""Adding to an earlier report by its receipt: where it goes, when it goes, and what is taken back with what."""

import re
from typing import Any

import pytest

from relay import receipts, release
from relay.dialogue import Heard, Say, State
from sync.db import transaction
from tests.relay.adding_texts import ASK_HOW_IT_STANDS, FRAUD, TOLD_BESIDE
from tests.relay.builders import (
    FROM_EVIDENCE,
    HINDI_REPORT,
    JITTER_S,
    JNP_BOX,
    RANGE_ID,
    TO_EVIDENCE,
    FakeRelay,
    Phone,
    a_book,
    add_file,
    after_release,
    png,
    told,
    undo,
    undo_token,
)
from tests.relay.talk import Person

NEWS = ("police|no", "आज नई गाड़ी आई", "evidence|next", "now|no", "contact|push", "summary|send")
"""What is asked of somebody who adds: not the whole catalogue."""
TABLES = ("held", "token", "receipt", "evidence_file", "vault")


def _left(relay: FakeRelay) -> dict[str, int]:
    return {table: relay.count(table) for table in TABLES if relay.count(table)}


def _code(phone: Phone) -> str:
    return next(code for text in reversed(phone.got) if (code := receipts.find_code(text)))


def test_what_is_added_goes_to_the_same_node_under_the_same_receipt(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT)
    (first,) = relay.held()
    code = _code(phone)
    other = Phone(relay, "919800000077", "IN.77")
    other.do(f"जोड़ें {code}", *NEWS)
    added = next(held for held in relay.held() if held.message_id != first.message_id)
    assert added.body.adds_to == first.body.handle
    assert added.body.handle != first.body.handle
    assert added.recipient == first.recipient == JNP_BOX
    assert relay.count("receipt") == 1
    assert "पर्ची नंबर" in other.got[-1]
    assert receipts.find_code(other.got[-1]) is None


def test_what_was_added_can_be_taken_back_alone(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT)
    phone.do(f"add {_code(phone)}", "language|hi", *NEWS)
    assert relay.count("held") == 2
    phone.do(phone.undo_button)
    (left,) = relay.held()
    assert left.body.adds_to is None
    assert relay.count("receipt") == 1


def test_adding_to_an_unknown_receipt_is_said_and_begins_nothing(relay: FakeRelay, phone: Phone) -> None:
    phone.do("add 1234 5678 9012 3452")
    assert relay.count("draft") == 0
    assert len(phone.got) == 1


def test_what_is_added_about_police_goes_to_the_range_as_a_report_of_its_own(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do(*HINDI_REPORT)
    code = _code(phone)
    phone.do(f"जोड़ें {code}", "police|yes", *NEWS[1:])
    first, second = relay.held()
    assert (first.recipient, second.recipient) == (JNP_BOX, RANGE_ID)
    assert second.body.adds_to is None
    assert relay.count("receipt") == 2 and _code(phone) != code


def test_a_receipt_that_is_gone_meanwhile_makes_a_report_of_its_own(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT)
    button, code = phone.undo_button, _code(phone)
    phone.do(f"जोड़ें {code}", *NEWS[:-1], button, NEWS[-1])
    (held,) = relay.held()
    assert held.body.adds_to is None and relay.count("receipt") == 1


def test_adding_waits_for_a_draft_that_holds_something_and_leaves_it_as_it_is(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do(*HINDI_REPORT)
    code = _code(phone)
    phone.do(*TO_EVIDENCE, f"जोड़ें {code}")
    assert "मिटी नहीं है" in phone.got[-1] and '"आगे" दबाएं' in phone.got[-1]
    phone.do(*FROM_EVIDENCE)
    first, second = relay.held()
    assert second.body.answers == first.body.answers and second.body.adds_to is None


def test_starting_again_inside_an_addition_still_adds(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT)
    phone.do(f"जोड़ें {_code(phone)}", *NEWS[:2], "फिर से", *NEWS)
    first, second = relay.held()
    assert second.body.adds_to == first.body.handle


def _add_to_first(relay: FakeRelay, **changes: object) -> tuple[Say, ...]:
    return relay.submit(told(adds_to=relay.held()[0].body.handle, text="और", **changes))


def test_what_is_added_does_not_overtake_what_it_adds_to(relay: FakeRelay) -> None:
    relay.submit(told())
    relay.conn.execute("update held set release_at=release_at+?", (JITTER_S,))
    says = _add_to_first(relay)
    assert says[0].buttons and "कुछ मिनट तक" in says[0].text
    times = [row[0] for row in relay.conn.execute("select release_at from held order by rowid")]
    assert times[0] == times[1]
    order = [held.message_id for held in relay.held()]
    after_release(relay)
    assert release.release_due(relay.conn, relay.identity(), relay.now) == 2
    assert [row[0] for row in relay.conn.execute("select message_id from outbox order by rowid")] == order


def test_what_is_added_and_happens_now_takes_the_first_with_it_at_once(relay: FakeRelay) -> None:
    token = undo_token(relay.submit(told()))
    relay.submit(told(text="other"))
    first, other = (held.message_id for held in relay.held())
    says = _add_to_first(relay, happening_now=True)
    assert says[0].buttons == ()
    with transaction(relay.conn):
        assert undo(relay, token) is None
    added = relay.held()[2].message_id
    assert release.release_due(relay.conn, relay.identity(), relay.now) == 2
    sent = relay.conn.execute("select message_id from outbox order by rowid").fetchall()
    assert [row[0] for row in sent] == [first, added]
    assert [held.message_id for held in relay.held()] == [other] and relay.count("token") == 1


def test_what_was_added_before_one_that_happens_now_can_still_be_taken_back(relay: FakeRelay) -> None:
    relay.submit(told())
    token = undo_token(_add_to_first(relay))
    _add_to_first(relay, happening_now=True)
    assert release.release_due(relay.conn, relay.identity(), relay.now) == 2
    with transaction(relay.conn):
        undone = undo(relay, token)
    assert undone is not None and len(undone.handles) == 1
    assert relay.count("held") == relay.count("token") == 0


def test_what_is_added_to_a_released_report_keeps_its_own_time(relay: FakeRelay) -> None:
    relay.submit(told(happening_now=True))
    handle = relay.held()[0].body.handle
    release.release_due(relay.conn, relay.identity(), relay.now)
    relay.submit(told(adds_to=handle, happening_now=True))
    assert relay.value("select release_at from held") == relay.now and relay.count("token") == 0


@pytest.mark.slow
def test_taking_back_the_first_takes_back_what_adds_to_it_and_nothing_else(
    relay: FakeRelay, phone: Phone
) -> None:
    Phone(relay, "919000000001").do(*HINDI_REPORT)
    phone.do(*HINDI_REPORT)
    button, code = phone.undo_button, receipts.find_code(phone.got[-1])
    phone.do(f"जोड़ें {code}", *NEWS[:2]).send_photo(png()).do(*NEWS[2:])
    assert (relay.count("held"), relay.count("vault"), len(list(relay.media.iterdir()))) == (3, 3, 1)
    phone.do(button)
    assert "वापस ले लिया" in phone.got[-1]
    assert _left(relay) == {"held": 1, "token": 1, "receipt": 1, "vault": 1}
    assert list(relay.media.iterdir()) == []


def test_what_was_added_can_still_be_taken_back_alone_with_its_files(relay: FakeRelay) -> None:
    relay.submit(told())
    token = undo_token(_add_to_first(relay, evidence=(add_file(relay),)))
    with transaction(relay.conn):
        undone = undo(relay, token)
    assert undone is not None and undone.files == ("f" * 32,) and len(undone.handles) == 1
    assert _left(relay) == {"held": 1, "token": 1, "receipt": 1, "vault": 2}


@pytest.mark.parametrize("word", ["जोड़ें", "jodo"])
def test_a_hindi_word_to_add_is_answered_in_hindi_and_names_the_receipt(
    relay: FakeRelay, phone: Phone, word: str
) -> None:
    phone.do(*HINDI_REPORT)
    code, before = _code(phone), len(phone.got)
    phone.do(f"{word} {code}")
    found, question = phone.got[before:]
    assert found.startswith("आपकी पर्ची मिल गई। अब नई बात बताएं।")
    assert "स्वागत" in found and "पुलिसवाला" in question


def test_the_english_word_to_add_says_so_in_both_languages_and_asks_for_one(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do(*HINDI_REPORT)
    said = phone.do(f"add {_code(phone)}").got[-1]
    assert "आपकी पर्ची मिल गई" in said and "We found your receipt" in said and "Choose your language" in said


@pytest.mark.parametrize("word", ["जोड़ें", "add"])
def test_a_receipt_alone_behind_the_bare_word_to_add_begins_the_addition(
    relay: FakeRelay, phone: Phone, word: str
) -> None:
    phone.do(*HINDI_REPORT)
    (first,), code = relay.held(), _code(phone)
    phone.do(word, code)
    assert "आपकी पर्ची मिल गई" in phone.got[-1]
    phone.do("language|hi", *NEWS)
    assert {held.body.adds_to for held in relay.held()} == {None, first.body.handle}


@pytest.mark.parametrize("way", ["{} वह आदमी कल रात फिर आया था", "वह आदमी कल रात फिर आया था, पर्ची {}"])
@pytest.mark.parametrize("word", ["जोड़ें", "add"])
def test_a_receipt_with_words_behind_the_bare_word_to_add_begins_the_addition_with_them(
    relay: FakeRelay, phone: Phone, word: str, way: str
) -> None:
    phone.do(*HINDI_REPORT)
    (first,), code = relay.held(), _code(phone)
    phone.do(word, way.format(code), "language|hi", *NEWS)
    second = relay.held()[1].body
    assert second.adds_to == first.body.handle
    assert second.text == "वह आदमी कल रात फिर आया था\n\nआज नई गाड़ी आई"


def test_a_wrong_receipt_behind_the_bare_word_to_add_is_called_wrong_and_the_next_one_adds(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do(*HINDI_REPORT)
    code = _code(phone)
    phone.do("जोड़ें", _mistyped(code, "one wrong"))
    assert "अंक गलत लगते हैं" in phone.got[-1]
    phone.do(code, "language|hi", *NEWS)
    first, second = relay.held()
    assert second.body.adds_to == first.body.handle


def test_words_with_a_wrong_receipt_behind_the_bare_word_to_add_are_kept_as_new(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do(*HINDI_REPORT)
    wrong = _mistyped(_code(phone), "one wrong")
    phone.do("जोड़ें", f"{wrong} वह आदमी कल रात फिर आया था")
    assert "अंक गलत लगते हैं" in phone.got[-1] and '"मिटाएं" लिखें' in phone.got[-1]
    phone.do(*ONE_OF_ITS_OWN)
    second = relay.held()[1].body
    assert (second.adds_to, second.text) == (None, "[पर्ची?] वह आदमी कल रात फिर आया था")


@pytest.mark.parametrize("way", TOLD_BESIDE)
def test_words_beside_a_receipt_without_a_word_to_add_are_kept_as_new_and_the_way_to_add_is_said(
    relay: FakeRelay, phone: Phone, way: str
) -> None:
    phone.do(*HINDI_REPORT)
    code = _code(phone)
    phone.do(way.replace("G", code))
    assert '"मिटाएं" लिखें' in phone.got[-1] and "सुरक्षित रखी है" not in phone.got[-1]
    phone.do(*ONE_OF_ITS_OWN)
    second = relay.held()[1].body
    assert second.adds_to is None and code not in second.text
    assert [word for word in way.split() if word != "G" and word not in second.text] == []


@pytest.mark.parametrize("way", TOLD_BESIDE)
def test_words_beside_a_receipt_go_into_the_unfinished_report(
    relay: FakeRelay, phone: Phone, way: str
) -> None:
    phone.do(*HINDI_REPORT)
    code = _code(phone)
    phone.do(*TO_EVIDENCE, way.replace("G", code))
    assert "अभी चल रही बात" in phone.got[-1]
    phone.do(*FROM_EVIDENCE)
    text = relay.held()[1].body.text
    assert [word for word in way.split() if word != "G" and word not in text] == []


def test_words_beside_the_receipt_that_is_being_added_to_join_the_addition(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do(*HINDI_REPORT)
    code = _code(phone)
    phone.do(f"जोड़ें {code} वह कल आया", f"{code} गाड़ी सफेद थी")
    assert "नई बात" not in phone.got[-1] and "लिख लिया" in phone.got[-1]
    phone.do(*NEWS)
    first, second = relay.held()
    assert second.body.adds_to == first.body.handle and "गाड़ी सफेद थी" in second.body.text


def test_words_beside_a_receipt_that_is_nobodys_are_kept_as_new(relay: FakeRelay, phone: Phone) -> None:
    phone.do("1234 5678 9012 3452 वह आया")
    assert "नहीं मिला" in phone.got[-1] and '"मिटाएं" लिखें' in phone.got[-1]
    phone.do(*ONE_OF_ITS_OWN)
    assert "वह आया" in relay.held()[0].body.text


def test_a_card_that_is_told_of_again_and_again_does_not_close_the_right_receipt(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do(*HINDI_REPORT)
    (first,), code = relay.held(), _code(phone)
    phone.do(*("paytm me add karo 4111111111111111 bola usne" for _ in range(6)))
    phone.do("मिटाएं", f"जोड़ें {code} वह फिर आया", *NEWS)
    assert relay.held()[1].body.adds_to == first.body.handle


def test_a_photo_with_a_receipt_below_it_is_kept_as_new_and_the_way_to_add_is_said(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do(*HINDI_REPORT)
    phone.send_photo(png(), f"{_code(phone)} वही गाड़ी")
    assert '"मिटाएं" लिखें' in phone.got[-1]
    phone.do(*ONE_OF_ITS_OWN)
    second = relay.held()[1].body
    assert (second.adds_to, len(second.evidence)) == (None, 1) and "वही गाड़ी" in second.text


@pytest.mark.parametrize("way", ASK_HOW_IT_STANDS)
def test_a_receipt_with_the_words_of_a_question_tells_how_it_stands(
    relay: FakeRelay, phone: Phone, way: str
) -> None:
    phone.do(*HINDI_REPORT)
    phone.do(way.replace("G", _code(phone)))
    assert "सुरक्षित रखी है" in phone.got[-1] or "is kept" in phone.got[-1]
    assert relay.count("draft") == 0


def test_only_the_next_message_is_the_receipt_to_add_to(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT)
    code = _code(phone)
    phone.do("जोड़ें", "Hi", code)
    assert "आपकी पर्ची मिल गई" not in phone.got[-1] and "कुछ जोड़ना हो तो" in phone.got[-1]


def test_the_summary_says_what_it_joins_unless_it_is_about_police(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT)
    phone.do(f"जोड़ें {_code(phone)}", *NEWS[:-1])
    assert "पहले की बात से जुड़ेगा" in phone.got[-1]
    phone.do("police|yes")
    assert "एक बार देख लें" in phone.got[-1] and "जुड़ेगा" not in phone.got[-1]


@pytest.mark.parametrize(
    ("language", "records"), [("hi", "फोन कंपनी के रिकॉर्ड"), ("en", "phone company's records")]
)
def test_what_adding_tells_is_said_before_with_a_question_and_among_what_is_not_defended(
    language: str, records: str
) -> None:
    question = a_book().catalogue.template("need_more")
    assert question is not None
    for key in ("add_how", "add_found", "help_safe"):
        assert records in a_book().phrases.text(language, key)
    assert records in question.text(language, ("place",))


@pytest.mark.parametrize(
    "way",
    [
        "{} में जोड़ें",
        "{} में जोड़ें: वही गाड़ी कल रात फिर आई थी",
        "पर्ची {} में जोड़ो",
        "{} me jodo",
        "जोड़ें {}: वही गाड़ी कल रात फिर आई थी",
    ],
)
def test_a_receipt_and_the_word_to_add_begin_an_addition_in_either_order(
    relay: FakeRelay, phone: Phone, way: str
) -> None:
    phone.do(*HINDI_REPORT)
    phone.do(way.format(_code(phone)), *NEWS)
    first, second = relay.held()
    assert second.body.adds_to == first.body.handle


def test_what_is_told_beside_the_receipt_is_kept_and_the_receipt_is_not(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do(*HINDI_REPORT)
    code, before = _code(phone), len(phone.got)
    phone.do(f"{code} में जोड़ें: 2 लोग कल रात फिर आए थे")
    assert "अपने शब्दों" in phone.got[before] or "लिख लिया" in phone.got[before]
    phone.do(*NEWS)
    assert relay.held()[1].body.text == "2 लोग कल रात फिर आए थे\n\nआज नई गाड़ी आई"


def test_danger_told_beside_the_receipt_brings_the_emergency_numbers(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT)
    code, before = _code(phone), len(phone.got)
    phone.do(f"{code} में जोड़ें: बचाओ, वे मार रहे हैं")
    assert "112" in phone.got[before]


@pytest.mark.parametrize("begun", [("Hi",), ("Hi", "language|hi"), ("Hi", "language|hi", "category|drugs")])
def test_adding_does_not_wait_for_a_draft_in_which_nothing_is_told(
    relay: FakeRelay, phone: Phone, begun: tuple[str, ...]
) -> None:
    phone.do(*HINDI_REPORT)
    code = _code(phone)
    phone.do(*begun, f"जोड़ें {code}", *NEWS)
    first, second = relay.held()
    assert second.body.adds_to == first.body.handle


@pytest.mark.parametrize(("word", "how"), [("स्थिति", "जोड़ें"), ("status", "add")])
def test_how_it_stands_says_how_to_add_and_what_that_costs(
    relay: FakeRelay, phone: Phone, word: str, how: str
) -> None:
    phone.do(*HINDI_REPORT)
    code = _code(phone)
    grouped = " ".join(code[at : at + 4] for at in range(0, 16, 4))
    said = phone.do(f"{word} {code}").got[-1]
    assert f"{how} {grouped}" in said and ("आसान" in said or "easier" in said)


@pytest.mark.parametrize("language", ["hi", "en"])
@pytest.mark.parametrize(
    "key", ["status_add", "add_how", "add_waits", "add_kept", "nothing_to_erase", "undo_too_late"]
)
def test_every_instruction_to_add_adds_when_it_is_followed_to_the_letter(
    relay: FakeRelay, phone: Phone, language: str, key: str
) -> None:
    phone.do(*HINDI_REPORT)
    told = a_book().phrases.by_language[language][key]
    command = re.split("लिखें:|write:", told)[-1].strip()
    command = re.split("[.।\n]", command)[0].replace("{receipt}", "")
    phone.do(f"{command} {_code(phone)} he came again", "language|hi", *NEWS)
    first, second = relay.held()
    assert second.body.adds_to == first.body.handle and "he came again" in second.body.text


@pytest.mark.parametrize(
    "way",
    [
        "जोड़ें और {}",
        "add and {}",
        "add to report {}",
        "add{}",
        "add, my receipt number is {}",
        "जोड़ें और पर्ची नंबर {}",
    ],
)
def test_small_words_between_add_and_the_receipt_do_not_keep_it_from_adding(
    relay: FakeRelay, phone: Phone, way: str
) -> None:
    phone.do(*HINDI_REPORT)
    phone.do(way.format(_code(phone)) + " वह आदमी आज फिर आया", "language|hi", *NEWS)
    first, second = relay.held()
    assert second.body.adds_to == first.body.handle
    assert second.body.text.startswith("वह आदमी आज फिर आया")


@pytest.mark.parametrize("language", ["hi", "en"])
@pytest.mark.parametrize("key", ["status_how", "answer_gone"])
def test_every_instruction_to_ask_how_it_stands_tells_it_when_it_is_followed_to_the_letter(
    relay: FakeRelay, phone: Phone, language: str, key: str
) -> None:
    phone.do(*HINDI_REPORT)
    told = a_book().phrases.by_language[language][key]
    command = re.split("[.।]", re.split("लिखें:|write:", told)[1].strip())[0]
    phone.do(f"{command} {_code(phone)}")
    assert "सुरक्षित रखी है" in phone.got[-1] or "is kept" in phone.got[-1]
    assert relay.count("draft") == 0


@pytest.mark.parametrize(
    "way", ["{} me jodna hai", "add {} please sir", "{} को जोड़ना है", "meri parchi {} me jodna hai ji"]
)
def test_politeness_beside_the_receipt_is_no_part_of_what_is_added(
    relay: FakeRelay, phone: Phone, way: str
) -> None:
    phone.do(*HINDI_REPORT)
    phone.do(way.format(_code(phone)), "language|hi", *NEWS)
    assert relay.held()[1].body.text == "आज नई गाड़ी आई"


@pytest.mark.parametrize("digits", ["1234567890123456", "123456789012345", "12345678901234567"])
@pytest.mark.parametrize("word", ["स्थिति", "जोड़ें"])
def test_wrong_digits_are_called_wrong(relay: FakeRelay, phone: Phone, word: str, digits: str) -> None:
    phone.do(f"{word} {digits}")
    assert "अंक गलत लगते हैं" in phone.got[-1]
    assert relay.count("draft") == 0


@pytest.mark.parametrize(
    "begun",
    [
        {"category": "drugs", "police": "yes"},
        {"category": "drugs", "police": "unsure"},
        {"category": "police_corruption"},
        {"category": "drugs", "police": "no", "partial": "yes"},
        {"category": "drugs", "police": "no", "district": ""},
        {"category": "drugs", "police": "no", "happening": "yes"},
        {"category": "drugs", "police": "no", "fear": "yes"},
        {"category": "drugs", "police": "no", "contact": "push"},
    ],
)
def test_adding_waits_for_a_draft_that_tells_something_by_choices_alone(begun: dict[str, Any]) -> None:
    person = Person(a_book(), state=State("summary", 0, "en", **begun))
    person.hears(Heard("add", text="add 3982", choice="h1"))
    assert person.state is not None and (person.state.adds_to, person.state.category) == (
        None,
        begun["category"],
    )
    assert "is not lost" in person.said


def test_what_is_told_beside_the_receipt_while_a_draft_waits_is_said_to_be_lost_and_danger_is_heard(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do(*HINDI_REPORT)
    code = _code(phone)
    phone.do(*TO_EVIDENCE)
    before = len(phone.got)
    phone.do(f"जोड़ें {code} बचाओ, वे मार रहे हैं")
    assert "112" in phone.got[before]
    assert "वह नहीं रखा गया" in "\n".join(phone.got[before:])
    phone.do(f"जोड़ें {code}")
    assert "मिटी नहीं है" in phone.got[-1] and "नहीं रखा गया" not in phone.got[-1]


def _mistyped(code: str, how: str) -> str:
    at = next(
        at for at in range(2, 14) if code[at] != code[at + 1] and {code[at], code[at + 1]} != {"0", "9"}
    )
    wrong = {
        "one wrong": code[:at] + str((int(code[at]) + 1) % 10) + code[at + 1 :],
        "one missing": code[:at] + code[at + 1 :],
        "two swapped": code[:at] + code[at + 1] + code[at] + code[at + 2 :],
    }
    return wrong[how]


@pytest.mark.parametrize("how", ["one wrong", "one missing", "two swapped"])
def test_a_mistyped_receipt_alone_behind_the_word_to_add_begins_nothing(
    relay: FakeRelay, phone: Phone, how: str
) -> None:
    phone.do(*HINDI_REPORT)
    phone.do(f"जोड़ें {_mistyped(_code(phone), how)}")
    assert "अंक गलत लगते हैं" in phone.got[-1]
    assert relay.count("draft") == 0


WRONG_WAYS = (
    "जोड़ें {} वह आदमी आज फिर दुकान पर आया",
    "{} में जोड़ें वह आज फिर आया",
    "{} me jodo wo fir aaya",
    "{} add he came again",
    "पर्ची {} में जोड़ो वह आया",
)
ONE_OF_ITS_OWN = HINDI_REPORT[1:]


@pytest.mark.parametrize("way", WRONG_WAYS)
@pytest.mark.parametrize("how", ["one wrong", "one missing", "two swapped"])
def test_what_is_told_beside_a_mistyped_receipt_is_kept_as_new_without_it_and_the_way_to_add_is_said(
    relay: FakeRelay, phone: Phone, how: str, way: str
) -> None:
    phone.do(*HINDI_REPORT)
    code, before = _code(phone), len(phone.got)
    wrong = _mistyped(code, how)
    phone.do(way.format(" ".join(wrong[at : at + 4] for at in range(0, len(wrong), 4))))
    said = "\n".join(phone.got[before:])
    assert "अंक गलत लगते हैं" in said and "digits look wrong" in said
    assert '"मिटाएं" लिखें' in said and 'write "delete"' in said and "नहीं रखा गया" not in said
    phone.do(*ONE_OF_ITS_OWN)
    second = relay.held()[1].body
    assert second.adds_to is None and way.split()[-1] in second.text
    assert wrong[:4] not in second.text


def test_who_follows_the_advice_beside_a_mistyped_receipt_adds(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT)
    code = _code(phone)
    phone.do(
        f"जोड़ें {_mistyped(code, 'one wrong')} वह आदमी फिर आया", "मिटाएं", f"जोड़ें {code} वह आदमी फिर आया", *NEWS
    )
    first, second = relay.held()
    assert second.body.adds_to == first.body.handle and "वह आदमी फिर आया" in second.body.text


@pytest.mark.parametrize("way", WRONG_WAYS)
def test_what_is_told_beside_a_mistyped_receipt_goes_into_the_unfinished_report(
    relay: FakeRelay, phone: Phone, way: str
) -> None:
    phone.do(*HINDI_REPORT)
    wrong = _mistyped(_code(phone), "one wrong")
    phone.do(*TO_EVIDENCE, way.format(wrong))
    assert "अंक गलत" in phone.got[-1] and "नहीं रखा गया" not in phone.got[-1]
    phone.do(*FROM_EVIDENCE)
    text = relay.held()[1].body.text
    assert way.split()[-1] in text and wrong not in text


def test_danger_told_beside_a_mistyped_receipt_brings_the_emergency_numbers(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do(*HINDI_REPORT)
    phone.do(f"जोड़ें {_mistyped(_code(phone), 'one missing')} बचाओ, वे मार रहे हैं")
    said = "\n".join(phone.got)
    assert 0 < said.index("112") < said.rindex("अंक गलत लगते हैं") and relay.count("draft") == 1


@pytest.mark.parametrize("story", FRAUD)
def test_a_story_of_fraud_with_a_number_like_a_receipts_is_kept_and_goes(
    relay: FakeRelay, phone: Phone, story: str
) -> None:
    phone.do(story, *ONE_OF_ITS_OWN, "whose|theirs", "summary|send")
    (held,) = relay.held()
    assert held.body.adds_to is None
    words = [word for word in story.split() if not any(char.isdigit() for char in word)]
    assert [word for word in words if word not in held.body.text] == []


@pytest.mark.parametrize("story", FRAUD)
def test_a_photo_with_such_a_story_below_it_is_kept(relay: FakeRelay, phone: Phone, story: str) -> None:
    phone.send_photo(png(), story).do(*ONE_OF_ITS_OWN, "whose|theirs", "summary|send")
    (held,) = relay.held()
    assert len(held.body.evidence) == 1 and story.split()[-1] in held.body.text


def test_words_beside_wrong_receipts_are_kept_also_after_too_many_tries(
    relay: FakeRelay, phone: Phone
) -> None:
    story = "paytm me add karo 4111111111111111 bola usne, 50000 gaye"
    phone.do(*(story for _ in range(7)), "aur wo bhaag gaya raat ko")
    assert "नहीं रखा गया" not in "\n".join(phone.got)
    phone.do(*ONE_OF_ITS_OWN, "whose|theirs", "summary|send")
    assert "50000 gaye" in relay.held()[0].body.text


@pytest.mark.parametrize(
    "story",
    [
        "jodo 9876543210, 5000 rupaye liye usne",
        "Ad no 12345 67890 12345 OLX par dekha",
        "जोड़ें 9876543210 12/05 को धमकी दी",
        "add my number 9876543210",
        "jodo 5000",
    ],
)
def test_a_story_with_a_word_to_add_and_a_number_is_kept_in_the_draft(
    relay: FakeRelay, phone: Phone, story: str
) -> None:
    phone.do(*TO_EVIDENCE, story)
    assert "अंक गलत" not in phone.got[-1]
    phone.do(*FROM_EVIDENCE, "whose|theirs", "summary|send")
    assert relay.held()[0].body.text == story


@pytest.mark.parametrize("sign", ["\n", ", ", "  ", "\u00a0", "\u2013"])
@pytest.mark.parametrize("words", ["status {}", "स्थिति {}", "{}"])
def test_whatever_stands_between_its_groups_a_receipt_tells_how_it_stands(
    relay: FakeRelay, phone: Phone, words: str, sign: str
) -> None:
    phone.do(*HINDI_REPORT)
    code = _code(phone)
    phone.do(words.format(sign.join(code[at : at + 4] for at in range(0, 16, 4))))
    assert "सुरक्षित रखी है" in phone.got[-1] or "is kept" in phone.got[-1]


@pytest.mark.parametrize(("add", "told"), [("जोड़ें {} वही गाड़ी", "वही गाड़ी"), ("{} me jodo", "")])
def test_a_photo_whose_caption_asks_to_add_goes_with_the_addition(
    relay: FakeRelay, phone: Phone, add: str, told: str
) -> None:
    phone.do(*HINDI_REPORT)
    phone.send_photo(png(), add.format(_code(phone))).do(*NEWS)
    first, second = relay.held()
    assert (second.body.adds_to, len(second.body.evidence)) == (first.body.handle, 1)
    assert second.body.text == "\n\n".join(part for part in (told, "आज नई गाड़ी आई") if part)


def test_a_photo_that_cannot_be_added_yet_is_said_not_to_be_kept_and_is_in_no_report(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do(*HINDI_REPORT)
    code = _code(phone)
    phone.do(*TO_EVIDENCE)
    before = len(phone.got)
    phone.send_photo(png(), f"जोड़ें {code} वही गाड़ी")
    assert "नहीं रखा गया" in "\n".join(phone.got[before:])
    assert relay.count("evidence_file") == 0 and relay.count("draft") == 1


@pytest.mark.parametrize("told", ["", " वही गाड़ी"])
@pytest.mark.parametrize("how", ["one wrong", "nobody's"])
def test_a_photo_with_a_wrong_receipt_below_it_is_kept_as_new(
    relay: FakeRelay, phone: Phone, how: str, told: str
) -> None:
    phone.do(*HINDI_REPORT)
    code, before = _code(phone), len(phone.got)
    asked = _mistyped(code, how) if how == "one wrong" else "1234 5678 9012 3452"
    phone.send_photo(png(), f"जोड़ें {asked}{told}")
    said = "\n".join(phone.got[before:])
    assert ("अंक गलत" if how == "one wrong" else "नहीं मिला") in said and '"मिटाएं" लिखें' in said
    phone.do(*ONE_OF_ITS_OWN)
    second = relay.held()[1].body
    assert (second.adds_to, len(second.evidence)) == (None, 1) and told.strip() in second.text


def test_more_to_the_same_receipt_joins_the_addition_that_has_begun_and_what_comes_twice_is_kept_once(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do(*HINDI_REPORT)
    code = _code(phone)
    one, two, three = (f"जोड़ें {code} {told}" for told in ("वह कल आया", "वह आज आया", "गाड़ी सफेद थी"))
    phone.do(one, one, two)
    assert "नहीं रखा गया" not in "\n".join(phone.got[-3:]) and "जोड़" in phone.got[-1]
    phone.do("police|no", three, *NEWS[2:])
    first, second = relay.held()
    assert second.body.adds_to == first.body.handle
    assert second.body.text == "वह कल आया\n\nवह आज आया\n\nगाड़ी सफेद थी"


def test_a_cards_number_that_is_nobodys_receipt_stays_a_story(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*TO_EVIDENCE, "मेरा कार्ड 1234 5678 9012 3452 उसने अपने पेटीएम में जोड़ा और 5000 निकाले")
    phone.do(*FROM_EVIDENCE, "whose|theirs", "summary|send")
    assert "पेटीएम में जोड़ा और 5000 निकाले" in relay.held()[0].body.text


def test_danger_told_beside_a_receipt_that_is_nobodys_brings_the_emergency_numbers(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do("जोड़ें 1234 5678 9012 3452 बचाओ, वे मार रहे हैं")
    assert "112" in phone.got[0]
    assert "नहीं मिला" in "\n".join(phone.got) and "नहीं रखा गया" not in "\n".join(phone.got)
    assert relay.count("draft") == 1


@pytest.mark.parametrize("words", ["खाता 12345678901234 में जोड़े गए 50000", "12345678901234 में जोड़े गए 50000"])
def test_an_account_to_which_something_was_added_is_told(relay: FakeRelay, phone: Phone, words: str) -> None:
    phone.do(*TO_EVIDENCE, words)
    assert "अंक गलत" not in phone.got[-1]


def test_taking_back_in_words_names_the_button(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT)
    for word in ("वापस लें", "undo", "take it back", "वापस"):
        phone.do(word)
        assert '"वापस लें" बटन' in phone.got[-1] and "भाषा" not in phone.got[-1]
    assert (relay.count("held"), relay.count("draft")) == (1, 0)


def test_nobody_is_told_to_erase_what_he_told_before_to_add_what_stands_beside_a_receipt(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do(*HINDI_REPORT)
    code, other = _code(phone), Phone(relay, "919800000077", "IN.77")
    other.do(*TO_EVIDENCE, f"{code} वह आदमी कल रात फिर आया था")
    assert "अभी चल रही बात" in other.got[-1] and "मिटाएं" not in other.got[-1]
    third = Phone(relay, "919800000078", "IN.78")
    third.do(f"{code} वह आदमी कल रात फिर आया था")
    assert '"मिटाएं" लिखें' in "\n".join(third.got)


def test_whoever_erases_an_addition_just_begun_takes_back_no_report_that_he_sent(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do(*HINDI_REPORT)
    phone.do(f"जोड़ें {_code(phone)}", "मिटाएं")
    assert relay.count("held") == 1 and relay.count("draft") == 0


@pytest.mark.parametrize("beside", ["number 9812345678", "aur 9812345678", "9812345678"])
def test_a_number_told_beside_a_receipt_is_kept(relay: FakeRelay, phone: Phone, beside: str) -> None:
    phone.do(*HINDI_REPORT)
    phone.do(f"{_code(phone)} {beside}", *ONE_OF_ITS_OWN)
    phone.do("whose|theirs", "summary|send")
    assert "9812345678" in relay.held()[1].body.text
