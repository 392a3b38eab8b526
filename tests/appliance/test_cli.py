from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from appliance.cli import people
from tests.appliance.office import enrolled


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return enrolled(tmp_path)


def call(root: Path, *arguments: str, stdin: str = "") -> Result:
    command, *options = arguments
    return CliRunner().invoke(people, [command, "--root", str(root), *options], input=stdin)


def hire(root: Path, password: str) -> Result:
    return call(
        root, "add", "--name", "asha", "--display", "आशा", "--role", "screener", stdin=f"{password}\nmore"
    )


def test_a_person_is_added_and_listed(root: Path) -> None:
    assert hire(root, "a long password").exit_code == 0
    listed = call(root, "list").output
    assert listed.split() == ["asha", "screener", "आशा"]


def test_what_is_wrong_is_said_in_one_line(root: Path) -> None:
    result = hire(root, "short")
    assert (result.exit_code, result.output.strip()) == (1, "Error: a password has at least 8 characters")


def test_a_root_that_is_not_enrolled_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = call(tmp_path / "empty", "list")
    assert result.exit_code == 1
    assert "satark node enrol" in result.output
