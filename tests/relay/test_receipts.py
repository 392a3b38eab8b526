"""Receipts: 16 digits, found in any writing, kept as a tag, and a state that only moves forward."""

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay import receipts
from relay.allowance import Allowance, Limits
from sync.clock import HOUR_S
from sync.db import transaction
from tests.relay.builders import GZP_BOX, HINDI_REPORT, JNP_BOX, FakeRelay, Phone, told

HANDLE, MESSAGE = "a" * 32, "b" * 32
DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")
codes = st.integers(0, 2**64).map(lambda seed: receipts.new_code(random.Random(seed)))
figures = st.one_of(
    st.dates(date(1990, 1, 1), date(2030, 1, 1)).map("{:%d-%m-%Y}".format),
    st.times().map("{:%H:%M}".format),
    st.integers(1_000, 999_999).map("{:,}".format),
    st.builds("{:.6f}, {:.6f}".format, st.floats(24, 30), st.floats(78, 84)),
)


def _add(relay: FakeRelay, code: str = "x", handle: str = HANDLE, message_id: str = MESSAGE) -> bytes:
    tag = receipts.tag(relay.epochs, code)
    with transaction(relay.conn):
        receipts.add(relay.conn, tag, handle, message_id, JNP_BOX, relay.now)
    return tag


@given(codes, st.sampled_from(["", " ", "-", "."]), st.booleans())
def test_a_receipt_is_found_however_it_is_written(code: str, between: str, hindi: bool) -> None:
    written = between.join(code[at : at + 4] for at in range(0, 16, 4))
    written = written.translate(DEVANAGARI) if hindi else written
    assert receipts.find_code(f"स्थिति {written}।") == code
    assert receipts.find_code(written) == code


