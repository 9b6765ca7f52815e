"""What users do to our contacts, our label and themselves, seen by both ways of looking at Google."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.standins.google.address_book.book import Book
from shared.domain.model.run import AccountOutcome
from tests.end_to_end.nights import Nights, customers_held, marks_of, numbers
from tests.world import LABEL, a_world, customer

EVERYBODY = {str(number): 1 for number in range(1, 5)}
TEAM = "contactGroups/starred"


@pytest.fixture(params=[False, True], ids=["by what changed", "by a whole listing"])
def nights(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Nights]:
    """Four customers in an account that was filled last night, and a friend of the owner's."""
    with a_world(tmp_path, [customer(number) for number in range(1, 5)]) as world:
        world.add_own_contacts(1)
        made = Nights(world, whole=request.param)
        made.run()
        yield made


def ours(nights: Nights, number: int) -> dict[str, Any]:
    """Return a customer's contact."""
    return nights.world.labelled()[str(number)]


def settled(nights: Nights) -> AccountOutcome:
    """Run the night after; each customer must have one contact, and a third night write nothing."""
    friends = nights.world.own_contacts()
    outcome = nights.run()
    if outcome.relabelled:  # compared at the run after that which put it back
        nights.run()
    assert nights.run().writes == 0
    assert nights.world.own_contacts() == friends
    assert sorted(nights.world.labelled()) == sorted(EVERYBODY)
    return outcome


def test_an_edit_of_what_is_ours_is_undone_and_the_users_value_stays(nights: Nights) -> None:
    """A changed number comes back as SIMPLer has it; what the user typed stays as a number of their own."""
    user, contact = nights.world.user(), ours(nights, 1)
    user.edit(contact["resourceName"], phoneNumbers=[{"value": "+353 1 555 0000"}])
    outcome = settled(nights)

    assert outcome.mended == 1
    assert outcome.updated == 1
    assert outcome.created == 0
    assert numbers(ours(nights, 1)) == ["+353 87 100 0001", "+353 1 555 0000"]


def test_a_field_that_the_user_emptied_is_filled_again(nights: Nights) -> None:
    """The user deletes the number and the name; both come back."""
    before = ours(nights, 1)
    nights.world.user().edit(before["resourceName"], phoneNumbers=[], names=[{"givenName": "Wrong"}])
    outcome = settled(nights)

    assert outcome.mended == 1
    assert numbers(ours(nights, 1)) == numbers(before)
    assert ours(nights, 1)["names"][0]["givenName"] == before["names"][0]["givenName"]


def test_what_the_user_adds_is_no_reason_to_write_and_survives_every_change(nights: Nights) -> None:
    """A number, a note, a birthday and a star: not one write; and SIMPLer's next change leaves them there."""
    user, contact = nights.world.user(), ours(nights, 2)
    own: dict[str, Any] = {
        "phoneNumbers": [{"value": numbers(contact)[0], "type": "mobile"}, {"value": "+353 1 555 0001"}],
        "biographies": [{"value": "gate code 1234"}],
        "birthdays": [{"date": {"month": 2, "day": 29}}],
    }
    user.edit(contact["resourceName"], **own)
    user.call("POST", f"{TEAM}/members:modify", {"resourceNamesToAdd": [contact["resourceName"]]})
    calm = nights.run()
    nights.world.simpler.state.customers.patch("2", {"mobile": "086 222 2222"})
    changed, after = settled(nights), ours(nights, 2)

    assert calm.writes == 0
    assert changed.updated == 1
    assert numbers(after) == ["+353 86 222 2222", "+353 1 555 0001"]
    assert after["biographies"][0]["value"] == "gate code 1234"
    assert after["birthdays"][0]["date"] == {"month": 2, "day": 29}
    assert contact["resourceName"] in nights.world.snapshot()["groups"][TEAM]["members"]


