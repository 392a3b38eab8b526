"""PDF: what it says of its maker goes, what its pages show stays; a locked, bent or endless one is refused."""

import io
import zlib
from collections.abc import Iterable
from pathlib import Path

import pytest
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st

from sync.metadata import Damaged, Unsupported, pdf, scan_sealed
from tests.sync import planted
from tests.sync.planted import SECRET, cleaned, exif, forms, seal

S = SECRET.encode()
TOOLS = pytest.mark.needs("ffmpeg", "exiftool")
CONTENT = b"BT /F1 12 Tf 20 20 Td (what is seen) Tj ET"


def written(objects: Iterable[bytes], *, trailer: bytes = b"", head: bytes = b"%PDF-1.5\n") -> bytes:
    """A PDF of these objects, numbered from 1, the first its catalogue."""
    out, places = bytearray(head), []
    for number, item in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(places) + 1
    end = (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n"
    )
    return bytes(out) + end % (size, table, size, trailer, len(out))


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


def one_page(
    *more: bytes, catalogue: bytes = b"", page: bytes = b"", resources: bytes = b"", trailer: bytes = b""
) -> bytes:
    """A PDF of one page; the objects ``more`` begin at number 6."""
    return written(
        [
            b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalogue,
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> %s >> %s >>" % (resources, page),
            stream(CONTENT),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            *more,
        ],
        trailer=trailer,
    )


