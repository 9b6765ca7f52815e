"""OAuth state: remembers a connection while its browser is at Google.

The browser carries a signed state, which names a document of ours with the rest. We use the document up
before we do anything else, so only one of all who bring the state back can finish the connection.
"""

import secrets
from datetime import timedelta
from hashlib import sha256
from hmac import compare_digest

import msgspec

from shared.domain.model.scope import EVERYBODY, Scope
from shared.errors import AlreadyThere, Denied, Trouble
from shared.ports import Drop, Put
from shared.usecases.base.documents import from_document, to_document
from shared.usecases.base.services import Services

STATE_SECONDS = 600.0
"""Seconds in which the browser must be back from Google."""

UNFINISHED_REMEMBERED = 3600.0
"""Seconds for which a state that came too late still tells what was begun."""

NONCE_REMEMBERED = timedelta(hours=1)
"""The time for which we remember that a state was used; it has long expired by then."""

STATE_PURPOSE = "connect"

TRY_AGAIN = "Please connect the account again."
"""Advice for a connection that was not finished."""


class Pending(msgspec.Struct, frozen=True):
    """A connection that was begun.

    Attributes:
        wisp: The wisp's id.
        by: Who wants it, in words that others may read.
        account: Id of the account that needs a new token; empty: any account.
        browser: Hash of the value that the browser must bring back.
        verifier: Proves to Google that the code was meant for us (RFC 7636); it opens nothing by itself.
        scope: Which of the wisp's contacts a new account is to hold.
    """

    wisp: str
    by: str
    account: str
    browser: str
    verifier: str
    scope: Scope = EVERYBODY


class Unfinished(msgspec.Struct, frozen=True):
    """What a state tells of a connection that came to nothing, to begin again with.

    Attributes:
        account: Id of the account that needs a new token; empty: any account.
        is_for_all: A new account was to hold every customer; false where that is not known.
    """

    account: str = ""
    is_for_all: bool = False


def remember(services: Services, pending: Pending) -> str:
    """Remember a connection that begins; return the state that names it, for the browser to carry."""
    nonce = secrets.token_hex(16)
    expires = services.clock.now() + timedelta(seconds=STATE_SECONDS)
    services.state.write(Put(f"connects/{nonce}", to_document(pending), expires))
    is_for_all = pending.scope == EVERYBODY
    told = {"nonce": nonce, "account": pending.account, "is_for_all": is_for_all}
    return services.signed().sign(STATE_PURPOSE, told)


def unfinished_by(services: Services, state: str) -> Unfinished:
    """Return what a state tells of its connection; of one that is not ours nothing is known."""
    try:
        told = services.signed().read(STATE_PURPOSE, state, UNFINISHED_REMEMBERED)
    except Trouble:
        return Unfinished()
    return Unfinished(str(told.get("account", "")), told.get("is_for_all") is True)


def redeem_state(services: Services, state: str, browser: str) -> Pending:
    """Return the connection that a state names, and use it up, so that nobody can finish it twice.

    Raises:
        Denied: The state is not ours, has expired, was used, or came back in another browser. The last uses
            nothing up: the browser that began can still finish.
    """
    nonce = _nonce(services, state)
    document = services.state.get(f"connects/{nonce}")
    if document is None:
        raise _replayed() if services.state.get(f"used/{nonce}") is not None else _expired()
    pending = from_document(document, Pending, f"connects/{nonce}")
    if not compare_digest(pending.browser, hashed(browser)):
        raise Denied(
            "connect.other_browser",
            "the state of a connection came back in another browser than it was begun in",
            f"This connection was begun in another browser. {TRY_AGAIN}",
        )
    now = services.clock.now()
    used = Put(f"used/{nonce}", {"used": now.isoformat()}, now + NONCE_REMEMBERED, new=True)
    try:
        services.state.write(used, Drop(f"connects/{nonce}"))
    except AlreadyThere as error:
        raise _replayed() from error
    return pending


def _nonce(services: Services, state: str) -> str:
    try:
        return str(services.signed().read(STATE_PURPOSE, state, STATE_SECONDS)["nonce"])
    except Denied as error:
        if error.reason == "link.expired":
            raise _expired() from error
        raise Denied(
            "connect.invalid",
            "a state came back that this service did not sign",
            f"What came back from Google does not belong to this page. {TRY_AGAIN}",
        ) from error


def _expired() -> Denied:
    return Denied(
        "connect.expired",
        "a connection was not finished in time",
        f"Connecting took longer than ten minutes. {TRY_AGAIN}",
    )


def _replayed() -> Denied:
    return Denied(
        "connect.replayed",
        "the state of a connection came back a second time",
        "This connection was finished already. Please look whether the account is there.",
    )


def hashed(browser: str) -> str:
    """Hash a browser's value: enough to recognise it, not enough to repeat it."""
    return sha256(f"{STATE_PURPOSE}\0{browser}".encode()).hexdigest()
