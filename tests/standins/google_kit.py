"""A running stand-in of Google with the clients that the tests drive it with."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from infra.standins.google import GoogleStandIn, Lag, NewAccount, Rules
from infra.standins.google.user import User

JANE = "jane@example.com"
START = datetime(2025, 3, 1, 12, tzinfo=UTC)
CONTACTS = "https://www.googleapis.com/auth/contacts"
READ_ONLY = "https://www.googleapis.com/auth/contacts.readonly"
TIMEOUT = 30


class Google:
    """The stand-in, Google's own client signed in as Jane, and plain HTTP."""

    def __init__(self, standin: GoogleStandIn, address: str) -> None:
        self.standin = standin
        self.address = address
        self.http = requests.Session()
        self._credentials = Credentials(token="none yet")  # type: ignore[no-untyped-call]  # google-auth is untyped
        self.people: Any = build(
            "people",
            "v1",
            static_discovery=True,
            client_options={"api_endpoint": address},
            credentials=self._credentials,
        )
        self.renew()

    def renew(self) -> None:
        """Forget everything, and sign Jane in."""
        self.standin.reset()
        self.standin.world.add_account(NewAccount(email=JANE, refresh_tokens=["refresh"]))
        self.sign_in(JANE)

    def sign_in(self, email: str, scope: str = CONTACTS) -> None:
        """Make Google's client the given user's."""
        self.standin.world.add_account(NewAccount(email=email))
        self._credentials.token = self.standin.world.credentials.mint(email, [scope])

    def close(self) -> None:
        """Close the clients' connections."""
        self.people.close()
        self.http.close()

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send a plain HTTP request with Jane's token."""
        headers = {"Authorization": f"Bearer {self._credentials.token}", **options.pop("headers", {})}
        return self.http.request(method, self.address + path, headers=headers, timeout=TIMEOUT, **options)

    def side(self, method: str, path: str, content: Any = None) -> Any:
        """Return the JSON of an answer of the side API."""
        response = self.http.request(method, f"{self.address}/standin/{path}", json=content, timeout=TIMEOUT)
        return response.json()

    def create(self, fields: str = "metadata", **person: Any) -> Any:
        """Create a contact and read it with the given fields."""
        return self.people.people().createContact(body=person, personFields=fields).execute()

    def update(self, person: Mapping[str, Any], mask: str, fields: str = "metadata") -> Any:
        """Return a request that updates the contact in the person with its other members."""
        name = person["resourceName"]
        return self.people.people().updateContact(
            resourceName=name, updatePersonFields=mask, personFields=fields, body=dict(person)
        )

    def read(self, name: str, fields: str = "metadata") -> Any:
        """Read a person."""
        return self.people.people().get(resourceName=name, personFields=fields).execute()

    def connections(self, **parameters: Any) -> Any:
        """Return a request of connections.list."""
        asked = {"resourceName": "people/me", "personFields": "names,metadata", **parameters}
        return self.people.people().connections().list(**asked)

    def synced(self, **parameters: Any) -> str:
        """Return the sync token of a listing."""
        return str(self.connections(requestSyncToken=True, **parameters).execute()["nextSyncToken"])

    def delete(self, name: str) -> None:
        """Move a contact to the trash."""
        self.people.people().deleteContact(resourceName=name).execute()

    def make_group(self, name: str, **more: Any) -> Any:
        """Create a contact group."""
        return self.people.contactGroups().create(body={"contactGroup": {"name": name, **more}}).execute()

    def lag(self, **seconds: float) -> None:
        """Have writes seen late from now on."""
        self.standin.world.rules = Rules(lag=Lag(**seconds))

    def jane(self) -> User:
        """Return the owner of the account."""
        return User.of(self.address, JANE)

    def later(self, **duration: float) -> None:
        """Move the stand-in's clock on."""
        self.standin.clock.forward(timedelta(**duration))


@contextmanager
def running(rules: Rules | None = None) -> Iterator[Google]:
    """Run a stand-in whose clock stands, while the block runs."""
    standin = GoogleStandIn(clock=lambda: START, rules=rules)
    with standin.serve() as address:
        google = Google(standin, address)
        try:
            yield google
        finally:
            google.close()


def refusal(request: Any) -> dict[str, Any]:
    """Return the `error` of a request that Google's client sends and that is refused."""
    try:
        answer = request.execute()
    except HttpError as error:
        refused: dict[str, Any] = json.loads(error.content)["error"]
        return refused
    raise AssertionError(f"it was not refused, but answered {answer}")


def source_of(person: Mapping[str, Any]) -> Any:
    """Return the CONTACT source in a person's metadata."""
    return person["metadata"]["sources"][0]


def member_of(*groups: str) -> list[dict[str, Any]]:
    """Return memberships as a client writes them."""
    return [{"contactGroupMembership": {"contactGroupResourceName": group}} for group in groups]
