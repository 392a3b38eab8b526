import re
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from appliance import people
from appliance.cli import people as commands
from appliance.desk import Actor, open_desk
from tests.appliance.office import enrolled


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return enrolled(tmp_path)


def call(root: Path, *arguments: str) -> Result:
    command, *options = arguments
    return CliRunner().invoke(commands, [command, "--root", str(root), *options])


def hire(root: Path, *more: str) -> Result:
    return call(root, "add", "--name", "asha", "--display", "आशा", "--role", "screener", *more)


def first_password(result: Result) -> str:
    found = re.search(r"first password +([a-z2-9-]+)", result.output)
    assert result.exit_code == 0 and found, result.output
    return found[1]


def test_a_person_is_added_with_a_first_password_and_listed(root: Path) -> None:
    first = first_password(hire(root))
    assert people.check(open_desk(root, time.time), "asha", first)
    assert call(root, "list").output.split() == ["asha", "screener", "आशा"]


def test_what_is_wrong_is_said_in_one_line(root: Path) -> None:
    result = hire(root, "--post", "SHO JNP-01")
    assert (result.exit_code, result.output.strip()) == (1, "Error: a screener sits for no post")


def test_a_person_who_is_shut_out_gets_a_way_back_at_the_console(root: Path) -> None:
    old = first_password(hire(root))
    desk = open_desk(root, time.time)
    assert people.take_up_paper(desk, people.begin(desk, Actor("asha", "", "screener")))
    new = first_password(call(root, "reset", "--name", "asha"))
    assert people.check(desk, "asha", old) is None and people.check(desk, "asha", new)
    assert people.factor_of(desk, "asha")
    first_password(call(root, "reset", "--name", "asha", "--second-factor"))
    assert people.factor_of(desk, "asha") is None


def test_the_console_ends_every_wait(root: Path) -> None:
    desk = open_desk(root, time.time)
    for _ in range(9):
        people.check(desk, "asha", "wrong")
    assert call(root, "unlock").exit_code == 0
    assert people.wait_s(desk, "asha") == 0


def test_a_root_that_is_not_enrolled_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = call(tmp_path / "empty", "list")
    assert result.exit_code == 1
    assert "satark node enrol" in result.output
