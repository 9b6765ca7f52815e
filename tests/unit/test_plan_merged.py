"""Contacts that users merged, and what they added to ours."""

from shared.domain.contact.card import Card
from shared.domain.contact.phone import Phone
from shared.domain.contact.phone_kind import PhoneKind
from shared.domain.sync.actual import actual_of
from shared.domain.sync.decisions import make_plan
from shared.domain.sync.desired import Desired, KnownCard
from shared.domain.sync.google_fields import changed, fields_of
from shared.domain.sync.item_identity import fingerprints
from shared.domain.sync.ledger import Ledger
from shared.domain.sync.mark import Mark, marked
from shared.domain.sync.person import Person
from shared.domain.sync.plan import Plan
from shared.replace import replace

LABEL, OTHERS = "contactGroups/acme", "contactGroups/other"
BYRNE = Card(
    "1",
    "Áine Byrne",
    given="Áine Byrne",
    company="Byrne Ltd",
    phones=(Phone("+353 87 123 4567", PhoneKind.MOBILE),),
)


def contact(card: Card = BYRNE, wisp: str = "acme") -> Person:
    """Return the contact of this card, as we wrote it."""
    fields = fields_of(card)
    data = marked(Mark(wisp, card.customer, "run"), fingerprints(fields))
    return Person("people/c1", "%1", "abc", "#1", "2026-03-02", fields, data, frozenset({LABEL}))


def merged(one: Person, other: Person) -> Person:
    """Return what is left when a user merges two contacts: the items and marks of both."""
    fields = {
        field: (*items, *(item for item in other.fields[field] if item not in items))
        for field, items in one.fields.items()
    }
    data = (*one.client_data, *other.client_data)
    return replace(one, fields=fields, client_data=data, groups=frozenset({LABEL, OTHERS}))


def plan_of(desired: Desired, person: Person, label: str = LABEL) -> Plan:
    """Return what a run without a ledger would do about this one contact."""
    return make_plan(desired, Ledger(), actual_of([person], desired, label, Ledger()))


def test_a_contact_that_is_also_another_wisps_is_not_removed() -> None:
    """Two wisps share the account and a user merged their contacts; the customer leaves one of them."""
    both = merged(contact(), contact(replace(BYRNE, customer="77"), "other"))
    plan = plan_of(Desired("acme", {}), both)

    assert plan.remove == []
    assert list(plan.kept) == ["1"]


def test_a_contact_of_two_wisps_comes_to_rest() -> None:
    """Neither takes the other's items for its own old ones: neither writes."""
    theirs = replace(BYRNE, customer="77", phones=(Phone("+353 87 999 9999", PhoneKind.MOBILE),))
    both = merged(contact(), contact(theirs, "other"))
    plans = [
        plan_of(Desired("acme", {"1": KnownCard(BYRNE)}), both),
        plan_of(Desired("other", {"77": KnownCard(theirs)}), both, OTHERS),
    ]

    assert [plan.writes for plan in plans] == [0, 0]


def test_a_merged_contact_serves_the_customer_who_stays() -> None:
    """A user merged the contacts of 1 and 2, and 1 has left: it goes on as 2's."""
    two = replace(BYRNE, customer="2")
    both = merged(contact(), contact(two))
    plan = plan_of(Desired("acme", {"2": KnownCard(two)}, left=frozenset({"1"})), both)

    assert plan.remove == []
    assert plan.create == []
    assert list(plan.found) == ["2"]


def test_a_merged_contact_stays_when_everybody_stays() -> None:
    """It serves one of its two customers; the other is missing, and is made anew."""
    two = replace(BYRNE, customer="2")
    plan = plan_of(
        Desired("acme", {"1": KnownCard(BYRNE), "2": KnownCard(two)}), merged(contact(), contact(two))
    )

    assert plan.remove == []
    assert [new.customer for new in plan.create] == ["2"]


def test_a_users_job_title_survives_a_change_of_the_phone() -> None:
    """It is no difference, and it goes along with the next write."""
    company = {"name": "Byrne Ltd", "type": "work", "title": "Director"}
    titled = replace(contact(), fields={**contact().fields, "organizations": (company,)})
    card = replace(BYRNE, phones=(Phone("+353 86 000 0000", PhoneKind.MOBILE),))
    [update] = plan_of(Desired("acme", {"1": KnownCard(card)}), titled).update

    assert plan_of(Desired("acme", {"1": KnownCard(BYRNE)}), titled).writes == 0
    assert changed(card, update.person, Mark("acme", card.customer, "run"), update.merged).fields[
        "organizations"
    ] == (company,)
