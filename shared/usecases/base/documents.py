"""Documents: our records as typed values, and the path of each; `run_documents.py` has those of runs.

===========================  ==========================================================
``wisps/W``                  the wisp's settings
``wisps/W/accounts/A``       its Google accounts and their health
``wisps/W/runs/R``           what a run did (history; deleted after a year)
``wisps/W/runs/R/notes/A``   what it noted about single customers in an account (as old as the run)
``wisps/W/progress/A``       how far the present run is in an account
``wisps/W/believed/list``    how long SIMPLer's list was when it was last believed, and which ids it had twice
``wisps/W/presses/P``        who waits: their button was pressed, or a trigger told of them
``wisps/W/pressed/P``        what became of a press that somebody else handled (deleted after a day)
``wisps/W/previews/P``       how far a preview is, or why it failed; what it shows is in its parts
                             ``wisps/W/previews/P/parts/N`` (deleted after ten minutes)
``wisps/W/mails/M``          that a vCard was mailed, without its address (deleted after an hour)
``wisps/W/turn/run``         until when presses leave the lease to a run that waits for it
``wisps/W/synced/A``         what an account held when it was equal to SIMPLer last, or was brought back since
``wisps/W/history/settings`` who changed its settings, what and when: the last changes
``wisps/W/acts/T``           who did what else: connected, paused, pressed … (deleted after a year)
``wisps/W/suggestions/S``    what a user wrote in place of a value of ours (deleted after 30 days)
``wisps/W/dismissed/D``      which of these nobody wants to see any more (deleted after 30 days)
``wisps/W/weekly/mail``      in which week its people were mailed last that there are new suggestions
``wisps/W/trigger/key``      the digest of the key with which SIMPLer's triggers call
``wisps/W/trigger/use``      in which hour that key was last used
``wisps/W/notices/S``        what was mailed about an account, or about the run, since it was well
``ledgers/A``                how to read the account's ledger, and what is not confirmed
``ledgers/A/shards/N``       what we last wrote to an account
``ledgers/A/before/R``       what the ledger was before a run, in its parts ``ledgers/A/before/R/parts/N``
                             (deleted after 30 days)
``paces/L``                  what of Google's quota a Google account has used
``paces/project``            until when nobody asks Google, since a quota of the project is used up
``durations/W``              what a wisp's runs came to, in short, with its time zone
``watched/nights``           how far each time zone's night was watched
``connects/N``               an account that is being connected: deleted when used, or after ten minutes
``used/N``                   a connection that was begun and is used up (deleted after an hour)
``links/N``                  a link into the console that is used up (deleted after a day)
``leases/L``                 who may run, and what for; never deleted
===========================  ==========================================================
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from shared.domain.model.account import Account
from shared.domain.model.act import Act
from shared.domain.model.scope import Scope
from shared.domain.model.wisp import Wisp
from shared.domain.model.wisp_history import History
from shared.errors import Denied, Misconfigured
from shared.pattern import pattern
from shared.ports import Document, Put, StateStore
from shared.typed import from_plain

HISTORY = timedelta(days=365)

_LONGEST_WISP = 64
"""Characters of a wisp's id."""

_LONGEST_ACCOUNT = _LONGEST_WISP + 16
"""Characters of an account's id, which begins with its wisp's."""

_RUN_TIME = pattern(r"(?:^|-)([0-9]{8}T[0-9]{6})-[0-9a-f]{8}$")

_BROKEN = "What is recorded of this account cannot be read. Please tell whoever looks after this service."

T = TypeVar("T")


class Synced(msgspec.Struct, frozen=True):
    """An account's counts when it last equalled SIMPLer, or was brought back to what it was.

    Attributes:
        at: When it equalled SIMPLer, ISO 8601, UTC; empty: never.
        held: Contacts that were ours then, or after it was brought back.
        expected: Customers who were contacts when it equalled SIMPLer.
        scope: Which of the wisp's contacts it was to hold then; None: older documents do not tell.
        undone: When it was brought back since, ISO 8601, UTC; empty: it was not.
    """

    at: str
    held: int
    expected: int
    scope: Scope | None = None
    undone: str = ""


NEVER = Synced("", 0, 0)
"""The counts of an account that never equalled SIMPLer."""


class AcceptedList(msgspec.Struct, frozen=True):
    """The memory of SIMPLer's list.

    Attributes:
        listed: How many records it had at the last run that accepted it; None if no run has.
        doubled: Ids that several records shared at the last run, up to `MOST_DOUBLED` of them.
    """

    listed: int | None = None
    doubled: tuple[str, ...] = ()


