"""What the tests of SIMPLer's source share: a wisp, its secret, and the three ways of paging."""

import json
from typing import Any

from shared.adapters.simpler.client import BOUNDS, Bounds
from shared.adapters.simpler.record import SimplerRecord
from shared.adapters.simpler.source import SimplerSource
from shared.domain.contact.customer import Customer
from shared.domain.model.wisp import Wisp
from shared.domain.sync.desired import Record
from shared.errors import Misconfigured
from shared.ports import Clock, Listing
from tests.fake_clock import FakeClock

USERNAME = "api user/17"
PASSWORD = "pa$s wörd&%?=\"'"
SECRET = json.dumps({"api_username": USERNAME, "api_password": PASSWORD})
PAGINGS: dict[str, dict[str, Any]] = {
    "all": {"style": "all"},
    "page": {"style": "page", "size": 20},
    "cursor": {"style": "cursor"},
}


class Secrets:
    """A `SecretStore` with one secret, ``acme-simpler``."""

    def __init__(self, value: str = SECRET) -> None:
        self.value = value

    def get(self, name: str) -> str:
        if name != "acme-simpler":
            raise Misconfigured("secret.missing", f"There is no secret {name}.")
        return self.value

    def put(self, name: str, value: str) -> None:
        self.value = value

    def destroy(self, name: str) -> None:
        self.value = ""


def read_all(listing: Listing) -> list[Customer]:
    """Read every record of a listing."""
    return [read(record) for record in listing.records.values()]


def read(record: Record) -> Customer:
    """Read a record."""
    assert isinstance(record, SimplerRecord)
    return record.customer()


def source_of(
    url: str,
    profile: dict[str, Any] | None = None,
    *,
    clock: Clock | None = None,
    limits: Bounds = BOUNDS,
    secret: str = SECRET,
) -> SimplerSource:
    """Return the source of a wisp whose SIMPLer is there."""
    wisp = Wisp(
        id="acme",
        name="ACME Wireless",
        country="IE",
        time_zone="Europe/Dublin",
        simpler_url=url,
        simpler_operator="corkwireless",
        simpler_secret="acme-simpler",
        simpler_profile=profile or {},
    )
    return SimplerSource(wisp, Secrets(secret), clock or FakeClock(), limits)
