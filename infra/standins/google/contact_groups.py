"""The methods about contact groups."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from infra.standins.google.account import Account
from infra.standins.google.call import Call, Play
from infra.standins.google.contact import Contact
from infra.standins.google.cursor import Question, cut
from infra.standins.google.errors import GoogleError, invalid, not_found
from infra.standins.google.fieldmask import read_mask
from infra.standins.google.group import ALL, Group
from infra.standins.google.lag import Reading
from infra.standins.google.membership import dissolve, put_into
from infra.standins.google.wording import worded_text
from shared.replace import replace

MEMBERS_AT_MOST = 1000

_GROUPS = 30
_READ_BY_DEFAULT = ("groupType", "memberCount", "metadata", "name")
_WRITTEN_BY_DEFAULT = ("groupType", "metadata", "name")
_CREATE = "CreateContactGroupRequest"
_UPDATE = "UpdateContactGroupRequest"


def list_groups(call: Call) -> dict[str, Any]:
    """Play contactGroups.list: system groups first, or what changed since a sync token."""
    account, paths = call.account, _group_fields(call)
    scope, sight = (call.method, account.email), call.label_sight("labels")
    question = Question(scope, call.params, sight.position(account.sequence), call.now, expiry=None)
    cursor = question.cursor()
    seen = (sight.trace(name, account.groups) for name in account.groups)
    rows = [group for group in seen if group and _wanted(group, cursor.since)]
    if call.leaves_out("labels"):
        rows = [group for group in rows if group.system]
        cursor = msgspec.structs.replace(cursor, until=cursor.since or 0)
    page, following = cut(rows, _position(account), cursor, call.params.get("pageSize") or _GROUPS)
    answer: dict[str, Any] = {
        "contactGroups": [_show(call, group, paths, len(_members(call, group, "labels"))) for group in page],
        "totalItems": len(rows),
        "nextPageToken": following.token() if following else "",
        "nextSyncToken": "" if following else question.sync_token(cursor),
    }
    return {key: value for key, value in answer.items() if value}


def get(call: Call) -> dict[str, Any]:
    """Play contactGroups.get."""
    return _read(call, call.resource, _group_fields(call))


def create(call: Call) -> dict[str, Any]:
    """Play contactGroups.create: the name must be unique."""
    wanted = call.body.get("contactGroup") or {}
    paths = call.body_mask(_CREATE, "readGroupFields") or _WRITTEN_BY_DEFAULT
    name = _free_name(call, wanted, but=None)
    return _show(call, call.account.add_group(name, wanted.get("clientData") or ()), paths, 0)


def update(call: Call) -> dict[str, Any]:
    """Play contactGroups.update: change the fields in the mask, by default the name."""
    group = _own(call.account.group(call.resource))
    wanted = call.body.get("contactGroup") or {}
    fields = call.body_mask(_UPDATE, "updateGroupFields") or ("name",)
    paths = call.body_mask(_UPDATE, "readGroupFields") or _WRITTEN_BY_DEFAULT
    _check_etag(group, wanted)
    if "name" in fields:
        name = _free_name(call, wanted, but=group)
        group = replace(group, name=name, formatted_name=name)
    if "clientData" in fields:
        group = replace(group, client_data=wanted.get("clientData") or ())
    return _show(call, call.account.store_group(group), paths, len(call.account.members(group)))


def delete(call: Call) -> dict[str, Any]:
    """Play contactGroups.delete; put a contact without a group into "My Contacts", a choice."""
    account, group = call.account, _own(call.account.group(call.resource))
    if call.params.get("deleteContacts"):
        for name in list(account.members(group)):
            account.delete(account.contact(name))
    dissolve(account, group)
    return {}


def modify_members(call: Call) -> dict[str, Any]:
    """Play contactGroups.members.modify: do what can be done, and name the rest."""
    account, group = call.account, call.account.group(call.resource)
    to_add = call.body.get("resourceNamesToAdd") or []
    to_remove = call.body.get("resourceNamesToRemove") or []
    if not 0 < len(to_add) + len(to_remove) <= MEMBERS_AT_MOST:
        raise invalid(f"Between 1 and {MEMBERS_AT_MOST} resource names must be given in all.")
    if to_add and not group.can_gain_members:
        raise invalid(f"Contacts cannot be added to the system group {group.resource_name}.")
    for name in to_add:
        _add(account, name, group)
    stuck = [name for name in to_remove if not _remove(account, name, group)]
    missing = [name for name in (*to_add, *to_remove) if name not in account.contacts]
    answer = {"notFoundResourceNames": missing, "canNotRemoveLastContactGroupResourceNames": stuck}
    return {key: names for key, names in answer.items() if names}


PLAYED: Mapping[str, Play] = {
    "contactGroups.list": list_groups,
    "contactGroups.get": get,
    "contactGroups.create": create,
    "contactGroups.update": update,
    "contactGroups.delete": delete,
    "contactGroups.members.modify": modify_members,
}


def _group_fields(call: Call) -> tuple[str, ...]:
    allowed = call.discovery.mask_paths("UpdateContactGroupRequest", "readGroupFields")
    return read_mask("groupFields", call.params.get("groupFields"), allowed) or _READ_BY_DEFAULT


def _wanted(group: Group, since: int | None) -> bool:
    return not group.deleted if since is None else group.sequence > since


def _position(account: Account) -> Any:
    places = {name: place for place, name in enumerate(account.groups)}
    return lambda group: [places[group.resource_name]]


def _read(call: Call, name: str, paths: Sequence[str]) -> dict[str, Any]:
    group = call.label_sight("label").one(name, call.account.groups)
    if group is None:
        raise not_found()
    members = _members(call, group, "label")
    shown = _show(call, group, paths, len(members))
    names = list(members)[: call.params.get("maxMembers", 0)]
    return {**shown, "memberResourceNames": names} if names else shown


def _members(call: Call, group: Group, reading: Reading) -> Collection[str]:
    """Return the resource names of the contacts that are seen in a group."""
    sight = call.sight(reading)
    if not sight.behind:
        return call.account.members(group)
    everybody = sight.all(call.account.contacts)
    return [one.resource_name for one in everybody if _is_in(one, group.resource_name)]


def _is_in(contact: Contact, group: str) -> bool:
    return group == ALL or group in contact.groups()


def _show(call: Call, group: Group, paths: Sequence[str], members: int) -> dict[str, Any]:
    hidden = "clientData" if call.leaves_out("client_data") else ""
    return group.show([path for path in paths if path != hidden], members)


def _own(group: Group) -> Group:
    if group.system:
        raise invalid(f"The system group {group.resource_name} cannot be changed.")
    return group


def _free_name(call: Call, wanted: Mapping[str, Any], but: Group | None) -> str:
    """Return the name as it is stored; compare it exactly, with system groups too (choices)."""
    name = worded_text(wanted.get("name") or "", call.rules.wordings)
    if not name:
        raise invalid("contactGroup.name is required.", "contact_group.name")
    groups = (group for group in call.account.groups.values() if not group.deleted)
    others = [group for group in groups if group.resource_name != (but and but.resource_name)]
    if any(name in {other.name, other.formatted_name} for other in others):
        raise GoogleError("ALREADY_EXISTS", "Contact group name already exists.")
    return name


def _check_etag(group: Group, wanted: Mapping[str, Any]) -> None:
    if not wanted.get("etag"):
        raise invalid("contactGroup.etag is required.", "contact_group.etag")
    if wanted["etag"] != group.etag:
        raise GoogleError("ABORTED", "Contact group etag is outdated.")


def _add(account: Account, name: str, group: Group) -> None:
    contact = account.contacts.get(name)
    if contact and group.resource_name not in contact.groups():
        put_into(account, contact, [*contact.groups(), group.resource_name])


def _remove(account: Account, name: str, group: Group) -> bool:
    """Take a contact out; return False when it is in no other group and stays."""
    contact = account.contacts.get(name)
    if contact is None or group.resource_name not in contact.groups():
        return True
    left = [other for other in contact.groups() if other != group.resource_name]
    if left:
        put_into(account, contact, left)
    return bool(left)
