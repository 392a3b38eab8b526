"""The page a person types on, in a real browser."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from relay.simulator.app import Running
from relay.simulator.client import Phone
from tests.relay.simulator.conftest import LINE, Graph, Sink
from tests.relay.simulator.test_control import LIST, OPTIONS
from tests.waiting import wait_until

ARGUMENTS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89"
    b"\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82"
)

expect.set_options(timeout=20_000)  # the default of 5 s is short on a busy machine


@pytest.fixture
def page() -> Iterator[Page]:
    """A screen of a phone's size."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser.new_page(viewport={"width": 400, "height": 800})
        browser.close()


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
