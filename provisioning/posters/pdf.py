"""A page as PDF with real text: it can be searched, copied and read aloud. The only user of fpdf2."""

from datetime import UTC, datetime

from fpdf import FPDF
from fpdf.fonts import TTFFont

from provisioning.posters import fonts
from provisioning.posters.drawing import Item, Page, Polygon, Squares, Text

_NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)  # the library insists on one; this one tells nothing
_ZERO_WIDTH_SPACE = 0x200B
_POINTS_PER_MM = 72 / 25.4
_BASELINE_IN_CELL = 0.8  # of a cell one em high, as the library places it


def write(page: Page) -> bytes:
    """The file; the same page gives the same bytes."""
    pdf = FPDF(unit="mm", format=(page.width, page.height))
    pdf.set_creation_date(_NO_DATE)
    pdf.set_producer("")
    pdf.set_title(page.title)
    pdf.set_lang("hi-IN")
    pdf.set_auto_page_break(False)
    pdf.c_margin = 0
    for bold in (False, True):
        for script in (fonts.LATIN, fonts.DEVANAGARI):
            name = fonts.name_of(script, bold)
            pdf.add_font(name, fname=fonts.path(name))
    pdf.add_page()
    pdf.set_text_shaping(True)
    for item in page.items:
        _draw(pdf, item)
    _silence_parts(pdf)
    return bytes(pdf.output())


def _silence_parts(pdf: FPDF) -> None:
    """Of a syllable drawn as several glyphs the first carries its letters; the others must read as nothing.

    Without this, copying or searching gives stray letters and digits: the library leaves those glyphs unnamed.
    """
    for font in pdf.fonts.values():
        assert isinstance(font, TTFFont)
        for glyph, _ in font.subset.items():
            if glyph is not None and glyph.unicode == ():
                glyph.unicode = (_ZERO_WIDTH_SPACE,)


def _draw(pdf: FPDF, item: Item) -> None:
    match item:
        case Polygon():
            pdf.set_fill_color(item.fill)
            pdf.polygon(item.points, style="F")
        case Squares():
            pdf.set_fill_color(item.fill)
            for x, y, width in item.runs():
                pdf.rect(x, y, width, item.module, style="F")
        case Text():
            _draw_text(pdf, item)


def _draw_text(pdf: FPDF, item: Text) -> None:
    pdf.set_text_color(item.fill)
    x = item.x
    for run in fonts.runs(item.text, item.bold):
        width = run.width * item.size / fonts.EM
        if run.text.strip():
            pdf.set_font(run.font, size=item.size * _POINTS_PER_MM)
            pdf.set_xy(x, item.baseline - _BASELINE_IN_CELL * item.size)
            pdf.cell(width, item.size, run.text)
        x += width