class Broken(msgspec.Struct, frozen=True):
    """An account with an unreadable document; nothing is done in it.

    Attributes:
        id: The account's id.
        email: Its address if that can be read, else its id.
        trouble: What is wrong, for the operator, and for people.
    """

    id: str
    email: str
    trouble: Misconfigured


def from_document(document: Document, kind: type[T], where: str) -> T:
    """Return a document as a checked typed value; raise `Misconfigured` that names a wrong member."""
    try:
        return from_plain(dict(document), kind)
    except msgspec.ValidationError as error:
        raise Misconfigured("document.invalid", f"the document {where} is not valid: {error}") from error


def to_document(value: Any) -> dict[str, Any]:
    """Return a value as JSON members."""
    members: dict[str, Any] = msgspec.to_builtins(value)
    return members


def load_wisp(state: StateStore, wisp: str) -> Wisp:
    """Return a wisp's settings; raise `Misconfigured` if there are none."""
    found = find_wisp(state, wisp)
    if found is None:
        raise Misconfigured(
            "wisp.unknown",
            f"there is no wisp {wisp[:64]!r}; its settings belong in the document wisps/<id>",
            f"The WISP {wisp[:64]!r} is not known here. Please check its id, or ask for it to be set up.",
        )
    return found


def find_wisp(state: StateStore, wisp: str) -> Wisp | None:
    """Return a wisp's settings, or None if there are none; raise `Misconfigured` if they cannot be read."""
    document = state.get(f"wisps/{wisp}") if is_id(wisp) else None
    if document is None:
        return None
    found = from_document(document, Wisp, f"wisps/{wisp}")
    if found.id != wisp:
        raise Misconfigured("document.invalid", f"the document wisps/{wisp} has the id of another wisp")
    return found


def is_id(text: str, longest: int = _LONGEST_WISP) -> bool:
    """Return whether a text can be the id of a wisp, or of something with a longer one."""
    return 0 < len(text) <= longest and all(c.isascii() and (c.isalnum() or c in "-_") for c in text)


def wisps_of(state: StateStore, time_zone: str) -> Sequence[str]:
    """Return the ids of a time zone's wisps; a run reads its wisp's settings when it begins."""
    return [id_ for id_, _ in state.find("wisps", where={"time_zone": time_zone})]


def load_accounts(state: StateStore, wisp: str) -> Sequence[Account]:
    """Return a wisp's Google accounts with readable documents."""
    accounts, _ = read_accounts(state, wisp)
    return accounts


def read_accounts(state: StateStore, wisp: str) -> tuple[Sequence[Account], Sequence[Broken]]:
    """Return a wisp's Google accounts, and the unreadable ones apart: these do not stop the others."""
    path = f"wisps/{wisp}/accounts"
    found = [_account(document, path, id_) for id_, document in state.find(path)]
    accounts = [each for each in found if isinstance(each, Account)]
    return accounts, [each for each in found if isinstance(each, Broken)]


def _account(document: Document, path: str, id_: str) -> Account | Broken:
    try:
        return from_document(document, Account, f"{path}/{id_}")
    except Misconfigured as error:
        email = document.get("email")
        known = email if isinstance(email, str) and email else id_
        return Broken(id_, known, Misconfigured(error.reason, error.message, _BROKEN))


def load_account(state: StateStore, wisp: str, account: str) -> Account:
    """Return one of a wisp's Google accounts; raise `Denied` if the wisp has no such account."""
    path = f"wisps/{wisp}/accounts/{account}"
    document = state.get(path) if is_id(account, _LONGEST_ACCOUNT) else None
    if document is None:
        raise Denied(
            "account.unknown",
            f"an account was named that the wisp {wisp} does not have",
            "There is no such Google account here, or no longer. Please look at the list of accounts again.",
        )
    return from_document(document, Account, path)


def check_stays(account: Account) -> None:
    """Raise `Denied` if an account is being disconnected: nothing may come into it any more."""
    if account.state == "disconnecting":
        raise Denied(
            "account.unknown",
            f"the account {account.id} is being disconnected",
            "This Google account is being disconnected. Please look at the list of accounts again.",
        )


def active_accounts(accounts: Sequence[Account]) -> Sequence[Account]:
    """Return the accounts that receive contacts: each Google account once, none being disconnected."""
    stay = [account for account in accounts if account.state != "disconnecting"]
    return list({account.google_id: account for account in reversed(stay)}.values())[::-1]


