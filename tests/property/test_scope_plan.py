"""What a plan promises where accounts hold a part of the customers, over random places, scopes and users."""

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.contact.card import Card
from shared.domain.model.scope import EVERYBODY, Scope
from shared.domain.model.wisp import Leavers
from shared.domain.sync.actual import actual_of
from shared.domain.sync.decisions import make_plan
from shared.domain.sync.desired import Desired
from shared.domain.sync.google_fields import digest, fields_of
from shared.domain.sync.ledger import Ledger
from shared.domain.sync.mark import marks
from shared.domain.sync.plan import Plan
from tests.property.address_book import FORMER, LABEL, MINE, WISP, AddressBook
from tests.property.test_former_plan import new_ledger
from tests.property.test_plan import CUSTOMERS, Edit, cards, edits, held, live
from tests.unit.plan_kit import Placed

SITES = ("Blarney", "Cobh", "Mallow", "")

places = st.fixed_dictionaries({customer: st.sampled_from(SITES) for customer in CUSTOMERS})
scopes = st.sets(st.sampled_from(SITES[:3])).map(lambda sites: Scope(sites=tuple(sorted(sites))))
policies: st.SearchStrategy[Leavers] = st.sampled_from(("remove", "keep", "former"))


def all_of(cards: dict[str, Card], at: dict[str, str], leavers: Leavers = "remove") -> Desired:
    """Return what the wisp wants, with the site of each customer."""
    records = {
        customer: Placed(card, at[customer], digest=digest(fields_of(card)))
        for customer, card in cards.items()
    }
    before = {"keep": 0.0, "former": 0.5}.get(leavers, float("inf"))
    return Desired(WISP, records, leavers=leavers, now=1.0, former_before=before)


def plan_of(desired: Desired, ledger: Ledger, book: AddressBook) -> Plan:
    """Return what a run decides that lists everything."""
    found = actual_of(book.persons.values(), desired, LABEL, ledger, former_label=FORMER)
    return make_plan(desired, ledger, found)


def do(desired: Desired, ledger: Ledger, book: AddressBook, run: str) -> None:
    """Do one run."""
    book.apply(plan_of(desired, ledger, book), ledger, desired, run)


def in_label(book: AddressBook) -> list[str]:
    """Return whose contacts are in our label, each time one is."""
    persons = [person for person in book.persons.values() if LABEL in person.groups]
    return sorted(mark.customer for person in persons for mark in marks(person.client_data, WISP))


@given(cards, places, st.tuples(scopes, scopes), policies, edits)
def test_an_account_holds_its_scope_and_nobody_elses_contact_is_touched(
    of: dict[str, Card],
    at: dict[str, str],
    in_turn: tuple[Scope, Scope],
    leavers: Leavers,
    changes: list[tuple[int, Edit | None, str]],
) -> None:
    """Whatever the scope was, users did and leavers meet: who is outside is removed, and nobody else's."""
    book, ledger, everybody = AddressBook(), new_ledger(), all_of(of, at, leavers)
    do(everybody.within(in_turn[0]), ledger, book, "run1")
    live(book, changes)
    own = {n: p for n, p in book.persons.items() if not {LABEL, FORMER} & p.groups or not p.client_data}
    desired = everybody.within(in_turn[1])
    plan = plan_of(desired, ledger, book)
    outside = [removal for removal in plan.remove if removal.reason == "outside"]
    book.apply(plan, ledger, desired, "run2")

    assert in_label(book) == sorted(desired.records)
    assert not any(removal.retires for removal in outside)
    assert {removal.customer for removal in outside} <= desired.outside.keys()
    assert own.keys() <= book.persons.keys()
    assert all(
        book.persons[name].fields == person.fields for name, person in own.items() if not person.client_data
    )


@given(cards, places, scopes)
def test_a_scope_that_was_widened_and_narrowed_again_leaves_what_was(
    of: dict[str, Card], at: dict[str, str], scope: Scope
) -> None:
    """Widened to all and narrowed again, an account holds what it held, and a further run writes nothing."""
    book, ledger, everybody = AddressBook(), new_ledger(), all_of(of, at)
    book.add({"names": ({"givenName": "Mammy"},)}, frozenset({MINE, LABEL}))
    do(everybody.within(scope), ledger, book, "narrow")
    first = held(book)
    do(everybody.within(EVERYBODY), ledger, book, "wide")
    do(everybody.within(scope), ledger, book, "narrow again")

    assert held(book) == first
    assert plan_of(everybody.within(scope), ledger, book).writes == 0


@given(cards, places, st.sets(st.sampled_from(SITES[:3]), min_size=1, max_size=2))
def test_two_accounts_of_disjoint_scopes_hold_each_customer_once(
    of: dict[str, Card], at: dict[str, str], sites: set[str]
) -> None:
    """Who is served at a site of one of them is in that one; who is served nowhere is in neither."""
    everybody = all_of(of, at)
    scopes = (tuple(sorted(sites)), tuple(site for site in SITES[:3] if site not in sites))
    holding: list[str] = []
    for names in scopes:
        book, ledger = AddressBook(), new_ledger()
        do(everybody.within(Scope(sites=names)), ledger, book, "run")
        holding += in_label(book)

    assert sorted(holding) == sorted(customer for customer in of if at[customer])
