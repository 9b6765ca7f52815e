"""Preview: shows what a run would do now, field by field. Writes nothing, and takes no lease.

It respects Google's quotas by the counts that the last run stored, but stores none: without the lease it
could overwrite the counts of a run.
"""

from collections.abc import Sequence
from functools import partial

from shared.domain.contact.card import Card
from shared.domain.contact.country import country_code
from shared.domain.model.account import Account
from shared.domain.model.preview import AccountPreview, FieldChange, Kept, Preview, Shown
from shared.domain.model.wisp import Wisp
from shared.domain.sync.actual import Actual, actual_of
from shared.domain.sync.decisions import make_plan
from shared.domain.sync.desired import Desired
from shared.domain.sync.google_fields import fields_of
from shared.domain.sync.guard import Bound, Verdict, judge, permit
from shared.domain.sync.item_identity import NAME
from shared.domain.sync.ledger import Ledger
from shared.domain.sync.person import Item, Label, Person
from shared.domain.sync.plan import Plan, PlannedChange
from shared.errors import LeaseLost, Trouble
from shared.ports import Clock
from shared.usecases.base import ledger_store
from shared.usecases.base.documents import accounts_of, load_accepted_list, load_wisp
from shared.usecases.base.leases import WAITING_DEADLINE, HeldLease, RequestGate
from shared.usecases.base.rate_limit import RateLimit
from shared.usecases.base.services import Services
from shared.usecases.sync.account import in_parallel
from shared.usecases.sync.desired import Gathered, read_desired
from shared.usecases.sync.label import LabelSearch, former_among, in_label, outside
from shared.usecases.sync.missing import find_missing, unsure

MOST_SHOWN = 500
"""Changes shown per kind and account; the counts include the rest."""


def preview_sync(services: Services, wisp_id: str) -> Preview:
    """Preview a run, for whoever asks alone; `kept_preview` has one for all who ask.

    Raises:
        StopRun: SIMPLer's list cannot be read.
        Misconfigured: The wisp does not exist, or has no account.
    """
    wisp = load_wisp(services.state, wisp_id)
    accounts = accounts_of(services.state, wisp)
    return compare(services, wisp, accounts, read_desired(services.source(wisp), wisp, services.clock.now()))


def compare(
    services: Services,
    wisp: Wisp,
    accounts: Sequence[Account],
    gathered: Gathered,
    *,
    leases: Sequence[HeldLease] = (),
) -> Preview:
    """Compare SIMPLer's customers with each account.

    Args:
        services: The ports.
        wisp: The wisp.
        accounts: Its accounts that receive contacts.
        gathered: Its customers.
        leases: What must still be held whenever Google is asked.

    Raises:
        LeaseLost: One of the leases has passed to another.
    """
    before = load_accepted_list(services.state, wisp.id).listed
    one = partial(_account, services, wisp, gathered, listed_before=before, leases=leases)
    previews = in_parallel(one, accounts)
    token = ".".join(preview.permit for preview in previews if preview.permit)
    return Preview(
        listed=gathered.listed,
        contacts=gathered.desired.count,
        skipped=len(gathered.skipped),
        accounts=previews,
        token=token,
    )


def _account(
    services: Services,
    wisp: Wisp,
    gathered: Gathered,
    account: Account,
    *,
    listed_before: int | None,
    leases: Sequence[HeldLease],
) -> AccountPreview:
    gathered = gathered.within(account.scope)
    desired = gathered.desired
    preview = AccountPreview(
        account.id, account.email, scope=account.scope, expected=desired.count, paused=account.paused
    )
    try:
        rate_limit = RateLimit.load(services.state, services.clock, services.limits, account)
        rate_limit.check()
        gate = RequestGate(services.clock, services.clock.monotonic() + WAITING_DEADLINE, rate_limit, *leases)
        with services.book(account, gate) as book:
            ledger = ledger_store.load_ledger(services.state, account.id)
            search, labels = LabelSearch.of(book, wisp, ledger.head), book.labels()
            label = search.among(labels)
            ledger.head.former_label = ledger.head.former_label or former_among(labels, wisp)
            plan = _plan(search, label, desired, ledger, clock=services.clock)
    except LeaseLost:
        raise
    except Trouble as trouble:
        preview.reason = trouble.user_message
        return preview
    if label and search.is_to_follow(label, ledger.head.label_names):
        preview.label = wisp.label
    verdict = judge(
        plan,
        listed=gathered.listed,
        listed_before=ledger.head.listed_before(listed_before),
        bound=Bound.of(wisp),
        unfound=desired.unfound,
    )
    _fill(preview, plan, verdict, desired)
    return preview


