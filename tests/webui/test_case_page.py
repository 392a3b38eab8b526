"""The page of a case: all that was told of one incident, why a post is suggested, what happened, who reads what."""

import re

import pytest
from flask import Flask

from appliance import cases, duties, escalation, holders
from appliance.cases import Quantities
from appliance.desk import Actor, Desk
from sync.clock import DAY_S
from sync.db import transaction
from sync.messages import Answer, DutyAnswer
from tests.appliance.office import MANY, POST, SCREENER, SP, SUPERVISOR, Watch, audited, body, receive
from tests.webui.world import PASSWORD, Visitor, somebody, uncover, with_photo


def version(desk: Desk, serial: str) -> int:
    return cases.get(desk, serial).version


def listed(visitor: Visitor, serial: str, kind: str) -> str:
    """What the list of everything that happened shows, filtered."""
    return visitor.text(f"/cases/{serial}?show={kind}").split('id="history"')[1].split("</section>")[0]


def given(desk: Desk, serial: str) -> str:
    """Screens and assigns a case to a post with a phone; gives the duty's name."""
    holders.appoint(desk, SP, POST, "SI Ram", "9812345678", "hi")
    cases.screen(desk, serial, SUPERVISOR, version(desk, serial))
    cases.assign(desk, serial, SUPERVISOR, version(desk, serial), POST, "", "Look behind the mill")
    return cases.get(desk, serial).duties[-1].name


def test_all_reports_of_an_incident_stand_together(desk: Desk, supervisor: Visitor) -> None:
    main, double = receive(desk, body(1)), receive(desk, body(2, text="also seen by another"))
    cases.mark_duplicate(desk, double, SUPERVISOR, 1, main)
    receive(desk, body(3, adds_to=f"{1:032x}", text="and a lorry"))
    supervisor.speak("en")
    page = supervisor.text(f"/cases/{main}")
    for told in ("every night at the mill", "also seen by another", "and a lorry"):
        assert told in page
    for counted in (
        "2 reports of this incident",
        "added to once",
        "2 informants told of it",
        "2 informants can be answered",
    ):
        assert counted in page
    assert f'href="/cases/{double}/answer"' in page


def test_an_addition_is_no_second_report_and_names_no_crime_that_nobody_chose(
    desk: Desk, supervisor: Visitor
) -> None:
    serial = receive(desk, body(1, category="liquor"))
    receive(desk, body(2, adds_to=f"{1:032x}", category="other", answers=()))
    supervisor.speak("en")
    page = supervisor.text(f"/cases/{serial}")
    assert "<b>One report of this incident</b> · added to once" in page
    assert "<dt>Crime</dt>" not in page.split("Added later")[1]
    receive(desk, body(3, adds_to=f"{1:032x}"))
    supervisor.speak("hi")
    assert "<b>इस घटना की एक सूचना</b> · बाद में 2 बार और बताया गया" in supervisor.text(f"/cases/{serial}")


def test_what_was_added_after_a_question_stands_beside_it(
    desk: Desk, supervisor: Visitor, watch: Watch
) -> None:
    serial = receive(desk, body(1))
    fields = {"version": "1", "template": "need_more", "need_more.what": "vehicle"}
    assert supervisor.post(f"/cases/{serial}/answer", fields).status_code == 303
    supervisor.speak("en")
    assert "Asked, waiting." in supervisor.text(f"/cases/{serial}")
    watch.now += 600
    receive(desk, body(2, adds_to=f"{1:032x}", text="a blue lorry"))
    page = supervisor.text(f"/cases/{serial}")
    assert "Asked, waiting." not in page
    answer = page.split("Added later")[1].split("</section>")[0]
    assert "After this question:" in answer
    assert "the vehicle&#39;s number" in answer
    assert "a blue lorry" in answer


def test_an_urgent_report_says_that_it_was_sent_at_once(desk: Desk, supervisor: Visitor) -> None:
    waited, urgent = receive(desk, body(1)), receive(desk, body(2, happening_now=True))
    unfinished = receive(desk, body(3, happening_now=True, incomplete=True))
    at_once, hour_alone = "अभी हो रहा है: तुरंत भेजी गई", "केवल घंटा रखा जाता है"
    for serial, said, unsaid in (
        (waited, hour_alone, at_once),
        (urgent, at_once, hour_alone),
        (unfinished, hour_alone, at_once),
    ):
        page = supervisor.text(f"/cases/{serial}")
        assert said in page and unsaid not in page


