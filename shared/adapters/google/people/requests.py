"""Requests: every request to the People API that this service makes, with its masks, in one place."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

import msgspec
from googleapiclient.discovery import build
from googleapiclient.http import MAX_URI_LENGTH
from googleapiclient.model import JsonModel

from shared.adapters.google.people.schema import (
    CONTACT,
    Created,
    Labels,
    LabelWire,
    Modified,
    PersonRead,
    Persons,
    PersonWire,
    Read,
    Updated,
)
from shared.domain.model.quota import BATCH, GROUP_READ, GROUP_WRITE, READ, REMOVAL, REMOVALS, SINGLE, Cost
from shared.domain.sync.person import MY_CONTACTS, OWNED, USERS_OWN, Change, Fields, Label, NewPerson
from shared.once import ALONE

PERSON_FIELDS = ",".join((*OWNED, "clientData", "memberships", "metadata"))
"""The fields that we read."""

LOOK_FIELDS = ",".join((PERSON_FIELDS, *USERS_OWN))
"""The fields of a second look before a removal, with those that only a user can have filled."""

UPDATE_MASK = ",".join((*OWNED, "clientData"))
"""All fields that we own: what is in the mask is replaced, "or cleared if left empty for each person"."""

WRITTEN_FIELDS = "clientData,memberships,metadata"
"""The fields that a write answers: whose contact it is, and its new etags. An empty mask answers nothing."""

LABEL_WRITTEN_FIELDS = "clientData,metadata,name"
"""The fields that a write to a label answers. The default lacks clientData; no write tells memberCount."""

LABEL_FIELDS = "clientData,memberCount,metadata,name"
"""The fields of a label that we read."""

SOURCES = ("READ_SOURCE_TYPE_CONTACT",)
"""The sources that we read, so that what people publish in their own profiles stays out of the answers."""

PAGE_SIZE = 1000

BATCH_SECONDS = 180.0
"""Seconds for which Google may be silent about a batch; giving up early leaves 200 contacts in doubt."""

QUICK_SECONDS = 60.0
"""Seconds for which Google may be silent about anything else, as Google's client has it."""

T = TypeVar("T")


class PeopleCall(msgspec.Struct, Generic[T], frozen=True):
    """A request that is ready to go.

    Attributes:
        method: HTTP's.
        uri: Where to.
        headers: All but the account's access token.
        body: What is sent.
        answer: The shape that its answer must have.
        cost: What it takes of the account's quotas.
        seconds: How long Google may be silent.
        is_repeatable: Whether doing it twice is doing it once, which it is but for a create.
    """

    method: str
    uri: str
    headers: Mapping[str, str]
    body: str | bytes | None
    answer: type[T]
    cost: Cost
    seconds: float = QUICK_SECONDS
    is_repeatable: bool = True


def _call(
    request: Any,
    answer: type[T],
    cost: Cost,
    *,
    seconds: float = QUICK_SECONDS,
    is_repeatable: bool = True,
) -> PeopleCall[T]:
    """Take a request of Google's client as values. As there, a long GET goes as a POST that says so."""
    method, uri, headers, body = request.method, request.uri, request.headers, request.body
    if method == "GET" and len(uri) > MAX_URI_LENGTH:
        method = "POST"
        uri, _, body = uri.partition("?")
        form = "application/x-www-form-urlencoded"
        headers = {**headers, "x-http-method-override": "GET", "content-type": form}
    return PeopleCall(
        method, uri, headers, body, answer=answer, cost=cost, seconds=seconds, is_repeatable=is_repeatable
    )


class _Plain(JsonModel):
    """Leaves JSON as it is, since `_json` has written it."""

    def serialize(self, body_value: str) -> Any:
        return body_value.encode()


def _json(body: object) -> str:
    """Write JSON as text; of anything else Google's client makes text itself, in three times the time."""
    return msgspec.json.encode(body).decode()


def _unused(*_: Any, **__: Any) -> Any:
    raise AssertionError("Google's client sends nothing: the requests that it makes are sent by ours")


