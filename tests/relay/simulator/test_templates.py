"""The approved template with its quick reply, and what makes one well formed."""

from typing import Any

import pytest

from relay.simulator.app import Running
from relay.simulator.client import Phone, Refused, call
from tests.relay.simulator.conftest import Graph, Sink

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check


def update(language: str = "hi", **button: Any) -> dict[str, Any]:
    """The message asking someone to write because there is news."""
    template: dict[str, Any] = {"name": "satark_update", "language": {"code": language}}
    if button:
        template["components"] = [{"type": "button", "sub_type": "quick_reply", "index": "0"} | button]
    return {"type": "template", "template": template}


def payload(text: str) -> list[dict[str, str]]:
    """The parameter of a quick reply."""
    return [{"type": "payload", "payload": text}]


@pytest.fixture
def phone(simulator: Running) -> Phone:
    """A phone that never wrote."""
    return Phone.create(simulator.base_url, "Asha")


@pytest.mark.parametrize(("language", "title"), [("hi", "पढ़ें"), ("en", "Read")])
def test_a_tap_on_the_quick_reply_brings_back_the_payload_given(
    graph: Graph, phone: Phone, sink: Sink, language: str, title: str
) -> None:
    assert graph.code(phone.number, **update(language, parameters=payload("read|t0ken"))) == 0
    sent = phone.messages()[0]
    phone.tap(title)
    message = sink.messages()[-1]
    assert (message["type"], message["button"]) == ("button", {"payload": "read|t0ken", "text": title})
    assert message["context"]["id"] == sent["id"]
    assert graph.code(phone.number) == 0  # the tap opened the window


def test_a_tap_may_come_without_context(graph: Graph, phone: Phone, sink: Sink) -> None:
    graph.send(phone.number, **update(parameters=payload("read|t0ken")))
    phone.tap("read|t0ken", without_context=True)
    assert "context" not in sink.messages()[-1]
    assert sink.messages()[-1]["button"]["payload"] == "read|t0ken"


def test_a_button_without_payload_answers_with_its_title(graph: Graph, phone: Phone, sink: Sink) -> None:
    assert graph.code(phone.number, **update()) == 0
    phone.tap_place(0)
    assert sink.messages()[-1]["button"] == {"payload": "पढ़ें", "text": "पढ़ें"}


@pytest.mark.parametrize(
    ("button", "code"),
    [
        ({"parameters": payload("x" * 128)}, 0),
        ({"parameters": payload("x" * 129)}, 131009),
        ({"parameters": payload("")}, 131008),
        ({"parameters": []}, 131008),
        ({"parameters": payload("x"), "index": 1}, 132000),
        ({"parameters": payload("x"), "index": "first"}, 131009),
        ({"parameters": payload("x"), "sub_type": "url"}, 131009),
        ({"parameters": payload("x"), "type": "carousel"}, 131009),
    ],
)
def test_buttons_have_their_limits(graph: Graph, phone: Phone, button: dict[str, Any], code: int) -> None:
    assert graph.code(phone.number, **update(**button)) == code


def test_a_duty_notice_has_three_variables_and_two_buttons(graph: Graph, phone: Phone, sink: Sink) -> None:
    texts = [{"type": "text", "text": text} for text in ("JNP-2026-00417", "A", "शाहगंज")]
    components: list[dict[str, Any]] = [{"type": "body", "parameters": texts}]
    for place, tapped in enumerate(("duty|t0ken|accept", "duty|t0ken|cannot")):
        button = {"type": "button", "sub_type": "quick_reply", "index": str(place)}
        components.append(button | {"parameters": payload(tapped)})
    template = {"name": "satark_duty", "language": {"code": "hi"}, "components": components}
    assert graph.code(phone.number, type="template", template=template) == 0
    assert "मामला: JNP-2026-00417\n" in phone.messages()[0]["text"]
    phone.tap("नहीं ले सकता")
    assert sink.messages()[-1]["button"]["payload"] == "duty|t0ken|cannot"
    assert graph.code(phone.number, type="template", template=template | {"components": []}) == 132000


def test_the_approved_name_exists_in_two_languages_only(graph: Graph, phone: Phone) -> None:
    assert graph.code(phone.number, **update("mr")) == 132001


@pytest.mark.parametrize(
    "wrong",
    [
        {"body": "{{1}} जी"},
        {"body": "नमस्ते {{1}}"},
        {"body": "x", "buttons": ["b" * 26]},
        {"body": "a {{2}} b"},
    ],
)
def test_what_would_not_be_approved_is_refused(simulator: Running, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="HTTP 400"):
        call(simulator.base_url, "/sim/templates", {"name": "n", "language": "hi"} | wrong)
