"""Typed: reads JSON and plain values as typed ones, safely in several threads.

msgspec 0.22 keeps the description of a class on the class, and puts it there *before* it is filled in.
Filling it in runs Python code, so another thread may run meanwhile. That thread finds an unfinished
description, follows it, and the process dies (``StructInfo_Convert`` and ``DataclassInfo_Convert`` in
msgspec's ``_core.c``). So we describe a type, with all types in it, under one lock before we read by it.
Writing needs no such care: `msgspec.json.encode` and `msgspec.to_builtins` use no description
(docs/adr/0018).
"""

import threading
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_DESCRIBING = threading.Lock()
_DESCRIBED: set[Any] = set()
"""Global to the process, like the classes on which msgspec keeps their descriptions."""


def from_json(data: bytes | str | msgspec.Raw, kind: type[T], *, strict: bool = True) -> T:
    """Return a JSON text as a value of a type.

    Args:
        data: The text.
        kind: A class, or another type that msgspec can read, such as ``dict[str, Grant]``.
        strict: Refuse a number given as text, and the like.

    Raises:
        msgspec.ValidationError: The value has another type.
        msgspec.DecodeError: The text is not JSON, or nested more deeply than Python can follow.
        UnicodeDecodeError: The text is not UTF-8.
    """
    _describe(kind)
    try:
        return msgspec.json.decode(data, type=kind, strict=strict)
    except RecursionError as error:
        raise msgspec.DecodeError("nested too deeply") from error


def from_plain(value: Any, kind: type[T]) -> T:
    """Return plain dictionaries, lists and so on as a value of a type; raise `msgspec.ValidationError`."""
    _describe(kind)
    return msgspec.convert(value, kind)


def decoder(kind: type[T]) -> "msgspec.json.Decoder[T]":
    """Return a decoder for many JSON texts, which raises as `from_json` does; threads may share it."""
    _describe(kind)
    return msgspec.json.Decoder(kind)


def _describe(kind: Any) -> None:
    """Have msgspec describe a type, and every type in it, completely.

    Nothing of ours is imported under the lock. So it cannot wait for a lock of Python's import system, whose
    holder may be calling `decoder`.
    """
    if kind not in _DESCRIBED:
        with _DESCRIBING:
            msgspec.json.Decoder(kind)
            _DESCRIBED.add(kind)
