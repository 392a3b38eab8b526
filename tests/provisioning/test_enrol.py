"""Enrolment: keys are made on the node and stay there; a node installs only what fits its own keys."""

import re
import tomllib
from base64 import b64decode, b64encode, urlsafe_b64encode
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning import enrol, papers
from provisioning.authority import Authority, certificates
from provisioning.papers import Bundle, Refused
from sync import canonical, directory
from sync.errors import BadSignature, ConfigError, SatarkError, TooNew, Unreadable
from sync.sealing.keys import SigningKey

NOW = 1_800_000_000.0
LAN = ("127.0.0.1",)
SETTINGS: dict[str, enrol.Setting] = {"broker": "127.0.0.1:8883", "tls": True, "retry_base_s": 0.5}


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.create(tmp_path / "authority", lambda: NOW)


@pytest.fixture
def box(tmp_path: Path) -> Path:
    root = tmp_path / "box"
    enrol.request(root, "district", "JNP", LAN)
    return root


def admit(authority: Authority, root: Path) -> Path:
    bundle = authority.admit(papers.read_request(root / "request.json"))
    return papers.write(root.parent / f"{root.name}.bundle", bundle)


def signed_anew(path: Path, authority: Authority, **changes: object) -> Path:
    """A bundle changed by somebody who has the authority's key: only the node's own checks are left."""
    key = SigningKey((authority.folder / "directory.key").read_bytes())
    changed: Bundle = replace(papers.read_bundle(path), **changes)  # type: ignore[arg-type]  # any field
    return papers.write(path, changed.signed_by(key))


def test_an_enrolled_box_has_everything_it_needs(authority: Authority, box: Path) -> None:
    listed = enrol.enrol(box, admit(authority, box), SETTINGS)
    files = {path.relative_to(box).as_posix() for path in box.rglob("*") if path.is_file()}
    assert files == {
        *("config.toml", "directory.json", "authority.pub", "request.json"),
        *(f"keys/{name}.key" for name in ("signing", "body", "contact", "field", "web")),
        *(f"tls/{name}" for name in ("ca.pem", "cert.pem", "key.pem", "lan.pem", "lan.key", "lan-ca.pem")),
    }
    assert listed == directory.load(box / "directory.json", authority.public)


def test_a_relay_has_no_sealing_keys_and_no_lan_certificate(authority: Authority, tmp_path: Path) -> None:
    root = tmp_path / "relay"
    enrol.request(root, "relay", None)
    enrol.enrol(root, admit(authority, root), SETTINGS)
    assert [path.name for path in (root / "keys").iterdir()] == ["signing.key"]
    assert sorted(path.name for path in (root / "tls").iterdir()) == ["ca.pem", "cert.pem", "key.pem"]


def test_private_files_are_for_their_owner_only(authority: Authority, box: Path) -> None:
    enrol.enrol(box, admit(authority, box), SETTINGS)
    private = [*box.rglob("*.key"), box / "tls" / "key.pem", box / "config.toml"]
    assert len(private) == 8
    assert {path.stat().st_mode & 0o777 for path in private} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (box, box / "keys", box / "tls")} == {0o700}


def test_keys_have_the_agreed_sizes(box: Path) -> None:
    sizes = {path.stem: path.stat().st_size for path in (box / "keys").iterdir()}
    assert sizes == {"signing": 32, "body": 96, "contact": 96, "field": 32, "web": 32}


def private_bytes(root: Path) -> list[bytes]:
    """Every private key, in pieces short enough to be found in whatever holds a part of it."""
    pem = [b"".join((root / "tls" / name).read_bytes().splitlines()[1:-1]) for name in ("key.pem", "lan.key")]
    # PKCS #8 holds the public half too; the private number stands in bytes 36 to 68.
    secrets = [b64decode(text)[36:68] for text in pem] + [
        path.read_bytes() for path in (root / "keys").iterdir()
    ]
    return [secret[at : at + 16] for secret in secrets for at in range(0, len(secret) - 15, 16)]