def test_what_could_tell_who_wrote_is_marked_with_its_reason(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1, language="hi", text="मेरा नाम राम है। <b>शराब बिकती है।"))
    page = supervisor.text(f"/cases/{serial}")
    assert re.search(r'<mark class="telltale" title="नाम बताता है">मेरा नाम', page)
    assert "&lt;b&gt;" in page
    assert 'class="legend' in page


def test_the_page_says_why_a_post_is_suggested_and_why_another_is_not(
    desk: Desk, supervisor: Visitor
) -> None:
    plain, own = receive(desk, body(1)), receive(desk, body(2, police_involved="yes"))
    for serial in (plain, own):
        cases.screen(desk, serial, SUPERVISOR, 1)
    supervisor.speak("en")
    page = supervisor.text(f"/cases/{plain}")
    assert f'<option value="{POST}" selected' in page
    assert "The place is told to be in this thana." in page
    assert "Not SHO Kotwali: the case is about its own people." in supervisor.text(f"/cases/{own}")


def ended(desk: Desk, *posts: str) -> str:
    """A case of report 1, given to these posts one after the other, and closed."""
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SCREENER, 1)
    for post in posts:
        cases.assign(desk, serial, SUPERVISOR, version(desk, serial), post)
    for act in (cases.start, cases.report_back) if posts else ():
        act(desk, serial, SUPERVISOR, version(desk, serial))
    if posts:
        cases.verify(desk, serial, SP, version(desk, serial))
    cases.close(desk, serial, SP, version(desk, serial), "insufficient", "", Quantities(), MANY)
    return serial


def test_a_closed_case_and_what_was_added_after_its_end_lead_to_each_other(
    desk: Desk, app: Flask, watch: Watch
) -> None:
    watch.now += 40
    first = ended(desk)
    added = receive(desk, body(2, adds_to=f"{1:032x}", text="and a lorry"))
    screener = somebody(desk, app, "screener")
    for language, said in (("en", "after its end"), ("hi", "पूरा होने के बाद")):
        screener.speak(language)
        page = screener.text(f"/cases/{first}")
        head, told = page.split('class="two"')[0], listed(screener, first, "informant")
        link = f'<a href="/cases/{added}">{added}</a>'
        assert link in head and link in told and said in told
        assert f'<a href="/cases/{first}">{first}</a>' in screener.text(f"/cases/{added}")
    screener.speak("en")
    whole = screener.text(f"/cases/{first}").split('id="history"')[1]
    assert whole.index(added) < whole.index("<b>Closed</b>")  # newest first
    assert "and a lorry" not in screener.text(f"/cases/{first}")


def test_what_was_added_to_a_duplicate_after_the_end_shows_at_both(desk: Desk, supervisor: Visitor) -> None:
    main, double = receive(desk, body(1)), receive(desk, body(2))
    cases.mark_duplicate(desk, double, SUPERVISOR, 1, main)
    cases.screen(desk, main, SCREENER, 2)
    cases.close(desk, main, SP, 3, "insufficient", "", Quantities(), MANY)
    added = receive(desk, body(3, adds_to=f"{2:032x}"))
    for serial in (main, double):
        head = supervisor.text(f"/cases/{serial}").split('class="two"')[0]
        assert f'<a href="/cases/{added}">{added}</a>' in head


@pytest.mark.parametrize("of_double", [False, True])
def test_who_closes_reads_that_a_question_is_not_answered_yet(
    desk: Desk, supervisor: Visitor, of_double: bool
) -> None:
    main, double = receive(desk, body(1)), receive(desk, body(2))
    cases.mark_duplicate(desk, double, SCREENER, 1, main)
    cases.screen(desk, main, SCREENER, 2)
    said = {"en": "closing does not wait for it", "hi": "मामला बंद करना उसका इंतज़ार नहीं करता"}

    def warns(language: str) -> bool:
        supervisor.speak(language)
        form = supervisor.text(f"/cases/{main}").split(f'action="/cases/{main}/close"')[1].split("</form>")[0]
        return said[language] in form

    assert not warns("en")
    asked, number = (double, 2) if of_double else (main, 1)
    cases.answer(desk, asked, SP, version(desk, asked), "need_more", ("vehicle",))
    assert warns("en") and warns("hi")
    receive(desk, body(3, adds_to=f"{number:032x}"))
    assert cases.get(desk, main).asked == ()


