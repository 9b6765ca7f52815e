"""The plan's promises where leavers retire, over random customers, users, settings and histories."""

from collections.abc import Mapping, Sequence
from copy import deepcopy

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.contact.card import Card
from shared.domain.model.wisp import Leavers
from shared.domain.sync.actual import actual_by_changes, actual_of
from shared.domain.sync.decisions import make_plan, to_be_read
from shared.domain.sync.desired import Desired, KnownCard
from shared.domain.sync.google_fields import digest, fields_of
from shared.domain.sync.ledger import Ledger
from shared.domain.sync.mark import marks
from shared.domain.sync.plan import Plan
from tests.property.address_book import FORMER, LABEL, MINE, WISP, AddressBook
from tests.property.test_plan import Edit, cards, edits, held, live

DAYS = 3
BEFORE: Mapping[Leavers, float] = {"remove": float("inf"), "keep": 0.0}

Night = tuple[dict[str, Card], list[tuple[int, Edit | None, str]], Leavers, bool]
"""Who is a contact, what users did, the setting, and whether the ledger was lost before."""

nights = st.lists(
    st.tuples(cards, edits, st.sampled_from(("former", "former", "former", "remove", "keep")), st.booleans()),
    min_size=1,
    max_size=6,
)


def wanted(of: dict[str, Card], leavers: Leavers, night: int) -> Desired:
    """Return what SIMPLer wants in a night; their numbers are the time, in days."""
    records = {customer: KnownCard(card, digest=digest(fields_of(card))) for customer, card in of.items()}
    before = BEFORE.get(leavers, night - DAYS)
    return Desired(WISP, records, leavers=leavers, now=float(night), former_before=before)


def by_listing(desired: Desired, ledger: Ledger, book: AddressBook) -> Plan:
    """Return what a run decides that lists everything."""
    found = actual_of(book.persons.values(), desired, LABEL, ledger, former_label=FORMER)
    return make_plan(desired, ledger, found)


def by_changes(desired: Desired, ledger: Ledger, book: AddressBook, since: int) -> Plan:
    """Return what a run decides that asks what changed."""
    persons, gone = book.changes_since(since)
    first = actual_by_changes(persons, gone, desired, ledger)
    names = {*to_be_read(first, desired), *(ledger.head.extras.keys() & book.persons.keys())}
    read = {person.resource_name: person for person in persons} | {n: book.persons[n] for n in names}
    gone_too = {*gone, *names, *ledger.head.extras}
    return make_plan(desired, ledger, actual_by_changes(read.values(), gone_too, desired, ledger))


def new_ledger() -> Ledger:
    """Return a ledger that knows the labels, and nobody."""
    ledger = Ledger()
    ledger.head.label, ledger.head.former_label = LABEL, FORMER
    return ledger


@given(nights)
def test_nobody_is_lost_doubled_or_removed_too_early(
    story: list[Night],
) -> None:
    """Who is wanted has one contact in our label; who retired stays for their days; all settles."""
    book, ledger = AddressBook(), new_ledger()
    friend = book.add({"names": ({"givenName": "Mammy"},)}, frozenset({MINE, FORMER}))
    since_when: dict[str, int] = {}
    for night, (of, edited, leavers, is_lost) in enumerate(story, start=10):
        live(book, [each for each in edited if book.persons])
        own = {name for name, person in book.persons.items() if not marks(person.client_data, WISP)}
        ledger = new_ledger() if is_lost else ledger
        desired = wanted(of, leavers, night)
        plan = by_listing(desired, ledger, book)
        for removal in plan.remove:
            person = book.persons[removal.person.resource_name]
            assert person.groups & {LABEL, FORMER}
            assert marks(person.client_data, WISP)
            if leavers == "former" and removal.reason in ("left", "gone"):
                assert removal.retires
            if leavers == "former" and removal.reason == "former":
                assert night - since_when[person.resource_name] > DAYS
            if removal.retires:
                since_when[person.resource_name] = night
        book.apply(plan, ledger, desired, f"run{night}")

        assert own <= book.persons.keys()
        has = [
            mark.customer
            for person in book.persons.values()
            if LABEL in person.groups
            for mark in marks(person.client_data, WISP)
        ]
        assert [has.count(customer) for customer in of] == [1] * len(of)
        assert not (of.keys() & _first_retired(book))
    of, _, leavers, _ = story[-1]
    desired = wanted(of, leavers, 9 + len(story))
    book.apply(by_listing(desired, ledger, book), ledger, desired, "calm")
    assert by_listing(desired, ledger, book).writes == 0
    assert friend.resource_name not in since_when


def _first_retired(book: AddressBook) -> set[str]:
    """Return the customers whose only contact of ours is in the label of former customers."""
    persons = [person for person in book.persons.values() if marks(person.client_data, WISP)]
    ours = [(marks(p.client_data, WISP)[0].customer, p.groups) for p in persons]
    labelled = {customer for customer, groups in ours if LABEL in groups}
    return {customer for customer, groups in ours if FORMER in groups} - labelled


@given(nights)
def test_changes_tell_as_much_as_everything(
    story: list[Night],
) -> None:
    """A run that asks what changed makes the same of an account, and comes to rest as well."""
    book, ledger = AddressBook(), new_ledger()
    first = wanted(story[0][0], "former", 9)
    book.apply(by_listing(first, ledger, book), ledger, first, "first")
    other, same, since = deepcopy(book), deepcopy(ledger), 0
    of, _, leavers, _ = story[-1]
    calm: Sequence[Night] = [(of, [], leavers, False)] * 2
    for night, (of, edited, leavers, _) in enumerate((*story, *calm), start=10):
        live(book, edited)
        live(other, edited)
        desired = wanted(of, leavers, min(night, 9 + len(story)))
        book.apply(by_listing(desired, ledger, book), ledger, desired, f"run{night}")
        now = other.time
        other.apply(by_changes(desired, same, other, since), same, desired, f"run{night}")
        since = now
        assert held(other) == held(book)
    assert by_changes(desired, same, other, since).writes == 0
