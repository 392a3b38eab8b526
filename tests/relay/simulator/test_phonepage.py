"""The page a person types on, in a real browser."""

import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from relay.simulator.app import Running
from relay.simulator.client import Phone
from tests.relay.simulator.conftest import LINE, Graph, Sink
from tests.relay.simulator.hand import PNG, Hand
from tests.relay.simulator.test_control import LIST, OPTIONS
from tests.waiting import wait_until

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check


@pytest.fixture
def hand(page: Page, simulator: Running) -> Hand:
    """On the page of the simulator under test."""
    return Hand(page, simulator.base_url)


@pytest.mark.browser
def test_a_person_types_taps_opens_a_list_and_sends_a_photo(
    simulator: Running, graph: Graph, sink: Sink, page: Page, tmp_path: Path
) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(simulator.base_url)
    page.get_by_label("Name", exact=True).fill("Asha")
    page.get_by_role("button", name="New phone").click()
    [phone] = simulator.world.people.all()

    page.get_by_label("Message").fill("नमस्ते")
    page.get_by_label("Message").press("Enter")
    expect(page.locator(".own p")).to_have_text("नमस्ते")
    said = wait_until(sink.messages)[0]
    assert said["text"]["body"] == "नमस्ते"
    graph.request(
        "POST",
        f"/v25.0/{LINE}/messages",
        {"messaging_product": "whatsapp", "status": "read", "message_id": said["id"]},
    )
    expect(page.locator(".ticks.read")).to_have_count(1)

    graph.send(phone.number, type="interactive", interactive=OPTIONS)
    page.get_by_role("button", name="English").click()
    wait_until(
        lambda: sink.messages()[-1].get("interactive", {}).get("button_reply", {}).get("id") == "v1|English"
    )

    graph.send(phone.number, type="interactive", interactive=LIST)
    page.get_by_role("button", name="चुनें").click()
    page.get_by_role("dialog").get_by_role("button", name="चोरी").click()
    wait_until(
        lambda: sink.messages()[-1].get("interactive", {}).get("list_reply", {}).get("id") == "v1|theft"
    )

    picture = tmp_path / "photo.png"
    picture.write_bytes(PNG)
    page.locator("#file").set_input_files(picture)
    expect(page.locator(".own img")).to_have_js_property("naturalWidth", 1)
    wait_until(lambda: sink.messages()[-1]["type"] == "image")
    assert faults == []


@pytest.mark.browser
def test_a_link_to_wa_me_leads_to_a_chat_with_its_text_in_the_box(simulator: Running, hand: Hand) -> None:
    number = simulator.world.config.lines()[1].display_number
    Phone.create(simulator.base_url, "of the first number")
    hand.open(f"/wa.me/{number}?text=Hi%20%5BJNP-07K%5D")
    expect(hand.page.get_by_text("of the first number")).to_have_count(0)
    hand.page.get_by_role("link", name="हिन्दी").click()
    hand.page.get_by_role("button", name="नया फोन").click()
    expect(hand.page.locator("#text")).to_have_value("Hi [JNP-07K]")
    [_, phone] = simulator.world.people.all()
    assert phone.line.display_number == number
    assert hand.faults == []


@pytest.mark.browser
def test_a_message_is_shown_as_text_whatever_it_holds(simulator: Running, graph: Graph, page: Page) -> None:
    phone = Phone.create(simulator.base_url, "<b>A</b>")
    phone.say("Hi")
    graph.send(phone.number, "<img src=x onerror=alert(1)>")
    page.goto(f"{simulator.base_url}/phone/{phone.id}?text=नमस्ते [JNP-07K]")
    expect(page.locator("article").last.locator("p")).to_have_text("<img src=x onerror=alert(1)>")
    expect(page.get_by_label("Message")).to_have_value("नमस्ते [JNP-07K]")


def test_the_page_allows_nothing_inline_or_foreign(simulator: Running) -> None:
    phone = Phone.create(simulator.base_url, "A")
    with urllib.request.urlopen(f"{simulator.base_url}/phone/{phone.id}", timeout=20) as answer:
        policy, text = answer.headers["Content-Security-Policy"], answer.read().decode()
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<style" not in text
    assert " style=" not in text


def test_a_file_of_another_phone_is_not_shown(simulator: Running) -> None:
    first, second = (Phone.create(simulator.base_url, name) for name in "AB")
    first.photo(PNG, "image/png")
    [entry] = simulator.world.people.get(first.id).entries
    for phone, expected in ((first, 200), (second, 404)):
        try:
            with urllib.request.urlopen(
                f"{simulator.base_url}/phone/{phone.id}/media/{entry.shown.media_id}", timeout=20
            ) as answer:
                status = answer.status
        except urllib.error.HTTPError as error:
            with error:
                status = error.code
        assert status == expected
