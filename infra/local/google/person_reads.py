"""The methods that read people."""

from collections.abc import Callable, Mapping
from typing import Any

from infra.local.google.account import Account
from infra.local.google.call import Call, Play
from infra.local.google.contact import Contact, View
from infra.local.google.cursor import Key, Question, cut
from infra.local.google.errors import GoogleError, invalid
from infra.local.google.fieldmask import required_mask

NAMES_AT_MOST = 200
_CONNECTIONS = 100
_ME = "people/me"
_DESCENDING = "LAST_MODIFIED_DESCENDING"

_ORDERS: Mapping[str, Callable[[Contact], Key]] = {
    "LAST_MODIFIED_ASCENDING": lambda contact: [contact.sequence],
    _DESCENDING: lambda contact: [-contact.sequence],
    "FIRST_NAME_ASCENDING": lambda contact: [
        contact.name_key("givenName", "familyName"),
        contact.resource_name,
    ],
    "LAST_NAME_ASCENDING": lambda contact: [
        contact.name_key("familyName", "givenName"),
        contact.resource_name,
    ],
}


def get(call: Call) -> dict[str, Any]:
    """people.get."""
    view = call.view(_person_fields(call))
    return _read(call.account, call.resource, view)


def batch_get(call: Call) -> dict[str, Any]:
    """people.getBatchGet: an answer for each name, found or not."""
    names = call.params.get("resourceNames") or []
    if not 0 < len(names) <= NAMES_AT_MOST:
        raise invalid(f"Between 1 and {NAMES_AT_MOST} resource names must be given.", "resource_names")
    view = call.view(_person_fields(call))
    return {"responses": [_response(call.account, name, view) for name in names]}


def connections(call: Call) -> dict[str, Any]:
    """people.connections.list: everything, or what has changed since a sync token.

    Pages are not a snapshot: a contact that is changed meanwhile moves to the place of its new key. With
    `LAST_MODIFIED_DESCENDING` no sync token can be asked for (observed of Google, not documented).
    """
    if call.resource != _ME:
        raise invalid(f"Only {_ME} is valid.", "resource_name")
    view = call.view(_person_fields(call), listed=True)
    order = call.params.get("sortOrder", "LAST_MODIFIED_ASCENDING")
    syncing = bool(call.params.get("requestSyncToken"))
    if syncing and order == _DESCENDING:
        raise invalid("A sync token cannot be requested with LAST_MODIFIED_DESCENDING.", "sort_order")
    account = call.account
    scope = (call.method, account.email)
    question = Question(scope, call.params, account.sequence, call.now, expiring=True)
    cursor = question.cursor()
    rows = _changed_since(account, cursor.since)
    page, following = cut(rows, _ORDERS[order], cursor, call.params.get("pageSize") or _CONNECTIONS)
    answer: dict[str, Any] = {
        "connections": [view.person(contact) for contact in page],
        "nextPageToken": following.token() if following else "",
        "nextSyncToken": "" if following or not syncing else question.sync_token(cursor),
        "totalPeople": len(rows),
        "totalItems": len(rows),
    }
    return {key: value for key, value in answer.items() if value}


PLAYED: Mapping[str, Play] = {
    "people.get": get,
    "people.getBatchGet": batch_get,
    "people.connections.list": connections,
}


def _person_fields(call: Call) -> tuple[str, ...]:
    return required_mask("personFields", call.params.get("personFields"), call.person_paths())


def _changed_since(account: Account, since: int | None) -> list[Contact]:
    if since is None:
        return list(account.contacts.values())
    everything = (*account.contacts.values(), *account.trash.values())
    return [contact for contact in everything if contact.sequence > since]


def _read(account: Account, name: str, view: View) -> dict[str, Any]:
    return _profile(account, view) if name == _ME else view.person(account.contact(name))


def _response(account: Account, name: str, view: View) -> dict[str, Any]:
    try:
        person = _read(account, name, view)
    except GoogleError as missing:
        return {
            "httpStatusCode": missing.http,
            "requestedResourceName": name,
            "status": missing.rpc_status(),
        }
    return {"httpStatusCode": 200, "person": person, "requestedResourceName": name, "status": {}}


def _profile(account: Account, view: View) -> dict[str, Any]:
    """The user, who has here an e-mail address and nothing else."""
    source = {"type": "ACCOUNT", "id": account.user_id}
    metadata = {"primary": True, "verified": True, "source": source, "sourcePrimary": True}
    fields: dict[str, Any] = {
        "emailAddresses": [{"metadata": metadata, "value": account.email}],
        "metadata": {"sources": [{"type": "PROFILE", "id": account.user_id}], "objectType": "PERSON"},
    }
    shown = {path: fields[path] for path in view.paths if path in fields}
    return {"resourceName": f"people/{account.user_id}", "etag": "%" + account.user_id, **shown}
