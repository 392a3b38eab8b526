"""Every limit of an outgoing payload, at the boundary, in code points and in UTF-16 units."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from relay.simulator.errors import GraphError
from relay.simulator.fields import units
from relay.simulator.limits import check_message

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def no_files(media_id: str) -> str | None:
    """A store with one picture and one voice note."""
    return {"1": "image/jpeg", "2": "audio/ogg; codecs=opus", "3": "audio/mpeg", "4": "application/zip"}.get(
        media_id
    )


def code(payload: dict[str, Any]) -> int:
    """The error code of a payload, 0 when it is accepted."""
    try:
        check_message({"messaging_product": "whatsapp", "to": "1"} | payload, no_files)
    except GraphError as error:
        return error.code
    return 0


def buttons(titles: list[str], body: str = "b", **more: Any) -> dict[str, Any]:
    """A message with reply buttons."""
    replies = [
        {"type": "reply", "reply": {"id": f"id{place}", "title": title}} for place, title in enumerate(titles)
    ]
    part = {"type": "button", "body": {"text": body}, "action": {"buttons": replies}}
    return {"type": "interactive", "interactive": part | more}


def rows(*counts: int, **first: Any) -> dict[str, Any]:
    """A list with sections of so many rows; `first` changes the very first row."""
    sections = [
        {"title": f"s{part}", "rows": [{"id": f"{part}/{row}", "title": "t"} for row in range(count)]}
        for part, count in enumerate(counts)
    ]
    sections[0]["rows"][0] |= first  # type: ignore[index,operator]  # built three lines above
    return listed({"button": "open", "sections": sections})


def listed(action: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A list message."""
    return {
        "type": "interactive",
        "interactive": {"type": "list", "body": {"text": "b"}, "action": action} | more,
    }


FIELDS: dict[str, tuple[int, Callable[[str], dict[str, Any]]]] = {
    "text": (4096, lambda text: {"type": "text", "text": {"body": text}}),
    "button body": (1024, lambda text: buttons(["a"], body=text)),
    "button title": (20, lambda text: buttons([text])),
    "button footer": (60, lambda text: buttons(["a"], footer={"text": text})),
    "button header": (60, lambda text: buttons(["a"], header={"type": "text", "text": text})),
    "row title": (24, lambda text: rows(1, title=text)),
    "row id": (200, lambda text: rows(1, id=text)),
    "row description": (72, lambda text: rows(1, description=text)),
    "list button": (20, lambda text: listed({"button": text, "sections": [{"rows": [{"id": "i", "title": "t"}]}]})),
    "section title": (
        24,
        lambda text: listed({"button": "b", "sections": [{"title": text, "rows": [{"id": "i", "title": "t"}]}]}),
    ),
    "list footer": (60, lambda text: rows(1) | {"interactive": rows(1)["interactive"] | {"footer": {"text": text}}}),
    "caption": (1024, lambda text: {"type": "image", "image": {"id": "1", "caption": text}}),
    "opaque data": (512, lambda text: {"type": "text", "text": {"body": "x"}, "biz_opaque_callback_data": text}),
}  # fmt: skip


@given(name=st.sampled_from(sorted(FIELDS)), letter=st.sampled_from("aक्ष😀"), over=st.integers(-2, 2))
@example(name="row title", letter="😀", over=1)
def test_a_field_is_refused_exactly_when_it_is_longer_than_its_limit(
    name: str, letter: str, over: int
) -> None:
    longest, build = FIELDS[name]
    text = letter * ((longest + over) // units(letter))
    refused = code(build(text)) in (100, 131009)
    assert refused == (max(len(text), len(text.encode("utf-16-le")) // 2) > longest)


@given(st.lists(st.integers(1, 11), min_size=1, max_size=11))
def test_a_list_has_at_most_ten_sections_and_ten_rows_in_all(counts: list[int]) -> None:
    assert (code(rows(*counts)) == 0) == (len(counts) <= 10 and sum(counts) <= 10)


@given(JSON)
def test_any_payload_is_taken_or_refused_with_a_code(value: Any) -> None:
    for payload in (
        value,
        {"interactive": value, "type": "interactive"},
        {"template": value, "type": "template"},
    ):
        assert isinstance(code(payload if isinstance(payload, dict) else {"type": value}), int)


@pytest.mark.parametrize("payload", [buttons(["same", "same"]), buttons(["a", "b", "c", "d"]), buttons([])])
def test_buttons_are_one_to_three_with_different_titles(payload: dict[str, Any]) -> None:
    assert code(payload) == 131009


def test_ids_of_rows_are_unique_over_all_sections() -> None:
    payload = rows(2, 2)
    payload["interactive"]["action"]["sections"][1]["rows"][0]["id"] = "0/0"
    assert code(payload) == 131009


def test_two_sections_need_titles() -> None:
    payload = rows(1, 1)
    del payload["interactive"]["action"]["sections"][1]["title"]
    assert code(payload) == 131008


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"type": "text", "text": {"body": "  "}}, 100),
        ({"messaging_product": None}, 100),
        ({"type": "text"}, 131008),
        ({"type": "poll", "poll": {}}, 131051),
        ({"type": "interactive", "interactive": {"type": "request_contact_info", "action": {}}}, 131009),
        ({"type": "image", "image": {"id": "9"}}, 131009),
        ({"type": "image", "image": {"id": "2"}}, 131053),
        ({"type": "audio", "audio": {"id": "3", "voice": True}}, 131009),
        ({"type": "audio", "audio": {"id": "2", "voice": True}}, 0),
        ({"type": "audio", "audio": {"id": "2", "caption": "x"}}, 100),
        ({"type": "document", "document": {"id": "4", "filename": "a.zip"}}, 0),
        (buttons(["a"], header={"type": "image", "image": {"id": "1"}}), 0),
        (
            listed(
                {"button": "b", "sections": [{"rows": [{"id": "i", "title": "t"}]}]}, header={"type": "image"}
            ),
            131009,
        ),
        ({"type": "template", "template": {"name": "n", "language": {"code": "hi"}}}, 0),
        ({"type": "template", "template": {"name": "n"}}, 131008),
    ],
)
def test_other_faults_have_their_own_codes(payload: dict[str, Any], expected: int) -> None:
    assert code(payload) == expected


def test_a_template_parameter_has_no_line_break() -> None:
    body = {"type": "body", "parameters": [{"type": "text", "text": "a\nb"}]}
    template = {"name": "n", "language": {"code": "hi"}, "components": [body]}
    assert code({"type": "template", "template": template}) == 132012
