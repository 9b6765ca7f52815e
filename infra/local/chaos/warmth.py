"""Warmth: everything that a process would load at its first use, loaded before the forks."""

from pathlib import Path
from tempfile import TemporaryDirectory

from infra.local.chaos.provider import customer
from shared.adapters.clock import SystemClock
from shared.adapters.vault import Vault
from shared.bootstrap import book
from shared.config import Settings
from shared.domain.account import Account
from shared.domain.quota import Cost
from shared.domain.card import make_card
from shared.domain.customer import Customer, RawPhone
from shared.domain.wisp import Wisp
from shared.errors import OverQuota


class _Open:
    """A gate that nobody goes through."""

    def __call__(self, seconds: float, cost: Cost) -> None:
        """Let it pass."""

    def refused(self, trouble: OverQuota) -> None:
        """Take no note."""


def warm_up() -> None:
    """Load Google's client, its description of the People API and the tables of telephone numbers."""
    wisp = Wisp("acme", "ACME", "IE", "Europe/Dublin", "", "", "")
    make_card(Customer("1", "Ann", phones=(RawPhone(str(customer(1)["mobile"]), "mobile"),)), wisp)
    with TemporaryDirectory(prefix="chaos-") as folder:
        vault = Vault(Path(folder))
        vault.put("oauth-client", '{"client_id": "client", "client_secret": "secret"}')
        vault.put("token", "token")
        settings = Settings(state_url="sqlite:///", secrets_url="vault:///")
        with book(settings, vault, SystemClock(), Account("a", "acme", "", "", "token"), _Open()):
            return
