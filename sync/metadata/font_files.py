"""Fonts inside a PDF: the outlines and what finds them, without names of owners, licences, makers and versions.

TrueType and OpenType keep the tables that drawing needs. In CFF and Type 1 the texts are blanked where they stand, so
that no place in the font moves. Maps to text keep their codes. Not looked at: instructions inside the glyphs, and the
encrypted part of a Type 1 font.
"""

import re
import struct
from collections.abc import Iterator
from itertools import pairwise

_SFNT = (b"\0\1\0\0", b"OTTO", b"true", b"ttcf", b"typ1")
_TABLES = frozenset(
    name.ljust(4).encode()
    for name in "glyf head hhea hmtx loca maxp cmap cvt fpgm prep post OS/2 vhea vmtx VORG CFF gasp EBDT EBLC EBSC "
    "hdmx LTSH kern GSUB GDEF".split()
)
_ENTRY = struct.Struct(">4sIII")
_HEAD_BYTES = 54
_CHECKSUM_BASE = 0xB1B0AFBA
# Of a CFF's top dictionary: version, notice, full name, family, weight; PostScript, base font, copyright, 12-38 font.
_TEXTS = {0, 1, 2, 3, 4, (12, 0), (12, 21), (12, 22), (12, 38)}
_IDS = {13, 14, (12, 23)}
_STANDARD_STRINGS = 391
_TYPE1_TEXT = re.compile(
    rb"/(?:version|Notice|Copyright|FullName|FamilyName|Weight)\s*\(((?:[^()\\]|\\.|\([^()]*\))*)\)"
)
_TYPE1_ID = re.compile(rb"/(?:UniqueID\s+\d+|XUID\s*\[[\d\s]*\])\s*(?:readonly\s+)?def")
_REMARK = re.compile(rb"%[^\r\n]*")
_HEAD = re.compile(rb"%!(?:PS-AdobeFont|FontType1)-[\d.]+:?")
_MAP_PART = re.compile(
    rb"begin(codespacerange|bfchar|bfrange)\b((?:\s*(?:<[0-9A-Fa-f\s]*>|\[(?:\s*<[0-9A-Fa-f\s]*>)*\s*\]))*)\s*end\1"
)
_MAP_ROW = re.compile(rb"<[0-9A-Fa-f\s]*>|\[|\]")
_MOST_ROWS = 100


def is_sfnt(data: bytes) -> bool:
    """Whether it starts as TrueType and OpenType do."""
    return data[:4] in _SFNT


def reduce_sfnt(data: bytes) -> bytes:
    """TrueType or OpenType with the tables that drawing needs; as it came where it is bent or there is nothing else."""
    count = int.from_bytes(data[4:6], "big")
    if data[:4] == b"ttcf" or len(data) < 12 + 16 * count:
        return data
    rows = [_ENTRY.unpack_from(data, 12 + 16 * number) for number in range(count)]
    kept = {name: data[at : at + size] for name, _, at, size in rows if name in _TABLES}
    if b"head" in kept:
        kept[b"head"] = _plain_head(kept[b"head"])
    if len(kept.get(b"OS/2", b"")) >= 62:
        kept[b"OS/2"] = kept[b"OS/2"][:58] + b"    " + kept[b"OS/2"][62:]  # the maker's mark
    if b"CFF " in kept:
        kept[b"CFF "] = reduce_cff(kept[b"CFF "])
    return _assembled(data[:4], kept) if kept else data


def _plain_head(head: bytes) -> bytes:
    """No revision of the font, no times; its checksum is made anew."""
    return (
        head[:4] + b"\0\1\0\0" + bytes(4) + head[12:20] + bytes(16) + head[36:]
        if len(head) >= _HEAD_BYTES
        else head
    )


