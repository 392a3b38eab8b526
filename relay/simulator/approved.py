"""Message templates WhatsApp has approved: what may be sent outside the 24 hours."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from relay.simulator.errors import GraphError, Misuse
from relay.simulator.people import Option, Shown

_VARIABLE = re.compile(r"\{\{(\d+)\}\}")


@dataclass(frozen=True)
class Template:
    """One approved template in one language; `body` holds {{1}}, {{2}}, ...; `buttons` are quick replies."""

    name: str
    language: str
    body: str
    buttons: tuple[str, ...] = ()

    @property
    def variables(self) -> int:
        """How many different variables the body has."""
        return len(set(_VARIABLE.findall(self.body)))


@dataclass
class Templates:
    """The approved ones. As long as none is registered, any name is taken: nothing was said about them."""

    _approved: dict[tuple[str, str], Template] = field(default_factory=dict)

    def approve(self, template: Template) -> None:
        """Add or replace a template; from the first on, unknown names are refused (132001). Raises Misuse."""
        if not all(1 <= int(each) <= template.variables for each in _VARIABLE.findall(template.body)):
            raise Misuse("the variables of a template are {{1}}, {{2}}, ... without gaps")
        self._approved[template.name, template.language] = template

    def shown(self, part: Mapping[str, Any]) -> Shown:
        """What the phone shows of the `template` part of a payload; raises GraphError 132000, 132001."""
        name, language = part["name"], part["language"]["code"]
        values = _values(part)
        if not self._approved:
            return Shown("template", text=" ".join((f"[{name}]", *values)), options=_options(part, ()))
        template = self._approved.get((name, language))
        if template is None:
            raise GraphError(132001, f"Template name {name} does not exist in {language}")
        wanted = template.variables
        if wanted != len(values):
            raise GraphError(
                132000, f"body: number of params {len(values)}, expected number of params {wanted}"
            )
        text = _VARIABLE.sub(lambda found: values[int(found[1]) - 1], template.body)
        return Shown("template", text=text, options=_options(part, template.buttons))


def _values(part: Mapping[str, Any]) -> list[str]:
    bodies = [each for each in part.get("components", []) if str(each.get("type")).lower() == "body"]
    return [str(each.get("text", "")) for body in bodies for each in body.get("parameters", [])]


def _options(part: Mapping[str, Any], titles: tuple[str, ...]) -> tuple[Option, ...]:
    """The quick replies: a button without a payload of its own answers with its title."""
    payloads = {str(place): title for place, title in enumerate(titles)}
    for component in part.get("components", []):
        if str(component.get("type")).lower() == "button":
            for parameter in component.get("parameters", []):
                payloads[str(component.get("index", 0))] = str(parameter.get("payload", ""))
    named = {str(place): title for place, title in enumerate(titles)}
    return tuple(
        Option("template_button", payload, named.get(place, payload)) for place, payload in payloads.items()
    )
