"""Ledger store: keeps an account's ledger in documents, a head and its shards."""

import base64
import zlib
from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec

from shared.domain.contact.card import Card
from shared.domain.sync.ledger import LEDGER_VERSION, Entry, Ledger, Shard
from shared.events import Event, log
from shared.ports import Document, Drop, Put, StateStore
from shared.typed import decoder, from_plain

_ENTRIES = decoder(dict[str, Entry])
_CARDS = decoder(dict[str, Card])
_TEXTS = decoder(dict[str, msgspec.Raw])
_LEVEL = 3
"""One of zlib's nine levels: the usual sixth takes twice the time to save a tenth more room."""


T = TypeVar("T")


class Head(msgspec.Struct, frozen=True):
    """The ledger's first document: how to read the others, and what concerns all of it.

    `count` is that of the entries: a ledger that has lost some must not be taken for a whole one.
    """

    version: int
    shards: int
    count: int
    whole: bool
    unconfirmed: dict[str, float]
    suspects: list[str] = []
    token: str = ""
    listed: float = 0
    label: str = ""
    total: int = 0
    made: float = 0
    extras: dict[str, str] = {}
    made_labels: dict[str, float] = {}
    compared: float = 0


class _Parts(msgspec.Struct, frozen=True):
    """A shard's document."""

    entries: str
    cards: str


def load_ledger(state: StateStore, account: str) -> Ledger:
    """An account's ledger; a new one when there is none, or none that can be read (it only saves work).

    What the head says of creations that are in doubt, and of the label, is believed all the same.
    """
    document = state.get(f"ledgers/{account}")
    new = Ledger()
    if document is None:
        return new
    try:
        head = from_plain(dict(document), Head)
        new.unconfirmed, new.suspects = dict(head.unconfirmed), set(head.suspects)
        new.label, new.made_labels = head.label, dict(head.made_labels)
        return _read(head, dict(state.find(f"ledgers/{account}/shards")))
    except (ValueError, KeyError) as error:
        log(
            Event.LEDGER_REBUILT,
            "the ledger could not be read and is rebuilt",
            account=account,
            why=type(error).__name__,
        )
        return new


def _read(head: Head, stored: Mapping[str, Document]) -> Ledger:
    """Read the whole ledger; pass over documents left from a larger one."""
    if head.version != LEDGER_VERSION:
        raise ValueError(f"version {head.version}")
    ledger = Ledger([shard_from(stored[_name(number)]) for number in range(head.shards)])
    if len(ledger) != head.count:
        raise ValueError("not every entry is there")
    ledger.unconfirmed, ledger.suspects = dict(head.unconfirmed), set(head.suspects)
    ledger.label, ledger.total, ledger.made = head.label, head.total, head.made
    ledger.extras, ledger.made_labels = dict(head.extras), dict(head.made_labels)
    ledger.compared = head.compared
    ledger.whole, ledger.token, ledger.listed = head.whole, head.token, head.listed
    return ledger


def _name(number: int) -> str:
    return f"{number:03}"


def shard_from(document: Document) -> Shard:
    """Read a stored shard; raises `ValueError` when it cannot be read."""
    parts = from_plain(dict(document), _Parts)
    return Shard(_ENTRIES.decode(parts.entries), parts.cards)


def head_put(account: str, ledger: Ledger) -> Put:
    """Return the write that stores the head."""
    head = Head(
        version=LEDGER_VERSION,
        shards=len(ledger.shards),
        count=len(ledger),
        whole=ledger.whole,
        unconfirmed=ledger.unconfirmed,
        suspects=sorted(ledger.suspects),
        token=ledger.token,
        listed=ledger.listed,
        label=ledger.label,
        total=ledger.total,
        made=ledger.made,
        extras=ledger.extras,
        made_labels=ledger.made_labels,
        compared=ledger.compared,
    )
    return Put(f"ledgers/{account}", msgspec.to_builtins(head))


def puts(account: str, ledger: Ledger) -> list[Put]:
    """The writes that store the head and every touched shard; the ledger then counts as saved.

    A shard's entries are one JSON text, not a map: Firestore would index every member of a map.
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
    """Return the cards that were written last, by customer; leave out those that cannot be read."""
    return _written_last(shard, _CARDS)


def _written_last(shard: Shard, read: "msgspec.json.Decoder[dict[str, T]]") -> dict[str, Card | T]:
    try:
        cards = read.decode(zlib.decompress(base64.b64decode(shard.packed))) if shard.packed else {}
    except (zlib.error, ValueError):
        cards = {}
    changed: dict[str, T | Card | None] = {**cards, **shard.cards}
    return {customer: card for customer, card in changed.items() if card is not None}


def _packed(cards: Mapping[str, Card | msgspec.Raw]) -> str:
    """Neighbours are much alike, so together they take a fifth of the room."""
    return base64.b64encode(zlib.compress(msgspec.json.encode(cards), _LEVEL)).decode()


def fitted(ledger: Ledger, customers: int) -> Ledger:
    """Return the ledger in as many documents as suit this many customers; itself if it has them."""
    if ledger.suits(customers):
        return ledger
    cards = {customer: card for shard in ledger.shards for customer, card in cards_in(shard).items()}
    return ledger.fitted(customers, cards)


def ledger_drops(state: StateStore, account: str) -> Sequence[Drop]:
    """Return the writes that forget an account's ledger."""
    path = f"ledgers/{account}"
    return [Drop(path), *(Drop(f"{path}/shards/{number}") for number, _ in state.find(f"{path}/shards"))]
