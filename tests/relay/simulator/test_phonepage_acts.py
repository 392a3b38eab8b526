"""Everything beside writing and tapping, done by hand on the page."""

import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from relay.simulator.app import Running
from relay.simulator.client import Phone
from tests.relay.simulator.conftest import Graph, Sink
from tests.relay.simulator.hand import PNG, Hand, newest
from tests.waiting import wait_until

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check


@pytest.fixture
def hand(page: Page, simulator: Running) -> Hand:
    """On the page of the simulator under test."""
    return Hand(page, simulator.base_url)


@pytest.mark.browser
def test_messages_are_answered_signed_changed_deleted_and_passed_on(
    simulator: Running, graph: Graph, sink: Sink, hand: Hand
) -> None:
    phone = Phone.create(simulator.base_url, "Asha")
    phone.say("तीन लोग")
    hand.open(f"/phone/{phone.id}?lang=en")
    hand.choose("What to do with this", "Edit")
    hand.page.get_by_label("Message").fill("चार लोग")
    hand.page.get_by_role("button", name="Send").click()
    assert newest(sink, "edit")["edit"]["message"]["text"]["body"] == "चार लोग"
    expect(hand.page.locator(".own p")).to_have_text("चार लोग")
    hand.choose("What to do with this", "Forward")
    assert newest(sink, "text")["context"] == {"forwarded": True}
    expect(hand.page.locator("article")).to_have_count(2)
    hand.choose("What to do with this", "Delete")
    newest(sink, "revoke")
    expect(hand.page.locator(".own p").last).to_contain_text("You deleted this")

    graph.send(phone.number, "कितने?")
    expect(hand.page.locator("article:not(.own)")).to_have_count(1)
    hand.choose("What to do with this", "👍")
    assert newest(sink, "reaction")["reaction"]["emoji"] == "👍"
    expect(hand.page.locator(".reaction")).to_have_text("👍")
    hand.choose("What to do with this", "Take the sign back")
    expect(hand.page.locator(".reaction")).to_have_count(0)
    hand.choose("What to do with this", "Reply")
    hand.page.get_by_label("Message").fill("चार")
    hand.page.get_by_label("Message").press("Enter")
    assert newest(sink, "text")["context"]["id"] == phone.messages()[0]["id"]
    expect(hand.page.locator("blockquote")).to_have_text("कितने?")
    assert hand.faults == []


@pytest.mark.browser
@pytest.mark.needs("ffmpeg")
def test_everything_that_can_be_attached_arrives_and_is_shown(
    simulator: Running, sink: Sink, hand: Hand, tmp_path: Path
) -> None:
    phone = Phone.create(simulator.base_url, "Asha")
    names = ("a.png", "b.png", "c.mp3", "d.pdf", "e.mp4")
    picture, other, sound, paper, film = (tmp_path / name for name in names)
    for path in (picture, other):
        path.write_bytes(PNG)
    paper.write_bytes(b"%PDF-1.4")
    tone = ["-f", "lavfi", "-i", "sine=duration=0.3"]
    subprocess.run(["ffmpeg", "-loglevel", "error", *tone, str(sound)], check=True)
    colour = ["-f", "lavfi", "-i", "color=size=32x32:duration=0.3"]
    subprocess.run(["ffmpeg", "-loglevel", "error", *colour, str(film)], check=True)
    hand.open(f"/phone/{phone.id}?lang=en")
    hand.attach("Photo", picture)
    newest(sink, "image")
    hand.attach("Audio file", sound)
    assert newest(sink, "audio")["audio"]["voice"] is False
    hand.attach("Document", paper)
    assert newest(sink, "document")["document"]["filename"] == "d.pdf"
    hand.attach("Video", film)
    newest(sink, "video")
    hand.attach("Album", picture, other)
    wait_until(lambda: [each["type"] for each in sink.messages()[-2:]] == ["image", "image"])
    hand.choose("Attach", "Photo to be seen once")
    assert newest(sink, "unsupported")["unsupported"]["type"] == "view_once"
    hand.page.get_by_role("button", name="Attach").click()
    hand.page.get_by_role("dialog").get_by_role("button", name="Location").click()
    hand.page.get_by_label("Name of the place").fill("शाहगंज")
    hand.page.get_by_role("button", name="Send this place").click()
    assert newest(sink, "location")["location"]["name"] == "शाहगंज"
    hand.page.get_by_role("button", name="Attach").click()
    hand.page.get_by_role("dialog").get_by_role("button", name="Contact card").click()
    hand.page.get_by_label("Whose card").fill("Ravi")
    hand.page.get_by_label("Number on the card").fill("919876500000")
    hand.page.get_by_role("button", name="Send this card").click()
    newest(sink, "contacts")
    for tag, count in (("img", 3), ("audio", 1), ("video", 1), ("a.kind", 1)):
        expect(hand.page.locator(f".own {tag}")).to_have_count(count)
    expect(hand.page.locator(".own video")).to_have_js_property("videoWidth", 32)
    assert hand.faults == []


