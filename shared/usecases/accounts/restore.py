"""Restore: brings our contacts in an account back to what they were before a run.

It pauses the account, because the next run would make it equal to SIMPLer again; `resume` ends the pause.
"""

from collections import Counter
from collections.abc import Mapping

import msgspec

from shared.domain.model.account import Account
from shared.domain.model.act import Act, ActKind
from shared.domain.model.run import MOST_NOTES, AccountOutcome
from shared.domain.model.schedule import by_its_clocks
from shared.domain.sync.desired import Desired, KnownCard
from shared.events import Event, log
from shared.replace import replace
from shared.usecases.base.account_changes import one_at_a_time
from shared.usecases.base.documents import (
    account_put,
    act_put,
    check_stays,
    load_account,
    load_wisp,
    run_time,
)
from shared.usecases.base.leases import RUN_DEADLINE, hold, lease_of, new_claim
from shared.usecases.base.ledger_store import load_ledger, writers_in
from shared.usecases.base.services import Services
from shared.usecases.base.steady_clock import with_steady_clock
from shared.usecases.sync.desired import Gathered
from shared.usecases.sync.run import Target, sync_accounts
from shared.usecases.sync.session import Run
from shared.usecases.sync.snapshots import Was, contacts_before

UNKNOWN = "it is not known what was written for this customer then"
OWN = "a user had taken it out of the label then, so it stays as it is"
"""Why a contact stays that is not brought back."""


class Restored(msgspec.Struct, frozen=True):
    """The outcome of a restore, or of its preview.

    Attributes:
        create: How many contacts are missing now.
        update: How many contacts were different then.
        remove: How many contacts did not exist then.
        retire: How many contacts were former customers' then.
        unknown: How many contacts stay because we do not know what they were.
        outcome: The account's outcome; None after a preview that went well.
    """

    create: int = 0
    update: int = 0
    remove: int = 0
    retire: int = 0
    unknown: int = 0
    outcome: AccountOutcome | None = None


def restore(
    services: Services,
    wisp_id: str,
    account_id: str,
    run: str,
    *,
    by: str,
    go: bool,
    seconds: float = RUN_DEADLINE,
) -> Restored:
    """Bring an account back to what it was before a run.

    Args:
        services: The ports.
        wisp_id: The wisp's id.
        account_id: The account's id.
        run: The run's id.
        by: Who wants it, in words that others may read.
        go: Do it; otherwise only preview what it would do.
        seconds: After these no request starts; another restore goes on.

    Raises:
        LeaseHeld: This wisp has a run at the moment; nothing is done.
        SkipCustomer: That run has no snapshot.
        Denied: The wisp has no such account, or it is being disconnected.
        Misconfigured: The wisp does not exist, or a snapshot cannot be read.
    """
    services = with_steady_clock(services)
    wisp, account = load_wisp(services.state, wisp_id), load_account(services.state, wisp_id, account_id)
    with hold(services, lease_of(wisp.id), new_claim(services, "restore", by)) as held_lease:
        this = Run(services, wisp, held_lease, services.clock.monotonic() + seconds)
        return restore_in_run(this, account, run, go=go)


def restore_in_run(this: Run, account: Account, run: str, *, go: bool, is_rest: bool = False) -> Restored:
    """Bring an account back under the wisp's lease, as `restore` does.

    Args:
        this: The run that does it.
        account: The account.
        run: The run before which it is to be again.
        go: Do it; otherwise only preview what it would do.
        is_rest: An earlier task has begun with it, and has paused the account.

    Raises:
        SkipCustomer: That run has no snapshot.
        Denied: The wisp has the account no longer, or it is being disconnected.
        Misconfigured: A snapshot cannot be read.
        RetryLater: Somebody else changes the wisp's accounts.
    """
    check_stays(account)
    services, by = this.services, this.held_lease.claim.holder
    contacts = contacts_before(services.state, account.id, run, services.clock.now())
    made_since = _made_since(services, account, run) - contacts.keys()
    desired = replace(_desired(this, contacts), made_since=made_since)
    target = Target(Gathered(desired, (), desired.count), is_decided=True, is_rehearsal=not go)
    if go and not is_rest:
        why = f"{brought_back(by)} the run of {_begun(run, this.wisp.time_zone)}"
        _note_undone(services, account, why, by=by, run=run)
    [finished] = sync_accounts(this, target, [account])
    outcome, planned = finished.outcome, Counter(finished.planned)
    is_back = go and outcome.relabelled and outcome.state == "complete"
    if is_back:  # what they hold is compared once they are in the label again
        [rest] = sync_accounts(this, target, [account])
        outcome = _together(outcome, rest.outcome)
    done = Restored(
        create=planned["create"] + planned["relabel"],
        update=planned["update"],
        remove=planned["remove"],
        retire=planned["retire"],
        unknown=sum(why == UNKNOWN for why in desired.held.values()),
        outcome=outcome if go or outcome.state != "complete" else None,
    )
    if go:
        log(
            Event.LEDGER_RESTORED,
            "an account was restored",
            wisp=this.wisp.id,
            account=account.id,
            run=run,
            create=done.create,
            update=done.update,
            remove=done.remove,
            retire=done.retire,
        )
    return done


