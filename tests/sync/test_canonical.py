"""Canonical JSON: one value has one byte string, and reading refuses everything that is not that."""

import json
from dataclasses import dataclass, fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import canonical
from sync.errors import Unreadable
from sync.messages import PURPOSES, Message
from tests.vectors.make import MESSAGES

KINDS = [kind for parts in PURPOSES.values() for kind in parts.values()]


@dataclass(frozen=True)
class Inner:
    word: str
    maybe: str | None


@dataclass(frozen=True)
class Outer:
    number: int
    flag: bool
    data: bytes
    inner: Inner
    many: tuple[Inner, ...]


VALUE = Outer(3, True, b"\xff\xfe", Inner("क", None), (Inner("a", "b"),))
PLAIN: dict[str, Any] = {
    "number": 3,
    "flag": True,
    "data": "__4",
    "inner": {"word": "क", "maybe": None},
    "many": [{"word": "a", "maybe": "b"}],
}


def as_bytes(raw: object) -> bytes:
    return json.dumps(raw, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_every_message_survives_the_round_trip(kind: type[Message], data: st.DataObject) -> None:
    message = data.draw(st.from_type(kind))
    written = canonical.dumps(message)
    assert canonical.loads(kind, written) == message
    assert canonical.dumps(canonical.loads(kind, written)) == written


def test_keys_are_sorted_without_spaces_in_utf8() -> None:
    assert canonical.dumps(Inner("हिन्दी", None)) == '{"maybe":null,"word":"हिन्दी"}'.encode()
    assert canonical.dumps(VALUE) == as_bytes(PLAIN)


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.booleans() | st.none()))
def test_the_order_in_which_a_dict_was_filled_does_not_show(value: dict[str, object]) -> None:
    backwards = dict(reversed(value.items()))
    assert canonical.dumps(value) == canonical.dumps(backwards)


@pytest.mark.parametrize("value", [1.5, float("nan"), {1, 2}, object()])
def test_what_has_no_canonical_form_is_not_written(value: object) -> None:
    with pytest.raises(TypeError, match="no canonical form"):
        canonical.dumps([value])


@pytest.mark.parametrize("name", [field.name for field in fields(Outer)])
def test_a_missing_field_is_refused_by_name(name: str) -> None:
    with pytest.raises(Unreadable, match=f"'{name}' is missing"):
        canonical.loads(Outer, as_bytes({k: v for k, v in PLAIN.items() if k != name}))


@given(st.text().filter(lambda name: name not in PLAIN))
def test_an_unknown_field_is_refused(name: str) -> None:
    with pytest.raises(Unreadable, match="is not known"):
        canonical.loads(Outer, as_bytes({**PLAIN, name: 1}))


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("number", True),
        ("number", 3.0),
        ("number", "3"),
        ("number", None),
        ("flag", 1),
        ("flag", "true"),
        ("data", 7),
        ("data", [1]),
        ("data", "a"),
        ("data", "क"),
        ("inner", []),
        ("inner", None),
        ("inner", {"word": 5, "maybe": None}),
        ("inner", {"word": "a", "maybe": 5}),
        ("many", {}),
        ("many", "ab"),
        ("many", [None]),
        ("many", [["a", "b"]]),
    ],
)
def test_a_value_of_another_type_is_refused(name: str, wrong: object) -> None:
    with pytest.raises(Unreadable):
        canonical.loads(Outer, as_bytes({**PLAIN, name: wrong}))


def test_the_complaint_names_the_field() -> None:
    with pytest.raises(Unreadable, match=r"Outer\.inner\.word: str is wanted, found int"):
        canonical.loads(Outer, as_bytes({**PLAIN, "inner": {"word": 5, "maybe": None}}))


@given(st.binary() | st.text().map(str.encode))
def test_reading_anything_gives_a_value_or_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        canonical.loads(Outer, data)


@given(message=st.sampled_from(list(MESSAGES.values())), data=st.data())
def test_a_damaged_message_never_raises_anything_else(message: Message, data: st.DataObject) -> None:
    written = bytearray(canonical.dumps(message))
    for _ in range(data.draw(st.integers(1, 3))):
        written[data.draw(st.integers(0, len(written) - 1))] = data.draw(st.integers(0, 255))
    try:
        read = canonical.loads(type(message), bytes(written))
    except Unreadable:
        return
    assert canonical.dumps(read) == bytes(written)


@pytest.mark.parametrize("depth", [10, 100_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    with pytest.raises(Unreadable):
        canonical.loads(Outer, b"[" * depth + b"]" * depth)


@pytest.mark.parametrize(
    "text",
    [
        '{"maybe": null,"word":"a"}',
        '{"word":"a","maybe":null}',
        '{"maybe":null,"word":"b","word":"a"}',
        '{"maybe":null,"word":"\\u0061"}',
        '{"maybe":null,"word":"a"}\n',
    ],
    ids=["space", "order", "twice", "escape", "newline"],
)
def test_another_spelling_of_the_same_value_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        canonical.loads(Inner, text.encode())


def test_another_encoding_is_refused() -> None:
    with pytest.raises(Unreadable):
        canonical.loads(Inner, canonical.dumps(Inner("a", None)).decode().encode("utf-16"))


def test_half_of_a_character_is_refused() -> None:
    with pytest.raises(Unreadable):
        canonical.loads(Inner, b'{"maybe":null,"word":"\\ud800"}')


@given(st.binary())
def test_base64_text_gives_the_bytes_back(data: bytes) -> None:
    text = canonical.to_text(data)
    assert canonical.from_text(text) == data
    assert set(text).isdisjoint("+/=")


@pytest.mark.parametrize("text", ["a", "!!!!", "ab cd", "AA==", "AB", "a+b/", "__4\n"])
def test_sloppy_base64_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        canonical.from_text(text)
