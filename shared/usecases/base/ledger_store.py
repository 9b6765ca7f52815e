"""Ledger store: keeps an account's ledger in documents: a head, and its shards."""

import base64
import zlib
from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec

from shared.domain.contact.card import Card
from shared.domain.sync.ledger import LEDGER_VERSION, Entry, Head, Ledger, Shard
from shared.events import Event, log
from shared.ports import Document, Drop, Put, StateStore
from shared.typed import decoder, from_plain

_ENTRIES = decoder(dict[str, Entry])
_CARDS = decoder(dict[str, Card])
_TEXTS = decoder(dict[str, msgspec.Raw])
_LEVEL = 3
"""zlib's third level: the usual sixth takes twice the time to save another tenth of the room."""


T = TypeVar("T")


class _Layout(msgspec.Struct, frozen=True):
    """The layout of a ledger's other documents, stored beside the members of its `Head`.

    Attributes:
        version: `LEDGER_VERSION` when it was written.
        shards: How many documents hold the entries.
        count: How many entries they hold: a ledger that lost some must not pass for a whole one.
    """

    version: int
    shards: int
    count: int


class _Parts(msgspec.Struct, frozen=True):
    """A shard's document: its entries and its packed cards, each as one text."""

    entries: str
    cards: str


def load_ledger(state: StateStore, account: str) -> Ledger:
    """Load an account's ledger; a new one where none can be read, for a ledger only saves work.

    What the head says of unconfirmed creations and of the label is believed all the same.
    """
    document = state.get(f"ledgers/{account}")
    believed = Head()
    if document is None:
        return Ledger(believed)
    try:
        head, layout = from_plain(dict(document), Head), from_plain(dict(document), _Layout)
        believed = Head(
            unconfirmed=head.unconfirmed,
            suspects=head.suspects,
            label=head.label,
            made_labels=head.made_labels,
            label_names=head.label_names,
        )
        return Ledger(head, _shards(layout, dict(state.find(f"ledgers/{account}/shards"))))
    except (ValueError, KeyError) as error:
        log(
            Event.LEDGER_REBUILT,
            "the ledger could not be read and is rebuilt",
            account=account,
            why=type(error).__name__,
        )
        return Ledger(believed)


def _shards(layout: _Layout, stored: Mapping[str, Document]) -> list[Shard]:
    """Read all shards; pass over documents left from a larger ledger."""
    if layout.version != LEDGER_VERSION:
        raise ValueError(f"version {layout.version}")
    shards = [shard_from(stored[_name(number)]) for number in range(layout.shards)]
    if sum(len(shard.entries) for shard in shards) != layout.count:
        raise ValueError("not every entry is there")
    return shards


def _name(number: int) -> str:
    return f"{number:03}"


def shard_from(document: Document) -> Shard:
    """Read a stored shard; raise `ValueError` if it cannot be read."""
    parts = from_plain(dict(document), _Parts)
    return Shard(_ENTRIES.decode(parts.entries), parts.cards)


def head_put(account: str, ledger: Ledger) -> Put:
    """Return the write that stores the head."""
    layout = _Layout(LEDGER_VERSION, len(ledger.shards), len(ledger))
    head = msgspec.to_builtins(ledger.head, order="deterministic")
    return Put(f"ledgers/{account}", {**msgspec.to_builtins(layout), **head})


def puts(account: str, ledger: Ledger) -> list[Put]:
    """Return the writes that store the head and every touched shard; the ledger then counts as saved.

    A shard's entries are one JSON text, because Firestore would index every member of a map.
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
    return {"entries": msgspec.json.encode(shard.entries).decode(), "cards": shard.packed}


def cards_in(shard: Shard) -> dict[str, Card]:
    """Return the cards last written, by customer; none of those packed if they cannot be read."""
    return _written_last(shard, _CARDS)


def _written_last(shard: Shard, read: "msgspec.json.Decoder[dict[str, T]]") -> dict[str, Card | T]:
    try:
        cards = read.decode(zlib.decompress(base64.b64decode(shard.packed))) if shard.packed else {}
    except (zlib.error, ValueError):
        cards = {}
    changed: dict[str, T | Card | None] = {**cards, **shard.cards}
    return {customer: card for customer, card in changed.items() if card is not None}


def _packed(cards: Mapping[str, Card | msgspec.Raw]) -> str:
    """Compress all cards of a shard together: they are much alike, so they take a fifth of the room."""
    return base64.b64encode(zlib.compress(msgspec.json.encode(cards), _LEVEL)).decode()


def fitted(ledger: Ledger, customers: int) -> Ledger:
    """Return the ledger in as many shards as suit this many customers; the same one if it fits."""
    if ledger.suits(customers):
        return ledger
    cards = {customer: card for shard in ledger.shards for customer, card in cards_in(shard).items()}
    return ledger.fitted(customers, cards)


def ledger_drops(state: StateStore, account: str) -> Sequence[Drop]:
    """Return the writes that delete an account's ledger."""
    path = f"ledgers/{account}"
    return [Drop(path), *(Drop(f"{path}/shards/{number}") for number, _ in state.find(f"{path}/shards"))]
