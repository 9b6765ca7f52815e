"""Accounts: how they are; back to an earlier state; paused; listed anew."""

import argparse
from collections.abc import Sequence

from infra.operator.terminal import Row, Terminal
from shared.domain.model.account import Account
from shared.domain.model.run import RunOutcome
from shared.errors import LeaseHeld
from shared.usecases.accounts.full_listing import force_full_listing
from shared.usecases.accounts.restore import pause, restore, resume
from shared.usecases.base.documents import (
    load_account,
    load_accounts,
    load_runs,
    load_synced,
    load_wisp,
    read_accounts,
)
from shared.usecases.base.services import Services
from shared.usecases.sync import snapshots

_RUNS = 1000
"""Runs that are looked through for what each did: more than there are in 30 days."""


def add(parser: argparse.ArgumentParser) -> None:
    """Tell the parser what is done with accounts."""
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    listed = verbs.add_parser("list", help="a WISP's accounts, and how they are")
    listed.set_defaults(do=_list)
    runs = verbs.add_parser("runs", help="the runs before which an account can be brought back")
    runs.set_defaults(do=_runs)
    back = verbs.add_parser("restore", help="bring an account back to what it was before a run, and pause it")
    back.add_argument("--before", required=True, metavar="RUN", help="the run's id, of those that runs lists")
    back.add_argument("--go", action="store_true", help="do it; otherwise it is only counted")
    back.set_defaults(do=_restore)
    paused = verbs.add_parser("pause", help="let no run write to an account")
    paused.add_argument("--why", required=True, help="a sentence that people are shown")
    paused.set_defaults(do=_pause)
    resumed = verbs.add_parser("resume", help="let runs write to it again")
    resumed.set_defaults(do=_resume)
    anew = verbs.add_parser("relist", help="let the next run list accounts as a whole: one, a WISP's, or all")
    anew.set_defaults(do=_relist)
    for verb in (listed, runs, back, paused, resumed, anew):
        verb.add_argument("wisp", metavar="WISP", nargs="?" if verb is anew else None)
    for verb in (runs, back, paused, resumed, anew):
        verb.add_argument("account", metavar="ACCOUNT", nargs="?" if verb is anew else None)


def _list(services: Services, command: argparse.Namespace, terminal: Terminal) -> bool:
    wisp = load_wisp(services.state, command.wisp)
    synced = load_synced(services.state, wisp.id)
    accounts, broken = read_accounts(services.state, wisp.id)
    rows = [
        {
            "account": account.id,
            "address": account.email,
            "state": "paused" if account.paused else account.state,
            "since": account.since or "-",
            "contacts": synced[account.id].held if account.id in synced else "-",
            "why": account.paused or account.reason or "-",
        }
        for account in accounts
    ]
    terminal.table(rows, none=f"{wisp.id} has no Google account that can be read.")
    for each in broken:
        terminal.say(f"{each.id}: {each.trouble.message}")
    return not broken


def _runs(services: Services, command: argparse.Namespace, terminal: Terminal) -> bool:
    account = load_account(services.state, command.wisp, command.account)
    known = {run.run: run for run in load_runs(services.state, account.wisp, newest=_RUNS)}
    rows = [
        {"run": run, "when": before.at, **_done(known.get(run), account)}
        for run, before in snapshots.runs(services.state, account.id, services.clock.now()).items()
    ]
    terminal.table(rows, none=f"Nothing was written to {account.id} in the last 30 days.")
    return True


def _done(run: RunOutcome | None, account: Account) -> Row:
    """Return what a run did in an account; a customer's button and a restore have no record."""
    done = next((each for each in run.accounts if each.account == account.id), None) if run else None
    names = ("created", "updated", "removed")
    return {"by": run.by if run else "-"} | {name: getattr(done, name) if done else "-" for name in names}


def _restore(services: Services, command: argparse.Namespace, terminal: Terminal) -> bool:
    found = restore(services, command.wisp, command.account, command.before, by=command.by, go=command.go)
    counts = f"{found.create} contacts to make, {found.update} to change, {found.remove} to remove"
    unknown = f"; {found.unknown} stay, since it is not known what they were" if found.unknown else ""
    terminal.say(f"{counts}{unknown}.")
    if found.outcome is None:
        terminal.say("Nothing was done. Add --go to do it.")
        return True
    outcome = found.outcome
    did = f"made {outcome.created}, changed {outcome.updated}, removed {outcome.removed}"
    terminal.say(f"{outcome.state}: {did}, failed {outcome.failed}. {outcome.reason}".rstrip())
    if command.go:
        terminal.say(f"{command.account} is paused, until: accounts resume {command.wisp} {command.account}")
    return outcome.state == "complete"


def _pause(services: Services, command: argparse.Namespace, terminal: Terminal) -> bool:
    pause(services, command.wisp, command.account, command.why, by=command.by)
    terminal.say(f"{command.account} is paused.")
    return True


def _resume(services: Services, command: argparse.Namespace, terminal: Terminal) -> bool:
    resume(services, command.wisp, command.account, by=command.by)
    terminal.say(f"{command.account} goes on with the next run.")
    return True


def _relist(services: Services, command: argparse.Namespace, terminal: Terminal) -> bool:
    done = [_relisted(services, each, command.by, terminal) for each in _meant(services, command)]
    return all(done)


def _meant(services: Services, command: argparse.Namespace) -> Sequence[Account]:
    if command.account:
        return [load_account(services.state, command.wisp, command.account)]
    wisps = [command.wisp] if command.wisp else [id_ for id_, _ in services.state.find("wisps")]
    return [account for wisp in wisps for account in load_accounts(services.state, wisp)]


def _relisted(services: Services, account: Account, by: str, terminal: Terminal) -> bool:
    try:
        had = force_full_listing(services, account, by=by)
    except LeaseHeld as held:
        terminal.say(f"{account.id}: {held.message}; repeat this when that has ended")
        return False
    terminal.say(f"{account.id}: the next run lists all of it{'' if had else ', as it would have anyway'}")
    return True
