"""Decisions: which change each contact of an account gets. Pure: desired x ledger x persons -> plan.

Ownership is *our mark and our label*. A person with only one of the two is never updated or removed; a marked
one that lost the label is put back into it, which leaves its content alone.
"""

from collections.abc import Collection, Iterator
from functools import partial

from shared.domain.contact.card import Card
from shared.domain.sync.actual import Actual, in_doubt
from shared.domain.sync.desired import Desired
from shared.domain.sync.google_fields import changed_fields, fields_of
from shared.domain.sync.ledger import Content, Entry, Ledger
from shared.domain.sync.mark import Mark, is_shared, marks
from shared.domain.sync.merge import content_of, is_as_written, merge
from shared.domain.sync.person import MY_CONTACTS, Person
from shared.domain.sync.plan import KeptReason, Plan, PlannedChange, Reason


def make_plan(desired: Desired, ledger: Ledger, found: Actual, unsure: frozenset[str] = frozenset()) -> Plan:
    """Plan for one account: each customer gets the first line that fits.

    | in our label, by our mark | the customer | becomes |
    |---|---|---|
    | a contact that is another wisp's too | any | kept: shared |
    | a contact that is as its card says | is a contact | unchanged |
    | a contact that differs, though we sent this card last | is a contact | update: mended |
    | a contact that differs | is a contact | update: changed |
    | a contact | has a record that cannot be used | kept: held |
    | a contact | is a contact, but outside the account's scope | remove: outside |
    | a contact | is no contact, and leavers are kept | kept: setting |
    | a contact | has a status that is no contact's | remove: left; it retires where leavers do |
    | a contact | is absent, and a record is in doubt | kept: doubt |
    | a contact | is absent | remove: gone; it retires where leavers do |
    | none, but one that retired | is a contact | relabel: back |
    | none, but one that retired | is a contact, but outside the account's scope | remove: outside |
    | none, but one that retired long enough ago | is none | as above, from "held" on; remove: former |
    | none, but one that retired | is none | stays |
    | none, but one with our mark outside it | is a contact | relabel: unlabelled |
    | none, but one with our mark outside it | is none | only noted |
    | none, but one may be there unseen | is a contact | kept: unconfirmed |
    | none, where the ledger knew one | is a contact | create: deleted |
    | none | is a contact | create: new |
    | none, but one that retired | an undo goes back to before it was made | remove: gone |
    | a contact | was a former one, to which an undo goes back | remove: gone; it retires |
    | none | was a former one, to which an undo goes back | create: new, in their label |

    Of several contacts of one customer these lines judge the first by `_seniority`, and of each other one:

    | a further contact | the customer | becomes |
    |---|---|---|
    | is another wisp's too | is none | kept: shared |
    | any | is none | as above, from "held" on |
    | has a note, a photo, a star or another label | is a contact | kept: own |
    | holds exactly what we once wrote | is a contact | remove: duplicate |
    | any | is a contact | kept: edited |

    Args:
        desired: What SIMPLer wants.
        ledger: What we know of our contacts.
        found: The account's contacts.
        unsure: Customers whose contact may have been created a moment ago; none is created for them now.
    """
    owned = len(found.unread) + sum(map(len, found.labelled.values()))
    plan = Plan(unread=(found.unread, found.unlabelled_entries), owned=owned, total=found.total)
    for customer, entry in found.unread.items():
        _decide_known(plan, desired, customer, entry)
    for customer, persons in found.labelled.items():
        first, *surplus = sorted(persons, key=lambda person: _seniority(person, ledger.get(customer)))
        if customer in found.unread:
            surplus = [first, *surplus]
        else:
            _decide(plan, found, desired, customer, person=first, entry=ledger.get(customer))
        for person in surplus:
            _decide_surplus(plan, found, desired, customer, person=person, entry=ledger.get(customer))
    _decide_former(plan, found, desired, ledger)
    for customer, persons in found.unlabelled.items():
        first, *others = sorted(persons, key=lambda person: _seniority(person, None))
        if found.is_labelled(customer):
            others = [first, *others]
        else:
            _put_back(plan, desired, customer, first)
        plan.extras |= {person.resource_name: customer for person in others}  # a later run may put one back
    plan.unsure = frozenset(customer for customer in unsure | found.unsure if not plan.has(customer))
    plan.extras |= {n: c for n, c in found.hidden.items() if plan.has(c) or n in ledger.head.extras}
    wanted = (*desired.records, *desired.former)
    for customer in (c for c in wanted if c not in found.unread and not plan.has(c)):
        if customer in plan.unsure:
            plan.kept[customer] = "unconfirmed"
        else:
            reason: Reason = "deleted" if ledger.get(customer) else "new"
            plan.create.append(PlannedChange(customer, reason, retires=customer in desired.former))
    return plan


