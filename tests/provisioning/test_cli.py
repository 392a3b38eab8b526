"""The command line: a whole enrolment by its commands, errors on one line, parts imported only when called."""

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from provisioning import papers
from provisioning.cli import main
from provisioning.cli.lazy import LazyGroup
from sync.errors import Unavailable


def satark(*arguments: str | Path, answer: str = "") -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=answer)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert satark("authority", "init", "--folder", tmp_path / "authority").exit_code == 0
    return tmp_path / "authority"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "box"
    asked = satark(
        "node", "request", "--root", root, "--role", "district", "--district", "JNP", "--lan-name", "box.lan"
    )
    assert asked.exit_code == 0
    return root


def last_digits(root: Path) -> str:
    return papers.read_request(root / "request.json").digits[-9:]


def admit(folder: Path, root: Path, digits: str) -> Result:
    bundle = root.parent / "bundle.json"
    return satark(
        "authority", "admit", "--folder", folder, root / "request.json", bundle, answer=f"{digits}\n"
    )


def test_a_box_is_enrolled_by_four_commands(folder: Path, root: Path, tmp_path: Path) -> None:
    assert admit(folder, root, last_digits(root)).exit_code == 0
    key = (folder / "authority.pub").read_text()
    settings = tmp_path / "settings.toml"
    settings.write_text('serial_prefix = "JNP"\n')
    done = satark(
        *("node", "enrol", "--root", root, tmp_path / "bundle.json", "--broker", "127.0.0.1:1"),
        *("--authority", key, "--settings", settings),
    )
    assert "directory version 2, 1 nodes" in done.output
    checks = json.loads(satark("doctor", "--root", root, "--json").output)
    failed = {check["id"] for check in checks if check["severity"] == "fail"}
    assert failed <= {"broker", "disk"}
    assert "broker" in failed


def test_the_digits_shown_by_the_node_are_those_of_its_request(tmp_path: Path) -> None:
    shown = satark("node", "request", "--root", tmp_path / "relay", "--role", "relay").output
    assert papers.read_request(tmp_path / "relay" / "request.json").digits in shown


def test_wrong_digits_admit_nobody(folder: Path, root: Path) -> None:
    refused = admit(folder, root, "0000 0001")
    assert refused.exit_code == 1
    assert "the digits are not those of this request" in refused.output
    assert not (root.parent / "bundle.json").exists()
    assert "preauthorised" in satark("authority", "nodes", "--folder", folder).output


def test_a_revoked_node_is_gone_from_the_brokers_lists(folder: Path, root: Path, tmp_path: Path) -> None:
    admit(folder, root, last_digits(root))
    node_id = papers.read_bundle(tmp_path / "bundle.json").node_id
    files = tmp_path / "broker"
    made = satark(
        "authority", "broker", "--folder", folder, files, "--name", "broker.example", "--listen", "127.0.0.1"
    )
    assert made.exit_code == 0
    assert node_id in (files / "acl").read_text()
    assert "use_identity_as_username true" in (files / "mosquitto.conf").read_text()
    assert satark("authority", "revoke", "--folder", folder, node_id, "--broker-folder", files).exit_code == 0
    assert node_id not in (files / "acl").read_text()


def test_a_brokers_key_made_elsewhere_stays_there(folder: Path, root: Path, tmp_path: Path) -> None:
    csr = tmp_path / "server.csr"
    csr.write_text(papers.read_request(root / "request.json").csr)
    made = satark(
        "authority", "broker", "--folder", folder, tmp_path / "broker", "--name", "b.example", "--csr", csr
    )
    assert "carry ca.pem, server.pem, crl.pem and acl" in made.output
    assert "start it" not in made.output
    assert {path.name for path in (tmp_path / "broker").iterdir() if path.is_file()} == {
        *("acl", "ca.pem", "crl.pem", "mosquitto.conf", "server.pem")
    }


def test_a_newer_directory_is_carried_to_a_node(folder: Path, root: Path, tmp_path: Path) -> None:
    admit(folder, root, last_digits(root))
    satark("node", "enrol", "--root", root, tmp_path / "bundle.json")
    assert "version 3" in satark("authority", "directory", "--folder", folder).output
    assert "version 3" in satark("node", "directory", "--root", root, folder / "directory.json").output
    again = satark("node", "directory", "--root", root, folder / "directory.json")
    assert (again.exit_code, again.output) == (0, "already installed: directory version 3, 1 nodes\n")


def test_an_error_is_one_line_and_a_hint(tmp_path: Path) -> None:
    failed = satark("authority", "nodes", "--folder", tmp_path)
    assert failed.exit_code == 1
    first, second = failed.output.splitlines()
    assert first.startswith("satark: ")
    assert "is not there" in first
    assert second.strip() == "Make an authority first: satark authority init"


def test_an_error_that_may_pass_has_its_own_exit_code() -> None:
    @click.command()
    def flaky() -> None:
        raise Unavailable("no line")

    group = LazyGroup("main", commands_at={"flaky": (f"{__name__}:flaky", "")})
    sys.modules[__name__].flaky = flaky  # type: ignore[attr-defined]  # where the group will look
    assert CliRunner().invoke(group, ["flaky"]).exit_code == 2


def test_settings_that_are_no_flat_values_are_refused(folder: Path, root: Path, tmp_path: Path) -> None:
    admit(folder, root, last_digits(root))
    (tmp_path / "settings.toml").write_text("names = ['a']\n")
    refused = satark(
        "node", "enrol", "--root", root, tmp_path / "bundle.json", "--settings", tmp_path / "settings.toml"
    )
    assert refused.exit_code == 1
    assert "names is no text" in refused.output


def test_help_names_every_part_without_importing_it() -> None:
    code = (
        "import sys; from provisioning.cli import main; main(['--help'], standalone_mode=False);"
        "print([m for m in ('relay', 'appliance', 'webui', 'paho', 'flask', 'cryptography') if m in sys.modules])"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert shown.stdout.splitlines()[-1] == "[]"
    assert all(name in shown.stdout for name in ("relay", "box", "node", "authority", "doctor", "demo"))


@pytest.mark.parametrize(
    "command",
    [
        *(("relay", name) for name in ("web", "intake", "link", "init-epochs")),
        *(("box", name) for name in ("web", "link", "jobs", "people", "restored")),
        *(("node", name) for name in ("request", "enrol", "directory")),
        *(
            ("authority", name)
            for name in ("init", "admit", "revoke", "directory", "nodes", "broker", "broker-conf")
        ),
        ("doctor",),
        ("demo",),
    ],
    ids=" ".join,
)
def test_every_command_is_where_the_command_line_says(command: tuple[str, ...]) -> None:
    shown = satark(*command, "--help")
    assert shown.exit_code == 0, shown.output
    assert shown.output.startswith(f"Usage: main {' '.join(command)}")


def test_an_unknown_command_is_refused() -> None:
    assert satark("dance").exit_code == 2