def in_any_form(secret: bytes, carried: bytes) -> bool:
    """Raw, as hex, or inside base64 (either alphabet, PEM too), also inside base64 in base64."""
    if secret in carried or secret.hex().encode() in carried.lower():
        return True
    text = (
        re.sub(rb"-----[A-Z ]+-----", b'"', carried.replace(b"\\n", b""))
        .replace(b"-", b"+")
        .replace(b"_", b"/")
    )
    runs = [run[: len(run) - (len(run) % 4 == 1)] for run in re.findall(rb"[A-Za-z0-9+/]{20,}", text)]
    return any(in_any_form(secret, b64decode(run + b"=" * (-len(run) % 4))) for run in runs)


def test_nothing_private_leaves_the_node(authority: Authority, box: Path) -> None:
    carried = (box / "request.json").read_bytes(), admit(authority, box).read_bytes()
    secrets = private_bytes(box)
    assert len(secrets) == 2 * 2 + 2 + 6 + 6 + 2 + 2
    for paper in carried:
        assert not any(in_any_form(secret, paper) for secret in secrets)


def test_the_search_for_private_bytes_finds_them(box: Path) -> None:
    """The control of the test above."""
    for secret in private_bytes(box):
        url_form = urlsafe_b64encode(b"\0" * 6 + secret)
        for form in (
            b64encode(secret),
            url_form,
            secret.hex().encode(),
            b64encode(b'{"y":"' + url_form + b'"}'),
        ):
            assert in_any_form(secret, b'{"x":"' + form + b'"}')


def test_the_public_halves_are_in_the_request(box: Path) -> None:
    request = papers.read_request(box / "request.json")
    assert request.verify_key == enrol.own_verify_key(box)
    assert canonical.to_text(request.verify_key).encode() in (box / "request.json").read_bytes()


def test_asking_again_keeps_every_key(box: Path) -> None:
    before = private_bytes(box)
    enrol.request(box, "district", "JNP", LAN)
    assert private_bytes(box) == before