@pytest.mark.browser
def test_a_voice_note_is_recorded_with_the_microphone(simulator: Running, sink: Sink, hand: Hand) -> None:
    phone = Phone.create(simulator.base_url, "Asha")
    hand.open(f"/phone/{phone.id}?lang=en")
    hand.page.get_by_role("button", name="Record voice").click()
    stop = hand.page.get_by_role("button", name="Stop and send")
    expect(stop).to_be_visible()
    hand.page.wait_for_timeout(1200)  # the length of the recording
    stop.click()
    audio = newest(sink, "audio")["audio"]
    assert (audio["voice"], audio["mime_type"]) == (True, "audio/ogg; codecs=opus")
    stored = simulator.world.media.kept(audio["id"])
    assert stored is not None and stored.data.startswith(b"OggS")
    player = hand.page.locator(".own audio")
    wait_until(
        lambda: player.evaluate("player => player.duration") > 0.5, what="a player that knows its length"
    )
    assert hand.faults == []


@pytest.mark.browser
def test_a_phone_flies_hides_its_number_and_changes_it_in_hindi(
    simulator: Running, graph: Graph, sink: Sink, hand: Hand
) -> None:
    phone = Phone.create(simulator.base_url, "Asha", phone_number_id="206540352242922")
    hand.open(f"/phone/{phone.id}?lang=hi")
    hand.choose("यह फोन", "हवाई जहाज़ मोड चालू")
    expect(hand.page.get_by_role("status")).to_contain_text("हवाई जहाज़ मोड")
    hand.page.get_by_label("संदेश", exact=True).fill("नमस्ते")
    hand.page.get_by_role("button", name="भेजें", exact=True).click()
    expect(hand.page.locator(".ticks.waiting")).to_have_count(1)
    assert sink.posts == []
    hand.choose("यह फोन", "हवाई जहाज़ मोड बंद")
    assert newest(sink, "text")["from"] == phone.number
    assert sink.posts[-1].values()[0]["metadata"]["phone_number_id"] == "206540352242922"
    hand.choose("यह फोन", "यूज़रनेम लें")
    wait_until(lambda: simulator.world.people.get(phone.id).identity == "bsuid")
    hand.page.get_by_role("button", name="यह फोन").click()
    hand.page.get_by_label("नया नंबर").fill("919876511111")
    hand.page.get_by_role("button", name="नंबर बदलें").click()
    assert newest(sink, "system")["system"]["type"] == "user_changed_user_id"
    expect(hand.page.locator(".note")).to_contain_text("+919876511111")
    expect(hand.page.locator("#own-number")).to_contain_text("919876511111")
    hand.page.get_by_role("button", name="यह फोन").click()
    hand.page.get_by_role("button", name="इस नंबर से बात करें: +15550783881").click()
    expect(hand.page.locator("#presence")).to_have_text("+15550783881")
    expect(hand.page.locator("#own-number")).to_contain_text("919876511111")
    assert hand.faults == []
