"""Merge: our fields into a person without losing what its user added.

In every field the result is *ours + (theirs - what we wrote last)*, members of an item included.
Fingerprints in the contact itself tell which items of theirs we wrote (`shared.domain.sync.claims`). Google
and phones rewrite what they store, but not what is fingerprinted (`shared.domain.sync.item_identity`).
"""

from collections.abc import Mapping

import msgspec

from shared.domain.sync import former_fingerprint
from shared.domain.sync.claims import holding
from shared.domain.sync.field_merge import Joined, is_equal, joined
from shared.domain.sync.item_identity import fingerprints, is_alike, written
from shared.domain.sync.ledger import Content
from shared.domain.sync.mark import ClientData, Mark, is_shared, marked, marks
from shared.domain.sync.person import OWNED, Fields, Person


class Merge(msgspec.Struct, frozen=True):
    """A contact as it is to be.

    Attributes:
        fields: The fields to send: ours, then the user's own additions.
        client_data: What is sent with them: the mark as it is on the person, other programs' entries kept.
        additions: What the user added to a contact of ours, by field; fields without additions are left out.
        differences: The fields in which the person is not that; empty when a write would change nothing that
            anybody means. Where there is one, those are named as well that are the same in another form: they
            are sent, too.
    """

    fields: Fields
    client_data: ClientData
    additions: Fields
    differences: tuple[str, ...]


def merge(ours: Fields, person: Person, mark: Mark, *, card_changed: bool = True) -> Merge:
    """Merge our fields into a person's.

    Args:
        ours: What SIMPLer has of the customer.
        person: The contact, as it was read.
        mark: Whose it is; a mark of the same customer that it carries is kept as it is.
        card_changed: What we send may differ from what we sent last. Present fingerprints show that by
            themselves; former ones do not show a change of mere form.
    """
    told = written(person.client_data, mark.wisp)
    found = {name: joined(name, ours.get(name, ()), person.fields.get(name, ()), told) for name in OWNED}
    client_data = _client_data(found, person, mark)
    differences = _differences(found, person, client_data)
    if not told.prints and told.former == former_fingerprint.former_prints(ours):
        differences = _since_former(found, person, mark, told.former, card_changed=card_changed)
    return Merge(
        {name: field.items for name, field in found.items()},
        client_data,
        {name: field.added for name, field in found.items() if field.added},
        differences,
    )


def _client_data(found: Mapping[str, Joined], person: Person, mark: Mark) -> ClientData:
    prints = {print_ for field in found.values() for print_ in field.prints}
    return marked(_kept_mark(person.client_data, mark), prints, person.client_data)


def _kept_mark(data: ClientData, mark: Mark) -> Mark:
    return next((own for own in marks(data, mark.wisp) if own.customer == mark.customer), mark)


def _differences(found: Mapping[str, Joined], person: Person, client_data: ClientData) -> tuple[str, ...]:
    is_marked = sorted(client_data) == sorted(person.client_data)
    if is_marked and all(field.is_same for field in found.values()):
        return ()
    return (*_to_the_letter(found, person), *(() if is_marked else ("clientData",)))


def _to_the_letter(found: Mapping[str, Joined], person: Person) -> tuple[str, ...]:
    return tuple(
        name for name, field in found.items() if not is_equal(field.items, person.fields.get(name, ()))
    )


def _since_former(
    found: Mapping[str, Joined],
    person: Person,
    mark: Mark,
    prints: frozenset[str],
    *,
    card_changed: bool,
) -> tuple[str, ...]:
    """Return the differences, but write nothing only because the fingerprints are of the former kind."""
    kept = _kept_mark(person.client_data, mark)
    is_marked = sorted(marked(kept, prints, person.client_data, "v1")) == sorted(person.client_data)
    letters = _to_the_letter(found, person)
    is_same = not letters if card_changed else all(field.is_same for field in found.values())
    return () if is_same and is_marked else (*letters, "clientData")


def content_of(ours: Fields, fields: Fields, client_data: ClientData, mark: Mark) -> Content:
    """Return whether a contact with these fields holds exactly what we write, or more."""
    if is_shared(client_data, mark.wisp):
        return "shared"
    own, data = _kept_mark(client_data, mark), sorted(client_data)
    is_ours = data == sorted(marked(own, fingerprints(ours))) or data == sorted(
        marked(own, former_fingerprint.former_prints(ours), kind="v1")
    )
    is_all = all(is_equal(ours.get(name, ()), fields.get(name, ())) for name in OWNED)
    return "ours" if is_ours and is_all else "mixed"


def is_as_written(ours: Fields, person: Person, wisp: str) -> bool:
    """Return whether a contact holds exactly what we wrote into it last, in any form.

    That need not be what its customer is now: it may be older, out of the trash or a copy. Former
    fingerprints say nothing of a name, so there it has to be the customer's.
    """
    told = written(person.client_data, wisp)
    if not told.prints:
        items = sum(map(len, person.fields.values()))
        is_name = joined("names", ours.get("names", ()), person.fields.get("names", ()), told).is_same
        return (
            is_name
            and former_fingerprint.former_prints(person.fields) == told.former
            and items == len(told.former)
        )
    held = [(name, each) for name in OWNED for each in holding(name, person.fields.get(name, ()), told, ())]
    tokens = {each.token.text for _, each in held if each.token}
    return tokens == told.prints and all(
        each.token is not None
        and not each.is_shared
        and len(each.items) == 1
        and not each.read.added
        and is_alike(name, each.token.rest, each.read.rest)
        for name, each in held
    )
