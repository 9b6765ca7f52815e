"""Mark: how we recognise what we made, kept in Google's ``clientData``.

A contact carries two kinds of entry. The *mark* says whose it is. What we *wrote* is a list of fingerprints,
one per item that we put into its list fields: so the next write can tell the user's own additions from ours,
even when our ledger is lost. Its version says which kind the fingerprints are: "v2" of
`shared.domain.sync.item_identity`, "v1" of `shared.domain.sync.former_fingerprint`. Entries of other programs
are kept as they are ("Arbitrary client data that is populated by clients. Duplicate keys and values are
allowed.": people.v1 description, ClientData).
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal
from urllib.parse import quote, unquote

import msgspec

KEY = "azotel-simpler"
WROTE = "azotel-simpler-wrote"
LABEL = "azotel-simpler-label"
MARK_VERSION = "v1"

MarkKind = Literal["v1", "v2"]
"""The version of a list of what we wrote."""

ClientData = tuple[tuple[str, str], ...]

# Google allows 1,024 characters a field; a fingerprint and its comma take 22 at most, a wisp's id 64.
_FINGERPRINTS_PER_ENTRY = 40
_FORMER_PER_ENTRY = 90


class Mark(msgspec.Struct, frozen=True):
    """The sign that a contact is ours, and whose it is.

    Attributes:
        wisp: The wisp's id.
        customer: The customer's id.
        nonce: Names the attempt that created it; empty when that does not matter.
    """

    wisp: str
    customer: str
    nonce: str = ""

    def __str__(self) -> str:
        """Write it as it stands in Google."""
        return "|".join(
            (MARK_VERSION, *(quote(part, safe="") for part in (self.wisp, self.customer, self.nonce)))
        )


def _read_mark(value: str) -> Mark | None:
    version, *parts = value.split("|")
    if version != MARK_VERSION or len(parts) != 3:  # noqa: PLR2004  the three parts of a Mark
        return None
    return Mark(*map(unquote, parts))


def marks(data: ClientData, wisp: str) -> tuple[Mark, ...]:
    """Read our marks of this wisp, in order, each customer once; a contact that a user merged has several."""
    found = (_read_mark(value) for key, value in data if key == KEY)
    by_customer = {mark.customer: mark for mark in found if mark and mark.wisp == wisp}
    return tuple(by_customer.values())


def is_shared(data: ClientData, wisp: str) -> bool:
    """Return whether it carries another wisp's mark too: a user merged two; neither owns it alone."""
    found = (_read_mark(value) for key, value in data if key == KEY)
    return any(mark is not None and mark.wisp != wisp for mark in found)


def wrote(data: ClientData, wisp: str, kind: MarkKind = "v2") -> frozenset[str]:
    """Read the fingerprints of the items that we wrote last for this wisp."""
    start = _start_of_wrote(wisp, kind)
    values = (value.removeprefix(start) for key, value in data if key == WROTE and value.startswith(start))
    return frozenset(print_ for value in values for print_ in value.split(",") if print_)


@lru_cache(64)
def _start_of_wrote(wisp: str, kind: MarkKind) -> str:
    return f"{kind}|{quote(wisp, safe='')}|"


def _is_ours(key: str, value: str, wisp: str) -> bool:
    if key == WROTE:
        return value.startswith((_start_of_wrote(wisp, "v1"), _start_of_wrote(wisp, "v2")))
    mark = _read_mark(value) if key == KEY else None
    return mark is not None and mark.wisp == wisp


def _wrote_entries(fingerprints: Iterable[str], wisp: str, kind: MarkKind) -> Iterator[tuple[str, str]]:
    ordered = sorted(fingerprints)
    length = _FINGERPRINTS_PER_ENTRY if kind == "v2" else _FORMER_PER_ENTRY
    for start in range(0, len(ordered), length):
        yield WROTE, _start_of_wrote(wisp, kind) + ",".join(ordered[start : start + length])


def marked(
    mark: Mark, fingerprints: Iterable[str], others: ClientData = (), kind: MarkKind = "v2"
) -> ClientData:
    """Make the client data to write: everybody else's entries of `others`, our mark, what we write now."""
    foreign = tuple((key, value) for key, value in others if not _is_ours(key, value, mark.wisp))
    return (*foreign, (KEY, str(mark)), *_wrote_entries(fingerprints, mark.wisp, kind))


def label_mark(wisp: str) -> tuple[str, str]:
    """Make the entry by which a wisp's label is found again, whatever its name has become."""
    return LABEL, f"{MARK_VERSION}|{quote(wisp, safe='')}"


def former_mark(wisp: str) -> tuple[str, str]:
    """Make the entry by which the label of a wisp's former customers is found again."""
    return LABEL, f"{MARK_VERSION}|{quote(wisp, safe='')}|former"
