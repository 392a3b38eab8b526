"""What is typed and not sent: kept for one person, locked, bounded, and gone in time."""

import pytest

from appliance import drafts
from appliance.desk import Desk
from appliance.drafts import KEPT_S, LONGEST_BYTES, MOST_PER_PERSON, NOTHING
from appliance.errors import NotAllowed
from sync.db import transaction
from sync.sealing import locks
from tests.appliance.office import SCREENER, SUPERVISOR, Watch

FORM = "assign/JNP-2026-00001"


def test_what_was_typed_comes_back_for_whoever_typed_it(desk: Desk, watch: Watch) -> None:
    drafts.save(desk, SUPERVISOR, FORM, {"brief": "मिल के पीछे", "note": " "})
    watch.now += 60
    drafts.save(desk, SUPERVISOR, FORM, {"brief": "मिल के पीछे देखें", "note": ""})
    kept = drafts.load(desk, SUPERVISOR, FORM)
    assert kept.fields == {"brief": "मिल के पीछे देखें"}
    assert kept.saved_at == watch.now
    assert drafts.load(desk, SCREENER, FORM) == NOTHING
    assert drafts.load(desk, SUPERVISOR, "assign/JNP-2026-00002") == NOTHING


def test_what_was_typed_before_drafts_told_a_version_comes_back_without_one(desk: Desk, watch: Watch) -> None:
    content = b'{"names":["brief"],"texts":["behind the mill"]}'
    for form, context in ((FORM, "draft"), ("note/late", "late draft")):
        locked = locks.lock(desk.field_key, content, f"{context}:{SUPERVISOR.name}:{form}")
        desk.conn.execute(
            "insert into form_draft(person, form, locked, saved_at) values(?,?,?,?)",
            (SUPERVISOR.name, form, locked, int(watch.now)),
        )
        kept = drafts.load(desk, SUPERVISOR, form)
        assert (kept.fields, kept.version) == ({"brief": "behind the mill"}, "")


def test_nothing_lies_open_and_no_row_opens_for_another(desk: Desk) -> None:
    drafts.save(desk, SUPERVISOR, FORM, {"brief": "behind the mill"})
    (locked,) = desk.conn.execute("select locked from form_draft").fetchone()
    assert b"mill" not in locked
    desk.conn.execute("update form_draft set person=?", (SCREENER.name,))
    assert drafts.load(desk, SCREENER, FORM) == NOTHING


def test_an_emptied_form_and_a_sent_one_keep_nothing(desk: Desk) -> None:
    drafts.save(desk, SUPERVISOR, FORM, {"brief": "x"})
    drafts.save(desk, SUPERVISOR, FORM, {"brief": ""})
    assert drafts.load(desk, SUPERVISOR, FORM) == NOTHING
    drafts.save(desk, SUPERVISOR, FORM, {"brief": "x"})
    drafts.erase(desk, SUPERVISOR, FORM)
    assert desk.conn.execute("select count(*) from form_draft").fetchone()[0] == 0


def test_after_a_week_it_is_gone(desk: Desk, watch: Watch) -> None:
    drafts.save(desk, SUPERVISOR, FORM, {"brief": "x"})
    watch.now += KEPT_S
    assert drafts.load(desk, SUPERVISOR, FORM) == NOTHING
    with transaction(desk.conn):
        drafts.forget_old(desk.conn, watch.now)
    assert desk.conn.execute("select count(*) from form_draft").fetchone()[0] == 0


def test_a_person_keeps_a_hundred_and_the_oldest_goes(desk: Desk, watch: Watch) -> None:
    for number in range(MOST_PER_PERSON + 1):
        watch.now += 1
        drafts.save(desk, SUPERVISOR, f"note/{number}", {"note": "x"})
    drafts.save(desk, SCREENER, FORM, {"note": "x"})
    assert drafts.load(desk, SUPERVISOR, "note/0") == NOTHING
    assert drafts.load(desk, SUPERVISOR, "note/1").fields == {"note": "x"}
    assert desk.conn.execute("select count(*) from form_draft").fetchone()[0] == MOST_PER_PERSON + 1


def test_what_came_late_is_marked_until_its_owner_types_on(desk: Desk) -> None:
    assert drafts.save_late(desk, SUPERVISOR, FORM, {"note": "x", "brief": ""})
    assert drafts.load(desk, SUPERVISOR, FORM) == drafts.Draft({"note": "x"}, int(desk.clock()), late=True)
    drafts.save(desk, SUPERVISOR, FORM, {"note": "x y"})
    assert not drafts.load(desk, SUPERVISOR, FORM).late


def test_what_comes_late_replaces_nothing_typed_before(desk: Desk) -> None:
    drafts.save(desk, SUPERVISOR, FORM, {"note": "mine"})
    assert not drafts.save_late(desk, SUPERVISOR, FORM, {"note": "planted"})
    assert drafts.save_late(desk, SUPERVISOR, FORM, {"note": "mine", "brief": ""})
    kept = drafts.load(desk, SUPERVISOR, FORM)
    assert (kept.fields, kept.late) == ({"note": "mine"}, False)


def test_what_comes_late_leaves_room_for_what_its_owner_types_next(desk: Desk, watch: Watch) -> None:
    drafts.save(desk, SUPERVISOR, FORM, {"note": "mine"})
    watch.now += 1
    late = [drafts.save_late(desk, SUPERVISOR, f"note/{n}", {"note": "x"}) for n in range(MOST_PER_PERSON)]
    assert late.count(True) == drafts.MOST_WITH_LATE - 1
    for number in range(drafts.MOST_WITH_LATE):
        drafts.save(desk, SUPERVISOR, f"own/{number}", {"note": "x"})
    assert drafts.load(desk, SUPERVISOR, FORM).fields == {"note": "mine"}


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ("", {"note": "x"}),
        ("note/../x", {"note": "x"}),
        ("note/a/b/c", {"note": "x"}),
        ("note", {"नोट": "x"}),
        ("note", {"note": "x" * LONGEST_BYTES}),
    ],
)
def test_beyond_the_limits_nothing_is_kept(desk: Desk, form: str, fields: dict[str, str]) -> None:
    with pytest.raises(NotAllowed):
        drafts.save(desk, SUPERVISOR, form, fields)
    assert desk.conn.execute("select count(*) from form_draft").fetchone()[0] == 0
