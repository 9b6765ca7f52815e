"""Data quality: finds what to correct in SIMPLer's records; nothing of it is stored."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from shared.domain.contact.customer import Skipped
from shared.domain.contact.text import folded
from shared.domain.model.account import Account
from shared.domain.sync.desired import Desired
from shared.usecases.base.documents import active_accounts, load_accounts, load_wisp
from shared.usecases.base.services import Services
from shared.usecases.customers.findings import NotShown, Owner, Shared, Unreachable
from shared.usecases.customers.known_list import known_list
from shared.usecases.sync.desired import gather


class Unfound(msgspec.Struct, frozen=True):
    """What an account is to hold, and no contact has: is it called otherwise now?

    Attributes:
        account: The account's id.
        email: Its address.
        places: Sites and access points; while there are any, nobody is removed for being elsewhere.
        statuses: Statuses, which may be nobody's for a while.
    """

    account: str
    email: str
    places: tuple[str, ...]
    statuses: tuple[str, ...]


class Quality(msgspec.Struct, frozen=True):
    """Everything that somebody should correct in SIMPLer.

    Attributes:
        listed: How many records SIMPLer listed.
        contacts: How many of their customers are contacts.
        without_number: Contacts without a usable number.
        shared: Numbers that several contacts share, the most shared first.
        findings: Other texts that were not understood, or left out.
        skipped: Records that cannot become a contact.
        at: When SIMPLer listed its records.
        nowhere: Contacts who are outside the scope of every account.
        unfound: Accounts whose scope names what no contact has.
    """

    listed: int
    contacts: int
    without_number: tuple[Unreachable, ...]
    shared: tuple[Shared, ...]
    findings: tuple[NotShown, ...]
    skipped: tuple[Skipped, ...]
    at: datetime
    nowhere: tuple[Owner, ...] = ()
    unfound: tuple[Unfound, ...] = ()


def quality(services: Services, wisp_id: str, *, anew: bool = False) -> Quality:
    """Report what to correct in SIMPLer's list.

    Args:
        services: The ports.
        wisp_id: The wisp's id.
        anew: Have SIMPLer list its customers anew; its list is otherwise that of some minutes ago at most.

    Raises:
        StopRun: SIMPLer's list cannot be read, or is empty.
        Misconfigured: The wisp does not exist.
    """
    wisp = load_wisp(services.state, wisp_id)
    known = known_list(services, wisp, anew=anew)
    gathered = gather(known.value.listing, wisp, known.at)
    desired, found = gathered.desired, known.value.findings
    accounts = active_accounts(load_accounts(services.state, wisp.id))
    within = [(account, desired.within(account.scope)) for account in accounts]
    outside = set(desired.records).intersection(*(each.outside for _, each in within)) if within else set()
    nowhere = (desired.records[customer].card() for customer in desired.records if customer in outside)
    return Quality(
        listed=gathered.listed,
        contacts=desired.count,
        without_number=found.without_number,
        shared=found.shared,
        findings=found.not_shown,
        skipped=gathered.skipped,
        at=known.at,
        nowhere=tuple(Owner(card.customer, card.display, card.link) for card in nowhere),
        unfound=tuple(_unfound(desired, within)),
    )


def _unfound(desired: Desired, within: Sequence[tuple[Account, Desired]]) -> Iterator[Unfound]:
    """Yield the accounts that are to hold what no contact has."""
    had = {folded(record.status) for record in desired.records.values()}
    for account, inside in within:
        statuses = tuple(status for status in account.scope.statuses if folded(status) not in had)
        if inside.unfound or statuses:
            yield Unfound(account.id, account.email, inside.unfound, statuses)
