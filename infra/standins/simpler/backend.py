"""Backend: how SIMPLer's server calls the service's functions, over HTTP as docs/callers.md says."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

import requests

from infra.standins.simpler.users import User

TIMEOUT = 300
"""Seconds; a customer's button waits for every account."""

TOKEN_USED = 3000
"""Seconds for which an ID token is used; it is valid for an hour."""

_NO_ANSWER = "The Google Contacts service does not answer. Please try again in a minute."


class Refused(Exception):
    """The service said no, or nothing.

    Attributes:
        status: Of HTTP; 503 when nothing came.
        sentence: The service's own: what happened and what to do.
        members: Everything else that the problem tells.
    """

    def __init__(self, status: int, sentence: str, members: dict[str, Any] | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.members = members or {}


@dataclass(frozen=True, slots=True)
class Backend:
    """SIMPLer's server, as the service knows it.

    Attributes:
        functions: The functions' addresses, with ``{function}``; also the audience of their tokens.
        identity: Where to get an ID token for SIMPLer's service account.
        account: That service account's address.
        wisp: The WISP whose SIMPLer this is.
    """

    functions: str
    identity: str
    account: str
    wisp: str
    _tokens: dict[str, tuple[str, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, function: str, user: User, **members: Any) -> dict[str, Any]:
        """Call a function for a user; its answer's JSON. Raises `Refused`."""
        found: dict[str, Any] = self._post(function, user, "application/json", members).json()
        return found

    def vcard(self, user: User, customer: str) -> tuple[bytes, str]:
        """Return a customer's vCard, and the header Content-Disposition, which names it. Raises `Refused`."""
        answer = self._post("email_vcard", user, "text/vcard", {"customer": customer})
        return answer.content, answer.headers["Content-Disposition"]

    def _post(self, function: str, user: User, accept: str, members: dict[str, Any]) -> requests.Response:
        address = self.functions.replace("{function}", function)
        person = {"id": user.id, "name": user.name, "email": user.email, "rights": list(user.rights)}
        body = {"wisp": self.wisp, "user": person, **members}
        try:
            headers = {"Authorization": f"Bearer {self._token(address)}", "Accept": accept}
            answer = requests.post(f"{address}/", json=body, headers=headers, timeout=TIMEOUT)
        except requests.RequestException as error:
            raise Refused(503, _NO_ANSWER) from error
        if not answer.ok:
            members = _problem(answer)
            raise Refused(answer.status_code, str(members.get("detail", _NO_ANSWER)), members)
        return answer

    def _token(self, audience: str) -> str:
        with self._lock:
            token, since = self._tokens.get(audience, ("", 0.0))
            if not token or time.monotonic() - since > TOKEN_USED:
                asked = {"email": self.account, "audience": audience}
                answer = requests.post(f"{self.identity}/token-for", json=asked, timeout=TIMEOUT)
                answer.raise_for_status()
                token = str(answer.json()["token"])
                self._tokens[audience] = (token, time.monotonic())
            return token


def _problem(answer: requests.Response) -> dict[str, Any]:
    """Return the members of problem details (RFC 9457); none of any other answer."""
    if not answer.headers.get("Content-Type", "").startswith("application/problem+json"):
        return {}
    found: dict[str, Any] = answer.json()
    return found
