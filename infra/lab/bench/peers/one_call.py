"""One call a contact: ``python -m infra.lab.bench.peers.one_call`` reads the settings as JSON.

Many programs keep Google's contacts so, Frappe and GAM among them: each contact is created by itself, and
read before it is updated. Desired cards and comparison are those of a run, so that only the calls
differ. It is spared what those programs do besides: a new client and a new access token for each contact.
"""

import sys
from collections.abc import Iterator
from typing import Any

from googleapiclient.discovery import build as client

from infra.lab.bench.stage import WISP
from shared.adapters.google.people.requests import (
    PAGE_SIZE,
    PERSON_FIELDS,
    SOURCES,
    UPDATE_MASK,
    WRITTEN_FIELDS,
    change_json,
    new_person_json,
)
from shared.adapters.google.people.schema import PersonRead, person_of
from shared.adapters.google.sign_in import account_credentials
from shared.bootstrap import build
from shared.config import Settings
from shared.domain.contact.card import Card
from shared.domain.sync.decisions import update_of
from shared.domain.sync.google_fields import changed, new_person
from shared.domain.sync.mark import Mark, marks
from shared.domain.sync.person import Person
from shared.typed import from_json, from_plain
from shared.usecases.base.documents import load_accounts, load_wisp
from shared.usecases.sync.desired import read_desired


class OneCall:
    """One account's contacts."""

    def __init__(self, api: Any, label: str) -> None:
        self._people = api.people()
        self._label = label

    def listed(self) -> Iterator[Person]:
        """Yield every contact."""
        ask = {"personFields": PERSON_FIELDS, "sources": list(SOURCES), "pageSize": PAGE_SIZE}
        page = ""
        while True:
            request = self._people.connections().list(resourceName="people/me", pageToken=page, **ask)
            answer = request.execute()
            yield from map(_read, answer.get("connections", []))
            page = answer.get("nextPageToken", "")
            if not page:
                return

    def create(self, card: Card) -> None:
        """Create a contact."""
        body = new_person_json(new_person(card, WISP, "one"), self._label)
        self._people.createContact(body=body, personFields=WRITTEN_FIELDS).execute()

    def update(self, card: Card, name: str) -> None:
        """Read a contact, and update it if it differs."""
        answer = self._people.get(resourceName=name, personFields=PERSON_FIELDS).execute()
        if update := update_of(WISP, card, _read(answer), card_changed=True):
            self._people.updateContact(
                resourceName=name,
                body=change_json(
                    changed(card, update.person, Mark(WISP, card.customer, "one"), update.merged)
                ),
                updatePersonFields=UPDATE_MASK,
                personFields=WRITTEN_FIELDS,
            ).execute()


def _read(answer: dict[str, Any]) -> Person:
    return person_of(from_plain(answer, PersonRead))


def sync(settings: Settings) -> None:
    """Make the account equal to SIMPLer."""
    services = build(settings)
    wisp = load_wisp(services.state, WISP)
    desired = read_desired(services.source(wisp), wisp, services.clock.now()).desired
    cards = {customer: desired.card(customer) for customer in desired.records}
    account = load_accounts(services.state, WISP)[0]
    credentials = account_credentials(
        services.secrets,
        client=settings.oauth_client,
        account=account.secret,
        token_uri=settings.oauth_token_uri,
    )
    with client(
        "people",
        "v1",
        credentials=credentials,
        static_discovery=True,
        client_options={"api_endpoint": settings.people_api_endpoint},
    ) as api:
        _sync(OneCall(api, _label(api, wisp.label)), cards)


def _label(api: Any, name: str) -> str:
    groups = api.contactGroups().list(groupFields="name").execute()["contactGroups"]
    found = [str(group["resourceName"]) for group in groups if group["name"] == name]
    return found[0] if found else _new_label(api, name)


def _new_label(api: Any, name: str) -> str:
    return str(api.contactGroups().create(body={"contactGroup": {"name": name}}).execute()["resourceName"])


def _sync(book: OneCall, cards: Any) -> None:
    present = {mark.customer: person for person in book.listed() for mark in marks(person.client_data, WISP)}
    for customer in cards:
        person = present.get(customer)
        if person is None:
            book.create(cards[customer])
        elif update_of(WISP, cards[customer], person, card_changed=True):
            book.update(cards[customer], person.resource_name)


if __name__ == "__main__":
    sync(from_json(sys.stdin.buffer.read(), Settings))
