"""The plan's promises, over random customers, users and histories."""

from collections.abc import Callable, Sequence
from copy import deepcopy

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.contact.card import Card
from shared.domain.contact.phone import Phone
from shared.domain.contact.phone_kind import PhoneKind
from shared.domain.sync.actual import actual_by_changes, actual_of
from shared.domain.sync.decisions import make_plan, to_be_read
from shared.domain.sync.desired import Desired, KnownCard
from shared.domain.sync.google_fields import digest, fields_of
from shared.domain.sync.item_identity import fingerprints, reading
from shared.domain.sync.ledger import Ledger
from shared.domain.sync.mark import Mark, marked, marks
from shared.domain.sync.person import OWNED, Item, Person
from shared.domain.sync.plan import Plan
from shared.replace import replace
from tests.property.address_book import LABEL, MINE, WISP, AddressBook

CUSTOMERS = tuple(str(number) for number in range(1, 7))
NUMBERS = tuple(f"+353 87 123 45{number:02}" for number in range(8))

cards = st.dictionaries(
    st.sampled_from(CUSTOMERS),
    st.builds(
        Card,
        customer=st.just(""),
        display=st.sampled_from(("Áine Byrne", "Murphy Farm Ltd", "Seán Walsh")),
        given=st.sampled_from(("Áine", "")),
        phones=st.lists(
            st.builds(Phone, st.sampled_from(NUMBERS), st.sampled_from((PhoneKind.MOBILE, PhoneKind.HOME))),
            max_size=3,
            unique_by=lambda phone: phone.number,
        ).map(tuple),
        emails=st.lists(st.sampled_from(("a@example.com", "b@example.com")), unique=True).map(tuple),
        details=st.sampled_from(((), (("Site", "Blarney"),), (("Site", "Cobh"), ("Plan", "20M")))),
    ),
).map(lambda found: {customer: replace(card, customer=customer) for customer, card in found.items()})


def edit_phone(person: Person, number: str) -> Person:
    """Change the first number, as the user."""
    phones = tuple(person.fields.get("phoneNumbers", ()))
    return replace(person, fields={**person.fields, "phoneNumbers": ({"value": number}, *phones[1:])})


def add_phone(person: Person, number: str) -> Person:
    """Add a number, as the user."""
    phones = tuple(person.fields.get("phoneNumbers", ()))
    return replace(person, fields={**person.fields, "phoneNumbers": (*phones, {"value": number})})


def rename(person: Person, _: str) -> Person:
    """Change the name, as the user."""
    return replace(person, fields={**person.fields, "names": ({"givenName": "Mine"},)})


def unlabel(person: Person, _: str) -> Person:
    """Take the label off, as the user."""
    return replace(person, groups=person.groups - {LABEL})


def unmark(person: Person, _: str) -> Person:
    """Strip our client data, as another program."""
    return replace(person, client_data=())


def star(person: Person, _: str) -> Person:
    """Star it, as the user: nothing of ours changes."""
    return replace(person, groups=person.groups | {"contactGroups/starred"})


Edit = Callable[[Person, str], Person]
edits = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.sampled_from((edit_phone, add_phone, rename, unlabel, unmark, star, None)),
        st.sampled_from(NUMBERS),
    ),
    max_size=6,
)


def all_of(cards: dict[str, Card]) -> Desired:
    """Return what is wanted, with a digest of each customer's record."""
    records = {customer: KnownCard(card, digest=digest(fields_of(card))) for customer, card in cards.items()}
    return Desired(WISP, records)


def plan_for(desired: dict[str, Card], ledger: Ledger, book: AddressBook) -> Plan:
    """Return what a run would decide."""
    all_of_it = all_of(desired)
    return make_plan(all_of_it, ledger, actual_of(book.persons.values(), all_of_it, LABEL, ledger))


def do(desired: dict[str, Card], known: Ledger, book: AddressBook, ledger: Ledger, run: str) -> None:
    """Do one run, by a listing of everything."""
    book.apply(plan_for(desired, known, book), ledger, all_of(desired), run)


