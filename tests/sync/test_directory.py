"""The directory: signed by the authority, never older than what was seen, asked by code and role."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import canonical, directory
from sync.directory import Directory, District, Node, Thana
from sync.errors import BadSignature, ConfigError, SatarkError, UnknownNode
from sync.sealing.keys import SealingKey, SigningKey

AUTHORITY = SigningKey.generate()
BOX_KEY, CONTACT_KEY, SEALING = SigningKey.generate(), SealingKey.generate(), SealingKey.generate()
BOX = Node(
    "n0000000b", directory.DISTRICT, "JNP", BOX_KEY.public.raw, SEALING.public.raw, CONTACT_KEY.public.raw
)
RELAY = Node("n0000000a", directory.RELAY, None, SigningKey.generate().public.raw, None, None)
KOTWALI = Thana("JNP-01", "JNP", "City", "Kotwali", "कोतवाली", 2575506, 8268361, False)
SAMPLE = Directory(
    v=1,
    version=7,
    districts=(District("JNP", "Jaunpur", "जौनपुर", BOX.id), District("GZP", "Ghazipur", "गाज़ीपुर", "")),
    thanas=(KOTWALI, replace(KOTWALI, code="GZP-01", district="GZP", circle=None, lat_e5=None, lon_e5=None)),
    nodes=(RELAY, BOX),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "directory.json"
    path.write_bytes(directory.sign(SAMPLE, AUTHORITY))
    return path


def test_what_was_signed_is_read_back(file: Path) -> None:
    assert directory.load(file, AUTHORITY.public, at_least=7) == SAMPLE


def test_an_older_directory_than_the_one_seen_is_refused(file: Path) -> None:
    with pytest.raises(ConfigError, match="version 7 is older than 8"):
        directory.load(file, AUTHORITY.public, at_least=8)


def test_another_authoritys_directory_is_refused(file: Path) -> None:
    with pytest.raises(BadSignature):
        directory.load(file, SigningKey.generate().public)


def test_a_signature_for_another_purpose_does_not_count(file: Path) -> None:
    raw = json.loads(file.read_bytes())
    signed = replace(SAMPLE, version=8)
    stolen = directory.Signed(signed, AUTHORITY.sign("bundle", canonical.dumps(signed)))
    file.write_bytes(canonical.dumps(stolen))
    assert raw["directory"]["version"] == 7
    with pytest.raises(BadSignature):
        directory.load(file, AUTHORITY.public)


def test_a_missing_directory_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="satark node enrol"):
        directory.load(tmp_path / "directory.json", AUTHORITY.public)


@given(at=st.integers(min_value=0, max_value=10_000), flip=st.integers(min_value=1, max_value=255))
def test_an_altered_byte_never_passes(at: int, flip: int, tmp_path: Path) -> None:
    path = tmp_path / "directory.json"
    data = bytearray(directory.sign(SAMPLE, AUTHORITY))
    data[at % len(data)] ^= flip
    path.write_bytes(data)
    try:
        read = directory.load(path, AUTHORITY.public)
    except SatarkError:
        return
    # A few changes give other JSON of the same value; none may give another value.
    assert read == SAMPLE


def test_nodes_are_found_by_id_and_role() -> None:
    assert SAMPLE.node(BOX.id) == BOX
    assert SAMPLE.of_role(directory.RELAY) == (RELAY,)
    assert SAMPLE.of_role(directory.RANGE) == ()
    with pytest.raises(UnknownNode):
        SAMPLE.node("n00000000")


def test_a_district_without_a_box_has_none() -> None:
    assert SAMPLE.box_of("JNP") == BOX
    assert SAMPLE.box_of("GZP") is None
    assert SAMPLE.box_of("XXX") is None


def test_thanas_are_found_by_code_and_district() -> None:
    assert SAMPLE.thana("JNP-01") == KOTWALI
    assert SAMPLE.thana("JNP-99") is None
    assert SAMPLE.thanas_of("JNP") == (KOTWALI,)
    assert [district.code for district in SAMPLE.districts if SAMPLE.district(district.code)] == [
        "JNP",
        "GZP",
    ]


def test_a_nodes_keys_are_ready_to_use() -> None:
    BOX.verify.verify(BOX_KEY.sign("test", b"words"), "test", b"words")
    assert BOX.body is not None
    assert BOX.body.id == SEALING.public.id
    assert RELAY.body is None
    assert RELAY.contact is None
