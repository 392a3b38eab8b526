"""Submit: the vault row first, then everything else at once; undo: nothing of it is left anywhere."""

import threading
import time
from base64 import b64encode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay import drafts, receipts, release
from relay.dialogue import Say
from relay.submission import Pace, Submission, Undone
from relay.vault import Reachable
from sync import faults
from sync.db import transaction
from sync.errors import ConfigError
from sync.messages import Answer
from sync.sealing.envelopes import SealedPart
from tests.relay.builders import (
    GZP_BOX,
    HINDI_REPORT,
    JITTER_S,
    JNP_BOX,
    NUMBER,
    RANGE_ID,
    RELAY_ID,
    SENDER,
    UNDO_S,
    FakeRelay,
    Phone,
    PowerCut,
    a_book,
    a_directory,
    add_file,
    after_release,
    cut_power,
    forms,
    node_keys,
    open_parts,
    png,
    told,
    undo,
    undo_token,
)
from tests.stations import Keys

TRACES = ("held", "token", "receipt", "evidence_file", "log_leaf", "outbox", "vault")


def _traces(relay: FakeRelay) -> dict[str, int]:
    return {table: relay.count(table) for table in TRACES if relay.count(table)}


def _undo(relay: FakeRelay, token: str) -> Undone | None:
    with transaction(relay.conn):
        return undo(relay, token)


def test_a_report_is_held_with_its_receipt_and_its_way_back(relay: FakeRelay) -> None:
    says = relay.submit(told())
    (held,) = relay.held()
    assert held.contact is not None and held.contact.handle == held.body.handle
    assert relay.vault().open(held.body.handle, held.contact.report_key) == Reachable(
        SENDER, "hi", at_once=False, node=JNP_BOX
    )
    code = receipts.find_code(says[0].text)
    assert code is not None
    assert receipts.state_of(relay.conn, receipts.tag(relay.epochs, code)) == "kept"


def test_the_body_tells_what_was_told_and_the_hour(relay: FakeRelay) -> None:
    report = told(text="रात में", district="GZP", fear="yes", incomplete=True, missing_evidence=2)
    relay.submit(report)
    body = relay.held()[0].body
    for field in ("category", "text", "district", "thana", "place", "fear", "incomplete", "missing_evidence"):
        assert getattr(body, field) == getattr(report, field)
    relay.submit(told())
    assert relay.held()[1].body.hour == int(relay.now) // 3600


@pytest.mark.parametrize(
    ("changes", "recipient"),
    [
        ({"district": "JNP"}, JNP_BOX),
        ({"district": "GZP"}, GZP_BOX),
        ({"district": "CDL"}, RANGE_ID),  # a district without a box of its own
        ({"district": ""}, RANGE_ID),
        ({"police_involved": "yes"}, RANGE_ID),
        ({"police_involved": "unsure"}, JNP_BOX),
        ({"category": "police_corruption"}, RANGE_ID),
    ],
)
def test_a_report_goes_to_its_box_and_one_on_police_to_the_range_alone(
    relay: FakeRelay, changes: dict[str, str], recipient: str
) -> None:
    relay.submit(told(**changes))
    assert [held.recipient for held in relay.held()] == [recipient]
    assert relay.value("select node from receipt") == recipient


def test_without_a_range_node_such_a_report_is_refused_and_nothing_is_kept(relay: FakeRelay) -> None:
    nodes = tuple(node for node in a_directory().nodes if node.id != RANGE_ID)
    book = replace(a_book(), directory=replace(a_directory(), nodes=nodes))
    bare = Submission(relay.conn, relay.vault(), relay.epochs, book, RELAY_ID, Pace(300, 0), relay.rng)
    with pytest.raises(ConfigError, match="no range node"), transaction(relay.conn):
        bare.submit(told(police_involved="yes"), SENDER, relay.now)
    assert _traces(relay) == {}


def test_who_wants_no_contact_leaves_no_way_back(relay: FakeRelay) -> None:
    relay.submit(told(contact="none"))
    (held,) = relay.held()
    assert held.body.contact == "none"
    assert held.contact is not None  # so that the broker sees no difference; it opens nothing
    assert relay.vault().open(held.body.handle, held.contact.report_key) is None
    assert relay.count("vault") == 0 and relay.count("receipt") == 1


def test_what_is_kept_beside_a_report_tells_the_hour_and_not_the_second(
    relay: FakeRelay, phone: Phone
) -> None:
    relay.told_time.now += 1234
    phone.do(*HINDI_REPORT[:9]).send_photo(png()).do(*HINDI_REPORT[9:])
    assert relay.held()[0].body.hour * 3600 == int(relay.now) - 1234
    for column in ("made_at from receipt", "made_at from evidence_file"):
        assert relay.value(f"select {column}") == int(relay.now) - 1234


