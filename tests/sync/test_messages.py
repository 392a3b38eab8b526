"""Messages: each purpose and part has one type, one version, and a vector."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import SatarkError, TooNew, Unreadable
from sync.messages import OLDER, PURPOSES, VERSION, VERSIONS, DutyAnswer, Message, decode, encode
from tests.vectors import make

PLACES = [(purpose, part) for purpose, parts in PURPOSES.items() for part in parts]


def test_the_vectors_hold_one_message_of_each_kind() -> None:
    assert [(v["purpose"], v["part"]) for v in make.recorded("messages")] == PLACES


@pytest.mark.parametrize("vector", make.recorded("messages"), ids=lambda v: f"{v['purpose']}-{v['part']}")
def test_the_vectors_read_and_write_the_same(vector: dict[str, str]) -> None:
    data = vector["message"].encode()
    message = decode(vector["purpose"], vector["part"], data)
    assert message == make.MESSAGES[vector["purpose"], vector["part"]]
    assert encode(message) == data


@pytest.mark.slow
@pytest.mark.parametrize(("purpose", "part"), PLACES)
@given(data=st.data())
def test_every_message_of_our_version_decodes_to_itself(purpose: str, part: str, data: st.DataObject) -> None:
    raw = json.loads(encode(data.draw(st.from_type(PURPOSES[purpose][part]))))
    written = encode_plain({**raw, "v": newest(purpose)})
    assert encode(decode(purpose, part, written)) == written


def newest(purpose: str) -> int:
    return VERSIONS.get(purpose, VERSION)


@pytest.mark.parametrize("vector", make.recorded("older"), ids=lambda v: f"{v['purpose']}-{v['part']}")
def test_what_older_versions_sent_is_still_read(vector: dict[str, str]) -> None:
    data = vector["message"].encode()
    message = decode(vector["purpose"], vector["part"], data)
    assert message == make.OLDER[vector["purpose"], vector["part"]]
    assert encode(message) == data


def test_there_is_a_vector_of_every_older_version() -> None:
    recorded = {(v["purpose"], json.loads(v["message"])["v"]) for v in make.recorded("older")}
    assert recorded == set(OLDER) == {(p, v) for p, top in VERSIONS.items() for v in range(1, top)}


def test_only_a_kind_that_version_one_does_not_know_is_sent_in_the_second() -> None:
    kinds = ("accepted", "cannot", "undelivered", "acted", "could_not", "note", "photo", "delivered")
    made = [DutyAnswer.of_kind("d" * 32, kind, "", 1, ()).v for kind in kinds]
    assert made == [1] * 7 + [2]


def encode_plain(raw: object) -> bytes:
    return json.dumps(raw, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.parametrize(("purpose", "part"), PLACES)
def test_a_newer_version_is_told_apart_even_with_unknown_fields(purpose: str, part: str) -> None:
    too_new = newest(purpose) + 1
    with pytest.raises(TooNew, match=f"version {too_new}, this node reads {too_new - 1}"):
        decode(purpose, part, b'{"v":%d,"something":"new"}' % too_new)


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"v":"1"}', b'{"v":true}', b'{"v":1.0}', b"\xff", b"7"]
)
def test_what_has_no_version_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        decode("report", "body", data)


@pytest.mark.parametrize("place", [("report", "message"), ("hello", "body"), ("", ""), ("note", "message")])
def test_an_unknown_purpose_or_part_is_refused(place: tuple[str, str]) -> None:
    with pytest.raises(Unreadable, match="no message has purpose"):
        decode(*place, b'{"v":1}')


@given(place=st.sampled_from(PLACES), other=st.sampled_from(PLACES))
def test_a_message_is_never_read_as_one_of_another_kind(
    place: tuple[str, str], other: tuple[str, str]
) -> None:
    data = encode(make.MESSAGES[place])
    if place == other:
        assert decode(*other, data) == make.MESSAGES[place]
    else:
        with pytest.raises((Unreadable, TooNew)):
            decode(*other, data)


@given(place=st.sampled_from(PLACES), data=st.binary() | st.text().map(str.encode))
def test_decoding_anything_gives_a_message_or_an_error_of_ours(place: tuple[str, str], data: bytes) -> None:
    with pytest.raises(SatarkError):
        decode(*place, data)


def test_no_message_but_the_contact_part_and_a_reply_can_hold_a_report_key() -> None:
    holders = {kind for kind in message_kinds() if "report_key" in kind.__dataclass_fields__}
    assert {kind.__name__ for kind in holders} == {"Contact", "Reply"}


def message_kinds() -> list[type[Message]]:
    return [kind for parts in PURPOSES.values() for kind in parts.values()]