def test_who_may_not_see_what_was_added_or_the_earlier_case_reads_nothing_of_it(
    desk: Desk, app: Flask
) -> None:
    first = ended(desk, "SHO JNP-01")
    added = receive(desk, body(2, adds_to=f"{1:032x}"))
    officer, circle = somebody(desk, app, "sho"), somebody(desk, app, "co")
    assert added not in officer.text(f"/cases/{first}") + circle.text(f"/cases/{first}")
    cases.screen(desk, added, SCREENER, 1)
    cases.assign(desk, added, SUPERVISOR, 2, "SHO JNP-02")
    assert added not in officer.text(f"/cases/{first}")
    assert added in circle.text(f"/cases/{first}")
    cases.assign(desk, added, SUPERVISOR, 3, "SHO JNP-01")
    assert first in officer.text(f"/cases/{added}")
    desk.conn.execute("update case_file set post='SHO JNP-02' where serial=?", (first,))
    assert officer.get(f"/cases/{first}").status_code == 404
    assert first not in officer.text(f"/cases/{added}")


def test_a_paper_names_the_case_of_what_was_added_after_the_end(desk: Desk, supervisor: Visitor) -> None:
    first = ended(desk)
    added = receive(desk, body(2, adds_to=f"{1:032x}"))
    assert added in supervisor.post(f"/cases/{first}/print").text


