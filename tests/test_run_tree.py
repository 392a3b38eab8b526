"""`./run tree`: the installed program prints the conversation, Hindi where no language is named."""

from pathlib import Path

import pytest

from tests.test_run import PYTHON, Machine

INSTALLS_SATARK = PYTHON.replace("for made in python", "for made in satark python")
SATARK = 'case "$1 $2" in\n"relay tree") echo "$*" ;;'


@pytest.mark.parametrize(("language", "printed"), [((), "hi"), (("hi",), "hi"), (("en",), "en")])
def test_the_tree_is_printed_with_the_places_of_the_seed(
    tmp_path: Path, language: tuple[str, ...], printed: str
) -> None:
    machine = Machine(tmp_path)
    machine.add("python3", INSTALLS_SATARK.replace('case "$1 $2" in', SATARK))
    result = machine.run("./run", "tree", *language)
    assert (result.returncode, result.stdout.splitlines()[-1:]) == (
        0,
        [f"relay tree --places provisioning/directory {printed}"],
    ), result.stderr
