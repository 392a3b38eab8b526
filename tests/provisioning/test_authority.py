"""The offline authority: whom it lets in, what it issues, and that nothing goes back."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from provisioning import enrol, papers
from provisioning.authority import Authority, certificates
from provisioning.authority.register import ACCEPTED, PREAUTHORISED, REVOKED
from provisioning.papers import Refused, Request
from sync import directory, topics
from sync.clock import DAY_S
from sync.errors import BadSignature, ConfigError, Unreadable
from sync.sealing.keys import SealingKey, SigningKey

NOW = 1_800_000_000.0
LAN = ("127.0.0.1", "jaunpur.lan")


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.create(tmp_path / "authority", lambda: NOW)


def asked(root: Path, role: str = "district", district: str | None = "JNP") -> Request:
    return papers.read_request(enrol.request(root, role, district, LAN if role != "relay" else ()))


def key_of(root: Path) -> SigningKey:
    return SigningKey((root / "keys" / "signing.key").read_bytes())


def test_a_new_authority_signs_a_directory_without_nodes(authority: Authority) -> None:
    assert authority.directory.version == 1
    assert authority.directory.nodes == ()
    assert len(authority.directory.thanas) == 73


def test_every_private_file_is_for_its_owner_only(authority: Authority, tmp_path: Path) -> None:
    private = sorted(
        path for path in authority.folder.iterdir() if path.suffix == ".key" or path.name == "nodes.json"
    )
    assert [path.name for path in private] == ["broker-ca.key", "directory.key", "lan-ca.key", "nodes.json"]
    assert {path.stat().st_mode & 0o777 for path in private} == {0o600}
    assert authority.folder.stat().st_mode & 0o777 == 0o700


def test_an_admitted_box_stands_in_the_directory(authority: Authority, tmp_path: Path) -> None:
    request = asked(tmp_path / "box")
    bundle = authority.admit(request)
    node = authority.directory.node(bundle.node_id)
    assert (node.role, node.district, node.verify_key) == ("district", "JNP", request.verify_key)
    assert (node.body_key, node.contact_key) == (request.body_key, request.contact_key)
    assert authority.directory.box_of("JNP") == node
    assert authority.directory.version == 2


def test_a_node_id_is_opaque(authority: Authority, tmp_path: Path) -> None:
    assert re.fullmatch(r"n[0-9a-f]{8}", authority.admit(asked(tmp_path / "box")).node_id)


def test_the_broker_certificate_names_the_node(authority: Authority, tmp_path: Path) -> None:
    bundle = authority.admit(asked(tmp_path / "box"))
    assert certificates.facts(bundle.certificate).common_name == bundle.node_id
    assert certificates.is_issued_by(bundle.certificate, bundle.broker_ca)
    assert bundle.lan_ca
    assert not certificates.is_issued_by(bundle.certificate, bundle.lan_ca)


def test_a_lan_certificate_lasts_397_days(authority: Authority, tmp_path: Path) -> None:
    bundle = authority.admit(asked(tmp_path / "box"))
    assert bundle.lan_certificate
    assert certificates.facts(bundle.lan_certificate).not_after == NOW - DAY_S + 397 * DAY_S


@pytest.mark.parametrize("days", [-300, 0, 300])
def test_openssl_takes_the_broker_certificate_by_any_likely_clock(
    authority: Authority, tmp_path: Path, days: int
) -> None:
    bundle = authority.admit(asked(tmp_path / "box"))
    (tmp_path / "ca.pem").write_text(bundle.broker_ca + authority.revocations())
    (tmp_path / "cert.pem").write_text(bundle.certificate)
    at = ("-attime", str(int(NOW + days * DAY_S)))
    assert openssl_verify(tmp_path, "ca.pem", "cert.pem", "sslclient", "-crl_check", *at) == 0


def test_openssl_refuses_the_certificate_of_a_revoked_node(authority: Authority, tmp_path: Path) -> None:
    bundle = authority.admit(asked(tmp_path / "box"))
    authority.revoke(bundle.node_id)
    (tmp_path / "ca.pem").write_text(bundle.broker_ca + authority.revocations())
    (tmp_path / "cert.pem").write_text(bundle.certificate)
    at = ("-attime", str(int(NOW)))
    assert openssl_verify(tmp_path, "ca.pem", "cert.pem", "sslclient", *at) == 0
    assert openssl_verify(tmp_path, "ca.pem", "cert.pem", "sslclient", "-crl_check", *at) != 0


@pytest.mark.parametrize(("name", "is_taken"), [("jaunpur.lan", True), ("bank.example", False)])
def test_the_lan_ca_can_speak_for_lan_names_only(
    authority: Authority, tmp_path: Path, name: str, is_taken: bool
) -> None:
    """Somebody with the CA's key, who does not ask our program, gains nothing outside the LAN."""
    ca = certificates.CertificateAuthority(authority.lan_ca, (authority.folder / "lan-ca.key").read_bytes())
    csr = certificates.signing_request(certificates.new_key(), "x")
    (tmp_path / "ca.pem").write_text(authority.lan_ca)
    (tmp_path / "cert.pem").write_text(ca.server(csr, [name], NOW))
    code = openssl_verify(tmp_path, "ca.pem", "cert.pem", "sslserver", "-attime", str(int(NOW)))
    assert (code == 0) == is_taken