def test_an_officers_steps_stand_with_their_times(desk: Desk, supervisor: Visitor, watch: Watch) -> None:
    serial = receive(desk, body(1))
    name = given(desk, serial)
    row = duties.find(desk, name)
    assert row is not None
    with transaction(desk.conn):
        duties.sent(desk, row["message_id"])
    for kind in ("delivered", "accepted"):
        watch.now += 300
        with transaction(desk.conn):
            cases.officer_answered(desk, DutyAnswer(1, name, kind, "", int(watch.now) // 3600, ()), watch.now)
    supervisor.speak("en")
    steps = supervisor.text(f"/cases/{serial}").split('class="stepper"')[1].split("</ol>")[0]
    assert re.findall(r'<li class="(\w+)"', steps) == ["done"] * 4 + ["open"] * 2
    assert re.findall(r"05:\d\d", steps) == ["05:30", "05:30", "05:35", "05:40"]
    told = listed(supervisor, serial, "officer")
    assert (
        told.index("Accepted by the officer")
        < told.index("on the officer&#39;s phone")
        < told.index("with the relay")
    )


def test_what_happened_in_one_minute_stands_as_it_happened(
    desk: Desk, supervisor: Visitor, watch: Watch
) -> None:
    watch.now += 40
    serial = receive(desk, body(1))
    name = given(desk, serial)
    row = duties.find(desk, name)
    assert row is not None
    with transaction(desk.conn):
        duties.sent(desk, row["message_id"])
        for kind in ("delivered", "accepted", "acted"):
            cases.officer_answered(desk, DutyAnswer(1, name, kind, "", int(watch.now) // 3600, ()), watch.now)
    supervisor.speak("en")
    told = listed(supervisor, serial, "")
    words = ("<b>Work begun", "<b>Accepted", "on the officer&#39;s phone", "with the relay", "<b>Assigned")
    assert sorted(words, key=told.index) == list(words)


def test_the_phone_of_the_post_stands_above_those_that_heard_it_is_late(
    desk: Desk, app: Flask, watch: Watch
) -> None:
    serial = receive(desk, body(1))
    given(desk, serial)
    holders.appoint(desk, SP, "SP JNP", "IPS Sita", "9812345679", "hi")
    watch.now += 5 * DAY_S
    escalation.run(desk, watch.now)
    supervisor = somebody(desk, app, "supervisor")
    supervisor.speak("en")
    shown = supervisor.text(f"/cases/{serial}").split('id="duties"')[1].split("</section>")[0]
    own, others = shown.split("Others who were told")
    assert ("SI Ram" in own, "IPS Sita" in own, "SP Jaunpur" in own) == (True, False, False)
    assert "IPS Sita" in others


def test_everything_that_happened_can_be_filtered(desk: Desk, supervisor: Visitor, app: Flask) -> None:
    serial, manifest, _ = with_photo(desk, 1)
    given(desk, serial)
    cases.answer(desk, serial, SP, version(desk, serial), "taken_up", ())
    uncover(supervisor, manifest.file_id)
    supervisor.get(f"/evidence/{manifest.file_id}")
    supervisor.speak("en")
    counted = {
        kind: listed(supervisor, serial, kind).count("<time>")
        for kind in ("", "status", "officer", "informant", "seen")
    }
    assert counted == {"": 6, "status": 1, "officer": 1, "informant": 2, "seen": 2}
    assert "Evidence opened" in listed(supervisor, serial, "seen")
    screener = somebody(desk, app, "screener")
    screener.speak("en")
    assert "Evidence opened" not in listed(screener, serial, "")


def test_who_uncovered_a_file_without_playing_it_looked_too(desk: Desk, supervisor: Visitor) -> None:
    serial, manifest, _ = with_photo(desk, 1)
    uncover(supervisor, manifest.file_id)
    supervisor.speak("en")
    assert "Evidence uncovered" in listed(supervisor, serial, "seen")


def test_a_designated_officer_reads_the_brief_and_not_the_informants_words(desk: Desk, app: Flask) -> None:
    serial = receive(
        desk, body(1, answers=(Answer("what", "", "barrels behind it"), Answer("often", "daily", "")))
    )
    other = receive(desk, body(2))
    given(desk, serial)
    cases.answer(desk, serial, SP, version(desk, serial), "need_more", ("vehicle",))
    sho = somebody(desk, app, "sho")
    page = sho.text(f"/cases/{serial}")
    for told in ("Look behind the mill", "near the mill", "action=" + f'"/cases/{serial}/acknowledge"'):
        assert told in page
    for hidden in (
        "every night at the mill",
        "barrels behind it",
        "उत्तर का इंतज़ार",
        "जोड़ें",
        "/assign",
        "/close",
        "/answer",
        "/print",
    ):
        assert hidden not in page
    assert sho.get(f"/cases/{other}").status_code == 404
    for path in (f"/cases/{serial}/print", f"/cases/{serial}/compare/{other}", f"/cases/{serial}/answer"):
        assert sho.get(path).status_code in (403, 404)


def test_a_designated_officer_reads_his_own_notes_and_nobody_elses(desk: Desk, app: Flask) -> None:
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SUPERVISOR, 1)
    cases.assign(desk, serial, SUPERVISOR, 2, "SHO JNP-02", "her cousin Rani told it")
    other = Actor("s2", "S2", "sho", "SHO JNP-02")
    cases.acknowledge(desk, serial, other, 3, "my mukhbir Ramu")
    cases.assign(desk, serial, SUPERVISOR, 4, POST, "not through Line Bazar")
    sho, last = somebody(desk, app, "sho"), version(desk, serial)
    sho.post(f"/cases/{serial}/acknowledge", {"version": str(last), "note": "I go tonight"})
    cases.start(desk, serial, SUPERVISOR, last + 1, "he rang from home")
    cases.answer(desk, serial, SP, last + 2, "need_more", ("vehicle",))
    cases.pause(desk, serial, SUPERVISOR, last + 3, "agency", "vigilance looks at the SHO")
    late = sho.post(f"/cases/{serial}/start", {"version": str(last), "note": "I began"})
    assert late.status_code == 409
    for page in (sho.text(f"/cases/{serial}"), late.text):
        for hidden in ("Rani", "Ramu", "not through", "from home", "vigilance", "वाहन"):
            assert hidden not in page
        assert "I go tonight" in page
    assert "Ramu" in somebody(desk, app, "supervisor").text(f"/cases/{serial}")


def test_a_designated_officer_is_spoken_to_himself(desk: Desk, app: Flask) -> None:
    unknown, told = receive(desk, body(1)), receive(desk, body(2))
    cases.screen(desk, unknown, SUPERVISOR, 1)
    cases.assign(desk, unknown, SUPERVISOR, 2, POST)
    given(desk, told)
    sho = somebody(desk, app, "sho")
    page = sho.text(f"/cases/{unknown}")
    assert "मैं इसे ले रहा/रही हूं" in page and "मैंने काम शुरू किया" in page
    for of_others in ("अधिकारी को स्वयं बताएं", "उनके कदम", "अधिकारी इसे ले रहा है", "अधिकारी का फोन"):
        assert of_others not in page
    assert "आपके फोन पर पहुंचा" in sho.text(f"/cases/{told}")
    assert "अधिकारी को स्वयं बताएं" in somebody(desk, app, "supervisor").text(f"/cases/{unknown}")


def test_a_case_given_before_the_post_had_a_phone_does_not_say_that_it_has_none(
    desk: Desk, app: Flask, supervisor: Visitor
) -> None:
    early = receive(desk, body(1))
    cases.screen(desk, early, SUPERVISOR, 1)
    cases.assign(desk, early, SUPERVISOR, 2, POST)
    sho = somebody(desk, app, "sho")
    for visitor in (sho, supervisor):
        visitor.speak("en")
    assert "may be assigned anew" not in supervisor.text(f"/cases/{early}")
    given(desk, receive(desk, body(2)))
    assert "No notice of this case is on a phone: when it was given" in sho.text(f"/cases/{early}")
    office = supervisor.text(f"/cases/{early}")
    assert "had no phone here when it was given this case" in office
    assert "It has one now: the case may be assigned anew" in office


def test_a_post_without_a_phone_shows_no_messages_that_nobody_gets(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SUPERVISOR, 1)
    supervisor.speak("en")
    page = supervisor.text(f"/cases/{serial}")
    assert "What the officer will read" not in page and 'class="message' not in page
    assert "None of the posts has a phone here" in page
    given(desk, receive(desk, body(2)))
    page = supervisor.text(f"/cases/{serial}")
    assert "What the officer will read" in page and "None of the posts has a phone here" not in page
    assert "Only a post with a name beside it gets this on a phone." in page
    assert page.count(" data-phone>") == 1


def test_the_brief_that_was_sent_stands_in_the_form_when_it_is_assigned_anew(
    desk: Desk, supervisor: Visitor
) -> None:
    serial = receive(desk, body(1))
    given(desk, serial)

    def form() -> str:
        return supervisor.text(f"/cases/{serial}").split('id="brief"')[1].split("</textarea>")[0]

    assert form().endswith("Look behind the mill")
    supervisor.post("/drafts", {"draft": f"act/{serial}/assign", "brief": "", "note": "x"})
    assert "Look behind the mill" not in form()
    cases.assign(desk, serial, SUPERVISOR, version(desk, serial), "SHO JNP-02")
    supervisor.post("/drafts", {"draft": f"act/{serial}/assign", "discard": "/cases"})
    assert form().endswith("Look behind the mill")


def test_a_designated_officer_takes_it_works_and_reports_back(desk: Desk, app: Flask) -> None:
    serial = receive(desk, body(1))
    given(desk, serial)
    sho = somebody(desk, app, "sho")
    for act, fields in (("acknowledge", {}), ("start", {}), ("report_back", {"note": "two barrels"})):
        seen = {"version": str(version(desk, serial)), **fields}
        assert sho.post(f"/cases/{serial}/{act}", seen).status_code == 303
    assert cases.get(desk, serial).status == "reported_back"
    refused = sho.post(f"/cases/{serial}/verify", {"version": str(version(desk, serial))})
    assert refused.status_code == 403


def test_a_paper_tells_to_which_office_the_case_was_passed(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SCREENER, 1)
    cases.close(desk, serial, SUPERVISOR, 2, "referred", "", Quantities(agency="Excise office\u202e"), MANY)
    assert "Excise office[U+202E]" in supervisor.post(f"/cases/{serial}/print").text
    assert "Excise office[U+202E]" in supervisor.text(f"/cases/{serial}")


def test_a_paper_names_who_printed_it_and_the_trail_knows(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1))
    supervisor.speak("en")
    assert "written into the trail" in supervisor.text(f"/cases/{serial}/print")
    assert ("supervisor", "case.print", serial) not in audited(desk)
    page = supervisor.post(f"/cases/{serial}/print").text
    (number,) = desk.conn.execute("select id from audit where act='case.print'").fetchone()
    assert f"number {number} of the trail" in page
    assert "every night at the mill" in page
    assert ("supervisor", "case.print", serial) in audited(desk)


def test_a_paper_asks_for_the_password_again(desk: Desk, supervisor: Visitor, watch: Watch) -> None:
    serial = receive(desk, body(1))
    watch.now += 301
    assert supervisor.post(f"/cases/{serial}/print").status_code == 403
    assert ("supervisor", "case.print", serial) not in audited(desk)
    assert supervisor.post(f"/cases/{serial}/print", {"proof": PASSWORD}).status_code == 200


def test_a_screener_is_offered_no_paper_and_no_lower_class_of_a_strict_case(
    desk: Desk, screener: Visitor
) -> None:
    serial = receive(desk, body(1))
    page = screener.text(f"/cases/{serial}")
    assert "/print" in page and '<option value="open" selected>' in page
    cases.reclassify(desk, serial, SP, 1, "restricted", False, True, "a child is named")
    page = screener.text(f"/cases/{serial}")
    assert "/print" not in page and '<option value="open"' not in page
    assert '<input type="hidden" name="child" value="1">' in page
    assert screener.get(f"/cases/{serial}/print").status_code == 403
    fields = {"version": "2", "sensitivity": "restricted", "note": "a mistake"}
    assert screener.post(f"/cases/{serial}/reclassify", fields).status_code == 403


def test_a_correction_is_told_on_the_page_and_so_is_what_was_told(desk: Desk, screener: Visitor) -> None:
    serial = receive(desk, body(1, category="other"))
    screener.speak("en")
    form = screener.text(f"/cases/{serial}").split(f'action="/cases/{serial}/correct"')[1].split("</form>")[0]
    assert '<option value="drugs">' in form and '<option value="JNP-02">' in form
    assert "police_corruption" not in form and "GZP-01" not in form
    fields = {"version": "1", "category": "drugs", "thana": "JNP-02", "note": "powder, across the river"}
    for _again in range(2):  # a form sent twice acts once
        assert screener.post(f"/cases/{serial}/correct", fields).status_code == 303
    page = screener.text(f"/cases/{serial}")
    head, rest = page.split('id="acts"')[0].split('aria-labelledby="report-1-1"')
    assert "Drugs · Line Bazar" in head
    assert "<dt>Crime</dt><dd>Something else</dd>" in rest and "Thana Kotwali" in rest
    assert "Crime or thana corrected: Something else → Drugs; Kotwali → Line Bazar" in " ".join(
        re.sub("<[^>]+>", "", page).split()
    )
    assert cases.get(desk, serial).version == 2


def test_who_corrects_after_somebody_else_is_told_who(desk: Desk, screener: Visitor) -> None:
    serial = receive(desk, body(1, category="other"))
    cases.correct(desk, serial, SUPERVISOR, 1, "arms", "JNP-01", "a gun")
    fields = {"version": "1", "category": "drugs", "thana": "JNP-01", "note": "powder"}
    answer = screener.post(f"/cases/{serial}/correct", fields)
    assert answer.status_code == 409 and SUPERVISOR.name in answer.text
    assert "अपराध या थाना सही किया गया" in answer.text
    assert cases.get(desk, serial).category == "arms"


def test_a_form_that_lacks_the_thana_takes_none_away(desk: Desk, screener: Visitor) -> None:
    serial = receive(desk, body(1))
    fields = {"version": "1", "category": "drugs", "note": "powder"}
    assert screener.post(f"/cases/{serial}/correct", fields).status_code == 409
    assert cases.get(desk, serial).thana == "JNP-01"


def test_the_printed_case_says_what_was_told_and_what_it_is_filed_under(
    desk: Desk, supervisor: Visitor
) -> None:
    serial = receive(desk, body(1, category="other"))
    cases.correct(desk, serial, SUPERVISOR, 1, "arms", "JNP-02", "a gun")
    supervisor.speak("en")
    page = supervisor.post(f"/cases/{serial}/print").text
    assert "· Illegal arms</h1>" in page and "Line Bazar" in page
    assert "<dt>Crime</dt><dd>Something else</dd>" in page and "<dt>Thana</dt><dd>Kotwali</dd>" in page


def test_two_cases_are_compared_joined_and_parted(desk: Desk, supervisor: Visitor) -> None:
    older, newer = receive(desk, body(1)), receive(desk, body(2, text="barrels at the mill, every night"))
    supervisor.speak("en")
    page = supervisor.text(f"/cases/{newer}/compare/{older}")
    assert "every night at the mill" in page and "barrels at the mill" in page
    assert f"{newer} belongs to {older}" in page
    fields = {"version": "1", "of": older}
    assert supervisor.post(f"/cases/{newer}/mark_duplicate", fields).status_code == 303
    page = supervisor.text(f"/cases/{newer}/compare/{older}")
    assert "belong together already" in page
    assert f'action="/cases/{newer}/separate"' in page
    assert supervisor.get(f"/cases/{older}/compare/{older}").status_code == 404


def test_at_verified_the_informants_are_answered_first_and_closing_asks_for_those_who_were_not(
    desk: Desk, supervisor: Visitor
) -> None:
    main, double = receive(desk, body(1)), receive(desk, body(2))
    cases.mark_duplicate(desk, double, SUPERVISOR, 1, main)
    for act, more in (
        ("screen", ()),
        ("assign", (POST,)),
        ("start", ()),
        ("report_back", ()),
        ("verify", ()),
    ):
        getattr(cases, act)(desk, main, SP if act == "verify" else SUPERVISOR, version(desk, main), *more)
    supervisor.speak("en")
    acts = supervisor.text(f"/cases/{main}").split('id="acts"')[1].split("</section>")[0]
    step = acts[: acts.index("<details")]
    assert "Next step" in step and "Also possible" in step and " open>" not in acts
    for serial in (main, double):
        assert f'href="/cases/{serial}/answer"' in step
    cases.answer(desk, double, SP, version(desk, double), "not_found", ())
    form = {"outcome": "insufficient", "note": "nobody there"}
    seen = {"version": str(version(desk, main)), **form}
    refused = supervisor.post(f"/cases/{main}/close", seen)
    assert refused.status_code == 409 and "was not told what came of it" in refused.text
    assert re.search(r'name="untold" value="1" aria-invalid="true"', refused.text)
    assert "nobody there" in refused.text
    assert supervisor.post(f"/cases/{main}/close", {**seen, "untold": "1"}).status_code == 303
    assert 'name="untold"' not in supervisor.text(f"/cases/{main}")


def test_who_comes_second_keeps_what_was_typed(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SP, 1, "clear enough")
    fields = {"version": "1", "note": "mine <b>", "thana": "JNP-02"}
    page = supervisor.post(f"/cases/{serial}/concern", fields)
    assert page.status_code == 409
    for shown in ("mine &lt;b&gt;</textarea>", "clear enough", "chand", "जांच ली गई"):
        assert shown in page.text


def test_a_case_that_may_not_be_seen_is_not_named_by_an_error(desk: Desk, app: Flask) -> None:
    serial = receive(desk, body(1))
    sho = somebody(desk, app, "sho")
    page = sho.post(f"/cases/{serial}/acknowledge", {"version": "1"})
    assert page.status_code == 404
    assert f"/cases/{serial}" not in page.text.replace(f"/cases/{serial}/acknowledge", "")


def test_the_answer_that_fits_is_proposed(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1))
    choose = supervisor.text(f"/cases/{serial}/answer")
    assert re.search(r'value="taken_up" required checked', choose)
    name = given(desk, serial)
    for kind, text in (("accepted", ""), ("could_not", ""), ("note", "nobody there")):
        with transaction(desk.conn):
            cases.officer_answered(
                desk, DutyAnswer(1, name, kind, text, int(desk.clock()) // 3600, ()), desk.clock()
            )
    cases.start(desk, serial, SP, version(desk, serial))
    cases.report_back(desk, serial, SP, version(desk, serial), "nobody there")
    cases.verify(desk, serial, SUPERVISOR, version(desk, serial))
    assert re.search(r'value="not_found" required checked', supervisor.text(f"/cases/{serial}/answer"))
    assert 'value="taken_up"' not in supervisor.text(f"/cases/{serial}/answer?ask=1")


def test_who_alone_read_a_case_finds_who_helps_in_place_of_the_form_and_keeps_his_note(
    desk: Desk, app: Flask, supervisor: Visitor
) -> None:
    serial, reader = receive(desk, body(1)), somebody(desk, app, "screener")
    supervisor.post(f"/cases/{serial}/screen", {"version": "1"})
    closing = {"version": "2", "outcome": "unfounded", "untold": "1", "note": "वहां कोई नहीं था"}
    refused = supervisor.post(f"/cases/{serial}/close", closing)
    assert refused.status_code == 403 and "पहले इसे कोई दूसरा व्यक्ति पढ़े" in refused.text
    assert "जिसने इसे दर्ज किया" not in refused.text and "वहां कोई नहीं था</textarea>" in refused.text
    page = supervisor.text(f"/cases/{serial}")
    assert f"/cases/{serial}/close" not in page and "उसे आपके सिवा किसी ने नहीं पढ़ा" in page
    assert f"/cases/{serial}/read" in reader.text(f"/cases/{serial}")
    assert reader.post(f"/cases/{serial}/read", {"version": "2"}).status_code == 303
    assert f"/cases/{serial}/read" not in reader.text(f"/cases/{serial}")
    page = supervisor.text(f"/cases/{serial}")
    assert f"/cases/{serial}/close" in page and "उसे आपके सिवा किसी ने नहीं पढ़ा" not in page
    assert supervisor.post(f"/cases/{serial}/close", {**closing, "version": "3"}).status_code == 303


def test_who_links_what_nobody_else_read_is_told_beforehand_what_it_takes(
    desk: Desk, app: Flask, supervisor: Visitor
) -> None:
    main, unread, read = (receive(desk, body(number)) for number in (1, 2, 3))
    for one in (main, read):
        cases.screen(desk, one, SCREENER, 1)
    told = "को अब तक किसी दूसरे ने नहीं पढ़ा"
    assert f"{unread} {told}" in supervisor.text(f"/cases/{unread}")
    assert f"{unread} {told}" in supervisor.text(f"/cases/{unread}/compare/{main}")
    for path in (f"/cases/{read}", f"/cases/{read}/compare/{main}"):
        assert told not in supervisor.text(path)
    assert told not in somebody(desk, app, "screener").text(f"/cases/{unread}")


def test_what_nobody_else_read_does_not_go_below_a_closed_case(
    desk: Desk, app: Flask, supervisor: Visitor
) -> None:
    closed, unread = receive(desk, body(1)), receive(desk, body(2, contact="none"))
    cases.screen(desk, closed, SCREENER, 1)
    cases.close(desk, closed, SP, 2, "unfounded", untold=MANY)
    answer = supervisor.post(f"/cases/{unread}/mark_duplicate", {"version": "1", "of": closed})
    assert answer.status_code == 409
    assert "पहले कोई दूसरा व्यक्ति इसे जांचे" in answer.text


def test_a_page_names_languages_in_its_own_and_a_question_is_no_answer(
    desk: Desk, supervisor: Visitor
) -> None:
    serial = receive(desk, body(1, language="hi"))
    supervisor.speak("en")
    assert "in Hindi ·" in supervisor.text(f"/cases/{serial}")
    assert "Choose an answer. On the next page" in supervisor.text(f"/cases/{serial}/answer")
    asked = supervisor.text(f"/cases/{serial}/answer?ask=1")
    assert "Choose what to ask" in asked and "Choose an answer" not in asked
    supervisor.speak("hi")
    assert "भाषा: हिन्दी" in supervisor.text(f"/cases/{serial}")
