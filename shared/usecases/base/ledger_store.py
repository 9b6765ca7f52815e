"""Ledger store: keeps an account's ledger in documents: a head, and its shards."""

import base64
import zlib
from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

import msgspec

from shared.domain.contact.card import Card
from shared.domain.sync.ledger import LEDGER_VERSION, Entry, Head, Ledger, Shard, WrittenBy, shard_of
from shared.events import Event, log
from shared.ports import Document, Drop, Put, StateStore
from shared.typed import decoder, from_plain

_ENTRIES = decoder(dict[str, Entry])
_CARDS = decoder(dict[str, Card])
_TEXTS = decoder(dict[str, msgspec.Raw])
_WRITERS = decoder(dict[str, WrittenBy])
_PREVIOUS = decoder(dict[str, str])
_LEVEL = 3
"""zlib's third level: the usual sixth takes twice the time to save another tenth of the room."""

T = TypeVar("T")


class Layout(msgspec.Struct, frozen=True):
    """The layout of a ledger's other documents, stored beside the members of its `Head`.

    Attributes:
        version: `LEDGER_VERSION` when it was written.
        shards: How many documents hold the entries.
        count: How many entries they hold: a ledger that lost some must not pass for a whole one.
    """

    version: int
    shards: int
    count: int


class _Named(msgspec.Struct, frozen=True):
    """A stored card, of which only the name is read."""

    display: str


_NAMED = decoder(_Named)


class _Parts(msgspec.Struct, frozen=True):
    """A shard's document: its entries, packed cards, who wrote them, and earlier names; each is one text."""

    entries: str
    cards: str
    writers: str = ""
    previous: str = "{}"


class KnownContact(msgspec.Struct, frozen=True):
    """What a ledger knows of one customer.

    Attributes:
        head: What it knows of the account; a new one where there is no ledger that can be read.
        entry: The customer's contact; None: none is known.
        card: What was last written to it, where that is known.
        writers: The runs that wrote it; both are empty where nobody knows.
    """

    head: Head
    entry: Entry | None = None
    card: Card | None = None
    writers: WrittenBy = msgspec.field(default_factory=WrittenBy)


def load_ledger(state: StateStore, account: str, customer: str = "") -> Ledger:
    """Load an account's ledger; a new one where none can be read, for a ledger only saves work.

    What the head says of unconfirmed creations and of the label is believed all the same.

    Args:
        state: Where it is.
        account: The account's id.
        customer: The one customer that it is needed for: of the shards only theirs is read. Empty: everybody.
    """
    document = state.get(f"ledgers/{account}")
    believed = Head()
    if document is None:
        return Ledger(believed)
    try:
        head, layout = from_plain(dict(document), Head), from_plain(dict(document), Layout)
        believed = Head(
            unconfirmed=head.unconfirmed,
            suspects=head.suspects,
            label=head.label,
            former_label=head.former_label,
            made_labels=head.made_labels,
            label_names=head.label_names,
            former_names=head.former_names,
            empty_since=head.empty_since,
            believed=head.believed,
            approved=head.approved,
            removed_by_day=head.removed_by_day,
            suggested=head.suggested,
        )
        if customer:
            return _of_one(state, account, customer, head, layout=layout)
        return Ledger(head, _shards(layout, dict(state.find(f"ledgers/{account}/shards"))))
    except (ValueError, KeyError, ZeroDivisionError) as error:
        log(
            Event.LEDGER_REBUILT,
            "the ledger could not be read and is rebuilt",
            account=account,
            why=type(error).__name__,
        )
        return Ledger(believed)


def _shards(layout: Layout, stored: Mapping[str, Document]) -> list[Shard]:
    """Read all shards; pass over documents left from a larger ledger."""
    _check_version(layout)
    shards = [shard_from(stored[_name(number)]) for number in range(layout.shards)]
    if sum(len(shard.entries) for shard in shards) != layout.count:
        raise ValueError("not every entry is there")
    return shards


def _check_version(layout: Layout) -> None:
    if layout.version != LEDGER_VERSION:
        raise ValueError(f"version {layout.version}")


def _of_one(state: StateStore, account: str, customer: str, head: Head, *, layout: Layout) -> Ledger:
    """Read the one shard that holds a customer; the head and a shard are always saved together.

    Read all where it has no entry of theirs: only the number of all entries shows whether one was lost.
    """
    _check_version(layout)
    number = shard_of(customer, layout.shards)
    stored = state.get(f"ledgers/{account}/shards/{_name(number)}")
    if stored is None:
        raise ValueError("not every shard is there")
    shard = shard_from(stored)
    if customer not in shard.entries:
        return Ledger(head, _shards(layout, dict(state.find(f"ledgers/{account}/shards"))))
    shards = [Shard() for _ in range(layout.shards)]
    shards[number], elsewhere = shard, layout.count - len(shard.entries)
    if elsewhere < 0:
        raise ValueError("there are more entries than there should be")
    return Ledger(head, shards, elsewhere=elsewhere)


def _name(number: int) -> str:
    return f"{number:03}"


def shard_from(document: Document) -> Shard:
    """Read a stored shard; raise `ValueError` if it cannot be read."""
    parts = from_plain(dict(document), _Parts)
    entries, previous = _ENTRIES.decode(parts.entries), _PREVIOUS.decode(parts.previous)
    return Shard(entries, parts.cards, packed_writers=parts.writers, previous=previous)


