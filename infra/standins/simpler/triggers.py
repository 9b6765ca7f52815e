"""Triggers: what SIMPLer does when a customer was edited: an action of the form ``METHOD ENDPOINT PARAMS``.

SIMPLer puts the customer's id for %CUSTOMERID%. It waits for no answer, and repeats nothing.
"""

from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from urllib.parse import quote

import requests

_TIMEOUT = 30
_FORM = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Triggers:
    """The actions of "Customer Details Change" and "Customer Status Change", which are the same here.

    Attributes:
        action: ``METHOD ENDPOINT PARAMS``; empty: there is none.
    """

    action: str = ""

    def fire(self, customer: str) -> None:
        """Carry the action out for a customer, beside whatever goes on."""
        if not self.action:
            return
        method, endpoint, parameters = self.action.split(" ", 2)
        filled = parameters.replace("%CUSTOMERID%", quote(customer, safe=""))
        Thread(target=_call, args=(method, endpoint, filled), daemon=True).start()


def _call(method: str, endpoint: str, parameters: str) -> None:
    with suppress(requests.RequestException):  # nobody at SIMPLer hears of it
        if method == "GET":
            requests.get(f"{endpoint}?{parameters}", timeout=_TIMEOUT)
        else:
            requests.request(
                method, endpoint, data=parameters, headers={"Content-Type": _FORM}, timeout=_TIMEOUT
            )
