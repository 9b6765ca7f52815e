"""Ledger: what we last wrote to an account, per customer.

It saves work: with it, what changed since the last run is enough to know every contact of ours. Without it
everything is listed and compared once more, and nothing else is lost but the way back to an earlier run. It
is kept in shards of some 256 customers, so that a batch of 200, taken in shard order, touches few of them.
"""

import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Literal, NamedTuple

import msgspec

from shared.domain.contact.card import Card
from shared.domain.model.suggestion import Suggested
from shared.domain.sync.person import Person

LEDGER_VERSION = 2
SHARD_SIZE = 256

MOST_EXTRAS = 2000
"""Extras that are looked at by name, each run; where there are more, everything is listed instead."""

LISTED_FOR = 6 * 24 * 3600.0
"""Seconds after which everything is listed again: tokens last 7 days (people.v1 description)."""

_DIGITS = 16

Content = Literal["ours", "mixed", "shared", "former", "unlabelled", "unseen"]


class Entry(NamedTuple):
    """Our knowledge of a customer's contact, since our last write or look.

    Attributes:
        resource_name: Google's name of the contact.
        source_id: Google's other name of it, which never changes.
        source_etag: Of the contact as we left it; another one means that somebody changed it.
        sent: Digest of the owned fields that it holds of us (`google_fields.digest`); empty: not known.
        record: Digest of the record that `sent` was made from; empty when it is not known.
        content: "ours": exactly what we wrote, so that it can be written again without being read; "mixed":
            the user, or another program, added to it; "shared": it carries another wisp's mark as well;
            "former": it has retired to the label of former customers; "unlabelled": it is in neither label;
            "unseen": it is there, and nothing more is known.
        retired_at: When it retired (seconds since 1970); 0: it has not, or that is not known.
    """

    resource_name: str
    source_id: str = ""
    source_etag: str = ""
    sent: str = ""
    record: str = ""
    content: Content = "unseen"
    retired_at: float = 0.0

    def person(self) -> Person:
        """Return the contact, as far as it is known."""
        return Person(self.resource_name, "", self.source_id, self.source_etag)

    def is_of(self, person: Person) -> bool:
        """Return whether it tells what a contact holds that was just read, since nobody has changed that."""
        known = (self.resource_name, self.source_id, self.source_etag)
        is_told = self.content in ("ours", "mixed") and bool(self.source_etag)
        return is_told and known == (person.resource_name, person.source_id, person.source_etag)

    def is_same(self, person: Person) -> bool:
        """Return whether it is of this contact, whose resource name may be another one by now."""
        return bool(self.source_id) and self.source_id == person.source_id

    def names_before(self, person: Person) -> tuple[str, ...]:
        """Return the resource names that its contact had before; where none are told, the one known here."""
        has_moved = self.resource_name != person.resource_name and self.is_same(person)
        return person.previous or ((self.resource_name,) if has_moved else ())

    def unseen(self) -> "Entry":
        """Return the same contact, with nothing believed about it any more."""
        return Entry(self.resource_name, self.source_id)


class WrittenBy(NamedTuple):
    """The runs that wrote a customer's contact, by their ids, which begin with the time.

    Attributes:
        made: The one that created it; empty when nobody knows it any more.
        last: The one that wrote it last.
    """

    made: str = ""
    last: str = ""


class Shard(msgspec.Struct):
    """A part of the ledger.

    Attributes:
        entries: By customer.
        packed: The cards that the entries' `sent` are of, as they are stored.
        cards: Those that were written since; None for a customer who has none any more.
        packed_writers: Which runs wrote the contacts, as it is stored.
        writers: Those that wrote since; None for a customer who has no contact any more.
        previous: Digests of the earlier resource names that Google told of a contact which is as we left it,
            by customer; of nobody else.
    """

    entries: dict[str, Entry] = msgspec.field(default_factory=dict)
    packed: str = ""
    cards: dict[str, Card | None] = msgspec.field(default_factory=dict)
    packed_writers: str = ""
    writers: dict[str, WrittenBy | None] = msgspec.field(default_factory=dict)
    previous: dict[str, str] = msgspec.field(default_factory=dict)


def shard_of(customer: str, shards: int) -> int:
    """Return which of this many shards holds a customer: by a hash, for an even spread of any ids."""
    return zlib.crc32(customer.encode()) % shards


