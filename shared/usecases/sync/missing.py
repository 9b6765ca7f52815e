"""Missing: contacts that exist although Google's list leaves them out.

"Writes may have a propagation delay of several minutes" (people.v1 description, connections.list, of sync
requests; nothing is promised of others). So absence from a list proves nothing. We read by name what the
ledger knows and the list does not show. Google then shows it, says that no such contact exists
(google.rpc.Code NOT_FOUND), or does not answer for it, which proves nothing either.
"""

from collections.abc import Mapping, Sequence

from shared.domain.sync.actual import Actual, include, unlisted
from shared.domain.sync.desired import Desired
from shared.domain.sync.ledger import Ledger
from shared.domain.sync.person import Person
from shared.ports import LOOKS_AT_ONCE, ContactBook
from shared.usecases.base.batches import batches

LAG = 600.0
"""Seconds after which a contact that exists shows, in a list and by its name.

"Writes may have a propagation delay of several minutes" (people.v1 description, connections.list)."""

UNDER_WAY = 180.0
"""Seconds for which a request that creates something may be under way; its sender gives up then."""


def look(book: ContactBook, names: Sequence[str]) -> dict[str, Person | None]:
    """Read any number of contacts by resource name, as `ContactBook.look` does."""
    looked: dict[str, Person | None] = {}
    for part in batches(names, LOOKS_AT_ONCE):
        looked |= book.look(part)
    return looked


def unsure(ledger: Ledger, now: float) -> frozenset[str]:
    """Return the customers whose contact may exist, although no list and no look need show it yet.

    Args:
        ledger: What is known of the account.
        now: The time of day, seconds since 1970.
    """
    return frozenset(c for c, since in ledger.head.unconfirmed.items() if now - since < LAG)


def find_missing(
    book: ContactBook, found: Actual, ledger: Ledger, desired: Desired, *, now: float, customer: str = ""
) -> None:
    """Look for the contacts that the ledger knows and a listing of everything did not show.

    Args:
        book: The account's contacts.
        found: What the listing showed; takes in what this finds.
        ledger: The account's ledger; notes since when a contact is unsure.
        desired: Whose contacts come first.
        now: The time of day, seconds since 1970.
        customer: Whose contacts; empty: everybody's.
    """
    names = {name: owner for name, owner in unlisted(found, ledger).items() if customer in ("", owner)}
    add_missing(found, ledger, desired, names, looked=look(book, sorted(names)), now=now)


def add_missing(
    found: Actual,
    ledger: Ledger,
    desired: Desired,
    names: Mapping[str, str],
    looked: Mapping[str, Person | None],
    *,
    now: float,
) -> None:
    """Decide for each contact that a list did not show: it exists, is gone, or is unsure.

    It is gone if Google says so; silence proves nothing, however long it lasts. A contact that was created a
    moment ago may not show by its name either, and is unsure for `LAG`. A second contact of a customer counts
    as hidden while Google does not answer for it.

    Args:
        found: What the list showed; takes in the contacts that exist.
        ledger: The account's ledger; notes since when a contact is unsure.
        desired: Whose contacts come first.
        names: The contacts that were looked for: the customer by resource name.
        looked: Google's answers (`look`).
        now: The time of day, seconds since 1970.
    """
    shown = {person.resource_name for person in found.read}
    shown |= {entry.resource_name for entry in found.unread.values()}
    persons = {person.resource_name: person for person in looked.values() if person}
    include(found, (person for name, person in persons.items() if name not in shown), desired)
    for name, customer in names.items():
        if name in ledger.head.extras:
            if name not in looked:
                found.hidden[name] = customer
        elif name not in looked or (looked[name] is None and now - ledger.head.last_created_at < LAG):
            found.hidden[name] = customer
            found.unsure.add(customer)
            ledger.head.unconfirmed.setdefault(
                customer, ledger.head.last_created_at if name in looked else now
            )
