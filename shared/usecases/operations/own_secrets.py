"""Own secrets: what a value of each must be like to be of use."""

import msgspec

from shared.errors import Misconfigured
from shared.signed import SHORTEST_KEY
from shared.typed import from_json
from shared.usecases.base.services import Services


class _Client(msgspec.Struct):
    client_id: str
    client_secret: str


def check_fit(services: Services, name: str, value: str) -> None:
    """Raise `Misconfigured` if a secret of the service's own would be of no use with this value."""
    for use, own in services.own_secrets.items():
        if own == name and (wrong := flaw(use, value)):
            raise Misconfigured("secret.unfit", f"{name} keeps its value: {wrong}")


def flaw(use: str, value: str) -> str:
    """Return what is wrong with the value of a secret of the service's own; empty: nothing that shows.

    Args:
        use: What it is for, as in `Services.own_secrets`.
        value: The value, which the answer does not quote.
    """
    if use == "OAuth client":
        try:
            from_json(value, _Client)
        except msgspec.DecodeError:
            return "it is not JSON with client_id and client_secret"
    if use == "links and sessions" and len(value) < SHORTEST_KEY:
        return f"it has fewer than {SHORTEST_KEY} characters and could be guessed"
    return "" if value else "it is empty"
