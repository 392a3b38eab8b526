"""Files that are not what they are announced to be, that end early, or that a browser recorded."""

import base64
import hashlib
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.simulator.app import Running
from relay.simulator.client import Phone, Refused, call
from relay.simulator.voice import NotOpus, duration, ogg_of
from tests.relay.simulator.conftest import LINE, Graph, Sink
from tests.relay.simulator.test_graph import JPEG, upload

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check


@pytest.fixture
def phone(simulator: Running) -> Phone:
    """A phone."""
    return Phone.create(simulator.base_url, "Asha")


def sent(graph: Graph, phone: Phone, sink: Sink, **more: Any) -> tuple[dict[str, Any], dict[str, Any], Any]:
    """A photo as the update, its description, and its download tell it."""
    phone.photo(JPEG, **more)
    image = sink.messages()[-1]["image"]
    about = graph.request("GET", f"/v25.0/{image['id']}")[1]
    return image, about, graph.request("GET", about["url"])[1] if "url" in about else None


def test_a_wrong_digest_is_wrong_everywhere(graph: Graph, phone: Phone, sink: Sink) -> None:
    image, about, data = sent(graph, phone, sink, fault="sha256")
    true = hashlib.sha256(JPEG).digest()
    assert base64.b64decode(image["sha256"]) == bytes.fromhex(about["sha256"]) != true
    assert data == JPEG


