"""What WhatsApp accepts as the `template` part of a message, whatever templates were approved."""

from collections.abc import Mapping
from typing import Any

from relay.simulator.errors import GraphError
from relay.simulator.fields import part_of, several, text_of

TEMPLATE_NAME = 512
LANGUAGE_CODE = 15
QUICK_REPLIES = 10
BUTTON_PAYLOAD = 128
PARAMETERS = 100


def check_template(part: Mapping[str, Any]) -> None:
    """Raise GraphError unless name, language and components are well made."""
    text_of(part.get("name"), TEMPLATE_NAME, "Template name")
    text_of(part_of(part, "language").get("code"), LANGUAGE_CODE, "Template language code")
    components = part.get("components", [])
    if not isinstance(components, list) or not all(isinstance(each, dict) for each in components):
        raise GraphError(131009, "Template components must be a list of objects")
    for component in components:
        _check_component(component)


def _check_component(component: Mapping[str, Any]) -> None:
    kind = str(component.get("type")).lower()
    if kind not in ("header", "body", "button"):
        raise GraphError(131009, "Template component type must be header, body or button")
    parameters = several(component.get("parameters", []), PARAMETERS, "parameters", fewest=0)
    if kind == "button":
        _check_button(component, parameters)
    for parameter in parameters:
        if parameter.get("type") == "text":
            _check_parameter(parameter.get("text"))


def _check_button(component: Mapping[str, Any], parameters: list[Mapping[str, Any]]) -> None:
    if str(component.get("sub_type")).lower() != "quick_reply":
        raise GraphError(131009, "This simulator knows buttons of sub_type quick_reply only")
    place = str(component.get("index", ""))
    if not place.isascii() or not place.isdigit() or int(place) >= QUICK_REPLIES:
        raise GraphError(131009, f"Button index must be 0 to {QUICK_REPLIES - 1}")
    if len(parameters) != 1 or parameters[0].get("type") != "payload":
        raise GraphError(131008, "A quick reply button takes one parameter of type payload")
    text_of(parameters[0].get("payload"), BUTTON_PAYLOAD, "Button payload")


def _check_parameter(text: object) -> None:
    if not isinstance(text, str) or not text:
        raise GraphError(131008, "Template text parameter is missing")
    if "\n" in text or "\t" in text or " " * 5 in text:
        raise GraphError(132012, "A parameter holds a new line, a tab or more than four spaces in a row")
