"""Undo: what a ledger was before a run wrote anything, kept for a month.

Only the shards that the run is going to touch are kept, as they are stored. Going back from the ledger of
today, run by run, gives the ledger of any day (`cards_before`); `restore` makes an account what it says.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

import msgspec

from shared.domain.card import Card
from shared.domain.ledger import Ledger, Shard, shard_of
from shared.errors import Misconfigured, SkipCustomer
from shared.ports import Drop, Put, StateStore
from shared.usecases import ledgers
from shared.usecases.batches import batches
from shared.usecases.keeper import Keeper
from shared.usecases.records import plain, read
from shared.usecases.session import Session

KEPT = timedelta(days=30)

_AT_ONCE = 50
"""Shards in one write: a request may hold 10 MiB ("Quotas and limits", Firestore documentation)."""

Cards = Mapping[str, Card | None]
"""What was written for each customer who had a contact; None where that is not known."""


class Before(msgspec.Struct, frozen=True):
    """An account before a run.

    Attributes:
        at: When, ISO 8601, UTC.
        shards: How many parts its ledger had.
        kept: The numbers of those that are kept.
    """

    at: str
    shards: int
    kept: list[int]


def keep(session: Session, customers: Iterable[str]) -> None:
    """Keep what is about to be changed of the ledger as it is stored, unless this run has kept it already."""
    services, account = session.run.services, session.account.id
    now, path = services.clock.now(), _path(account, session.run.id)
    before = _before(services.state, path)
    before = before or Before(now.isoformat(), _stored(services.state, account), [])
    numbers = _to_keep(session.ledger, before, customers)
    documents = {n: services.state.get(f"ledgers/{account}/shards/{n:03}") for n in numbers}
    parts = [Put(f"{path}/parts/{n:03}", found, now + KEPT) for n, found in documents.items() if found]
    for some in batches(parts, _AT_ONCE):
        session.keeper.write(*some)
    after = Before(before.at, before.shards, sorted({*before.kept, *numbers}))
    if after.kept != before.kept or not before.kept:
        session.keeper.write(Put(path, plain(after), now + KEPT))


def _before(state: StateStore, path: str) -> Before | None:
    document = state.get(path)
    return read(document, Before, path) if document else None


def _stored(state: StateStore, account: str) -> int:
    """How many shards the ledger has in the database."""
    head = state.get(f"ledgers/{account}")
    shards = head.get("shards") if head else 0
    return shards if isinstance(shards, int) else 0


def _to_keep(ledger: Ledger, before: Before, customers: Iterable[str]) -> Sequence[int]:
    """Those that will change and are not kept yet; all, when the ledger gets another number of shards."""
    same = before.shards == len(ledger.shards)
    needed = ledger.touched | {ledger.shard_of(customer) for customer in customers} if same else None
    return sorted((needed if needed is not None else set(range(before.shards))) - set(before.kept))


def runs(state: StateStore, account: str) -> Mapping[str, Before]:
    """The runs before which the ledger was kept, by id, the oldest first."""
    path = f"ledgers/{account}/before"
    found = [(id_, read(document, Before, f"{path}/{id_}")) for id_, document in state.find(path)]
    return dict(sorted(found, key=lambda each: each[1].at))


def cards_before(state: StateStore, account: str, run: str) -> Cards:
    """What the account held of us before a run.

    Raises:
        SkipCustomer: There is no such run, or it was too long ago.
        Misconfigured: What was kept, or the ledger, cannot be read.
    """
    known = runs(state, account)
    if run not in known:
        raise SkipCustomer(
            "restore.unknown",
            "nothing is kept of that run: it wrote nothing, or is more than 30 days ago",
            "There is nothing to go back to for this run. Please choose one from the list.",
        )
    found = _cards(ledgers.load(state, account).shards)
    for later in reversed(list(known)):
        found = _undone(state, account, later, known[later].shards, found)
        if later == run:
            break
    return found


def forget(state: StateStore, keeper: Keeper, account: str) -> None:
    """Delete all that is kept of an account."""
    for run in runs(state, account):
        path = _path(account, run)
        parts = [Drop(f"{path}/parts/{number}") for number, _ in state.find(f"{path}/parts")]
        keeper.write(*parts, Drop(path))


def _undone(state: StateStore, account: str, run: str, shards: int, after: Cards) -> Cards:
    """What was there before a run, from what was there after it."""
    if not shards:
        return {}
    path = f"{_path(account, run)}/parts"
    kept = {int(number): _shard(document, path) for number, document in state.find(path)}
    untouched = {c: card for c, card in after.items() if shard_of(c, shards) not in kept}
    return {**untouched, **_cards(kept.values())}


def _shard(document: Mapping[str, object], path: str) -> Shard:
    try:
        return ledgers.shard_from(document)
    except (msgspec.MsgspecError, KeyError, ValueError) as error:
        raise Misconfigured("document.invalid", f"a document in {path} cannot be read") from error


def _cards(shards: Iterable[Shard]) -> Cards:
    found: dict[str, Card | None] = {}
    for shard in shards:
        cards = ledgers.cards_in(shard)
        labelled = (c for c, entry in shard.entries.items() if entry.content != "unlabelled")
        found |= {customer: cards.get(customer) for customer in labelled}
    return found


def _path(account: str, run: str) -> str:
    return f"ledgers/{account}/before/{run}"
