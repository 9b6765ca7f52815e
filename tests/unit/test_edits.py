"""What a user made of a value of ours, and what is none of their doing."""

from collections.abc import Sequence
from typing import Any

import pytest

from shared.domain.contact.address_kind import AddressKind
from shared.domain.contact.card import Card, PostalAddress
from shared.domain.contact.phone import Phone
from shared.domain.contact.phone_kind import PhoneKind
from shared.domain.sync.decisions import update_of
from shared.domain.sync.edits import Edit, edits_of, value_keys
from shared.domain.sync.former_fingerprint import former_prints
from shared.domain.sync.google_fields import changed, fields_of, new_person
from shared.domain.sync.mark import Mark, marked
from shared.domain.sync.person import Item, Person
from shared.replace import replace

CARD = Card(
    "1",
    "Áine Byrne",
    given="Áine",
    family="Byrne",
    company="Byrne Ltd",
    nickname="Boss",
    phones=(Phone("+353 87 123 4567", PhoneKind.MOBILE), Phone("+353 21 487 1234", PhoneKind.HOME)),
    emails=("pat@byrne.example",),
    addresses=(
        PostalAddress(AddressKind.INSTALLATION, "12 Main St", "Cork", "", "T23 XY12", "Ireland", "IE"),
    ),
    details=(("Site", "Blarney"), ("Plan", "20M/5M")),
)
MOBILE, HOME = fields_of(CARD)["phoneNumbers"]
THEIRS = {"value": "087 222 2222", "type": "mobile"}
OWN = {"value": "+353 1 555 0000", "type": "work"}


def contact(card: Card = CARD, /, **fields: Sequence[Item]) -> Person:
    """Return a contact as we made it, but for the fields that somebody saved since."""
    new = new_person(card, "acme", "run")
    held = {**new.fields, **{name: tuple(items) for name, items in fields.items()}}
    return Person("people/c1", "%", "id", "#1", fields=held, client_data=new.client_data)


def told(person: Person, card: Card = CARD, *, is_all_new: bool = True) -> list[tuple[str, str, str, str]]:
    """Return what is told, in short: field, title, SIMPLer's value and theirs."""
    edits = edits_of(fields_of(card), person, "acme", is_all_new=is_all_new)
    return [(edit.field, edit.title, edit.simpler, edit.theirs) for edit in edits]


def edit_of(person: Person, card: Card = CARD) -> Edit:
    """Return the one edit of a contact."""
    [edit] = edits_of(fields_of(card), person, "acme", is_all_new=True)
    return edit


CHANGED: list[tuple[dict[str, Any], tuple[str, str, str, str]]] = [
    (
        {"names": [{"givenName": "Anne", "familyName": "Byrne"}]},
        ("names", "", "Áine Byrne", "Anne Byrne"),
    ),
    (
        {"organizations": [{"name": "The Byrnes", "type": "work"}]},
        ("organizations", "", "Byrne Ltd", "The Byrnes"),
    ),
    ({"nicknames": [{"value": "Chief"}]}, ("nicknames", "", "Boss", "Chief")),
    ({"phoneNumbers": [THEIRS, HOME]}, ("phoneNumbers", "", MOBILE["value"], "087 222 2222")),
    ({"phoneNumbers": [HOME]}, ("phoneNumbers", "", MOBILE["value"], "")),
    (
        {"emailAddresses": [{"value": "office@byrne.example"}]},
        ("emailAddresses", "", "pat@byrne.example", "office@byrne.example"),
    ),
    ({"emailAddresses": []}, ("emailAddresses", "", "pat@byrne.example", "")),
    (
        {"addresses": [{**fields_of(CARD)["addresses"][0], "streetAddress": "9 Far Road"}]},
        (
            "addresses",
            "",
            "12 Main St, Cork, T23 XY12, Ireland",
            "9 Far Road, Cork, T23 XY12, Ireland",
        ),
    ),
    (
        {"userDefined": [{"key": "Site", "value": "Cloghroe"}, {"key": "Plan", "value": "20M/5M"}]},
        ("userDefined", "Site", "Blarney", "Cloghroe"),
    ),
    ({"userDefined": [{"key": "Plan", "value": "20M/5M"}]}, ("userDefined", "Site", "Blarney", "")),
]
IDS = [f"{field}: {theirs or 'removed'}" for _, (field, _, _, theirs) in CHANGED]


@pytest.mark.parametrize(("saved", "edit"), CHANGED, ids=IDS)
def test_what_a_user_changed_or_removed_is_told(
    saved: dict[str, Any], edit: tuple[str, str, str, str]
) -> None:
    """With SIMPLer's value, and what stands in its place."""
    assert told(contact(**saved)) == [edit]


@pytest.mark.parametrize(("saved", "edit"), CHANGED, ids=IDS)
def test_it_is_told_once_more_only_if_it_is_changed_again(
    saved: dict[str, Any], edit: tuple[str, str, str, str]
) -> None:
    """Once we put it right nothing is told, though what was typed may stay as the user's own."""
    update = update_of("acme", CARD, contact(**saved), card_changed=False)
    assert update is not None
    sent = changed(CARD, update.person, Mark("acme", "1", "run"), update.merged)
    mended = replace(update.person, fields=sent.fields, client_data=sent.client_data)

    assert told(mended, is_all_new=False) == []


