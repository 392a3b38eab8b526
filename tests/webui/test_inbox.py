"""The list at the desk: tabs with counts, taking a case, what urges, what was not opened, practice, help."""

import re
from pathlib import Path

import pytest
from flask import Flask

import webui
from appliance import cases, people, practice, search
from appliance.desk import Actor, Desk
from sync.catalogue import LANGUAGES
from tests.appliance.office import POST, SCREENER, SUPERVISOR, Watch, body, manifest, receive
from tests.webui.world import Visitor, somebody, with_photo
from webui import inbox
from webui.help import TITLES, of_page

HELP = Path(webui.__file__).parent / "templates" / "help"
TAB = re.compile(r'<a href="([^"]+)"[^>]*>([^<]+)<b>([^<]+)</b></a>')


def tabs(text: str) -> dict[str, tuple[str, str]]:
    """By their words: count and address of each tab."""
    return {name: (count, address.replace("&amp;", "&")) for address, name, count in TAB.findall(text)}


def test_tabs_count_and_keep_the_filters(desk: Desk, screener: Visitor) -> None:
    receive(desk, body(1))
    taken = receive(desk, body(2, category="drugs"))
    cases.claim(desk, taken, Actor("screener", "", "screener"), 1)
    found = tabs(screener.text("/cases?category=drugs"))
    assert {name: count for name, (count, _) in found.items()} == {
        "नई": "2", "किसी ने नहीं ली": "1", "मेरी": "1", "समय बीता": "0", "परख, उत्तर बाकी": "0", "स्पैम में रखी": "0",
        "सभी": "2", "बंद": "0",
    }  # fmt: skip
    assert found["मेरी"][1] == "/cases?queue=mine&category=drugs"
    assert taken in screener.text(found["मेरी"][1])
    assert taken not in screener.text("/cases?queue=unclaimed")


def test_every_filter_of_the_address_stands_in_the_form(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1, fear="yes", happening_now=True, evidence=(manifest(b"a", 1),)))
    query = (
        "queue=new&status=received&category=liquor&thana=JNP-01&sensitivity=restricted&evidence=yes&fear=yes&urgent=yes"
        "&since=2026-01-01&until=2026-01-01"
    )
    text = supervisor.text(f"/cases?{query}")
    assert serial in text
    assert text.count(" selected>") == 7
    assert 'name="since" value="2026-01-01"' in text
    assert '<details class="more" open>' in text
    assert serial not in supervisor.text(f"/cases?{query}&flag=child")
    assert serial not in supervisor.text("/cases?since=2026-01-02")


def test_an_officer_of_a_post_filters_by_the_thanas_of_what_he_sees(desk: Desk, app: Flask) -> None:
    at_other, at_own = receive(desk, body(1, thana="JNP-02")), receive(desk, body(2, thana="JNP-01"))
    cases.screen(desk, at_own, SUPERVISOR, 1)
    cases.assign(desk, at_own, SUPERVISOR, 2, POST)
    page = somebody(desk, app, "sho").text("/cases")
    offered = page.split('name="thana"')[1].split("</select>")[0]
    assert "JNP-01" in offered and "JNP-02" not in offered
    page = somebody(desk, app, "screener").text("/cases")
    assert "JNP-02" in page.split('name="thana"')[1].split("</select>")[0] and at_other in page


@pytest.mark.parametrize("query", ["since=x", "until=2026-13-01", "before=-1", "after=1&since=1.1.2026"])
def test_a_day_or_place_that_is_none_is_refused(supervisor: Visitor, query: str) -> None:
    assert supervisor.get(f"/cases?{query}").status_code == 400


def test_a_case_is_taken_and_given_back_from_the_list(desk: Desk, screener: Visitor) -> None:
    serial = receive(desk, body(1))
    assert "मैं देखूंगा" in screener.text("/cases?queue=unclaimed")
    fields = {"version": "1", "next": "/cases?queue=unclaimed"}
    answer = screener.post(f"/cases/{serial}/claim", fields)
    assert answer.headers["Location"] == "/cases?queue=unclaimed"
    assert cases.get(desk, serial).file.claimed_by == "screener"
    assert "छोड़ दें" in screener.text("/cases?queue=mine")
    screener.post(f"/cases/{serial}/unclaim", {"version": "2", "next": "//evil.example"})
    assert cases.get(desk, serial).file.claimed_by == ""


def test_who_has_a_case_is_named_to_the_others(desk: Desk, app: Flask, screener: Visitor) -> None:
    serial = receive(desk, body(1))
    screener.post(f"/cases/{serial}/claim", {"version": "1"})
    text = somebody(desk, app, "supervisor").text("/cases?queue=new")
    assert "आशा वर्मा" in text
    assert "data-take" not in text


def test_what_i_did_not_open_stands_out_until_i_do(desk: Desk, app: Flask, screener: Visitor) -> None:
    serial = receive(desk, body(1))
    assert screener.text("/cases").count("fresh-row") == 1
    screener.text(f"/cases/{serial}")
    assert "fresh-row" not in screener.text("/cases")
    assert somebody(desk, app, "supervisor").text("/cases").count("fresh-row") == 1