def load_known(state: StateStore, account: str, customer: str) -> KnownContact:
    """Return what an account's ledger knows of one customer; read no more of it than that takes."""
    document = state.get(f"ledgers/{account}")
    if document is None:
        return KnownContact(Head())
    try:
        head, layout = from_plain(dict(document), Head), from_plain(dict(document), Layout)
        stored = state.get(f"ledgers/{account}/shards/{_name(shard_of(customer, layout.shards))}")
        if layout.version != LEDGER_VERSION or stored is None:
            return KnownContact(Head())
        shard = shard_from(stored)
    except (ValueError, ZeroDivisionError):
        return KnownContact(Head())
    writers = writers_in(shard).get(customer, WrittenBy())
    return KnownContact(head, shard.entries.get(customer), cards_in(shard).get(customer), writers)


def load_names(state: StateStore, account: str, customers: Collection[str]) -> dict[str, str]:
    """Return the names last written for some customers, as far as the account's ledger knows them."""
    document = state.get(f"ledgers/{account}")
    shards = document.get("shards") if document else 0
    if not isinstance(shards, int) or shards < 1:
        return {}
    paths = {f"ledgers/{account}/shards/{_name(shard_of(customer, shards))}" for customer in customers}
    stored = (state.get(path) for path in sorted(paths))
    return {customer: name for each in stored if each for customer, name in names_in(each, customers).items()}


def names_in(stored: Document, customers: Collection[str]) -> dict[str, str]:
    """Return the names that a stored shard has for some customers; none if it cannot be read."""
    try:
        texts = _unpacked(shard_from(stored).packed, _TEXTS)
        return {each: _NAMED.decode(texts[each]).display for each in customers if each in texts}
    except ValueError:
        return {}


def head_put(account: str, ledger: Ledger) -> Put:
    """Return the write that stores the head."""
    layout = Layout(LEDGER_VERSION, len(ledger.shards), len(ledger))
    head = msgspec.to_builtins(ledger.head, order="deterministic")
    return Put(f"ledgers/{account}", {**msgspec.to_builtins(layout), **head})


def puts(account: str, ledger: Ledger) -> list[Put]:
    """Return the writes that store the head and every touched shard; the ledger then counts as saved.

    A shard's entries are one JSON text, because Firestore would index every member of a map. An entry without
    a time at which its contact retired is written as before there was one, so a former build can read it.
    """
    writes = [head_put(account, ledger)]
    for number in sorted(ledger.touched):
        path = f"ledgers/{account}/shards/{_name(number)}"
        writes.append(Put(path, _document(ledger.shards[number])))
    ledger.touched.clear()
    return writes


def _document(shard: Shard) -> Document:
    if shard.cards:
        texts = _written_last(shard, _TEXTS)
        shard.packed, shard.cards = _packed(texts), {}
    if shard.writers:
        shard.packed_writers, shard.writers = _packed(writers_in(shard)), {}
    entries = {c: entry if entry.retired_at else entry[:-1] for c, entry in shard.entries.items()}
    written = msgspec.json.encode(entries).decode()
    previous = msgspec.json.encode(shard.previous).decode()
    return {"entries": written, "cards": shard.packed, "writers": shard.packed_writers, "previous": previous}


def cards_in(shard: Shard) -> dict[str, Card]:
    """Return the cards last written, by customer; none of those packed if they cannot be read."""
    return _written_last(shard, _CARDS)


def _written_last(shard: Shard, read: "msgspec.json.Decoder[dict[str, T]]") -> dict[str, Card | T]:
    stored = _unpacked(shard.packed, read)
    changed: dict[str, T | Card | None] = {**stored, **shard.cards}
    return {customer: card for customer, card in changed.items() if card is not None}


def writers_in(shard: Shard) -> dict[str, WrittenBy]:
    """Return the runs that wrote the contacts, by customer; who created one that was there stays known."""
    known = _unpacked(shard.packed_writers, _WRITERS)
    for customer, by in shard.writers.items():
        before = known.pop(customer, WrittenBy())
        if by is not None:
            known[customer] = WrittenBy(by.made or before.made, by.last)
    return known


def _unpacked(packed: str, read: "msgspec.json.Decoder[dict[str, T]]") -> dict[str, T]:
    """Return what was packed; nothing if it cannot be read."""
    try:
        return read.decode(zlib.decompress(base64.b64decode(packed))) if packed else {}
    except (zlib.error, ValueError):
        return {}


def _packed(values: Mapping[str, Card | WrittenBy | msgspec.Raw]) -> str:
    """Compress all of a shard together: they are much alike, so cards take a fifth of the room."""
    return base64.b64encode(zlib.compress(msgspec.json.encode(values), _LEVEL)).decode()


def fitted(ledger: Ledger, customers: int) -> Ledger:
    """Return the ledger in as many shards as suit this many customers; the same one if it fits."""
    if ledger.suits(customers):
        return ledger
    cards = {customer: card for shard in ledger.shards for customer, card in cards_in(shard).items()}
    writers = {customer: by for shard in ledger.shards for customer, by in writers_in(shard).items()}
    return ledger.fitted(customers, cards, writers)


def ledger_drops(state: StateStore, account: str) -> Sequence[Drop]:
    """Return the writes that delete an account's ledger."""
    path = f"ledgers/{account}"
    return [Drop(path), *(Drop(f"{path}/shards/{number}") for number, _ in state.find(f"{path}/shards"))]
