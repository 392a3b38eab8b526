"""PDF: rewritten by qpdf with the entries that showing its pages needs, and nothing else it can reach.

What annotations and form fields show is drawn into the page and they go, as do links, actions, scripts, attachments,
bookmarks, structure, XMP, document information, earlier versions and whatever no page uses. Colour profiles are
replaced by the device colours of as many components; JPEG pictures inside go through the JPEG filter, drawing
instructions through one of their own (``drawing.py``), fonts too (``font_files.py``). A file is clean when writing it
anew gives the same bytes.

Not found here: what is drawn, in glyphs, in pixels; names of glyphs, of printing inks, of fonts that are not inside.
"""

from dataclasses import dataclass, field
from typing import BinaryIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream, String

from sync.metadata import drawing, pdf_keys
from sync.metadata.outcome import Damaged, Unsupported
from sync.metadata.pdf import fonts, streams

MIME = "application/pdf"
_MAX_OBJECTS = 400_000
_DEVICE = {1: Name.DeviceGray, 3: Name.DeviceRGB, 4: Name.DeviceCMYK}
_NEVER_DRAWN = {Name.Metadata: "XMP", Name.EmbeddedFile: "attachments", Name.XML: "XMP"}

_CATALOGUE, _PAGE, _NAMED, _RESOURCES, _GLYPHS, _RENDERING = (
    "catalogue", "page", "named", "resources", "glyphs", "rendering",
)  # fmt: skip
_LEADS_TO_PAGES = {(_CATALOGUE, "/Pages"), (_PAGE, "/Kids"), (_PAGE, "/Parent")}
_AMID = "texts amid the drawing"
_ALLOWED = {_CATALOGUE: pdf_keys.CATALOGUE, _PAGE: pdf_keys.PAGE, _RENDERING: pdf_keys.RENDERING,
            _GLYPHS: pdf_keys.RENDERING}  # fmt: skip


@dataclass
class _Walk:
    """The objects still to look at with what they are, those that were seen, the names of what went."""

    todo: list[tuple[Object, str]]
    seen: set[tuple[int, int]] = field(default_factory=set)
    names: dict[str, None] = field(default_factory=dict)
    count: int = 0

    def note(self, name: str) -> None:
        self.names[f"pdf/{name}"] = None


def is_pdf(start: bytes) -> bool:
    """Whether the file starts as a PDF does, at its very first byte."""
    return start.startswith((b"%PDF-1.", b"%PDF-2."))


def tool() -> str:
    """The program that writes PDFs, with its version."""
    return f"qpdf {pikepdf.__libqpdf_version__}"


def rewrite(source: BinaryIO, target: BinaryIO) -> tuple[str, ...]:
    """Reads a PDF piece by piece, writes it anew; gives the names of what went.

    That the file is laid out in another way has no name; who compares the bytes sees it. Raises Damaged or Unsupported.
    """
    try:
        with pikepdf.open(source, suppress_warnings=True, access_mode=pikepdf.AccessMode.stream) as pdf:
            names = _reduce(pdf)
            _save(pdf, target)
            return names
    except pikepdf.PasswordError as error:
        raise Unsupported("a PDF with a password", hint="send it without a password") from error
    except (pikepdf.PdfError, pikepdf.DependencyError) as error:
        raise Damaged("a PDF that cannot be read") from error
    except (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        RuntimeError,
        NotImplementedError,
    ) as error:
        # pikepdf gives these where an object is of another kind than its place asks for.
        raise Damaged("a PDF whose objects contradict each other") from error


def _reduce(pdf: pikepdf.Pdf) -> tuple[str, ...]:
    if pdf.is_encrypted:
        raise Unsupported("a PDF with a password", hint="send it without a password")
    if len(pdf.pages) == 0:
        raise Damaged("a PDF without pages")
    _flatten(pdf)
    walk = _Walk([(pdf.Root, _CATALOGUE)])
    if streams.draw_pages(pdf):
        walk.note(_AMID)
    for key in [key for key in pdf.trailer.keys() if key not in ("/Root", "/Size")]:  # noqa: SIM118 - no mapping
        if key in ("/Info", "/ID"):
            walk.note(pdf_keys.TOLD[key])
        del pdf.trailer[key]
    while walk.todo:
        walk.count += 1
        if walk.count > _MAX_OBJECTS:
            raise Unsupported("a PDF in too many pieces")
        _take(*walk.todo.pop(), walk)
    return tuple(walk.names)


def _flatten(pdf: pikepdf.Pdf) -> None:
    """Draws what annotations and fields show into their pages."""
    if not any("/Annots" in page.obj for page in pdf.pages):
        return
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, Dictionary) and form.get("/NeedAppearances"):
        pdf.generate_appearance_streams()
    pdf.flatten_annotations("screen")