@pytest.mark.parametrize(
    "saved",
    [
        {},
        {"phoneNumbers": [{"value": "087-1234567", "type": "mobile"}, HOME]},
        {"phoneNumbers": [HOME, MOBILE, OWN]},
        {"phoneNumbers": [{**MOBILE, "type": "work"}, HOME]},
        {"names": [{"givenName": "áine", "familyName": "BYRNE", "middleName": "Mary"}]},
        {"organizations": [{"name": "byrne  ltd", "type": "work", "title": "Owner"}]},
        {"emailAddresses": [{"value": "PAT@byrne.example", "type": "home"}]},
        {"userDefined": [*fields_of(CARD)["userDefined"], {"key": "Dog", "value": "bites"}]},
        {"externalIds": [{"value": "4711"}], "urls": []},
    ],
    ids=["untouched", "dialled", "added", "kind", "name", "company", "e-mail", "row", "ours alone"],
)
def test_what_is_no_edit_of_a_value_is_not_told(saved: dict[str, Any]) -> None:
    """Another form, another kind, what was added, and what SIMPLer cannot take over."""
    assert told(contact(**saved)) == []


def test_our_own_older_value_is_no_edit() -> None:
    """SIMPLer changed everything since our last write, and nobody touched the contact."""
    now = Card("1", "Pat Long", given="Pat", family="Long", phones=(Phone("+353 86 1", PhoneKind.HOME),))
    assert told(contact(), now) == []


def test_what_simpler_has_by_now_is_no_edit() -> None:
    """The user's number came to SIMPLer before the night, in its own form."""
    now = replace(CARD, phones=(Phone("+353 87 222 2222", PhoneKind.MOBILE), CARD.phones[1]))
    assert told(contact(phoneNumbers=[THEIRS, HOME]), now) == []


def test_where_both_changed_a_value_both_are_told() -> None:
    """SIMPLer has a third number: theirs is neither what it had nor what it has."""
    now = replace(CARD, phones=(Phone("+353 86 333 3333", PhoneKind.MOBILE), CARD.phones[1]))
    assert told(contact(phoneNumbers=[THEIRS, HOME]), now) == [
        ("phoneNumbers", "", "+353 86 333 3333", "087 222 2222")
    ]


def test_a_value_that_simpler_dropped_and_the_user_changed_is_told() -> None:
    """SIMPLer has nothing there any more, and the phone has something else."""
    now = replace(CARD, emails=())
    saved = contact(emailAddresses=[{"value": "office@byrne.example"}])
    assert told(saved, now) == [("emailAddresses", "", "", "office@byrne.example")]


def test_what_both_removed_is_no_edit() -> None:
    """The user was quicker, and SIMPLer agrees."""
    assert told(contact(emailAddresses=[]), replace(CARD, emails=())) == []


def test_what_the_user_had_added_before_is_not_told_as_typed_over_ours() -> None:
    """Their own number of another kind stays theirs when they remove ours."""
    removed = contact(phoneNumbers=[HOME, OWN])
    assert told(removed, is_all_new=False) == [("phoneNumbers", "", MOBILE["value"], "")]


def test_what_was_typed_over_ours_is_told_beside_what_was_added_before() -> None:
    """It is of the same kind as ours."""
    saved = contact(phoneNumbers=[OWN, THEIRS, HOME])
    assert told(saved, is_all_new=False) == [("phoneNumbers", "", MOBILE["value"], "087 222 2222")]


def test_two_values_that_were_changed_are_two_edits() -> None:
    """Each with what is of its kind."""
    saved = contact(phoneNumbers=[{"value": "021 400 0000", "type": "home"}, THEIRS])
    assert sorted(told(saved)) == [
        ("phoneNumbers", "", HOME["value"], "021 400 0000"),
        ("phoneNumbers", "", MOBILE["value"], "087 222 2222"),
    ]


def test_of_a_merged_contact_nothing_is_told() -> None:
    """Nobody knows which of two customers' values the user kept."""
    one = contact(phoneNumbers=[THEIRS])
    other = marked(Mark("acme", "2", "run"), ())
    assert told(replace(one, client_data=(*one.client_data, *other))) == []


def test_of_a_contact_with_former_fingerprints_nothing_is_told() -> None:
    """They do not say what we wrote well enough."""
    one = contact(phoneNumbers=[THEIRS])
    data = marked(Mark("acme", "1", "run"), former_prints(fields_of(CARD)), kind="v1")
    assert told(replace(one, client_data=data)) == []


def test_a_number_as_it_is_dialled_at_home_is_known_once_simpler_has_it() -> None:
    """SIMPLer adds it in international form, and keeps the other."""
    edit = edit_of(contact(phoneNumbers=[THEIRS, HOME]))
    now = replace(CARD, phones=(*CARD.phones, Phone("+353 87 222 2222", PhoneKind.MOBILE)))

    assert edit.key in value_keys(fields_of(now))
    assert edit.key not in value_keys(fields_of(CARD))
    assert edit.value in value_keys(fields_of(CARD))


def test_a_row_is_known_by_its_value() -> None:
    """Its title alone says nothing."""
    rows = [{"key": "Site", "value": "Cloghroe"}, {"key": "Plan", "value": "20M/5M"}]
    edit = edit_of(contact(userDefined=rows))
    now = replace(CARD, details=(("Site", "cloghroe"), ("Plan", "20M/5M")))

    assert edit.value in value_keys(fields_of(CARD))
    assert edit.key not in value_keys(fields_of(CARD))
    assert edit.key in value_keys(fields_of(now))
