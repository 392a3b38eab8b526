"""PDFs: Chromium, fpdf2, img2pdf, Ghostscript, Pillow, qpdf, exiftool, and objects that no tool here writes."""

from io import BytesIO
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import AnnotationFlag

from tests.telling.made.bench import WHEN, Bench, Maker, picture, profile
from tests.telling.made.raw_documents import RAW


def _photo(bench: Bench) -> Path:
    """A JPEG with a maker."""
    path = bench.temp("photo.jpg")
    picture().save(path, comment=bench.word().encode(), icc_profile=profile(bench.word()))
    bench.run("exiftool", "-q", "-overwrite_original", f"-Artist={bench.word()}", "-GPSLatitude=25.7", path)
    return path


def chromium(bench: Bench) -> None:
    """A page printed to PDF, as phones do it: tagged, with texts for screen readers."""
    page = bench.temp("page.html")
    page.write_text(
        f'<html lang="hi"><head><title>{bench.word()}</title><meta name="author" content="x"></head><body><h1>seen</h1>'
        f'<img src="{_photo(bench)}" alt="{bench.word()}"><a href="https://example.org/{bench.word()}">link</a>'
        f"<p>नमस्ते</p></body></html>"
    )
    bench.run("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
              f"--user-data-dir={bench.temp('profile')}", f"--print-to-pdf={bench.path}", page.as_uri())  # fmt: skip
    bench.exiftool(f"-Author={bench.word()}", f"-XMP:Creator={bench.word()}", f"-CreateDate={WHEN}")


def fpdf2(bench: Bench, *, has_xmp: bool = True) -> None:
    """All that fpdf2 can put into one, and an update by exiftool behind it."""
    pdf = FPDF()
    for put in (
        pdf.set_title,
        pdf.set_author,
        pdf.set_creator,
        pdf.set_producer,
        pdf.set_keywords,
        pdf.set_subject,
    ):
        put(bench.word())
    if has_xmp:
        pdf.set_xmp_metadata(f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><a>{bench.word()}</a></x:xmpmeta>")
    pdf.add_page()
    pdf.set_font("Helvetica", size=20)
    pdf.cell(text="what is seen")
    pdf.start_section(bench.word())
    pdf.text_annotation(20, 20, bench.word(), title=bench.word(), flags=(AnnotationFlag.HIDDEN,))
    pdf.link(10, 10, 20, 20, f"https://example.org/{bench.word()}")
    pdf.embed_file(bytes=bench.word().encode() * 3, basename=f"{bench.word()}.txt", desc=bench.word())
    pdf.image(BytesIO(_photo(bench).read_bytes()), x=20, y=40, w=40, alt_text=bench.word())
    bench.path.write_bytes(bytes(pdf.output()))
    bench.exiftool(f"-XMP:Title={bench.word()}", f"-XMP:CreatorTool={bench.word()}")
    bench.append(bench.word().encode())


def img2pdf(bench: Bench) -> None:
    """A photo as it is, put into a PDF by img2pdf."""
    names = [part for name in ("--title", "--author", "--creator", "--producer", "--subject", "--keywords")
             for part in (name, bench.word())]  # fmt: skip
    bench.run("img2pdf", _photo(bench), *names, "--creationdate", "2013-03-13T13:13:13", "-o", bench.path)


def ghostscript(bench: Bench) -> None:
    """Fonts of Adobe's kind with their notices, document information, a note, a bookmark."""
    script = bench.temp("in.ps")
    script.write_text(
        f"[/Title ({bench.word()}) /Author ({bench.word()}) /Maker ({bench.word()}) /DOCINFO pdfmark\n"
        f"[/Rect [9 9 40 40] /Contents ({bench.word()}) /Title ({bench.word()}) /F 2 /Subtype /Text /ANN pdfmark\n"
        f"[/Page 1 /Title ({bench.word()}) /OUT pdfmark\n"
        "/Helvetica 20 selectfont 20 60 moveto (what is seen) show"
        " /Times-Roman 20 selectfont 20 20 moveto (2) show showpage"
    )
    bench.run("gs", "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=pdfwrite", "-dDEVICEWIDTHPOINTS=200",
              "-dDEVICEHEIGHTPOINTS=100",
              f"-sOutputFile={bench.path}", script)  # fmt: skip


def scan(bench: Bench) -> None:
    """A scan, as Pillow writes it."""
    picture().save(
        bench.path, title=bench.word(), author=bench.word(), producer=bench.word(), creator=bench.word()
    )
    bench.exiftool(f"-XMP:Creator={bench.word()}")


def qpdf(bench: Bench) -> None:
    """The same document in object streams, linearised, by qpdf, and then an update by exiftool."""
    fpdf2(bench, has_xmp=False)
    bench.path.rename(bench.temp("old.pdf"))
    bench.count -= 1  # qpdf does not take over what lies behind the end
    bench.run("qpdf", "--object-streams=generate", "--linearize", bench.temp("old.pdf"), bench.path)
    bench.exiftool(f"-Author={bench.word()}", f"-XMP:Rights={bench.word()}", f"-ModifyDate={WHEN}")


def locked(bench: Bench) -> None:
    """With a password of its owner, which is refused."""
    scan(bench)
    bench.path.rename(bench.temp("open.pdf"))
    bench.run("qpdf", "--encrypt", "", "owner", "256", "--", bench.temp("open.pdf"), bench.path)
    bench.count = 0


MAKERS: dict[str, Maker] = {
    "chromium.pdf": chromium, "fpdf2.pdf": fpdf2, "img2pdf.pdf": img2pdf, "ghostscript.pdf": ghostscript,
    "scan.pdf": scan, "qpdf.pdf": qpdf, **RAW, "locked.pdf": locked,
}  # fmt: skip
