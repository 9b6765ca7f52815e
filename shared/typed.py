"""Typed: JSON and plain values as typed ones; a type is described once, and to its end, before it is used.

msgspec 0.22 keeps the description of a class on the class, and puts it there *before* it is filled in.
Filling it in runs Python code, so another thread gets its turn. That one finds a description with holes,
follows one, and the process dies (``StructInfo_Convert`` and ``DataclassInfo_Convert`` in msgspec's
``_core.c``). So a type is described under one lock, with all types in it, before anything is read by it.
Only reading needs that: what writes, `msgspec.json.encode` and `msgspec.to_builtins`, looks at no
description (docs/adr/0018).
"""

import threading
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_DESCRIBING = threading.Lock()
_DESCRIBED: set[Any] = set()
"""They are the process's, as the classes are on which msgspec keeps what it knows of them."""


def from_json(data: bytes | str | msgspec.Raw, kind: type[T], *, strict: bool = True) -> T:
    """The value of a JSON text.

    Args:
        data: The text.
        kind: A class, or what else msgspec can read, such as ``dict[str, Grant]``.
        strict: Whether a number must not be given as text, nor the like.

    Raises:
        msgspec.ValidationError: It is a value of another type.
        msgspec.DecodeError: It is no JSON.
        UnicodeDecodeError: It is not UTF-8.
    """
    _describe(kind)
    return msgspec.json.decode(data, type=kind, strict=strict)


def from_plain(value: Any, kind: type[T]) -> T:
    """Return the typed value of plain dictionaries, lists and so on; raises `msgspec.ValidationError`."""
    _describe(kind)
    return msgspec.convert(value, kind)


def decoder(kind: type[T]) -> "msgspec.json.Decoder[T]":
    """Return a reader of JSON for thousands of texts; raises as `from_json`. Threads may share it."""
    _describe(kind)
    return msgspec.json.Decoder(kind)


def _describe(kind: Any) -> None:
    """Let msgspec describe a type, and every type in it, to the end.

    Nothing of ours is imported while the lock is held, so it waits for no lock of Python's import system,
    whose holders may call `decoder`.
    """
    if kind not in _DESCRIBED:
        with _DESCRIBING:
            msgspec.json.Decoder(kind)
            _DESCRIBED.add(kind)