def accounts_of(state: StateStore, wisp: Wisp) -> Sequence[Account]:
    """Return the wisp's accounts that receive contacts; raise `Misconfigured` if it has none."""
    accounts, broken = read_accounts(state, wisp.id)
    stay = active_accounts(accounts)
    if not stay:
        raise broken[0].trouble if broken else no_account(wisp)
    return stay


def no_account(wisp: Wisp) -> Misconfigured:
    """Return the error for a wisp without accounts."""
    return Misconfigured(
        "wisp.no_account",
        f"the wisp {wisp.id} has no Google account",
        "No Google account is connected yet. Please connect one under Users → Google Accounts.",
    )


def run_id(now: datetime) -> str:
    """Return an id for a run that sorts by time; its random end tells runs of one second apart."""
    return f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"


def run_time(run: str) -> str:
    """Return when a run began by its id, whatever it was for: ISO 8601, UTC; empty where it does not tell."""
    found = _RUN_TIME.search(run)
    if found is None:
        return ""
    try:
        return datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC).isoformat()
    except ValueError:
        return ""


def reload_account(state: StateStore, account: Account) -> Account | None:
    """Return an account as it is now; None if it was disconnected meanwhile."""
    path = f"wisps/{account.wisp}/accounts/{account.id}"
    document = state.get(path)
    return from_document(document, Account, path) if document else None


def load_accepted_list(state: StateStore, wisp: str) -> AcceptedList:
    """Read what is remembered of SIMPLer's list."""
    document = state.get(f"wisps/{wisp}/believed/list")
    return (
        from_document(document, AcceptedList, f"wisps/{wisp}/believed/list") if document else AcceptedList()
    )


def accepted_list_put(wisp: str, believed: AcceptedList) -> Put:
    """Return the write that remembers SIMPLer's list."""
    return Put(f"wisps/{wisp}/believed/list", to_document(believed))


def readable(
    found: Iterable[tuple[str, Document]], kind: type[T], path: str
) -> tuple[Mapping[str, T], Sequence[str]]:
    """Return the documents of a collection that can be read, by id, and the paths of the others."""
    values, broken = {}, []
    for id_, document in found:
        try:
            values[id_] = from_document(document, kind, f"{path}/{id_}")
        except Misconfigured:
            broken.append(f"{path}/{id_}")
    return values, broken


def wisp_put(wisp: Wisp) -> Put:
    """Return the write that stores a wisp's settings."""
    return Put(f"wisps/{wisp.id}", to_document(wisp))


def load_history(state: StateStore, wisp: str) -> History:
    """Return who changed a wisp's settings; nobody is known where that is not recorded."""
    path = f"wisps/{wisp}/history/settings"
    document = state.get(path) if is_id(wisp) else None
    return from_document(document, History, path) if document else History()


def history_put(wisp: str, history: History) -> Put:
    """Return the write that stores who changed a wisp's settings."""
    return Put(f"wisps/{wisp}/history/settings", to_document(history))


def act_put(wisp: str, now: datetime, act: Act, once: str = "") -> Put:
    """Return the write that stores what somebody did; one with a name of its own, `once`, is new."""
    return Put(f"wisps/{wisp}/acts/{once or run_id(now)}", to_document(act), now + HISTORY, new=bool(once))


def load_acts(state: StateStore, wisp: str, newest: int) -> Sequence[Act]:
    """Return what people did for a wisp, newest first; what cannot be read is left out."""
    path = f"wisps/{wisp}/acts"
    return list(readable(state.find(path, newest=newest), Act, path)[0].values())


def account_put(account: Account) -> Put:
    """Return the write that stores an account."""
    return Put(f"wisps/{account.wisp}/accounts/{account.id}", to_document(account))


def synced_put(account: Account, synced: Synced) -> Put:
    """Return the write that stores an account's counts, now that it equals SIMPLer or was brought back."""
    return Put(f"wisps/{account.wisp}/synced/{account.id}", to_document(synced))


def last_synced(state: StateStore, account: Account) -> Synced:
    """Return what an account held when it last equalled SIMPLer; what cannot be read counts as never."""
    path = f"wisps/{account.wisp}/synced"
    document = state.get(f"{path}/{account.id}")
    found, _ = readable([(account.id, document)] if document else (), Synced, path)
    return found.get(account.id, NEVER)


def load_synced(state: StateStore, wisp: str) -> Mapping[str, Synced]:
    """Return what a wisp's accounts held when they last equalled SIMPLer; absent ones never did."""
    path = f"wisps/{wisp}/synced"
    return {id_: from_document(document, Synced, f"{path}/{id_}") for id_, document in state.find(path)}
