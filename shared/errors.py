"""Errors: a tree of them, by what one does about each.

::

    Trouble
    ├── RetryLater        the same call may succeed after `after` seconds
    │   ├── OutcomeUnknown    … but the request may have taken effect: look before sending it again
    │   └── OverQuota         … when Google's quota allows it; nothing has taken effect
    ├── SkipCustomer      leave this customer, and their contact, as they are; go on with the others
    ├── StopAccount       leave this Google account, go on with the others
    │   └── AccountFull       … but what needs no room in it goes on
    ├── StopRun           end the run: nothing (more) may be written
    │   └── LeaseLost         … because another holder has the lease: write nothing, not even state
    ├── LeaseHeld         somebody else is at work: come back later
    ├── AlreadyThere      somebody else wrote first what can be written only once
    ├── Misconfigured     an operator must change a setting
    ├── Unauthenticated   the caller did not prove who it is
    └── Denied            the caller may not do this

Adapters translate other errors into these at their edge (``raise … from …``); use cases and entry points
catch `Trouble`. Neither of its texts holds a token, a password or a customer's data.
"""

from typing import ClassVar

from shared.domain.model.lease import ClaimKind


class Trouble(Exception):
    """The base of every error that this service raises on purpose.

    Attributes:
        reason: A stable code such as ``google.reconnect``; programs may rely on it.
        message: What happened, for the person who looks after the service.
        user_message: What happened and what to do, for the person who pressed the button. Where none is
            given, it is the sentence of the class: an operator's text may name files, secrets and settings.
    """

    for_anybody: ClassVar[str] = (
        "This could not be done. Please try again, and tell whoever looks after the service if it goes on."
    )

    def __init__(self, reason: str, message: str, user_message: str = "") -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason
        self.message = message
        self.user_message = user_message or self.for_anybody


class RetryLater(Trouble):
    """The same call may succeed later, and can safely be sent again.

    Attributes:
        after: Seconds to wait before the next try; 0 when the other side did not say.
    """

    for_anybody = "This is not possible at the moment. Please try again in a few minutes."

    def __init__(self, reason: str, message: str, user_message: str = "", *, after: float = 0) -> None:
        super().__init__(reason, message, user_message)
        self.after = after


class OutcomeUnknown(RetryLater):
    """No answer came, or no clear one: the request may or may not have taken effect."""

    for_anybody = "It is not certain whether this was done. Please look before you try again."


class OverQuota(RetryLater):
    """The account has used up one of Google's quotas; the request did not take effect.

    Attributes:
        limit: Google's name of the limit; empty when it did not say.
        lasting: It takes hours to recover, not a minute.
    """

    def __init__(
        self,
        reason: str,
        message: str,
        user_message: str = "",
        *,
        after: float = 0,
        limit: str = "",
        lasting: bool = False,
    ) -> None:
        super().__init__(reason, message, user_message, after=after)
        self.limit = limit
        self.lasting = lasting


class SkipCustomer(Trouble):
    """This customer cannot be synchronised; their contact stays as it is."""

    for_anybody = "This customer cannot be brought up to date at the moment; the contact stays as it is."


class StopAccount(Trouble):
    """Nothing more can be done in this Google account; the others go on."""

    for_anybody = "This Google account could not be brought up to date. The next run tries again."


class AccountFull(StopAccount):
    """This Google account has no room for more contacts; changes that need no room go on."""


class StopRun(Trouble):
    """The run must end: what was gathered cannot be trusted, or writing is no longer allowed."""

    for_anybody = "The run could not be finished. The next one tries again."


class LeaseLost(StopRun):
    """Another holder has taken the lease over: this one is superseded and writes nothing more."""


class LeaseHeld(Trouble):
    """Somebody else holds the lease.

    Attributes:
        holder: Who holds it, in words for people.
        run: The run that it is held for.
        kind: The kind of work that it is held for.
        since: When it was taken, in seconds since 1970 by the database's clock.
    """

    def __init__(self, name: str, *, holder: str, run: str, kind: ClaimKind, since: float) -> None:
        super().__init__(
            "lease.held",
            f"the lease {name} is held by {holder} for run {run}",
            f"A run is already on, started by {holder}. Please wait until it has finished.",
        )
        self.holder = holder
        self.run = run
        self.kind = kind
        self.since = since


class AlreadyThere(Trouble):
    """A document that may be written only once exists already; nothing was written."""


class Misconfigured(Trouble):
    """A setting is missing or wrong; only an operator can correct it."""

    for_anybody = "The service is not set up correctly. Please tell whoever looks after it."


class Unauthenticated(Trouble):
    """The caller did not prove who it is. All such callers get the same answer."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(
            reason,
            message,
            "Please send a current Google ID token for this address, with the caller's e-mail address in it, "
            "as Authorization: Bearer.",
        )


class Denied(Trouble):
    """The caller, or the user it calls for, is known but may not do this."""