class Head(msgspec.Struct):
    """A ledger's knowledge of the account as a whole.

    Attributes:
        whole: Every contact of ours is in the ledger; false until a whole listing was compared.
        unconfirmed: Customers whose contact may or may not have been created, with the time (seconds since
            1970) of the attempt. Nothing is created for them until we have looked for their mark.
        suspects: Those of them that we did not find: Google may stumble over one of their contacts.
        token: Asks Google what has changed since; empty: everything must be listed.
        listed: When everything was listed last (seconds since 1970).
        label: Resource name of our label then.
        former_label: Resource name of the label of former customers; empty: nobody has retired.
        made_labels: Labels created since, and while a creation was unconfirmed, with the time (seconds
            since 1970), by resource name. The empty name stands for a label that is being created, or whose
            creation nobody has confirmed.
        label_names: The name that we gave the label last; several where it is not known which of them it has;
            none where nothing is known. A label that is called otherwise was renamed by a user.
        former_names: The same of the label of former customers.
        empty_since: When Google first showed no contact at all while nothing vouched for that (seconds since
            1970); 0: its last list was not like that.
        total: How many contacts the account held then, changed by what we have created and removed since.
        last_created_at: When a contact was created last (seconds since 1970).
        extras: Further contacts with our mark, labelled or not, besides the one that the customer's entry
            names: the customer by resource name. A sync token reports such a contact only once, so we keep it
            here, and look at it in each run until it is gone.
        believed: How many records SIMPLer's list had when the first task of a night, or of a person's run,
            last believed it here; None: what the wisp remembers counts.
        approved: What a person let through last (`guard.approved_of`), for a run of several tasks; empty:
            nothing waits for a person.
        removed_by_day: How many contacts runs have removed since a night, or a person's run, began: only
            together do they show that there are too many.
        suggested: The suggestions of this account, by id, the one that was put right longest ago first.
    """

    whole: bool = False
    unconfirmed: dict[str, float] = {}
    suspects: set[str] = set()
    token: str = ""
    listed: float = 0.0
    label: str = ""
    former_label: str = ""
    made_labels: dict[str, float] = {}
    label_names: list[str] = []
    former_names: list[str] = []
    empty_since: float = 0.0
    total: int = 0
    last_created_at: float = msgspec.field(default=0.0, name="made")
    extras: dict[str, str] = {}
    believed: int | None = None
    approved: list[str] = []
    removed_by_day: int = 0
    suggested: dict[str, Suggested] = {}

    def listed_before(self, by_wisp: int | None) -> int | None:
        """Return how many records the list had that was believed last; the wisp remembers `by_wisp`."""
        return by_wisp if self.believed is None else self.believed

    def knows_changes(self, now: float) -> bool:
        """Return whether the changes since the last run suffice to know every contact of ours."""
        is_fresh = 0 <= now - self.listed < LISTED_FOR
        return bool(self.token and self.label and self.whole and is_fresh and not self.unconfirmed)

    def forget_the_future(self, now: float) -> None:
        """Replace times still to come by now: the clock was wrong when they were noted, or is wrong now."""
        self.unconfirmed = {customer: min(since, now) for customer, since in self.unconfirmed.items()}
        self.made_labels = {name: min(since, now) for name, since in self.made_labels.items()}
        self.last_created_at = min(self.last_created_at, now)
        self.empty_since = min(self.empty_since, now)

    def known_labels(self) -> list[str]:
        """Return resource names of the labels that may be ours: that of the last run, then the latest."""
        latest = sorted(self.made_labels, key=self.made_labels.__getitem__, reverse=True)
        return [name for name in dict.fromkeys((self.label, *latest)) if name]


