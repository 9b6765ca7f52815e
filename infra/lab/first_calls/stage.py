"""The stage: SIMPLer, Google and SendGrid as stand-ins, and a state of which each process gets a copy."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from infra.sandbox.settings import PLENTY
from infra.standins.google import GoogleStandIn, NewAccount
from infra.standins.sendgrid.server import running as sendgrid
from infra.standins.simpler.generator import make_customers
from infra.standins.simpler.standin import SimplerStandIn
from shared.adapters.local.clock import SystemClock
from shared.adapters.local.sqlite.database import Database
from shared.adapters.local.sqlite.state import SqliteState
from shared.adapters.local.vault import Vault
from shared.domain.model.account import Account
from shared.domain.model.wisp import Wisp
from shared.usecases.base.documents import account_put, wisp_put

WISP = "cork"
CUSTOMER = "1013"
TIME_ZONE = "Europe/Dublin"

_CUSTOMERS = 8
_SEED = 2026
_CLIENT = {"client_id": "first-client", "client_secret": "first-secret"}


@dataclass(frozen=True, slots=True)
class Stage:
    """What a process is started with.

    Attributes:
        google: Address of Google's stand-in.
        mail: Address of SendGrid's.
        seeded: The folder with a wisp that is set up and its accounts, but no key to sign links with.
    """

    google: str
    mail: str
    seeded: Path

    def settings(self, folder: Path) -> dict[str, str]:
        """Return the environment of a process that has its own copy of the state in this folder."""
        shutil.copytree(self.seeded, folder)
        return {
            "STATE_URL": f"sqlite:///{folder}/state.db",
            "SECRETS_URL": f"vault:///{folder}/vault",
            "TASKS_URL": "inline://",
            "PEOPLE_API_ENDPOINT": self.google,
            "PEOPLE_QUOTA": PLENTY,
            "OAUTH_TOKEN_URI": f"{self.google}/token",
            "SENDGRID_ENDPOINT": self.mail,
            "MAIL_FROM": "Cork Wireless <simpler@corkwireless.example>",
            "CONSOLE_URL": "https://console.example",
            "CALLER_MODE": "open",
        }


@contextmanager
def set_up(folder: Path, accounts: int = 3) -> Iterator[Stage]:
    """Run everything around the functions while the block runs."""
    google = GoogleStandIn()
    with (
        SimplerStandIn(_customers()) as simpler,
        google.serve() as address,
        sendgrid(folder / "outbox") as mail,
    ):
        seeded = folder / "seeded"
        vault, state = Vault(seeded / "vault"), SqliteState(Database(seeded / "state.db"), SystemClock())
        keys = {"api_username": simpler.state.api_username, "api_password": simpler.state.api_password}
        vault.put("simpler", msgspec.json.encode(keys).decode())
        vault.put("oauth-client", msgspec.json.encode(_CLIENT).decode())
        vault.put("sendgrid-key", "SG.made-up")
        operator = simpler.state.operator
        wisp = Wisp(WISP, "Cork Wireless", "IE", TIME_ZONE, simpler.api, operator, "simpler")
        state.write(wisp_put(wisp), *(account_put(_account(google, vault, n)) for n in range(accounts)))
        yield Stage(address, mail.address, seeded)


def _customers() -> list[dict[str, object]]:
    made = [record for record in make_customers(_CUSTOMERS, _SEED) if isinstance(record, dict)]
    return [{**record, "customerid": int(CUSTOMER) + number} for number, record in enumerate(made)]


def _account(google: GoogleStandIn, vault: Vault, number: int) -> Account:
    """Return a Google account whose owner has consented."""
    email, secret = f"van{number}@corkwireless.example", f"token-{number}"
    consent = NewAccount(email, _CLIENT["client_id"], _CLIENT["client_secret"], refresh_tokens=[secret])
    google.world.add_account(consent)
    vault.put(secret, secret)
    return Account(f"{WISP}-{number}", WISP, email, google.world.accounts[email].user_id, secret)