def plan_by_changes(desired: Desired, ledger: Ledger, book: AddressBook, since: int) -> Plan:
    """Return what a run by changes would decide."""
    persons, gone = book.changes_since(since)
    first = actual_by_changes(persons, gone, desired, ledger)
    names = set(to_be_read(first, desired))
    read = {person.resource_name: person for person in persons} | {n: book.persons[n] for n in names}
    return make_plan(desired, ledger, actual_by_changes(read.values(), {*gone, *names}, desired, ledger))


def live(book: AddressBook, changes: list[tuple[int, Edit | None, str]]) -> None:
    """Apply the users' changes, each to one contact; None deletes it."""
    for index, edit, number in changes:
        names = sorted(book.persons)
        if not names:
            return
        person = book.persons[names[index % len(names)]]
        if edit is None:
            book.remove(person.resource_name)
        else:
            book.store(edit(person, number))


@given(cards, cards, edits, st.booleans())
def test_a_plan_that_was_applied_leaves_nothing_to_plan(
    before: dict[str, Card], after: dict[str, Card], changes: list[tuple[int, Edit | None, str]], lost: bool
) -> None:
    """plan(apply(plan)) is empty, after any edits, with the ledger or without it."""
    book, ledger = AddressBook(), Ledger()
    do(before, ledger, book, ledger, "run1")
    live(book, changes)
    if lost:
        ledger = Ledger()
    do(after, ledger, book, ledger, "run2")
    # A contact that was put back into the label is compared at the run after.
    do(after, ledger, book, ledger, "run3")

    assert plan_for(after, ledger, book).writes == 0


def held(book: AddressBook) -> Sequence[object]:
    """Return everything that the account holds, in a fixed order."""
    return sorted(
        (
            sorted(mark.customer for mark in marks(person.client_data, WISP)),
            sorted(person.groups),
            sorted((field, in_any_order(items)) for field, items in person.fields.items() if items),
        )
        for person in book.persons.values()
    )


@given(cards, cards, cards, edits, edits)
def test_changes_tell_as_much_as_everything(
    first: dict[str, Card],
    second: dict[str, Card],
    third: dict[str, Card],
    changes: list[tuple[int, Edit | None, str]],
    more: list[tuple[int, Edit | None, str]],
) -> None:
    """Whether a run lists all contacts or asks what changed, it makes the same of an account."""
    book, ledger = AddressBook(), Ledger()
    ledger.head.label = LABEL
    do(first, ledger, book, ledger, "run1")
    other, same = deepcopy(book), deepcopy(ledger)
    since = 0
    for run, (desired, edited) in enumerate(((second, changes), (third, more), (third, []), (third, []))):
        live(book, edited)
        live(other, edited)
        do(desired, ledger, book, ledger, f"run{run}")
        now, all_of_it = other.time, all_of(desired)
        other.apply(plan_by_changes(all_of_it, same, other, since), same, all_of_it, f"run{run}")
        since = now
        assert held(other) == held(book)
    assert plan_by_changes(all_of(third), same, other, since).writes == 0


@given(cards, cards, edits)
def test_every_customer_has_one_contact_and_nobody_else_has_any(
    before: dict[str, Card], after: dict[str, Card], changes: list[tuple[int, Edit | None, str]]
) -> None:
    """After a run each wanted customer has exactly one labelled contact with our mark."""
    book, ledger = AddressBook(), Ledger()
    do(before, ledger, book, ledger, "run1")
    live(book, changes)
    do(after, ledger, book, ledger, "run2")

    labelled = [person for person in book.persons.values() if LABEL in person.groups]
    held = sorted(mark.customer for person in labelled for mark in marks(person.client_data, WISP))
    assert held == sorted(after)


