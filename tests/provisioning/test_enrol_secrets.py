"""A relay's secrets never enter its config.toml, and leave it where an earlier version put them there."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from provisioning import enrol, papers
from provisioning.authority import Authority
from provisioning.cli.node import node
from relay import config
from sync.errors import ConfigError

SECRETS: dict[str, enrol.Setting] = {name: f"canary-{name}" for name in config.SECRETS}
SETTINGS: dict[str, enrol.Setting] = {
    "broker": "127.0.0.1:8883", "phone_number_id": "100", "epoch_store": "../epochs",
}  # fmt: skip


@pytest.fixture
def relay(tmp_path: Path) -> Path:
    authority = Authority.create(tmp_path / "authority", lambda: 1_800_000_000.0)
    root = tmp_path / "relay"
    request = papers.read_request(enrol.request(root, "relay", None))
    bundle = papers.write(tmp_path / "bundle.json", authority.admit(request))
    enrol.enrol(root, bundle, SETTINGS | SECRETS)
    return root


def secrets_in(path: Path) -> list[str]:
    return [name for name, secret in SECRETS.items() if str(secret) in path.read_text()]


def put_back(relay: Path) -> None:
    """The relay as an earlier version enrolled it."""
    path = relay / "config.toml"
    path.write_text(path.read_text() + enrol.to_toml(SECRETS))
    for name in SECRETS:
        (relay / "secrets" / name).unlink()


def test_each_secret_lies_in_a_file_of_its_own(relay: Path) -> None:
    assert secrets_in(relay / "config.toml") == []
    for name in SECRETS:
        path = relay / "secrets" / name
        assert (secrets_in(path), path.stat().st_mode & 0o777) == ([name], 0o600)
    assert (relay / "secrets").stat().st_mode & 0o777 == 0o700
    assert config.load(relay).secrets.text("graph_token") == "canary-graph_token"


def test_a_renewal_keeps_the_secrets(relay: Path) -> None:
    enrol.enrol(relay, relay.parent / "bundle.json", {})
    assert secrets_in(relay / "config.toml") == []
    assert config.load(relay).secrets.text("app_secret") == "canary-app_secret"


def test_one_command_moves_the_secrets_of_an_earlier_version(relay: Path) -> None:
    put_back(relay)
    with pytest.raises(ConfigError, match="satark node move-secrets --root"):
        config.load(relay)
    done = CliRunner().invoke(node, ["move-secrets", "--root", str(relay)])
    assert "graph_token" in done.output and "canary" not in done.output
    assert secrets_in(relay / "config.toml") == []
    assert config.load(relay).secrets.text("verify_token") == "canary-verify_token"
    assert "nothing to move" in CliRunner().invoke(node, ["move-secrets", "--root", str(relay)]).output


def test_a_renewal_moves_them_too(relay: Path) -> None:
    put_back(relay)
    enrol.enrol(relay, relay.parent / "bundle.json", {})
    assert secrets_in(relay / "config.toml") == []
    assert config.load(relay).secrets.text("app_secret") == "canary-app_secret"


def test_a_secret_that_is_no_text_is_refused_and_not_shown(relay: Path) -> None:
    with pytest.raises(ConfigError, match="graph_token") as caught:
        enrol.enrol(relay, relay.parent / "bundle.json", {"graph_token": 31337})
    assert "31337" not in str(caught.value)
    assert config.load(relay).secrets.text("graph_token") == "canary-graph_token"
