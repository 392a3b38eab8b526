"""relay/limits: what WhatsApp would refuse is refused here, by either way of counting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.limits import (
    Buttons,
    Choice,
    OverLimit,
    Payload,
    Rows,
    Template,
    Text,
    as_json,
    check,
    check_opaque,
    length,
)
from relay.simulator.errors import GraphError
from relay.simulator.limits import check_message

GOOD = Choice("v1|q1|a", "हाँ")


def buttons(*choices: Choice, body: str = "?") -> Buttons:
    return Buttons(body, choices)


def rows(*choices: Choice, body: str = "?", button: str = "चुनें") -> Rows:
    return Rows(body, button, choices)


def numbered(count: int, title: str = "t", description: str = "") -> tuple[Choice, ...]:
    return tuple(Choice(f"v1|q1|{n}", f"{title}{n}", description) for n in range(count))


FITS: list[Payload] = [
    Text("क" * 4096),
    Text("😀" * 2048),
    buttons(*numbered(3), body="x" * 1024),
    buttons(Choice("i" * 256, "t" * 20)),
    rows(*numbered(10), body="x" * 4096, button="b" * 20),
    rows(Choice("i" * 200, "t" * 24, "d" * 72)),
    Template("report_update", "hi", ("JNP", "two words")),
    Template("report_update", "en_US"),
    Template("report_update", "hi", payloads=("p" * 128, "q")),
]

BREAKS: list[tuple[str, Payload]] = [
    ("text body is empty", Text("")),
    ("text body is empty", Text(" \n")),
    ("text body has 4097", Text("क" * 4097)),
    ("text body has 4098", Text("😀" * 2049)),
    ("half a surrogate", Text("a\ud83d")),
    ("body above buttons has 1025", buttons(GOOD, body="x" * 1025)),
    ("body above buttons is empty", buttons(GOOD, body="")),
    ("0 buttons", buttons()),
    ("4 buttons", buttons(*numbered(4))),
    ("button title has 21", buttons(Choice("a", "t" * 21))),
    ("button title has 22", buttons(Choice("a", "😀" * 11))),
    ("button title is empty", buttons(Choice("a", ""))),
    ("button id has 257", buttons(Choice("i" * 257, "t"))),
    ("button id is empty", buttons(Choice("", "t"))),
    ("button id begins or ends", buttons(Choice("a ", "t"))),
    ("same title", buttons(Choice("a", "t"), Choice("b", "t"))),
    ("same id", buttons(Choice("a", "t"), Choice("a", "u"))),
    ("description", buttons(Choice("a", "t", "more"))),
    ("body above rows has 4097", rows(GOOD, body="x" * 4097)),
    ("opens the rows has 21", rows(GOOD, button="b" * 21)),
    ("opens the rows is empty", rows(GOOD, button="")),
    ("0 rows", rows()),
    ("11 rows", rows(*numbered(11))),
    ("row title has 25", rows(Choice("a", "t" * 25))),
    ("row description has 73", rows(Choice("a", "t", "d" * 73))),
    ("row id has 201", rows(Choice("i" * 201, "t"))),
    ("row id begins or ends", rows(Choice(" a", "t"))),
    ("same title", rows(Choice("a", "t"), Choice("b", "t"))),
    ("same id", rows(Choice("a", "t"), Choice("a", "u"))),
    ("template name is empty", Template("", "hi")),
    ("other characters", Template("Report", "hi")),
    ("no code", Template("report", "Hindi")),
    ("template parameter is empty", Template("report", "hi", ("",))),
    ("new line", Template("report", "hi", ("a\nb",))),
    ("spaces in a row", Template("report", "hi", ("a     b",))),
    ("button payload has 129", Template("report", "hi", payloads=("p" * 129,))),
    ("button payload is empty", Template("report", "hi", payloads=("",))),
]


@pytest.mark.parametrize("payload", FITS)
def test_what_just_fits_passes(payload: Payload) -> None:
    check(payload)


@pytest.mark.parametrize(("says", "payload"), BREAKS)
def test_what_does_not_fit_is_named(says: str, payload: Payload) -> None:
    with pytest.raises(OverLimit, match=says) as caught:
        check(payload)
    assert caught.value.permanent


def test_a_refusal_does_not_quote_the_text() -> None:
    with pytest.raises(OverLimit) as caught:
        check(Text("गुप्त" * 2000))
    assert "गुप्त" not in str(caught.value)


@pytest.mark.parametrize("opaque", ["", "o" * 513])
def test_an_opaque_id_must_be_there_and_short(opaque: str) -> None:
    with pytest.raises(OverLimit, match="opaque id"):
        check_opaque(opaque)


def test_an_opaque_id_of_the_longest_kind_passes() -> None:
    check_opaque("o" * 512)


@given(st.text())
def test_the_count_is_never_less_than_the_code_points(text: str) -> None:
    assert length(text) >= len(text)


def is_taken(payload: Payload) -> bool:
    """Whether the simulator, written without looking at this code, takes what we would send."""
    try:
        check_message({"messaging_product": "whatsapp"} | as_json(payload), lambda media_id: None)
    except GraphError:
        return False
    return True


TEXTS = st.text("क ी😀ab\n", max_size=30)
CHOICES = st.lists(st.builds(Choice, TEXTS, TEXTS, TEXTS), max_size=11).map(tuple)
PAYLOADS: st.SearchStrategy[Payload] = st.one_of(
    st.builds(Text, TEXTS),
    st.builds(Buttons, TEXTS, CHOICES),
    st.builds(Rows, TEXTS, TEXTS, CHOICES),
    st.builds(Template, TEXTS, TEXTS, st.lists(TEXTS, max_size=3).map(tuple)),
)


@pytest.mark.parametrize("payload", FITS)
def test_what_just_fits_is_taken_by_the_simulator(payload: Payload) -> None:
    assert is_taken(payload)


@given(PAYLOADS)
def test_what_passes_is_taken_by_the_simulator(payload: Payload) -> None:
    try:
        check(payload)
    except OverLimit:
        return
    assert is_taken(payload)
