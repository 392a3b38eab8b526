"""The streams of a PDF: packed so that nothing fits behind their end, drawing instructions and pictures reduced."""

import zlib
from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream

from sync.metadata import drawing, jbig2, jpeg
from sync.metadata.outcome import Damaged, Unsupported

_MAX_PICTURE_BYTES = 32 * 1024 * 1024
_MAX_DRAWING_BYTES = 32 * 1024 * 1024
_STEP_BYTES = 1 << 18
# The only ones: readers also take short names and names of their own, behind which nothing would be looked at.
_FILTERS_TAKEN = {
    Name.FlateDecode, Name.LZWDecode, Name.ASCII85Decode, Name.ASCIIHexDecode, Name.RunLengthDecode,
    Name.CCITTFaxDecode, Name.JBIG2Decode, Name.DCTDecode,
}  # fmt: skip
_OF_PICTURES = {Name.CCITTFaxDecode, Name.JBIG2Decode, Name.DCTDecode}
_ENDS = {Name.ASCII85Decode: b"~>", Name.ASCIIHexDecode: b">"}
_BEHIND = "bytes behind a stream"
_SAMPLES = {Name.DeviceGray: 1, Name.CalGray: 1, Name.DeviceRGB: 3, Name.CalRGB: 3, Name.Lab: 3, Name.DeviceCMYK: 4,
            Name.Indexed: 1, Name.Separation: 1}  # fmt: skip
_FIRST_PNG_PREDICTOR = 10


def draw_pages(pdf: pikepdf.Pdf) -> bool:
    """Reduces the drawing instructions of every page, and puts those in pieces together; True where any went."""
    done, dropped = dict[tuple[tuple[int, int], ...], Object](), False
    for page in pdf.pages:
        contents = page.obj.get("/Contents")
        if not isinstance(contents, Array):
            continue  # a single stream is met on the walk, where it may be shared
        pieces = [piece for piece in contents if isinstance(piece, Stream)]
        key = tuple(piece.objgen for piece in pieces)
        if key not in done:
            done[key] = pdf.make_stream(b"\n".join(_opened(piece) for piece in pieces))
        page.obj["/Contents"] = done[key]
    for page in pdf.pages:
        contents = page.obj.get("/Contents")
        if isinstance(contents, Stream):
            dropped |= draw(contents)
    return dropped


def draw(stream: Stream) -> bool:
    """Reduces the drawing instructions of one stream; True where any went."""
    filters, data = _filters(stream), _opened(stream)
    reduced = drawing.reduce(data)
    plain = not filters or (
        filters == [Name.FlateDecode] and "/DecodeParms" not in stream and not _tail(stream)
    )
    if reduced.data != data or not plain:
        _write(stream, reduced.data, is_packed=bool(filters))
    return reduced.dropped


def settle(stream: Stream) -> tuple[str, ...]:
    """Reduces any other stream; the names of what went. Raises Unsupported or Damaged."""
    filters = _filters(stream)
    if Name.DCTDecode in filters:
        return _settle_jpeg(stream, filters)
    if _OF_PICTURES & set(filters):
        return _settle_scan(stream, filters)

    names = list[str]()
    if set(filters) - {Name.FlateDecode} or len(filters) > 1:
        _write(stream, _unwrapped(stream, filters), is_packed=True)
    elif filters and (cut := _tail(stream)):
        stream.write(
            stream.read_raw_bytes()[:-cut], filter=Name.FlateDecode, decode_parms=_parameters(stream)
        )
        names.append(_BEHIND)
    return (*names, *_without_surplus(stream))


def _unwrapped(stream: Stream, filters: list[Object]) -> bytes:
    """What a stream holds that is packed in an old way; bytes behind its end would be an error."""
    end = next((mark for name, mark in _ENDS.items() if filters[0] == name), None)
    raw = stream.read_raw_bytes()
    if end is not None and end in raw:
        # Put back piece by piece: neither list is ours to change while pikepdf reads it.
        packing, parameters = stream["/Filter"], stream.get("/DecodeParms")
        stream.write(raw[: raw.index(end) + len(end)])
        stream["/Filter"] = packing
        if parameters is not None:
            stream["/DecodeParms"] = parameters
    return stream.read_bytes(pikepdf.StreamDecodeLevel.specialized)


def _filters(stream: Stream) -> list[Object]:
    found = stream.get("/Filter")
    filters = list(found) if isinstance(found, Array) else [] if found is None else [found]
    if not set(filters) <= _FILTERS_TAKEN:
        raise Unsupported("a PDF with pictures of a rare kind")
    return filters


def _parameters(stream: Stream) -> Dictionary | None:
    """How the only packing of a stream works."""
    found = stream.get("/DecodeParms")
    if isinstance(found, Array):
        found = found[0] if len(found) else None
    return found if isinstance(found, Dictionary) else None


def _opened(stream: Stream) -> bytes:
    if _OF_PICTURES & set(_filters(stream)):
        raise Damaged("a PDF whose drawing instructions are a picture")
    if Name.FlateDecode in _filters(stream) and _flate_bytes(stream)[1] > _MAX_DRAWING_BYTES:
        raise Unsupported("a PDF with drawings that are too large")
    return stream.read_bytes(pikepdf.StreamDecodeLevel.specialized)


