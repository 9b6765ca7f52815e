"""Everything there is behind the stand-in's door, which a reset makes anew."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import msgspec

from infra.standins.google.account import Account
from infra.standins.google.consent.codes import Codes
from infra.standins.google.credentials import CONTACTS, Client, Credentials, Grant
from infra.standins.google.faults import FaultPlan
from infra.standins.google.meter import together
from infra.standins.google.rules import Rules
from infra.standins.google.traffic import Traffic
from shared.replace import replace


class NewAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new account, or another consent of an existing one.

    Attributes:
        email: Its address.
        client_id: The OAuth client that the user has given consent to.
        client_secret: That client's secret.
        refresh_tokens: The refresh tokens of the consent; None makes one, and with none at all there is no
            consent yet.
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


class NewClient(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new OAuth client, or new facts about an existing one.

    Attributes:
        client_id: Its id.
        client_secret: Its secret.
        redirect_uris: Where a user's browser may be sent back to.
        name: What users know it by.
    """

    client_id: str
    client_secret: str
    redirect_uris: Sequence[str]
    name: str = "This app"


@dataclass(slots=True)
class World:
    """Accounts, credentials, counters and the fault plan.

    Attributes:
        now: The time.
        random: Where ids, etags and tokens come from.
        accounts: By e-mail address.
        credentials: Clients, grants and access tokens.
        codes: Authorization codes.
        withhold_refresh_token: Whether the next consent gives no refresh token.
        traffic: What has been asked.
        faults: What goes wrong.
        rules: What the stand-in's user has chosen, which may change at any time.
    """

    now: Callable[[], datetime]
    random: Random
    accounts: dict[str, Account] = field(default_factory=dict)
    credentials: Credentials = field(init=False)
    codes: Codes = field(init=False)
    withhold_refresh_token: bool = False
    traffic: Traffic = field(default_factory=Traffic)
    faults: FaultPlan = field(default_factory=FaultPlan)
    rules: Rules = field(default_factory=Rules)

    def __post_init__(self) -> None:
        self.credentials = Credentials(self.now, self.random)
        self.codes = Codes(self.now, self.random)

    def counters(self, email: str | None = None) -> dict[str, Any]:
        """Return what was asked, done, answered and used, for one account or all together."""
        accounts = [account for name, account in list(self.accounts.items()) if email in {None, name}]
        meters = []
        for account in accounts:
            with account.lock:
                meters.append(account.meter.counters())
        return {**self.traffic.counters(email), "quota": together(meters)}

    def add_client(self, new: NewClient) -> None:
        """Make a client, or change it."""
        self.credentials.clients[new.client_id] = Client(
            new.client_secret, frozenset(new.redirect_uris), new.name
        )

    def add_account(self, new: NewAccount) -> list[Grant]:
        """Make an account unless it exists, and give consent for it."""
        if new.email not in self.accounts:
            self.accounts[new.email] = Account(
                new.email, new.region, self.now, self.random, lambda: self.rules.lag
            )
        tokens: Sequence[str | None] = [None] if new.refresh_tokens is None else new.refresh_tokens
        if tokens:
            client = self.credentials.clients.get(new.client_id, Client(""))
            self.credentials.clients[new.client_id] = replace(client, secret=new.client_secret)
        lifetime = timedelta(seconds=new.lifetime) if new.lifetime else None
        return [
            self.credentials.allow(new.email, new.client_id, new.scopes, token, lifetime) for token in tokens
        ]
