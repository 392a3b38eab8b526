"""Every kind of file that is taken, with metadata that other tools planted: none is left, all plays the same."""

import base64
import gzip
import hashlib
import random
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.metadata import drawing, font_files, jbig2
from tests.fuzz_files import Search
from tests.sync.planted import cleaned, exif
from tests.telling import judges, trial
from tests.telling.corpus import REFUSED, Telling, corpus
from tests.telling.mutations import mutated

TOOLS = pytest.mark.needs("ffmpeg", "exiftool", "pdftoppm")
TAKEN = [file for file in corpus() if file.name not in REFUSED]
SMALLEST = [
    min((file for file in TAKEN if file.kind == kind), key=lambda file: len(file.data))
    for kind in sorted({file.kind for file in TAKEN})
]
"""One of each kind; `./run adversaries metadata` tries them all."""
KINDS = {"jpg", "png", "webp", "ogg", "mp3", "aac", "amr", "m4a", "mp4", "mov", "3gp", "pdf"}


def named(file: Telling) -> str:
    return file.name


def test_every_kind_is_in_the_corpus_and_small() -> None:
    assert {file.kind for file in corpus()} == KINDS
    assert sum(file.words for file in corpus()) > 300
    assert sum(len(file.data) for file in corpus()) < 1_500_000


@TOOLS
@pytest.mark.slow
@pytest.mark.parametrize("file", SMALLEST, ids=named)
def test_nothing_that_other_tools_planted_is_left(file: Telling, tmp_path: Path) -> None:
    done = trial.tried(file, trial.by_product, tmp_path / "once")
    assert done.is_seen_whole and (done.said or file.words)
    assert done.kept is not None and done.tells == ()
    assert done.plays_same
    assert trial.is_left_alone(done.kept, tmp_path / "twice")
    assert trial.alarm(file, tmp_path / "alarm")


@TOOLS
@pytest.mark.slow
@pytest.mark.parametrize("name", REFUSED)
def test_of_a_kind_that_is_not_taken_nothing_comes_through(name: str, tmp_path: Path) -> None:
    file = next(one for one in corpus() if one.name == name)
    assert trial.by_product(file, tmp_path) is None and list(tmp_path.glob("kept*")) == []


@TOOLS
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "tag"),
    [
        *(
            (name, "IFD0:Orientation")
            for name in "baseline.jpg progressive.jpg gain-map.jpg texts.png lossy.webp".split()
        ),
        ("film.mp4", "Composite:Rotation"),
    ],
)
def test_which_way_up_it_is_stays(name: str, tag: str, tmp_path: Path) -> None:
    file = next(one for one in corpus() if one.name == name)
    kept = cleaned(file.data, tmp_path).data
    before, after = (exif(data, name, tmp_path).get(tag) for data in (file.data, kept))
    assert before == after not in (None, "Horizontal (normal)", 0)


@pytest.mark.parametrize(
    "hidden",
    [
        lambda word: b"xx" + word + b"xx",
        lambda word: word.decode().encode("utf-16-le"),
        lambda word: word.decode().encode("utf-32-be"),
        lambda word: word.lower().hex().encode(),
        lambda word: base64.b64encode(b"1" + word),
        lambda word: zlib.compress(b"a" + word),
        lambda word: gzip.compress(word.hex().encode()),
        lambda word: b"".join(b"\\%03o" % byte for byte in word),
        lambda word: b"\n" + base64.a85encode(b"1234" + word) + b"~>",
    ],
)
def test_the_judge_finds_a_word_in_any_coding(hidden: Callable[[bytes], bytes], rng: random.Random) -> None:
    data = rng.randbytes(50) + hidden(judges.word(42).encode()) + rng.randbytes(50)
    assert 42 in judges.found(data)
    assert judges.found(rng.randbytes(300)) == frozenset()


DRAWN = [
    (b"q 1 0 0 1 0 0 cm Q", b"q 1 0 0 1 0 0 cm Q"),
    (b"% said\nBT /F1 9 Tf\n(a\\)b(c)) Tj ET", b"BT /F1 9 Tf (a\\)b(c)) Tj ET"),
    (b"/P << /MCID 3 /ActualText (said) >> BDC 0 g EMC", b"0 g"),
    (b"/OC /L BDC /P BMC 0 g EMC EMC EMC", b"/OC /L BDC 0 g EMC"),
    (b"BX (said) foo EX 1 g", b"1 g"),
    (b"(said) 1 0 0 rg 0 (said) g", b"1 0 0 rg"),
    (b"[(a) -20 /said <62>] TJ", b"[(a) -20<62>] TJ"),
    (b"BI /W 1 /H 1 /Said (x) /BPC 8 /CS /G ID \xffEI EI Q", b"BI /W 1 /H 1 /BPC 8 /CS /G ID \xffEI EI Q"),
    (b"0 g (never ends", b"0 g"),
    (b"/SaidBySomebody gs", b"/R" + hashlib.sha256(b"/SaidBySomebody").hexdigest()[:8].encode() + b" gs"),
    (b"/DeviceRGB cs 0 0 1 scn /Said 1 scn", b"/DeviceRGB cs 0 0 1 scn 1 scn"),
]  # fmt: skip


@pytest.mark.parametrize(("came", "kept"), DRAWN)
def test_only_what_draws_is_left_of_drawing_instructions(came: bytes, kept: bytes) -> None:
    assert drawing.reduce(came).data == kept
    assert drawing.reduce(kept).data == kept
    assert drawing.reduce(came).dropped == (came not in (kept, b"/SaidBySomebody gs"))


def test_drawings_fonts_and_scans_are_settled_whatever_they_are(rng: random.Random) -> None:
    pieces = [came for came, _ in DRAWN] + [next(file.data for file in corpus() if file.name == "fonts.pdf")]
    for _ in range(300):
        data = mutated("pdf", rng.choice(pieces), rng.choice(pieces), rng)[:4000]
        once = drawing.reduce(data).data
        assert drawing.reduce(once).data == once
        for reduce in (font_files.reduce_sfnt, font_files.reduce_cff, jbig2.reduce, font_files.reduce_map):
            assert reduce(reduce(data)) == reduce(data)


def test_a_type_1_font_loses_its_notices_in_place() -> None:
    clear = b"%!PS-AdobeFont-1.0: Said 1.0\n/Notice (said (by) me) readonly def /UniqueID 123 def % said\n"
    clear += b"currentfile eexec\n"
    reduced = font_files.reduce_type1(clear + b"\1\2", len(clear))
    assert len(reduced) == len(clear) + 2 and b"aid" not in reduced and b"123" not in reduced
    assert reduced.startswith(b"%!PS-AdobeFont-1.0:") and reduced.endswith(b"currentfile eexec\n\1\2")


@pytest.mark.slow
def test_files_changed_by_chance_end_clean_or_refused(tmp_path: Path, rng: random.Random) -> None:
    search = Search(1500, rng.randrange(2**32), tmp_path, through_child=10**9)
    search.run()
    assert search.failures == []
    ends = [tally.ends for tally in search.tallies.values()]
    assert all(end["taken"] for end in ends) and all(end["refused"] for end in ends)