@lru_cache(1)
def _resources(endpoint: str) -> tuple[Any, Any, Any]:
    """Build Google's client for people, lists and labels: takes 20 ms, and holds nothing of an account's."""
    transport: Any = _unused
    api: Any = build(
        "people",
        "v1",
        http=transport,
        model=_Plain(),
        static_discovery=True,
        client_options={"api_endpoint": endpoint.rstrip("/") + "/"},
    )
    people = api.people()
    return people, people.connections(), api.contactGroups()


def client_data_json(pairs: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    """Write key-value pairs as Google takes them."""
    return [{"key": key, "value": value} for key, value in pairs]


def _content(fields: Fields, client_data: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Write every owned field, also the empty ones, since the mask clears what is left out."""
    owned = {field: fields.get(field, ()) for field in OWNED}
    return {**owned, "clientData": client_data_json(client_data)}


def new_person_json(new: NewPerson, label: str) -> dict[str, Any]:
    """Write a contact to create, in its label and in My Contacts."""
    groups = ({"contactGroupMembership": {"contactGroupResourceName": name}} for name in (label, MY_CONTACTS))
    return {**_content(new.fields, new.client_data), "memberships": [*groups]}


def change_json(change: Change) -> dict[str, Any]:
    """Write a contact to update: what it is to be, and the etags it was read with."""
    person = change.person
    source = {"type": CONTACT, "id": person.source_id, "etag": person.source_etag}
    return {
        "etag": person.etag,
        "metadata": {"sources": [{name: value for name, value in source.items() if value}]},
        **_content(change.fields, change.client_data),
    }


class Calls:
    """Builds the requests; sending them is the client's work."""

    def __init__(self, endpoint: str) -> None:
        """Take the API's address, with or without a slash at its end."""
        with ALONE:
            self._people, self._lists, self._labels = _resources(endpoint)

    def list(self, sync_token: str | None, page: str) -> PeopleCall[Persons]:
        """List a page of contacts. One that changes meanwhile moves to the end: better twice than missed.

        Unless the sync token is None, the last page gives the next one; "all other request parameters must
        match the first call".
        """
        syncing = {} if sync_token is None else {"requestSyncToken": True}
        request = self._lists.list(
            resourceName="people/me",
            personFields=PERSON_FIELDS,
            sources=list(SOURCES),
            sortOrder="LAST_MODIFIED_ASCENDING",
            pageSize=PAGE_SIZE,
            **syncing,
            **({"syncToken": sync_token} if sync_token else {}),
            **({"pageToken": page} if page else {}),
        )
        return _call(request, Persons, READ)

    def read(self, names: Sequence[str]) -> PeopleCall[Read]:
        """Read at most 200 contacts by name."""
        request = self._people.getBatchGet(
            resourceNames=list(names), personFields=LOOK_FIELDS, sources=list(SOURCES)
        )
        return _call(request, Read, READ)

    def read_one(self, name: str) -> PeopleCall[PersonRead]:
        """Read a contact by itself; Google answers 404 if there is none of that name."""
        request = self._people.get(resourceName=name, personFields=LOOK_FIELDS, sources=list(SOURCES))
        return _call(request, PersonRead, READ)

    def create(self, people: Sequence[NewPerson], label: str) -> PeopleCall[Created | PersonWire]:
        """Create at most 200 contacts; one alone goes without a batch, which would cost six times as much."""
        if len(people) == 1:
            return self._create_one(people[0], label)
        body = {
            "contacts": [{"contactPerson": new_person_json(new, label)} for new in people],
            "readMask": WRITTEN_FIELDS,
            "sources": list(SOURCES),
        }
        return _call(
            self._people.batchCreateContacts(body=_json(body)),
            Created,
            BATCH,
            seconds=BATCH_SECONDS,
            is_repeatable=False,
        )

    def _create_one(self, new: NewPerson, label: str) -> PeopleCall[Created | PersonWire]:
        body = _json(new_person_json(new, label))
        request = self._people.createContact(body=body, personFields=WRITTEN_FIELDS, sources=list(SOURCES))
        return _call(request, PersonWire, SINGLE, is_repeatable=False)

    def update(self, changes: Sequence[Change]) -> PeopleCall[Updated | PersonWire]:
        """Update at most 200 contacts, or a single one by itself."""
        if len(changes) == 1:
            return self._update_one(changes[0])
        body = {
            "contacts": {change.person.resource_name: change_json(change) for change in changes},
            "updateMask": UPDATE_MASK,
            "readMask": WRITTEN_FIELDS,
            "sources": list(SOURCES),
        }
        return _call(
            self._people.batchUpdateContacts(body=_json(body)), Updated, BATCH, seconds=BATCH_SECONDS
        )

    def _update_one(self, change: Change) -> PeopleCall[Updated | PersonWire]:
        request = self._people.updateContact(
            resourceName=change.person.resource_name,
            updatePersonFields=UPDATE_MASK,
            personFields=WRITTEN_FIELDS,
            sources=list(SOURCES),
            body=_json(change_json(change)),
        )
        return _call(request, PersonWire, SINGLE)

    def remove(self, names: Sequence[str]) -> PeopleCall[dict[str, Any]]:
        """Move at most 500 contacts to the trash, or a single one by itself."""
        if len(names) == 1:
            return _call(self._people.deleteContact(resourceName=names[0]), dict[str, Any], REMOVAL)
        request = self._people.batchDeleteContacts(body=_json({"resourceNames": list(names)}))
        return _call(request, dict[str, Any], REMOVALS)

    def labels(self, page: str) -> PeopleCall[Labels]:
        """List a page of all contact groups."""
        token = {"pageToken": page} if page else {}
        request = self._labels.list(groupFields=LABEL_FIELDS, pageSize=PAGE_SIZE, **token)
        return _call(request, Labels, GROUP_READ)

    def label(self, name: str) -> PeopleCall[LabelWire]:
        """Read a contact group with at most 1,000 of its members; by default there would be none."""
        request = self._labels.get(resourceName=name, groupFields=LABEL_FIELDS, maxMembers=PAGE_SIZE)
        return _call(request, LabelWire, GROUP_READ)

    def create_label(self, name: str, client_data: tuple[tuple[str, str], ...]) -> PeopleCall[LabelWire]:
        """Create a contact group."""
        group = {"name": name, "clientData": client_data_json(client_data)}
        request = self._labels.create(
            body=_json({"contactGroup": group, "readGroupFields": LABEL_WRITTEN_FIELDS})
        )
        return _call(request, LabelWire, GROUP_WRITE)

    def mark_label(self, label: Label, client_data: tuple[tuple[str, str], ...]) -> PeopleCall[LabelWire]:
        """Replace a contact group's client data."""
        body = {
            "contactGroup": {"etag": label.etag, "clientData": client_data_json(client_data)},
            "updateGroupFields": "clientData",
            "readGroupFields": LABEL_WRITTEN_FIELDS,
        }
        request = self._labels.update(resourceName=label.resource_name, body=_json(body))
        return _call(request, LabelWire, GROUP_WRITE)

    def rename_label(self, label: Label, name: str) -> PeopleCall[LabelWire]:
        """Replace a contact group's name."""
        body = {
            "contactGroup": {"etag": label.etag, "name": name},
            "updateGroupFields": "name",
            "readGroupFields": LABEL_WRITTEN_FIELDS,
        }
        request = self._labels.update(resourceName=label.resource_name, body=_json(body))
        return _call(request, LabelWire, GROUP_WRITE)

    def put_in_label(self, names: Sequence[str], label: str) -> PeopleCall[Modified]:
        """Add at most 1,000 contacts to a contact group."""
        body = _json({"resourceNamesToAdd": list(names)})
        return _call(self._labels.members().modify(resourceName=label, body=body), Modified, GROUP_WRITE)

    def take_out_of_label(self, names: Sequence[str], label: str) -> PeopleCall[Modified]:
        """Take at most 1,000 contacts out of a contact group."""
        body = _json({"resourceNamesToRemove": list(names)})
        return _call(self._labels.members().modify(resourceName=label, body=body), Modified, GROUP_WRITE)

    def delete_label(self, label: str) -> PeopleCall[dict[str, Any]]:
        """Delete a contact group but no contact: a user may have put some of their own under our label."""
        request = self._labels.delete(resourceName=label, deleteContacts=False)
        return _call(request, dict[str, Any], GROUP_WRITE)
