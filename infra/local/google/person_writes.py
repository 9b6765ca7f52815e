"""The methods that create, change and delete contacts.

A batch is done as a whole or not at all: the details of its failure name the contacts that stopped it, and
"if an index / contact id does not appear, then the creation/update of that contact would have been
successful" (BatchCreateContactsErrorDetails, BatchUpdateContactsErrorDetails).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from infra.local.google.call import Call, Play
from infra.local.google.contact import Contact, View
from infra.local.google.draft import Fields, changed_fields, check_etag, new_fields
from infra.local.google.errors import GoogleError, batch_failed, invalid, not_found
from infra.local.google.fieldmask import read_mask, required_mask

WRITES_AT_MOST = 200
DELETES_AT_MOST = 500

Result = TypeVar("Result")

_CREATE = "BatchCreateContactsRequest"
_UPDATE = "BatchUpdateContactsRequest"


def create(call: Call) -> dict[str, Any]:
    """people.createContact; `personFields` "defaults to all fields if not set"."""
    view = _single_view(call)
    source_id, fields = _draft(call, call.body)
    call.account.make_room(1, call.rules.max_contacts)
    return view.person(call.account.add(source_id, fields))


def batch_create(call: Call) -> dict[str, Any]:
    """people.batchCreateContacts; the people are answered in the order of the request, a choice."""
    contacts = call.body.get("contacts") or []
    _check_count("contacts", len(contacts), WRITES_AT_MOST)
    view = _batch_view(call, _CREATE)
    people = ((str(index), item.get("contactPerson")) for index, item in enumerate(contacts))
    drafts = _all_or_nothing("BatchCreateContactsErrorDetails", people, lambda _, p: _draft(call, p))
    call.account.make_room(len(drafts), call.rules.max_contacts)
    created = [call.account.add(source_id, fields) for source_id, fields in drafts.values()]
    if view is None:
        return {}
    return {"createdPeople": [_response(contact.resource_name, contact, view) for contact in created]}


def update(call: Call) -> dict[str, Any]:
    """people.updateContact; `personFields` "defaults to all fields if not set"."""
    view = _single_view(call)
    paths = required_mask("updatePersonFields", call.params.get("updatePersonFields"), _writable(call))
    contact, fields = _change(call, call.resource, call.body, paths, "INVALID_ARGUMENT")
    return view.person(call.account.change(contact, fields))


def batch_update(call: Call) -> dict[str, Any]:
    """people.batchUpdateContacts: one mask for all contacts."""
    people = call.body.get("contacts") or {}
    _check_count("contacts", len(people), WRITES_AT_MOST)
    view = _batch_view(call, _UPDATE)
    paths = required_mask("updateMask", call.body.get("updateMask"), _writable(call))
    changes = _all_or_nothing(
        "BatchUpdateContactsErrorDetails",
        people.items(),
        lambda name, person: _change(call, name, person, paths, "FAILED_PRECONDITION"),
    )
    changed = {name: call.account.change(contact, fields) for name, (contact, fields) in changes.items()}
    if view is None:
        return {}
    return {"updateResult": {name: _response(name, contact, view) for name, contact in changed.items()}}


def delete(call: Call) -> dict[str, Any]:
    """people.deleteContact."""
    call.account.delete(call.account.contact(call.resource))
    return {}


def batch_delete(call: Call) -> dict[str, Any]:
    """people.batchDeleteContacts; a name given twice counts once."""
    names = call.body.get("resourceNames") or []
    _check_count("resource_names", len(names), DELETES_AT_MOST)
    contacts = call.account.contacts
    found = [contacts[name] for name in dict.fromkeys(names) if name in contacts]
    if call.rules.missing_in_batch_delete == "refuse" and len(found) < len(set(names)):
        raise not_found()
    for contact in found:
        call.account.delete(contact)
    return {}


PLAYED: Mapping[str, Play] = {
    "people.createContact": create,
    "people.batchCreateContacts": batch_create,
    "people.updateContact": update,
    "people.batchUpdateContacts": batch_update,
    "people.deleteContact": delete,
    "people.batchDeleteContacts": batch_delete,
}


def _draft(call: Call, person: Any) -> tuple[str, Fields]:
    if person is None:
        raise invalid("contactPerson is required.")
    source_id = call.account.new_source_id()
    return source_id, new_fields(call.shapes, call.account, source_id, person)


def _change(
    call: Call, name: str, person: Mapping[str, Any], paths: tuple[str, ...], when_missing: str
) -> tuple[Contact, Fields]:
    contact = call.account.contact(name)
    check_etag(contact, person, when_missing)
    return contact, changed_fields(call.shapes, call.account, contact, person, paths)


def _all_or_nothing(
    kind: str, people: Iterable[tuple[str, Any]], prepare: Callable[[str, Any], Result]
) -> dict[str, Result]:
    prepared: dict[str, Result] = {}
    errors: dict[str, GoogleError] = {}
    for key, person in people:
        try:
            prepared[key] = prepare(key, person)
        except GoogleError as error:
            errors[key] = error
    if errors:
        raise batch_failed(kind, errors)
    return prepared


def _single_view(call: Call) -> View:
    paths = read_mask("personFields", call.params.get("personFields"), call.person_paths())
    return call.view(paths or tuple(sorted(call.person_paths())))


def _batch_view(call: Call, schema: str) -> View | None:
    """None, when the mask is empty: "the post-mutate-get is skipped and no data will be returned"."""
    paths = call.body_mask(schema, "readMask")
    return call.view(paths) if paths else None


def _writable(call: Call) -> frozenset[str]:
    return call.discovery.mask_paths(_UPDATE, "updateMask")


def _check_count(field: str, count: int, limit: int) -> None:
    if not 0 < count <= limit:
        raise invalid(f"Between 1 and {limit} {field} must be given in a single request.", field)


def _response(name: str, contact: Contact, view: View) -> dict[str, Any]:
    person = view.person(contact)
    return {"httpStatusCode": 200, "person": person, "requestedResourceName": name, "status": {}}