def _save(pdf: pikepdf.Pdf, target: BinaryIO) -> None:
    pdf.save(
        target,
        force_version="1.7",
        fix_metadata_version=False,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        compress_streams=False,
        recompress_flate=False,
        normalize_content=False,
        linearize=False,
        deterministic_id=True,
    )


def _take(item: Object, context: str, walk: _Walk) -> None:
    """Drops from one dictionary, array or stream what does not belong; notes what it leads to."""
    if item.is_indirect:
        if item.objgen in walk.seen:
            return
        walk.seen.add(item.objgen)
    if isinstance(item, Array):
        _take_array(item, context, walk)
        return
    if isinstance(item, Stream):
        _take_stream(item, context, walk)
    _take_entries(item, context, walk)
    if isinstance(item, Dictionary) and fonts.is_font(item):
        for name in fonts.reduce(item):
            walk.note(name)
    if context == _RESOURCES and _renamed(item):
        walk.note("names of resources")


def _take_entries(item: Object, context: str, walk: _Walk) -> None:
    for key, value in list(item.items()):
        within = _context(key, value, context, item)
        foreign = _never_drawn(value)
        if not foreign and context == _RESOURCES and not _can_be_drawn(value):
            foreign = "streams that draw nothing"
        if not foreign and _is_allowed(key, value, context):
            _follow(item, key, value, within, walk)
        else:
            walk.note(foreign or pdf_keys.TOLD.get(key, "other entries"))
            del item[key]


def _renamed(resources: Object) -> bool:
    """Calls each resource as the drawing instructions do from now on."""
    before = list(resources.keys())
    for name in before:
        plain = drawing.plain_name(name.encode()).decode()
        if plain != name:
            resources[plain] = resources[name]
            del resources[name]
    return set(before) != set(resources.keys())


def _take_stream(stream: Stream, context: str, walk: _Walk) -> None:
    is_drawn = context == _GLYPHS or stream.get("/Subtype") == Name.Form or stream.get("/PatternType") == 1
    if is_drawn:
        if streams.draw(stream):
            walk.note(_AMID)
    else:
        for name in streams.settle(stream):
            walk.note(name)


def _never_drawn(value: object) -> str:
    """What a stream says it is that no page shows, wherever it is put; "" for all else."""
    if not isinstance(value, Stream):
        return ""
    said = (value.get("/Type"), value.get("/Subtype"))
    return next((name for kind, name in _NEVER_DRAWN.items() if kind in said), "")


def _can_be_drawn(value: object) -> bool:
    """Whether a resource, where it is a stream, is a picture, a form, a pattern or a shading."""
    if not isinstance(value, Stream):
        return True
    return (
        value.get("/Subtype") in (Name.Image, Name.Form) or "/PatternType" in value or "/ShadingType" in value
    )


def _context(key: str, value: Object, context: str, parent: Object) -> str:
    if (context, key) in _LEADS_TO_PAGES:
        return _PAGE
    if context in (_RESOURCES, _NAMED) or key not in pdf_keys.NAMED or not _is_collection(value, parent):
        return _GLYPHS if context == _NAMED else _RENDERING
    return _RESOURCES if key in pdf_keys.RESOURCES else _NAMED


def _is_collection(value: Object, parent: Object) -> bool:
    is_one = isinstance(value, Dictionary) and not {"/ShadingType", "/PatternType"} & set(value.keys())
    return is_one and "/PatternType" not in parent


def _is_allowed(key: str, value: Object, context: str) -> bool:
    if isinstance(value, String) and key not in pdf_keys.STRINGS:
        return False
    return context in (_NAMED, _RESOURCES) or key in _ALLOWED[context]


def _take_array(array: Array, context: str, walk: _Walk) -> None:
    is_palette = len(array) == 4 and array[0] == Name.Indexed
    for number, value in enumerate(list(array)):
        if _never_drawn(value) or (isinstance(value, String) and not (is_palette and number == 3)):
            walk.note(_never_drawn(value) or "texts")
            array[number] = 0
        else:
            _follow(array, number, value, context, walk)


def _follow(parent: Object, key: str | int, value: object, context: str, walk: _Walk) -> None:
    if not isinstance(value, Dictionary | Array | Stream):
        return
    if isinstance(value, Array) and len(value) > 1 and value[0] == Name.ICCBased:
        components = value[1].get("/N")
        if components not in _DEVICE:
            raise Damaged("a PDF with a colour profile of no known kind")
        parent[key] = _DEVICE[int(components)]
        walk.note("ICC")
        return
    walk.todo.append((value, context))
