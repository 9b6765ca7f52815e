"""A person who edits an address book in the stand-in, through the same API with their own token."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import requests

from infra.standins.google.errors import STALE_ETAG
from infra.standins.google.wording import Form
from shared.replace import replace

TIMEOUT = 30
"""Seconds."""


_EDITS = 5
"""How often an edit is tried before it is given up."""


def connected() -> requests.Session:
    """Return a session for loopback, without this machine's proxies and passwords."""
    session = requests.Session()
    session.trust_env = False
    return session


class _Stale(requests.HTTPError):
    """A contact was saved by somebody else between a look at it and an edit."""


@dataclass(frozen=True, slots=True)
class User:
    """The owner of a Google account, at work in Google Contacts.

    Attributes:
        address: The stand-in's address.
        email: Whose account.
        token: An access token that no program of ours has.
        http: Their browser.
    """

    address: str
    email: str
    token: str
    http: requests.Session = field(default_factory=connected, compare=False)

    @classmethod
    def of(cls, address: str, email: str) -> "User":
        """Return the owner of an account that the stand-in has."""
        return cls(address, email, "").signed_in()

    def signed_in(self) -> "User":
        """Return the same user with another access token, good for an hour from now."""
        url = f"{self.address}/standin/accounts/{self.email}/access-token"
        answer = self.http.post(url, json={}, timeout=TIMEOUT)
        answer.raise_for_status()
        return replace(self, token=answer.json()["access_token"])

    def call(self, method: str, path: str, body: Any = None, **query: str) -> dict[str, Any]:
        """Send one request to the People API, and return the answer."""
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.address}/v1/{path}"
        answer = self.http.request(method, url, json=body, params=query, headers=headers, timeout=TIMEOUT)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def everything(self) -> dict[str, Any]:
        """Return all that the account holds, for comparison."""
        answer = self.http.get(f"{self.address}/standin/accounts/{self.email}", timeout=TIMEOUT)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def add(self, **fields: Any) -> str:
        """Add a contact of the user's own, and return its resource name."""
        return str(self.call("POST", "people:createContact", fields)["resourceName"])

    def edit(self, name: str, **fields: Any) -> None:
        """Replace some fields of a contact, again if somebody else saved it in between."""
        for _ in range(_EDITS):
            with suppress(_Stale):
                self._edit(name, fields)
                return
        self._edit(name, fields)

    def _edit(self, name: str, fields: Mapping[str, Any]) -> None:
        mask = ",".join(fields)
        person = self.call("GET", name, personFields=f"metadata,{mask}")
        body = {"etag": person["etag"], **fields}
        try:
            self.call("PATCH", f"{name}:updateContact", body, updatePersonFields=mask)
        except requests.HTTPError as error:
            if STALE_ETAG in error.response.text:
                raise _Stale(response=error.response) from error
            raise

    def delete(self, name: str) -> None:
        """Move a contact to the trash."""
        self.call("DELETE", f"{name}:deleteContact")

    def merge(self, *names: str, new_name: bool = True) -> str:
        """Merge contacts into the first one, and return its new resource name."""
        return self._do("merge", contacts=names, new_name=new_name)

    def link(self, name: str) -> str:
        """Link a contact with its person's profile, and return its new resource name."""
        return self._do("link", contact=name)

    def copy(self, name: str, *, client_data: bool = False, labels: bool = False) -> str:
        """Make a copy of a contact, as a phone or an import does, and return its resource name."""
        return self._do("copy", contact=name, client_data=client_data, labels=labels)

    def restore(self, name: str) -> None:
        """Take a contact out of the trash."""
        self._do("restore", contact=name)

    def undo(self, seconds: float, *, labels: bool = False) -> None:
        """Undo the changes of the last seconds, perhaps those of labels too."""
        self._do("undo", seconds=seconds, labels=labels)

    def reword(self, *names: str, forms: Sequence[Form]) -> None:
        """Have contacts saved anew in other forms, as a phone does."""
        self._do("reword", contacts=names, forms=forms)

    def _do(self, what: str, **wanted: Any) -> str:
        """Do what the API does not offer; return the resource name of the contact."""
        url = f"{self.address}/standin/accounts/{self.email}/{what}"
        answer = self.http.post(url, json=wanted, timeout=TIMEOUT)
        answer.raise_for_status()
        return str(answer.json().get("resourceName", ""))

    def label(self, name: str) -> str:
        """Return the resource name of the label of this name."""
        groups = self.everything()["groups"]
        return str(next(resource for resource, group in groups.items() if group["name"] == name))

    def put(self, name: str, label: str) -> None:
        """Put a contact into a label, by its resource name; the star is one."""
        self.call("POST", f"{label}/members:modify", {"resourceNamesToAdd": [name]})

    def unlabel(self, name: str, label: str) -> None:
        """Take a label, by its resource name, off a contact; My Contacts is one."""
        self.call("POST", f"{label}/members:modify", {"resourceNamesToRemove": [name]})
