"""Desired: all of a wisp's customers as cards, before anything is decided or written."""

from dataclasses import dataclass

from shared.domain.contact.customer import Skipped
from shared.domain.contact.name import check_template
from shared.domain.model.wisp import Wisp
from shared.domain.sync.desired import Desired
from shared.domain.sync.desired_cards import DesiredCards
from shared.errors import StopRun
from shared.ports import CustomerSource


@dataclass(frozen=True, slots=True)
class Gathered:
    """What SIMPLer says.

    Attributes:
        desired: For the plan.
        skipped: Records that cannot be used.
        listed: How many records there were.
    """

    desired: Desired
    skipped: tuple[Skipped, ...]
    listed: int


def read_desired(source: CustomerSource, wisp: Wisp) -> Gathered:
    """Read the complete list.

    Raises:
        StopRun: The list could not be read to its end, or is empty.
        Misconfigured: A setting of the wisp's is wrong.
    """
    check_template(wisp.name_template)
    listing = source.customers()
    if listing.total == 0:
        raise StopRun(
            "simpler.empty",
            "SIMPLer's list of customers is empty; nothing was changed",
            "SIMPLer answered with an empty list of customers. Nothing was changed in Google."
            " Please check the API user's rights and the operator setting.",
        )
    cards = DesiredCards(listing.customers, wisp)
    desired = Desired(
        wisp.id,
        cards,
        held={skipped.customer: skipped.reason for skipped in listing.skipped if skipped.customer},
        left=frozenset(listed.id for listed in listing.customers.listed if listed.id not in cards),
        leavers=wisp.leavers,
        doubts=listing.doubts,
        records=cards.digests(),
    )
    return Gathered(desired, listing.skipped, listing.total)
