"""Form: a contact as a form shows it, and the People API's fields that somebody changed there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from werkzeug.datastructures import MultiDict

Items = list[dict[str, Any]]

PHONE_TYPES = ("mobile", "home", "work", "main", "homeFax", "workFax", "other")
EMAIL_TYPES = ("home", "work", "other")

_NAME = ("honorificPrefix", "givenName", "middleName", "familyName", "honorificSuffix")


@dataclass(frozen=True, slots=True)
class Form:
    """The content of the form.

    Attributes:
        given: The given name.
        family: The family name.
        company: The first organisation's name.
        phones: (number, type) each.
        emails: (address, type) each.
        note: The note.
    """

    given: str = ""
    family: str = ""
    company: str = ""
    phones: tuple[tuple[str, str], ...] = ()
    emails: tuple[tuple[str, str], ...] = ()
    note: str = ""

    @classmethod
    def of(cls, fields: Mapping[str, Sequence[Mapping[str, Any]]]) -> "Form":
        """Return the form of a contact."""
        name, company, note = (_first(fields, field) for field in ("names", "organizations", "biographies"))
        return cls(
            name.get("givenName", ""),
            name.get("familyName", ""),
            company.get("name", ""),
            _pairs(fields.get("phoneNumbers", ())),
            _pairs(fields.get("emailAddresses", ())),
            note.get("value", ""),
        )

    @classmethod
    def sent(cls, form: MultiDict[str, str]) -> "Form":
        """Return the form that a browser sent, without rows that have no value."""
        return cls(
            form.get("given", "").strip(),
            form.get("family", "").strip(),
            form.get("company", "").strip(),
            _rows(form, "phone"),
            _rows(form, "email"),
            form.get("note", "").replace("\r\n", "\n").strip(),
        )

    def fields(self) -> dict[str, Items]:
        """Return the form as the API's fields."""
        return {
            "names": [{"givenName": self.given, "familyName": self.family}],
            "organizations": [{"name": self.company}] if self.company else [],
            "phoneNumbers": _items(self.phones),
            "emailAddresses": _items(self.emails),
            "biographies": [{"value": self.note, "contentType": "TEXT_PLAIN"}] if self.note else [],
        }

    def changed(self, fields: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Items]:
        """Return what differs from a contact; what the form does not show of its name and company stays."""
        before = Form.of(fields).fields()
        changed = {name: items for name, items in self.fields().items() if items != before[name]}
        if "names" in changed:
            old = {part: text for part, text in _first(fields, "names").items() if part in _NAME}
            changed["names"] = [{**old, **changed["names"][0]}]
        if self.company and "organizations" in changed:
            old = {k: v for k, v in _first(fields, "organizations").items() if k in ("title", "type")}
            changed["organizations"] = [{**old, "name": self.company}]
        return changed


def _first(fields: Mapping[str, Sequence[Mapping[str, Any]]], field: str) -> Mapping[str, Any]:
    return next(iter(fields.get(field, ())), {})


def _pairs(items: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    return tuple((item.get("value", ""), item.get("type", "")) for item in items)


def _rows(form: MultiDict[str, str], kind: str) -> tuple[tuple[str, str], ...]:
    values, types = form.getlist(kind), form.getlist(f"{kind}_type")
    rows = zip_longest(map(str.strip, values), map(str.strip, types), fillvalue="")
    return tuple((value, of_type) for value, of_type in rows if value)


def _items(pairs: Sequence[tuple[str, str]]) -> Items:
    return [{"value": value, **({"type": of_type} if of_type else {})} for value, of_type in pairs]
