"""Connect: adds a Google account to a wisp, or gives it a new token, by its owner's consent.

Between `begin` and `finish` a browser goes to Google and back; `oauth_state` remembers the rest meanwhile.
"""

import base64
import secrets
from collections.abc import Sequence
from hashlib import sha256

import msgspec

from shared.domain.contact.text import cut
from shared.domain.model.account import NEARLY_FULL, Account
from shared.domain.model.act import Act, ActKind
from shared.domain.model.scope import EVERYBODY, LONGEST_DETAIL, Scope
from shared.errors import Denied, RetryLater, Trouble
from shared.events import Event, log
from shared.ports import CONTACTS, Consented, Task
from shared.replace import replace
from shared.usecases.accounts.oauth_state import TRY_AGAIN, Pending, hashed, redeem_state, remember
from shared.usecases.base.account_changes import one_at_a_time
from shared.usecases.base.documents import account_put, act_put, load_account, load_accounts, load_wisp
from shared.usecases.base.leases import HeldLease, lease_of
from shared.usecases.base.run_documents import load_runs
from shared.usecases.base.services import Services

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""The letters of account ids; none looks like another."""

_RUNS_LOOKED_AT = 10
"""Runs by which it is known how many contacts the wisp has; presses of customers' buttons are none."""


class Connected(msgspec.Struct, frozen=True):
    """The result of connecting.

    Attributes:
        account: The account as it is recorded now.
        new: The wisp did not have it before.
        filling: Its first fill is enqueued; otherwise the nightly run does it.
        keeps: A scope was chosen, but the wisp had the account before, which keeps its own.
    """

    account: Account
    new: bool
    filling: bool = True
    keeps: bool = False


def is_to_choose(services: Services, wisp: str) -> bool:
    """Return whether people are asked which customers a new account is to hold, before they connect it.

    They are where another account holds a part of the customers, and where all are too many for one.
    """
    if any(account.scope != EVERYBODY for account in load_accounts(services.state, wisp)):
        return True
    runs = load_runs(services.state, wisp, newest=_RUNS_LOOKED_AT)
    return next((run.contacts for run in runs if run.contacts), 0) >= NEARLY_FULL


def begin(
    services: Services, *, wisp: str, by: str, browser: str, account: str = "", scope: Scope = EVERYBODY
) -> str:
    """Begin to connect, and return the address of Google's consent page for the browser.

    Args:
        services: The ports.
        wisp: The wisp's id.
        by: Who wants it, in words that others may read.
        browser: A random value that only this browser has.
        account: Id of the account that needs a new token; empty: any account may be connected.
        scope: Which of the wisp's contacts it is to hold, if it is a new one; another keeps its own.

    Raises:
        Denied: The wisp has no such account.
        Misconfigured: The wisp does not exist, or the OAuth client is not set up.
    """
    load_wisp(services.state, wisp)
    hint = load_account(services.state, wisp, account).email if account else ""
    verifier = secrets.token_urlsafe(64)
    pending = Pending(wisp, by, account, browser=hashed(browser), verifier=verifier, scope=scope)
    state = remember(services, pending)
    return services.consent().url(state=state, challenge=_challenge(verifier), hint=hint)


def finish(services: Services, *, state: str, code: str, error: str, browser: str) -> Connected:
    """Record the account and store its token, after the browser has come back from Google.

    Record the account before its token, as one that must be connected again. So an interruption leaves no
    token that nobody knows of.

    Args:
        services: The ports.
        state: As Google gave it back.
        code: As Google gave it; empty when there is an error.
        error: As Google gave it; empty when there is a code.
        browser: The value that was given to `begin`.

    Raises:
        Denied: The state is forged, expired, used, or of another browser; the person declined, did not allow
            the contacts, or chose another account than the one that needs a new token.
        RetryLater: Google does not answer, or the stores cannot be reached.
        Misconfigured: The OAuth client is not set up, or the wisp no longer exists.
    """
    pending = redeem_state(services, state, browser)
    _check_answer(code, error)
    consented = services.consent().exchange(code, pending.verifier)
    if CONTACTS not in consented.scopes:
        raise Denied(
            "connect.no_contacts",
            "the consent does not include the contacts",
            f"The box for contacts was not ticked, so this service can do nothing. {TRY_AGAIN}"
            f" {_stays_allowed(consented.email)}",
        )
    with one_at_a_time(services, pending.wisp, pending.by) as held_lease:
        load_wisp(services.state, pending.wisp)  # it may have been deleted meanwhile
        account, new = _record(services, held_lease, pending, consented)
        services.secrets.put(account.secret, consented.refresh_token)
        now = services.clock.now()
        account = replace(
            account,
            email=consented.email,
            state="connected",
            reason="",
            since=now.isoformat(),
            leaving=None,
        )
        did: ActKind = "connected" if new else "reconnected"
        detail = "" if account.scope == EVERYBODY else cut(account.scope.told(), LONGEST_DETAIL)
        act = Act(now.isoformat(), pending.by, did, account.email, detail=detail)
        held_lease.write(account_put(account), act_put(pending.wisp, now, act))
    log(Event.ACCOUNT_CONNECTED, "an account was connected", wisp=pending.wisp, account=account.id, new=new)
    keeps = not new and pending.scope not in (EVERYBODY, account.scope)
    return Connected(account, new, _enqueue_first_fill(services, account, pending.by), keeps)


