"""Officers come and go: many on one day, a note for the next one, his phone told of what is open."""

import re

import pytest
from flask import Flask

from appliance import cases, holders, people, tenure
from appliance.desk import Desk
from sync.clock import DAY_S
from sync.messages import Duty
from tests.appliance.office import POST, SP, SUPERVISOR, Watch, audited, body, commands, receive
from tests.webui.world import PASSWORD, Visitor, somebody

OTHER = "SHO JNP-02"


def test_two_officers_change_places_on_a_later_day(desk: Desk, supervisor: Visitor, watch: Watch) -> None:
    holders.appoint(desk, SP, POST, "Ram", "9812345678", "hi")
    holders.appoint(desk, SP, OTHER, "Sita", "9812345679", "en")
    fields = {"since": "2026-01-05", "tell": "1", f"{POST}.from": OTHER, f"{OTHER}.from": POST}
    assert supervisor.post("/posts/transfer", fields).status_code == 303
    later = watch.now + 5 * DAY_S
    found = [(one.name, one.number) for post in (POST, OTHER) if (one := tenure.current(desk, post, later))]
    assert found == [("Sita", "+919812345679"), ("Ram", "+919812345678")]
    now = tenure.current(desk, POST, watch.now)
    assert now is not None and now.name == "Ram"
    assert supervisor.text("/posts").count('class="planned"') == 2
    told = desk.conn.execute("select tell, is_begun from post_holder order by id").fetchall()
    assert [tuple(row) for row in told] == [(0, 1), (0, 1), (1, 0), (1, 0)]


def test_one_wrong_line_saves_nothing_and_keeps_what_was_typed(desk: Desk, supervisor: Visitor) -> None:
    fields = {f"{POST}.name": "Ram", f"{POST}.number": "9812345678", f"{OTHER}.name": "Sita"}
    for wrong in (fields, {**fields, f"{OTHER}.number": "12"}, {"since": "soon", **fields}, {}):
        answer = supervisor.post("/posts/transfer", wrong)
        assert answer.status_code == 422
    assert holders.past_and_present(desk) == ()
    assert 'value="Sita"' in supervisor.post("/posts/transfer", fields).text


def test_the_next_officer_finds_what_is_open_and_is_told(desk: Desk, app: Flask, watch: Watch) -> None:
    serial = receive(desk, body(1))
    holders.appoint(desk, SP, POST, "Ram", "9812345678", "hi")
    cases.screen(desk, serial, SUPERVISOR, 1)
    cases.assign(desk, serial, SUPERVISOR, 2, POST, "", "Look behind the mill")
    watch.now += DAY_S
    holders.appoint(desk, SP, POST, "Sita", "9812345679", "en")
    supervisor = somebody(desk, app, "supervisor")
    page = supervisor.text(f"/posts/{POST}/handover")
    assert serial in page and "Sita" in page and "Ram" in page and "9812345679" not in page
    fields = {"note": "the mill <again>", "tell": "1"}
    assert supervisor.post(f"/posts/{POST}/handover", fields).status_code == 303
    assert "the mill &lt;again&gt;" in supervisor.text(f"/posts/{POST}/handover")
    told = commands(desk, "duty", Duty)[-1]
    assert (told.number, told.brief) == ("+919812345679", "Look behind the mill")
    assert cases.get(desk, serial).history[-1].act == "hand_over"
    assert ("supervisor", "post.hand_over", POST) in audited(desk)
    (locked,) = desk.conn.execute("select note_locked from handover").fetchone()
    assert b"mill" not in locked


def test_a_post_sees_its_own_handover_and_no_others(desk: Desk, app: Flask) -> None:
    sho, screener = somebody(desk, app, "sho"), somebody(desk, app, "screener")
    own = f"/posts/{POST}/handover"
    assert sho.get(own).status_code == 200
    assert sho.post(own, {"note": "n", "tell": "1"}).status_code == 403
    assert sho.post(own, {"note": " "}).status_code == 422
    assert sho.post(own, {"note": "n"}).status_code == 303
    for path in (f"/posts/{OTHER}/handover", "/posts/SHO GZP-01/handover", "/posts/X/handover"):
        assert sho.get(path).status_code == 404
    assert screener.get(own).status_code == 404
    assert sho.get("/posts").status_code == sho.get("/posts/transfer").status_code == 403


@pytest.mark.parametrize("path", [f"/posts/{POST}/handover", "/practice"])
def test_each_page_names_its_form_anew(supervisor: Visitor, path: str) -> None:
    drawn = [re.findall(r'name="nonce" value="([0-9a-f]{32})"', supervisor.text(path)) for _ in range(2)]
    assert [len(names) for names in drawn] == [1, 1]
    assert drawn[0] != drawn[1]


@pytest.mark.parametrize("path", ["/posts", "/posts/release", "/posts/transfer"])
def test_whose_phone_gets_the_notices_changes_only_after_the_password(
    desk: Desk, supervisor: Visitor, watch: Watch, path: str
) -> None:
    holders.appoint(desk, SP, POST, "Ram", "9812345678", "hi")
    before = holders.past_and_present(desk)
    watch.now += people.FRESH_S + 60
    line = {"name": "Sita", "number": "9812345679", "language": "hi"}
    fields = {"post": POST, **line, **{f"{POST}.{name}": value for name, value in line.items()}}
    asked = supervisor.post(path, fields)
    assert (asked.status_code, 'name="proof"' in asked.text) == (403, True)
    assert holders.past_and_present(desk) == before
    assert supervisor.post(path, {**fields, "proof": PASSWORD}).status_code == 303
    assert holders.past_and_present(desk) != before


def test_who_stays_behind_is_out_and_the_pages_tell_who_still_sits_there(
    desk: Desk, app: Flask, watch: Watch
) -> None:
    chief, sho = somebody(desk, app, "sp"), somebody(desk, app, "sho")
    people.add(desk, "munshi", "HC Pal", "sho", PASSWORD, POST)
    holders.appoint(desk, SP, POST, "Ram", "9812345678", "hi")
    watch.now += 60
    for path in ("/posts", "/posts/transfer"):
        assert 'name="stay.sho"' in chief.text(path) and 'name="stay.munshi"' in chief.text(path)
    assert sho.get("/cases").status_code == 200
    fields = {f"{POST}.name": "Sita", f"{POST}.number": "9812345679", "stay.munshi": "1"}
    assert chief.post("/posts/transfer", fields).status_code == 303
    page = chief.text("/posts")
    assert "(sho)" in page and 'name="stay.sho"' not in page
    assert page.count("मौजूदा अधिकारी से पहले से") == 1 and 'name="stay.munshi"' in page
    assert sho.get("/cases").status_code == 303
    assert "अभी पद पर नहीं" in chief.text("/people") and "अभी पद पर नहीं" in chief.text("/people/sho")
    assert "अब पद के डेस्क पर नहीं" in chief.text("/audit?of=sho")
    chief.post("/posts/release", {"post": POST})
    assert 'name="stay.munshi"' not in chief.text("/posts")
