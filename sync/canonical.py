"""Canonical JSON of frozen dataclasses: one value, one byte string; strict about what it reads.

Keys sorted, no spaces, UTF-8, no floats. ``bytes`` travel as base64url without padding. Reading takes exactly the
fields of the dataclass, each of its declared type, and refuses everything else: an allow-list in both directions.
"""

import json
import types
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from sync.errors import Unreadable

T = TypeVar("T")
_AS_THEY_ARE = frozenset((str, int, bool, type(None)))
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def dumps(value: object) -> bytes:
    """Canonical bytes of a dataclass, or of plain lists, dicts, strings, integers, booleans and None."""
    return _ENCODER.encode(_plain(value)).encode()


def loads(kind: type[T], data: bytes) -> T:
    """Reads an instance of the dataclass ``kind``; raises Unreadable naming the field that is wrong.

    Takes only the one spelling that ``dumps`` gives, so that what was hashed or signed is what was read.
    """
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{kind.__name__}: not JSON") from error
    built = build(kind, raw)
    if _spelled(built) != data:
        raise Unreadable(f"{kind.__name__}: not in its canonical form")
    return built


def version_of(data: bytes) -> int:
    """The field ``v`` of an object, before anything else of it is looked at; raises Unreadable."""
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unreadable("not JSON") from error
    version = raw.get("v") if isinstance(raw, dict) else None
    if type(version) is not int:
        raise Unreadable("has no version")
    return version


def build(kind: type[T], raw: object) -> T:
    """Builds an instance of the dataclass ``kind`` from plain JSON values, strictly."""
    read: Reader = _reader(kind)  # type: ignore[arg-type]  # mypy holds that a generic type cannot be hashed
    value: T = read(raw, kind.__name__)
    return value


def _spelled(value: object) -> bytes | None:
    try:
        return dumps(value)
    except UnicodeEncodeError:  # half of a surrogate pair: JSON can write it, UTF-8 cannot
        return None


def to_text(data: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    """Bytes of base64url text; raises Unreadable when it is not that."""
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Base64Error, ValueError) as error:
        raise Unreadable("not base64url") from error
    if to_text(data) != text:  # the library passes over characters that are not of the alphabet
        raise Unreadable("not base64url")
    return data


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return value
    if kind is bytes:
        return to_text(value)
    if kind is tuple or kind is list:
        return [item if type(item) in _AS_THEY_ARE else _plain(item) for item in value]
    if kind is dict:
        return {str(key): _plain(item) for key, item in value.items()}
    names: tuple[str, ...] = _names(kind)  # type: ignore[arg-type]  # as in ``build``
    return {name: _plain(getattr(value, name)) for name in names}


@cache
def _names(kind: Any) -> tuple[str, ...]:
    if not is_dataclass(kind):
        raise TypeError(f"{kind.__name__} has no canonical form")
    return tuple(field.name for field in fields(kind))


Reader = Callable[[Any, str], Any]
"""Reads one plain JSON value at a place that its errors name."""


@cache
def _reader(kind: Any) -> Reader:
    """Made once per type: what comes in at a box is read by the hundred."""
    if is_dataclass(kind):
        return _record_reader(kind)
    origin = get_origin(kind)
    if origin is tuple:
        return _list_reader(_reader(get_args(kind)[0]))
    if origin in (Union, types.UnionType):
        return _optional_reader(_reader(next(k for k in get_args(kind) if k is not type(None))))
    return _bytes if kind is bytes else _leaf_reader(kind)


def _record_reader(kind: Any) -> Reader:
    readers = {name: _reader(hint) for name, hint in get_type_hints(kind).items()}

    def read(raw: Any, where: str) -> Any:
        if not isinstance(raw, dict):
            raise Unreadable(f"{where}: an object is wanted, found {type(raw).__name__}")
        if raw.keys() != readers.keys():
            odd = min(raw.keys() ^ readers.keys())
            raise Unreadable(f"{where}: field {odd[:40]!r} is {'missing' if odd in readers else 'not known'}")
        return kind(**{name: reader(raw[name], f"{where}.{name}") for name, reader in readers.items()})

    return read


def _list_reader(item: Reader) -> Reader:
    def read(raw: Any, where: str) -> Any:
        if not isinstance(raw, list):
            raise Unreadable(f"{where}: a list is wanted, found {type(raw).__name__}")
        return tuple(item(one, where) for one in raw)

    return read


def _optional_reader(value: Reader) -> Reader:
    return lambda raw, where: None if raw is None else value(raw, where)


def _leaf_reader(kind: type) -> Reader:
    def read(raw: Any, where: str) -> Any:
        if type(raw) is not kind or kind not in (str, int, bool):
            raise Unreadable(f"{where}: {kind.__name__} is wanted, found {type(raw).__name__}")
        return raw

    return read


def _bytes(raw: Any, where: str) -> bytes:
    if type(raw) is not str:
        raise Unreadable(f"{where}: bytes is wanted, found {type(raw).__name__}")
    return from_text(raw)