def test_evidence_and_duplicates_are_told_in_words(desk: Desk, supervisor: Visitor) -> None:
    serial, _, _ = with_photo(desk, 1)
    other = receive(desk, body(2))
    cases.mark_duplicate(desk, other, SCREENER, 1, serial)
    text = supervisor.text("/cases")
    assert "</svg>फोटो</span>" in text
    assert "2 सूचनाएं" in text


def test_an_urgent_case_is_told_on_every_page_until_somebody_takes_it(
    desk: Desk, app: Flask, screener: Visitor
) -> None:
    assert 'data-count="0" hidden>' in screener.text("/health")
    serial = receive(desk, body(1, happening_now=True))
    assert 'data-count="1">' in screener.text("/health")
    first = screener.get("/pulse")
    assert first.data == b"1"
    assert len(first.data) <= 3
    assert screener.get("/pulse", If_None_Match=first.headers["ETag"]).status_code == 304
    somebody(desk, app, "supervisor").post(f"/cases/{serial}/claim", {"version": "1"})
    assert screener.get("/pulse", If_None_Match=first.headers["ETag"]).data == b"0"
    assert "urgent-note" not in somebody(desk, app, "technician").text("/health")


def test_the_sound_is_kept_for_this_sign_in_alone(desk: Desk, app: Flask, screener: Visitor) -> None:
    assert 'data-sound="1"' not in screener.text("/cases")
    assert screener.post("/sound", {"sound": "on", "next": "/health"}).headers["Location"] == "/health"
    assert 'data-sound="1"' in screener.text("/cases")
    assert 'data-sound="1"' not in somebody(desk, app, "screener").text("/cases")
    screener.post("/sound", {"sound": "off"})
    assert 'data-sound="1"' not in screener.text("/cases")


def test_practice_is_marked_on_every_page_and_shows_its_cases_alone(
    desk: Desk, app: Flask, supervisor: Visitor
) -> None:
    real = receive(desk, body(1))
    supervisor.post("/practice/fill")
    assert "practice-bar" not in supervisor.text("/cases")
    supervisor.post("/practice/switch", {"practice": "on"})
    text = supervisor.text("/cases")
    assert text.count("JNP-P-2026-") >= 2 * len(practice.stories())
    assert real not in text
    assert supervisor.get(f"/cases/{real}").status_code == 404
    for path in ("/health", "/posts", "/practice", "/help/inbox"):
        assert "practice-bar" in supervisor.text(path)
    assert "practice-bar" not in somebody(desk, app, "supervisor").text("/cases")
    supervisor.post("/practice/switch", {"practice": "off"})
    assert real in supervisor.text("/cases")
    assert supervisor.get("/cases/JNP-P-2026-00001").status_code == 404


def test_while_practising_the_real_office_cannot_be_changed(desk: Desk, supervisor: Visitor) -> None:
    supervisor.post("/practice/switch", {"practice": "on"})
    fields = {"post": "SHO JNP-01", "name": "X", "number": "9812345678", "language": "hi"}
    assert supervisor.post("/posts", fields).status_code == 409
    assert desk.conn.execute("select count(*) from post_holder").fetchone()[0] == 0
    assert supervisor.post("/sign-out").status_code == 303


def test_a_screener_may_practise_but_not_lay_out(desk: Desk, screener: Visitor) -> None:
    practice.lay_out(desk, SUPERVISOR)
    assert screener.post("/practice/fill").status_code == 403
    assert screener.post("/practice/remove").status_code == 403
    screener.post("/practice/switch", {"practice": "on"})
    assert "JNP-P-2026-00001" in screener.text("/cases")


def test_choices_end_with_the_sign_in(desk: Desk, screener: Visitor, watch: Watch) -> None:
    from appliance import jobs

    screener.post("/sound", {"sound": "on"})
    watch.now += people.LONGEST_S
    (job,) = [one for one in jobs.timetable(60) if one.name == "logins"]
    job.work(desk, watch.now)
    assert desk.conn.execute("select count(*) from sitting").fetchone()[0] == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_section_has_its_help_for_everybody(app: Flask, language: str) -> None:
    stranger = Visitor(app.test_client())
    stranger.speak(language)
    for name, title in TITLES.items():
        text = stranger.text(f"/help/{name}")
        assert (HELP / language / f"{name}.html").read_text(encoding="utf-8").strip() in text
        assert "<h1></h1>" not in text, title
    assert {path.stem for path in (HELP / language).iterdir()} == {*TITLES, "start_of_a_post"}
    assert stranger.get("/help/nowhere").status_code == 404


def test_an_officer_of_a_post_begins_with_the_steps_of_his_own(
    desk: Desk, app: Flask, supervisor: Visitor
) -> None:
    own = (HELP / "hi" / "start_of_a_post.html").read_text(encoding="utf-8").strip()
    assert own not in supervisor.text("/help")
    assert own in somebody(desk, app, "sho").text("/help")


