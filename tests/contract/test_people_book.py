"""The port `ContactBook` by its one adapter, over real HTTP, against the stand-in of Google."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from infra.local.google import GoogleStandIn, NewAccount, Rules
from shared.adapters.google_oauth import SignedIn, account_credentials
from shared.adapters.people.book import PeopleBook
from shared.adapters.send_once import SendOnce
from shared.domain.fields import fields_of
from shared.domain.card import Card
from shared.domain.person import OWNED, Change, Fields, Label, NewPerson, Person
from shared.errors import RetryLater, StopAccount, Trouble
from tests.fake_clock import FakeClock
from tests.people_samples import kinds, open_gate, reason_of, written

MARY = "mary@example.com"
MARK = "azotel-simpler"
FIELDS: Fields = {
    "names": ({"givenName": "Seán", "familyName": "Ó Súilleabháin"},),
    "organizations": ({"name": "Ó Súilleabháin Teo", "title": "Owner"},),
    "nicknames": ({"value": "sean"},),
    "phoneNumbers": (
        {"value": "+353 87 123 4567", "type": "mobile"},
        {"value": "+353 21 123 4567", "type": "work"},
    ),
    "emailAddresses": ({"value": "sean@example.ie", "type": "home"},),
    "addresses": ({"streetAddress": "1 Main St", "city": "Cork", "countryCode": "IE", "type": "home"},),
    "urls": ({"value": "https://simpler.example/42", "type": "work"},),
    "externalIds": ({"value": "42", "type": "customer"},),
    "userDefined": ({"key": "Plan", "value": "50 Mb"},),
}


class Secrets:
    """The port `SecretStore`, in memory."""

    def __init__(self, **values: str) -> None:
        self._values = values

    def get(self, name: str) -> str:
        return self._values[name]

    def put(self, name: str, value: str) -> None:
        self._values[name] = value

    def destroy(self, name: str) -> None:
        self._values.pop(name, None)


@dataclass
class Google:
    """The stand-in, and Mary's book in it."""

    standin: GoogleStandIn
    url: str
    book: PeopleBook
    clock: FakeClock

    def go_wrong(self, *faults: dict[str, Any]) -> None:
        answer = requests.post(f"{self.url}/standin/faults", json=faults, timeout=5)
        assert answer.ok, answer.text

    def asked(self, method: str) -> int:
        """How many requests for this method the server saw."""
        counters = requests.get(f"{self.url}/standin/counters", timeout=5).json()
        return int(counters["requests"].get(method, 0))

    def contacts(self) -> list[Person]:
        return list(self.book.persons())

    def label(self, name: str = "Azotel SIMPLer - ACME") -> Label:
        made = self.book.create_label(name, ((MARK, "v1|acme"),))
        assert made
        return made


@pytest.fixture(scope="module")
def standin() -> Iterator[tuple[GoogleStandIn, str]]:
    """One server for all these tests."""
    google = GoogleStandIn(rules=Rules(max_contacts=1_500, shuffle_items=True))
    with google.serve() as url:
        yield google, url


@pytest.fixture
def google(standin: tuple[GoogleStandIn, str], clock: FakeClock) -> Iterator[Google]:
    """An account that is empty, connected through Google sign-in."""
    server, url = standin
    server.reset()
    server.world.add_account(NewAccount(email=MARY, refresh_tokens=["1//mary"]))
    with requests.Session() as session:
        yield Google(server, url, book_of(session, url), clock)


def book_of(session: requests.Session, url: str, clock: FakeClock, refresh_token: str = "1//mary") -> PeopleBook:
    """The book of an account, as production puts it together."""
    secrets = Secrets(client='{"client_id": "client", "client_secret": "secret"}', mary=refresh_token)
    credentials = account_credentials(secrets, client="client", account="mary", token_uri=f"{url}/token")
    return PeopleBook(SignedIn(SendOnce(session, 10), credentials), url, open_gate, clock)


def new(key: str, **fields: Any) -> NewPerson:
    """A new contact with a mark."""
    return NewPerson(key, {"names": ({"givenName": key},), **fields}, ((MARK, key),))


def people(count: int) -> list[NewPerson]:
    """New contacts."""
    return [new(f"v1|acme|{n}|run") for n in range(count)]


BAD: Fields = {"names": ({"givenName": "a"}, {"givenName": "b"})}
"""Two names: Google allows one."""


def test_a_contact_comes_back_as_it_was_written(google: Google) -> None:
    """All owned fields, the client data and both memberships survive the way there and back."""
    label = google.label()
    pairs = (("other", "x"), (MARK, "k"))
    made = written(google.book.create([NewPerson("k", FIELDS, pairs)], label.resource_name)["k"])
    [seen] = google.contacts()
    assert {name: sorted(map(repr, items)) for name, items in seen.fields.items()} == {
        name: sorted(map(repr, items)) for name, items in FIELDS.items()
    }
    assert sorted(seen.client_data) == sorted(pairs)
    assert seen.groups == {label.resource_name, "contactGroups/myContacts"}
    assert (made.resource_name, made.source_id, made.source_etag, made.groups) == (
        seen.resource_name,
        seen.source_id,
        seen.source_etag,
        seen.groups,
    )
