"""Fields of a payload that someone sends, checked one at a time: each raises GraphError with WhatsApp's code."""

from collections.abc import Iterable, Mapping
from typing import Any

from relay.simulator.errors import GraphError


def units(text: str) -> int:
    """Length in UTF-16 units; a lone surrogate counts as one."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def part_of(parent: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object called `name`."""
    part = parent.get(name)
    if part is None:
        raise GraphError(131008, f"Required parameter {name} is missing")
    if not isinstance(part, dict):
        raise GraphError(131009, f"{name} must be an object")
    return part


def several(value: object, most: int, name: str, fewest: int = 1) -> list[Mapping[str, Any]]:
    """A list of `fewest` to `most` objects."""
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise GraphError(131009, f"{name} must be a list of objects")
    if not fewest <= len(value) <= most:
        raise GraphError(131009, f"Invalid {name} count. Min allowed {name}: {fewest}, max allowed: {most}")
    return value


def text_of(value: object, longest: int, name: str) -> str:
    """A text of at most `longest` UTF-16 units that is more than blanks."""
    if value is None or value == "":
        raise GraphError(131008, f"{name} is required")
    if not isinstance(value, str) or not value.strip():
        raise GraphError(131009, f"{name} must be text")
    if units(value) > longest:
        raise GraphError(131009, f"{name} is too long. Max length is {longest}")
    return value


def identifier(parent: Mapping[str, Any], longest: int, name: str) -> str:
    """The `id`: a text without blanks at its ends."""
    value = text_of(parent.get("id"), longest, name)
    if value != value.strip():
        raise GraphError(131009, f"{name} must not begin or end with a space")
    return value


def unique(values: Iterable[str], name: str) -> None:
    """No value twice."""
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise GraphError(131009, f"{name} {value!r} is used twice")
        seen.add(value)
