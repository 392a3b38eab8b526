"""Single fields of what WhatsApp posts, whatever stands in them: nothing here raises."""

import json
import re
from hashlib import sha256
from typing import Any

from relay.events.kinds import Sender

Json = dict[str, Any]

KEPT_BYTES = 64 * 1024
_DEEPEST = 32
_USER_ID = re.compile(r"[A-Z]{2}(\.ENT)?\.[A-Za-z0-9]{1,128}")
_NUMBER = re.compile(r"\+?[0-9][0-9 ()-]{2,30}")


def decoded(text: str) -> object:
    """The value of JSON text, as leniently as can be; raises ValueError or RecursionError."""
    return json.loads(text, strict=False, parse_int=_number, parse_constant=str)


def _number(digits: str) -> int | str:
    # Python refuses to read very long integers, which would lose the whole body for one of them.
    return int(digits) if len(digits) <= 20 else digits


def several(value: object) -> list[Any]:
    """A list as it is, nothing as no item, anything else as one item."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def text_of(part: Json, name: str) -> str:
    """The string (or whole number, as text) called ``name``; "" for anything else."""
    value = part.get(name)
    if isinstance(value, str):
        return cut(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def integer_of(part: Json, name: str) -> int:
    """The whole number called ``name``, also when written as text; 0 when it is none, negative or absurd."""
    text = text_of(part, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 11 else 0


def degrees_e5(value: object, most: int) -> int | None:
    """Degrees between -``most`` and ``most`` times 100,000, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        degrees = float(value)
    except ValueError:
        return None
    return round(degrees * 100_000) if abs(degrees) <= most else None


def error_code(item: Json) -> int:
    """The first code in ``errors``, or 0."""
    codes = (integer_of(error, "code") for error in several(item.get("errors")) if isinstance(error, dict))
    return next((code for code in codes if code), 0)


def identity(*candidates: str) -> Sender | None:
    """The first business-scoped id among these, wherever WhatsApp put it, else the first number."""
    if user_id := next((text for text in candidates if _USER_ID.fullmatch(text)), ""):
        return Sender(user_id, "")
    phone = next((number for text in candidates if (number := digits(text))), "")
    return Sender("", phone) if phone else None


def digits(text: str) -> str:
    """The digits of a telephone number; "" when the text is none."""
    return re.sub("[^0-9]", "", text) if _NUMBER.fullmatch(text) else ""


def cut(text: str) -> str:
    """Text that has bytes in UTF-8, and at most KEPT_BYTES of them."""
    # "replace": half of a surrogate pair is legal in JSON and has no bytes in UTF-8.
    return text.encode("utf-8", "replace")[:KEPT_BYTES].decode("utf-8", "ignore")


def json_of(item: object) -> str:
    """JSON of anything that was read from JSON: one text per value."""
    return json.dumps(_shallow(item, _DEEPEST), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _shallow(item: object, levels: int) -> object:
    # What is nested deeper than anything WhatsApp sends would exhaust the stack when it is written again.
    if isinstance(item, dict):
        return {key: _shallow(value, levels - 1) for key, value in item.items()} if levels else "…"
    if isinstance(item, list):
        return [_shallow(value, levels - 1) for value in item] if levels else "…"
    return item


def digest(text: str) -> str:
    """What stands for an item that has no id of its own."""
    return "sha256:" + sha256(text.encode("utf-8", "replace")).hexdigest()