def test_another_label_on_our_contact_stays(nights: Nights) -> None:
    """The user sorts a customer into a label of their own; SIMPLer's next change leaves it there."""
    user, name = nights.world.user(), ours(nights, 3)["resourceName"]
    team = user.call("POST", "contactGroups", {"contactGroup": {"name": "North"}})["resourceName"]
    user.call("POST", f"{team}/members:modify", {"resourceNamesToAdd": [name]})
    nights.world.simpler.state.customers.patch("3", {"mobile": "086 333 3333"})

    assert settled(nights).updated == 1
    assert nights.world.snapshot()["groups"][team]["members"] == [name]


def test_a_contact_without_our_label_comes_back_into_it(nights: Nights) -> None:
    """The user takes the label off; the contact is put back, and not made a second time."""
    nights.world.user().unlabel(ours(nights, 1)["resourceName"], nights.world.user().label(LABEL))
    outcome = settled(nights)

    assert outcome.relabelled == 1
    assert outcome.created == 0
    assert customers_held(nights.world) == EVERYBODY


def test_a_contact_without_our_label_is_not_removed_when_its_customer_leaves(nights: Nights) -> None:
    """Mark without label is not ours to remove; it stays with the user."""
    name = ours(nights, 1)["resourceName"]
    nights.world.user().unlabel(name, nights.world.user().label(LABEL))
    nights.world.leave(1)

    assert nights.run().writes == 0
    assert nights.run().writes == 0
    assert name in nights.world.snapshot()["contacts"]


def test_a_deleted_contact_is_made_again(nights: Nights) -> None:
    """SIMPLer decides who is a contact; the run says that it had been deleted."""
    nights.world.user().delete(ours(nights, 1)["resourceName"])
    outcome = settled(nights)

    assert outcome.created == 1
    assert [note.what for note in outcome.notes] == ["restored"]
    assert customers_held(nights.world) == EVERYBODY


def test_a_contact_that_comes_back_from_the_trash_is_not_doubled(nights: Nights) -> None:
    """The user deletes it, it is made again, and they restore the old one: the newer copy goes."""
    name = ours(nights, 1)["resourceName"]
    nights.world.user().delete(name)
    nights.run()
    account = nights.world.google.world.accounts[nights.world.accounts[0].email]
    Book(account).restore(name.removeprefix("people/"))
    settled(nights)

    assert customers_held(nights.world) == EVERYBODY


@pytest.mark.parametrize("new_name", [False, True], ids=["same name", "new name"])
def test_two_of_ours_that_a_user_merged_are_two_again(nights: Nights, *, new_name: bool) -> None:
    """The merged contact serves one of the customers; the other's is made anew."""
    names = [ours(nights, number)["resourceName"] for number in (1, 2)]
    nights.world.user().merge(*names, new_name=new_name)
    outcome = settled(nights)

    assert outcome.created == 1
    assert customers_held(nights.world) == EVERYBODY


@pytest.mark.parametrize("ours_first", [True, False], ids=["into ours", "into their own"])
def test_a_contact_merged_with_the_users_own_is_followed(nights: Nights, *, ours_first: bool) -> None:
    """It carries our mark under a new name: it is mended, not made again, and the user's own stays."""
    user, contact = nights.world.user(), ours(nights, 1)
    own = user.add(names=[{"givenName": "Jimmy"}], phoneNumbers=[{"value": "+353 1 555 0002"}])
    pair = (contact["resourceName"], own) if ours_first else (own, contact["resourceName"])
    user.merge(*pair)
    outcome, after = settled(nights), ours(nights, 1)

    assert outcome.created == 0
    assert customers_held(nights.world) == EVERYBODY
    assert after["names"][0]["givenName"] == contact["names"][0]["givenName"]
    assert sorted(numbers(after)) == ["+353 1 555 0002", "+353 87 100 0001"]