def _check_answer(code: str, error: str) -> None:
    """Raise if Google's answer to the browser is an error (RFC 6749 section 4.1.2)."""
    if error == "access_denied":
        raise Denied(
            "connect.declined",
            "the person declined at Google",
            f"You did not allow access to contacts, so nothing has changed. {TRY_AGAIN}",
        )
    if error or not code:
        raise RetryLater(
            "connect.google_down",
            "Google's consent page gave an error",
            "Google could not finish this at the moment. Please try again in some minutes.",
        )


def _record(
    services: Services, held_lease: HeldLease, pending: Pending, consented: Consented
) -> tuple[Account, bool]:
    """Return the account that the token belongs to, recording a new one; and whether it is new."""
    accounts = load_accounts(services.state, pending.wisp)
    same = next((account for account in accounts if account.google_id == consented.google_id), None)
    if pending.account:
        _check_right_one(load_account(services.state, pending.wisp, pending.account), consented)
    if same is None:
        made = _new_account(services, pending, consented, accounts)
        held_lease.write(account_put(made))
        return made, True
    _check_not_leaving(services, same)
    return same, False


def _check_right_one(expected: Account, consented: Consented) -> None:
    if expected.google_id != consented.google_id:
        raise Denied(
            "connect.wrong_account",
            "another Google account consented than the one that needs a new token",
            f"{expected.email} needs to be connected again, but {consented.email} was chosen at Google."
            f" Nothing has changed here. Please connect {expected.email} again and choose that account."
            f" {_stays_allowed(consented.email)}",
        )


def _stays_allowed(email: str) -> str:
    """Say what becomes of a consent that we do not use: revoking it would end a good one of that account."""
    return (
        f"Unless {email} is connected here as well, its owner can remove what they have just allowed at"
        " myaccount.google.com/connections."
    )


def _check_not_leaving(services: Services, account: Account) -> None:
    """Refuse while a disconnection is under way; an interrupted one gives way to the later decision."""
    lease, now = services.leases.look(lease_of(account.wisp))
    if account.state == "disconnecting" and lease is not None and not lease.is_free(now):
        raise RetryLater(
            "account.busy",
            f"the account {account.id} is being disconnected",
            f"{account.email} is being disconnected at the moment. Please connect it when that has finished.",
            after=60,
        )


def _new_account(
    services: Services, pending: Pending, consented: Consented, accounts: Sequence[Account]
) -> Account:
    taken = {account.id for account in accounts}
    while (id_ := f"{pending.wisp}-{''.join(secrets.choice(_LETTERS) for _ in range(4))}") in taken:
        continue
    return Account(
        id_,
        pending.wisp,
        email=consented.email,
        google_id=consented.google_id,
        secret=f"google-account-{id_}",
        state="reconnect",
        reason=f"Connecting was interrupted. {TRY_AGAIN}",
        since=services.clock.now().isoformat(),
        scope=pending.scope,
    )


def _enqueue_first_fill(services: Services, account: Account, by: str) -> bool:
    """Enqueue the first fill; return whether that worked, since otherwise the nightly run does it."""
    try:
        services.tasks.enqueue(Task("sync_wisp", {"wisp": account.wisp, "by": by}, urgent=True))
    except Trouble:
        return False
    log(Event.TASK_ENQUEUED, "the first fill of an account is enqueued", wisp=account.wisp)
    return True


def _challenge(verifier: str) -> str:
    """Return the PKCE challenge of a verifier (RFC 7636 section 4.2, ``S256``)."""
    return base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
