"""The units as shipped, verified in a root folder of their own: nothing is installed on the machine."""

import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from appliance import timekeeping
from appliance.config import SEARCH_FOLDER
from relay.config import SECRETS

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "systemd"
SERVICES = sorted(path.name for path in SHIPPED.glob("*.service"))
SOCKETS = sorted(path.name for path in SHIPPED.glob("*.socket"))
BROKER = "mosquitto.service"
# systemd-analyze's exposure times ten. Distributions ship 85 to 96.
LIMITS = {**dict.fromkeys(SERVICES, 15), BROKER: 25}
DEBIANS_UNITS = Path("/lib/systemd/system")

# What enrolment, run by root, leaves in a node's folder
ENROLLED = {
    "box": [
        *(
            "config.toml",
            "keys/signing.key",
            "keys/body.key",
            "keys/contact.key",
            "keys/field.key",
            "keys/web.key",
        ),
        *("tls/key.pem", "tls/cert.pem", "tls/lan.key", "tls/lan.pem"),
    ],
    "relay": [
        *("config.toml", "keys/signing.key", "tls/key.pem", "tls/cert.pem"),
        *(f"secrets/{name}" for name in SECRETS),
    ],
}
# File -> the processes that may read it
READERS = {
    "box/box.db": {"web", "link", "jobs"},
    "box/keys.db": {"link"},
    "box/config.toml": {"web", "link", "jobs"},
    "box/keys/field.key": {"web", "link", "jobs"},
    "box/keys/web.key": {"web"},
    "box/keys/signing.key": {"link"},
    "box/keys/body.key": {"link"},
    "box/keys/contact.key": {"link"},
    "box/keys/sealing": {"link"},
    "box/tls/key.pem": {"link"},
    "box/tls/lan.key": {"web"},
    "relay/relay.db": {"web", "intake", "link"},
    "relay/keys/signing.key": {"link"},
    "relay/tls/key.pem": {"link"},
    "relay/secrets/app_secret": {"web"},
    "relay/secrets/verify_token": {"web"},
    "relay/secrets/graph_token": {"intake", "link"},
    "relay/secrets/broker_password": {"link"},
}

# Unit -> what it must not even see, whatever the modes
_OF_LINK = {
    "box/keys.db",
    "box/keys/signing.key",
    "box/keys/body.key",
    "box/keys/contact.key",
    "box/keys/sealing",
    "box/tls/key.pem",
}
HIDDEN = {
    "satark-box-web.service": _OF_LINK,
    "satark-box-jobs.service": _OF_LINK,
    "satark-relay-web.service": {
        *("relay/vault.db", "relay/vault.db-wal", "relay/vault.db-shm", "relay/keys", "epoch"),
        *("relay/secrets/graph_token", "relay/secrets/broker_password"),
    },
    "satark-relay-link.service": {"/run/satark", "relay/secrets/app_secret", "relay/secrets/verify_token"},
}

pytestmark = [pytest.mark.slow, pytest.mark.needs("systemd-analyze", "mosquitto")]


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A root folder with Debian's units, ours on their real paths, and programs to start."""
    ours = tmp_path / "etc/systemd/system"
    ours.mkdir(parents=True)
    shutil.copytree(DEBIANS_UNITS, tmp_path / "usr/lib/systemd/system", symlinks=True)
    for name in [*SERVICES, *SOCKETS]:
        shutil.copy(SHIPPED / name, ours)
    shutil.copytree(SHIPPED / "mosquitto/mosquitto.service.d", ours / "mosquitto.service.d")
    for program in ("opt/satark/current/venv/bin/satark", "usr/sbin/mosquitto", "bin/kill"):
        (tmp_path / program).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy("/bin/true", tmp_path / program)
    return tmp_path