def test_a_contact_whose_resource_name_changed_is_known_again(nights: Nights) -> None:
    """Google links it with somebody's profile: another name, the same contact, and not one write."""
    nights.world.user().link(ours(nights, 1)["resourceName"])

    assert settled(nights).writes == 0
    assert customers_held(nights.world) == EVERYBODY


def test_a_contact_that_another_program_unmarked_is_left_to_its_owner(nights: Nights) -> None:
    """Without our mark it is nobody's business of ours; the customer gets a contact again."""
    name = ours(nights, 1)["resourceName"]
    nights.world.user().edit(name, clientData=[])
    before = nights.world.snapshot()["contacts"][name]
    outcome = nights.run()

    assert outcome.created == 1
    assert nights.run().writes == 0
    assert customers_held(nights.world) == EVERYBODY
    assert nights.world.snapshot()["contacts"][name] == before


def test_other_programs_data_in_our_contact_stays(nights: Nights) -> None:
    """Their client data is sent back as it was read."""
    name = ours(nights, 1)["resourceName"]
    kept = [{"key": e["key"], "value": e["value"]} for e in ours(nights, 1)["clientData"]]
    nights.world.user().edit(name, clientData=[*kept, {"key": "crm", "value": "4711"}])
    calm = nights.run()
    nights.world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})

    assert calm.writes == 0
    assert settled(nights).updated == 1
    assert ("crm", "4711") in [(e["key"], e["value"]) for e in ours(nights, 1)["clientData"]]


def test_the_users_own_contacts_under_our_label_are_left_alone(nights: Nights) -> None:
    """Label without mark is not ours, whatever happens to the customers."""
    user = nights.world.user()
    own = user.add(names=[{"givenName": "Plumber"}], phoneNumbers=[{"value": "+353 87 100 0001"}])
    user.call("POST", f"{user.label(LABEL)}/members:modify", {"resourceNamesToAdd": [own]})
    before = nights.world.snapshot()["contacts"][own]
    nights.world.leave(1)
    outcome = nights.run()

    assert outcome.removed == 1
    assert outcome.writes == 1
    assert nights.world.snapshot()["contacts"][own] == before
    assert not marks_of(before)


def test_a_renamed_label_keeps_its_name(nights: Nights) -> None:
    """It is known by its mark; a new customer comes into it."""
    user, label = nights.world.user(), nights.world.user().label(LABEL)
    group = user.call("GET", label, groupFields="name,metadata")
    body = {"contactGroup": {"resourceName": label, "etag": group["etag"], "name": "Customers"}}
    user.call("PUT", label, body)
    calm = nights.run()
    nights.world.simpler.state.customers.add(customer(9))
    outcome, groups = nights.run(), nights.world.snapshot()["groups"]

    assert calm.writes == 0
    assert outcome.created == 1
    assert groups[label]["name"] == "Customers"
    assert len(groups[label]["members"]) == 5


def test_a_deleted_label_is_made_again_with_everybody_in_it(nights: Nights) -> None:
    """Nobody's contact is made twice for it."""
    nights.world.user().call("DELETE", nights.world.user().label(LABEL))
    outcome = nights.world.run().accounts[0]
    nights.world.run()

    assert outcome.relabelled == 4
    assert outcome.created == 0
    assert nights.run().writes == 0
    assert customers_held(nights.world) == EVERYBODY


def test_a_user_who_renames_himself_keeps_everything(nights: Nights) -> None:
    """The Google account has another address now: it is the same account, by Google's own id."""
    google, before = nights.world.google.world, nights.world.snapshot()
    account = google.accounts.pop(nights.world.accounts[0].email)
    account.email = "renamed@example.com"
    google.accounts[account.email] = account
    google.credentials.grants["refresh-acme-0"].email = account.email
    nights.world.simpler.state.customers.patch("1", {"mobile": "086 111 1111"})
    outcome = nights.world.run().accounts[0]

    assert outcome.state == "complete"
    assert outcome.updated == 1
    assert outcome.created == 0
    assert account.contacts.keys() == before["contacts"].keys()
