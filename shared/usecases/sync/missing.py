"""Missing: contacts that are there although Google's list leaves them out.

"Writes may have a propagation delay of several minutes" (people.v1 description, connections.list, of sync
requests; nothing is promised of others). So absence from a list proves nothing. What the ledger knows and the
list does not show is looked at by its name: Google then shows it, or says that there is none of that name
(google.rpc.Code NOT_FOUND), or says nothing, which proves nothing either.
"""

from collections.abc import Mapping, Sequence

from shared.domain.sync.actual import Actual, include, unlisted
from shared.domain.sync.desired import Desired
from shared.domain.sync.ledger import Ledger
from shared.domain.sync.person import Person
from shared.ports import ContactBook
from shared.usecases.base.batches import batches

LAG = 600.0
"""Seconds after which a contact that is there would show, in a list and by its name.

"Writes may have a propagation delay of several minutes" (people.v1 description, connections.list)."""

UNDER_WAY = 180.0
"""Seconds for which a request may be under way that makes something: its sender gives up then."""

LOOKS = 200
"""Contacts that can be looked at in one request (people.v1 description, people.getBatchGet)."""


def look(book: ContactBook, names: Sequence[str]) -> dict[str, Person | None]:
    """Contacts as they are now, however many, by the resource name asked for (`ContactBook.look`)."""
    looked: dict[str, Person | None] = {}
    for part in batches(names, LOOKS):
        looked |= book.look(part)
    return looked


def unsure(ledger: Ledger, now: float) -> frozenset[str]:
    """Customers whose contact may be there, although neither a list nor a look need show it yet.

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
        book: The account.
        found: What the listing showed; what is found is added to it.
        ledger: What is known of the account; notes since when a contact is unsure.
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
    """Take in contacts that a list did not show: each is added to it, gone, or unsure.

    One is gone when Google says so: silence is no proof, however long it lasts. A contact that was made a
    moment ago may not be found by its name either: it is unsure until that time is over. A second contact of
    a customer is hidden as long as Google says nothing of it.

    Args:
        found: What the list shows.
        ledger: What is known of the account; notes since when a contact is unsure.
        desired: Whose contacts come first.
        names: The contacts that were looked for: whose they are, by resource name.
        looked: What Google says of each (`look`).
        now: The time of day, seconds since 1970.
    """
    shown = {
        person.resource_name
        for side in (found.labelled, found.unlabelled)
        for persons in side.values()
        for person in persons
    } | {entry.resource_name for entry in found.unread.values()}
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
