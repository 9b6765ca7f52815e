"""Paging as Google's lists have it (AIP-158): a size that may be capped, and an opaque token."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from grpc import StatusCode

from infra.standins.cloud.refusal import Refusal

MAX_PAGE = 25_000

T = TypeVar("T")


def page(items: Sequence[T], size: int, token: str) -> tuple[Sequence[T], str]:
    """The items of one page, and the token of the next one; empty after the last."""
    if size < 0:
        raise Refusal(StatusCode.INVALID_ARGUMENT, "The page size must not be negative.")
    start = _offset(token)
    end = start + min(size or MAX_PAGE, MAX_PAGE)
    return items[start:end], _token(end) if end < len(items) else ""


def _token(offset: int) -> str:
    return base64.urlsafe_b64encode(f"from {offset}".encode()).decode()


def _offset(token: str) -> int:
    if not token:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token).removeprefix(b"from "))
    except (binascii.Error, ValueError) as error:
        raise Refusal(StatusCode.INVALID_ARGUMENT, "The page token is invalid.") from error
