"""Owner: the user of one Google account, at work in Google Contacts while the service is."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from random import Random
from typing import Any

import requests

from infra.lab.chaos.diary import Contact, Diary
from infra.lab.chaos.sameness import same
from infra.lab.chaos.verdict import LABEL, Finding, count_of, foreign, is_marked
from infra.standins.google.rewording import PHONE
from infra.standins.google.user import User
from infra.standins.google.wording import FORMS
from shared.domain.sync.person import MY_CONTACTS, OWNED

WISP = "acme"
"""The id of every schedule's wisp."""

STAR = "contactGroups/starred"
_UNDONE = (600.0, 3600.0, 86_400.0, 7 * 86_400.0)
"""Seconds whose changes Google Contacts offers to undo."""

_OFTEN = ("copies ours", "deletes ours", "restores ours", "restores ours", "a phone saves ours")
"""What is needed more often for one to lead to the other."""

_NEIGHBOURS = "Neighbours"
_FIELDS = ("phoneNumbers", "emailAddresses", "urls", "userDefined")


class Owner:
    """An account's user.

    Attributes:
        email: The account's address.
        diary: What was done.
        brought: Customers with more contacts by the owner's hand, and since when, in seconds.
    """

    def __init__(self, google: str, email: str, random: Random, now: Callable[[], float]) -> None:
        self.email = email
        self.diary = Diary()
        self.brought: dict[str, float] = {}
        self._now = now
        self._past: list[tuple[float, Diary]] = []
        self._random = random
        self._count = 0
        self._user = User(google, email, "")
        self._contacts: Mapping[str, Contact] = {}
        self._groups: Mapping[str, Any] = {}
        self._trash: Mapping[str, Contact] = {}
        self._deeds: Mapping[str, Callable[[], bool]] = {
            "adds a contact": self._add,
            "edits a contact": self._edit_own,
            "deletes a contact": self._delete_own,
            "labels a contact": self._label_own,
            "adds to ours": self._add_to_ours,
            "changes ours": self._change_ours,
            "renames ours": self._rename_ours,
            "takes from ours": self._take_from_ours,
            "notes on ours": self._note_on_ours,
            "stars ours": self._star,
            "labels ours": self._put_among_neighbours,
            "unlabels ours": self._unlabel,
            "deletes ours": self._delete_ours,
            "merges ours": self._merge_ours,
            "merges ours and own": self._merge_both,
            "links ours": self._link,
            "renames the label": self._rename_label,
            "deletes the label": self._delete_label,
            "copies ours": self._copy_ours,
            "restores ours": self._restore_ours,
            "restores a contact": self._restore_own,
            "takes ours off My Contacts": self._take_off,
            "a phone saves ours": self._reword_ours,
            "a phone saves a contact": self._reword_own,
            "undoes changes": self._undo,
        }

    def snapshot(self) -> dict[str, Any]:
        """Return everything that the account holds."""
        return self._user.everything()

    def act(self, deed: str = "") -> tuple[str, list[Finding]]:
        """Do something; return what was done, empty for nothing, and what was amiss."""
        found = self._look()
        deed = deed or self._random.choice((*self._deeds, *_OFTEN))
        done = self._deeds[deed]()
        self._note()
        return deed if done else "", found

    def _look(self) -> list[Finding]:
        """Look at everything, and return what was done to contacts of the owner's own."""
        snapshot = self.snapshot()
        self._contacts, self._groups = snapshot["contacts"], snapshot["groups"]
        self._trash = snapshot["trash"]
        self._user = self._user.signed_in()
        return list(foreign(snapshot, self.diary))

    def _note(self) -> None:
        """Write down how things are now."""
        contacts, now = self.snapshot()["contacts"], self._now()
        self.diary.own = {name: contact for name, contact in contacts.items() if not is_marked(contact)}
        more = count_of(contacts, WISP) - count_of(self._contacts, WISP)
        self.brought |= dict.fromkeys(more, now)
        self._past.append((now, self.diary.at_this_moment()))

    def _own(self) -> str:
        return self._one(self._contacts, ours=False)

    def _ours(self) -> str:
        return self._one(self._contacts, ours=True)

    def _one(self, contacts: Mapping[str, Contact], *, ours: bool) -> str:
        names = sorted(name for name, contact in contacts.items() if is_marked(contact) == ours)
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
        """Return an item that nobody else would write."""
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
            self._user.put(name, label)
        return bool(name and label)

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
        """Change one of our numbers: ours comes back, and the owner's becomes an addition."""
        name = self._ours()
        numbers = self._items(name, "phoneNumbers") if name else []
        kept = [item for where, item in self.diary.additions.get(name, ()) if where == "phoneNumbers"]
        if not numbers or any(same("phoneNumbers", item, numbers[0]) for item in kept):
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
        """Empty a field: what was ours comes back, and the owner's own does not."""
        name, field = self._ours(), self._random.choice(("emailAddresses", "addresses", "userDefined"))
        if not name or not self._items(name, field):
            return False
        self._user.edit(name, **{field: []})
        self.diary.edited.add(name)
        left = [each for each in self.diary.additions.pop(name, ()) if each[0] != field]
        if left:
            self.diary.additions[name] = left
        return True

    def _note_on_ours(self) -> bool:
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
            self._user.put(name, group)
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
            self.diary.note_trashed(name)
        return bool(name)

    def _merge_ours(self) -> bool:
        first, second = self._ours(), self._ours()
        return first != second and self._merge(first, second)

    def _merge_both(self) -> bool:
        first, second = self._random.sample([self._ours(), self._own()], 2)
        if not first or not second:
            return False
        own, ours = (second, first) if is_marked(self._contacts[first]) else (first, second)
        items = [
            (field, item)
            for field in OWNED
            if field != "names"
            for item in self._items(own, field)
            # Of two items that say the same, as in a copy of ours, Google keeps one: it stays ours.
            if item not in self._items(ours, field)
        ]
        if items:
            self.diary.additions[own] = [(field, _written(item)) for field, item in items]
        notes = [item["value"] for item in self._items(own, "biographies")]
        if notes:
            self.diary.notes[own] = notes[0]
        return self._merge(first, second)

    def _merge(self, *names: str) -> bool:
        merged = self._user.merge(*names, new_name=self._maybe())
        self.diary.merge(list(names), merged)
        return True

    def _link(self) -> bool:
        name = self._ours()
        if name:
            self.diary.merge([name], self._user.link(name))
        return bool(name)

    def _copy_ours(self) -> bool:
        """Copy a contact, as a phone or an import does; without our mark the copy is the owner's own."""
        name, marked, labels = self._ours(), self._maybe(), self._maybe()
        if not name:
            return False
        with suppress(requests.HTTPError):  # the account is full
            copy = self._user.copy(name, client_data=marked, labels=labels)
            if marked:
                self.diary.copy(name, copy, labels=labels)
        return True

    def _restore_ours(self) -> bool:
        name = self._one(self._trash, ours=True)
        if name:
            self._user.restore(name)
            self.diary.note_restored(name)
        return bool(name)

    def _restore_own(self) -> bool:
        name = self._one(self._trash, ours=False)
        if name:
            self._user.restore(name)
        return bool(name)

    def _take_off(self) -> bool:
        name = self._ours()
        if name:
            self._user.unlabel(name, MY_CONTACTS)
        return bool(name)

    def _reword_ours(self) -> bool:
        return self._reword([name for name, contact in sorted(self._contacts.items()) if is_marked(contact)])

    def _reword_own(self) -> bool:
        return self._reword([self._own()])

    def _reword(self, names: list[str]) -> bool:
        """Save one of these contacts, or all of them, in other words, as a phone does."""
        chosen = names if self._maybe() else self._random.sample(names, min(1, len(names)))
        forms = PHONE if self._maybe() else self._random.sample(FORMS, 3)
        if any(chosen):
            self._user.reword(*chosen, forms=forms)
            self.diary.reworded.update(name for name in chosen if is_marked(self._contacts[name]))
        return any(chosen)

    def _undo(self) -> bool:
        """Set the account back, and with it what its owner has done."""
        seconds, labels = self._random.choice(_UNDONE), self._maybe()
        self._user.undo(seconds, labels=labels)
        past = [diary for at, diary in self._past if at <= self._now() - seconds]
        now, self.diary = self.diary, past[-1].at_this_moment() if past else Diary()
        self.diary.labels_back = now.labels_back or labels
        gone = self._contacts.keys() - self.snapshot()["contacts"].keys()
        self.diary.trashed |= {name: now.kept(name) for name in gone}
        return True

    def _maybe(self) -> bool:
        return self._random.choice((True, False))

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
    """Return an item without what Google computes."""
    return {member: value for member, value in item.items() if member in ("value", "type", "key")}
