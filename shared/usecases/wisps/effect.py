"""Effect: what changed settings will do to the contacts that accounts hold, before they count.

It rests on our ledgers, so it asks Google for nothing and writes nothing. What a user has changed since the
last run is not in it, and what SIMPLer has changed since is: it is what the next run would do.
"""

from collections.abc import Sequence

import msgspec

from shared.domain.model.account import Account
from shared.domain.model.wisp import Wisp
from shared.domain.sync.actual import actual_by_changes
from shared.domain.sync.decisions import make_plan
from shared.domain.sync.guard import Bound, judge
from shared.domain.sync.ledger import Ledger
from shared.domain.sync.plan import PlannedChange, cut_to_room
from shared.usecases.base import ledger_store
from shared.usecases.base.documents import active_accounts, load_accepted_list, load_accounts
from shared.usecases.base.services import Services
from shared.usecases.sync.desired import Gathered

OUTSIDE = ("unlabelled", "former")

MOST_AFFECTED = 20
"""Contacts of an account that are shown as made, and as removed; the counts include the rest."""


class Affected(msgspec.Struct, frozen=True):
    """A contact that would be made, or leave the label.

    Attributes:
        customer: The customer's id.
        name: As the contact shows it; empty where the ledger does not tell.
        why: As in a plan: new, left, gone …
        retires: It only goes over to the label of former customers.
    """

    customer: str
    name: str
    why: str
    retires: bool = False


class Effect(msgspec.Struct, frozen=True):
    """What the next run would do in one account.

    Attributes:
        account: The account's id.
        email: Its address.
        is_known: Whether the ledger knows every contact; otherwise there are no counts.
        create: How many contacts would be made.
        update: How many would be changed.
        back: How many would be put back into the label.
        remove: How many would be removed.
        retire: How many would go over to the label of former customers.
        refused: How many of both would wait for a person.
        no_room: How many of those made would find no room.
        removes: Some of those that would leave the label.
        creates: Some of those that would be made.
        paused: Why none of this is done, since somebody has paused the account; empty: a run does it.
    """

    account: str
    email: str
    is_known: bool
    create: int = 0
    update: int = 0
    back: int = 0
    remove: int = 0
    retire: int = 0
    refused: int = 0
    no_room: int = 0
    removes: tuple[Affected, ...] = ()
    creates: tuple[Affected, ...] = ()
    paused: str = ""


def effects_of(services: Services, wisp: Wisp, gathered: Gathered) -> tuple[Effect, ...]:
    """Tell what a run by these settings would do in each account that receives contacts.

    Args:
        services: The ports.
        wisp: The settings as they would be.
        gathered: SIMPLer's customers, read by them.
    """
    accounts: Sequence[Account] = active_accounts(load_accounts(services.state, wisp.id))
    return tuple(effect_of(services, wisp, gathered, account) for account in accounts)


def effect_of(services: Services, wisp: Wisp, gathered: Gathered, account: Account) -> Effect:
    """Tell what a run by these settings would do in one account, with its scope as it is given."""
    before = load_accepted_list(services.state, wisp.id).listed
    ledger = ledger_store.load_ledger(services.state, account.id)
    if not ledger.head.whole:
        return Effect(account.id, account.email, is_known=False, paused=account.paused)
    desired = gathered.desired.within(account.scope)
    plan = make_plan(desired, ledger, actual_by_changes((), (), desired, ledger))
    verdict = judge(
        plan,
        listed=gathered.listed,
        listed_before=ledger.head.listed_before(before),
        bound=Bound.of(wisp),
        unfound=desired.unfound,
    )
    counts = plan.counts()
    return Effect(
        account.id,
        account.email,
        is_known=True,
        create=counts["create"],
        update=counts["update"],
        back=sum(entry.content in OUTSIDE and desired.wants(c) for c, entry in ledger.entries()),
        remove=counts["remove"],
        retire=counts["retire"],
        refused=len(verdict.refused),
        no_room=len(cut_to_room(plan).no_room),
        removes=tuple(_affected(ledger, removal) for removal in plan.remove[:MOST_AFFECTED]),
        creates=tuple(
            Affected(new.customer, desired.card(new.customer).display, new.reason)
            for new in plan.create[:MOST_AFFECTED]
        ),
        paused=account.paused,
    )


def _affected(ledger: Ledger, removal: PlannedChange) -> Affected:
    shard = ledger.shards[ledger.shard_of(removal.customer)]
    card = ledger_store.cards_in(shard).get(removal.customer)
    name = card.display if card else ""
    return Affected(removal.customer, name, removal.reason, retires=removal.retires)