def to_be_read(found: Actual, desired: Desired) -> Iterator[str]:
    """Yield resource names of the contacts that must be read before a plan can rest on the ledger."""
    yield from in_doubt(found, desired)
    for customer, entry in found.unread.items():
        if entry.content == "mixed" and desired.wants(customer) and not desired.is_sent(customer, entry):
            yield entry.resource_name


def _put_back(plan: Plan, desired: Desired, customer: str, person: Person) -> None:
    """Put a marked contact back into our label: whoever took it out, a wanted one belongs there."""
    plan.found[customer] = person.resource_name
    if desired.wants(customer):
        plan.relabel.append(PlannedChange(customer, "unlabelled", person))
    else:
        plan.seen[customer] = Entry(
            person.resource_name, person.source_id, person.source_etag, content="unlabelled"
        )


def _seniority(person: Person, entry: Entry | None) -> tuple[bool, str, str]:
    """Sort the contact that the ledger knows first, then the one that was left alone longest."""
    known = entry is not None and entry.resource_name == person.resource_name
    return not known, person.updated, person.resource_name


def _decide(
    plan: Plan, found: Actual, desired: Desired, customer: str, person: Person, *, entry: Entry | None
) -> None:
    plan.found.setdefault(customer, person.resource_name)
    if is_shared(person.client_data, desired.wisp):
        _keep(plan, customer, person, "shared", content="shared")
    elif desired.wants(customer) and found.former_label in person.groups:
        plan.relabel.append(PlannedChange(customer, "back", person))
    elif desired.wants(customer):
        _compare(plan, desired, customer, person, entry=entry)
    else:
        _let_go(plan, desired, customer, person)


def _decide_former(plan: Plan, found: Actual, desired: Desired, ledger: Ledger) -> None:
    """Decide on the contacts in the label of former customers, read and unread."""
    for customer, entry in found.unlabelled_entries.items():
        if entry.content == "former" and not desired.wants(customer):
            _let_go(plan, desired, customer, entry.person(), retired_at=_retired_at(desired, customer, entry))
    for customer, persons in found.former.items():
        known = ledger.get(customer)
        first, *surplus = sorted(persons, key=partial(_seniority, entry=known))
        if found.has(customer):
            surplus = [first, *surplus]
        else:
            _decide_retired(plan, desired, customer, first, entry=known)
        for person in surplus:
            _decide_surplus(plan, found, desired, customer, person=person, entry=known)


def _decide_retired(
    plan: Plan, desired: Desired, customer: str, person: Person, *, entry: Entry | None
) -> None:
    """Decide on a contact that retired: it comes back, stays, or has stayed long enough."""
    plan.found.setdefault(customer, person.resource_name)
    if is_shared(person.client_data, desired.wisp):
        _keep(plan, customer, person, "shared", content="shared")
    elif desired.wants(customer):
        plan.relabel.append(PlannedChange(customer, "back", person))
    else:
        _let_go(plan, desired, customer, person, retired_at=_retired_at(desired, customer, entry))


def _retired_at(desired: Desired, customer: str, entry: Entry | None) -> float:
    """Return since when a contact has been a former customer's; from now on, where the ledger was lost."""
    known = desired.former.get(customer)
    return (entry.retired_at if entry else 0.0) or (known.retired_at if known else 0.0) or desired.now


def _decide_known(plan: Plan, desired: Desired, customer: str, entry: Entry) -> None:
    """Decide on a contact that was not read: those that must be read (`to_be_read`) were."""
    if entry.content == "shared":
        plan.kept[customer] = "shared"
    elif not desired.wants(customer):
        _let_go(plan, desired, customer, entry.person())
    elif desired.is_sent(customer, entry):
        plan.unchanged += 1
        _note_record(plan, desired, customer, entry)
    else:
        fields = changed_fields(entry.sent, desired.digest(customer))
        plan.update.append(PlannedChange(customer, "changed", entry.person(), fields))


def _note_record(plan: Plan, desired: Desired, customer: str, entry: Entry) -> None:
    """Note a record that changed without changing the card, so that it is not read again."""
    record = desired.record(customer)
    if record not in ("", entry.record):
        plan.seen[customer] = entry._replace(record=record)


def _let_go(plan: Plan, desired: Desired, customer: str, person: Person, *, retired_at: float = 0.0) -> None:
    """Decide on the contact of a customer who is to have none, or of whom SIMPLer says nothing.

    Args:
        plan: Takes the decision.
        desired: What SIMPLer wants.
        customer: Whose contact.
        person: The contact.
        retired_at: Since when it is in the label of former customers; 0: it is in ours.
    """
    if retired_at:
        _note(plan, customer, person, "former", retired_at=retired_at)
    is_outside, is_new = customer in desired.outside, customer in desired.made_since
    if retired_at and retired_at >= desired.former_before and not (is_outside or is_new):
        return
    if customer in desired.held:
        _keep(plan, customer, person, "held")
    elif is_outside:
        plan.remove.append(PlannedChange(customer, "outside", person))
    elif desired.leavers == "keep":
        _keep(plan, customer, person, "setting")
    elif customer not in desired.left and desired.doubts:
        _keep(plan, customer, person, "doubt")
    else:
        is_past_days = bool(retired_at) and not is_new
        reason: Reason = "former" if is_past_days else "left" if customer in desired.left else "gone"
        retires = (desired.leavers == "former" or customer in desired.former) and not retired_at
        plan.remove.append(PlannedChange(customer, reason, person, retires=retires))