def test_a_wrong_type_size_and_length(graph: Graph, phone: Phone, sink: Sink) -> None:
    image, about, _ = sent(graph, phone, sink, fault="mime")
    assert image["mime_type"] == about["mime_type"] == "image/png"
    assert sent(graph, phone, sink, fault="size")[1]["file_size"] == len(JPEG) + 1000
    assert sent(graph, phone, sink, fault="cut")[2] == JPEG[: len(JPEG) // 2]


def test_a_file_without_a_byte_has_the_digest_of_nothing(graph: Graph, phone: Phone, sink: Sink) -> None:
    image, about, data = sent(graph, phone, sink, fault="empty")
    assert (about["file_size"], data) == (0, b"")
    assert base64.b64decode(image["sha256"]) == hashlib.sha256(b"").digest()


def test_a_file_ends_by_a_fault_a_call_or_its_deletion(graph: Graph, phone: Phone, sink: Sink) -> None:
    assert sent(graph, phone, sink, fault="expired")[1]["error"]["error_subcode"] == 33
    image, about, _ = sent(graph, phone, sink)
    call(phone.base_url, f"/sim/media/{image['id']}/expire", {})
    assert graph.request("GET", f"/v25.0/{image['id']}")[1]["error"]["code"] == 100
    assert graph.request("GET", about["url"])[0] == 404
    with pytest.raises(Refused, match="HTTP 404"):
        call(phone.base_url, "/sim/media/1/expire", {})


def test_deleted_at_whatsapp_a_photo_is_still_on_the_phone(graph: Graph, phone: Phone, sink: Sink) -> None:
    image, _, _ = sent(graph, phone, sink)
    assert graph.request("DELETE", f"/v25.0/{image['id']}") == (200, {"success": True})
    assert graph.request("DELETE", f"/v25.0/{image['id']}")[0] == 400
    assert graph.request("GET", f"/phone/{phone.id}/media/{image['id']}") == (200, JPEG)


def test_faults_can_be_ordered_for_the_files_to_come(graph: Graph, phone: Phone, sink: Sink) -> None:
    call(phone.base_url, "/sim/switches", {"media_faults": ["size", "", "mime"]})
    announced = [sent(graph, phone, sink)[1] for _ in range(4)]
    assert [each["file_size"] - len(JPEG) for each in announced] == [1000, 0, 0, 0]
    assert [each["mime_type"] for each in announced] == ["image/jpeg"] * 2 + ["image/png", "image/jpeg"]
    with pytest.raises(Refused, match="fault is one of"):
        phone.photo(JPEG, fault="rot")


def test_questions_about_files_can_be_refused(graph: Graph, phone: Phone, sink: Sink) -> None:
    call(phone.base_url, "/sim/switches", {"media_fail_next": [190, 131000]})
    phone.photo(JPEG)
    path = f"/v25.0/{sink.messages()[-1]['image']['id']}"
    assert [graph.request("GET", path)[0] for _ in range(3)] == [401, 500, 200]


def test_a_still_sticker_is_smaller_than_a_moving_one(graph: Graph) -> None:
    body = b"\0" * (200 << 10)
    assert upload(graph.base_url, b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x02" + body, "image/webp")["id"]
    with pytest.raises(Exception, match="HTTP Error 400"):
        upload(graph.base_url, b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0" + body, "image/webp")
    assert graph.request("GET", f"/v25.0/{LINE}")[0] == 200


@pytest.fixture(scope="module")
def webm(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """One second of a tone as Opus in WebM, by somebody else's writer."""
    path = tmp_path_factory.mktemp("voice") / "tone.webm"
    tone = ["-f", "lavfi", "-i", "sine=frequency=440:duration=1", "-c:a", "libopus", "-b:a", "24k"]
    subprocess.run(["ffmpeg", "-loglevel", "error", *tone, str(path)], check=True)
    return path.read_bytes()


@pytest.mark.needs("ffmpeg")
def test_a_recording_becomes_an_ogg_file_others_can_play(webm: bytes, tmp_path: Path) -> None:
    path = tmp_path / "tone.ogg"
    path.write_bytes(ogg_of(webm))
    asked = ["-show_entries", "format=format_name,duration:stream=codec_name,channels", "-of", "default=nw=1"]
    found = subprocess.run(
        ["ffprobe", "-v", "warning", *asked, str(path)], capture_output=True, text=True, check=True
    )
    assert found.stderr == ""
    facts = dict(line.split("=") for line in found.stdout.split())
    assert (facts["codec_name"], facts["format_name"], facts["channels"]) == ("opus", "ogg", "1")
    assert 0.95 < float(facts["duration"]) < 1.1
    played = subprocess.run(
        ["ffmpeg", "-v", "warning", "-i", str(path), "-f", "null", "-"], capture_output=True, text=True
    )
    assert (played.returncode, played.stderr) == (0, "")


@pytest.mark.needs("ffmpeg")
def test_a_recording_sent_as_voice_arrives_as_whatsapp_sends_it(
    phone: Phone, sink: Sink, webm: bytes
) -> None:
    phone.voice(webm, "audio/webm")
    audio = sink.messages()[-1]["audio"]
    assert (audio["mime_type"], audio["voice"]) == ("audio/ogg; codecs=opus", True)
    with pytest.raises(Refused, match="no voice note"):
        phone.voice(b"not webm", "audio/webm")


@pytest.mark.needs("ffmpeg")
@given(st.data())
def test_damaged_recordings_are_refused_and_nothing_else_happens(webm: bytes, data: st.DataObject) -> None:
    damaged = bytearray(webm[: data.draw(st.integers(0, len(webm)))])
    for place in data.draw(st.lists(st.integers(0, max(0, len(damaged) - 1)), max_size=5)) if damaged else []:
        damaged[place] ^= data.draw(st.integers(1, 255))
    assert attempt(bytes(damaged)) in ("OggS", "refused")


def attempt(webm: bytes) -> str:
    """How the answer begins, or that there was none."""
    try:
        return ogg_of(webm)[:4].decode("latin-1")
    except NotOpus:
        return "refused"


@pytest.mark.parametrize(
    ("packet", "samples"),
    [
        (b"\x08", 960), (b"\x18", 2880), (b"\x60", 480), (b"\x78", 960), (b"\x79", 1920),
        (b"\xfb\x03", 2880), (b"\x83\x04", 480), (b"\xfb", 0),
    ],
)  # fmt: skip
def test_packets_tell_their_length(packet: bytes, samples: int) -> None:
    assert duration(packet) == samples