def rewritten(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The cleaner without its child."""
    target = io.BytesIO()
    names = pdf.rewrite(io.BytesIO(data), target)
    return target.getvalue(), names


@TOOLS
@pytest.mark.slow
def test_nothing_planted_is_left(tmp_path: Path) -> None:
    dirty = planted.document()
    outcome = cleaned(dirty, tmp_path)
    assert {
        "pdf/document information",
        "pdf/XMP",
        "pdf/bookmarks",
        "pdf/APP1/Exif",
        "pdf/annotations",
    } <= set(outcome.result.dropped)
    assert (outcome.result.mime, outcome.result.tool[:5]) == ("application/pdf", "qpdf ")
    assert not any(form in outcome.data for form in forms(SECRET))
    assert all(form not in unpacked(outcome.data) for form in forms(SECRET))
    assert any(form in unpacked(dirty) for form in forms(SECRET))
    told = {tag for tag in exif(outcome.data, "kept.pdf", tmp_path) if tag.startswith(("PDF", "XMP"))}
    assert told <= {"PDF:PDFVersion", "PDF:Linearized", "PDF:PageCount"}


def unpacked(data: bytes) -> bytes:
    """Every stream of it that opens."""
    found = []
    for piece in data.split(b"stream\n")[1:]:
        try:
            found.append(zlib.decompressobj().decompress(piece))
        except zlib.error:
            found.append(piece)
    return b"".join(found)


PLANTED = {
    "JavaScript": one_page(catalogue=b"/OpenAction << /S /JavaScript /JS (%s) >>" % S),
    "actions of a page": one_page(page=b"/AA << /O << /S /Launch /F (%s) >> >>" % S),
    "private data": one_page(
        page=b"/PieceInfo << /X << /Private (%s) >> >> /LastModified (D:2020%s)" % (S, S)
    ),
    "XMP of a page": one_page(stream(S, b"/Type /Metadata"), page=b"/Metadata 6 0 R"),
    "XMP of a picture": one_page(
        stream(S, b"/Type /Metadata"),
        stream(
            b"\0",
            b"/Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray /Metadata 6 0 R",
        ),
        resources=b"/XObject << /I 7 0 R >>",
    ),
    "thumbnail": one_page(stream(S), page=b"/Thumb 6 0 R"),
    "attachment": one_page(
        stream(S), catalogue=b"/Names << /EmbeddedFiles << /Names [(a) << /F (b) /EF << /F 6 0 R >> >>] >> >>"
    ),
    "form": one_page(
        b"<< /FT /Tx /T (%s) /V (%s) /Subtype /Widget /Rect [0 0 9 9] >>" % (S, S),
        catalogue=b"/AcroForm << /Fields [6 0 R] /XFA (%s) >>" % S,
        page=b"/Annots [6 0 R]",
    ),
    "note": one_page(
        b"<< /Subtype /Text /Rect [0 0 9 9] /T (%s) /Contents (%s) /M (D:2020) >>" % (S, S),
        page=b"/Annots [6 0 R]",
    ),
    "link": one_page(
        b"<< /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (http://%s) >> >>" % S, page=b"/Annots [6 0 R]"
    ),
    "file number": one_page(trailer=b"/ID [<%s> <%s>]" % (S.hex().encode(), S.hex().encode())),
    "document information": one_page(b"<< /Author (%s) >>" % S, trailer=b"/Info 6 0 R"),
    "an object of no page": one_page(stream(S)),
    "bytes behind the end": one_page() + S,
    "bytes in the head": one_page().replace(b"%PDF-1.5\n", b"%PDF-1.5\n%" + S + b"\n", 1),
    "an entry of their own": one_page(catalogue=b"/%s 1" % S),
    "an entry of a font": one_page().replace(b"/BaseFont", b"/Maker (%s) /BaseFont" % S),
    "profile": one_page(stream(S, b"/N 3"), resources=b"/ColorSpace << /C [/ICCBased 6 0 R] >>"),
    "a zip behind it": one_page() + b"PK\3\4" + S,
    "texts in a list": one_page(page=b"/MediaBox2 [0] /Group << /S /Transparency /K [(%s)] >>" % S),
}


@pytest.mark.parametrize("name", PLANTED)
def test_what_was_planted_there_goes(name: str) -> None:
    clean, names = rewritten(PLANTED[name])
    assert not any(form in PLANTED[name] and form in clean for form in forms(SECRET))
    assert S.lower() not in clean.lower() and S.hex().encode() not in clean.lower()
    assert CONTENT in clean
    assert rewritten(clean)[0] == clean
    assert all(name.startswith("pdf/") for name in names)


def test_an_earlier_version_of_the_file_goes() -> None:
    old = one_page(b"<< /Author (%s) >>" % S, trailer=b"/Info 6 0 R")
    catalogue = b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    table = b"xref\n1 1\n%010d 00000 n \n" % len(old)
    rest = b"trailer\n<< /Size 7 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
    newer = old + catalogue + table + rest % (old.rindex(b"xref\n0"), len(old) + len(catalogue))
    clean, _ = rewritten(newer)
    assert S not in clean and CONTENT in clean


def test_what_a_filled_form_shows_is_drawn_into_its_page() -> None:
    shown = stream(b"(as it was filled in) Tj", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]")
    field = b"<< /FT /Tx /T (%s) /V (%s) /Subtype /Widget /F 4 /Rect [0 0 9 9] /AP << /N 6 0 R >> >>" % (S, S)
    clean, _ = rewritten(
        one_page(shown, field, catalogue=b"/AcroForm << /Fields [7 0 R] >>", page=b"/Annots [7 0 R]")
    )
    assert b"as it was filled in" in clean and S not in clean and b"Annots" not in clean


@pytest.mark.slow
def test_a_clean_file_stays_byte_for_byte(tmp_path: Path) -> None:
    clean = cleaned(one_page() + S, tmp_path).data
    assert cleaned(clean, tmp_path).data == clean
    assert scan_sealed(seal(clean, tmp_path / "again")) == ()


@pytest.mark.slow
def test_a_file_laid_out_in_another_way_is_an_alarm_with_a_name(tmp_path: Path) -> None:
    assert scan_sealed(seal(one_page(), tmp_path / "came")) == ("pdf/file structure",)


def locked() -> bytes:
    document = FPDF()
    document.add_page()
    document.set_encryption(owner_password="owner")
    return bytes(document.output())


PICTURE = b"/Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray /Filter "


@pytest.mark.parametrize(
    ("error", "why", "data"),
    [
        (Unsupported, "password", locked()),
        (
            Unsupported,
            "rare kind",
            one_page(stream(b"x", PICTURE + b"/JPXDecode"), resources=b"/XObject << /I 6 0 R >>"),
        ),
        (
            Damaged,
            "none",
            one_page(stream(b"x", PICTURE + b"/DCTDecode"), resources=b"/XObject << /I 6 0 R >>"),
        ),
        (
            Damaged,
            "without end",
            one_page(
                stream(zlib.compress(bytes(50_000_000)), PICTURE + b"[/FlateDecode /DCTDecode]"),
                resources=b"/XObject << /I 6 0 R >>",
            ),
        ),
        (
            Damaged,
            "without pages",
            written([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Kids [] /Count 0 >>"]),
        ),
        (Damaged, "cannot be read", b"%PDF-1.7 nothing"),
        (Damaged, "PDF", one_page()[:150]),
    ],
)
def test_a_pdf_that_cannot_be_cleaned_is_refused(error: type[Exception], why: str, data: bytes) -> None:
    with pytest.raises(error, match=why):
        rewritten(data)


DICTIONARIES = st.dictionaries(
    st.sampled_from(
        "Type Kids Parent Pages Contents Resources Font XObject ColorSpace Annots AcroForm Filter Metadata".split()
    ),
    st.sampled_from(
        ["1 0 R", "2 0 R", "3 0 R", "9 0 R", "[1 0 R 3 0 R]", "(text)", "/Name", "<< /A 2 0 R >>", "null", "-1", "[[]]",
         "[/ICCBased 4 0 R]", "[/Indexed /DeviceRGB 1 (abc)]"]
    ),
    max_size=5,
)  # fmt: skip


@given(st.lists(DICTIONARIES, min_size=1, max_size=4))
def test_objects_that_contradict_each_other_are_settled(entries: list[dict[str, str]]) -> None:
    more = [
        b"<< %s >>" % " ".join(f"/{key} {value}" for key, value in item.items()).encode() for item in entries
    ]
    data = one_page(*more, catalogue=more[0][2:-2].replace(b"/Pages", b"/P"), page=more[-1][2:-2])
    settle(data)


@given(
    st.sampled_from(list(PLANTED.values())),
    st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6), st.integers(0, 60)), min_size=1, max_size=4),
)
def test_mutated_files_are_settled(data: bytes, edits: list[tuple[float, bytes, int]]) -> None:
    for place, new, cut in edits:
        at = 8 + int(place * len(data))
        data = data[:at] + new + data[at + cut :]
    settle(data)


def settle(data: bytes) -> None:
    """A refusal, or a file that stays as it is."""
    try:
        clean, _ = rewritten(data)
    except (Damaged, Unsupported):
        return
    assert rewritten(clean)[0] == clean
