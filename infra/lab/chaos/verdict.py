"""Verdict: whether an account is what it must be, by the stand-in's own truth. It knows nothing of our state.

Every wanted customer exactly once, marked and labelled, with what SIMPLer says and what the user added;
nobody else's contact touched in a single byte. What the rules allow is no finding: a surplus contact that its
user has made their own stays, a copy without our mark is theirs, what is in the trash is nobody's, and a
customer who was no contact for a while loses what was added to the contact.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote

from infra.lab.chaos.diary import Contact, Diary
from infra.lab.chaos.sameness import same, unclaimed
from shared.domain.model.scope import EVERYBODY, Scope
from shared.domain.model.wisp import Wisp
from shared.domain.sync.google_fields import fields_of
from shared.domain.sync.person import OWNED, Fields
from shared.errors import StopRun
from shared.ports import CustomerSource
from shared.usecases.sync.desired import read_desired

MARK, LABEL = "azotel-simpler", "azotel-simpler-label"
"""Keys in ``clientData``: of a contact of ours, and of our label."""

Snapshot = Mapping[str, Any]
"""Everything that an account holds, as the stand-in tells it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be.

    Attributes:
        kind: What sort of harm: "lost", "doubled", "foreign" …
        sentence: What was found, and where.
    """

    kind: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Expected:
    """The contacts that SIMPLer wants in every account.

    Attributes:
        wisp: The wisp's id.
        fields: What the contact of each customer must hold.
        stay: Customers whose contact stays as it is, whatever it is; None: that of every other customer.
    """

    wisp: str
    fields: Mapping[str, Fields]
    stay: frozenset[str] | None


def expected_of(source: CustomerSource, wisp: Wisp, scope: Scope = EVERYBODY) -> Expected:
    """Return what accounts of a scope must hold now; an empty list wants nothing and removes nothing."""
    try:
        desired = read_desired(source, wisp, datetime.now(UTC)).desired.within(scope)
    except StopRun:
        return Expected(wisp.id, {}, None)
    fields = {customer: fields_of(desired.card(customer)) for customer in desired.records}
    stay_all = bool(desired.doubts) or wisp.leavers == "keep"
    return Expected(wisp.id, fields, None if stay_all else frozenset(desired.held))


def customers_of(contact: Contact, wisp: str) -> list[str]:
    """Return the customers whose mark a contact carries."""
    start = f"v1|{quote(wisp, safe='')}|"
    values = [str(item["value"]) for item in contact.get("clientData", ()) if item.get("key") == MARK]
    return [unquote(value.split("|")[2]) for value in values if value.startswith(start)]


def count_of(contacts: Mapping[str, Contact], wisp: str) -> Counter[str]:
    """Return how many contacts each customer has, those left out that carry the marks of several."""
    marked = [customers_of(contact, wisp) for contact in contacts.values()]
    return Counter(customers[0] for customers in marked if len(customers) == 1)


def is_marked(contact: Contact) -> bool:
    """Return whether a contact carries the mark of any wisp."""
    return any(item.get("key") == MARK for item in contact.get("clientData", ()))


def foreign(snapshot: Snapshot, diary: Diary) -> Iterator[Finding]:
    """Find what happened to contacts that are none of ours."""
    now = {name: contact for name, contact in snapshot["contacts"].items() if not is_marked(contact)}
    for name in sorted(now.keys() | diary.own.keys()):
        before, after = diary.own.get(name), now.get(name)
        if before != after:
            what = "appeared" if before is None else "is gone" if after is None else "was changed"
            yield Finding("foreign", f"{snapshot['email']}: {name}, the owner's own, {what}")


def judge(
    expected: Expected, snapshot: Snapshot, diary: Diary, strayed: frozenset[str] = frozenset()
) -> list[Finding]:
    """Return everything that is wrong with an account.

    Args:
        expected: What SIMPLer wants.
        snapshot: What the account holds.
        diary: What its owner did.
        strayed: Customers who were no contacts at some time.
    """
    ours = _Ours(expected, snapshot, diary, strayed)
    return [*foreign(snapshot, diary), *ours.labels(), *ours.persons(), *ours.additions()]


class _Ours:
    """The contacts of ours in one account."""

    def __init__(self, expected: Expected, snapshot: Snapshot, diary: Diary, strayed: frozenset[str]) -> None:
        self._expected = expected
        self._diary = diary
        self._strayed = strayed
        self._where = snapshot["email"]
        self._contacts: Mapping[str, Contact] = snapshot["contacts"]
        self._trash: Mapping[str, Contact] = snapshot["trash"]
        self._own_labels = [group for group in snapshot["groups"].values() if self._is_label(group)]
        members = {name for group in self._own_labels for name in group["members"]}
        mark = {"key": LABEL, "value": f"v1|{quote(expected.wisp, safe='')}|former"}
        retired = [
            name
            for group in snapshot["groups"].values()
            if mark in group.get("clientData", ())
            for name in group["members"]
            if not diary.touched(name)
        ]
        self._former = {c for name in retired for c in customers_of(self._contacts[name], expected.wisp)[:1]}
        self._labelled: dict[str, list[str]] = {}
        for name in sorted(members):
            for customer in customers_of(self._contacts[name], expected.wisp)[:1]:
                self._labelled.setdefault(customer, []).append(name)

    def _is_label(self, group: Mapping[str, Any]) -> bool:
        mark = {"key": LABEL, "value": f"v1|{quote(self._expected.wisp, safe='')}"}
        return mark in group.get("clientData", ())

    def _found(self, kind: str, sentence: str) -> Finding:
        return Finding(kind, f"{self._where}: {sentence}")

    def labels(self) -> Iterator[Finding]:
        """Find that there is not one label; only an owner may have made more."""
        count = len(self._own_labels)
        may_be_more = self._diary.labels_back and count > 1
        if count != 1 and self._expected.fields and not may_be_more:
            yield self._found("label", f"there are {count} labels of ours")

    def persons(self) -> Iterator[Finding]:
        """Find customers who do not have exactly one contact, as wanted, and contacts of others."""
        for customer, fields in self._expected.fields.items():
            names = self._labelled.get(customer, [])
            if not names:
                yield self._found("lost", f"customer {customer} has no contact")
            if sum(not self._diary.touched(name) for name in names) > 1:
                yield self._found("doubled", f"customer {customer} has {len(names)} contacts")
            for name in names[: len(names) == 1]:
                yield from self._content(customer, name, fields)
        for customer in sorted(self._expected.fields.keys() & self._former):
            yield self._found("former", f"customer {customer} is a contact, and among the former ones")
        stay = self._expected.stay
        for customer in sorted(self._labelled.keys() - self._expected.fields.keys() - (stay or frozenset())):
            if stay is not None:
                yield self._found("stayed", f"customer {customer} is no contact and still has one")

    def _content(self, customer: str, name: str, fields: Fields) -> Iterator[Finding]:
        contact = self._contacts[name]
        if customers_of(contact, self._expected.wisp) != [customer]:
            yield self._found("content", f"{name} carries other marks than that of customer {customer}")
        for field in OWNED:
            theirs, ours = contact.get(field, ()), fields.get(field, ())
            added = [item for where, item in self._diary.additions.get(name, ()) if where == field]
            if missing := [item for item in ours if not _holds(field, theirs, item)]:
                yield self._found("content", f"customer {customer} lacks {field} {missing}")
            if surplus := self._surplus(name, field, theirs, (*ours, *added)):
                yield self._found("content", f"customer {customer} has {field} {list(map(_bare, surplus))}")

    def _surplus(
        self, name: str, field: str, theirs: Sequence[Contact], known: Sequence[Contact]
    ) -> list[Contact]:
        """Return what there is beyond what is known; what an owner made of two contacts may hold it twice."""
        surplus = unclaimed(field, theirs, known)
        if name not in self._diary.edited:
            return list(surplus)
        return [item for item in surplus if not any(same(field, one, item) for one in known)]

    def additions(self) -> Iterator[Finding]:
        """Find what the owner added to contacts of ours and is lost."""
        for name in sorted({*self._diary.additions, *self._diary.groups, *self._diary.notes}):
            contact = self._contacts.get(name)
            if contact is None:
                yield from self._vanished(name)
                continue
            for field, item in self._diary.additions.get(name, ()):
                if not _holds(field, contact.get(field, ()), item):
                    yield self._found("addition", f"{name} has lost its owner's {field} {dict(item)}")
            if lost := self._diary.groups.get(name, set()) - _groups(contact):
                yield self._found("addition", f"{name} has lost its owner's labels {sorted(lost)}")
            note = self._diary.notes.get(name)
            if note and not _holds("biographies", contact.get("biographies", ()), {"value": note}):
                yield self._found("addition", f"{name} has lost its owner's note")

    def _vanished(self, name: str) -> Iterator[Finding]:
        trashed = customers_of(self._trash.get(name, {}), self._expected.wisp)
        if not trashed or not self._strayed.intersection(trashed):
            yield self._found("addition", f"{name} of {trashed}, with its owner's additions, is gone")


def _holds(field: str, items: Sequence[Contact], desired: Contact) -> bool:
    return any(same(field, desired, item) for item in items)


def _bare(item: Contact) -> Contact:
    return {member: value for member, value in item.items() if member != "metadata"}


def _groups(contact: Contact) -> set[str]:
    members = contact.get("memberships", ())
    return {item["contactGroupMembership"]["contactGroupResourceName"] for item in members}