def _write(stream: Stream, data: bytes, *, is_packed: bool) -> None:
    if is_packed:
        stream.write(zlib.compress(data), filter=Name.FlateDecode)
    else:
        stream.write(data)


def _tail(stream: Stream) -> int:
    """How many bytes lie behind the end of what is packed."""
    if _filters(stream) != [Name.FlateDecode]:
        return 0
    return _flate_bytes(stream)[0]


def _flate_bytes(stream: Stream) -> tuple[int, int]:
    """Bytes behind the end of what is packed, and bytes it unpacks to (of the outermost packing); keeps nothing."""
    raw, inflater, made = stream.read_raw_bytes(), zlib.decompressobj(), 0
    try:
        for start in range(0, len(raw), _STEP_BYTES):
            feed = raw[start : start + _STEP_BYTES]
            while feed and not inflater.eof:
                made += len(inflater.decompress(feed, _STEP_BYTES))
                feed = inflater.unconsumed_tail
            if inflater.eof:
                return len(raw) - start - len(raw[start : start + _STEP_BYTES]) + len(
                    inflater.unused_data
                ), made
    except zlib.error as error:
        raise Damaged("a PDF with a stream that cannot be unpacked") from error
    return 0, made


def _without_surplus(stream: Stream) -> Iterator[str]:
    """Cuts what lies behind the last pixel of a picture."""
    wanted = _wanted_bytes(stream)
    if wanted is None:
        return
    packed = _filters(stream) == [Name.FlateDecode]
    made = _flate_bytes(stream)[1] if packed else len(stream.read_raw_bytes())
    if made <= wanted:
        return
    if packed:
        data = zlib.decompressobj().decompress(stream.read_raw_bytes(), wanted)
        stream.write(zlib.compress(data), filter=Name.FlateDecode, decode_parms=_parameters(stream))
    else:
        stream.write(stream.read_raw_bytes()[:wanted])
    yield "bytes behind a picture"


def _wanted_bytes(stream: Stream) -> int | None:
    """Bytes of a picture's rows as they are packed; None where that is no picture or cannot be told."""
    width, height = _number(stream, "/Width"), _number(stream, "/Height")
    is_mask = _number(stream, "/ImageMask") == 1
    samples = 1 if is_mask else _samples(stream.get("/ColorSpace"))
    depth = 1 if is_mask else _number(stream, "/BitsPerComponent")
    if stream.get("/Subtype") != Name.Image or None in (width, height, samples, depth):
        return None
    assert width is not None and height is not None and samples is not None and depth is not None
    row = (width * samples * depth + 7) // 8
    parameters = _parameters(stream)
    predictor = (_number(parameters, "/Predictor") if parameters is not None else None) or 1
    return height * (row + (1 if predictor >= _FIRST_PNG_PREDICTOR else 0))


def _number(item: Dictionary | Stream, key: str) -> int | None:
    value: object = item.get(key)
    return int(value) if isinstance(value, int) else None


def _samples(colours: object) -> int | None:
    """How many numbers a pixel has."""
    if isinstance(colours, Array) and len(colours) > 1:
        if colours[0] == Name.DeviceN:
            return len(colours[1])
        colours = Name.DeviceRGB if colours[0] == Name.Lab else colours[0]
        if isinstance(colours, Name) and str(colours) == "/ICCBased":
            return None
    return next((count for name, count in _SAMPLES.items() if colours == name), None)


def _settle_scan(stream: Stream, filters: list[Object]) -> tuple[str, ...]:
    """Fax and JBIG2, which are never packed in anything else."""
    if len(filters) > 1:
        raise Unsupported("a PDF with a picture packed in a rare way")
    if filters == [Name.CCITTFaxDecode]:
        return ()
    raw = stream.read_raw_bytes()
    reduced = jbig2.reduce(raw)
    parameters, names = _parameters(stream), list[str]()
    if reduced != raw:
        stream.write(reduced, filter=Name.JBIG2Decode, decode_parms=parameters)
        names.append("remarks of JBIG2")
    if parameters is not None and isinstance(shared := parameters.get("/JBIG2Globals"), Stream):
        plain = jbig2.reduce(shared.read_bytes())
        if plain != shared.read_raw_bytes():
            shared.write(plain)
            names.append("remarks of JBIG2")
    return tuple(names)


def _settle_jpeg(stream: Stream, filters: list[Object]) -> tuple[str, ...]:
    raw = stream.read_raw_bytes()
    packed = filters == [Name.FlateDecode, Name.DCTDecode]
    if not packed and filters != [Name.DCTDecode]:
        raise Unsupported("a PDF with a picture packed in a rare way")
    data = _unpacked(raw) if packed else raw
    if not jpeg.is_jpeg(data[:16]):
        raise Damaged("a PDF with a picture that is none")
    filtered = jpeg.reduce(data)
    if packed or filtered.data != raw:
        stream.write(filtered.data, filter=Name.DCTDecode)
    return filtered.dropped


def _unpacked(raw: bytes) -> bytes:
    """At most what a picture may have; a bomb is refused long before."""
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(raw, _MAX_PICTURE_BYTES)
    except zlib.error as error:
        raise Damaged("a PDF with a picture that cannot be unpacked") from error
    if unpacker.unconsumed_tail:
        raise Damaged("a PDF with a picture that unpacks without end")
    return data
