"""Message templates WhatsApp has approved: what may be sent outside the 24 hours."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from relay.simulator.errors import GraphError, Misuse
from relay.simulator.phone import Option, Shown

BUTTON_TEXT = 25
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


# As docs/OPERATIONS.md says they are to be submitted.
APPROVED = (
    Template("satark_update", "hi", "आपके लिए एक अपडेट है। देखने के लिए नीचे का बटन दबाएं।", ("पढ़ें",)),
    Template("satark_update", "en", "There is an update for you. Tap the button below to see it.", ("Read",)),
    Template(
        "satark_duty",
        "hi",
        "सतर्क मित्र, ड्यूटी सूचना\n\nमामला: {{1}}\nश्रेणी: {{2}}\nथाना: {{3}}\n\n"
        "यह मामला आपके पद को सौंपा गया है। क्या आप इसे लेंगे?",
        ("स्वीकार", "नहीं ले सकता"),
    ),
    Template(
        "satark_duty",
        "en",
        "Satark Mitra, duty notice\n\nCase: {{1}}\nClass: {{2}}\nThana: {{3}}\n\n"
        "This case was given to your post. Will you take it?",
        ("Accept", "Cannot"),
    ),
)
_OURS = frozenset(each.name for each in APPROVED)


@dataclass
class Templates:
    """The approved ones. As long as none is registered beside APPROVED, any name is taken: nothing was said of them."""

    _approved: dict[tuple[str, str], Template] = field(
        default_factory=lambda: {(each.name, each.language): each for each in APPROVED}
    )
    _is_strict: bool = False

    def approve(self, template: Template) -> None:
        """Add or replace a template; from the first on, unknown names are refused (132001). Raises Misuse."""
        if not all(1 <= int(each) <= template.variables for each in _VARIABLE.findall(template.body)):
            raise Misuse("the variables of a template are {{1}}, {{2}}, ... without gaps")
        if _VARIABLE.match(template.body) or _VARIABLE.search(template.body[-6:].rstrip()):
            raise Misuse("a variable may not stand at the beginning or the end of a template")
        if len(template.buttons) > 10 or any(not 1 <= len(each) <= BUTTON_TEXT for each in template.buttons):
            raise Misuse(f"a template has up to 10 buttons of up to {BUTTON_TEXT} characters")
        self._approved[template.name, template.language] = template
        self._is_strict = True

    def shown(self, part: Mapping[str, Any]) -> Shown:
        """What the phone shows of the `template` part of a payload; raises GraphError 132000, 132001."""
        name, language = part["name"], part["language"]["code"]
        values = _values(part)
        template = self._approved.get((name, language))
        if template is None and (self._is_strict or name in _OURS):
            raise GraphError(132001, f"Template name {name} does not exist in {language}")
        if template is None:
            return Shown("template", text=" ".join((f"[{name}]", *values)), options=_options(part, ()))
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
    """The quick replies: a button without a payload of its own answers with its title.

    With `titles` (of an approved template) a payload for a button it does not have is refused (132000).
    """
    payloads = dict(enumerate(titles))
    for component in part.get("components", []):
        if str(component.get("type")).lower() == "button":
            place = int(component["index"])
            if titles and place >= len(titles):
                raise GraphError(132000, f"buttons: the template has {len(titles)}, not one of index {place}")
            payloads[place] = str(component["parameters"][0]["payload"])
    named = dict(enumerate(titles))
    return tuple(
        Option("template_button", payload, named.get(place, payload)) for place, payload in payloads.items()
    )