def _keep(
    plan: Plan, customer: str, person: Person, reason: KeptReason, *, content: Content = "mixed"
) -> None:
    plan.kept[customer] = reason
    _note(plan, customer, person, content)


def _note(plan: Plan, customer: str, person: Person, content: Content, retired_at: float = 0.0) -> None:
    """Note a customer's first contact as it was read, unless more is noted already."""
    if plan.found.get(customer) == person.resource_name and person.client_data:
        entry = Entry(person.resource_name, person.source_id, person.source_etag, content=content)
        plan.seen.setdefault(customer, entry._replace(retired_at=retired_at))


def _compare(plan: Plan, desired: Desired, customer: str, person: Person, *, entry: Entry | None) -> None:
    """Compare what we send, never what Google returns: an untouched contact is known by its source etag."""
    if entry and entry.is_of(person) and desired.is_sent(customer, entry):
        seen = entry._replace(record=desired.record(customer) or entry.record)
        _leave(plan, customer, person, seen, entry=entry)
        return
    is_sent = entry is not None and entry.sent == desired.digest(customer)
    if update := update_of(desired.wisp, desired.card(customer), person, card_changed=not is_sent):
        plan.update.append(update)
    else:
        _leave(plan, customer, person, _as_wanted(desired, customer, person), entry=entry)


def _leave(plan: Plan, customer: str, person: Person, seen: Entry, *, entry: Entry | None) -> None:
    """Leave a contact as it is, which was read."""
    plan.unchanged += 1
    plan.seen[customer] = seen
    if names := entry.names_before(person) if entry else person.previous:
        plan.previous[customer] = names


def _as_wanted(desired: Desired, customer: str, person: Person) -> Entry:
    """Make the ledger's entry of a contact that was found to be as its card says."""
    mark = Mark(desired.wisp, customer)
    content = content_of(fields_of(desired.card(customer)), person.fields, person.client_data, mark)
    digest, record = desired.digest(customer), desired.record(customer)
    return Entry(
        person.resource_name,
        person.source_id,
        person.source_etag,
        sent=digest,
        record=record,
        content=content,
    )


def update_of(wisp: str, card: Card, person: Person, *, card_changed: bool) -> PlannedChange | None:
    """Return the change that makes a contact, as it was read, what its card says; None if it is that.

    Args:
        wisp: The wisp's id.
        card: What it is to be.
        person: What it is.
        card_changed: Whether the card may be another one than that which was written last.
    """
    found = merge(fields_of(card), person, Mark(wisp, card.customer), card_changed=card_changed)
    if not found.differences:
        return None
    reason: Reason = "changed" if card_changed else "mended"
    return PlannedChange(card.customer, reason, person, fields=found.differences, merged=found)


def _decide_surplus(
    plan: Plan, found: Actual, desired: Desired, customer: str, person: Person, *, entry: Entry | None
) -> None:
    """Remove a surplus contact of one customer only if it is unmistakably ours and unedited."""
    plan.extras[person.resource_name] = customer
    card = desired.card(customer) if desired.wants(customer) else None
    if card is None and is_shared(person.client_data, desired.wisp):
        plan.kept[customer] = "shared"
    elif card is None:
        retired_at = 0.0 if found.label in person.groups else _retired_at(desired, customer, entry)
        _let_go(plan, desired, customer, person, retired_at=retired_at)
    elif is_somebodys(person, {found.label, found.former_label}):
        plan.kept[customer] = "own"
    elif _is_unedited(card, person, desired.wisp):
        plan.remove.append(PlannedChange(customer, "duplicate", person))
    else:
        plan.kept[customer] = "edited"


def is_somebodys(person: Person, labels: Collection[str]) -> bool:
    """Return whether a user has made a surplus contact their own: a note, a photo, a star, another label.

    Args:
        person: The contact, after a second look.
        labels: Resource names of the labels that are ours.
    """
    return person.has_user_data or bool(person.groups.difference(labels, (MY_CONTACTS,)))


def _is_unedited(card: Card, person: Person, wisp: str) -> bool:
    """Return whether it holds the customer's name and else exactly the items that we once wrote."""
    as_written = is_as_written(fields_of(card), person, wisp)
    alone = len(marks(person.client_data, wisp)) == 1 and not is_shared(person.client_data, wisp)
    return as_written and alone
