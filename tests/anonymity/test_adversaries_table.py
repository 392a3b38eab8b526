"""What ``./run adversaries`` says at its end: the table, the sum, the exit code."""

import gzip
import os
import zlib
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from mmap import mmap
from pathlib import Path

import pytest

from tests.adversaries import __main__ as command
from tests.adversaries import memory, verdict
from tests.adversaries.broker_operator import looks_like_chance
from tests.adversaries.memory import PAGE_BYTES
from tests.adversaries.people import of_texts
from tests.adversaries.sieve import Sieve
from tests.adversaries.verdict import WIDTHS, Verdict
from tests.weakened.controls import CONTROLS
from tests.weakened.copying import edited
from tests.weakened.model import Weakening

LOSES = Verdict("root", "everything", "to read", (), "weakened: read", controlled=True)
OPEN = replace(LOSES, adversary="both boxes", learned=("the number",), not_defended=True)


def test_losing_is_right() -> None:
    assert verdict.exit_code([LOSES, OPEN]) == 0
    assert verdict.summary([LOSES, OPEN]) == "2 adversaries: 1 learned nothing, 1 not defended, 0 wrong"


@pytest.mark.parametrize(
    "wrong",
    [
        replace(LOSES, learned=("the number",)),
        replace(LOSES, controlled=False),
        replace(OPEN, learned=()),
        replace(OPEN, controlled=False),
        verdict.broken_off("root", ValueError("no broker")),
    ],
    ids=["learned", "control failed", "open one failed", "open one's control failed", "broke off"],
)
def test_everything_else_is_wrong(wrong: Verdict) -> None:
    assert verdict.exit_code([LOSES, wrong, OPEN]) == 1
    assert verdict.summary([LOSES, wrong]).endswith(f"1 wrong: {wrong.adversary}")
    assert "FAILED" in verdict.table([wrong]) or wrong.not_defended


def test_no_play_at_all_is_wrong() -> None:
    assert verdict.exit_code([]) == 1


def test_the_table_fits_120_columns_and_drops_no_word() -> None:
    long = replace(LOSES, tried="many attempts " * 20, learned=("x" * 200,))
    lines = verdict.table([long, OPEN]).splitlines()
    assert max(map(len, lines)) <= sum(WIDTHS) + 3 * (len(WIDTHS) - 1) == 120
    assert verdict.table([long]).count("attempts") == 20
    assert "not defended: the" in verdict.table([OPEN])


def test_a_play_that_breaks_off_is_a_row_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks(_: object) -> list[Verdict]:
        raise ValueError("no broker")

    monkeypatch.setattr(command, "PLAYS", {"first": breaks, "second": lambda _: [LOSES]})
    assert command.main(["--json", str(tmp_path / "found.json"), "--seed", "1"]) == 1
    said = capsys.readouterr().out
    assert said.startswith("seed 1\n")
    assert said.endswith("2 adversaries: 1 learned nothing, 0 not defended, 1 wrong: first\n")
    assert '"right": true' in (tmp_path / "found.json").read_text()


def test_an_unknown_play_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(["nobody"])
    assert ended.value.code == 2
    assert "there is no nobody" in capsys.readouterr().err


@pytest.mark.slow
def test_the_sieve_finds_what_it_looks_for_across_newlines_zeros_and_slices(tmp_path: Path) -> None:
    sieve = Sieve({**of_texts("word", ["kumud talab"]), b"a\nb\0c!": "odd: bytes"}, tmp_path)
    sieve.look("nowhere", b"kumud\ntalab" * 1000 + bytes(1 << 20) + b"kumud ")
    sieve.look("nowhere either", b"talab")
    sieve.look("far", bytes(range(256)) * 4100 + b"a\nb\0c!" + bytes(9000))
    sieve.look("encoded", b"x=" + "kumud talab".encode("utf-16-le").hex().encode())
    assert {where for where, _ in sieve.found} == {"far", "encoded"}
    assert ("far", "odd: bytes") in sieve.found


@pytest.mark.parametrize("pack", [zlib.compress, gzip.compress])
def test_the_sieve_finds_what_was_packed_even_where_the_end_is_cut_off(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    sieve = Sieve(of_texts("word", ["kumud talab"]), tmp_path)
    packed = pack(b"said near kumud talab, " + bytes(range(256)) * 20)
    assert b"kumud talab" not in packed
    sieve.look("log.gz", b"x\x1f\x8b\x08" + packed[:-9] + b"y")
    sieve.look("empty", pack(b"nothing"))
    assert {where for where, _ in sieve.found} == {"log.gz (unpacked)"}


@pytest.mark.slow
def test_the_memory_behind_a_page_that_cannot_be_read_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "mapped"
    path.write_bytes(b"in front" + bytes(PAGE_BYTES * 3))
    with path.open("r+b") as file, mmap(file.fileno(), PAGE_BYTES * 3) as mapped:
        mapped[-6:] = b"behind"
        found = b"".join(data for name, data in memory.read([os.getpid()]) if name == str(path))
        assert b"in front" in found and b"behind" in found
        file.truncate(PAGE_BYTES)
        assert b"in front" in b"".join(d for name, d in memory.read([os.getpid()]) if name == str(path))


def test_chance_looks_like_chance_and_words_do_not() -> None:
    chance = b"".join(sha256(b"%d" % n).digest() for n in range(300))
    assert looks_like_chance(chance)
    assert not looks_like_chance(chance + bytes(400))
    assert not looks_like_chance("हर शाम पैसे लगाकर खेल होता है".encode() * 20)


@pytest.mark.parametrize("weakening", CONTROLS, ids=lambda weakening: weakening.name)
def test_every_weakened_build_still_fits_the_product(weakening: Weakening) -> None:
    for name, text in edited(weakening.edits).items():
        compile(text, name, "exec")
