"""What a reader of the PDF sees: its text by the ToUnicode tables, its square by the rectangles."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from provisioning.posters import Poster, link
from provisioning.posters.drawing import Squares

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check

MM = 72 / 25.4


@pytest.fixture(scope="module")
def opened(sikrara: Poster) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(BytesIO(sikrara.pdf())) as pdf:
        yield pdf


def to_unicode(font: pikepdf.Object) -> dict[bytes, str]:
    table = font.ToUnicode.read_bytes().decode()
    return {
        bytes.fromhex(code): bytes.fromhex(text).decode("utf-16-be")
        for code, text in re.findall(r"<([0-9A-F]{4})> <([0-9A-F]+)>", table)
    }


def instructions(pdf: pikepdf.Pdf) -> Iterator[tuple[str, list[Any]]]:
    for instruction in pikepdf.parse_content_stream(pdf.pages[0]):
        yield str(instruction.operator), list(instruction.operands)


def text_of(pdf: pikepdf.Pdf) -> str:
    fonts = {name: to_unicode(font) for name, font in pdf.pages[0].Resources.Font.items()}
    text, current = "", {}
    for operator, operands in instructions(pdf):
        if operator == "Tf":
            current = fonts[str(operands[0])]
        strings = operands[0] if operator == "TJ" else operands if operator == "Tj" else []
        for string in strings:
            if isinstance(string, pikepdf.String):
                codes = bytes(string)
                text += "".join(current[codes[at : at + 2]] for at in range(0, len(codes), 2))
        text += "\n" if str(operator) == "ET" else ""
    return text.replace("\u200b", "")


def test_its_text_can_be_read_aloud_and_searched(opened: pikepdf.Pdf) -> None:
    text = text_of(opened)

    for wanted in ("बिना", "पर्ची", "Report a crime.", "zero zero zero zero one", "[JNP-07K]", "सिकरारा"):
        assert wanted in text


def test_it_holds_no_other_number(opened: pikepdf.Pdf) -> None:
    text = text_of(opened)
    numbers = re.findall(r"\d{3,}", re.sub(r"(?<=\d) (?=\d)", "", text))

    assert set(numbers) == {"919800000001", "112", "1090", "1098", "1930"}


def test_it_is_one_a4_page(opened: pikepdf.Pdf) -> None:
    (page,) = opened.pages

    assert [round(float(edge) / MM) for edge in page.MediaBox] == [0, 0, 210, 297]


def test_it_tells_nothing_of_its_maker(opened: pikepdf.Pdf, sikrara: Poster) -> None:
    assert {key: str(value) for key, value in opened.docinfo.items()} == {
        "/Title": "सतर्क मित्र · Satark Mitra",
        "/CreationDate": "D:19700101000000Z",
    }
    assert "/Metadata" not in opened.Root
    assert not re.search(rb"(?i)fpdf|python|/home|/tmp|uharfbuzz", sikrara.pdf())


def test_the_square_that_is_drawn_is_the_code_of_the_link(opened: pikepdf.Pdf, sikrara: Poster) -> None:
    (square,) = (item for item in sikrara.page.items if isinstance(item, Squares))
    dark = set()
    for operator, operands in instructions(opened):
        if operator == "re":
            x, y, width, _ = (float(operand) / MM for operand in operands)
            row = round((297 - y - square.y) / square.module)
            first = round((x - square.x) / square.module)
            dark |= {(row, first + step) for step in range(round(width / square.module))}

    wanted = link.matrix(sikrara.link)
    assert dark == {(y, x) for y, row in enumerate(wanted) for x, module in enumerate(row) if module}