def test_a_public_lan_name_is_refused_before_any_key_is_made(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no LAN name"):
        enrol.request(tmp_path / "box", "district", "JNP", ["police.example"])
    assert not (tmp_path / "box").exists()


def test_the_configuration_holds_identity_and_settings(authority: Authority, box: Path) -> None:
    bundle = papers.read_bundle(path := admit(authority, box))
    enrol.enrol(box, path, SETTINGS)
    values = tomllib.loads((box / "config.toml").read_text(encoding="utf-8"))
    assert values == {"node_id": bundle.node_id, "role": "district", "lan_names": "127.0.0.1", **SETTINGS}


def test_a_renewal_keeps_the_settings(authority: Authority, box: Path) -> None:
    enrol.enrol(box, admit(authority, box), SETTINGS)
    before = (box / "tls" / "cert.pem").read_text()
    enrol.enrol(box, admit(authority, box), {"retry_base_s": 3})
    values = tomllib.loads((box / "config.toml").read_text(encoding="utf-8"))
    assert (values["broker"], values["retry_base_s"]) == ("127.0.0.1:8883", 3)
    assert (box / "tls" / "cert.pem").read_text() != before


def test_a_renewal_after_the_first_contact_key_was_erased_names_the_same_pair(
    authority: Authority, box: Path
) -> None:
    enrol.enrol(box, admit(authority, box), SETTINGS)
    before = papers.read_request(box / "request.json")
    (box / "keys" / "contact.key").write_bytes(b"")
    after = papers.read_request(enrol.request(box, "district", "JNP", LAN))
    assert (after.body_key, after.contact_key) == (before.body_key, before.contact_key)
    enrol.enrol(box, admit(authority, box), SETTINGS)
    assert (box / "keys" / "contact.key").read_bytes() == b""


def test_settings_cannot_change_who_the_node_is(authority: Authority, box: Path) -> None:
    enrol.enrol(box, admit(authority, box), {"node_id": "n00000000", "role": "relay"})
    values = tomllib.loads((box / "config.toml").read_text(encoding="utf-8"))
    assert (values["node_id"], values["role"]) == (authority.nodes[0].id, "district")


def test_another_nodes_bundle_is_refused(authority: Authority, box: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    enrol.request(other, "district", "GZP", LAN)
    with pytest.raises(Refused, match="another key than this node's"):
        enrol.enrol(box, admit(authority, other), SETTINGS)
    assert not (box / "config.toml").exists()


def test_a_changed_bundle_is_refused(authority: Authority, box: Path) -> None:
    path = admit(authority, box)
    papers.write(path, replace(papers.read_bundle(path), node_id="n00000000"))
    with pytest.raises(BadSignature):
        enrol.enrol(box, path, SETTINGS)


def test_a_bundle_that_names_another_node_is_refused(authority: Authority, box: Path) -> None:
    path = signed_anew(admit(authority, box), authority, node_id="n00000000")
    with pytest.raises(Refused, match="the certificate names"):
        enrol.enrol(box, path, SETTINGS)


def test_a_certificate_of_another_ca_is_refused(authority: Authority, box: Path, tmp_path: Path) -> None:
    path = admit(authority, box)
    key = (box / "tls" / "key.pem").read_bytes()
    forger = certificates.CertificateAuthority.create("Satark Mitra broker CA", NOW)
    forged = forger.client(certificates.signing_request(key, "x"), papers.read_bundle(path).node_id, NOW)
    with pytest.raises(Refused, match="not of the CA"):
        enrol.enrol(box, signed_anew(path, authority, certificate=forged), SETTINGS)


def test_a_directory_with_another_sealing_key_is_refused(authority: Authority, box: Path) -> None:
    """Reports would be sealed to somebody else."""
    path = admit(authority, box)
    listed = authority.directory
    other = replace(listed.nodes[0], body_key=listed.nodes[0].contact_key)
    key = SigningKey((authority.folder / "directory.key").read_bytes())
    swapped = directory.sign(replace(listed, nodes=(other,)), key)
    with pytest.raises(Refused, match="another role, district or key"):
        enrol.enrol(box, signed_anew(path, authority, directory=swapped), SETTINGS)
    assert not (box / "directory.json").exists()


def test_a_missing_lan_certificate_is_refused(authority: Authority, box: Path) -> None:
    path = signed_anew(admit(authority, box), authority, lan_certificate=None)
    with pytest.raises(Refused, match="LAN certificate is missing"):
        enrol.enrol(box, path, SETTINGS)


def test_another_authority_than_the_one_read_out_is_refused(authority: Authority, box: Path) -> None:
    with pytest.raises(Refused, match="another authority"):
        enrol.enrol(box, admit(authority, box), SETTINGS, SigningKey.generate().public)
    enrol.enrol(box, admit(authority, box), SETTINGS, enrol.verify_key(authority.public.raw.hex()))


def test_an_enrolled_node_stays_with_its_authority(authority: Authority, box: Path, tmp_path: Path) -> None:
    enrol.enrol(box, admit(authority, box), SETTINGS)
    stranger = Authority.create(tmp_path / "stranger", lambda: NOW)
    with pytest.raises(Refused, match="another authority"):
        enrol.enrol(box, admit(stranger, box), SETTINGS)
    assert enrol.load_directory(box).version == 2


def test_an_older_bundle_is_refused_after_a_newer_directory(authority: Authority, box: Path) -> None:
    path = admit(authority, box)
    enrol.enrol(box, path, SETTINGS)
    authority.publish()
    enrol.update_directory(box, authority.directory_file)
    with pytest.raises(ConfigError, match="older"):
        enrol.enrol(box, path, SETTINGS)


def test_a_newer_directory_is_taken(authority: Authority, box: Path) -> None:
    enrol.enrol(box, admit(authority, box), SETTINGS)
    authority.publish()
    assert enrol.update_directory(box, authority.directory_file).version == 3
    assert enrol.load_directory(box).version == 3
    assert not (box / "directory.json.incoming").exists()


def test_the_installed_directory_again_is_no_fault(authority: Authority, box: Path) -> None:
    enrol.enrol(box, admit(authority, box), SETTINGS)
    assert enrol.update_directory(box, authority.directory_file) == enrol.load_directory(box)
    assert not (box / "directory.json.incoming").exists()


def test_an_older_directory_is_refused(authority: Authority, box: Path, tmp_path: Path) -> None:
    enrol.enrol(box, admit(authority, box), SETTINGS)
    older = tmp_path / "older.json"
    older.write_bytes(authority.directory_file.read_bytes())
    authority.publish()
    enrol.update_directory(box, authority.directory_file)
    with pytest.raises(ConfigError, match="version 2 is older than 3"):
        enrol.update_directory(box, older)


def test_another_directory_of_the_same_version_is_refused(authority: Authority, box: Path) -> None:
    enrol.enrol(box, admit(authority, box), SETTINGS)
    key = SigningKey((authority.folder / "directory.key").read_bytes())
    other = box.parent / "other.json"
    other.write_bytes(directory.sign(replace(authority.directory, nodes=()), key))
    with pytest.raises(ConfigError, match="another directory of version 2"):
        enrol.update_directory(box, other)
    assert len(enrol.load_directory(box).nodes) == 1


def test_a_strangers_directory_is_refused(authority: Authority, box: Path, tmp_path: Path) -> None:
    enrol.enrol(box, admit(authority, box), SETTINGS)
    stranger = Authority.create(tmp_path / "stranger", lambda: NOW)
    stranger.publish(after=50)
    with pytest.raises(BadSignature):
        enrol.update_directory(box, stranger.directory_file)
    assert enrol.load_directory(box).version == 2


def test_a_node_without_enrolment_takes_no_directory(authority: Authority, box: Path) -> None:
    with pytest.raises(ConfigError, match="satark node enrol"):
        enrol.update_directory(box, authority.directory_file)


def test_papers_of_another_version_are_refused(box: Path) -> None:
    request = papers.read_request(box / "request.json")
    papers.write(box / "request.json", replace(request, v=2))
    with pytest.raises(TooNew, match="version 2"):
        papers.read_request(box / "request.json")


def test_missing_papers_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"bundle\.json is not there"):
        papers.read_bundle(tmp_path / "bundle.json")


@given(st.binary(max_size=200))
def test_any_bytes_as_a_bundle_are_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "bundle.json").write_bytes(data)
    with pytest.raises(SatarkError):
        papers.read_bundle(tmp_path / "bundle.json")


