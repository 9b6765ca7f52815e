"""Lease record: a lease as a store has it, read with a check."""

from collections.abc import Mapping
from typing import Annotated, Any, get_args

import msgspec
from msgspec import Meta

from shared.domain.model.lease import LARGEST_TOKEN, Claim, ClaimKind, Lease, kind_of
from shared.errors import Misconfigured
from shared.typed import from_plain

UNREADABLE = "document.invalid"
"""The code of a record that cannot be read."""

_Seconds = Annotated[float, Meta(ge=0, lt=253402300800)]  # before the year 10000
_KINDS: dict[str | None, ClaimKind] = {kind: kind for kind in get_args(ClaimKind)}


class _Members(msgspec.Struct, frozen=True):
    token: Annotated[int, Meta(ge=1, le=LARGEST_TOKEN)]
    acquired_at: _Seconds
    expires_at: _Seconds
    owner: str | None
    run: str | None
    holder: str | None
    kind: str | None = None


def lease_from(name: str, members: Mapping[str, Any]) -> Lease:
    """Return a lease as it is recorded.

    A build without kinds told one by the run's id alone, as a kind is told that this build does not know.

    Raises:
        Misconfigured: `UNREADABLE`: a member is missing, or has another type than we write.
    """
    try:
        read = from_plain(
            {each: members[each] for each in _Members.__struct_fields__ if each in members}, _Members
        )
    except msgspec.ValidationError as error:
        raise _invalid(name, str(error)) from error
    return Lease(name, _claim(name, read), read.token, read.acquired_at, expires_at=read.expires_at)


def _claim(name: str, read: _Members) -> Claim | None:
    if read.owner is None:
        return None
    if read.run is None or read.holder is None:
        raise _invalid(name, "it has an owner, but no run or no holder")
    return Claim(read.owner, read.run, read.holder, _KINDS.get(read.kind) or kind_of(read.run))


def _invalid(name: str, why: str) -> Misconfigured:
    advice = f"free it: leases free {name}"
    return Misconfigured(UNREADABLE, f"the document leases/{name} is not valid: {why}; {advice}")