@given(codes, st.integers(0, 15), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(code: str, place: int, by: int) -> None:
    wrong = code[:place] + str((int(code[place]) + by) % 10) + code[place + 1 :]
    assert receipts.find_code(wrong) is None


@given(st.text())
def test_any_text_can_be_searched(text: str) -> None:
    found = receipts.find_code(text)
    assert found is None or (len(found) == 16 and found.isascii() and found.isdigit())


@given(codes, st.sampled_from(["{}", "1. {}", "{} / 9812345678"]), st.sampled_from([12, 8, 7, 4, 2, 1]))
def test_a_receipt_goes_out_of_words_in_line_with_other_digits(code: str, way: str, size: int) -> None:
    cut = " ".join(code[at : at + size] for at in range(0, 16, size))
    assert cut not in receipts.without_codes(way.format(cut), "[x]")
    glued = receipts.without_codes(f"77{code}5", "[x]")
    assert "[x]" in glued and code not in glued


@given(codes, st.sampled_from(["7{}", "{}5", "77{}", "{}55"]), st.sampled_from([8, 4, 2, 1]))
def test_a_receipt_with_digits_too_many_goes_out_of_words(code: str, way: str, size: int) -> None:
    cut = way.format(" ".join(code[at : at + size] for at in range(0, 16, size)))
    is_phone = 10 in map(len, cut.split())
    assert is_phone or receipts.without_codes(f"पर्ची {cut} है", "[x]").strip("75") == "पर्ची [x] है"


@given(codes, st.integers(0, 15), st.sampled_from([17, 4]))
def test_a_receipt_with_one_digit_typed_twice_goes_out_of_words(code: str, twice: int, size: int) -> None:
    digits = code[:twice] + code[twice] + code[twice:]
    cut = " ".join(digits[at : at + size] for at in range(0, 17, size))
    assert receipts.without_codes(f"पर्ची {cut} है", "[x]") == "पर्ची [x] है"


@pytest.mark.parametrize(
    "digits", ["1234567890123457", "123456789012345", "1234 5678 9012 345", "1234-678-9012-3457"]
)
@pytest.mark.parametrize("named", ["पर्ची नंबर {} है", "my receipt is {}", "रसीद: {}"])
def test_a_mistyped_receipt_goes_out_of_words_where_it_is_called_one(named: str, digits: str) -> None:
    assert receipts.without_codes(named.format(digits), "[x]") == named.format("[x]")
    for other in ("पर्ची पर 9812345671, 9812345672 लिखा है", "पर्ची पर 98123 45671 98123 45672 लिखा है"):
        assert receipts.without_codes(other, "[x]") == other


@pytest.mark.parametrize("digits", ["1234 5678 9012 3457", "12345678 90123457", "1234 5678 9012 345"])
@pytest.mark.parametrize(
    "named",
    [
        "पर्ची नंबर\n{}",
        "{} मेरी पर्ची",
        "{} is my receipt",
        "{} यह मेरी पर्ची है",
        "रिसीट {}",
        "my reciept {}",
        "recipt no {}",
        "स्लिप नंबर {} है",
        "{} में जोड़ें वह फिर आया",
        "add {} he came",
        "jod do {}",
    ],
)
def test_a_mistyped_receipt_goes_out_of_words_however_it_is_called_one(named: str, digits: str) -> None:
    assert receipts.without_codes(named.format(digits), "[x]") == named.format("[x]")


@pytest.mark.parametrize(
    "words",
    [
        "रसीद नंबर 20240512345678 पर पैसे लिए",
        "बैंक की रसीद, खाता 31234567890123",
        "बैंक की रसीद, खाता 312345678901234",
        "receipt of UTR 412345678901234",
        "UTR 412345678901234 receipt attached",
        "raseed kati, account no 31234567890123",
        "raseed kati, account no 312345678901234",
        "पर्ची पर 9812345671 लिखा है, 5000 12/05/2024",
        "खाता 123456789012345 में जोड़े गए 50000",
        "123456789012345 में जोड़े गए 50000",
        "रसीद 98123 45671 222002",
    ],
)
def test_digits_called_something_else_stay_though_a_receipt_is_named(words: str) -> None:
    assert receipts.without_codes(words, "[x]") == words


@given(codes, st.sampled_from([" ", "-", "."]), st.sampled_from([16, 8, 4, 2]))
def test_no_receipt_passes_for_dates_hours_or_sums(code: str, between: str, size: int) -> None:
    cut = between.join(code[at : at + size] for at in range(0, 16, size))
    assert receipts.without_codes(f"पर्ची {cut} है", "[x]") == "पर्ची [x] है"


@given(st.lists(figures, max_size=6), st.sampled_from([" ", ", ", " - "]))
def test_dates_hours_sums_and_places_in_line_stay(some: list[str], between: str) -> None:
    assert receipts.without_codes(between.join(some), "[x]") == between.join(some)


@pytest.mark.parametrize("cut", ["98123 45671", "98123-45671"])
def test_phones_in_pieces_stay_though_sixteen_of_their_digits_pass_the_check(cut: str) -> None:
    for last in range(10):
        words = f"+91 {cut}, +91 {cut[:-1]}{last}, {cut} / {cut[:-1]}{last}"
        assert receipts.without_codes(words, "[x]") == words


@pytest.mark.parametrize(
    "words",
    [
        "9812345671, 9812345672, 9812345673",
        "+91 98123 45671, +91 98123 45672",
        "98123-45671 98123-45672 98123-45673",
        "9812345671 - 222002",
        "खाता 1234567890123457",
    ],
)
def test_phones_in_line_and_what_has_no_check_digit_stay(words: str) -> None:
    assert receipts.without_codes(words, "[x]") == words


def test_phones_in_line_stay_whatever_their_digits() -> None:
    rng = random.Random(7)
    for _ in range(200):
        words = (
            ", ".join(str(rng.randrange(6 * 10**9, 10**10)) for _ in range(4)) + f" {rng.randrange(10**6)}"
        )
        assert receipts.without_codes(words, "[x]") == words


def test_codes_do_not_repeat(rng: random.Random) -> None:
    assert len({receipts.new_code(rng) for _ in range(1000)}) == 1000


def test_only_the_right_code_knows_its_state_and_the_disk_does_not_know_the_code(relay: FakeRelay) -> None:
    code = receipts.new_code(relay.rng)
    tag = _add(relay, code)
    assert receipts.state_of(relay.conn, tag) == "kept"
    assert receipts.state_of(relay.conn, receipts.tag(relay.epochs, receipts.new_code(relay.rng))) is None
    assert tag in relay.disk() and code.encode() not in relay.disk()


def test_the_relays_own_states_only_move_forward(relay: FakeRelay) -> None:
    tag = _add(relay)
    for state, expected in [
        ("on_its_way", "on_its_way"),
        ("delivered", "delivered"),
        ("on_its_way", "delivered"),
        ("kept", "delivered"),
    ]:
        receipts.advance(relay.conn, MESSAGE, state)
        assert receipts.state_of(relay.conn, tag) == expected


def _push(relay: FakeRelay, state: str, version: int, node: str = JNP_BOX, handle: str = HANDLE) -> bool:
    with transaction(relay.conn):
        return receipts.pushed(relay.conn, handle, node, state, version, relay.now)


def test_a_box_pushes_states_and_an_old_version_changes_nothing(relay: FakeRelay) -> None:
    tag = _add(relay)
    assert _push(relay, "in_work", 2)
    assert not _push(relay, "delivered", 1)
    assert not _push(relay, "closed", 2)
    assert receipts.state_of(relay.conn, tag) == "in_work"
    assert _push(relay, "closed", 3)
    receipts.advance(relay.conn, MESSAGE, "delivered")
    assert receipts.state_of(relay.conn, tag) == "closed"


@given(st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["in_work", "closed"])), max_size=8))
def test_the_highest_version_that_came_first_stands(relay: FakeRelay, pushes: list[tuple[int, str]]) -> None:
    relay.conn.execute("delete from receipt")
    tag = _add(relay)
    highest, expected = 0, "kept"
    for version, state in pushes:
        assert _push(relay, state, version) == (version > highest)
        highest, expected = (version, state) if version > highest else (highest, expected)
    assert receipts.state_of(relay.conn, tag) == expected


