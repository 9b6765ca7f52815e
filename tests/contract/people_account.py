"""An account in the stand-in of Google, with its book as it is put together in production."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from infra.standins.google import GoogleStandIn, NewAccount, Rules
from shared.adapters.google.people.contacts import PeopleBook
from shared.adapters.google.sign_in import SignedIn, account_credentials
from shared.adapters.google.transport import SendOnce
from shared.domain.sync.person import Change, Fields, NewPerson, Person
from tests.fake_clock import FakeClock
from tests.memory_secrets import MemorySecrets
from tests.people_samples import OpenGate

MARK = "azotel-simpler"
LIST = "people.connections.list"


@pytest.fixture(scope="module")
def standin() -> Iterator[tuple[GoogleStandIn, str]]:
    """One server for all tests of a file."""
    google = GoogleStandIn(rules=Rules(max_contacts=1_300, shuffle_items=True))
    with google.serve() as url:
        yield google, url


@pytest.fixture
def google(standin: tuple[GoogleStandIn, str], clock: FakeClock) -> Iterator["Google"]:
    """Google with one account, which is empty and connected."""
    server, url = standin
    server.reset()
    server.world.add_account(NewAccount(email="mary@example.com", refresh_tokens=["1//mary"]))
    with requests.Session() as session:
        yield Google(server, url, clock, book_of(session, url, clock, "1//mary"))


@dataclass
class Google:
    """The stand-in, and an account's book in it."""

    standin: GoogleStandIn
    url: str
    clock: FakeClock
    book: PeopleBook

    def will(self, method: str, nth: int = 1, times: int = 1, when: str = "before", **what: Any) -> None:
        """Plan that something goes wrong."""
        fault = {"method": method, "nth": nth, "times": times, "when": when, "what": what}
        answer = requests.post(f"{self.url}/standin/faults", json=[fault], timeout=5)
        assert answer.ok, answer.text

    def asked(self, method: str) -> int:
        """Return how many requests for this method the server saw."""
        counters = requests.get(f"{self.url}/standin/counters", timeout=5).json()
        return int(counters["requests"].get(method, 0))

    def overlaps(self) -> int:
        """Return how many writes began while another of the same account was under way."""
        return int(requests.get(f"{self.url}/standin/counters", timeout=5).json()["overlapping_writes"])

    def label(self) -> str:
        """Make the label, and return it."""
        made = self.book.create_label("Azotel SIMPLer - ACME", ((MARK, "v1|acme"),))
        assert made
        return made.resource_name

    def filled(self, count: int) -> list[Person]:
        """Put contacts into the account."""
        label = self.label()
        for start in range(0, count, 200):
            self.book.create(people(start, min(start + 200, count)), label)
        return list(self.book.list())


def book_of(session: requests.Session, url: str, clock: FakeClock, refresh_token: str) -> PeopleBook:
    """Return the book of an account, as it is put together in production."""
    secrets = MemorySecrets(
        client='{"client_id": "client", "client_secret": "secret"}', account=refresh_token
    )
    credentials = account_credentials(secrets, client="client", account="account", token_uri=f"{url}/token")
    return PeopleBook(SignedIn(SendOnce(session, 10), credentials), url, OpenGate(), clock)


def new(key: str, fields: Fields | None = None) -> NewPerson:
    """Return a new contact with a mark."""
    return NewPerson(key, fields or {"names": ({"givenName": key},)}, ((MARK, key),))


def people(start: int, stop: int) -> list[NewPerson]:
    """Return new contacts."""
    return [new(f"v1|acme|{n}|run") for n in range(start, stop)]


def renamed(person: Person, name: str = "new") -> Change:
    """Return a change of a contact's name."""
    return Change(person, {"names": ({"givenName": name},)}, person.client_data)


def in_order(fields: Fields) -> dict[str, list[str]]:
    """Return fields without the order of their items."""
    return {name: sorted(repr(sorted(item.items())) for item in items) for name, items in fields.items()}
