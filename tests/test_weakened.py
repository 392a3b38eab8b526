"""The list of weakenings fits the product and its tests as they are today; playing it is ``./run adversaries``."""

import ast
from functools import lru_cache
from pathlib import Path

import pytest

from tests.weakened import CONTROLS, WEAKENINGS, Edit, Stale, Weakening, build, by_name, edited
from tests.weakened.copying import ROOT
from tests.weakened.playing import BROKEN, CAUGHT, ESCAPED, HARMLESS, judged

WEAK = Weakening("a", "b", (), ("tests/t.py::test_x",))


@lru_cache
def functions(path: str) -> set[str]:
    """The tests of a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_edit_fits_its_file_once() -> None:
    wrong = []
    for weakening in (*WEAKENINGS, *CONTROLS, HARMLESS):
        try:
            edited(weakening.edits)
        except Stale as error:
            wrong.append(f"{weakening.name}: {error}")
    assert wrong == []


def test_what_must_catch_it_exists() -> None:
    nodes = [node for weakening in (*WEAKENINGS, *CONTROLS) for node in weakening.caught_by]
    wanted = {tuple(node.partition("[")[0].split("::")) for node in nodes}
    assert {(path, name) for path, name in wanted if name not in functions(path)} == set()


def test_there_are_many_each_with_its_name_and_a_test() -> None:
    names = [weakening.name for weakening in (*WEAKENINGS, *CONTROLS)]
    assert len(names) == len(set(names)) and len(WEAKENINGS) >= 100
    assert all(weakening.caught_by and weakening.edits for weakening in WEAKENINGS)


def test_an_edit_that_does_not_fit_makes_no_copy(tmp_path: Path) -> None:
    stale = Weakening("a", "b", (Edit("relay/vault.py", "is not there", ""),))
    with pytest.raises(Stale, match="occurs 0 times"):
        build(stale, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
    with pytest.raises(KeyError, match="there is no weakening 'a'"):
        by_name("a")


@pytest.mark.parametrize(
    ("code", "said", "state"),
    [
        (0, "1 passed, 0 failed, 0 skipped", ESCAPED),
        (0, "0 passed, 0 failed, 1 skipped", BROKEN),
        (1, "FAILED tests/t.py::test_x[a b] - assert 1 == 2\n1 failed", CAUGHT),
        (1, "FAILED tests/t.py::test_other - assert 1 == 2\n1 failed", BROKEN),
        (1, "FAILED tests/t.py::test_x - NameError: name 'x' is not defined\n1 failed", BROKEN),
        (1, "ERROR tests/t.py::test_x - OSError\n1 error", BROKEN),
        (2, "ERROR tests/t.py\n1 error", BROKEN),
        (4, "ERROR: not found: tests/t.py::test_x", BROKEN),
        (5, "no tests ran", BROKEN),
    ],
)
def test_only_a_named_test_that_ran_and_failed_has_caught_it(code: int, said: str, state: str) -> None:
    assert judged(WEAK, code, said)[0] == state