@pytest.mark.parametrize(
    ("node", "handle", "state"),
    [(GZP_BOX, HANDLE, "closed"), (JNP_BOX, "c" * 32, "closed"), (JNP_BOX, HANDLE, "acquitted")],
    ids=["another node", "unknown handle", "unknown state"],
)
def test_a_push_that_is_not_for_this_receipt_changes_nothing(
    relay: FakeRelay, node: str, handle: str, state: str
) -> None:
    tag = _add(relay)
    assert not _push(relay, state, 9, node, handle)
    assert receipts.state_of(relay.conn, tag) == "kept"


def test_the_time_of_closing_is_noted_and_taken_back_when_it_opens_again(relay: FakeRelay) -> None:
    _add(relay)
    _push(relay, "closed", 1)
    assert relay.value("select closed_at from receipt") == int(relay.now)
    _push(relay, "in_work", 2)
    assert relay.value("select closed_at from receipt") is None


# tries


TRY_LATER = {"hi": "एक घंटे बाद फिर", "en": "try again in an hour"}


def _wrong(seed: int) -> str:
    return receipts.new_code(random.Random(f"nobody's {seed}"))


def _code_of(phone: Phone) -> str:
    return next(code for text in reversed(phone.got) if (code := receipts.find_code(text)))


def _hear(relay: FakeRelay) -> None:
    """The bot keeps a pace with each person."""
    for _ in range(10):
        relay.told_time.now += 7
        relay.run()


def _ask(relay: FakeRelay, phone: Phone, words: str) -> str:
    """The answers to some words."""
    before = len(phone.got)
    phone.do(words)
    _hear(relay)
    return "\n".join(phone.got[before:])


