"""What WhatsApp tells a business beside ordinary messages: what it cannot pass on, forms, orders, its own notes."""

import json
from typing import Any

from relay.simulator.content import BadAct, Content
from relay.simulator.errors import status_error
from relay.simulator.phone import Phone, Shown
from relay.simulator.world import World


def unsupported(world: World, phone: Phone, value: Any) -> list[Content]:
    """Something WhatsApp does not pass on: {kind?: view_once, poll_creation or any word; "" names none}."""
    kind = str(value.get("kind", "view_once")) if isinstance(value, dict) else "view_once"
    problem = status_error(131051, "Message type is currently not supported.")
    part: dict[str, Any] = {"type": "unsupported", "errors": [problem]}
    if kind:
        part["unsupported"] = {"type": kind}
    return [Content(part, Shown("unsupported", text=kind))]


def flow(world: World, phone: Phone, value: Any) -> list[Content]:
    """A form that was filled in: {response: any JSON} or {response_json: a text as it is, broken if wanted}."""
    if not isinstance(value, dict) or not ("response" in value or "response_json" in value):
        raise BadAct("a flow has response or response_json")
    text = str(value["response_json"]) if "response_json" in value else json.dumps(value["response"])
    reply = {"name": "flow", "body": "Sent", "response_json": text}
    part = {"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": reply}}
    return [Content(part, Shown("reply", text="Sent"))]


def welcome(world: World, phone: Phone, value: Any) -> list[Content]:
    """The chat was opened for the first time; nothing was written."""
    return [Content({"type": "request_welcome", "request_welcome": {}}, renews_window=False)]


def order(world: World, phone: Phone, value: Any) -> list[Content]:
    """Something from a catalogue of goods: {text?}."""
    item = {"product_retailer_id": "sku-1", "quantity": 1, "item_price": 10, "currency": "INR"}
    text = str(value.get("text") or "") if isinstance(value, dict) else ""
    part = {
        "type": "order",
        "order": {"catalog_id": "194836987003835", "text": text, "product_items": [item]},
    }
    return [Content(part, Shown("unsupported", text="order"))]


def system(world: World, phone: Phone, value: Any) -> list[Content]:
    """A note of WhatsApp that is about no move: {type?, body?}. Moves are made by POST .../number."""
    given = value if isinstance(value, dict) else {}
    kind = str(given.get("type") or "customer_identity_changed")
    note = {
        "body": str(given.get("body") or "The security code changed"),
        "identity": "aGFzaA==",
        "type": kind,
    }
    return [Content({"type": "system", "system": note}, renews_window=False)]
