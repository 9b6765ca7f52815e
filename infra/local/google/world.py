"""Everything there is behind the stand-in's door, which a reset makes anew."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

import msgspec

from infra.local.google.account import Account
from infra.local.google.credentials import CONTACTS, Credentials, Grant
from infra.local.google.faults import FaultPlan
from infra.local.google.traffic import Traffic


class NewAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An account that is to be, or a further consent of one that is.

    Attributes:
        email: Its address.
        client_id: The OAuth client that the user has given consent to.
        client_secret: That client's secret.
        refresh_tokens: The refresh tokens of the consent; None makes one.
        scopes: What the consent allows.
        lifetime: Seconds until the consent ends in any case; None for never.
        region: The country, in ISO 3166-1 alpha-2, of phone numbers that are written without one.
    """

    email: str
    client_id: str = "client"
    client_secret: str = "secret"
    refresh_tokens: Sequence[str] | None = None
    scopes: Sequence[str] = (CONTACTS,)
    lifetime: float | None = None
    region: str = "US"


@dataclass(slots=True)
class World:
    """Accounts, credentials, counters and the fault plan.

    Attributes:
        now: The time.
        random: Where ids, etags and tokens come from.
        accounts: By e-mail address.
        credentials: Clients, grants and access tokens.
        traffic: What has been asked.
        faults: What goes wrong.
    """

    now: Callable[[], datetime]
    random: Random
    accounts: dict[str, Account] = field(default_factory=dict)
    credentials: Credentials = field(init=False)
    traffic: Traffic = field(default_factory=Traffic)
    faults: FaultPlan = field(default_factory=FaultPlan)

    def __post_init__(self) -> None:
        self.credentials = Credentials(self.now, self.random)

    def add_account(self, new: NewAccount) -> list[Grant]:
        """Make an account unless it exists, and give consent for it."""
        self.credentials.clients[new.client_id] = new.client_secret
        if new.email not in self.accounts:
            self.accounts[new.email] = Account(new.email, new.region, self.now, self.random)
        lifetime = timedelta(seconds=new.lifetime) if new.lifetime else None
        tokens: Sequence[str | None] = new.refresh_tokens or [None]
        return [
            self.credentials.allow(new.email, new.client_id, new.scopes, token, lifetime) for token in tokens
        ]
