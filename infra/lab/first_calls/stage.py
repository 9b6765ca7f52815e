"""The stage: SIMPLer, Google and SendGrid as stand-ins, and a state of which each process gets a copy."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.sandbox.installed import OPERATOR, connect_account, store_wisp
from infra.sandbox.settings import PLENTY
from infra.standins.google import GoogleStandIn
from infra.standins.google.user import User
from infra.standins.sendgrid.server import running as sendgrid
from infra.standins.simpler.generator import make_customers
from infra.standins.simpler.standin import SimplerStandIn
from shared.bootstrap import build
from shared.config import Settings
from shared.domain.model.wisp import Wisp
from shared.usecases.runs.run import SyncWisp, sync_wisp

WISP = "cork"
CUSTOMER = "1013"
TIME_ZONE = "Europe/Dublin"

_CUSTOMERS = 8
_SEED = 2026
_RENAMED = 50


@dataclass(frozen=True, slots=True)
class Stage:
    """The surroundings that a process is started with.

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
        return self.on(folder)

    def on(self, folder: Path) -> dict[str, str]:
        """Return the environment of one more process on the state in this folder."""
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
def set_up(
    folder: Path, accounts: int = 3, customers: int = _CUSTOMERS, *, is_filled: bool = False
) -> Iterator[Stage]:
    """Run everything around the functions while the block runs.

    Args:
        folder: For their state.
        accounts: How many Google accounts the wisp has.
        customers: How many customers.
        is_filled: Whether they are contacts already; the first account's owner has then renamed some.
    """
    google = GoogleStandIn()
    with (
        SimplerStandIn(_customers(customers)) as simpler,
        google.serve() as address,
        sendgrid(folder / "outbox") as mail,
    ):
        seeded = folder / "seeded"
        services = build(
            Settings(
                state_url=f"sqlite:///{seeded}/state.db",
                secrets_url=f"vault:///{seeded}/vault",
                people_api_endpoint=address,
                people_quota=PLENTY,
                oauth_token_uri=f"{address}/token",
            )
        )
        wisp = Wisp(WISP, "Cork Wireless", "IE", TIME_ZONE, simpler.api, OPERATOR, "simpler")
        store_wisp(services, wisp)
        for number in range(accounts):
            connect_account(services, address, WISP, _email(number), number)
        stage = Stage(address, mail.address, seeded)
        if is_filled:
            sync_wisp(services, SyncWisp(WISP))
            _rename(User.of(address, _email(0)))
            sync_wisp(services, SyncWisp(WISP))
        yield stage


def _email(account: int) -> str:
    return f"van{account}@corkwireless.example"


def _rename(user: User) -> None:
    """Write over the names of contacts, so that suggestions wait."""
    found = user.call("GET", "people/me/connections", personFields="names", pageSize=str(_RENAMED))
    for person in found["connections"]:
        user.edit(person["resourceName"], names=[{"givenName": "Somebody", "familyName": "Else"}])


def _customers(count: int) -> list[dict[str, object]]:
    made = [record for record in make_customers(count, _SEED) if isinstance(record, dict)]
    return [{**record, "customerid": int(CUSTOMER) + number} for number, record in enumerate(made)]