def _together(first: AccountOutcome, rest: AccountOutcome) -> AccountOutcome:
    """Return what two looks at an account have done, and how it is after the second."""
    return replace(
        rest,
        created=first.created + rest.created,
        updated=first.updated + rest.updated,
        mended=first.mended + rest.mended,
        relabelled=first.relabelled + rest.relabelled,
        removed=first.removed + rest.removed,
        retired=first.retired + rest.retired,
        requests=first.requests + rest.requests,
        seconds=first.seconds + rest.seconds,
        notes=[*first.notes, *rest.notes][:MOST_NOTES],
        notes_left_out=first.notes_left_out
        + rest.notes_left_out
        + max(0, len(first.notes) + len(rest.notes) - MOST_NOTES),
    )


def _desired(this: Run, contacts: Mapping[str, Was]) -> Desired:
    """Return what an account is to hold, from what it held: each contact in the label where it was.

    Former customers stay former ones, also those whose contact was made since.
    """
    records: dict[str, KnownCard] = {}
    former: dict[str, KnownCard] = {}
    held: dict[str, str] = {}
    for customer, was in contacts.items():
        if was.content == "unlabelled":
            held[customer] = OWN
        elif was.card is None:
            held[customer] = UNKNOWN
        elif was.content == "former":
            former[customer] = KnownCard(was.card, retired_at=was.retired_at)
        else:
            records[customer] = KnownCard(was.card)
    now = this.services.clock.now().timestamp()
    return Desired(this.wisp.id, records, held=held, now=now, is_past=True, former=former)


def _made_since(services: Services, account: Account, run: str) -> frozenset[str]:
    """Return whose contact was made by a run or since; nobody whose first run is not known."""
    began = run_time(run)
    shards = load_ledger(services.state, account.id).shards
    return frozenset(
        customer
        for shard in shards
        for customer, by in writers_in(shard).items()
        if by.made == run or (began and run_time(by.made) > began)
    )


def brought_back(by: str) -> str:
    """Return how the reason begins for which an undo pauses an account."""
    return f"Brought back by {by} to what it was before"


def _begun(run: str, time_zone: str) -> str:
    """Return when a run began, by the clocks of its wisp; its id where that does not tell."""
    began = run_time(run)
    return by_its_clocks(began, time_zone) if began else run


def pause(services: Services, wisp_id: str, account_id: str, why: str, *, by: str) -> None:
    """Pause an account, so that no run writes to it; people are shown the reason.

    Raises:
        Denied: The wisp has no such account.
    """
    _set_pause(services, wisp_id, account_id, why, by=by, act="paused")


def resume(services: Services, wisp_id: str, account_id: str, *, by: str) -> None:
    """Let runs write to an account again; raise `Denied` if the wisp has no such account."""
    _set_pause(services, wisp_id, account_id, "", by=by, act="resumed")


def _set_pause(services: Services, wisp: str, account: str, why: str, *, by: str, act: ActKind) -> None:
    """Write why an account is paused, and who did what; nothing where a form is sent once more."""
    with one_at_a_time(services, wisp, by) as held_lease:
        present, now = load_account(services.state, wisp, account), services.clock.now()
        changed = replace(present, paused=why, undid="")
        if changed == present:
            return
        done = Act(now.isoformat(), by, act, present.email, detail=why)
        held_lease.write(account_put(changed), act_put(wisp, now, done))


def _note_undone(services: Services, account: Account, why: str, *, by: str, run: str) -> None:
    """Pause an account that is brought back, unless somebody has paused it already: their reason stays.

    Raises:
        Denied: It is being disconnected.
    """
    with one_at_a_time(services, account.wisp, by) as held_lease:
        present, now = load_account(services.state, account.wisp, account.id), services.clock.now()
        check_stays(present)
        if present.undid == run and present.paused == why:
            return  # the task was delivered twice
        noted = replace(present, paused=present.paused or why, undid=run)
        done = Act(now.isoformat(), by, "restored", present.email, about=run)
        held_lease.write(account_put(noted), act_put(account.wisp, now, done))
