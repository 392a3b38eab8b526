"""PDFs written object by object: what no tool here puts into one, in the places where makers have been seen to."""

import base64
import struct
import zlib
from io import BytesIO

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.DefaultTable import DefaultTable

from tests.sync.test_metadata_pdf import stream, written
from tests.telling.made.bench import Bench, Maker

_SEEN = b"BT /F1 12 Tf 20 20 Td (what is seen) Tj ET"
_PICTURE = (
    b"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent %d /ColorSpace /DeviceGray "
)
_DEJAVU = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
_CFF = "/usr/share/fonts/opentype/urw-base35/NimbusSans-Regular.otf"


def _page(content: bytes, *more: bytes, catalogue: bytes = b"", page: bytes = b"", resources: bytes = b"",
          font: bytes = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>") -> bytes:  # fmt: skip
    """One page; the objects ``more`` begin at number 6."""
    return written([
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalogue,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> %s >> %s >>" % (resources, page),
        stream(content), font, *more,
    ])  # fmt: skip


def objects(bench: Bench) -> None:
    """Scripts, attachments, a form, a signature, private data, named layers, XMP of single objects, a thumbnail."""
    w = bench.said
    more = [
        stream(w(), b"/Type /EmbeddedFile /Params << /ModDate (D:20130313131313) >>"),  # 6
        b"<< /FT /Tx /T (%s) /V (%s) /TU (%s) /Subtype /Widget /Rect [0 0 9 9] >>" % (w(), w(), w()),  # 7
        b"<< /FT /Sig /T (s) /Subtype /Widget /Rect [0 0 9 9] /V << /Type /Sig /Name (%s) /Location (%s) /Reason (%s)"
        b" /ContactInfo (%s) /Contents <%s> /ByteRange [0 1 2 3] >> >>" % (w(), w(), w(), w(), w().hex().encode()),  # 8
        b"<< /Type /OCG /Name (%s) /Usage << /CreatorInfo << /Creator (%s) /Subtype /Artwork >> >> >>"
        % (w(), w()),  # 9
        stream(w(), b"/Type /Metadata /Subtype /XML"),  # 10
        stream(w(), _PICTURE % (3, 4, 8)),  # 11, a thumbnail
        stream(bytes(range(12)), _PICTURE % (3, 4, 8) + b"/Metadata 10 0 R /PieceInfo << /X << /Private (%s) >> >>"
               b" /ID (%s) /OPI << /2.0 << /F (%s) >> >>" % (w(), w(), w())),  # 12
        stream(b"0 0 9 9 re f", b"/Subtype /Form /BBox [0 0 9 9] /Metadata 10 0 R /LastModified (D:%s)" % w()),  # 13
        b"<< /Subtype /FileAttachment /Rect [0 0 9 9] /FS << /F (%s) /EF << /F 6 0 R >> >> /T (%s) /NM (%s) >>"
        % (w(), w(), w()),  # 14
        b"<< /Subtype /Stamp /Rect [0 0 9 9] /Subj (%s) /RC (%s) /AP << /N 13 0 R >> >>" % (w(), w()),  # 15
    ]  # fmt: skip
    catalogue = (
        b"/OpenAction << /S /JavaScript /JS (%s) >> /AcroForm << /Fields [7 0 R 8 0 R] /XFA (%s) /DA (/F1 0 Tf) >>"
        b" /OCProperties << /OCGs [9 0 R] /D << /Name (%s) /Creator (%s) /Order [9 0 R (%s)] /ON [9 0 R] >> >>"
        b" /PieceInfo << /Maker << /Private (%s) >> >> /Lang (%s) /PageLabels << /Nums [0 << /P (%s) >>] >>"
        b" /Names << /EmbeddedFiles << /Names [(%s) << /F (a) /EF << /F 6 0 R >> >>] >> >> /%s (own entry)"
        b" /OutputIntents [<< /S /GTS_PDFX /Info (%s) /OutputConditionIdentifier (%s) >>] /Metadata 10 0 R"
    ) % tuple(w() for _ in range(12))
    page = (b"/Annots [7 0 R 8 0 R 14 0 R 15 0 R] /Thumb 11 0 R /PieceInfo << /Maker << /Private (%s) >> >>"
            b" /AA << /O << /S /Launch /F (%s) >> >> /Metadata 10 0 R"
            b" /LastModified (D:20130313131313)") % (w(), w())  # fmt: skip
    resources = b"/XObject << /I 12 0 R /X 13 0 R >> /Properties << /L 9 0 R >>"
    content = _SEEN + b" /OC /L BDC q 50 0 0 50 9 99 cm /I Do Q EMC /X Do"
    bench.path.write_bytes(_page(content, *more, catalogue=catalogue, page=page, resources=resources))


def drawn(bench: Bench) -> None:
    """Between the drawing instructions: comments, texts for screen readers, foreign operators, inline pictures."""
    w = bench.said
    content = b"\n".join([
        b"%% %s" % w(),
        b"/Span << /ActualText (%s) /Alt (%s) /E <feff%s> /Lang (hi) >> BDC" %
        (w(), w(), bench.word().encode("utf-16-be").hex().encode()),
        _SEEN, b"EMC",
        b"/P << /MCID 0 /%s (x) >> BDC EMC /%s MP /Maker << /Said (%s) >> DP /%s BMC EMC" % (w(), w(), w(), w()),
        b"/Artifact /M BDC 0 0 5 5 re f EMC",
        b"q 40 0 0 40 99 99 cm BI /W 2 /H 2 /BPC 8 /CS /G /Maker (%s) /F /AHx ID 00 80 C0 FF > EI Q" % w(),
        b"BX (%s) own EX" % w(),
        b"q /OC /L BDC 1 0 0 rg 60 60 9 9 re f EMC Q",
        b"%% %s" % w(),
    ])  # fmt: skip
    more = [
        b"<< /Said (%s) >>" % w(),  # 6
        b"<< /Type /OCG /Name (%s) >>" % w(),  # 7
        stream(b"%% %s\n0 1 0 rg /T BMC 5 5 9 9 re f EMC" % w(), b"/Subtype /Form /BBox [0 0 99 99]"),  # 8
        stream(b"%% %s\n0 0 1 rg 0 0 4 4 re f" % w(), b"/PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 9 9]"
               b" /XStep 9 /YStep 9 /Resources << >>"),  # 9
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /FirstChar 65 /LastChar 65"
        b" /Widths [9] /Encoding << /Differences [65 /a] >> /CharProcs << /a 11 0 R >> /Resources << >> >>",  # 10
        stream(b"9 0 d0 %% %s\n0 0 5 5 re f" % w()),  # 11
    ]  # fmt: skip
    content += b"\n/X Do /Pattern cs /P scn 120 20 60 60 re f BT /T3 1 Tf 150 150 Td (A) Tj ET"
    resources = b"/Properties << /M 6 0 R /L 7 0 R >> /XObject << /X 8 0 R >> /Pattern << /P 9 0 R >>"
    resources += b" /ExtGState << /%s << /LW 2 >> >>" % w()
    catalogue = b"/OCProperties << /OCGs [7 0 R] /D << /ON [7 0 R] >> >>"
    made = _page(content, *more, catalogue=catalogue, resources=resources)
    bench.path.write_bytes(made.replace(b"/Font << /F1 5 0 R >>", b"/Font << /F1 5 0 R /T3 10 0 R >>"))


def _subset(path: str) -> TTFont:
    font = TTFont(path)
    options = subset.Options()
    options.name_IDs, options.notdef_outline, options.recalc_timestamp = [], True, False
    chosen = subset.Subsetter(options)
    chosen.populate(text="what is seen")
    chosen.subset(font)
    return font


def _bytes_of(font: TTFont) -> bytes:
    out = BytesIO()
    font.save(out)
    return out.getvalue()


def _named(bench: Bench) -> bytes:
    """A TrueType font with an owner, a licence, a maker's table."""
    font = _subset(_DEJAVU)
    for number in (0, 1, 3, 5, 8, 13, 19):
        font["name"].setName(bench.word(), number, 3, 1, 0x409)
    font["OS/2"].achVendID = "QZPL"
    own = DefaultTable("PfEd")
    own.data = bench.word().encode()
    font["PfEd"] = own
    return _bytes_of(font)


def _cff(bench: Bench) -> bytes:
    """A bare CFF font with notices."""
    font = _subset(_CFF)
    cff = font["CFF "].cff
    cff.fontNames[0] = bench.word()
    top = cff[0]
    top.Notice, top.Copyright, top.FullName, top.FamilyName, top.version = (bench.word() for _ in range(5))
    top.UniqueID, top.XUID = 1234567, [1000, 123456, 7]
    font = TTFont(BytesIO(_bytes_of(font)))
    return bytes(font.reader["CFF "])


def fonts(bench: Bench) -> None:
    """Fonts inside: names of owner and licence, notices, unique ids, a maker's table, a map to text with remarks."""
    w = bench.said
    truetype, cff = _named(bench), _cff(bench)
    cmap = (b"%%!PS %s\n/CIDInit /ProcSet findresource begin begincmap /CIDSystemInfo"
            b" << /Registry (%s) /Ordering (%s) >> def\n"
            b"/CMapName /%s def 1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfrange <20> <7e> <0020>"
            b" endbfrange endcmap end %% %s") % tuple(w() for _ in range(5))  # fmt: skip
    widths = b"/FirstChar 32 /LastChar 126 /Widths [%s]" % (b"500 " * 95)
    descriptor = (b"<< /Type /FontDescriptor /FontName /%s /FontFamily (%s) /Flags %d /FontBBox [0 -200 1000 900]"
                  b" /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 /%s %d 0 R >>")  # fmt: skip
    names = [b"ABCDEF+" + w(), b"ABCDEG+" + w()]
    more = [
        descriptor % (names[0], w(), 32, b"FontFile2", 7),  # 6
        stream(zlib.compress(truetype), b"/Filter /FlateDecode /Length1 %d" % len(truetype)),  # 7
        stream(cmap),  # 8
        b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /FontDescriptor 10 0 R %s /Encoding /WinAnsiEncoding >>"
        % (names[1], widths),  # 9
        descriptor % (names[1], w(), 32, b"FontFile3", 11),  # 10
        stream(zlib.compress(cff), b"/Subtype /Type1C /Filter /FlateDecode"),  # 11
    ]  # fmt: skip
    font = (b"<< /Type /Font /Subtype /TrueType /BaseFont /%s /FontDescriptor 6 0 R %s /Encoding /WinAnsiEncoding"
            b" /ToUnicode 8 0 R >>") % (names[0], widths)  # fmt: skip
    content = _SEEN + b" BT /F2 14 Tf 20 60 Td (what is seen) Tj ET"
    made = _page(content, *more, font=font)
    bench.path.write_bytes(made.replace(b"/F1 5 0 R", b"/F1 5 0 R /F2 9 0 R"))


def packed(bench: Bench) -> None:
    """Behind the end of packed streams, behind the last pixel, in the remarks of JBIG2."""
    w = bench.said
    pixels, picture = bytes(range(0, 240, 10)), _PICTURE % (6, 4, 8)
    page_info = struct.pack(">IBBBI", 0, 48, 0, 1, 19) + struct.pack(">IIIIBH", 8, 8, 0, 0, 0, 0)
    remark = w() + b"\0said\0\0"
    extension = struct.pack(">IBBBI", 1, 62, 0, 1, 4 + len(remark)) + struct.pack(">I", 0x20000000) + remark
    region = (
        struct.pack(">IIIIB", 8, 8, 0, 0, 0)
        + b"\0"
        + bytes.fromhex("03fffdff02fefefe")
        + bytes(range(9))
        + b"\xff\xac"
    )
    generic = struct.pack(">IBBBI", 2, 38, 0, 1, len(region)) + region
    more = [
        stream(zlib.compress(pixels) + w(), picture + b"/Filter /FlateDecode"),  # 6
        stream(zlib.compress(pixels + w()), picture + b"/Filter /FlateDecode"),  # 7
        stream(base64.a85encode(pixels) + b"~>" + w(), picture + b"/Filter /ASCII85Decode"),  # 8
        stream(pixels.hex().encode() + b">" + w(), picture + b"/Filter /ASCIIHexDecode"),  # 9
        stream(bytes([23]) + pixels + b"\x80" + w(), picture + b"/Filter /RunLengthDecode"),  # 10
        stream(page_info + extension + generic + w(), _PICTURE % (8, 8, 1) + b"/Filter /JBIG2Decode"),  # 11
        stream(pixels + w(), picture),  # 12
        stream(zlib.compress(_SEEN + b" /T Do") + w(), b"/Subtype /Form /BBox [0 0 9 9] /Filter /FlateDecode"),  # 13
    ]  # fmt: skip
    drawing = b" ".join(b"q 20 0 0 20 %d 99 cm /I%d Do Q" % (22 * at, at) for at in range(7))
    resources = b"/XObject << %s >>" % b" ".join(b"/I%d %d 0 R" % (at, at + 6) for at in range(8))
    bench.path.write_bytes(_page(_SEEN + b" " + drawing + b" /I7 Do", *more, resources=resources))


RAW: dict[str, Maker] = {"objects.pdf": objects, "drawn.pdf": drawn, "fonts.pdf": fonts, "packed.pdf": packed}