def openssl_verify(folder: Path, ca: str, certificate: str, purpose: str, *options: str) -> int:
    command = ["openssl", "verify", "-x509_strict", "-purpose", purpose, "-CAfile", ca, *options, certificate]
    return subprocess.run(command, cwd=folder, capture_output=True, timeout=30).returncode


def test_a_request_goes_through_three_states(authority: Authority, tmp_path: Path) -> None:
    request = asked(tmp_path / "box")
    member = authority.preauthorise(request)
    assert (member.state, authority.directory.version) == (PREAUTHORISED, 1)
    assert member.id not in authority.access_list()
    bundle = authority.admit(request)
    assert (bundle.node_id, authority.nodes[0].state) == (member.id, ACCEPTED)
    authority.revoke(member.id)
    assert authority.nodes[0].state == REVOKED


def test_a_revoked_node_is_out_of_directory_and_access_list(authority: Authority, tmp_path: Path) -> None:
    relay = authority.admit(asked(tmp_path / "relay", "relay", None)).node_id
    box = authority.admit(asked(tmp_path / "box")).node_id
    authority.revoke(box)
    assert [node.id for node in authority.directory.nodes] == [relay]
    assert authority.directory.version == 4
    assert topics.access_list([relay]) == authority.access_list()


def test_revoking_twice_changes_nothing(authority: Authority, tmp_path: Path) -> None:
    box = authority.admit(asked(tmp_path / "box")).node_id
    authority.revoke(box)
    version, lists = authority.directory.version, authority.revocations()
    authority.revoke(box)
    assert (authority.directory.version, len(authority.revocations())) == (version, len(lists))


def test_a_revoked_node_does_not_come_back_with_its_keys(authority: Authority, tmp_path: Path) -> None:
    request = asked(tmp_path / "box")
    authority.revoke(authority.admit(request).node_id)
    with pytest.raises(Refused, match="was revoked"):
        authority.admit(request)


def test_a_district_has_one_box_until_it_is_revoked(authority: Authority, tmp_path: Path) -> None:
    first = authority.admit(asked(tmp_path / "old")).node_id
    replacement = asked(tmp_path / "new")
    with pytest.raises(Refused, match=f"Revoke {first} first"):
        authority.admit(replacement)
    authority.revoke(first)
    assert authority.directory.box_of("JNP") is None
    second = authority.admit(replacement).node_id
    box = authority.directory.box_of("JNP")
    assert box is not None
    assert box.id == second


def test_several_relays_and_districts_are_let_in(authority: Authority, tmp_path: Path) -> None:
    for name, role, district in (
        ("r1", "relay", None),
        ("r2", "relay", None),
        ("j", "district", "JNP"),
        ("g", "district", "GZP"),
        ("range", "range", None),
    ):
        authority.admit(asked(tmp_path / name, role, district))
    assert len({node.id for node in authority.directory.nodes}) == 5


def test_the_same_request_again_renews_the_certificate(authority: Authority, tmp_path: Path) -> None:
    request = asked(tmp_path / "box")
    first, second = authority.admit(request), authority.admit(request)
    assert first.node_id == second.node_id
    assert first.certificate != second.certificate
    assert authority.directory.version == 2
    assert len(authority.nodes[0].serials) == 2


