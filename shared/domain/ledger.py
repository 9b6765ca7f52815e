"""Ledger: what we last wrote to an account, per customer.

It saves work and nothing else: without it every contact is compared with its card once more. It is kept in
shards of some 256 customers, so that a batch of 200, taken in shard order, touches few of them.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

VERSION = 1
SHARD_SIZE = 256


@dataclass(frozen=True, slots=True)
class Entry:
    """What we know of a customer's contact since our last write or look.

    Attributes:
        resource_name: Google's name of the contact.
        source_etag: Of the contact as we left it; another one means that somebody changed it.
        sent: Digest of the owned fields that we want there (`merge.digest`).
    """

    resource_name: str
    source_etag: str
    sent: str


class Ledger:
    """An account's ledger.

    Attributes:
        shards: The entries by customer id, in as many parts as there are documents.
        touched: Which shards differ from what was loaded or saved last.
        unconfirmed: Customers whose contact may or may not have been created, with the time (seconds since
            1970) of the attempt. Nothing is created for them until their mark was looked for.
        whole: Every contact of ours is in it; false until a whole listing was compared.
    """

    def __init__(self, shards: Sequence[dict[str, Entry]] = ()) -> None:
        """Take the entries over; without any it is an empty one, of one shard."""
        self.shards = list(shards) or [{}]
        self.touched: set[int] = set()
        self.unconfirmed: dict[str, float] = {}
        self.whole = False

    def __len__(self) -> int:
        return sum(map(len, self.shards))

    def shard_of(self, customer: str) -> int:
        """Which shard holds a customer: by a hash, so that the spread is even whatever the ids look like."""
        return int.from_bytes(hashlib.sha256(customer.encode()).digest()[:4]) % len(self.shards)

    def get(self, customer: str) -> Entry | None:
        """What is known of a customer's contact."""
        return self.shards[self.shard_of(customer)].get(customer)

    def put(self, customer: str, entry: Entry) -> None:
        """Note what a customer's contact is now."""
        number = self.shard_of(customer)
        if self.shards[number].get(customer) != entry:
            self.shards[number][customer] = entry
            self.touched.add(number)

    def drop(self, customer: str) -> None:
        """Forget a customer's contact."""
        number = self.shard_of(customer)
        if self.shards[number].pop(customer, None):
            self.touched.add(number)

    def customers(self) -> Iterator[str]:
        """All customers with an entry."""
        for shard in self.shards:
            yield from shard

    def order(self, customer: str) -> tuple[int, str]:
        """Sorts customers so that neighbours share a shard: a batch then touches few documents."""
        return self.shard_of(customer), customer

    def fitted(self, customers: int) -> "Ledger":
        """This ledger in a number of shards that suits so many customers; itself while the old one does."""
        suited = max(1, -(-customers // SHARD_SIZE))
        if suited / 2 <= len(self.shards) <= suited * 2:
            return self
        fitted = Ledger([{} for _ in range(suited)])
        fitted.unconfirmed = self.unconfirmed
        fitted.whole = self.whole
        for customer in self.customers():
            if entry := self.get(customer):
                fitted.put(customer, entry)
        fitted.touched = set(range(suited))
        return fitted
