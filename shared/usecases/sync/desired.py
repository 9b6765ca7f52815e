"""Desired: reads all of a wisp's customers, before anything is planned or written."""

import math
from datetime import datetime, timedelta

import msgspec

from shared.domain.contact.customer import Skipped
from shared.domain.contact.name import check_template
from shared.domain.model.scope import Scope
from shared.domain.model.wisp import Wisp
from shared.domain.sync.desired import Desired, contacts_of
from shared.errors import StopRun
from shared.ports import CustomerSource, Listing
from shared.replace import replace

MOST_DOUBLED = 1_000
"""The most ids shared by several records that are remembered: a document may hold a megabyte."""


class Gathered(msgspec.Struct, frozen=True):
    """A wisp's customers as SIMPLer listed them.

    Attributes:
        desired: What a plan needs of them.
        skipped: Records that cannot be used.
        listed: How many records SIMPLer listed.
    """

    desired: Desired
    skipped: tuple[Skipped, ...]
    listed: int

    def within(self, scope: Scope) -> "Gathered":
        """Return the same with what an account of this scope is to hold."""
        return replace(self, desired=self.desired.within(scope))

    @property
    def doubled(self) -> tuple[str, ...]:
        """Ids that several records share, up to `MOST_DOUBLED`."""
        ids = {skipped.customer for skipped in self.skipped if skipped.reason == "id used twice"}
        return tuple(sorted(ids)[:MOST_DOUBLED])


def read_desired(source: CustomerSource, wisp: Wisp, now: datetime) -> Gathered:
    """Read SIMPLer's list to its proven end; `now` is the time of day.

    Raises:
        StopRun: The list could not be read to its end, or is empty.
        Misconfigured: A setting of the wisp's is wrong.
    """
    check_template(wisp.name_template)
    return gather(source.customers(), wisp, now)


def gather(listing: Listing, wisp: Wisp, now: datetime) -> Gathered:
    """Say which customers are contacts, by a wisp's settings; raise `StopRun` if SIMPLer has none at all."""
    if listing.total == 0:
        raise StopRun(
            "simpler.empty",
            "SIMPLer's list of customers is empty; nothing was changed",
            "SIMPLer answered with an empty list of customers. Nothing was changed in Google."
            " Please check the API user's rights and the operator setting.",
        )
    records = contacts_of(listing.records, wisp)
    desired = Desired(
        wisp.id,
        records,
        held={skipped.customer: skipped.reason for skipped in listing.skipped if skipped.customer},
        left=frozenset(listing.records.keys() - records.keys()),
        leavers=wisp.leavers,
        now=now.timestamp(),
        former_before=former_before(wisp, now),
        doubts=listing.doubts,
    )
    return Gathered(desired, listing.skipped, listing.total)


def former_before(wisp: Wisp, now: datetime) -> float:
    """Return when contacts must have retired that are removed now (seconds since 1970)."""
    match wisp.leavers:
        case "former":
            return (now - timedelta(days=wisp.former_days)).timestamp()
        case "keep":
            return 0.0
    return math.inf
