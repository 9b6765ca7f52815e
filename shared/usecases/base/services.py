"""Services: everything a use case may ask of the world, as ports."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from shared.domain.model.account import Account
from shared.domain.model.credentials import Credentials
from shared.domain.model.quota import Limits
from shared.domain.model.wisp import Wisp
from shared.ports import (
    Clock,
    Consent,
    ContactBook,
    CustomerSource,
    Gate,
    LeaseStore,
    Mailer,
    SecretStore,
    StateStore,
    TaskQueue,
)
from shared.signed import Signed


@dataclass(frozen=True, slots=True)
class Services:
    """The ports, ready to use.

    Attributes:
        clock: Time.
        state: Our documents.
        leases: Leases, in the same database.
        secrets: Secrets.
        tasks: Work for later.
        mailer: Mail; built when it is needed, since most functions send none.
        source: The customers of a wisp.
        trial: The same by credentials that are given, and may be wrong.
        book: The contacts of an account, to be closed after use.
        consent: Google's consent to reach an account's contacts.
        signed: What signs links, sessions and states.
        limits: Google's quotas for each account.
        console_url: Public address of the console, without a slash at its end; empty: there is none.
    """

    clock: Clock
    state: StateStore
    leases: LeaseStore
    secrets: SecretStore
    tasks: TaskQueue
    mailer: Callable[[], Mailer]
    source: Callable[[Wisp], CustomerSource]
    trial: Callable[[Wisp, Credentials], CustomerSource]
    book: Callable[[Account, Gate], AbstractContextManager[ContactBook]]
    consent: Callable[[], Consent]
    signed: Callable[[], Signed]
    limits: Limits
    console_url: str = ""
