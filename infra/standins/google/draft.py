"""The fields that a contact would have after a create or an update, or why it may not have them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.standins.google.account import Account
from infra.standins.google.contact import Contact, Content, Item, source_etag_within
from infra.standins.google.errors import STALE_ETAG, GoogleError, invalid
from infra.standins.google.fields import FieldShape
from infra.standins.google.membership import changed_memberships, new_memberships
from infra.standins.google.wording import Form, worded

FIELDS_AT_MOST = 500
"""Items in all fields of a contact (support.google.com/contacts/answer/148779: "500 fields total"; that an
item counts as a field is a choice)."""

CHARACTERS_AT_MOST = 128 * 1024
"""Size of a contact (support.google.com/contacts/answer/148779: "128 KB"; measured, by choice, as the
characters of its texts)."""

_DATES = ("startDate", "endDate")
_WHICH_SOURCE = {
    "INVALID_ARGUMENT": "the source that is being updated.",
    "FAILED_PRECONDITION": "each source that is being updated.",
}

Fields = dict[str, Sequence[Item]]


@dataclass(frozen=True, slots=True)
class Writing:
    """The way from what a client writes to what is stored.

    Attributes:
        shapes: The fields that can be written.
        forms: The forms in which everything is stored.
    """

    shapes: Mapping[str, FieldShape]
    forms: Sequence[Form]


def new_content(writing: Writing, account: Account, source_id: str, person: Mapping[str, Any]) -> Content:
    """Return the content of a contact to be created.

    Raises:
        GoogleError: 400; 500 for an organization's dates.
    """
    fields = _written(writing, account, source_id, person, person)
    fields["memberships"] = new_memberships(account, person.get("memberships") or [], source_id)
    return _within_limits({name: items for name, items in fields.items() if items})


def changed_content(
    writing: Writing, account: Account, contact: Contact, person: Mapping[str, Any], paths: Collection[str]
) -> Content:
    """Return the content of a contact after an update: those in the mask replaced, or cleared when absent.

    Raises:
        GoogleError: 400; 500 for an organization's dates.
    """
    written = _written(writing, account, contact.source_id, person, paths)
    if "memberships" in paths:
        items = person.get("memberships") or []
        written["memberships"] = changed_memberships(account, items, contact.groups(), contact.source_id)
    merged = {**contact.fields, **written}
    return _within_limits({name: items for name, items in merged.items() if items})


def reworded_content(writing: Writing, account: Account, contact: Contact) -> Content:
    """Return what a contact holds, written anew.

    Raises:
        GoogleError: 400, when it is more than a contact may hold then.
    """
    written = _written(writing, account, contact.source_id, contact.fields, contact.fields)
    return _within_limits({name: items for name, items in {**contact.fields, **written}.items() if items})


def check_etag(contact: Contact, person: Mapping[str, Any], when_missing: str) -> None:
    """See that an update knows the contact as it is.

    The reference asks for `metadata.sources`; a person's own etag is accepted in its place, as Google's
    message for the missing one says.

    Args:
        contact: The contact as it is.
        person: The update.
        when_missing: The google.rpc.Code for an update without any etag.

    Raises:
        GoogleError: 400 FAILED_PRECONDITION, when an etag is stale; `when_missing`, when there is none.
    """
    sources = (person.get("metadata") or {}).get("sources") or []
    own = [source for source in sources if source.get("type") == "CONTACT"]
    if sources and not own:
        raise invalid("Request person.metadata.sources has no contact source.")
    etags = [source["etag"] for source in own if source.get("etag")]
    if person.get("etag"):
        etags.append(source_etag_within(person["etag"]))
    if not etags:
        text = "Request must set person.etag or person.metadata.sources.etag for "
        raise GoogleError(when_missing, text + _WHICH_SOURCE[when_missing])
    if any(etag != contact.etag for etag in etags):
        raise GoogleError("FAILED_PRECONDITION", STALE_ETAG)


def _written(
    writing: Writing, account: Account, source_id: str, person: Mapping[str, Any], paths: Collection[str]
) -> Fields:
    if "organizations" in paths:
        _fail_at_dates(person.get("organizations") or [])
    written: Fields = {}
    for name in paths:
        if name in writing.shapes:
            shape = writing.shapes[name]
            cleaned = worded(name, shape.clean(person.get(name) or []), writing.forms, account.region)
            written[name] = shape.dress(cleaned, source_id, account.region)
    return written


def _fail_at_dates(organizations: Sequence[Item]) -> None:
    """Fail as Google does when dates are written (aaronsb/google-workspace-mcp, ADR-307)."""
    if any(organization.get(date) for organization in organizations for date in _DATES):
        raise GoogleError("INTERNAL", "Internal error encountered.")


def _within_limits(fields: Fields) -> Content:
    if sum(map(len, fields.values())) > FIELDS_AT_MOST:
        raise invalid(f"A contact must not have more than {FIELDS_AT_MOST} fields.")
    content = Content.of(fields)
    if content.size > CHARACTERS_AT_MOST:
        raise invalid("A contact must not be larger than 128 KB.")
    return content
