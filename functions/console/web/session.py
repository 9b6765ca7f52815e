"""Session: says who uses the console, and for which wisp; only the browser's cookie stores it."""

import secrets
from datetime import datetime

import msgspec

from functions.user import User
from shared.errors import Denied
from shared.signed import Signed
from shared.typed import from_plain
from shared.usecases.base.documents import to_document

SESSION_SECONDS = 3600.0
"""Seconds after which a person must enter again from SIMPLer."""

SESSION_PURPOSE = "session"


class ConsoleSession(msgspec.Struct, frozen=True):
    """A visit that a link from SIMPLer has begun.

    Attributes:
        wisp: The only wisp whose pages it opens.
        user: The person, with the rights that SIMPLer vouched for.
        csrf: A secret that every form of this session carries, and no other page can know.
        until: When it ends, in seconds since 1970; 0 where an earlier build began it.
    """

    wisp: str
    user: User
    csrf: str
    until: float = 0


def begin(wisp: str, user: User, now: datetime, running: ConsoleSession | None = None) -> ConsoleSession:
    """Return a new session; of the same user and wisp, the forms of the one that is `running` stay good.

    They may be open in another tab. The rights are those of the new link.
    """
    is_same = running is not None and (running.wisp, running.user.id) == (wisp, user.id)
    csrf = running.csrf if running and is_same else secrets.token_urlsafe(24)
    return ConsoleSession(wisp, user, csrf, now.timestamp() + SESSION_SECONDS)


def seal(session: ConsoleSession, signed: Signed) -> str:
    """Return the session as the cookie's value."""
    return signed.sign(SESSION_PURPOSE, to_document(session))


def unseal(cookie: str, signed: Signed) -> ConsoleSession:
    """Return the session of a cookie; raise `Denied` if the cookie has none, or the session has ended."""
    try:
        return from_plain(signed.read(SESSION_PURPOSE, cookie, SESSION_SECONDS), ConsoleSession)
    except (Denied, msgspec.ValidationError) as error:
        raise Denied(
            "session.none",
            "a browser came without a valid session",
            "For your safety a visit ends after an hour. Please open the page again from SIMPLer.",
        ) from error
