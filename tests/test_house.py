"""The house itself: what is shipped, what is locked, what the tools say."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("sync", "relay", "appliance", "webui", "provisioning")
REQUIREMENTS = ROOT / "requirements"
LOCKS = sorted(REQUIREMENTS.glob("*.lock"))
PIP_WHEEL = ("-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", ".", ".")


def run(*arguments: str, folder: Path = ROOT) -> None:
    result = subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, timeout=300
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("tool", ["ruff check", "ruff format --check", "mypy"])
def test_the_tools_are_content(tool: str) -> None:
    run("-m", *tool.split())


@pytest.mark.slow
def test_every_file_of_the_packages_is_in_the_wheel(tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc", "*.egg-info")
    for name in (*PACKAGES, "requirements"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    for name in ("setup.py", "pyproject.toml", "MANIFEST.in", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, tmp_path)
    run(*PIP_WHEEL, folder=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(ZipFile(wheel).namelist())
    files = [path for package in PACKAGES for path in (tmp_path / package).rglob("*") if path.is_file()]
    assert {path.relative_to(tmp_path).as_posix() for path in files} - packed == set()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_the_lock_holds_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", text)
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.search(r"://|--(extra-)?index|--find-links| @ ", text) is None


@pytest.mark.parametrize("source", sorted(REQUIREMENTS.glob("*.in")), ids=lambda source: source.name)
def test_the_lock_has_everything_that_is_asked_for(source: Path) -> None:
    locked = set(
        re.findall(r"^([a-z0-9.-]+)==", source.with_suffix(".lock").read_text(encoding="utf-8"), re.M)
    )
    asked = set(re.findall(r"^([a-z][a-z0-9-]*)", source.read_text(encoding="utf-8"), re.M))
    assert asked - locked == set()


def test_the_larger_lock_agrees_with_the_smaller() -> None:
    pins = {
        lock.stem: set(re.findall(r"^[a-z0-9.-]+==[^ ;]+", lock.read_text(encoding="utf-8"), re.M))
        for lock in LOCKS
    }
    assert pins["product"] < pins["demo"] < pins["tests"] < pins["bench"]


@pytest.mark.parametrize("script", ["run", ".ci/run"])
def test_the_scripts_can_be_started(script: str) -> None:
    assert (ROOT / script).stat().st_mode & 0o111 == 0o111
