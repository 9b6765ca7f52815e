"""Failure: how the stand-in is told to misbehave."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Kind = Literal[
    "down",  # the connection is closed without an answer
    "denied",  # 401
    "error",  # 200 that tells of an error
    "busy",  # 503 with Retry-After
    "redirect",  # 302 to another server
    "html",  # a web page instead of JSON
    "truncated",  # JSON that ends too soon, with a Content-Length that fits
    "cut",  # fewer bytes than announced
    "huge",  # `size` bytes of white space before the end
    "slow",  # `seconds` before the answer
    "drip",  # the answer a byte at a time, `seconds` before each
    "empty",  # no customers
    "gap",  # a page without its customers
    "repeat",  # the page before instead of the page
    "wrong total",  # one more than there are
    "moving total",  # another on each page
    "no id",  # one customer's record without its id
    "another",  # another customer's record than was asked for
]


class Failure(Struct, frozen=True, forbid_unknown_fields=True):
    """A way to misbehave, until told otherwise.

    Attributes:
        kind: What goes wrong.
        page: On which page of a listing, from 1; on all when null.
        times: How often; null for always.
        seconds: How long it takes, or how long Retry-After asks for.
        size: How many bytes.
    """

    kind: Kind
    page: Annotated[int, Meta(ge=1)] | None = None
    times: Annotated[int, Meta(ge=1)] | None = None
    seconds: Annotated[float, Meta(ge=0, le=3600)] = 0
    size: Annotated[int, Meta(ge=0, le=2**30)] = 100 * 2**20

    def hits(self, page: int) -> bool:
        """Return whether this page is spoiled."""
        return self.page in {None, page}