def test_two_reports_of_one_person_share_nothing(relay: FakeRelay) -> None:
    relay.submit(told())
    relay.submit(told())
    one, two = relay.held()
    assert one.contact and two.contact and one.contact.report_key != two.contact.report_key
    assert one.body.handle != two.body.handle and one.message_id != two.message_id


def _all_that_leaves(relay: FakeRelay) -> bytes:
    """The plain bytes of both parts, opened by the recipient."""
    row = relay.conn.execute("select * from held").fetchone()
    parts = [
        SealedPart("body", row["body_key"], row["body"]),
        SealedPart("contact", row["contact_key"], row["contact"]),
    ]
    return b"".join(open_parts(row["recipient"], row["message_id"], parts).values())


def test_no_part_of_a_report_holds_the_number_or_an_id_of_whatsapps(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT[:9]).send_photo(png((b"tEXt", b"Author\0" + NUMBER.encode())), "यह देखें")
    phone.do(*HINDI_REPORT[9:])
    plain = _all_that_leaves(relay)
    ids = [update.tag_source for update in phone.updates("x", "y")] + list(relay.whatsapp.files)
    secrets = [NUMBER.encode(), NUMBER[2:].encode(), b"wamid", *(i.encode() for i in ids)]
    assert "यह देखें".encode() in plain and b'"report_key"' in plain
    assert not [form for secret in secrets for form in forms(secret) if form in plain]


def test_the_search_for_numbers_finds_them_where_they_are(phone: Phone) -> None:
    inside = [b64encode(bytes(n) + NUMBER.encode() + b"more") for n in range(3)]
    hidden = [phone.updates("x")[0].tag_source.encode(), NUMBER.encode("utf-16-le"), *inside]
    for where in hidden:
        assert [form for form in forms(NUMBER.encode()) if form in where], where


def test_only_the_recipients_key_opens_it(relay: FakeRelay, monkeypatch: pytest.MonkeyPatch) -> None:
    relay.submit(told())
    assert relay.held()[0].body.text == "गांजा बिकता है"
    strangers = dict.fromkeys((JNP_BOX, RELAY_ID), Keys.generate())
    monkeypatch.setattr("tests.relay.builders.node_keys", lambda: strangers)
    with pytest.raises(Exception, match="not here"):
        relay.held()


def test_the_way_back_is_sealed_to_the_key_that_is_in_no_backup(relay: FakeRelay) -> None:
    relay.submit(told())
    (keys,) = relay.conn.execute("select body_key, contact_key from held").fetchall()
    box = node_keys()[JNP_BOX]
    assert tuple(keys) == (box.body.public.id, box.contact.public.id)


def test_nothing_that_is_held_lies_in_clear_beside_it(relay: FakeRelay) -> None:
    relay.submit(told())
    (held,) = relay.held()
    assert held.contact is not None
    on_disk = relay.disk()
    assert held.body.handle.encode() in on_disk
    secrets = (held.contact.report_key, NUMBER.encode(), "गांजा बिकता है".encode())
    assert not [form for secret in secrets for form in forms(secret) if form in on_disk]


