"""Installed: what there is once an operator has set a WISP up and its accounts are connected.

It is stored directly, for programs that begin there: the sandbox, the demo, the lab.
"""

from collections.abc import Mapping

import msgspec
import requests

from infra.standins.simpler.customers import Customers
from infra.standins.simpler.state import State
from shared.domain.model.account import Account
from shared.domain.model.wisp import Wisp
from shared.usecases.base.documents import account_put, wisp_put
from shared.usecases.base.services import Services

OPERATOR = State(Customers(())).operator
"""The database that SIMPLer's stand-in has."""

CLIENT: Mapping[str, str] = {"client_id": "our-client", "client_secret": "our-secret"}
"""Our OAuth client, at Google's stand-in and in the secrets."""


def store_wisp(services: Services, wisp: Wisp) -> None:
    """Store a WISP's settings, and the secrets of SIMPLer, of our OAuth client and of SendGrid."""
    services.secrets.put(wisp.simpler_secret, State(Customers(())).secret())
    store_secrets(services)
    services.state.write(wisp_put(wisp))


def store_secrets(services: Services) -> None:
    """Store the secrets of our OAuth client and of SendGrid, which are no WISP's."""
    services.secrets.put("oauth-client", msgspec.json.encode(CLIENT).decode())
    services.secrets.put("sendgrid-key", "SG.made-up")


def connect_account(services: Services, google: str, wisp: str, email: str, number: int = 1) -> None:
    """Have a Google account's owner consent, and store the account with its token.

    Args:
        services: Where it is stored.
        google: Address of Google's stand-in.
        wisp: The WISP's id.
        email: The account's address; a new account is made if needed.
        number: Which one of the WISP's it is.
    """
    answer = requests.post(
        f"{google}/standin/accounts", json={"email": email, **CLIENT, "region": "IE"}, timeout=60
    )
    answer.raise_for_status()
    made, id_ = answer.json(), f"{wisp}-{number}"
    account = Account(id_, wisp, email, made["user_id"], f"google-account-{id_}")
    services.secrets.put(account.secret, made["refresh_tokens"][0])
    services.state.write(account_put(account))
