"""Owner: the user of one Google account, at work in Google Contacts while the service is."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from random import Random
from typing import Any

import requests

from infra.local.chaos.diary import Contact, Diary
from infra.local.chaos.verdict import LABEL, Finding, foreign, is_marked
from infra.local.google.user import User
from shared.domain.person import OWNED

STAR = "contactGroups/starred"
_NEIGHBOURS = "Neighbours"
_FIELDS = ("phoneNumbers", "emailAddresses", "urls", "userDefined")


class Owner:
    """An account's user.

    Attributes:
        email: The account's address.
        diary: What was done.
        done: The last deed.
    """

    def __init__(self, google: str, email: str, random: Random) -> None:
        self.email = email
        self.diary = Diary()
        self._google = google
        self._random = random
        self._count = 0
        self._user: User
        self._contacts: Mapping[str, Contact] = {}
        self._groups: Mapping[str, Any] = {}
        self._deeds: Mapping[str, Callable[[], bool]] = {
            "adds a contact": self._add,
            "edits a contact": self._edit_own,
            "deletes a contact": self._delete_own,
            "labels a contact": self._label_own,
            "adds to ours": self._add_to_ours,
            "changes ours": self._change_ours,
            "renames ours": self._rename_ours,
            "takes from ours": self._take_from_ours,
            "notes on ours": self._note,
            "stars ours": self._star,
            "labels ours": self._put_among_neighbours,
            "unlabels ours": self._unlabel,
            "deletes ours": self._delete_ours,
            "merges ours": self._merge_ours,
            "merges ours and own": self._merge_both,
            "links ours": self._link,
            "renames the label": self._rename_label,
            "deletes the label": self._delete_label,
        }

    def snapshot(self) -> dict[str, Any]:
        """Everything that the account holds."""
        return User(self._google, self.email, "").everything()

    def act(self, deed: str = "") -> tuple[str, list[Finding]]:
        """Do something; gives what was done, empty when there was nothing to do it to, and what was amiss."""
        found = self._look()
        deed = deed or self._random.choice(list(self._deeds))
        done = self._deeds[deed]()
        self._note_own()
        return deed if done else "", found

    def _look(self) -> list[Finding]:
        """See what there is, and that nobody has touched what is one's own."""
        snapshot = self.snapshot()
        self._contacts, self._groups = snapshot["contacts"], snapshot["groups"]
        self._user = User.of(self._google, self.email)
        return list(foreign(snapshot, self.diary))

    def _note_own(self) -> None:
        contacts = self.snapshot()["contacts"]
        self.diary.own = {name: contact for name, contact in contacts.items() if not is_marked(contact)}

    def _own(self) -> str:
        names = sorted(name for name, contact in self._contacts.items() if not is_marked(contact))
        return self._random.choice(names) if names else ""

    def _ours(self) -> str:
        names = sorted(name for name, contact in self._contacts.items() if is_marked(contact))
        return self._random.choice(names) if names else ""

    def _label(self) -> str:
        groups = (name for name, group in self._groups.items() if self._has_mark(group))
        return next(groups, "")

    @staticmethod
    def _has_mark(group: Mapping[str, Any]) -> bool:
        return any(item["key"] == LABEL for item in group.get("clientData", ()))

    def _number(self) -> int:
        self._count += 1
        return self._count

    def _item(self, field: str) -> dict[str, str]:
        """Something that nobody else would write."""
        number = self._number()
        match field:
            case "phoneNumbers":
                return {"value": f"+353 85 55{number:05}", "type": "mobile"}
            case "emailAddresses":
                return {"value": f"own{number}@example.net"}
            case "urls":
                return {"value": f"https://example.net/{number}", "type": "profile"}
        return {"key": f"Own row {number}", "value": f"kept {number}"}

    def _add(self) -> bool:
        number = self._number()
        names = [{"givenName": "Friend", "familyName": str(number)}]
        with suppress(requests.HTTPError):  # the account is full
            self._user.add(names=names, phoneNumbers=[self._item("phoneNumbers")])
        return True

    def _edit_own(self) -> bool:
        name = self._own()
        if name:
            self._user.edit(name, biographies=[{"value": f"edited {self._number()}"}])
        return bool(name)

    def _delete_own(self) -> bool:
        name = self._own()
        if name:
            self._user.delete(name)
        return bool(name)

    def _label_own(self) -> bool:
        name, label = self._own(), self._label()
        if name and label:
            self._put(name, label)
        return bool(name and label)

    def _put(self, name: str, group: str) -> None:
        self._user.call("POST", f"{group}/members:modify", {"resourceNamesToAdd": [name]})

    def _items(self, name: str, field: str) -> list[dict[str, Any]]:
        items = self._contacts[name].get(field, ())
        return [{member: value for member, value in item.items() if member != "metadata"} for item in items]

    def _add_to_ours(self) -> bool:
        name, field = self._ours(), self._random.choice(_FIELDS)
        if name:
            item = self._item(field)
            self._user.edit(name, **{field: [*self._items(name, field), item]})
            self.diary.additions.setdefault(name, []).append((field, item))
        return bool(name)

    def _change_ours(self) -> bool:
        """One of our numbers becomes another: ours comes back, and the user's is an addition."""
        name = self._ours()
        numbers = self._items(name, "phoneNumbers") if name else []
        kept = [item for where, item in self.diary.additions.get(name, ()) if where == "phoneNumbers"]
        if not numbers or any(item.items() <= numbers[0].items() for item in kept):
            return False
        item = self._item("phoneNumbers")
        self._user.edit(name, phoneNumbers=[item, *numbers[1:]])
        self.diary.additions.setdefault(name, []).append(("phoneNumbers", item))
        return True

    def _rename_ours(self) -> bool:
        name = self._ours()
        if name:
            self._user.edit(name, names=[{"givenName": f"Renamed {self._number()}"}])
            self.diary.edited.add(name)
        return bool(name)

    def _take_from_ours(self) -> bool:
        """A field is emptied; what was ours in it comes back, what was the user's own does not."""
        name, field = self._ours(), self._random.choice(("emailAddresses", "addresses", "userDefined"))
        if not name or not self._items(name, field):
            return False
        self._user.edit(name, **{field: []})
        self.diary.edited.add(name)
        left = [each for each in self.diary.additions.pop(name, ()) if each[0] != field]
        if left:
            self.diary.additions[name] = left
        return True

    def _note(self) -> bool:
        name = self._ours()
        if name:
            note = f"gate code {self._number()}"
            self._user.edit(name, biographies=[{"value": note}])
            self.diary.notes[name] = note
        return bool(name)

    def _star(self) -> bool:
        return self._join(self._ours(), STAR)

    def _put_among_neighbours(self) -> bool:
        group = next((name for name, group in self._groups.items() if group["name"] == _NEIGHBOURS), "")
        if not group:
            made = self._user.call("POST", "contactGroups", {"contactGroup": {"name": _NEIGHBOURS}})
            group = made["resourceName"]
        return self._join(self._ours(), group)

    def _join(self, name: str, group: str) -> bool:
        if name:
            self._put(name, group)
            self.diary.groups.setdefault(name, set()).add(group)
        return bool(name)

    def _unlabel(self) -> bool:
        name, label = self._ours(), self._label()
        if name and label:
            self._user.unlabel(name, label)
        return bool(name and label)

    def _delete_ours(self) -> bool:
        name = self._ours()
        if name:
            self._user.delete(name)
            self.diary.forget(name)
        return bool(name)

    def _merge_ours(self) -> bool:
        first, second = self._ours(), self._ours()
        return first != second and self._merge(first, second)

    def _merge_both(self) -> bool:
        first, second = self._random.sample([self._ours(), self._own()], 2)
        if not first or not second:
            return False
        own = second if is_marked(self._contacts[first]) else first
        items = [(field, item) for field in OWNED if field != "names" for item in self._items(own, field)]
        if items:
            self.diary.additions[own] = [(field, _written(item)) for field, item in items]
        notes = [item["value"] for item in self._items(own, "biographies")]
        if notes:
            self.diary.notes[own] = notes[0]
        return self._merge(first, second)

    def _merge(self, *names: str) -> bool:
        merged = self._user.merge(*names, new_name=self._random.random() < 0.5)  # noqa: PLR2004  as often as not
        self.diary.merge(list(names), merged)
        return True

    def _link(self) -> bool:
        name = self._ours()
        if name:
            self.diary.merge([name], self._user.link(name))
        return bool(name)

    def _rename_label(self) -> bool:
        label = self._label()
        if label:
            etag = self._user.call("GET", label, groupFields="metadata,name")["etag"]
            body = {"contactGroup": {"etag": etag, "name": f"Customers {self._number()}"}}
            self._user.call("PUT", label, body)
        return bool(label)

    def _delete_label(self) -> bool:
        label = self._label()
        if label:
            self._user.call("DELETE", label)
        return bool(label)


def _written(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item without what Google computes."""
    return {member: value for member, value in item.items() if member in ("value", "type", "key")}
