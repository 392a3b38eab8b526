"""The second factor: codes of a phone and of a printed sheet, each of them once."""

from dataclasses import replace

import pytest

from appliance import people
from appliance.desk import Actor, Desk
from sync.errors import Unreadable
from tests.appliance.office import Watch, audited

ASHA = Actor("asha", "Asha Devi", "screener")
PASSWORD = "a long password"


@pytest.fixture
def strict(desk: Desk) -> Desk:
    """A box that asks for the second factor, and Asha, who has none yet."""
    people.add(desk, ASHA.name, ASHA.display, ASHA.role, PASSWORD)
    return replace(desk, config=replace(desk.config, second_factor=True))


@pytest.fixture
def secret(strict: Desk, watch: Watch) -> str:
    """Asha's phone is set up; the code that proved it is spent."""
    token, secret = people.begin(strict, ASHA), people.offer(strict, "asha")
    taken = people.take_up(strict, token, people.code_at(secret, watch.now))
    assert taken is not None
    people.end(strict, taken.token)
    watch.now += 60
    return secret


def due(desk: Desk, token: str) -> str | None:
    login = people.of_token(desk, token, desk.clock())
    return login.due if login else None


def test_without_a_second_factor_nothing_but_setting_it_up_is_open(strict: Desk) -> None:
    token = people.begin(strict, ASHA)
    assert due(strict, token) == people.FACTOR
    assert people.actor_of(strict, token, strict.clock()) is None
    assert people.confirm(strict, token, PASSWORD) is None


def test_the_published_vectors_of_rfc_6238_hold() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890"
    found = [people.code_at(secret, at) for at in (59, 1111111109, 1234567890, 2000000000)]
    assert found == ["287082", "081804", "005924", "279037"]


def test_a_phone_is_set_up_by_the_code_it_shows(strict: Desk, watch: Watch) -> None:
    token, secret = people.begin(strict, ASHA), people.offer(strict, "asha")
    assert people.offer(strict, "asha") == secret
    assert people.take_up(strict, token, "000000") is None
    taken = people.take_up(strict, token, people.code_at(secret, watch.now))
    assert taken is not None and len(set(taken.codes)) == people.RECOVERY_CODES
    assert due(strict, token) is None and due(strict, taken.token) == ""
    assert people.factor_of(strict, "asha") == people.Factor(phone=True, codes_left=10)
    assert ("asha", "factor.set", "asha") in audited(strict)


def test_a_code_lets_in_once(strict: Desk, secret: str, watch: Watch) -> None:
    first, second = people.begin(strict, ASHA), people.begin(strict, ASHA)
    code = people.code_at(secret, watch.now)
    assert due(strict, first) == people.CODE
    token = people.pass_code(strict, first, code)
    assert token is not None and people.actor_of(strict, token, watch.now) == ASHA
    assert people.pass_code(strict, second, code) is None


