from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from provisioning.cli import main

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check

NUMBER = "+91 98000 00001"


def posters(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["posters", *map(str, arguments)])


def written(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_writes_both_files_and_says_what_to_check(tmp_path: Path) -> None:
    done = posters("--number", NUMBER, "--out", tmp_path / "posters", "--thana", "JNP-07")

    assert done.exit_code == 0, done.output
    assert written(tmp_path / "posters") == ["JNP-07K.pdf", "JNP-07K.svg"]
    assert "JNP-07K Sikrara, Jaunpur: JNP-07K.pdf, JNP-07K.svg" in done.output
    assert "1 poster in" in done.output and NUMBER in done.output
    assert "not confirmed" in done.output


def test_a_signed_directory_is_read_with_its_key_only(tmp_path: Path) -> None:
    folder = tmp_path / "authority"
    CliRunner().invoke(main, ["authority", "init", "--folder", str(folder)])
    CliRunner().invoke(main, ["authority", "directory", "--folder", str(folder)])
    signed, key = folder / "directory.json", (folder / "authority.pub").read_text().strip()
    wanted = ("--directory", signed, "--number", NUMBER, "--thana", "CDL-16")

    done = posters(*wanted, "--authority", key, "--out", tmp_path / "right")
    keyless = posters(*wanted, "--out", tmp_path / "keyless")
    foreign = posters(*wanted, "--authority", "00" * 32, "--out", tmp_path / "foreign")

    assert done.exit_code == 0 and written(tmp_path / "right") == ["CDL-16E.pdf", "CDL-16E.svg"]
    assert keyless.exit_code == 1 and "--authority" in keyless.output
    assert foreign.exit_code == 1 and not (tmp_path / "foreign").exists()


def test_a_folder_of_tables_will_do(tmp_path: Path) -> None:
    folder = tmp_path / "authority"
    CliRunner().invoke(main, ["authority", "init", "--folder", str(folder)])

    done = posters("--directory", folder, "--number", NUMBER, "--thana", "GZP-01", "--out", tmp_path / "out")

    assert done.exit_code == 0 and len(written(tmp_path / "out")) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--number", "98000 00001"), "country code"),
        (("--number", NUMBER, "--thana", "JNP-99"), "no thana JNP-99"),
        (("--number", NUMBER, "--directory", "gone.json", "--authority", "00" * 32), "gone.json"),
        (("--number", NUMBER, "--directory", "gone.json", "--authority", "xy"), "64 hex digits"),
    ],
)
def test_what_is_wrong_is_said_on_one_line_and_nothing_is_written(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = posters(*arguments, "--out", tmp_path / "out")

    assert done.exit_code == 1 and said in done.output and "Traceback" not in done.output
    assert not (tmp_path / "out").exists()
