"""Tell: what came of an operation, in lines for a person; each teller returns whether all is well."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from infra.operator.terminal import Terminal
from infra.operator.wisps import Given
from shared.usecases.accounts.restore import Restored
from shared.usecases.base.documents import to_document
from shared.usecases.operations.accounts import ListedAccount, Relisted, RunBefore
from shared.usecases.operations.doctor import Diagnosis
from shared.usecases.operations.documents import DocumentsChecked
from shared.usecases.operations.leases import Freed, LeaseState, Swept
from shared.usecases.operations.nights import NightStarted
from shared.usecases.operations.operation import (
    CheckDocuments,
    CheckWisps,
    DeleteWisp,
    Doctor,
    FreeLease,
    ListAccounts,
    ListLeases,
    ListRuns,
    ListWisps,
    Operation,
    PauseAccount,
    RelistAccounts,
    RestoreAccount,
    ResumeAccount,
    ScopeAccount,
    ShowWisp,
    StartNights,
    SweepLeases,
)
from shared.usecases.operations.wisps import WispChecked, WispDeleted, WispState
from shared.usecases.wisps.scope import Scoped
from shared.usecases.wisps.settings import Known

Teller = Callable[[Any, Any, Terminal], bool]


def _table(found: Sequence[Any], terminal: Terminal, none: str) -> None:
    rows = [{name: _cell(value) for name, value in to_document(each).items()} for each in found]
    if all(row.get("why") == "-" for row in rows):  # nothing is wrong
        rows = [{name: cell for name, cell in row.items() if name != "why"} for row in rows]
    terminal.table(rows, none=none)


def _cell(value: object) -> object:
    return "-" if value in (None, "") else value


def _accounts(asked: ListAccounts, found: Sequence[ListedAccount], terminal: Terminal) -> bool:
    _table(found, terminal, none=f"{asked.wisp} has no Google account.")
    return all(each.state != "broken" for each in found)


def _paused(asked: PauseAccount, _: None, terminal: Terminal) -> bool:
    terminal.say(f"{asked.account} is paused.")
    return True


def _resumed(asked: ResumeAccount, _: None, terminal: Terminal) -> bool:
    terminal.say(f"{asked.account} goes on with the next run.")
    return True


def _relisted(_: RelistAccounts, found: Sequence[Relisted], terminal: Terminal) -> bool:
    for each in found:
        terminal.say(each.message)
    return all(each.done for each in found)


def _restored(asked: RestoreAccount, found: Restored, terminal: Terminal) -> bool:
    counts = f"{found.create} contacts to make, {found.update} to change, {found.remove} to remove"
    retire = f", {found.retire} to go over to the former customers" if found.retire else ""
    unknown = f"; {found.unknown} stay, since it is not known what they were" if found.unknown else ""
    terminal.say(f"{counts}{retire}{unknown}.")
    outcome = found.outcome
    if outcome is None:
        terminal.say("Nothing was done. Add --go to do it.")
        return True
    did = f"made {outcome.created}, changed {outcome.updated}, removed {outcome.removed}"
    terminal.say(f"{outcome.state}: {did}, failed {outcome.failed}. {outcome.reason}".rstrip())
    if asked.go:
        terminal.say(f"{asked.account} is paused, until: accounts resume {asked.wisp} {asked.account}")
    return outcome.state == "complete"


def _scoped(_: ScopeAccount, found: Scoped, terminal: Terminal) -> bool:
    for flaw in found.flaws:
        terminal.say(flaw.message)
    if found.flaws:
        return False
    terminal.say(f"Before: {found.before.told()}. Then: {found.scope.told()}.")
    terminal.say(f"{found.inside} of {found.contacts} contacts are in it.")
    if found.effect and found.effect.is_known:
        did = f"{found.effect.create} contacts to make, {found.effect.remove} to remove"
        terminal.say(f"{did}, of which {found.effect.refused} wait for a person.")
    done = "It counts from the next run on." if found.saved else "Nothing was done. Add --go to do it."
    terminal.say(done)
    return True


def _runs(asked: ListRuns, found: Sequence[RunBefore], terminal: Terminal) -> bool:
    _table(found, terminal, none=f"Nothing was written to {asked.account} in the last 30 days.")
    return True


def _diagnosed(_: Doctor, found: Diagnosis, terminal: Terminal) -> bool:
    _table(found.findings, terminal, none="Nothing is wrong.")
    terminal.say(f"Looked at: {', '.join(found.looked_at)}.")
    return found.well


def _documents(_: CheckDocuments, found: DocumentsChecked, terminal: Terminal) -> bool:
    for each in found.unreadable:
        terminal.say(f"{each.path}: {each.why}")
    terminal.say(f"Documents read: {found.read}; unreadable: {len(found.unreadable)}.")
    return not found.unreadable


def _freed(_: FreeLease, freed: Freed, terminal: Terminal) -> bool:
    terminal.say(freed.message)
    return freed.freed


def _leases(_: ListLeases, found: Sequence[LeaseState], terminal: Terminal) -> bool:
    _table(found, terminal, none="Nobody holds a lease.")
    return True


def _swept(_: SweepLeases, swept: Swept, terminal: Terminal) -> bool:
    terminal.say(f"Records deleted: {swept.forgotten}; leases given back: {swept.given_back}.")
    return True


def _nights(_: StartNights, found: Sequence[NightStarted], terminal: Terminal) -> bool:
    _table(found, terminal, none="There is no WISP.")
    return not any(each.why for each in found)


def _checked(_: CheckWisps, found: Sequence[WispChecked], terminal: Terminal) -> bool:
    for each in found:
        for flaw in each.flaws:
            terminal.say(f"{each.wisp}: {flaw.setting}: {flaw.message}")
        if each.why:
            terminal.say(f"{each.wisp}: {each.why}")
        if each.records is not None:
            terminal.say(f"{each.wisp}: SIMPLer gave {each.records} records; {each.contacts} are contacts.")
    return not any(each.why or each.flaws for each in found)


def _deleted(asked: DeleteWisp, found: WispDeleted, terminal: Terminal) -> bool:
    if found.deleted:
        let_go = f"Google accounts let go: {found.accounts}; contacts removed: {found.removed}"
        terminal.say(f"{found.wisp} is deleted. {let_go}; documents deleted since: {found.documents}.")
        return True
    kept = "kept" if asked.keep_contacts else "removed"
    terminal.say(f"{found.wisp}: Google accounts: {found.accounts}; other documents: {found.documents}.")
    terminal.say(f"Nothing was done. Add --yes to delete all of it; the contacts would be {kept}.")
    return True


def _wisps(_: ListWisps, found: Sequence[WispState], terminal: Terminal) -> bool:
    _table(found, terminal, none="There is no WISP.")
    return not any(each.why for each in found)


def _shown(_: ShowWisp, known: Known, terminal: Terminal) -> bool:
    given = msgspec.json.encode(Given(known.wisp, known.settings, known.revision))
    terminal.say(msgspec.json.format(given, indent=2).decode())
    return True


TELLERS: Mapping[type[Operation], Teller] = MappingProxyType(
    {
        ListAccounts: _accounts,
        PauseAccount: _paused,
        RelistAccounts: _relisted,
        RestoreAccount: _restored,
        ResumeAccount: _resumed,
        ScopeAccount: _scoped,
        ListRuns: _runs,
        Doctor: _diagnosed,
        CheckDocuments: _documents,
        FreeLease: _freed,
        ListLeases: _leases,
        SweepLeases: _swept,
        StartNights: _nights,
        CheckWisps: _checked,
        DeleteWisp: _deleted,
        ListWisps: _wisps,
        ShowWisp: _shown,
    }
)
"""The teller of each operation."""
