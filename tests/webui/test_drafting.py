"""Drafts at the desk: kept by the page, shown by the server, gone once sent, nobody else's."""

import pytest
from flask import Flask

from appliance import drafts
from appliance.desk import Actor, Desk
from appliance.drafts import NOTHING
from tests.appliance.office import Watch, body, receive
from tests.webui.world import Visitor, somebody

FORM = "act/JNP-2026-00001/screen"
ME = Actor("supervisor", "", "supervisor")


def keep(visitor: Visitor, **fields: str) -> int:
    return visitor.post("/drafts", {"draft": FORM, **fields}).status_code


def test_what_is_kept_is_told_with_its_time(desk: Desk, supervisor: Visitor, watch: Watch) -> None:
    answer = supervisor.post("/drafts", {"draft": FORM, "note": "मिल के पीछे", "version": "1"})
    assert (answer.status_code, answer.text) == (200, "सहेजा 05:30")
    assert drafts.load(desk, ME, FORM).fields == {"note": "मिल के पीछे"}


def test_a_stranger_keeps_nothing_and_nobody_reads_anothers(
    desk: Desk, app: Flask, supervisor: Visitor
) -> None:
    assert keep(Visitor(app.test_client()), note="x") == 401
    assert keep(supervisor, note="secret words") == 200
    assert drafts.load(desk, Actor("screener", "", "screener"), FORM) == NOTHING
    assert keep(somebody(desk, app, "screener"), note="other words") == 200
    assert drafts.load(desk, ME, FORM).fields == {"note": "secret words"}


def test_a_form_of_another_site_keeps_nothing(desk: Desk, supervisor: Visitor) -> None:
    assert supervisor.client.post("/drafts", data={"draft": FORM, "note": "x"}).status_code == 400
    forged = {"draft": FORM, "note": "x", "version": "1"}
    assert supervisor.client.post("/cases/JNP-2026-00001/screen", data=forged).status_code == 400
    assert drafts.load(desk, ME, FORM) == NOTHING


@pytest.mark.parametrize(("form", "note"), [("../x", "x"), ("", "x"), (FORM, "x" * 20_000)])
def test_what_is_no_form_or_too_much_is_refused(supervisor: Visitor, form: str, note: str) -> None:
    assert supervisor.post("/drafts", {"draft": form, "note": note}).status_code == 422


def test_sending_the_form_erases_its_draft(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1))
    keep(supervisor, note="worth it")
    fields = {"version": "1", "note": "worth it", "draft": FORM}
    assert supervisor.post(f"/cases/{serial}/screen", fields).status_code == 303
    assert drafts.load(desk, ME, FORM) == NOTHING


def test_a_form_that_was_refused_is_kept_also_without_scripts(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1))
    fields = {"version": "7", "note": "what I typed", "draft": FORM}
    assert supervisor.post(f"/cases/{serial}/screen", fields).status_code == 409
    assert drafts.load(desk, ME, FORM).fields == {"note": "what I typed"}


def test_an_idle_lock_in_between_keeps_the_draft(desk: Desk, supervisor: Visitor, watch: Watch) -> None:
    serial = receive(desk, body(1))
    keep(supervisor, note="half a sentence")
    watch.now += 15 * 60
    answer = supervisor.post(f"/cases/{serial}/screen", {"version": "1", "note": "x", "draft": FORM})
    assert answer.status_code == 303
    assert "sign-in" in answer.headers["Location"]
    assert drafts.load(desk, ME, FORM).fields == {"note": "half a sentence"}
