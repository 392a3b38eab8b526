"""OWASP ASVS 5.0.0, chapters 3, 6 and 7: a test per item, named by its number, held against docs/SIGN-IN.md."""

import re
import statistics
import time
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from appliance import people
from appliance.desk import ROLES, Actor, Desk
from appliance.errors import Forbidden
from appliance.people import WeakPassword, guessable, logins
from tests.appliance.office import Watch, audited
from tests.waiting import in_turn
from tests.webui.world import PASSWORD, Visitor, site_of, somebody, with_photo

DOCUMENT = (Path(__file__).parents[2] / "docs" / "SIGN-IN.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| L(\d) \| (.+?) \| `(test_[a-z0-9_]+)` \|$", re.M)
SP, ASHA = Actor("sp", "", "sp"), Actor("asha", "Asha", "screener")
NEW = "three cups of tea"


@pytest.fixture
def strict(desk: Desk) -> Desk:
    """A box as it is installed: nobody works without a second factor."""
    return replace(desk, config=replace(desk.config, second_factor=True))


@pytest.fixture
def asha(strict: Desk) -> Visitor:
    people.add(strict, "asha", "Asha", "screener", PASSWORD)
    return Visitor(site_of(strict).test_client())


def sign_in(visitor: Visitor, name: str = "asha", password: str = PASSWORD) -> int:
    return visitor.post("/sign-in", {"name": name, "password": password}).status_code


def token_of(visitor: Visitor) -> str:
    with visitor.client.session_transaction(base_url=visitor.base) as session:
        return str(session["login"])


def with_tls(desk: Desk) -> Desk:
    return replace(desk, config=replace(desk.config, tls=True))


def test_the_table_of_the_document_names_these_tests_and_no_others() -> None:
    rows = ROW.findall(DOCUMENT)
    here = {name for name in globals() if re.match(r"test_\d+_\d+_\d+_", name)}
    assert len(rows) == len(here) and {row[3] for row in rows} == here
    assert [row[0] for row in rows if not row[3].startswith(f"test_{row[0].replace('.', '_')}_")] == []
    assert len(re.findall(r"^\| \d", DOCUMENT, re.M)) == len(rows)


# 3: the browser


def test_3_2_1_evidence_is_shown_in_a_sandbox(desk: Desk, supervisor: Visitor) -> None:
    _, manifest, _ = with_photo(desk, 1)
    supervisor.post(f"/evidence/{manifest.file_id}/look", {"reason": "screening"})
    headers = supervisor.get(f"/evidence/{manifest.file_id}").headers
    assert (
        "sandbox" in headers["Content-Security-Policy"]
        and "default-src 'none'" in headers["Content-Security-Policy"]
    )
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_3_2_2_what_people_wrote_is_never_markup(desk: Desk, app: Flask) -> None:
    people.add(desk, "mallory", "<script>alert(1)</script>", "screener", PASSWORD)
    page = somebody(desk, app, "sp").text("/people")
    assert "&lt;script&gt;alert(1)" in page and "<script>alert" not in page


def cookie(desk: Desk) -> str:
    visitor = Visitor(site_of(with_tls(desk)).test_client(), "https://localhost")
    return visitor.post("/language", {"language": "en"}).headers["Set-Cookie"]


def test_3_3_1_the_cookie_goes_over_tls_alone(desk: Desk) -> None:
    assert "; Secure;" in cookie(desk)


def test_3_3_2_the_cookie_goes_to_no_other_site(desk: Desk) -> None:
    assert "SameSite=Strict" in cookie(desk)


def test_3_3_3_the_cookie_belongs_to_this_host(desk: Desk) -> None:
    assert cookie(desk).startswith("__Host-satark=") and "Domain" not in cookie(desk)
    assert "Path=/" in cookie(desk)


@pytest.mark.slow
def test_3_3_4_no_script_reads_the_cookie(desk: Desk, supervisor: Visitor) -> None:
    assert "HttpOnly" in cookie(desk)
    assert token_of(supervisor) not in supervisor.text("/cases") + supervisor.text("/me")


def test_3_3_5_the_cookie_is_small(desk: Desk) -> None:
    assert len(cookie(desk)) < 4096