def test_every_certificate_a_node_ever_had_is_revoked(authority: Authority, tmp_path: Path) -> None:
    request = asked(tmp_path / "box")
    first, _ = authority.admit(request), authority.admit(request)
    authority.revoke(first.node_id)
    (tmp_path / "ca.pem").write_text(first.broker_ca + authority.revocations())
    (tmp_path / "cert.pem").write_text(first.certificate)
    at = ("-attime", str(int(NOW)))
    assert openssl_verify(tmp_path, "ca.pem", "cert.pem", "sslclient", "-crl_check", *at) != 0


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"role": "boss"}, "role 'boss'"),
        ({"district": None}, "names its district"),
        ({"district": "XXX"}, "district 'XXX'"),
        ({"body_key": None}, "a body key and a contact key"),
        ({"role": "relay", "district": None}, "a relay has neither"),
        ({"role": "relay"}, "names its district"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(
    authority: Authority, tmp_path: Path, change: dict[str, str | None], complaint: str
) -> None:
    request = replace(asked(tmp_path / "box"), **change)  # type: ignore[arg-type]  # one dictionary, several kinds
    with pytest.raises(Refused, match=complaint):
        authority.admit(request.proven_by(key_of(tmp_path / "box")))
    assert authority.nodes == ()


@pytest.mark.parametrize("field", ["body_key", "contact_key"])
def test_a_sealing_key_of_the_wrong_size_is_refused(authority: Authority, tmp_path: Path, field: str) -> None:
    request = replace(asked(tmp_path / "box"), **{field: b"short"})  # type: ignore[arg-type]  # a key either way
    with pytest.raises(Unreadable, match="1216"):
        authority.admit(request.proven_by(key_of(tmp_path / "box")))


def test_a_changed_request_is_refused(authority: Authority, tmp_path: Path) -> None:
    forged = replace(asked(tmp_path / "box"), body_key=SealingKey.generate().public.raw)
    with pytest.raises(BadSignature):
        authority.admit(forged)


def test_known_keys_do_not_get_another_place(authority: Authority, tmp_path: Path) -> None:
    request = asked(tmp_path / "box")
    authority.admit(request)
    moved = replace(request, district="GZP").proven_by(key_of(tmp_path / "box"))
    with pytest.raises(Refused, match="another role, district or sealing key"):
        authority.admit(moved)


def test_a_public_name_gets_no_lan_certificate(authority: Authority, tmp_path: Path) -> None:
    request = replace(asked(tmp_path / "box"), lan_names=("bank.example",)).proven_by(
        key_of(tmp_path / "box")
    )
    with pytest.raises(Refused, match="no LAN name"):
        authority.admit(request)


@pytest.mark.parametrize("csr", ["", "no PEM"])
def test_a_broken_signing_request_is_refused(authority: Authority, tmp_path: Path, csr: str) -> None:
    request = replace(asked(tmp_path / "box"), csr=csr).proven_by(key_of(tmp_path / "box"))
    with pytest.raises(Unreadable, match="signing request"):
        authority.admit(request)


def test_an_unknown_node_cannot_be_revoked(authority: Authority) -> None:
    with pytest.raises(Refused, match="knows no node"):
        authority.revoke("n00000000")


def test_the_authority_opens_again_as_it_was(authority: Authority, tmp_path: Path) -> None:
    authority.admit(asked(tmp_path / "box"))
    again = Authority.open(authority.folder, lambda: NOW)
    assert (again.public, again.nodes, again.directory) == (
        authority.public,
        authority.nodes,
        authority.directory,
    )


def test_a_second_authority_is_not_made_over_the_first(authority: Authority) -> None:
    with pytest.raises(Refused, match="holds an authority already"):
        Authority.create(authority.folder, lambda: NOW)


def test_a_folder_without_authority_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="satark authority init"):
        Authority.open(tmp_path, lambda: NOW)


def test_a_register_gone_back_is_refused(authority: Authority, tmp_path: Path) -> None:
    old = (authority.folder / "nodes.json").read_bytes()
    authority.admit(asked(tmp_path / "box"))
    (authority.folder / "nodes.json").write_bytes(old)
    with pytest.raises(ConfigError, match="copies of different days"):
        Authority.open(authority.folder, lambda: NOW)


def test_a_revocation_cut_short_by_a_crash_is_finished(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node_id = authority.admit(asked(tmp_path / "box")).node_id
    with monkeypatch.context() as crash:
        crash.setattr(directory, "sign", None)
        with pytest.raises(TypeError):
            authority.revoke(node_id)
    assert authority.directory.node(node_id).id == node_id
    again = Authority.open(authority.folder, lambda: NOW)
    assert (again.directory.version, again.directory.nodes) == (3, ())


def test_publishing_reads_the_corrected_tables(authority: Authority) -> None:
    table = authority.folder / "thanas.csv"
    table.write_text(
        table.read_text(encoding="utf-8").replace("Kotwali", "City Kotwali", 1), encoding="utf-8"
    )
    assert authority.publish().version == 2
    assert authority.directory.thanas[0].name_en == "City Kotwali"
    assert authority.publish(after=40).version == 41
