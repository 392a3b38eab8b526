"""`./run test` on a machine of stand-ins: what it installs, what it starts, what its last line and exit code say."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import TOOLS

ROOT = Path(__file__).parent.parent
ON_TWO_CORES = "-n 2 --dist worksteal --basetemp TEMPORARY/tests"
BOTH = [
    f"{ON_TWO_CORES[:-5]}first -m not browser and not broker",
    f"{ON_TWO_CORES[:-5]}second -m browser or broker",
]
QUICK = f"{ON_TWO_CORES} -q --hypothesis-profile=quick -m not browser and not broker and not slow"

PYTHON = """\
#!/bin/sh
case "$1 $2" in
"-c import"*) exit 0 ;;
"-m venv") mkdir -p "$3/bin" && for made in python ruff mypy; do cp "$0" "$3/bin/$made"; done ;;
"-m pytest")
    shift 2
    echo "$*" | sed "s|${TMPDIR:-none}/|TEMPORARY/|" >>"$LOG/pytest"
    echo "${TMPDIR:-}" >>"$LOG/temporary"
    echo "9 passed, 9 failed, 9 skipped"
    case "$*" in *"$FAILS"*) echo "1 passed, 2 failed, 3 skipped"; exit 1 ;; esac
    echo "10 passed, 0 failed, 1 skipped" ;;
esac
"""


class Machine:
    """A copy of ./run, and programs that only write down how they were called."""

    def __init__(self, folder: Path) -> None:
        """As root, with every tool there."""
        self.folder, self.programs, self.log = folder / "clone", folder / "bin", folder / "log"
        self.temporary = folder / "temporary"
        for made in (self.folder, self.programs, self.log, self.temporary):
            made.mkdir()
        for name in ("run", ".ci/run"):
            (self.folder / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, self.folder / name)
        shutil.copytree(ROOT / "requirements", self.folder / "requirements")
        shutil.copy(ROOT / "setup.py", self.folder)
        self.add("python3", PYTHON)
        self.add("id", "#!/bin/sh\necho 0\n")
        self.add("apt-get", '#!/bin/sh\necho "$*" >>"$LOG/apt-get"\nexit 100\n')
        for tool in set(TOOLS) - {"fonts"}:
            self.add(tool, "#!/bin/sh\n")
        for name in "dirname cat sha256sum rm mkdir cp find mktemp tee grep tail awk sed bash sh env".split():
            (self.programs / name).symlink_to(shutil.which(name) or name)

    def add(self, name: str, text: str) -> None:
        """A program of that name."""
        (self.programs / name).write_text(text)
        (self.programs / name).chmod(0o755)

    def run(self, *command: str, fails: str = "no pass") -> subprocess.CompletedProcess[str]:
        """Starts a script of the copy; ``fails``: part of the arguments of the pass that is to fail."""
        environment = {"PATH": str(self.programs), "LOG": str(self.log), "FAILS": fails}
        environment["TMPDIR"] = str(self.temporary)
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=60
        )

    def calls(self, program: str) -> list[str]:
        """How it was called, one line each."""
        path = self.log / program
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.needs("fonts")
def test_a_machine_with_all_tools_is_not_asked_for_packages(machine: Machine) -> None:
    result = machine.run("./run", "test")
    assert (result.returncode, machine.calls("apt-get")) == (0, []), result.stderr


def test_a_missing_tool_is_asked_for_and_named_when_it_does_not_come(machine: Machine) -> None:
    (machine.programs / "exiftool").unlink()
    result = machine.run("./run", "test")
    assert machine.calls("apt-get") == ["update -qq"]
    assert "sudo apt-get install libimage-exiftool-perl" in result.stderr


def test_quick_tests_run_in_one_pass_on_two_cores(machine: Machine) -> None:
    result = machine.run("./run", "check")
    assert machine.calls("pytest") == [QUICK]
    assert (result.returncode, result.stdout.splitlines()[-1]) == (0, "10 passed, 0 failed, 1 skipped")


def test_all_tests_run_in_two_passes_which_are_summed(machine: Machine) -> None:
    result = machine.run("./run", "test")
    assert machine.calls("pytest") == BOTH
    assert (result.returncode, result.stdout.splitlines()[-1]) == (0, "20 passed, 0 failed, 2 skipped")


@pytest.mark.parametrize("fails", ["not browser", "browser or"])
def test_a_failed_pass_fails_the_run(machine: Machine, fails: str) -> None:
    result = machine.run("./run", "test", fails=fails)
    assert (result.returncode, result.stdout.splitlines()[-1]) == (1, "11 passed, 2 failed, 4 skipped")


def test_nothing_that_the_tests_wrote_stays(machine: Machine) -> None:
    machine.run("./run", "test")
    (folder,) = set(machine.calls("temporary"))
    assert folder
    assert not Path(folder).exists()


@pytest.mark.parametrize("ends", ["test", "check", "clean"])
def test_what_a_failed_run_wrote_stays_until_the_next(machine: Machine, ends: str) -> None:
    for command in ("test", "check"):
        failed = machine.run("./run", command, fails="worksteal")
        folder = Path(machine.calls("temporary")[-1])
        assert failed.returncode == 1 and f"is in {folder}, until" in failed.stderr
        assert folder.is_dir()
    machine.run("./run", ends)
    assert [folder for folder in map(Path, machine.calls("temporary")) if folder.exists()] == []


def test_arguments_of_the_user_make_one_pass(machine: Machine) -> None:
    result = machine.run("./run", "test", "-k", "receipt", fails="receipt")
    assert machine.calls("pytest") == ["-k receipt"]
    assert (result.returncode, result.stdout.splitlines()[-1]) == (1, "1 passed, 2 failed, 3 skipped")


def test_the_automatic_checks_are_exactly_this_run_with_ci_set(machine: Machine) -> None:
    machine.add("python3", PYTHON.replace('echo "$*" |', 'echo "CI=$CI $*" |'))
    result = machine.run(".ci/run")
    assert result.returncode == 0, result.stderr
    assert machine.calls("pytest") == [f"CI=1 {one}" for one in BOTH]


@pytest.mark.slow
@pytest.mark.parametrize(("ci", "code"), [("1", 1), ("", 0)])
def test_a_skip_is_a_failure_where_ci_is_set(tmp_path: Path, ci: str, code: int) -> None:
    shutil.copy(ROOT / "tests/conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    needs\n    root\n")
    (tmp_path / "test_one.py").write_text(
        "import pytest\n\n\ndef test_well():\n    pass\n\n\n@pytest.mark.needs('ffmpeg')\ndef test_one():\n    pass\n"
    )
    for cores in ("0", "2"):
        result = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", cores, str(tmp_path)],
            cwd=tmp_path,
            env=os.environ | {"CI": ci, "SATARK_MISSING": "ffmpeg"},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert result.stdout.splitlines()[-1] == "1 passed, 0 failed, 1 skipped"
        assert result.returncode == code
