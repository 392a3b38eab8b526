"""A product whose filters let metadata through, for each kind of file: the judges of ``tests/telling`` must find it."""

from tests.weakened.model import Edit, Weakening

_FOLDER = "sync/metadata/"

LET_THROUGH = Weakening(
    "files-let-through",
    "pictures keep their Exif, sounds, films and PDFs come through as they came",
    (
        Edit(_FOLDER + "jpeg.py", 'minimal = essence(body[len(_EXIF) :]) if name == "Exif" else b""',
             'minimal = body[len(_EXIF) :] if name == "Exif" else b""'),
        Edit(_FOLDER + "png.py", 'return b"" if b"eXIf" in state.met else essence(chunk.body)', "return chunk.body"),
        Edit(_FOLDER + "png.py", "return chunk.body if _is_needed(chunk, state) else b\"\"",
             'return chunk.body if _is_needed(chunk, state) or chunk.name in (b"tEXt", b"iTXt") else b""'),
        Edit(_FOLDER + "webp.py", 'return essence(blocks[0].removeprefix(b"Exif\\0\\0")) if blocks else b""',
             'return blocks[0] if blocks else b""'),
        Edit(_FOLDER + "child.py",
             "    if not found.dropped or order.target is None:\n        return _Made(found, data, \"\")\n",
             '    if found:\n        return _Made(Found(found.mime, ()), data, "")\n'),
        Edit(_FOLDER + "child.py", "_Made(Found(reduced.mime, tuple(reduced.dropped)), reduced.data, \"\")",
             '_Made(Found(reduced.mime, ()), reduced.data, "")'),
        Edit(_FOLDER + "child.py", "return _answer(order, pdf.MIME, names if changed else (), pdf.tool())",
             "return _answer(order, pdf.MIME, (), pdf.tool() if changed else \"\")"),
    ),
)  # fmt: skip