def test_the_digits_are_24_and_follow_the_request(box: Path) -> None:
    request = papers.read_request(box / "request.json")
    assert [len(group) for group in request.digits.split()] == [4] * 6
    assert request.digits.replace(" ", "").isdecimal()
    assert replace(request, district="GZP").digits != request.digits
    assert replace(request, proof=b"x").digits == request.digits


@pytest.mark.parametrize("text", ["", "xyz", "00" * 5 + "0"])
def test_an_authoritys_key_that_is_no_hex_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        enrol.verify_key(text).verify(b"", "x", b"")


@given(
    st.dictionaries(
        st.from_regex(r"[A-Za-z0-9_-]{1,20}", fullmatch=True),
        st.text(max_size=30) | st.integers(-(2**62), 2**62) | st.booleans() | st.floats(allow_nan=False),
        max_size=8,
    )
)
def test_settings_survive_the_way_through_toml(values: dict[str, enrol.Setting]) -> None:
    read = tomllib.loads(enrol.to_toml(values))
    assert read == values
    assert {key: type(value) for key, value in read.items()} == {
        key: type(value) for key, value in values.items()
    }


@pytest.mark.parametrize("key", ["", "two words", "a.b", 'a"', "a\nb"])
def test_a_name_that_toml_would_not_take_is_refused(key: str) -> None:
    with pytest.raises(ConfigError, match="no name of a setting"):
        enrol.to_toml({key: 1})
