"""Evidence over HTTP: the bytes that were asked for, in a sandbox, each opening noted."""

from dataclasses import replace

import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from appliance.custody import Hand
from appliance.desk import Desk
from appliance.viewing import SAVED
from tests.appliance.office import Watch, audited, body, manifest, put_file, receive
from tests.webui.world import PASSWORD, Visitor, somebody, uncover, with_photo
from webui import hands
from webui.names import Names

CHUNK = 64 * 1024


@pytest.fixture
def video(desk: Desk) -> tuple[str, bytes]:
    """A file of three chunks and a bit: its address and its bytes."""
    content = bytes(range(256)) * (CHUNK * 3 // 256) + b"the end"
    described = manifest(content)
    receive(desk, body(1, evidence=(described,)))
    put_file(desk, content, described)
    desk.conn.execute("update evidence set state='here'")
    return f"/evidence/{described.file_id}", content


@pytest.fixture
def opened(supervisor: Visitor, video: tuple[str, bytes]) -> tuple[str, bytes]:
    """The same, and the supervisor has said why he needs it."""
    assert uncover(supervisor, video[0].rpartition("/")[2]).status_code == 303
    return video


def test_the_whole_file_comes_as_it_was_kept(
    desk: Desk, supervisor: Visitor, opened: tuple[str, bytes]
) -> None:
    address, content = opened
    answer = supervisor.get(address)
    assert (answer.status_code, answer.data) == (200, content)
    assert answer.headers["Accept-Ranges"] == "bytes"


@given(st.integers(0, CHUNK * 3 + 20), st.integers(0, CHUNK * 3 + 20))
def test_any_range_equals_the_plain_bytes(
    supervisor: Visitor, opened: tuple[str, bytes], start: int, end: int
) -> None:
    address, content = opened
    answer = supervisor.get(address, Range=f"bytes={start}-{end}")
    if start > end:
        assert answer.status_code == 200  # not a range at all: the standard says to ignore it
    elif start >= len(content):
        assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{len(content)}")
    else:
        last = min(end, len(content) - 1)
        assert (answer.status_code, answer.data) == (206, content[start : end + 1])
        assert answer.headers["Content-Range"] == f"bytes {start}-{last}/{len(content)}"
        assert answer.headers["Content-Length"] == str(last + 1 - start)


@pytest.mark.parametrize(
    ("asked", "code", "part"),
    [
        ("bytes=-7", 206, slice(-7, None)),
        ("bytes=196600-", 206, slice(196600, None)),
        ("bytes=0-1,5-6", 200, slice(None)),
        ("lines=0-1", 200, slice(None)),
        ("nonsense", 200, slice(None)),
    ],
)
def test_other_ways_to_ask(
    supervisor: Visitor, opened: tuple[str, bytes], asked: str, code: int, part: slice
) -> None:
    answer = supervisor.get(opened[0], Range=asked)
    assert (answer.status_code, answer.data) == (code, opened[1][part])


def test_it_is_shown_in_a_sandbox_and_never_kept(supervisor: Visitor, opened: tuple[str, bytes]) -> None:
    headers = supervisor.get(opened[0]).headers
    assert headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Type"] == "video/mp4"
    assert headers["Content-Disposition"] == 'inline; filename="JNP-2026-00001-00000000.mp4"'


@pytest.mark.parametrize(
    "mime", ["text/html", "image/svg+xml", "application/pdf", "audio/amr", "image/png; charset=x\r\nX: y"]
)
def test_what_a_browser_could_run_is_only_saved(desk: Desk, supervisor: Visitor, mime: str) -> None:
    content = b"<script>alert(1)</script>"
    described = manifest(content, mime=mime)
    receive(desk, body(1, evidence=(described,)))
    put_file(desk, content, described)
    desk.conn.execute("update evidence set state='here'")
    uncover(supervisor, described.file_id)
    headers = supervisor.get(f"/evidence/{described.file_id}").headers
    assert headers["Content-Disposition"].startswith("attachment;")
    assert headers["Content-Type"] == (mime if mime in SAVED else "application/octet-stream")


def test_each_opening_is_noted(desk: Desk, supervisor: Visitor) -> None:
    _, described, _ = with_photo(desk, 1)
    uncover(supervisor, described.file_id)
    supervisor.get(f"/evidence/{described.file_id}")
    assert ("supervisor", "evidence.open", described.file_id) in audited(desk)


@pytest.mark.slow
def test_a_file_on_its_way_cannot_be_opened(desk: Desk, supervisor: Visitor) -> None:
    described = manifest(b"film")
    serial = receive(desk, body(1, evidence=(described,)))
    assert supervisor.get(f"/evidence/{described.file_id}").status_code == 409
    assert "रिले से आ रहा है" in supervisor.text(f"/cases/{serial}")


def test_a_file_altered_on_the_disk_is_an_error_page(desk: Desk, supervisor: Visitor) -> None:
    _, described, _ = with_photo(desk, 1)
    path = desk.config.evidence_folder / described.file_id
    sealed = bytearray(path.read_bytes())
    sealed[100] ^= 1
    path.write_bytes(sealed)
    uncover(supervisor, described.file_id)
    answer = supervisor.get(f"/evidence/{described.file_id}")
    assert (answer.status_code, b"PNG" in answer.data) == (500, False)


def test_without_a_reason_its_address_gives_nothing(supervisor: Visitor, video: tuple[str, bytes]) -> None:
    answer = supervisor.get(video[0], Range="bytes=0-9")
    assert (answer.status_code, video[1][:10] in answer.data) == (403, False)
    assert f'href="{video[0]}/look"' in answer.text


def test_a_reason_opens_it_for_one_person_and_it_covers_itself_again(
    supervisor: Visitor, screener: Visitor, watch: Watch, opened: tuple[str, bytes]
) -> None:
    page = supervisor.get(f"{opened[0]}/look")
    assert "<video controls" in page.text and opened[0] in page.text
    assert page.headers["Refresh"] == f"600; url={opened[0]}/look"
    assert screener.get(opened[0]).status_code == 403
    watch.now += 600
    assert "<video" not in supervisor.text(f"{opened[0]}/look")
    assert supervisor.get(opened[0]).status_code == 403


@pytest.mark.parametrize("marks", ["sensitivity='open'", "sensitivity='secret'", "child=1"])
def test_any_covered_file_asks_for_the_password_again(
    desk: Desk, supervisor: Visitor, watch: Watch, video: tuple[str, bytes], marks: str
) -> None:
    desk.conn.execute(f"update case_file set {marks}")
    watch.now += 301
    fields = {"reason": "find", "note": "the house in the picture"}
    assert supervisor.post(f"{video[0]}/look", fields).status_code == 403
    assert supervisor.get(video[0]).status_code == 403
    assert supervisor.post(f"{video[0]}/look", {**fields, "proof": "wrong"}).status_code == 403
    assert supervisor.post(f"{video[0]}/look", {**fields, "proof": PASSWORD}).status_code == 303
    assert supervisor.get(video[0]).data == video[1]
    watch.now += 299
    assert supervisor.post(f"{video[0]}/look", fields).status_code == 303  # not once for each picture


def test_it_can_be_covered_by_hand(supervisor: Visitor, opened: tuple[str, bytes]) -> None:
    assert supervisor.post(f"{opened[0]}/cover").status_code == 303
    assert supervisor.get(opened[0]).status_code == 403


def test_no_reason_comes_back_with_what_was_typed(
    desk: Desk, supervisor: Visitor, video: tuple[str, bytes]
) -> None:
    answer = supervisor.post(f"{video[0]}/look", {"reason": "other", "note": ""})
    assert (answer.status_code, 'value="other" selected' in answer.text) == (422, True)
    assert desk.conn.execute("select count(*) from custody").fetchone()[0] == 0


@pytest.mark.parametrize("language", ["hi", "en"])
def test_the_custody_sheet_names_every_hand_in_both_languages(
    desk: Desk, supervisor: Visitor, language: str
) -> None:
    _, described, _ = with_photo(desk, 1)
    uncover(supervisor, described.file_id)
    sheet = supervisor.text(f"/evidence/{described.file_id}/custody?tongue={language}")
    title, reason = {
        "hi": ("अभिरक्षा पत्रक", "सूचना का महत्व परखने के लिए"),
        "en": ("Custody sheet", "To judge what the report is worth"),
    }[language]
    for text in (
        f'<html lang="{language}">',
        title,
        reason,
        described.sha256_kept,
        described.sha256_received,
    ):
        assert text in sheet
    assert supervisor.get(f"/evidence/{described.file_id}/custody?tongue=xx").status_code == 400


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "mime", "shown", "ending"),
    [
        ("voice", "audio/ogg", '<audio controls preload="none"', "ogg"),
        ("audio", "audio/mpeg", '<audio controls preload="none"', "mp3"),
        ("audio", "audio/mp4", '<audio controls preload="none"', "m4a"),
        ("audio", "audio/aac", '<audio controls preload="none"', "aac"),
        ("audio", "audio/amr", "फ़ाइल", "amr"),
        ("video", "video/mp4", '<video controls preload="none"', "mp4"),
        ("video", "video/3gpp", '<video controls preload="none"', "3gp"),
        ("document", "application/pdf", "फ़ाइल", "pdf"),
    ],
)
def test_each_kind_is_played_or_saved_under_the_name_of_who_took_it(
    desk: Desk, supervisor: Visitor, kind: str, mime: str, shown: str, ending: str
) -> None:
    content = b"content"
    described = replace(manifest(content, mime=mime), kind=kind, dropped=("mp4/udta", "pdf/XMP"))
    serial = receive(desk, body(1, evidence=(described,)))
    put_file(desk, content, described)
    desk.conn.execute("update evidence set state='here'")
    address = f"/evidence/{described.file_id}"
    case = supervisor.text(f"/cases/{serial}")
    assert "controls" not in case and f"{address}/look" in case
    assert "जगह, समय और फोन या कैमरे की जानकारी (mp4/udta, pdf/XMP)" in case
    uncover(supervisor, described.file_id)
    page = supervisor.text(f"{address}/look")
    assert ("10 मिनट में अपने आप ढक जाएगी" in page) == ("controls" in page)
    assert shown in page and ("controls" in page) == (mime not in SAVED)
    answer = supervisor.get(address, Range="bytes=0-3")
    assert (answer.status_code, answer.data) == (206, b"cont")
    name = f"JNP-2026-00001-00000000{'-supervisor' if mime in SAVED else ''}.{ending}"
    assert answer.headers["Content-Disposition"].endswith(f'filename="{name}"')
    assert answer.headers["Content-Type"] == mime


def test_a_posts_custody_sheet_says_that_it_is_an_extract(
    desk: Desk, app: Flask, supervisor: Visitor, video: tuple[str, bytes]
) -> None:
    desk.conn.execute("update case_file set post='SHO JNP-01'")
    uncover(supervisor, video[0].rpartition("/")[2], "other", "the brother stands left")
    sho = somebody(desk, app, "sho")
    for path in (f"{video[0]}/custody?tongue=en", f"{video[0]}/look"):
        assert "the brother stands left" in supervisor.text(path)
        assert "the brother stands left" not in sho.text(path)
    assert "Extract:" in sho.text(f"{video[0]}/custody?tongue=en")


def test_what_was_taken_out_of_a_file_is_said_in_plain_words(desk: Desk, app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert hands.removed(("COM", "ogg/serial", "ogg/numbering", "APP1/Exif")) == (
            "words written into the file (COM); technical parts of the file (ogg/serial, ogg/numbering);"
            " place, time and device (APP1/Exif)"
        )
        cleaned = Hand(None, "", "", "cleaned", note="COM, tEXt")
        assert hands.why(cleaned, Names(desk, "en")) == "words written into the file (COM, tEXt)"