def _plan(search: LabelSearch, listed: Label | None, desired: Desired, ledger: Ledger, clock: Clock) -> Plan:
    """Plan what a run would do; like a run, look for contacts that the list leaves out."""
    found, now = _found(search, listed, desired, ledger.head.former_label), clock.now().timestamp()
    find_missing(search.book, found, ledger, desired, now=now)
    return make_plan(desired, ledger, found, unsure(ledger, now))


def _found(search: LabelSearch, listed: Label | None, desired: Desired, former_label: str) -> Actual:
    """Read the account as a run would; look for a label that is not listed, but do not make one."""
    name = listed.resource_name if listed else ""
    found = actual_of(search.book.list(), desired, name, Ledger(), former_label=former_label)
    label = None if listed else search.by_contacts(outside(found))
    return in_label(found, desired, label.resource_name, Ledger()) if label else found


def _fill(preview: AccountPreview, plan: Plan, verdict: Verdict, desired: Desired) -> None:
    preview.create, preview.update = len(plan.create), len(plan.update)
    preview.relabel, preview.unchanged = len(plan.relabel), plan.unchanged
    counts = plan.counts()
    preview.remove, preview.retire = counts["remove"], counts["retire"]
    preview.refused = len(verdict.refused)
    preview.guard, preview.permit = verdict.reason, permit(verdict, preview.account)
    preview.creates = [_created(desired.card(new.customer)) for new in plan.create[:MOST_SHOWN]]
    preview.updates = [_updated(update, desired.card(update.customer)) for update in plan.update[:MOST_SHOWN]]
    preview.relabels = [_relabelled(change) for change in plan.relabel[:MOST_SHOWN]]
    preview.removes = [_removed(removal) for removal in plan.remove[:MOST_SHOWN]]


def _relabelled(change: PlannedChange) -> Shown:
    return Shown(change.customer, _name(change.person))


def _removed(removal: PlannedChange) -> Shown:
    return Shown(removal.customer, _name(removal.person), removal.reason, retires=removal.retires)


def _created(card: Card) -> Shown:
    changes = [FieldChange(name, (), _lines(name, items)) for name, items in fields_of(card).items() if items]
    return Shown(card.customer, card.display, changes=changes)


def _updated(update: PlannedChange, card: Card) -> Shown:
    new = update.merged.fields if update.merged else fields_of(card)
    old, added = update.person.fields, update.merged.additions if update.merged else {}
    changed = [name for name in update.fields if name in new]
    return Shown(
        update.customer,
        card.display,
        why="changed in Google" if update.reason == "mended" else "changed in SIMPLer",
        changes=[FieldChange(n, _lines(n, old.get(n, ())), _lines(n, new[n])) for n in changed],
        kept=[Kept(name, _lines(name, items)) for name, items in added.items()],
    )


def _lines(name: str, items: Sequence[Item]) -> tuple[str, ...]:
    return tuple(_line(name, item) for item in items)


def _line(name: str, item: Item) -> str:
    """Show an item as a person reads it: its values, its type last."""
    if name == "userDefined":
        return f"{item.get('key', '')}: {item.get('value', '')}"
    told = {member: text for member, text in item.items() if member != "type"}
    if country_code(told.get("country", "")) == told.get("countryCode", ""):
        told.pop("countryCode", None)
    if name == "names":
        parts = " ".join(told.pop(part) for part in NAME if part in told)
        told = {"": parts, **told} if parts else told
    kind = f" ({item['type']})" if "type" in item else ""
    return ", ".join(told.values()) + kind


def _name(person: Person) -> str:
    for field_name, members in (("names", ("givenName", "familyName")), ("organizations", ("name",))):
        for item in person.fields.get(field_name, ()):
            if text := " ".join(item[member] for member in members if member in item):
                return text
    return ""