class Ledger:
    """An account's ledger.

    Attributes:
        head: What concerns the account as a whole.
        shards: As many parts as there are documents; for one customer, all but theirs are empty.
        touched: Which shards differ from what was loaded or saved last.
        elsewhere: How many entries the shards have that were not read.
    """

    def __init__(self, head: Head | None = None, shards: Sequence[Shard] = (), *, elsewhere: int = 0) -> None:
        """Take over what was stored; without shards the ledger is new: one empty shard, not stored yet."""
        self.head = head or Head()
        self.shards = list(shards) or [Shard()]
        self.touched: set[int] = set() if shards else {0}
        self.elsewhere = elsewhere

    def __len__(self) -> int:
        return self.elsewhere + sum(len(shard.entries) for shard in self.shards)

    def shard_of(self, customer: str) -> int:
        """Return which shard holds a customer."""
        return shard_of(customer, len(self.shards))

    def get(self, customer: str) -> Entry | None:
        """Return what is known of a customer's contact."""
        return self.shards[self.shard_of(customer)].entries.get(customer)

    def put(self, customer: str, entry: Entry, card: Card | None = None) -> None:
        """Note what a customer's contact is now, and the card that was written, if one was."""
        number = self.shard_of(customer)
        shard = self.shards[number]
        if shard.entries.get(customer) != entry:
            shard.entries[customer] = entry
            self.touched.add(number)
        if card is not None:
            shard.cards[customer] = card
            self.touched.add(number)

    def note_writer(self, customer: str, run: str, *, made: bool) -> None:
        """Note which run has just written a customer's contact, and whether it created it."""
        number = self.shard_of(customer)
        writers = self.shards[number].writers
        before = writers.get(customer) or WrittenBy()
        writers[customer] = WrittenBy(run if made else before.made, run)
        self.touched.add(number)

    def note_previous(self, customer: str, names: Collection[str]) -> None:
        """Note the earlier resource names of a customer's contact, which is as we left it."""
        if not self.knows_previous(customer, names):
            number = self.shard_of(customer)
            self.shards[number].previous[customer] = _digest(names)
            self.touched.add(number)

    def knows_previous(self, customer: str, names: Collection[str]) -> bool:
        """Return whether a customer's contact has got no further earlier resource name since we left it.

        Google tells all that a contact ever had, and each may be that of another one merged into it.
        """
        return not names or self.shards[self.shard_of(customer)].previous.get(customer) == _digest(names)

    def drop(self, customer: str) -> None:
        """Forget a customer's contact."""
        number = self.shard_of(customer)
        shard = self.shards[number]
        if shard.entries.pop(customer, None):
            shard.cards[customer] = shard.writers[customer] = None
            shard.previous.pop(customer, None)
            self.touched.add(number)

    def invalidate(self, customer: str) -> None:
        """Believe nothing of a customer's contact until it is looked at."""
        if entry := self.get(customer):
            self.put(customer, entry.unseen())

    def entries(self) -> Iterator[tuple[str, Entry]]:
        """Yield all entries that were read, by customer."""
        for shard in self.shards:
            yield from shard.entries.items()

    def names_of(self, customer: str) -> list[str]:
        """Return resource names of all contacts of a customer that are known."""
        entry = self.get(customer)
        extras = (name for name, owner in self.head.extras.items() if owner == customer)
        return [*([entry.resource_name] if entry else []), *extras]

    def absent(self, listed: Collection[str]) -> dict[str, str]:
        """Return whose contacts are known and are not in a listing, by resource name.

        Args:
            listed: The resource names and source ids of the contacts that were listed.
        """
        extras = {name: customer for name, customer in self.head.extras.items() if name not in listed}
        return extras | {
            entry.resource_name: customer
            for customer, entry in self.entries()
            if entry.resource_name not in listed and entry.source_id not in listed
        }

    def order(self, customer: str) -> tuple[int, str]:
        """Return a key that sorts customers by shard: a batch then touches few documents."""
        return self.shard_of(customer), customer

    def suits(self, customers: int) -> bool:
        """Return whether it has the right number of shards for this many customers, or nearly."""
        suited = _suited(customers)
        return suited / 2 <= len(self.shards) <= suited * 2

    def fitted(self, customers: int, cards: Mapping[str, Card], writers: Mapping[str, WrittenBy]) -> "Ledger":
        """Return this ledger in as many shards as suit this many customers.

        Args:
            customers: How many there will be.
            cards: All that it holds, unpacked.
            writers: Which runs wrote its contacts, likewise.
        """
        fitted = Ledger(self.head, [Shard() for _ in range(_suited(customers))])
        for customer, entry in self.entries():
            fitted.put(customer, entry, cards.get(customer))
            if known := writers.get(customer):
                fitted.shards[fitted.shard_of(customer)].writers[customer] = known
        for customer, names in (pair for shard in self.shards for pair in shard.previous.items()):
            fitted.shards[fitted.shard_of(customer)].previous[customer] = names
        fitted.touched = set(range(len(fitted.shards)))
        return fitted


def _digest(names: Iterable[str]) -> str:
    return sha256(" ".join(sorted(names)).encode()).hexdigest()[:_DIGITS]


def _suited(customers: int) -> int:
    return max(1, -(-customers // SHARD_SIZE))
