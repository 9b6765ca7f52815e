"""Replace: a value again, with some of its fields changed."""

import dataclasses
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

__all__ = ["replace"]

if TYPE_CHECKING:
    from dataclasses import replace  # noqa: TID251  by it mypy checks the names and types of what changes
else:
    T = TypeVar("T")

    def replace(value: T, /, **changes: Any) -> T:
        """Return a Struct or a dataclass with some of its fields changed; the former is as it was.

        Raises:
            TypeError: It has no such field.
        """
        if isinstance(value, msgspec.Struct):
            return msgspec.structs.replace(value, **changes)
        return dataclasses.replace(value, **changes)  # noqa: TID251  a dataclass
