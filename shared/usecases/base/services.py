"""Services: the ports through which use cases reach the world."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

import msgspec

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
    Platform,
    SecretStore,
    StateStore,
    TaskQueue,
)
from shared.signed import Signed
from shared.usecases.base.memory import Memory


class Services(msgspec.Struct, frozen=True, eq=False):
    """The ports, ready to use.

    Attributes:
        clock: Time.
        state: Our documents.
        leases: Leases, in the same database.
        secrets: Secrets.
        tasks: Work for later.
        mailer: Returns the mailer; built at first use, since most functions send no mail.
        source: Returns the source of a wisp's customers.
        trial: The same, with credentials that are given and may be wrong.
        book: Opens the contacts of an account, and closes them when its ``with`` block ends.
        consent: Returns Google's consent screen and token endpoints.
        signed: Returns the signer of links, sessions and states.
        limits: Google's quotas for each account.
        console_url: Public address of the console, without a slash at its end; empty: no console.
        platform: Returns what the cloud runs beside us; None on a machine of one's own.
        own_secrets: The names of the service's own secrets, by what each is for.
        memory: What this process remembers for a short while.
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
    platform: Callable[[], Platform] | None = None
    own_secrets: Mapping[str, str] = msgspec.field(default_factory=dict)
    memory: Memory = msgspec.field(default_factory=Memory)
