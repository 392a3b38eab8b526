"""Canonical JSON of frozen dataclasses: one value, one byte string; strict about what it reads.

Keys sorted, no spaces, UTF-8, no floats. ``bytes`` travel as base64url without padding. Reading takes exactly the
fields of the dataclass, each of its declared type, and refuses everything else: an allow-list in both directions.
"""

import json
import types
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from sync.errors import Unreadable

T = TypeVar("T")


def dumps(value: object) -> bytes:
    """Canonical bytes of a dataclass, or of plain lists, dicts, strings, integers, booleans and None."""
    return json.dumps(
        _plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def loads(kind: type[T], data: bytes) -> T:
    """Reads an instance of the dataclass ``kind``; raises Unreadable naming the field that is wrong."""
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{kind.__name__}: not JSON") from error
    built: T = build(kind, raw)
    return built


def build(kind: type[T], raw: object) -> T:
    """Builds an instance of the dataclass ``kind`` from plain JSON values, strictly."""
    value: T = _build(kind, raw, kind.__name__)
    return value


def to_text(data: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    """Bytes of base64url text; raises Unreadable when it is not that."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Base64Error, ValueError) as error:
        raise Unreadable("not base64url") from error


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, (bytes, bytearray)):
        return to_text(bytes(value))
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if value is None or isinstance(value, (str, int, bool)):
        return value
    raise TypeError(f"{type(value).__name__} has no canonical form")


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _build(kind: Any, raw: Any, where: str) -> Any:
    if is_dataclass(kind):
        return _build_record(kind, raw, where)
    origin = get_origin(kind)
    if origin is tuple:
        if not isinstance(raw, list):
            raise Unreadable(f"{where}: a list is wanted, found {type(raw).__name__}")
        return tuple(_build(get_args(kind)[0], item, where) for item in raw)
    if origin in (Union, types.UnionType):
        return (
            None
            if raw is None
            else _build(next(k for k in get_args(kind) if k is not type(None)), raw, where)
        )
    return _build_leaf(kind, raw, where)


def _build_leaf(kind: Any, raw: Any, where: str) -> Any:
    if kind is bytes and isinstance(raw, str):
        return from_text(raw)
    if kind in (str, int, bool) and type(raw) is kind:
        return raw
    raise Unreadable(f"{where}: {getattr(kind, '__name__', kind)} is wanted, found {type(raw).__name__}")


def _build_record(kind: Any, raw: Any, where: str) -> Any:
    if not isinstance(raw, dict):
        raise Unreadable(f"{where}: an object is wanted, found {type(raw).__name__}")
    hints = _hints(kind)
    if set(raw) != set(hints):
        odd = sorted(set(raw) ^ set(hints))[0]
        raise Unreadable(f"{where}: field {str(odd)[:40]!r} is {'missing' if odd in hints else 'not known'}")
    return kind(**{name: _build(hint, raw[name], f"{where}.{name}") for name, hint in hints.items()})
