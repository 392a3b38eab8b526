"""The row of somebody who is to come to a post: another day for him, or none."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from appliance import holders, people, tenure
from appliance.desk import Desk
from sync.clock import DAY_S
from tests.appliance.office import POST, SP, Watch, audited
from tests.webui.world import PASSWORD, Visitor, somebody

DAY_10 = 1_767_983_400  # 2026-01-10 00:00 IST


@pytest.fixture
def plan(desk: Desk, watch: Watch) -> str:
    """Wasim holds the post; Iqbal comes on 10 January until 20 January."""
    holders.appoint(desk, SP, POST, "Wasim", "9812345678", "hi")
    watch.now += 60
    holders.appoint(desk, SP, POST, "Iqbal", "9812345679", "hi", DAY_10 + 11 * DAY_S, DAY_10)
    (found,) = holders.planned(desk, watch.now)
    return str(found.id)


def days(desk: Desk) -> list[tuple[str, int]]:
    return [(one.name, (one.since - DAY_10) // DAY_S + 10) for one in holders.planned(desk, desk.clock())]


def test_who_is_to_come_is_put_off_and_called_off_in_his_row(
    desk: Desk, supervisor: Visitor, plan: str
) -> None:
    page = supervisor.text("/posts")
    row = re.search(f'<tr class="planned" id="plan-{plan}">.*?</tr>', page, re.DOTALL)
    assert row is not None
    assert "दिन बदलें" in row[0] and "तबादला रद्द करें" in row[0] and 'value="2026-01-10"' in row[0]
    assert supervisor.post("/posts/change-day", {"plan": plan, "day": "2026-01-15"}).status_code == 303
    assert days(desk) == [("Iqbal", 15)]
    (again,) = holders.planned(desk, desk.clock())
    assert supervisor.post("/posts/call-off", {"plan": str(again.id)}).status_code == 303
    assert days(desk) == []
    page = supervisor.text("/posts")
    assert 'class="planned"' not in page and "15 जन॰ 2026 को कोई नहीं आएंगे" in page
    held = tenure.current(desk, POST, DAY_10 + 30 * DAY_S)
    assert held is not None and held.name == "Wasim"
    assert [row[1] for row in audited(desk) if row[0] == "supervisor"][-2:] == [
        "post.change_day",
        "post.call_off",
    ]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("", "Choose another day"),
        ("soon", "Choose another day"),
        ("2025-12-31", "Choose another day"),
        ("2026-01-10", "Choose another day"),
        ("2026-01-21", "last day would be over"),
        ("2026-01-12", "Somebody else comes"),
    ],
)
def test_a_day_that_cannot_be_stands_in_the_row_with_the_reason(
    desk: Desk, supervisor: Visitor, plan: str, day: str, words: str
) -> None:
    holders.appoint(desk, SP, POST, "Gita", "9812345670", "hi", since=DAY_10 + 2 * DAY_S)
    before = days(desk)
    supervisor.speak("en")
    answer = supervisor.post("/posts/change-day", {"plan": plan, "day": day})
    (row,) = re.findall(f'<tr class="planned" id="plan-{plan}">.*?</tr>', answer.text, re.DOTALL)
    assert (answer.status_code, words in row, "<details open>" in row) == (422, True, True)
    assert f'value="{day}"' in row
    assert days(desk) == before


def test_today_brings_him_at_once(desk: Desk, supervisor: Visitor, plan: str) -> None:
    assert supervisor.post("/posts/change-day", {"plan": plan, "day": "2026-01-01"}).status_code == 303
    held = tenure.current(desk, POST, desk.clock())
    assert (days(desk), held and held.name) == ([], "Iqbal")


@pytest.mark.parametrize("fields", [{}, {"plan": "x"}, {"plan": "9" * 30}])
@pytest.mark.parametrize("path", ["/posts/call-off", "/posts/change-day"])
def test_who_comes_second_reads_that_nothing_was_changed_and_how_it_stands(
    desk: Desk, app: Flask, supervisor: Visitor, plan: str, path: str, fields: dict[str, str]
) -> None:
    chief = somebody(desk, app, "sp")
    assert chief.post("/posts/change-day", {"plan": plan, "day": "2026-01-15"}).status_code == 303
    answer = supervisor.post(path, {"plan": plan, "day": "2026-01-12", **fields})
    assert (answer.status_code, "कुछ नहीं बदला" in answer.text, "15 जन॰" in answer.text) == (409, True, True)
    assert days(desk) == [("Iqbal", 15)]


def test_the_password_is_asked_again_and_a_form_of_elsewhere_does_nothing(
    desk: Desk, supervisor: Visitor, watch: Watch, plan: str
) -> None:
    acts: tuple[Callable[[dict[str, str]], int], ...] = (
        lambda more: supervisor.post("/posts/call-off", {"plan": plan, **more}).status_code,
        lambda more: (
            supervisor.post("/posts/change-day", {"plan": plan, "day": "2026-01-12", **more}).status_code
        ),
    )
    assert supervisor.client.post("/posts/call-off", data={"plan": plan}).status_code == 400
    watch.now += 360
    assert [act({}) for act in acts] == [403, 403]
    assert days(desk) == [("Iqbal", 10)]
    assert acts[0]({"proof": PASSWORD}) == 303


def test_what_ends_on_a_later_day_is_told_with_that_day(
    desk: Desk, supervisor: Visitor, watch: Watch
) -> None:
    """Who leaves a desk now, with the new officer of a later day, and after a last day with nobody between."""
    people.add(desk, "munshi", "HC Pal", "sho", PASSWORD, POST)
    watch.now += 60
    supervisor.speak("en")
    line = {"post": POST, "name": "Wasim", "number": "9812345678", "language": "hi"}
    supervisor.post("/posts", {**line, "until": "2026-01-07"})
    form = {**line, "name": "Iqbal", "number": "9812345679", "since": "2026-01-10"}
    for path in ("/posts", "/posts/transfer"):
        many = {"since": "2026-01-12", f"{POST}.name": "Gita", f"{POST}.number": "9812345670"}
        supervisor.post(path, form if path == "/posts" else many)
        told = supervisor.text("/posts")
        assert ("end on 8 Jan 2026 with the transfer: HC Pal (munshi)" in told) == (path == "/posts")
        assert "that end with the transfer" not in told
    supervisor.post("/posts/release", {"post": POST})
    assert "Desk sign-ins that end with the transfer: HC Pal (munshi)" in supervisor.text("/posts")


@pytest.mark.parametrize("path", ["/posts", "/posts/transfer"])
def test_whoever_names_the_present_officer_again_reads_who_comes_all_the_same(
    desk: Desk, supervisor: Visitor, plan: str, path: str
) -> None:
    line = {"name": "Wasim", "number": "9812345678"}
    fields = {
        "post": POST,
        "language": "hi",
        **line,
        **{f"{POST}.{name}": text for name, text in line.items()},
    }
    supervisor.speak("en")
    assert supervisor.post(path, fields).status_code == 303
    assert "Still planned as before: Iqbal, SHO Kotwali, 10 Jan 2026." in supervisor.text("/posts")
    other = {name: text.replace("Wasim", "Iqbal") for name, text in fields.items()}
    assert supervisor.post(path, other).status_code == 303
    assert "Still planned" not in supervisor.text("/posts")


def test_whoever_changes_one_row_of_an_order_reads_who_else_comes_on_that_day(
    desk: Desk, supervisor: Visitor, plan: str
) -> None:
    holders.appoint(desk, SP, "SHO JNP-02", "Wasim", "9812345678", "hi", since=DAY_10)
    supervisor.speak("en")
    told = "Still planned as before: Wasim, SHO Line Bazar, 10 Jan 2026."
    supervisor.post("/posts/change-day", {"plan": plan, "day": "2026-01-15"})
    assert told in supervisor.text("/posts")
    (again,) = [one for one in holders.planned(desk, desk.clock()) if one.name == "Iqbal"]
    supervisor.post("/posts/call-off", {"plan": str(again.id)})
    assert told not in supervisor.text("/posts")


def test_of_many_who_come_still_a_few_are_named(desk: Desk, supervisor: Visitor, plan: str) -> None:
    for number in range(2, 6):
        since = DAY_10 + number * DAY_S
        holders.appoint(desk, SP, POST, f"Officer {number}", f"981234567{number}", "hi", since=since)
    supervisor.speak("en")
    line = {"post": POST, "name": "Wasim", "number": "9812345678", "language": "hi"}
    assert supervisor.post("/posts", line).status_code == 303
    page = supervisor.text("/posts")
    assert "Officer 3, SHO Kotwali, 13 Jan 2026, and 2 more." in page


def test_the_page_of_a_post_leads_to_the_row(desk: Desk, app: Flask, supervisor: Visitor, plan: str) -> None:
    link = f'href="/posts#plan-{plan}"'
    assert link in supervisor.text(f"/posts/{POST}/handover")
    assert link not in somebody(desk, app, "sho").text(f"/posts/{POST}/handover")


def test_an_entry_that_does_not_open_has_no_day_to_change(desk: Desk, supervisor: Visitor, plan: str) -> None:
    desk.conn.execute("update post_holder set locked=x'00' where id=?", (plan,))
    page = supervisor.text("/posts")
    assert "/posts/call-off" in page and "/posts/change-day" not in page
    assert supervisor.post("/posts/change-day", {"plan": plan, "day": "2026-01-12"}).status_code == 422