def analyze(machine: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", "--no-pager", f"--root={machine}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def exposure(machine: Path, unit: str, limit: int) -> subprocess.CompletedProcess[str]:
    return analyze(machine, "security", "--offline=true", f"--threshold={limit}", unit)


def settings(unit: str) -> dict[str, str]:
    lines = (SHIPPED / unit).read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


@pytest.mark.slow
@pytest.mark.parametrize("unit", [*SERVICES, *SOCKETS, BROKER])
def test_the_unit_is_valid(machine: Path, unit: str) -> None:
    result = analyze(machine, "verify", "--man=no", unit)
    assert (result.returncode, result.stderr) == (0, "")


def test_an_invalid_unit_is_noticed(machine: Path) -> None:
    path = machine / "etc/systemd/system" / SERVICES[0]
    path.write_text(
        path.read_text(encoding="utf-8").replace("venv/bin/satark", "venv/bin/absent"), encoding="utf-8"
    )
    result = analyze(machine, "verify", "--man=no", SERVICES[0])
    assert result.returncode != 0
    assert "absent" in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("unit", LIMITS)
def test_the_unit_is_hardened(machine: Path, unit: str) -> None:
    result = exposure(machine, unit, LIMITS[unit])
    assert result.returncode == 0, result.stdout


def test_the_jobs_see_which_start_of_the_machine_this_is() -> None:
    assert not re.match(r"/proc/(self|[0-9]+)/", str(timekeeping.BOOT_ID))
    assert settings("satark-box-jobs.service").get("ProcSubset", "all") == "all"


@pytest.mark.parametrize("unit", ["satark-relay-intake.service", "satark-relay-link.service"])
def test_with_a_tpm_the_unit_reaches_that_device_and_is_still_hardened(machine: Path, unit: str) -> None:
    place = machine / "etc/systemd/system" / f"{unit}.d"
    place.mkdir()
    shutil.copy(SHIPPED / "tpm/20-tpm.conf", place)
    result = analyze(machine, "verify", "--man=no", unit)
    assert (result.returncode, result.stderr) == (0, "")
    assert exposure(machine, unit, LIMITS[unit] + 5).returncode == 0
    assert "DevicePolicy=closed" in (SHIPPED / unit).read_text()


@pytest.mark.slow
@pytest.mark.parametrize("unit", LIMITS)
def test_a_weakened_unit_is_noticed(machine: Path, unit: str) -> None:
    name = "mosquitto.service.d/10-satark.conf" if unit == BROKER else unit
    path = machine / "etc/systemd/system" / name
    weakened = (
        "NoNewPrivileges",
        "CapabilityBoundingSet",
        "SystemCallFilter",
        "Protect",
        "Private",
        "Restrict",
    )
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(weakened)), encoding="utf-8")
    assert exposure(machine, unit, LIMITS[unit]).returncode == 1