def test_what_was_set_aside_stands_on_no_list_but_its_own_and_is_found(desk: Desk, screener: Visitor) -> None:
    serial = receive(desk, body(1))
    cases.quarantine(desk, serial, Actor("screener", "", "screener"), 1, "an advert")
    pages = [
        "/cases",
        "/cases?queue=all",
        "/cases?queue=spam",
        "/cases?status=quarantined",
        f"/cases?text={serial}",
    ]
    shown = [f'href="/cases/{serial}"' in screener.text(page) for page in pages]
    assert shown == [False, False, True, True, True]


def test_every_page_leads_to_the_help_of_its_own(app: Flask, supervisor: Visitor) -> None:
    assert 'href="/help/inbox" data-help' in supervisor.text("/cases")
    assert 'href="/help/health" data-help' in supervisor.text("/health")
    assert {of_page(name) for name in app.blueprints} <= set(TITLES)


def test_a_page_that_stays_open_hears_that_a_limit_ran_out(
    desk: Desk, app: Flask, screener: Visitor, watch: Watch
) -> None:
    receive(desk, body(1))
    analyst = somebody(desk, app, "analyst")
    tags = [one.get("/pulse").headers["ETag"] for one in (screener, analyst)]
    due_at = desk.conn.execute("select due_at from case_file").fetchone()[0]
    while watch.now < due_at:
        assert screener.get("/pulse?here", If_None_Match=tags[0]).status_code == 304
        assert analyst.get("/pulse?here", If_None_Match=tags[1]).status_code == 304
        watch.now += 600
    assert screener.get("/pulse", If_None_Match=tags[0]).status_code == 200
    assert analyst.get("/pulse", If_None_Match=tags[1]).status_code == 304  # he sees no cases


def leads(text: str, words: str) -> str:
    """Where a link of the pages' line leads."""
    found = re.search(rf'href="([^"]+)" rel="\w+">{words}<', text)
    assert found is not None, words
    return found[1].replace("&amp;", "&")


def test_a_search_goes_back_to_newer_cases_as_the_list_does(
    desk: Desk, screener: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 8):
        receive(desk, body(number, text="शराब बिक रही है"))
    monkeypatch.setattr(inbox, "ROWS", 2)
    screener.speak("en")
    pages = [screener.text("/cases?text=शराब")]
    for _ in range(2):
        pages.append(screener.text(leads(pages[-1], "Older")))
    rows = [re.findall('data-case="([^"]+)"', page) for page in pages]
    back = screener.text(leads(pages[2], "Newer"))
    assert re.findall('data-case="([^"]+)"', back) == rows[1] != rows[2]
    assert leads(back, "Older") == leads(pages[1], "Older")
    first = screener.text(leads(back, "Newer"))
    assert re.findall('data-case="([^"]+)"', first) == rows[0] and ">Newer<" not in first


def test_a_search_back_that_stopped_before_it_found_any_says_so_and_goes_on(
    desk: Desk, screener: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 9):
        receive(desk, body(number, text="शराब बिक रही है"))
    monkeypatch.setattr(search.listing, "PORTIONS", (2,))
    screener.speak("en")
    page = screener.text("/cases?text=शराब&category=drugs&before=1")
    assert "None of those looked at so far" in page and "before=3" in leads(page, "Newer")
    assert "None of those" in screener.text(f"/cases?text=शराब&category=drugs&before={10**17}")


def test_a_filter_finds_the_old_case_behind_many_with_the_same_word(
    desk: Desk, screener: Visitor, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = receive(desk, body(1, thana="JNP-02", text="शराब का ट्रक"))
    watch.now += 9 * 60
    for number in range(2, 9):
        receive(desk, body(number, thana="JNP-01", text="शराब बिक रही है"))
    monkeypatch.setattr(search.listing, "PORTIONS", (2, 8))
    screener.speak("en")
    assert old in screener.text("/cases?text=शराब&thana=JNP-02")
    monkeypatch.setattr(search.listing, "PORTIONS", (2, 3))
    text = screener.text("/cases?text=शराब&thana=JNP-02")
    assert old not in text and "No case fits" not in text
    assert "5 cases with these words were looked at, back to 1 Jan 2026" in text
    link = text.split("Look further back")[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    further = screener.text(link)
    assert old in further and "Look further back" not in further and "Newest" in further
    assert "No case fits" in screener.text(f"/cases?text=शराब&thana=JNP-02&after={1}")


def test_practice_without_a_case_begins_where_some_are_laid_out(desk: Desk, supervisor: Visitor) -> None:
    begun = supervisor.post("/practice/switch", {"practice": "on"})
    assert begun.location == "/practice"
    page = supervisor.text("/practice")
    assert "अभ्यास शुरू हो गया" in page and 'action="/practice/fill"' in page
    assert supervisor.post("/practice/fill").status_code == 303
    supervisor.post("/practice/switch", {"practice": "off"})
    assert supervisor.post("/practice/switch", {"practice": "on"}).location == "/cases"
