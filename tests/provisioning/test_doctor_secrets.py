"""Doctor on what keeps a relay's secrets apart and in memory."""

from dataclasses import replace
from pathlib import Path

import pytest

from provisioning import doctor
from tests.provisioning.test_doctor import SECRETS, Ill, fake_proc, relay

__all__ = ["relay"]


def test_secrets_in_files_of_their_own_are_well(relay: Ill) -> None:
    (relay.root / "secrets" / "graph_token").chmod(0o640)
    check = relay.examine()["secrets"]
    assert (check.severity, check.evidence) == (doctor.OK, "4 in files of their own")


def test_secrets_in_the_settings_fail_and_the_way_out_is_said(relay: Ill) -> None:
    relay.change(**dict(SECRETS))
    checks = relay.examine()
    assert checks["secrets"].severity == checks["config"].severity == doctor.FAIL
    assert "satark node move-secrets --root" in checks["secrets"].evidence
    assert "canary" not in doctor.to_json(checks.values())


def test_missing_empty_and_open_secrets_are_all_named(relay: Ill) -> None:
    folder = relay.root / "secrets"
    (folder / "app_secret").unlink()
    (folder / "verify_token").write_text("")
    (folder / "graph_token").chmod(0o644)
    said = "app_secret is not there; verify_token is empty; graph_token has mode 644, wanted 600 or 640"
    assert relay.examine()["secrets"].evidence == said


def test_a_wrapped_store_needs_its_tpm(relay: Ill) -> None:
    relay.change(epoch_store_wrap="tpm")
    check = relay.examine()["epoch_store"]
    assert check.severity == doctor.FAIL and "has none" in check.evidence
    (relay.machine.sys / "class" / "tpmrm" / "tpmrm0").mkdir(parents=True)
    checks = relay.examine()
    assert (
        checks["epoch_store"].severity == doctor.OK
        and "the whole machine is not" in checks["epoch_store"].evidence
    )
    assert checks["tpm"].evidence == "there is one"


@pytest.mark.parametrize(("there", "severity"), [(True, doctor.OK), (False, doctor.WARN)])
def test_a_kernel_that_cannot_fence_files_in_is_a_warning(relay: Ill, there: bool, severity: str) -> None:
    relay.machine = replace(relay.machine, has_landlock=lambda: there)
    assert relay.examine()["landlock"].severity == severity


@pytest.mark.parametrize(
    ("pattern", "severity"), [("core", doctor.OK), ("|/usr/lib/systemd/systemd-coredump %P", doctor.WARN)]
)
def test_a_program_that_is_handed_cores_is_a_warning(
    relay: Ill, tmp_path: Path, pattern: str, severity: str
) -> None:
    kernel = fake_proc(tmp_path) / "sys" / "kernel"
    kernel.mkdir(parents=True)
    (kernel / "core_pattern").write_text(f"{pattern}\n")
    assert relay.examine()["core_handler"].severity == severity