@pytest.mark.slow
@pytest.mark.parametrize("unit", SERVICES)
def test_the_unit_starts_a_command_that_exists(unit: str) -> None:
    program, *arguments = settings(unit)["ExecStart"].split()
    assert program == "/opt/satark/current/venv/bin/satark"
    assert arguments[2] == "--root"
    start = [sys.executable, "-c", "from provisioning.cli import main; main()", *arguments[:2], "--help"]
    result = subprocess.run(start, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    assert "--root" in result.stdout


@pytest.mark.parametrize("unit", SERVICES)
def test_a_hang_is_noticed_where_the_process_reports_progress(unit: str) -> None:
    is_web = unit.endswith("-web.service")  # gunicorn watches its own workers
    assert settings(unit)["Type"] == "notify"
    assert settings(unit).get("WatchdogSec") == (None if is_web else "60")


@pytest.mark.parametrize("unit", [*SERVICES, f"mosquitto/{BROKER}.d/10-satark.conf"])
def test_no_number_of_crashes_makes_the_unit_give_up(unit: str) -> None:
    wanted = {"StartLimitIntervalSec": "0", "Restart": "on-failure", "RestartSec": "5"}
    assert wanted.items() <= settings(unit).items()
    assert "StartLimitBurst" not in settings(unit)


@pytest.mark.parametrize("unit", SERVICES)
def test_who_may_reach_the_epoch_store_waits_for_its_volume(unit: str) -> None:
    reaches = "satark-relay-epoch" in settings(unit).get("SupplementaryGroups", "")
    assert settings(unit).get("RequiresMountsFor") == ("/var/lib/satark/epoch" if reaches else None)


@pytest.mark.parametrize("unit", SERVICES)
def test_memory_reaches_no_disk(unit: str) -> None:
    assert {"LimitCORE": "0", "MemorySwapMax": "0"}.items() <= settings(unit).items()


@pytest.mark.parametrize(("unit", "hidden"), HIDDEN.items())
def test_what_a_process_must_not_have_is_out_of_its_sight(unit: str, hidden: set[str]) -> None:
    paths = settings(unit)["InaccessiblePaths"].split()
    assert all(path.startswith("-") for path in paths)  # what is not there yet keeps no unit from starting
    assert hidden <= {path.removeprefix("-").removeprefix("/var/lib/satark/") for path in paths}


def test_what_lies_beside_the_vault_is_there_when_it_is_put_out_of_sight() -> None:
    # a path is hidden as it is found when the unit starts; intake and link keep the vault open while they run
    assert "satark-relay-intake.service" in settings("satark-relay-web.service")["After"].split()


@pytest.mark.parametrize("node", ["relay", "box"])
def test_the_users_of_the_units_are_made(node: str) -> None:
    users = (SHIPPED / f"sysusers.d/satark-{node}.conf").read_text(encoding="utf-8")
    for unit in (name for name in SERVICES if name.startswith(f"satark-{node}-")):
        assert f"u {settings(unit)['User']} " in users
        assert f"g {settings(unit)['Group']} " in users


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A root folder after enrolment, with the users and folders our configuration makes of it."""
    (tmp_path / "etc").mkdir()
    for node, names in ENROLLED.items():
        for name in names:
            path = tmp_path / "var/lib/satark" / node / name
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
    for command in (["systemd-sysusers"], ["systemd-tmpfiles", "--create"]):
        files = sorted(str(path) for path in (SHIPPED / f"{command[0].removeprefix('systemd-')}.d").iterdir())
        subprocess.run([*command, f"--root={tmp_path}", *files], check=True, timeout=60)
    return tmp_path


def readers(root: Path, name: str) -> set[str]:
    """Which of our users may read a file, by the modes of it and of every folder above it."""
    users = [line.split(":") for line in (root / "etc/passwd").read_text(encoding="utf-8").splitlines()]
    groups = [line.split(":") for line in (root / "etc/group").read_text(encoding="utf-8").splitlines()]
    ids = {group: int(number) for group, _, number, _ in groups}
    path = root / "var/lib/satark" / name
    chain = [
        (path, 4),
        *((folder, 1) for folder in path.parents if folder.is_relative_to(root / "var/lib/satark")),
    ]
    return {
        user[0]
        for user in users
        if user[0].startswith("satark-")
        and all(_allows(part, wanted, int(user[2]), _groups(user[0], ids)) for part, wanted in chain)
    }


def _groups(user: str, ids: dict[str, int]) -> set[int]:
    unit = settings(f"{user}.service")
    return {ids[unit["Group"]], *(ids[name] for name in unit.get("SupplementaryGroups", "").split())}


def _allows(path: Path, wanted: int, uid: int, gids: set[int]) -> bool:
    status = path.stat()
    shift = 6 if status.st_uid == uid else 3 if status.st_gid in gids else 0
    return bool(stat.S_IMODE(status.st_mode) >> shift & wanted)


@pytest.mark.slow
@pytest.mark.root
@pytest.mark.parametrize(("name", "expected"), READERS.items())
def test_a_file_is_read_by_those_who_need_it_only(installed: Path, name: str, expected: set[str]) -> None:
    node = name.split("/")[0]
    assert readers(installed, name) == {f"satark-{node}-{process}" for process in expected}


@pytest.mark.root
def test_the_search_index_lies_in_memory_for_pages_and_timetable(installed: Path) -> None:
    status = (installed / "run/satark-box/search.db").stat()
    assert stat.S_IMODE(status.st_mode) == 0o660
    assert Path("/run/satark-box") == SEARCH_FOLDER
    for unit in ("satark-box-web.service", "satark-box-jobs.service"):
        assert "/run/satark-box" in settings(unit)["ReadWritePaths"]
    assert "-/run/satark-box" in settings("satark-box-link.service")["InaccessiblePaths"]


@pytest.mark.parametrize("unit", ["satark-relay-intake.service", "satark-box-jobs.service"])
def test_a_unit_that_opens_files_lets_its_child_fence_itself_in(unit: str) -> None:
    allowed = {"landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"}
    filters = [
        line for line in (SHIPPED / unit).read_text().splitlines() if line.startswith("SystemCallFilter=")
    ]
    assert allowed <= set(filters[-1].partition("=")[2].split())
