"""Ledgers: an account's ledger in documents, a head and its shards."""

from collections.abc import Iterable

import msgspec

from shared.domain.ledger import VERSION, Entry, Ledger
from shared.events import Event, log
from shared.ports import Document, Drop, Put, StateStore

Shard = dict[str, tuple[str, str, str]]


class Head(msgspec.Struct, frozen=True):
    """The ledger's first document: how to read the others, and whose creation is not confirmed."""

    version: int
    shards: int
    whole: bool
    unconfirmed: dict[str, float]


def load(state: StateStore, account: str) -> Ledger:
    """An account's ledger; an empty one when there is none, or none that can be read (it only saves work)."""
    document = state.get(f"ledgers/{account}")
    if document is None:
        return Ledger()
    try:
        return _read(document, state.find(f"ledgers/{account}/shards"))
    except (msgspec.ValidationError, msgspec.DecodeError, KeyError, ValueError) as error:
        log(
            Event.LEDGER_REBUILT,
            "the ledger could not be read and is rebuilt",
            account=account,
            why=str(error),
        )
        return Ledger()


def _read(document: Document, found: Iterable[tuple[str, Document]]) -> Ledger:
    head = msgspec.convert(dict(document), Head)
    if head.version != VERSION:
        raise ValueError(f"version {head.version}")
    shards: list[dict[str, Entry]] = [{} for _ in range(head.shards)]
    for number, shard in found:
        if int(number) < head.shards:  # one left over from a larger ledger
            entries = msgspec.json.decode(shard["entries"], type=Shard)
            shards[int(number)] = {customer: Entry(*entry) for customer, entry in entries.items()}
    ledger = Ledger(shards)
    ledger.unconfirmed = dict(head.unconfirmed)
    ledger.whole = head.whole
    return ledger


def head_put(account: str, ledger: Ledger) -> Put:
    """The write that stores the head."""
    head = Head(VERSION, len(ledger.shards), ledger.whole, ledger.unconfirmed)
    return Put(f"ledgers/{account}", msgspec.to_builtins(head))


def puts(account: str, ledger: Ledger) -> list[Put]:
    """The writes that store the head and every touched shard; the ledger then counts as saved.

    A shard's entries are one JSON text, not a map: Firestore would index every member of a map.
    """
    writes = [head_put(account, ledger)]
    for number in sorted(ledger.touched):
        entries = {c: (e.resource_name, e.source_etag, e.sent) for c, e in ledger.shards[number].items()}
        text = msgspec.json.encode(entries).decode()
        writes.append(Put(f"ledgers/{account}/shards/{number:03}", {"entries": text}))
    ledger.touched.clear()
    return writes


def drops(state: StateStore, account: str) -> list[Drop]:
    """The writes that forget an account's ledger."""
    path = f"ledgers/{account}"
    return [Drop(path), *(Drop(f"{path}/shards/{number}") for number, _ in state.find(f"{path}/shards"))]
