"""Warmth: everything that a process would load at its first use, loaded once, before the forks."""

import gc
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from googleapiclient.discovery import build

from infra.lab.chaos.provider import customer
from shared.adapters.google.people import requests
from shared.adapters.local.clock import SystemClock
from shared.adapters.local.vault import Vault
from shared.bootstrap import book
from shared.config import Settings
from shared.domain.contact.card import make_card
from shared.domain.contact.customer import Customer, RawPhone
from shared.domain.contact.phone_kind import PhoneKind
from shared.domain.model.account import Account
from shared.domain.model.quota import Cost
from shared.domain.model.wisp import Wisp
from shared.errors import OverQuota


class _Open:
    """A gate that nobody goes through."""

    def __call__(self, seconds: float, cost: Cost) -> None:
        """Let it pass."""

    def refused(self, trouble: OverQuota) -> None:
        """Take no note."""


def warm_up(google: str) -> None:
    """Load Google's clients, the tables of telephone numbers, and what is made of the API's description."""
    import_module("shared.adapters.google.firestore.state")
    wisp = Wisp("acme", "ACME", "IE", "Europe/Dublin", "", "", "")
    make_card(Customer("1", "Ann", phones=(RawPhone(str(customer(1)["mobile"]), PhoneKind.MOBILE),)), wisp)
    _share_description()
    _open_a_book(google)
    gc.collect()
    gc.freeze()  # what is here already is not looked through in every fork


def _share_description() -> None:
    """Let a process find the API ready made: that it reads the description anew is not what is tried here."""
    made: dict[str, Any] = {}

    def build_once(name: str, version: str, **options: Any) -> Any:
        address = options["client_options"]["api_endpoint"]
        if address not in made:
            made[address] = build(name, version, **options)
        return made[address]

    vars(requests)["build"] = build_once


def _open_a_book(google: str) -> None:
    settings = Settings(state_url="sqlite:///", secrets_url="vault:///", people_api_endpoint=google)
    with TemporaryDirectory(prefix="chaos-") as folder:
        vault = Vault(Path(folder))
        vault.put("oauth-client", '{"client_id": "client", "client_secret": "secret"}')
        vault.put("token", "token")
        with book(settings, vault, SystemClock(), Account("a", "acme", "", "", "token"), _Open()):
            return
