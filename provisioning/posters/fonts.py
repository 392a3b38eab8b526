"""The project's own fonts: letters shaped as Hindi is read, their widths and outlines.

The Devanagari and the Latin half of Noto Sans are two files with the same measures; a line is cut into runs of either.
The only user of uharfbuzz and fontTools.
"""

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any

import uharfbuzz
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.ttLib import TTFont

import webui
from sync.errors import ConfigError

FOLDER = Path(webui.__file__).parent / "static" / "vendor" / "noto-sans-devanagari-5.3.0"
LATIN, DEVANAGARI = "latin", "devanagari"
WEIGHTS = {False: 400, True: 700}
EM = 1000  # font units in one em, in all four files


@dataclass(frozen=True)
class Glyph:
    """A letter form by its name in the font, and where it stands from the start of its run, in font units."""

    name: str
    x: int
    y: int


@dataclass(frozen=True)
class Run:
    """Text in one font file; ``width`` in font units."""

    font: str
    text: str
    width: int
    glyphs: tuple[Glyph, ...]


class Font:
    """One file, unpacked in memory."""

    def __init__(self, name: str) -> None:
        """``name`` as :func:`name_of` gives it."""
        self.name = name
        unpacked = TTFont(path(name), recalcTimestamp=False)
        unpacked.flavor = None
        buffer = BytesIO()
        unpacked.save(buffer)
        self._shaper = uharfbuzz.Font(uharfbuzz.Face(buffer.getvalue()))
        self._order: list[str] = unpacked.getGlyphOrder()
        self._outlines: Any = unpacked.getGlyphSet()
        self.characters = frozenset(chr(code) for code in unpacked.getBestCmap())

    def shape(self, text: str) -> Run:
        """Letters, ligatures and marks of a text, in the order they are drawn."""
        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        uharfbuzz.shape(self._shaper, buffer)
        at, glyphs = 0, []
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            glyphs.append(Glyph(self._order[info.codepoint], at + place.x_offset, place.y_offset))
            at += place.x_advance
        return Run(self.name, text, at, tuple(glyphs))

    def outline(self, glyph: str) -> str:
        """A letter form as SVG path, in font units with y upwards; empty for a space."""
        pen = SVGPathPen(self._outlines, ntos=lambda number: f"{number:g}")
        self._outlines[glyph].draw(pen)
        return str(pen.getCommands())


def name_of(script: str, bold: bool) -> str:
    """One of four: "latin-400", "devanagari-700" and so on."""
    return f"{script}-{WEIGHTS[bold]}"


def path(name: str) -> Path:
    """Where a font lies."""
    return FOLDER / f"noto-sans-devanagari-{name}-normal.woff2"


@lru_cache(maxsize=4)
def font(name: str) -> Font:
    """The font of that name, unpacked once."""
    return Font(name)


@lru_cache(maxsize=4096)
def runs(text: str, bold: bool) -> tuple[Run, ...]:
    """A line cut into runs of one script each; raises ConfigError for a character that neither font has."""
    scripts = _scripts(text, bold)
    pieces = groupby(zip(text, scripts, strict=True), key=lambda pair: pair[1])
    return tuple(
        font(name_of(script, bold)).shape("".join(character for character, _ in piece))
        for script, piece in pieces
    )


def width(text: str, bold: bool, size: float) -> float:
    """How wide a line is, in the unit of ``size``."""
    return sum(run.width for run in runs(text, bold)) * size / EM


def _scripts(text: str, bold: bool) -> list[str]:
    """The script of each character; a space goes with what stands before it."""
    latin, devanagari = (font(name_of(script, bold)).characters for script in (LATIN, DEVANAGARI))
    scripts: list[str] = []
    for character in text:
        if character == " " and scripts:
            scripts.append(scripts[-1])
        elif character in latin:
            scripts.append(LATIN)
        elif character in devanagari:
            scripts.append(DEVANAGARI)
        else:
            raise ConfigError(
                f"the fonts have no letter U+{ord(character):04X}", hint="Write the name or words without it."
            )
    return scripts
