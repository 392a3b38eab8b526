"""The drawing instructions of a PDF's pages: those that draw, each with the operands it takes, and nothing between.

Gone are remarks, marked content (texts for screen readers, numbers of structure) save the layers that switch what is
seen, operators nobody defines, operands too many, and entries of inline pictures that decoding does not need.
Names of resources that are more than a letter or two and a number become a digest: they may be words of somebody's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

# Operator -> its operands: n number, s string, N name, t array of strings and numbers, a array of numbers.
_TAKES: dict[bytes, str] = {
    name.encode(): kinds
    for kinds, names in {
        "": "q Q h S s f F f* B B* b b* n W W* BT ET T*",
        "n": "w J j M i Tc Tw Tz TL Tr Ts g G",
        "nn": "m l Td TD d0",
        "nnn": "rg RG",
        "nnnn": "re v y k K",
        "nnnnnn": "c cm Tm d1",
        "N": "gs ri Do sh cs CS",
        "Nn": "Tf",
        "s": "Tj '",
        "nns": '"',
        "t": "TJ",
        "an": "d",
    }.items()
    for name in names.split()
}
_COLOURS = (b"sc", b"SC", b"scn", b"SCN")
_RESOURCE = (b"gs", b"Do", b"sh", b"cs", b"CS", b"Tf", b"scn", b"SCN")
_MEANT = frozenset(b"/DeviceGray /DeviceRGB /DeviceCMYK /CalGray /CalRGB /Pattern /DefaultGray /DefaultRGB "
                   b"/DefaultCMYK".split())  # fmt: skip
_PLAIN_NAME = re.compile(rb"/(?:[A-Za-z]{1,4}\d{0,2}_?\d{0,6}|R[0-9a-f]{8})")
_INLINE = frozenset("W H BPC CS IM D DP F I Width Height BitsPerComponent ColorSpace ImageMask Decode DecodeParms "
                    "Filter Interpolate".split())  # fmt: skip
_TOKEN = re.compile(
    rb"""(?P<space>[\0\t\n\f\r ]++)
    |(?P<number>[-+.\d]++(?=[\0\t\n\f\r ()<>\[\]{}/%]|\Z))
    |(?P<word>[^\0\t\n\f\r ()<>\[\]{}/%]++)
    |(?P<name>/[^\0\t\n\f\r ()<>\[\]{}/%]*+)
    |(?P<string>\((?:[^()\\]++|\\.)*+\))
    |(?P<remark>%[^\r\n]*+)
    |(?P<open><<|\[)|(?P<close>>>|\])
    |(?P<hex><[0-9A-Fa-f\s]*+>)
    |(?P<nested>\()
    |(?P<stray>.)""",
    re.X | re.S,
)
# Instructions with nothing but numbers before them: most of a map, and a hundred times quicker all at once.
_PLAIN_RUN = re.compile(
    rb"""(?:(?:
      (?:[-+.\d]++[\t\n\f\r ]++){6}(?:cm|c|Tm|d1)
    | (?:[-+.\d]++[\t\n\f\r ]++){4}(?:re|v|y|k|K)
    | (?:[-+.\d]++[\t\n\f\r ]++){3}(?:rg|RG)
    | (?:[-+.\d]++[\t\n\f\r ]++){2}(?:m|l|Td|TD|d0)
    | [-+.\d]++[\t\n\f\r ]++(?:w|J|j|M|i|Tc|Tw|Tz|TL|Tr|Ts|g|G)
    | (?:q|Q|h|S|s|f\*?|F|B\*?|b\*?|n|W\*?|BT|ET|T\*)
    )(?:[\t\n\f\r ]++|\Z)){1,2000}+""",
    re.X,
)
_PAREN = re.compile(rb"\\.|[()]", re.S)
_PICTURE_END = re.compile(rb"[\0\t\n\f\r >]EI(?=[\0\t\n\f\r /\[(<]|\Z)")
_LEGIBLE = re.compile(rb"[\t\n\f\r -~]*")
_DEEPEST, _MOST_OPERANDS = 20, 128


@dataclass(frozen=True)
class Filtered:
    """Instructions that only draw; ``dropped`` where more than blanks went."""

    data: bytes
    dropped: bool


@dataclass(frozen=True)
class _Token:
    kind: str
    text: bytes
    items: tuple["_Token", ...] = ()


@dataclass
class _Drawing:
    """What the walk has met: operands that wait for their operator, whether each open mark is kept."""

    out: bytearray = field(default_factory=bytearray)
    operands: list[_Token] = field(default_factory=list)
    marks: list[bool] = field(default_factory=list)
    dropped: bool = False

    def take(self, operand: _Token) -> None:
        """Keeps an operand until its operator comes; of far too many the last."""
        self.operands.append(operand)
        if len(self.operands) > _MOST_OPERANDS:
            del self.operands[: _MOST_OPERANDS // 2]
            self.dropped = True

    def draw(self, *parts: bytes) -> None:
        """Puts out one instruction, or a run of them."""
        self.out += b" " if self.out else b""
        self.out += b" ".join(parts)


def reduce(data: bytes) -> Filtered:
    """Takes the content of a page, form, pattern or glyph; total, and ``reduce(reduce(x)) == reduce(x)``."""
    drawing, at = _Drawing(), 0
    while at < len(data):
        if not drawing.operands and (run := _PLAIN_RUN.match(data, at)):
            drawing.draw(*run[0].split())
            at = run.end()
            continue
        token, at = _next(data, at)
        if token is None:
            continue
        if token.kind in ("remark", "stray"):
            drawing.dropped = True
        elif token.kind != "word" or token.text in (b"true", b"false", b"null"):
            drawing.take(token)
        elif token.text == b"BI":
            at = _take_picture(data, at, drawing)
        else:
            _take(token.text, drawing)
    drawing.dropped |= bool(drawing.operands)
    return Filtered(bytes(drawing.out), drawing.dropped)


def plain_name(name: bytes) -> bytes:
    """The name, with its slash, by which a resource is called from now on; a plain one stays."""
    if name in _MEANT or _PLAIN_NAME.fullmatch(name):
        return name
    return b"/R" + sha256(name).hexdigest()[:8].encode()


def _next(data: bytes, at: int, deep: int = 0) -> tuple[_Token | None, int]:
    """The token at this place, arrays and dictionaries as one, and where it ends; None for blanks."""
    match = _TOKEN.match(data, at)
    assert match is not None
    kind = match.lastgroup or ""
    if kind == "space":
        return None, match.end()
    if kind == "nested":
        return _nested(data, at)
    if kind == "open":
        return _collected(data, match.end(), match[0], deep)
    return _Token("stray" if kind == "close" else "string" if kind == "hex" else kind, match[0]), match.end()


def _nested(data: bytes, at: int) -> tuple[_Token, int]:
    """A string with brackets inside; one that does not end is none."""
    depth = 0
    for match in _PAREN.finditer(data, at):
        depth += {b"(": 1, b")": -1}.get(match[0], 0)
        if depth == 0:
            return _Token("string", data[at : match.end()]), match.end()
    return _Token("stray", b""), len(data)


def _collected(data: bytes, at: int, opened: bytes, deep: int) -> tuple[_Token, int]:
    """An array or dictionary up to its end."""
    items, shut = list[_Token](), b"]" if opened == b"[" else b">>"
    while at < len(data) and deep < _DEEPEST:
        if data.startswith(shut, at):
            return _Token("array" if opened == b"[" else "dictionary", b"", tuple(items)), at + len(shut)
        token, at = _next(data, at, deep + 1)
        if token is not None:
            items.append(token)
    return _Token("stray", b""), max(at, len(data) if deep == 0 else at)


def _take(operator: bytes, drawing: _Drawing) -> None:
    """One instruction: out as it is needed, or gone."""
    operands, drawing.operands = drawing.operands, []
    if operator in (b"BMC", b"BDC", b"EMC"):
        _take_mark(operator, operands, drawing)
        return
    kept = _colours(operator, operands) if operator in _COLOURS else _kept(operator, operands)
    if kept is None:
        drawing.dropped = True
        return
    is_whole = len(kept) == len(operands) and all(len(_items(token)) == len(token.items) for token in kept)
    drawing.dropped |= not is_whole
    drawing.draw(*(_text(token, operator) for token in kept), operator)


def _items(array: _Token) -> list[bytes]:
    return [item.text for item in array.items if item.kind in ("number", "string")]


def _kept(operator: bytes, operands: list[_Token]) -> list[_Token] | None:
    """The last operands, as many as the operator takes; None where they are not of its kinds."""
    takes = _TAKES.get(operator)
    if takes is None or len(operands) < len(takes):
        return None
    kept = operands[len(operands) - len(takes) :]
    return kept if all(_is_of(token, kind) for token, kind in zip(kept, takes, strict=True)) else None


def _is_of(token: _Token, kind: str) -> bool:
    wanted = {"n": "number", "s": "string", "N": "name", "t": "array", "a": "array"}[kind]
    return token.kind == wanted and not (kind == "a" and any(item.kind != "number" for item in token.items))


def _colours(operator: bytes, operands: list[_Token]) -> list[_Token] | None:
    """Numbers, and for some the name of a pattern behind them."""
    has_name = operator in (b"scn", b"SCN") and bool(operands) and operands[-1].kind == "name"
    numbers = operands[:-1] if has_name else operands
    kept = [token for token in numbers if token.kind == "number"]
    return [*kept, *operands[len(numbers) :]] if kept or has_name else None


def _take_mark(operator: bytes, operands: list[_Token], drawing: _Drawing) -> None:
    """Marks are dropped in pairs, save those that put something on a layer."""
    if operator == b"EMC":
        is_kept = bool(drawing.marks) and drawing.marks.pop()
        words = [operator]
    else:
        last = operands[-2:]
        is_layer = operator == b"BDC" and [token.kind for token in last] == ["name", "name"]
        is_kept = is_layer and last[0].text == b"/OC"
        words = [b"/OC", plain_name(last[1].text), operator] if is_kept else []
        drawing.marks.append(is_kept)
    if is_kept:
        drawing.draw(*words)
    drawing.dropped |= not is_kept or len(operands) > 2


def _text(token: _Token, operator: bytes) -> bytes:
    """A token as it is written."""
    if token.kind == "array":
        return b"[" + _joined(_items(token)) + b"]"
    return plain_name(token.text) if token.kind == "name" and operator in _RESOURCE else token.text


def _joined(parts: list[bytes]) -> bytes:
    """With a blank between two numbers only."""
    out = b"".join(b" " + part if part[:1] not in b"(<" else part for part in parts)
    return out.removeprefix(b" ")


def _take_picture(data: bytes, at: int, drawing: _Drawing) -> int:
    """A picture amid the instructions; where the instructions go on."""
    entries: list[_Token] = []
    while at < len(data):
        token, at = _next(data, at)
        if token is not None and token.kind == "word" and token.text == b"ID":
            break
        if token is not None and token.kind not in ("remark", "stray"):
            entries.append(token)
    end = _picture_end(data, at + 1)
    drawing.dropped |= bool(drawing.operands)
    drawing.operands = []
    kept = list(_inline_entries(entries))
    drawing.dropped |= len(kept) * 2 != len(entries) or end is None
    if end is not None:
        pairs = b" ".join(key + b" " + value for key, value in kept)
        drawing.draw(b"BI %s ID %s EI" % (pairs, data[at + 1 : end]))
    return len(data) if end is None else end + 3


def _picture_end(data: bytes, at: int) -> int | None:
    """Where the picture's bytes end: before an EI that is followed by something legible."""
    for match in _PICTURE_END.finditer(data, at):
        behind = data[match.end() : match.end() + 12]
        if _LEGIBLE.fullmatch(behind):
            return match.start() + (1 if match[0][:1] == b">" else 0)
    return None


def _inline_entries(entries: list[_Token]) -> Iterator[tuple[bytes, bytes]]:
    for key, value in zip(entries[::2], entries[1::2], strict=False):
        if key.kind == "name" and key.text[1:].decode("latin-1") in _INLINE and value.kind != "string":
            yield key.text, plain_name(value.text) if _is_colour(key, value) else _inline_value(value)


def _is_colour(key: _Token, value: _Token) -> bool:
    return key.text in (b"/CS", b"/ColorSpace") and value.kind == "name"


def _inline_value(value: _Token) -> bytes:
    """Numbers, names, and what lists and parameters of them there are; a palette may be a string."""
    if value.kind == "array":
        return b"[" + b" ".join(_inline_value(item) for item in value.items) + b"]"
    if value.kind == "dictionary":
        return b"<<" + b" ".join(_inline_value(item) for item in value.items if item.kind != "string") + b">>"
    return value.text