def test_dying_after_the_vault_row_leaves_an_orphan_and_the_next_try_makes_one_report(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do(*HINDI_REPORT[:-1])
    relay.put(*phone.updates(HINDI_REPORT[-1]))
    faults.arm("vault-written", cut_power)
    with pytest.raises(PowerCut):
        relay.engine.step()
    orphan = relay.vault_conn.execute("select handle from vault").fetchone()[0]
    assert _traces(relay) == {"vault": 1} and relay.count("event") == 1
    faults.disarm()
    relay.start()
    relay.run()
    (held,) = relay.held()
    assert held.body.handle != orphan
    assert relay.count("vault") == 2 and relay.count("receipt") == 1 and relay.count("event") == 0


def test_dying_before_the_commit_keeps_the_message_and_promises_nothing(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do(*HINDI_REPORT[:-1])
    said = len(phone.got)
    relay.put(*phone.updates(HINDI_REPORT[-1]))
    faults.arm("report-written", cut_power)
    with pytest.raises(PowerCut):
        relay.engine.step()
    relay.sender.step()
    assert len(phone.got) == said and relay.count("held") == 0
    faults.disarm()
    relay.run()
    assert relay.count("held") == 1 and len(phone.got) == said + 1


@given(st.integers(0, 2**32))
def test_a_report_waits_for_the_undo_window_and_some_more(relay: FakeRelay, seed: int) -> None:
    relay.rng.seed(seed)
    with transaction(relay.conn):
        relay.conn.execute("delete from held")
        relay.submission.submit(told(), SENDER, relay.now)
    release_at = float(str(relay.value("select release_at from held")))
    assert relay.now + UNDO_S <= release_at <= relay.now + UNDO_S + JITTER_S


def test_what_happens_now_goes_at_once_and_cannot_be_undone(relay: FakeRelay) -> None:
    says = relay.submit(told(happening_now=True))
    assert relay.value("select release_at from held") == relay.now
    assert says[0].buttons == () and relay.count("token") == 0


def test_undo_leaves_no_trace(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT[:9]).send_photo(png()).do(*HINDI_REPORT[9:])
    held = relay.conn.execute("select body, contact from held").fetchone()
    vault = relay.vault_conn.execute("select locked from vault").fetchone()
    secrets = [*held, *vault]
    assert len(list(relay.media.iterdir())) == 1
    assert all(secret[:500] in relay.disk() for secret in secrets)
    phone.do(phone.undo_button)
    assert "वापस ले लिया" in phone.got[-1]
    assert _traces(relay) == {"evidence_file": 1}  # of the draft, which may be changed
    phone.do("undone|erase")
    assert _traces(relay) == {} and relay.count("sent_draft") == relay.count("draft") == 0
    assert not [secret for secret in secrets if secret[:100] in relay.disk()]
    assert list(relay.media.iterdir()) == []
    after_release(relay)
    assert release.release_due(relay.conn, relay.identity(), relay.now) == 0


def test_undo_takes_back_the_one_report_it_belongs_to(relay: FakeRelay) -> None:
    first, second = relay.submit(told(text="पहली")), relay.submit(told(text="दूसरी"))
    file = add_file(relay, "a" * 32)
    relay.submit(told(text="तीसरी", evidence=(file,)))
    assert _undo(relay, undo_token(first)) is not None
    assert [held.body.text for held in relay.held()] == ["दूसरी", "तीसरी"]
    assert relay.count("receipt") == 2 and relay.count("evidence_file") == 1
    assert _undo(relay, undo_token(second)) is not None


def test_a_token_works_once_and_no_other_does(relay: FakeRelay) -> None:
    token = undo_token(relay.submit(told()))
    assert _undo(relay, "0" * 32) is None
    assert _undo(relay, token) is not None
    assert _undo(relay, token) is None


def test_the_token_itself_is_not_on_disk(relay: FakeRelay) -> None:
    token = undo_token(relay.submit(told()))
    assert token.encode() not in relay.disk() and bytes.fromhex(token) not in relay.disk()


def test_after_the_release_it_is_too_late(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT)
    after_release(relay)
    assert release.release_due(relay.conn, relay.identity(), relay.now) == 1
    phone.do(phone.undo_button)
    assert "यह बटन अब काम नहीं करता" in phone.got[-1]
    assert _traces(relay) == {"receipt": 1, "log_leaf": 1, "outbox": 1, "vault": 1}


def test_dying_after_an_undo_leaves_only_what_opens_for_nobody(relay: FakeRelay, phone: Phone) -> None:
    phone.do(*HINDI_REPORT)
    relay.put(*phone.updates(phone.undo_button))
    faults.arm("step-committed", cut_power)
    with pytest.raises(PowerCut):
        relay.engine.step()
    assert _traces(relay) == {"vault": 1}


def test_an_undo_that_is_not_committed_has_not_touched_the_way_back(
    relay: FakeRelay, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.do(*HINDI_REPORT)
    before = _traces(relay)
    relay.put(*phone.updates(phone.undo_button))
    monkeypatch.setattr("relay.spool.drop", lambda conn, item: cut_power())
    with pytest.raises(PowerCut):
        relay.engine.step()
    assert _traces(relay) == before


def _wait_for_lock(relay: FakeRelay, began: threading.Event, results: list[int]) -> threading.Thread:
    """A release by another process: has looked for what is due and now waits for the write lock."""
    conn = relay.relay_db()
    conn.set_trace_callback(lambda sql: began.set() if sql.startswith("BEGIN") else None)
    thread = threading.Thread(
        target=lambda: results.append(release.release_due(conn, relay.identity(), relay.now))
    )
    thread.start()
    return thread


def test_an_undo_that_is_first_by_a_moment_wins(relay: FakeRelay) -> None:
    token = undo_token(relay.submit(told()))
    after_release(relay)
    began, results = threading.Event(), list[int]()
    with transaction(relay.conn):
        thread = _wait_for_lock(relay, began, results)
        assert began.wait(5)
        assert undo(relay, token) is not None
    thread.join()
    assert results == [0]
    assert relay.count("log_leaf") == relay.count("outbox") == relay.count("held") == 0


def test_a_release_that_is_first_by_a_moment_wins(relay: FakeRelay) -> None:
    token = undo_token(relay.submit(told()))
    after_release(relay)
    results: list[Undone | None] = []
    faults.arm("released", lambda: results.append(_undo(relay, token)))
    assert release.release_due(relay.conn, relay.identity(), relay.now) == 1
    assert results == [None]
    assert relay.count("outbox") == relay.count("receipt") == 1


def _code_of(says: tuple[Say, ...]) -> str:
    return receipts.find_code(says[0].text) or ""


def _ways(code: str) -> list[str]:
    """How people write a receipt into a sentence."""
    fours = [code[at : at + 4] for at in range(0, 16, 4)]
    hindi = code.translate(str.maketrans("0123456789", "०१२३४५६७८९"))
    return [
        code,
        " ".join(fours),
        "-".join(fours),
        f"*{' '.join(fours)}*",
        hindi,
        "\n".join(fours),
        f"1 {code}",
    ]


@pytest.mark.parametrize("way", range(7))
def test_a_receipt_in_the_words_does_not_reach_the_reader(relay: FakeRelay, way: int) -> None:
    code = _code_of(relay.submit(told()))
    told_again = f"पर्ची {_ways(code)[way]} वाला ही"
    answers = (Answer("what", "", told_again),)
    relay.submit(told(text=told_again, answers=answers, place=told_again, language="en"))
    body = relay.held()[1].body
    wanted = told_again.replace(_ways(code)[way].removeprefix("1 ").strip("*"), "[receipt?]")
    surplus = wanted.replace("1 [", "[")  # with the digit in front it can look like a receipt, too
    assert body.text == body.answers[0].text == body.place
    assert body.text in (wanted, surplus)


def test_a_receipt_in_two_messages_does_not_reach_the_reader_either(relay: FakeRelay) -> None:
    code = _code_of(relay.submit(told()))
    relay.submit(told(text=f"{code[:8]}\n\n{code[8:]}"))
    assert relay.held()[1].body.text == "[पर्ची?]"


def test_receipts_that_exist_and_those_that_do_not_leave_the_words_alike(relay: FakeRelay) -> None:
    code = _code_of(relay.submit(told()))
    nobodys = [receipts.new_code(relay.rng) for _ in range(3)]
    relay.submit(told(text=", ".join([*nobodys, code])))
    assert relay.held()[1].body.text == ", ".join(["[पर्ची?]"] * 4)


@pytest.mark.parametrize(("language", "said"), [("en", "Taken back."), ("hi", "वापस ले लिया")])
def test_taking_back_is_answered_in_the_language_of_the_report(
    relay: FakeRelay, phone: Phone, language: str, said: str
) -> None:
    phone.do(HINDI_REPORT[0], f"language|{language}", *HINDI_REPORT[2:])
    button = phone.undo_button
    phone.do(button)
    assert phone.got[-1].startswith(said)
    phone.do(f"undo|{button.rpartition('|')[2]}")  # an older button: in both
    assert "no longer works" in phone.got[-1] and "अब काम नहीं करता" in phone.got[-1]


@pytest.mark.slow
def test_an_undo_does_not_wait_for_a_reader_of_the_database(
    relay: FakeRelay, phone: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    phone.do(*HINDI_REPORT)
    secret = relay.conn.execute("select body from held").fetchone()[0]
    reader = relay.relay_db()
    reader.execute("begin")
    reader.execute("select count(*) from held").fetchone()
    relay.put(*phone.updates(phone.undo_button))
    began = time.monotonic()
    with caplog.at_level("INFO"):
        relay.run()
    assert time.monotonic() - began < 3  # the usual wait for a lock is longer
    assert "housekeeping empties it" in caplog.text and "वापस ले लिया" in phone.got[-1]
    assert relay.conn.execute("pragma busy_timeout").fetchone()[0] == 15000
    reader.execute("rollback")
    relay.keep_house()
    assert secret[:100] not in relay.disk()


def _step_of(relay: FakeRelay, phone: Phone) -> str:
    draft = drafts.find(relay.conn, relay.keys, phone.who)
    return draft.state.step if draft else ""


@pytest.mark.parametrize("words", ["थाने का दरोगा खुद पैसे लेता है", "हां दरोगा शामिल है", "haan daroga shamil hai"])
def test_who_answers_the_police_question_in_words_is_not_sent_to_the_district(
    relay: FakeRelay, phone: Phone, words: str
) -> None:
    phone.do(*HINDI_REPORT[:3], words)
    if _step_of(relay, phone) == "police":
        phone.do("और क्या बताऊं")
    phone.do(*HINDI_REPORT[4:])
    (held,) = relay.held()
    assert (held.recipient, held.body.police_involved) == (RANGE_ID, "yes")
    assert words in held.body.text
