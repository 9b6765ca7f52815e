"""The methods that read people."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from infra.standins.google.account import Account
from infra.standins.google.call import Call, Play
from infra.standins.google.contact import Contact, View
from infra.standins.google.cursor import Cursor, Key, Question, cut
from infra.standins.google.errors import GoogleError, invalid, not_found
from infra.standins.google.fieldmask import required_mask
from infra.standins.google.lag import Sight

NAMES_AT_MOST = 200
_CONNECTIONS = 100
_ME = "people/me"
_ASCENDING = "LAST_MODIFIED_ASCENDING"
_DESCENDING = "LAST_MODIFIED_DESCENDING"

_ORDERS: Mapping[str, Callable[[Contact], Key]] = {
    _ASCENDING: lambda contact: [contact.sequence],
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
    """Play people.get."""
    view = call.view(_person_fields(call))
    return _read(call, call.resource, view)


def batch_get(call: Call) -> dict[str, Any]:
    """Play people.getBatchGet: answer for each name, found or not."""
    names = call.params.get("resourceNames") or []
    if not 0 < len(names) <= NAMES_AT_MOST:
        raise invalid(f"Between 1 and {NAMES_AT_MOST} resource names must be given.", "resource_names")
    view = call.view(_person_fields(call))
    answers = call.shuffled(_response(call, name, view) for name in _answered(call, names))
    return {"responses": answers} if answers else {}


def connections(call: Call) -> dict[str, Any]:
    """Play people.connections.list: everything, or what has changed since a sync token.

    Pages are not a snapshot: a contact that is changed meanwhile moves to the place of its new key, so that
    it is listed twice or, the newest first, not at all. With `LAST_MODIFIED_DESCENDING` no sync token can be
    asked for (observed of Google, not documented).
    """
    if call.resource != _ME:
        raise invalid(f"Only {_ME} is valid.", "resource_name")
    paths = _person_fields(call)
    order = call.params.get("sortOrder", _ASCENDING)
    syncing = bool(call.params.get("requestSyncToken"))
    if syncing and order == _DESCENDING:
        raise invalid("A sync token cannot be requested with LAST_MODIFIED_DESCENDING.", "sort_order")
    account = call.account
    sight = call.sight("sync" if syncing else "listing")
    question = _question(call, sight.position(account.sequence))
    cursor = question.cursor()
    synced = cursor.since is not None
    rows = _rows(account, sight, cursor.since)
    if call.leaves_out("contacts"):
        rows, cursor = (), msgspec.structs.replace(cursor, until=cursor.since or 0)
    size = call.params.get("pageSize") or _CONNECTIONS
    page, following = _page(
        call, partial(cut, rows, _ORDERS[order], ordered=order == _ASCENDING), cursor, size
    )
    view = call.view(paths, listed=True, synced=synced)
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


def _question(call: Call, sequence: int) -> Question:
    account = call.account
    expiry = (call.rules.expired_sync_token, account.sync_era)
    return Question((call.method, account.email), call.params, sequence, call.now, expiry)


def _rows(account: Account, sight: Sight[Contact], since: int | None) -> Collection[Contact]:
    if since is None:
        return sight.all(account.contacts)
    return sight.changes(since, account.contacts, account.trash)


def _page(
    call: Call,
    cut_at: Callable[[Cursor, int], tuple[Sequence[Contact], Cursor | None]],
    cursor: Cursor,
    size: int,
) -> tuple[Sequence[Contact], Cursor | None]:
    """Return the page at a place and the place of the next one, or what a planned fault makes of them."""
    wrong = call.fault.page if call.fault else None
    page, following = cut_at(cursor, size)
    if wrong == "skipped" and following:
        return cut_at(following, size)
    if wrong == "repeated":
        return page, cursor
    if wrong == "leads_back":
        return page, msgspec.structs.replace(cursor, after=[])
    return page, following


def _answered(call: Call, names: Sequence[str]) -> Sequence[str]:
    """Return the names for which there is an answer: each, unless a planned fault leaves some out."""
    if call.leaves_out("people"):
        return ()
    return names[::2] if call.leaves_out("some_people") else names


def _read(call: Call, name: str, view: View) -> dict[str, Any]:
    """Return a person by its name or a former one, as the caller sees it."""
    account = call.account
    if name == _ME:
        return _profile(account, view)
    sight = call.sight("get")
    contact = sight.one(name, account.contacts)
    while contact is None and name in account.former:
        name = account.former[name]
        contact = sight.one(name, account.contacts)
    if contact is None:
        raise not_found()
    return view.person(contact)


def _response(call: Call, name: str, view: View) -> dict[str, Any]:
    try:
        person = _read(call, name, view)
    except GoogleError as missing:
        return {
            "httpStatusCode": missing.http,
            "requestedResourceName": name,
            "status": missing.rpc_status(),
        }
    return {"httpStatusCode": 200, "person": person, "requestedResourceName": name, "status": {}}


def _profile(account: Account, view: View) -> dict[str, Any]:
    """Return the user, who has here an e-mail address and nothing else."""
    source = {"type": "ACCOUNT", "id": account.user_id}
    metadata = {"primary": True, "verified": True, "source": source, "sourcePrimary": True}
    fields: dict[str, Any] = {
        "emailAddresses": [{"metadata": metadata, "value": account.email}],
        "metadata": {"sources": [{"type": "PROFILE", "id": account.user_id}], "objectType": "PERSON"},
    }
    shown = {path: fields[path] for path in view.paths if path in fields}
    return {"resourceName": f"people/{account.user_id}", "etag": "%" + account.user_id, **shown}