def test_3_4_1_browsers_keep_to_tls_for_a_year(desk: Desk) -> None:
    answer = site_of(with_tls(desk)).test_client().get("/sign-in", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


ANSWERS = ("/sign-in", "/cases", "/nowhere", "/static/app.css", "/pulse")


def test_3_4_2_no_other_site_may_read_an_answer(supervisor: Visitor) -> None:
    for path in ANSWERS:
        assert (
            "Access-Control-Allow-Origin" not in supervisor.get(path, Origin="https://evil.example").headers
        )


def test_3_4_3_every_answer_says_what_it_may_load(supervisor: Visitor) -> None:
    for path in ANSWERS:
        policy = supervisor.get(path).headers["Content-Security-Policy"]
        assert "object-src 'none'" in policy and "base-uri 'none'" in policy and "unsafe" not in policy


def test_3_4_4_no_answer_is_taken_for_another_kind(supervisor: Visitor) -> None:
    assert {supervisor.get(path).headers["X-Content-Type-Options"] for path in ANSWERS} == {"nosniff"}


def test_3_4_5_addresses_are_told_to_nobody(supervisor: Visitor) -> None:
    assert {supervisor.get(path).headers["Referrer-Policy"] for path in ANSWERS} == {"same-origin"}


def test_3_4_6_no_page_stands_inside_another(supervisor: Visitor) -> None:
    for path in ANSWERS:
        assert "frame-ancestors 'none'" in supervisor.get(path).headers["Content-Security-Policy"]


def test_3_5_1_a_form_of_another_site_does_nothing(desk: Desk, supervisor: Visitor) -> None:
    assert supervisor.client.post("/sign-out").status_code == 400
    assert people.of_token(desk, token_of(supervisor), desk.clock()) is not None


def test_3_5_2_nothing_but_a_form_with_its_token_changes_anything(supervisor: Visitor) -> None:
    answer = supervisor.client.post("/sign-out", data="{}", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 400


def test_3_5_3_addresses_alone_change_nothing(app: Flask, supervisor: Visitor) -> None:
    acts = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    alone = [
        rule
        for rule in acts
        if not any("GET" in (r.methods or ()) for r in app.url_map.iter_rules(rule.endpoint))
    ]
    assert "/sign-out" in {rule.rule for rule in alone}
    assert supervisor.get("/sign-out").status_code == 405


def test_3_7_2_no_address_leads_elsewhere(asha: Visitor) -> None:
    fields = {"name": "asha", "password": PASSWORD, "next": "https://evil.example/"}
    assert "evil" not in asha.post("/sign-in", fields).headers["Location"]
    assert "evil" not in asha.get("/sign-in?next=https://evil.example/").headers["Location"]
    assert "evil" not in asha.get("/locked?next=//evil.example/").headers["Location"]


# 6: who somebody is


def test_6_1_1_waits_instead_of_locks_are_described() -> None:
    told = DOCUMENT.split("## Waits")[1].split("\n## ")[0]
    for number in (people.PASSWORDS.free, people.PASSWORDS.longest_s, people.PLACES.free, people.CODES.free):
        assert f"{number}" in told
    assert "satark box people unlock" in told


def test_6_1_2_the_words_of_the_office_are_listed() -> None:
    told = DOCUMENT.split("## Passwords")[1].split("\n## ")[0]
    assert [word for word in guessable.WORDS if word not in told] == []


def test_6_1_3_the_ways_in_are_described() -> None:
    told = DOCUMENT.split("## Ways in")[1].split("\n## ")[0]
    assert "password" in told and "phone" in told and "sheet" in told and "console" in told


def test_6_2_1_a_password_has_twelve_characters(desk: Desk) -> None:
    assert people.LEAST == 12
    with pytest.raises(WeakPassword):
        people.add(desk, "bina", "Bina", "sp", "eleven sign")


def test_6_2_2_people_change_their_password(desk: Desk, supervisor: Visitor) -> None:
    fields = {"old": PASSWORD, "new": NEW, "again": NEW}
    assert supervisor.post("/me/password", fields).status_code == 303
    assert people.check(desk, "supervisor", NEW)


def test_6_2_3_only_with_the_one_that_holds(desk: Desk, supervisor: Visitor) -> None:
    assert supervisor.post("/me/password", {"old": "wrong", "new": NEW, "again": NEW}).status_code == 422
    assert people.check(desk, "supervisor", PASSWORD)


def test_6_2_4_common_passwords_are_refused(desk: Desk) -> None:
    listed = sorted(one for one in guessable.common() if len(one) >= people.LEAST)
    assert len(guessable.common()) >= 3000 and len(listed) >= 200
    for password in listed:
        with pytest.raises(WeakPassword):
            guessable.refuse(desk, "bina", password)


@pytest.mark.parametrize(
    "password", ["onlysmallletters", "ONLYGREATLETTERS", "849302716450", "!?!%&/()=#+*", "केवल हिंदी शब्द"]
)
def test_6_2_5_any_signs_will_do(desk: Desk, password: str) -> None:
    guessable.refuse(desk, "bina", password)


def test_6_2_6_what_is_typed_is_hidden(asha: Visitor, supervisor: Visitor) -> None:
    assert 'name="password" type="password"' in asha.text("/sign-in")
    assert supervisor.text("/me/password").count('type="password"') == 3
    assert 'name="proof" type="password"' in supervisor.text("/confirm")


def test_6_2_7_pasting_and_password_managers_work(asha: Visitor, supervisor: Visitor) -> None:
    pages = asha.text("/sign-in") + supervisor.text("/me/password")
    script = (Path(__file__).parents[2] / "webui" / "static" / "app.js").read_text(encoding="utf-8")
    assert "onpaste" not in pages and "paste" not in script
    assert {"username", "current-password", "new-password"} <= set(
        re.findall(r'autocomplete="([a-z-]+)"', pages)
    )


def test_6_2_8_a_password_is_checked_as_it_is(desk: Desk) -> None:
    long = "rain on a tin roof " * 12
    people.add(desk, "bina", "Bina", "sp", long)
    assert people.check(desk, "bina", long[:-1]) is None
    assert people.check(desk, "bina", long.upper()) is None
    assert people.check(desk, "bina", long)


def test_6_2_9_long_passwords_are_taken(desk: Desk, supervisor: Visitor) -> None:
    words = " ".join(f"word{number}" for number in range(40))[:256]
    assert supervisor.post("/me/password", {"old": PASSWORD, "new": words, "again": words}).status_code == 303


def test_6_2_10_no_password_grows_old(desk: Desk, watch: Watch) -> None:
    people.add(desk, "bina", "Bina", "sp", PASSWORD)
    watch.now += 10 * 365 * 86400
    bina = people.check(desk, "bina", PASSWORD)
    assert bina and people.actor_of(desk, people.begin(desk, bina), watch.now) == bina


@pytest.mark.parametrize(
    "word", [*guessable.WORDS, "Jaunpur", "जौनपुर", "Line Bazar", "लाइन बाजार", "bina.sp"]
)
def test_6_2_11_words_of_the_office_are_refused(desk: Desk, word: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        guessable.refuse(desk, "bina.sp", f"tea at {word.upper()} again")
    assert refused.value.why == "known"


@pytest.mark.slow
def test_6_3_1_guessing_is_slowed_and_locks_nobody_out(desk: Desk, watch: Watch) -> None:
    people.add(desk, "bina", "Bina", "sp", PASSWORD)
    bina = people.check(desk, "bina", PASSWORD, "10.0.0.1")
    assert bina
    people.begin(desk, bina, "10.0.0.1")
    tried = 0
    for _ in range(3600):
        tried += people.wait_s(desk, "bina", "10.0.0.66") == 0
        people.check(desk, "bina", "wrong", "10.0.0.66")
        watch.now += 1
    assert tried < 75
    assert people.check(desk, "bina", PASSWORD, "10.0.0.1") == bina


@pytest.mark.parametrize("role", ROLES)
def test_6_3_2_nobody_works_by_the_password_alone(strict: Desk, role: str) -> None:
    visitor = somebody(strict, site_of(strict), role)
    assert {visitor.get(path).status_code for path in ("/", "/cases", "/health", "/me", "/range")} == {303}
    assert visitor.get("/sign-in").headers["Location"].startswith("/sign-in/factor")


def test_6_3_3_no_other_way_in(strict: Desk, app: Flask) -> None:
    stranger, open_to_all = Visitor(site_of(strict).test_client()), set()
    for rule in app.url_map.iter_rules():
        if (
            "GET" in (rule.methods or ())
            and not rule.arguments
            and stranger.get(rule.rule).status_code == 200
        ):
            open_to_all.add(rule.rule)
    assert open_to_all == {"/sign-in", "/help"}


@pytest.mark.slow
def test_6_3_8_an_unknown_name_is_answered_like_a_wrong_password(
    desk: Desk, watch: Watch, app: Flask, real_passwords: None
) -> None:
    people.add(desk, "asha", "Asha", "screener", PASSWORD)
    visitor = Visitor(app.test_client())

    def tried(name: str) -> tuple[float, int, str]:
        watch.now += 3600
        begun = time.perf_counter()
        answer = visitor.post("/sign-in", {"name": name, "password": "wrong"})
        return time.perf_counter() - begun, answer.status_code, re.sub(r'value="[^"]*"', "", answer.text)

    known, unknown = in_turn(tried, "asha", "nobody")
    assert {one[1:] for one in known} == {one[1:] for one in unknown}
    ratio = statistics.median(one[0] for one in known) / statistics.median(one[0] for one in unknown)
    assert 1 / 3 < ratio < 3


def test_6_4_1_a_first_password_is_random_short_lived_and_not_kept(desk: Desk, watch: Watch) -> None:
    firsts = {people.hire(desk, SP, f"new{number}", "New", "screener") for number in range(5)}
    assert len(firsts) == 5 and min(len(first.replace("-", "")) for first in firsts) >= people.LEAST
    first = people.reset(desk, SP, "new0")
    token = people.begin(desk, Actor("new0", "New", "screener"))
    assert people.actor_of(desk, token, watch.now) is None
    with pytest.raises(WeakPassword):
        people.change_password(desk, token, first, first)
    watch.now += people.FIRST_PASSWORD_S
    assert people.check(desk, "new0", first) is None


def test_6_4_2_no_hints_and_no_questions(asha: Visitor) -> None:
    assert re.findall(r'<input[^>]* name="(\w+)"', asha.text("/sign-in").split("<main")[1]) == [
        "csrf_token", "next", "name", "password",
    ]  # fmt: skip


def test_6_4_3_a_reset_does_not_pass_by_the_second_factor(strict: Desk, asha: Visitor) -> None:
    assert people.take_up_paper(strict, people.begin(strict, ASHA))
    first = people.reset(strict, SP, "asha")
    assert sign_in(asha, password=first) == 303
    assert asha.get("/sign-in").headers["Location"].startswith("/sign-in/code")
    assert asha.get("/me/password").status_code == 302


def test_6_4_4_a_lost_second_factor_is_given_back_by_an_administrator_alone(
    strict: Desk, asha: Visitor
) -> None:
    assert people.take_up_paper(strict, people.begin(strict, ASHA))
    for role in set(ROLES) - people.ADMINISTRATORS:
        with pytest.raises(Forbidden):
            people.drop_factor(strict, Actor("x", "X", role), "asha")
    people.drop_factor(strict, SP, "asha")
    assert ("sp", "factor.drop", "asha") in audited(strict)


def test_6_4_6_an_administrator_starts_a_reset_and_chooses_nothing(desk: Desk, app: Flask) -> None:
    sp, _ = somebody(desk, app, "sp"), somebody(desk, app, "screener")
    form = sp.text("/people/screener").split("/people/screener/reset")[1].split("</form>")[0]
    assert re.findall(r'name="(\w+)"', form) == ["csrf_token", "nonce"]  # both drawn by the page
    sp.post("/people/screener/reset", {"password": NEW, "new": NEW})
    assert people.check(desk, "screener", NEW) is None


def test_6_5_1_a_code_works_once(strict: Desk, asha: Visitor, watch: Watch) -> None:
    token, secret = people.begin(strict, ASHA), people.offer(strict, "asha")
    taken = people.take_up(strict, token, people.code_at(secret, watch.now))
    assert taken
    watch.now += 60
    for code in (people.code_at(secret, watch.now), taken.codes[0]):
        assert people.pass_code(strict, people.begin(strict, ASHA), code)
        assert people.pass_code(strict, people.begin(strict, ASHA), code) is None


@pytest.mark.slow
def test_6_5_2_printed_codes_are_hashed_as_passwords_are(
    strict: Desk, asha: Visitor, watch: Watch, real_passwords: None
) -> None:
    secret = people.offer(strict, "asha")
    assert people.take_up(strict, people.begin(strict, ASHA), people.code_at(secret, watch.now))
    kept = [row[0] for row in strict.conn.execute("select code_hash from printed_code")]
    dear = [one for one in kept if one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")]  # 19 MiB, two passes
    assert len(dear) == len(kept) == people.RECOVERY_CODES
    assert len({one.split("$")[4] for one in kept}) == len(kept)  # a salt of its own each


def test_6_5_3_secrets_come_from_the_systems_chance(strict: Desk, asha: Visitor) -> None:
    secrets = {people.offer(strict, "asha", again=True) for _ in range(20)}
    assert len(secrets) == 20 and {len(secret) for secret in secrets} == {32}  # 160 bits


def test_6_5_4_a_printed_code_is_hard_to_guess(strict: Desk, asha: Visitor) -> None:
    taken = people.take_up_paper(strict, people.begin(strict, ASHA))
    assert taken and all(re.fullmatch(r"\d\d-[a-z2-9]{4}-[a-z2-9]{4}", code) for code in taken.codes)
    assert len({code[3:] for code in taken.codes}) == people.SHEET_CODES  # 31 signs, 8 places: 39 bits


def test_6_5_5_the_digits_of_a_phone_hold_half_a_minute(strict: Desk, asha: Visitor, watch: Watch) -> None:
    secret = people.offer(strict, "asha")
    taken = people.take_up(strict, people.begin(strict, ASHA), people.code_at(secret, watch.now))
    assert taken
    watch.now += 600
    for late_s, fits in ((90, False), (60, False), (-60, False), (30, True)):
        token = people.begin(strict, ASHA)
        assert (
            people.pass_code(strict, token, people.code_at(secret, watch.now - late_s)) is not None
        ) == fits


def test_6_5_6_a_stolen_phone_is_made_worthless(strict: Desk, asha: Visitor, watch: Watch) -> None:
    secret = people.offer(strict, "asha")
    assert people.take_up(strict, people.begin(strict, ASHA), people.code_at(secret, watch.now))
    people.drop_factor(strict, SP, "asha")
    assert (
        people.pass_code(strict, people.begin(strict, ASHA), people.code_at(secret, watch.now + 30)) is None
    )


def test_6_5_8_the_clock_is_the_boxs_own(strict: Desk, asha: Visitor, watch: Watch) -> None:
    secret = people.offer(strict, "asha")
    sign_in(asha)
    ahead = {"code": people.code_at(secret, watch.now + 600), "time": str(watch.now + 600)}
    assert asha.post("/sign-in/factor", ahead).status_code == 403


# 7: how long somebody is signed in


def test_7_1_1_the_times_are_described() -> None:
    told = DOCUMENT.split("## How long a sign-in lasts")[1].split("\n## ")[0]
    assert f"{people.IDLE_S // 60} minutes" in told and f"{people.LONGEST_S // 3600} hours" in told
    assert f"{people.FRESH_S // 60} minutes" in told


def test_7_1_2_how_many_sign_ins_a_person_has_is_described_and_held(desk: Desk, watch: Watch) -> None:
    people.add(desk, "asha", "Asha", "screener", PASSWORD)
    tokens = []
    for _ in range(logins.AT_MOST + 1):
        watch.now += 1
        tokens.append(people.begin(desk, ASHA))
    lasting = [people.of_token(desk, token, watch.now) is not None for token in tokens]
    assert lasting == [False, *[True] * logins.AT_MOST]
    assert f"{logins.AT_MOST} sign-ins" in DOCUMENT


def test_7_2_1_the_server_decides_what_a_cookie_is_worth(desk: Desk, supervisor: Visitor) -> None:
    desk.conn.execute("delete from login")
    assert supervisor.get("/cases").status_code == 303


def test_7_2_2_every_sign_in_has_a_token_of_its_own(desk: Desk, supervisor: Visitor, app: Flask) -> None:
    assert token_of(supervisor) != token_of(somebody(desk, app, "supervisor"))


def test_7_2_3_a_token_has_256_bits(desk: Desk) -> None:
    people.add(desk, "asha", "Asha", "screener", PASSWORD)
    tokens = {people.begin(desk, ASHA) for _ in range(20)}
    assert len(tokens) == 20 and {len(token) for token in tokens} == {43}


def test_7_2_4_the_token_changes_whenever_somebody_proves_who_he_is(desk: Desk, supervisor: Visitor) -> None:
    before = token_of(supervisor)
    supervisor.post("/confirm", {"proof": PASSWORD})
    assert token_of(supervisor) != before
    assert people.of_token(desk, before, desk.clock()) is None


def test_7_3_1_fifteen_idle_minutes_end_a_sign_in(supervisor: Visitor, watch: Watch) -> None:
    watch.now += people.IDLE_S
    assert supervisor.get("/cases").status_code == 303


@pytest.mark.slow
def test_7_3_2_ten_hours_end_a_sign_in(supervisor: Visitor, watch: Watch) -> None:
    for _ in range(people.LONGEST_S // 600):
        assert supervisor.get("/health").status_code == 200
        watch.now += 600
    assert supervisor.get("/health").status_code == 303


def test_7_4_1_the_way_back_shows_nothing(desk: Desk, supervisor: Visitor) -> None:
    assert supervisor.get("/cases").headers["Cache-Control"] == "no-store"
    old = supervisor.client.get_cookie("satark")
    supervisor.post("/sign-out")
    assert old is not None
    supervisor.client.set_cookie("satark", old.value)
    assert supervisor.get("/cases").status_code == 303


def test_7_4_2_whoever_is_shut_out_is_out_everywhere(desk: Desk, supervisor: Visitor) -> None:
    people.disable(desk, SP, "supervisor")
    assert people.everyones(desk) == ()
    assert supervisor.get("/cases").status_code == 303


def test_7_4_3_another_password_or_factor_ends_the_other_sign_ins(
    desk: Desk, supervisor: Visitor, app: Flask
) -> None:
    other = somebody(desk, app, "supervisor")
    supervisor.post("/me/password", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert other.get("/cases").status_code == 303
    other = somebody(desk, app, "supervisor")
    supervisor.post("/me/factor")
    assert supervisor.post("/sign-in/factor", {"paper": "1"}).status_code == 200
    assert people.of_token(desk, token_of(other), desk.clock()) is None


@pytest.mark.parametrize("path", ["/cases", "/health", "/me", "/posts", "/nowhere"])
def test_7_4_4_every_page_has_the_way_out(supervisor: Visitor, path: str) -> None:
    assert 'action="/sign-out"' in supervisor.get(path).text


def test_7_4_5_an_administrator_ends_sign_ins(desk: Desk, supervisor: Visitor, app: Flask) -> None:
    sp = somebody(desk, app, "sp")
    sp.post("/people/supervisor/end-logins")
    assert supervisor.get("/cases").status_code == 303


def test_7_5_1_another_factor_needs_the_password_again(supervisor: Visitor, watch: Watch) -> None:
    watch.now += people.FRESH_S
    for path in ("/me/factor", "/me/codes"):
        assert supervisor.post(path).status_code == 403
    assert supervisor.post("/sign-in/factor", {"paper": "1"}).status_code == 303


def test_7_5_2_ones_own_sign_ins_are_seen_and_ended_after_the_password(
    desk: Desk, supervisor: Visitor, app: Flask, watch: Watch
) -> None:
    other = somebody(desk, app, "supervisor")
    assert supervisor.text("/me").count('action="/me/logins"') == 2  # the other one, and all others
    watch.now += people.FRESH_S
    assert supervisor.post("/me/logins").status_code == 403
    assert supervisor.post("/me/logins", {"proof": PASSWORD}).status_code == 303
    assert other.get("/cases").status_code == 303


def test_7_5_3_what_cannot_be_taken_back_needs_the_password_again(
    desk: Desk, app: Flask, watch: Watch
) -> None:
    sp, _ = somebody(desk, app, "sp"), somebody(desk, app, "screener")
    watch.now += people.FRESH_S
    assert sp.post("/people/screener/disable").status_code == 403
    assert people.person(desk, "screener").active
