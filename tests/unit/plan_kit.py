"""What plans are made of, in short words: cards, contacts as Google has them, and what the ledger knows."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from shared.domain.contact.card import Card
from shared.domain.contact.phone import Phone
from shared.domain.contact.phone_kind import PhoneKind
from shared.domain.model.scope import PlaceKind
from shared.domain.sync.desired import Desired, KnownCard
from shared.domain.sync.google_fields import digest, fields_of
from shared.domain.sync.item_identity import fingerprints
from shared.domain.sync.ledger import Content, Entry, Head, Ledger, Shard
from shared.domain.sync.mark import Mark, marked
from shared.domain.sync.person import Person
from shared.domain.sync.plan import Plan, PlannedChange

WISP = "acme"
LABEL, MINE = "contactGroups/acme", "contactGroups/myContacts"
FORMER = "contactGroups/former"
IN = frozenset({LABEL, MINE})
OUT = frozenset({MINE})
FIRST, SECOND = "+353 87 123 4567", "+353 86 765 4321"


class Placed(NamedTuple):
    """A record that tells where its customer is served."""

    made: Card
    site: str = ""
    ap: str = ""
    status: str = "current"
    digest: str = ""

    def texts(self, member: str) -> tuple[str, ...]:
        """Return nothing: no rule asks for more."""
        return ()

    def places(self, kind: PlaceKind) -> tuple[str, ...]:
        """Return the site, or the access point."""
        return tuple(filter(None, (self.site if kind == "site" else self.ap,)))

    def typed(self) -> Iterator[tuple[str, str]]:
        """Yield nothing: nobody asks."""
        return iter(())

    def card(self) -> Card:
        """Return the card."""
        return self.made

    def named(self, template: str) -> str:
        """Return the card's name: nobody asks."""
        return self.made.display


def card(customer: str = "1", number: str = FIRST, name: str = "Áine Byrne") -> Card:
    """Return what is wanted for a customer."""
    return Card(customer, name, given=name, phones=(Phone(number, PhoneKind.MOBILE),))


def person(of: Card, name: str = "c1", **members: Any) -> Person:
    """Return the contact of a card as we wrote it, but for the members that are given."""
    fields = fields_of(of)
    data = marked(Mark(WISP, of.customer, "run"), fingerprints(fields))
    found = {"source_id": f"id-{name}", "source_etag": f"tag-{name}", "updated": "2026-03-02"}
    return Person(
        f"people/{name}",
        **{"etag": "%", **found, "fields": fields, "client_data": data, "groups": IN} | members,
    )


def own_number(of: Card, number: str = SECOND) -> dict[str, Any]:
    """Return the fields of a card's contact to which its user added a number."""
    fields = fields_of(of)
    return {**fields, "phoneNumbers": (*fields["phoneNumbers"], {"value": number})}


def both_marks(one: Card, other: Card, wisp: str = WISP) -> tuple[tuple[str, str], ...]:
    """Return the client data of a contact that a user merged of two; the other may be another wisp's."""
    theirs = marked(Mark(wisp, other.customer, "run"), fingerprints(fields_of(other)))
    return (*person(one).client_data, *theirs)


def entry(of: Card, name: str = "c1", content: Content = "ours", record: str = "") -> Entry:
    """Return what the ledger knows of a card's contact after it was written."""
    return Entry(f"people/{name}", f"id-{name}", f"tag-{name}", digest(fields_of(of)), record, content)


def ledger(entries: Mapping[str, Entry]) -> Ledger:
    """Return a stored ledger that knows these customers' contacts."""
    return Ledger(Head(label=LABEL), [Shard(dict(entries))])


def new(customer: str) -> PlannedChange:
    """Return a contact to be made for a customer who never had one."""
    return PlannedChange(customer, "new")


def created(plan: Plan) -> list[str]:
    """Return the customers for whom a plan makes a contact."""
    return [change.customer for change in plan.create]


def desired(cards: Iterable[Card] = (), digests: Mapping[str, str] | None = None, **members: Any) -> Desired:
    """Return what SIMPLer wants: these cards, with the digests of their records where `digests` has them."""
    known = digests or {}
    records = {each.customer: KnownCard(each, digest=known.get(each.customer, "")) for each in cards}
    return Desired(WISP, records, **members)