@pytest.mark.parametrize(("late_s", "fits"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_half_a_minute_off(
    strict: Desk, secret: str, watch: Watch, late_s: int, fits: bool
) -> None:
    watch.now += 300
    token = people.begin(strict, ASHA)
    found = people.pass_code(strict, token, people.code_at(secret, watch.now + late_s))
    assert (found is not None) == fits


def test_an_older_code_is_worth_nothing_after_a_newer_one(strict: Desk, secret: str, watch: Watch) -> None:
    first, second = people.begin(strict, ASHA), people.begin(strict, ASHA)
    assert people.pass_code(strict, first, people.code_at(secret, watch.now))
    assert people.pass_code(strict, second, people.code_at(secret, watch.now - 30)) is None
    assert people.pass_code(strict, second, people.code_at(secret, watch.now + 30))


def test_a_printed_code_lets_in_once(strict: Desk, secret: str, watch: Watch) -> None:
    token = people.pass_code(strict, people.begin(strict, ASHA), people.code_at(secret, watch.now))
    assert token is not None
    codes = people.new_codes(strict, token)
    typed = f" {codes[3].upper().replace('-', ' ')} "
    assert people.pass_code(strict, people.begin(strict, ASHA), typed)
    assert people.pass_code(strict, people.begin(strict, ASHA), typed) is None
    assert people.factor_of(strict, "asha") == people.Factor(phone=True, codes_left=9)


def test_a_new_sheet_makes_the_old_one_worthless(strict: Desk, secret: str, watch: Watch) -> None:
    token = people.pass_code(strict, people.begin(strict, ASHA), people.code_at(secret, watch.now))
    assert token is not None
    old, new = people.new_codes(strict, token), people.new_codes(strict, token)
    assert people.pass_code(strict, people.begin(strict, ASHA), old[0]) is None
    assert people.pass_code(strict, people.begin(strict, ASHA), new[0])


def test_somebody_without_a_phone_signs_in_by_a_sheet(strict: Desk, watch: Watch) -> None:
    taken = people.take_up_paper(strict, people.begin(strict, ASHA))
    assert taken is not None and len(taken.codes) == people.SHEET_CODES
    assert due(strict, taken.token) == ""
    assert people.pass_code(strict, people.begin(strict, ASHA), "000000") is None
    assert people.pass_code(strict, people.begin(strict, ASHA), taken.codes[0])
    assert people.factor_of(strict, "asha") == people.Factor(phone=False, codes_left=29)


def test_guessing_codes_takes_longer_and_longer(strict: Desk, secret: str, watch: Watch) -> None:
    waits = []
    for _ in range(16):
        people.pass_code(strict, people.begin(strict, ASHA), "wrong")
        waits.append(people.wait_s(strict, "asha", "", people.CODES))
        watch.now += waits[-1]
    assert waits[:9] == [0, 0, 0, 0, 1, 2, 4, 8, 16]
    assert max(waits) <= people.CODES.longest_s
    assert people.wait_s(strict, "asha") == 0  # of passwords


def test_a_sign_in_waits_five_minutes_for_its_code(strict: Desk, secret: str, watch: Watch) -> None:
    token = people.begin(strict, ASHA)
    watch.now += 5 * 60
    assert due(strict, token) is None


def test_a_code_confirms_as_a_password_does_and_a_printed_one_does_not(
    strict: Desk, secret: str, watch: Watch
) -> None:
    token = people.pass_code(strict, people.begin(strict, ASHA), people.code_at(secret, watch.now))
    assert token is not None
    printed = people.new_codes(strict, token)[0]
    watch.now += people.FRESH_S
    assert people.confirm(strict, token, printed) is None
    again = people.confirm(strict, token, people.code_at(secret, watch.now))
    assert again is not None
    login = people.of_token(strict, again, watch.now)
    assert login is not None and login.is_fresh(watch.now)


def test_a_new_second_factor_ends_the_other_sign_ins(strict: Desk, secret: str, watch: Watch) -> None:
    one = people.pass_code(strict, people.begin(strict, ASHA), people.code_at(secret, watch.now))
    other = people.pass_code(strict, people.begin(strict, ASHA), people.code_at(secret, watch.now + 30))
    assert one and other
    newer = people.offer(strict, "asha", again=True)
    taken = people.take_up(strict, one, people.code_at(newer, watch.now))
    assert taken is not None and due(strict, other) is None and due(strict, taken.token) == ""
    assert (
        people.pass_code(strict, people.begin(strict, ASHA), people.code_at(secret, watch.now + 60)) is None
    )


def test_neither_secret_nor_printed_codes_lie_readable(strict: Desk, secret: str, watch: Watch) -> None:
    token = people.pass_code(strict, people.begin(strict, ASHA), people.code_at(secret, watch.now))
    codes = people.new_codes(strict, token or "")
    strict.conn.execute("pragma wal_checkpoint(truncate)")
    lying = strict.config.box_db.read_bytes()
    plain = [secret, *codes, *(code.replace("-", "") for code in codes)]
    assert [one for one in plain if one.encode() in lying] == []


def test_a_secret_of_one_person_opens_for_no_other(strict: Desk, secret: str) -> None:
    people.add(strict, "bina", "Bina", "sp", "another long phrase")
    strict.conn.execute(
        "update person set totp_locked=(select totp_locked from person where name='asha') where name='bina'"
    )
    with pytest.raises(Unreadable):
        people.factor_of(strict, "bina")