@given(cards, cards, edits, st.booleans())
def test_no_plan_touches_a_person_without_mark_and_label(
    before: dict[str, Card], after: dict[str, Card], changes: list[tuple[int, Edit | None, str]], lost: bool
) -> None:
    """Only contacts with our mark and our label are updated or removed."""
    book, ledger = AddressBook(), Ledger()
    do(before, ledger, book, ledger, "run1")
    mine = book.add({"names": ({"givenName": "Mammy"},)}, frozenset({MINE}))
    labelled = book.add({"names": ({"givenName": "Plumber"},)}, frozenset({MINE, LABEL}))
    live(book, changes)
    plan = plan_for(after, Ledger() if lost else ledger, book)

    touched = [update.person for update in plan.update] + [removal.person for removal in plan.remove]
    for person in (book.persons[named.resource_name] for named in touched):
        assert LABEL in person.groups
        assert marks(person.client_data, WISP)
        assert person.resource_name not in (mine.resource_name, labelled.resource_name)
    for relabel in plan.relabel:
        assert marks(relabel.person.client_data, WISP)


@given(cards, cards, st.sampled_from(NUMBERS), st.booleans())
def test_a_number_that_the_user_added_stays(
    before: dict[str, Card], after: dict[str, Card], number: str, lost: bool
) -> None:
    """Whatever SIMPLer changes, a number that we did not write is still there."""
    book, ledger = AddressBook(), Ledger()
    do(before, ledger, book, ledger, "run1")
    added = {}
    for person in list(book.persons.values()):
        customer = marks(person.client_data, WISP)[0].customer
        if number not in [phone.number for phone in before[customer].phones]:
            book.store(add_phone(person, number))
            added[customer] = number
    do(after, Ledger() if lost else ledger, book, Ledger(), "run2")

    for person in book.persons.values():
        customer = marks(person.client_data, WISP)[0].customer
        numbers = [phone["value"] for phone in person.fields.get("phoneNumbers", ())]
        assert len(numbers) == len(set(numbers))
        if customer in added and customer in before:
            assert number in numbers


def in_any_order(items: Sequence[Item]) -> list[str]:
    """Put the items of each field into another order, which Google may do."""
    return sorted(map(str, items))


@given(cards, cards, st.booleans())
def test_a_number_that_simpler_dropped_goes(
    before: dict[str, Card], after: dict[str, Card], lost: bool
) -> None:
    """What we wrote once and no longer want does not linger, even if the ledger was lost."""
    book, ledger = AddressBook(), Ledger()
    do(before, ledger, book, ledger, "run1")
    do(after, Ledger() if lost else ledger, book, Ledger(), "run2")

    for person in book.persons.values():
        card = after[marks(person.client_data, WISP)[0].customer]
        for field, items in fields_of(card).items():
            assert in_any_order(items) == in_any_order(person.fields.get(field, ()))


@given(cards, st.data())
def test_a_second_contact_of_a_customer_goes_only_if_it_is_unedited(
    desired: dict[str, Card], data: st.DataObject
) -> None:
    """Duplicates fold to one; a duplicate that somebody edited is kept, and told."""
    book, ledger = AddressBook(), Ledger()
    do(desired, ledger, book, ledger, "run1")
    if not desired:
        return
    customer = data.draw(st.sampled_from(sorted(desired)))
    edited = data.draw(st.booleans())
    ours = fields_of(desired[customer])
    double = book.add(dict(ours), frozenset({LABEL, MINE}))
    mark = Mark(WISP, customer, "other")
    double = book.store(replace(double, client_data=marked(mark, fingerprints(ours))))
    if edited:
        double = book.store(add_phone(double, "+353 1 999 9999"))
    plan = plan_for(desired, ledger, book)

    assert [removal.person for removal in plan.remove] == ([] if edited else [double])
    assert (customer in plan.kept) == edited


@given(st.sampled_from(OWNED), st.dictionaries(st.text(), st.text()))
def test_every_item_has_an_identity(field: str, item: dict[str, str]) -> None:
    """Whatever Google or a user puts into an item, it can be told from others."""
    assert all(isinstance(part, str) for part in reading(field, item)[:2])
