"""The trail on its page: who may read it, how it is searched, and that a broken chain is said in plain words."""

import ast
from pathlib import Path

import pytest
from flask import Flask

from appliance import audit, cases
from appliance.desk import Desk
from tests.appliance.office import SUPERVISOR, audited, body, receive
from tests.webui.world import Visitor, somebody, with_photo
from webui.trailwords import KINDS, TRAIL

ROOT = Path(__file__).parents[2]


def acts_in_code() -> set[str]:
    """Every act that the program writes into the trail, as it stands in calls of ``audit.write``."""
    found = set()
    for path in (ROOT / "appliance").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "audit.write":
                written = call.args[3]
                found |= {str(written.value)} if isinstance(written, ast.Constant) else set()
    return found


def test_everything_that_the_program_notes_has_words() -> None:
    assert {"evidence.open", "post.hand_over", "case.print"} <= acts_in_code()
    assert acts_in_code() - TRAIL.keys() == set()
    assert {act.split(".")[0] for act in acts_in_code()} <= KINDS.keys()


@pytest.fixture
def auditor(desk: Desk, app: Flask) -> Visitor:
    return somebody(desk, app, "auditor")


def test_the_trail_is_searched_and_paged(desk: Desk, auditor: Visitor) -> None:
    serials = [receive(desk, body(number)) for number in range(1, 53)]
    cases.screen(desk, serials[0], SUPERVISOR, 1)
    auditor.speak("en")
    page = auditor.text("/audit?act=case")
    assert "Screened" in page and 'rel="next"' in page
    assert "<td>Report received</td>" not in auditor.text("/audit?who=bina")
    assert auditor.text(f"/audit?of={serials[0]}").count("<tr><td") == 2
    for wrong in ("from=x", "after=x", "to=2026-02-31"):
        assert auditor.get(f"/audit?{wrong}").status_code == 400


def test_a_row_about_a_file_names_its_case_and_leads_to_the_files_rows(desk: Desk, auditor: Visitor) -> None:
    serial, photo, _ = with_photo(desk, 1)
    audit.write(desk.conn, desk.clock(), "asha", "evidence.open", photo.file_id)
    page = auditor.text("/audit?act=evidence.open")
    link = f'<a href="/audit?act=evidence.open&amp;of={photo.file_id}">{serial}-{photo.file_id[:8]}</a>'
    assert link in page
    assert link in auditor.text(f"/audit?act=evidence.open&of={serial}")


def test_whole_chains_are_said_to_be_whole_and_broken_ones_named(desk: Desk, auditor: Visitor) -> None:
    receive(desk, body(1))
    auditor.speak("en")
    page = auditor.text("/audit/chains")
    (head,) = desk.conn.execute("select hex(hash) from audit order by id desc limit 1").fetchone()
    assert page.count("whole.") == 3
    assert head.lower() in page
    desk.conn.execute("update history set actor='nobody' where id=1")
    assert "broken at row 1" in auditor.text("/audit/chains")


def test_the_auditor_reads_some_of_what_was_set_aside_and_it_is_noted(desk: Desk, auditor: Visitor) -> None:
    serials = [receive(desk, body(number, text=f"advert {number}")) for number in range(1, 41)]
    for serial in serials:
        cases.quarantine(desk, serial, SUPERVISOR, 1, "an advertisement")
    page = auditor.text("/audit/sample")
    drawn = [serial for serial in serials if serial in page]
    assert len(drawn) == 2
    again = auditor.text("/audit/sample")
    assert [serial for serial in serials if serial in again] == drawn
    assert "an advertisement" in page
    noted = {of for who, act, of in audited(desk) if (who, act) == ("auditor", "quarantine.sample")}
    assert noted == set(drawn)
    assert auditor.get(f"/cases/{drawn[0]}").status_code == 403


@pytest.mark.parametrize("role", ["screener", "supervisor", "co", "sho", "analyst", "technician"])
def test_others_do_not_read_the_trail(desk: Desk, app: Flask, role: str) -> None:
    visitor = somebody(desk, app, role)
    for path in ("/audit", "/audit/chains", "/audit/sample"):
        assert visitor.get(path).status_code == 403
    assert 'href="/audit"' not in visitor.text("/health")