def _assembled(magic: bytes, tables: dict[bytes, bytes]) -> bytes:
    names = sorted(tables)
    power = max(len(names).bit_length() - 1, 0)
    out = magic + struct.pack(">HHHH", len(names), 16 << power, power, 16 * len(names) - (16 << power))
    at, body = 12 + 16 * len(names), b""
    for name in names:
        content = tables[name]
        out += _ENTRY.pack(name, _checksum(content), at + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    whole = out + body
    if len(tables.get(b"head", b"")) >= _HEAD_BYTES:
        place = next(entry[2] for entry in _ENTRY.iter_unpack(out[12:]) if entry[0] == b"head")
        adjusted = struct.pack(">I", (_CHECKSUM_BASE - _checksum(whole)) & 0xFFFFFFFF)
        whole = whole[: place + 8] + adjusted + whole[place + 12 :]
    return whole


def _checksum(data: bytes) -> int:
    padded = data + bytes(-len(data) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF


def reduce_cff(data: bytes) -> bytes:
    """A bare CFF font with its names, notices and unique ids blanked; as it came where it is bent."""
    out = bytearray(data)
    try:
        names = _index(data, data[2])
        tops = _index(data, names[-1][1])
        strings = _index(data, tops[-1][1])
        for start, end in names[:-1]:
            out[start:end] = b"F" * (end - start)
        for start, end in tops[:-1]:
            _blank_texts(data, out, (start, end), strings[:-1])
    except (IndexError, ValueError):
        return data
    return bytes(out)


def _index(data: bytes, at: int) -> list[tuple[int, int]]:
    """Where each item of an index lies; last the (end, end) of the index itself."""
    count, each = int.from_bytes(data[at : at + 2], "big"), data[at + 2]
    if count == 0:
        return [(at + 2, at + 2)]
    if not 1 <= each <= 4:
        raise ValueError
    places = [
        int.from_bytes(data[at + 3 + each * n : at + 3 + each * (n + 1)], "big") for n in range(count + 1)
    ]
    base = at + 2 + each * (count + 1)
    spans = [(base + first, base + last) for first, last in pairwise(places)]
    if places != sorted(places) or base + places[-1] > len(data):
        raise ValueError
    return [*spans, (base + places[-1], base + places[-1])]


def _blank_texts(data: bytes, out: bytearray, span: tuple[int, int], strings: list[tuple[int, int]]) -> None:
    for operator, operands, (start, end) in _entries(data, *span):
        number = operands[-1] - _STANDARD_STRINGS if operands else -1
        if operator in _TEXTS and 0 <= number < len(strings):
            first, last = strings[number]
            out[first:last] = b"x" * (last - first)
        elif operator in _IDS:
            # An operand of one byte is zero as 139; a list of zeros is a unique id that says nothing.
            wide = operator == (12, 23)
            out[start : end - (2 if wide else 1)] = bytes([139]) * (end - start - (2 if wide else 1))
            if not wide:
                out[end - 1] = 14


def _entries(data: bytes, at: int, end: int) -> Iterator[tuple[object, list[int], tuple[int, int]]]:
    """Operator, operands and place of each entry of a dictionary."""
    start, operands = at, list[int]()
    while at < end:
        first = data[at]
        if first <= 21:
            size = 2 if first == 12 else 1
            yield (12, data[at + 1]) if first == 12 else first, operands, (start, at + size)
            at = start = at + size
            operands = []
        else:
            value, size = _operand(data, at)
            operands.append(value)
            at += size


def _operand(data: bytes, at: int) -> tuple[int, int]:
    first = data[at]
    if first == 28:
        return int.from_bytes(data[at + 1 : at + 3], "big", signed=True), 3
    if first == 29:
        return int.from_bytes(data[at + 1 : at + 5], "big", signed=True), 5
    if first == 30:
        size = next(n for n in range(1, len(data) - at) if data[at + n] & 15 == 15 or data[at + n] >> 4 == 15)
        return 0, size + 1
    if first <= 246:
        return first - 139, 1
    more = data[at + 1]
    return ((first - 247) * 256 + more + 108 if first <= 250 else -(first - 251) * 256 - more - 108), 2


def reduce_type1(data: bytes, clear_bytes: int) -> bytes:
    """A Type 1 font with the texts, remarks and unique ids of its clear part blanked."""
    clear = data[:clear_bytes]
    head = _HEAD.match(clear)
    out = bytearray(clear)
    for found in (*_REMARK.finditer(clear), *_TYPE1_ID.finditer(clear)):
        start = head.end() if head and found.start() == 0 else found.start()
        out[start : found.end()] = b" " * (found.end() - start)
    for found in _TYPE1_TEXT.finditer(bytes(out)):
        out[found.start(1) : found.end(1)] = b" " * (found.end(1) - found.start(1))
    return bytes(out) + data[clear_bytes:]


def reduce_map(data: bytes) -> bytes:
    """A map from codes to text: its rows in a frame of our own; b"" where there are none."""
    parts = [(kind, _MAP_ROW.findall(rows)) for kind, rows in _MAP_PART.findall(data)]
    if not any(kind != b"codespacerange" for kind, _ in parts):
        return b""
    body = b"".join(
        b"%d begin%s\n%s\nend%s\n"
        % (_rows(kind, cells), kind, b" ".join(re.sub(rb"\s", b"", c) for c in cells), kind)
        for kind, cells in parts
    )
    return (
        b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /X def\n/CMapType 2 def\n"
        + body
        + b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    )


def _rows(kind: bytes, cells: list[bytes]) -> int:
    """How many rows the cells make; a list counts as one cell."""
    count, deep = 0, False
    for cell in cells:
        deep = (deep or cell == b"[") and cell != b"]"
        count += not deep
    return count // (3 if kind == b"bfrange" else 2)