def _is_refused(text: str) -> bool:
    return any(later in text for later in TRY_LATER.values())


@pytest.fixture
def holder(relay: FakeRelay) -> tuple[Phone, str]:
    """Somebody with a right receipt."""
    phone = Phone(relay, "919000000001")
    relay.submit(told(), phone.who)
    code = receipts.new_code(random.Random("the holder's"))
    relay.conn.execute("update receipt set tag=?", (receipts.tag(relay.epochs, code),))
    return phone, code


@pytest.mark.parametrize("words", ["status {}", "add {}", "{}", "स्थिति {}", "जोड़ें {}"])
def test_after_five_wrong_ones_even_a_right_receipt_tells_nothing_for_an_hour(
    relay: FakeRelay, holder: tuple[Phone, str], words: str
) -> None:
    phone, code = holder
    said = [_ask(relay, phone, f"status {_wrong(seed)}") for seed in range(5)]
    assert not any(map(_is_refused, said))
    right, wrong = (_ask(relay, phone, words.format(one)) for one in (code, _wrong(9)))
    assert right == wrong and _is_refused(right)
    assert relay.count("draft") == 0
    relay.told_time.now += HOUR_S
    assert not _is_refused(_ask(relay, phone, words.format(code)))


def test_a_wrong_try_to_add_and_one_without_a_word_count_as_one_of_a_status(
    relay: FakeRelay, phone: Phone
) -> None:
    for seed, words in enumerate(["status {}", "add {}", "{}", "जोड़ें {}", "haal {}"]):
        _ask(relay, phone, words.format(_wrong(seed)))
    assert TRY_LATER["en"] in _ask(relay, phone, f"add {_wrong(7)}")


def test_right_receipts_and_mistyped_ones_use_up_no_try(relay: FakeRelay, holder: tuple[Phone, str]) -> None:
    phone, code = holder
    for _ in range(8):
        assert "kept safely" in _ask(relay, phone, f"status {code}")
    mistyped = code[:-1] + str((int(code[-1]) + 1) % 10)
    for _ in range(8):
        _ask(relay, phone, f"status {mistyped}")
    assert "kept safely" in _ask(relay, phone, f"status {code}")


def test_somebody_elses_tries_do_not_lock_me_out_until_all_together_are_too_many(
    relay: FakeRelay, holder: tuple[Phone, str]
) -> None:
    phone, code = holder
    limits = Limits(all_wrong_receipts_per_hour=6)
    relay.engine._desk._allowance = Allowance(limits, relay.clock)
    guesser, second = Phone(relay, "919000000002"), Phone(relay, "919000000003")
    for seed in range(7):
        _ask(relay, guesser, f"status {_wrong(seed)}")
    assert "kept safely" in _ask(relay, phone, f"status {code}")
    _ask(relay, second, f"status {_wrong(8)}")
    assert TRY_LATER["en"] in _ask(relay, phone, f"status {code}")


def test_sixteen_digits_in_a_story_are_no_oracle(relay: FakeRelay, holder: tuple[Phone, str]) -> None:
    phone, code = holder
    phone.do(*HINDI_REPORT[:7])  # a question that takes words
    for seed in range(5):
        _ask(relay, phone, _wrong(seed))
    right, wrong = (_ask(relay, phone, one) for one in (code, _wrong(9)))
    assert right == wrong and TRY_LATER["hi"] in right


def test_a_bare_receipt_is_answered_in_every_language(relay: FakeRelay, holder: tuple[Phone, str]) -> None:
    """Who deleted the chat after sending, as advised, has told no language."""
    phone, code = holder
    said, hindi = _ask(relay, phone, code), _ask(relay, phone, f"हाल {code}")
    assert hindi in said and said != hindi
    assert _is_refused("".join(_ask(relay, phone, _wrong(seed)) for seed in range(6)))
