"""Form: the members of a customer that SIMPLer's pages show and let people edit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.standins.web.pages import readable

STATUSES = ("current", "waiting for install", "waiting for provision", "post")


@dataclass(frozen=True, slots=True)
class Field:
    """One member of a customer's record.

    Attributes:
        name: In the record.
        label: For people.
        kind: Of the HTML input.
        wide: Whether it takes a whole line.
    """

    name: str
    label: str
    kind: str = "text"
    wide: bool = False


FIELDS = (
    Field("name", "Name", wide=True),
    Field("contact_first", "First name"),
    Field("contact_last", "Last name"),
    Field("nickname", "Nickname"),
    Field("status", "Status", "status"),
    Field("mobile", "Mobile", "tel"),
    Field("phone", "Phone", "tel"),
    Field("email", "E-mail", wide=True),
    Field("address1", "Address"),
    Field("address2", "Address, second line"),
    Field("city", "Town"),
    Field("county", "County"),
    Field("postcode", "Postcode"),
    Field("country", "Country"),
    Field("product", "Product"),
    Field("site", "Site"),
)


def shown(record: Any) -> dict[str, str]:
    """Return a record's members as text, whatever it may be."""
    members = record if isinstance(record, dict) else {}
    return {field.name: readable(members.get(field.name)) for field in FIELDS}


def changes(record: Any, form: Mapping[str, str]) -> dict[str, str]:
    """Return what somebody changed in the form; members left as shown keep their stored form."""
    before = shown(record)
    given = {field.name: form.get(field.name, before[field.name]).strip() for field in FIELDS}
    return {name: text for name, text in given.items() if text != before[name]}


def matches(record: Any, query: str) -> bool:
    """Return whether the record's id or members hold every word of a search."""
    members = record if isinstance(record, dict) else {"": record}
    everything = " ".join(readable(value) for value in members.values()).casefold()
    return all(word in everything for word in query.casefold().split())
