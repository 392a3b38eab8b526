"""relay/events, whatever comes: nothing raises, nothing is lost, and only what is named gets in."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from relay.events import Event, Update, parse
from sync import canonical

BODIES = Path(__file__).parent / "bodies"
NAMES = sorted(path.stem for path in BODIES.glob("*.json"))


def load(name: str) -> Any:
    return json.loads((BODIES / f"{name}.json").read_bytes())


def to_bytes(value: object) -> bytes:
    return json.dumps(value).replace("/", "\\/").encode()


def events_of(body: bytes) -> list[Event]:
    return [update.event for update in parse(body)]


MEDIA_PARTS = ("image", "audio", "voice", "video", "document", "sticker")
GETS_IN = {
    ("text", "body", "text"),
    ("button_reply", "id", "choice"),
    ("button_reply", "title", "text"),
    ("list_reply", "id", "choice"),
    ("list_reply", "title", "text"),
    ("button", "payload", "choice"),
    ("button", "text", "text"),
    ("reaction", "emoji", "text"),
    ("metadata", "phone_number_id", "number_id"),
    ("statuses", "biz_opaque_callback_data", "opaque"),
    *((part, field, "media") for part in MEDIA_PARTS for field in ("id", "mime_type", "sha256")),
    *((part, "caption", field) for part in ("image", "document") for field in ("text", "media")),
}
"""All that gets into events of a kind that we know: part and field of the body, field of the event."""
CANARY = "a canary, neither number nor id"


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value that holds no other."""
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(item, (*path, key))
    else:
        yield path


def with_canary(value: Any, path: tuple[Any, ...]) -> Any:
    """The same with the canary at that path."""
    if not path:
        return CANARY
    changed = value.copy()
    changed[path[0]] = with_canary(value[path[0]], path[1:])
    return changed


@pytest.mark.slow
def test_a_canary_in_any_field_gets_only_where_it_may() -> None:
    found = set()
    for body, path in ((load(name), path) for name in NAMES for path in leaves(load(name))):
        part, field = (
            [str(key) for key in path if isinstance(key, str)][-2:] if len(path) > 1 else ("", path[0])
        )
        for one in events_of(to_bytes(with_canary(body, path))):
            held = {name for name, value in vars(one).items() if CANARY in repr(value)}
            if one.kind == "unknown":  # kept for ourselves, never forwarded
                assert held <= {"text", "number_id", "opaque"}
            else:
                found |= {(part, field, name) for name in held}
    assert found == GETS_IN


@given(st.binary(max_size=300))
@example(b"\xef\xbb\xbf{}")
def test_no_bytes_raise(body: bytes) -> None:
    assert_sound(parse(body))


ANY_TEXT = st.text(st.characters(), max_size=8) | st.sampled_from(
    ("\0", "\ud83d", "\u202e", "\ufeff", "क्षि", "👩‍👩‍👧‍👦", "x" * 4096, "9" * 5000, "-0", "1e999", "NaN")
)
"""Halves of surrogate pairs too: JSON can write them."""
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers().map(lambda n: n * 10**300)
    | st.floats()
    | ANY_TEXT
)
NAMED = st.sampled_from(
    ("entry", "changes", "field", "value", "messages", "statuses", "errors", "contacts", "metadata", "id", "from",
     "type",
     "text", "body", "image", "interactive", "system", "wa_id", "user_id", "timestamp", "status", "code", "caption")
)  # fmt: skip
"""Names that mean something to the parser: among names of chance it would meet them never."""
JSON_VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT | NAMED, inner, max_size=4),
)


@given(JSON_VALUES)
def test_no_json_raises(value: object) -> None:
    assert_sound(parse(to_bytes(value)))


def mutated(value: Any, path: list[int], by: Any) -> Any:
    """`value` with the part at `path` (an index into each level, taken around) replaced by `by`."""
    if not path or not isinstance(value, dict | list) or not value:
        return by
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = keys[path[0] % len(keys)]
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[key] = mutated(value[key], path[1:], by)
    return changed


@given(st.sampled_from(NAMES), st.lists(st.integers(0, 9), max_size=12), JSON_VALUES)
def test_no_body_raises_with_any_part_replaced(name: str, path: list[int], by: object) -> None:
    assert_sound(parse(to_bytes(mutated(load(name), path, by))))


@given(st.sampled_from(NAMES), st.lists(st.integers(0, 9), min_size=4, max_size=12), JSON_VALUES)
def test_a_poisoned_body_does_not_harm_the_one_beside_it(name: str, path: list[int], by: object) -> None:
    bad = mutated(load(name), path, by)
    beside = load("voice_note")["entry"][0]
    beside_alone = parse(to_bytes({"entry": [beside]}))
    entries = bad["entry"] if isinstance(bad, dict) and isinstance(bad.get("entry"), list) else [bad]
    found = parse(to_bytes({"entry": [*entries, beside]}))
    assert beside_alone[0].event in [update.event for update in found]


def assert_sound(found: list[Update]) -> None:
    """Every event can be sealed and read back, has a tag, and names a sender one way only."""
    for update in found:
        assert canonical.loads(Update, canonical.dumps(update)) == update
        assert update.tag_source
        sender = update.event.sender
        assert sender is None or bool(sender.user_id) != bool(sender.phone)
