"""The methods that create, change and delete contacts."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from infra.standins.google.batch import prepare_all
from infra.standins.google.call import Call, Play
from infra.standins.google.contact import Contact, Content, View
from infra.standins.google.draft import Writing, changed_content, check_etag, new_content
from infra.standins.google.errors import invalid, not_found
from infra.standins.google.fieldmask import read_mask, required_mask

WRITES_AT_MOST = 200
DELETES_AT_MOST = 500

_CREATE = "BatchCreateContactsRequest"
_UPDATE = "BatchUpdateContactsRequest"


def create(call: Call) -> dict[str, Any]:
    """Play people.createContact; `personFields` "defaults to all fields if not set"."""
    view = _single_view(call)
    _refuse_bad_one(call)
    source_id, content = _draft(call, call.body)
    _make_room(call, [content])
    return view.person(call.account.add(source_id, content))


def batch_create(call: Call) -> dict[str, Any]:
    """Play people.batchCreateContacts; answers keep the order of the request, a choice."""
    contacts = call.body.get("contacts") or []
    _check_count("contacts", len(contacts), WRITES_AT_MOST)
    view = _batch_view(call, _CREATE)
    people = {str(index): item.get("contactPerson") for index, item in enumerate(contacts)}
    drafts, refused = prepare_all(call, _CREATE, people, lambda _, person: _draft(call, person))
    _make_room(call, [content for _, content in drafts.values()])
    created = {key: call.account.add(*draft) for key, draft in drafts.items()}
    if view is None:
        return {}
    answers = (
        refused.get(key) or _response(created[key].resource_name, created[key], view) for key in people
    )
    return {"createdPeople": call.shuffled(answers)}


def update(call: Call) -> dict[str, Any]:
    """Play people.updateContact; `personFields` "defaults to all fields if not set"."""
    view = _single_view(call)
    paths = required_mask("updatePersonFields", call.params.get("updatePersonFields"), _writable(call))
    _refuse_bad_one(call)
    change = _change(call, call.resource, call.body, paths, "INVALID_ARGUMENT")
    _make_space(call, [change])
    return view.person(call.account.change(*change))


def batch_update(call: Call) -> dict[str, Any]:
    """Play people.batchUpdateContacts: one mask for all contacts."""
    people = call.body.get("contacts") or {}
    _check_count("contacts", len(people), WRITES_AT_MOST)
    view = _batch_view(call, _UPDATE)
    paths = required_mask("updateMask", call.body.get("updateMask"), _writable(call))
    changes, refused = prepare_all(
        call,
        _UPDATE,
        people,
        lambda name, person: _change(call, name, person, paths, "FAILED_PRECONDITION"),
    )
    _make_space(call, changes.values())
    changed = {name: call.account.change(*change) for name, change in changes.items()}
    if view is None:
        return {}
    answers = {**refused, **{name: _response(name, contact, view) for name, contact in changed.items()}}
    return {"updateResult": {name: answers[name] for name in call.shuffled(people)}}


def delete(call: Call) -> dict[str, Any]:
    """Play people.deleteContact."""
    call.account.delete(call.account.contact(call.resource))
    return {}


def batch_delete(call: Call) -> dict[str, Any]:
    """Play people.batchDeleteContacts; a name given twice counts once."""
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


def _draft(call: Call, person: Any) -> tuple[str, Content]:
    if person is None:
        raise invalid("contactPerson is required.")
    source_id = call.account.new_source_id()
    return source_id, new_content(_writing(call), call.account, source_id, person)


def _change(
    call: Call, name: str, person: Mapping[str, Any], paths: tuple[str, ...], when_missing: str
) -> tuple[Contact, Content]:
    contact = call.account.contact(name)
    check_etag(contact, person, when_missing)
    return contact, changed_content(_writing(call), call.account, contact, person, paths)


def _writing(call: Call) -> Writing:
    return Writing(call.shapes, call.rules.wordings)


def _refuse_bad_one(call: Call) -> None:
    bad = call.fault.person if call.fault else None
    if bad and bad.among({"": call.body}):
        raise bad.error()


def _make_room(call: Call, contents: Sequence[Content]) -> None:
    call.account.make_room(len(contents), call.rules.max_contacts)
    call.account.make_space(sum(content.size for content in contents), call.rules.max_size)


def _make_space(call: Call, changes: Collection[tuple[Contact, Content]]) -> None:
    growth = sum(content.size - contact.size for contact, content in changes)
    call.account.make_space(growth, call.rules.max_size)


def _single_view(call: Call) -> View:
    paths = read_mask("personFields", call.params.get("personFields"), call.person_paths())
    return call.view(paths or tuple(sorted(call.person_paths())))


def _batch_view(call: Call, schema: str) -> View | None:
    """Return the view of the mask; none if empty: "the post-mutate-get is skipped"."""
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
