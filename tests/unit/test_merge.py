"""What is ours in a contact, and what is its user's, item by item and member by member."""

from collections.abc import Sequence
from typing import Any

import pytest

from shared.domain.contact.address_kind import AddressKind
from shared.domain.contact.card import Card, PostalAddress
from shared.domain.contact.phone import Phone
from shared.domain.contact.phone_kind import PhoneKind
from shared.domain.sync import former_fingerprint
from shared.domain.sync.decisions import update_of
from shared.domain.sync.google_fields import changed, fields_of, new_person
from shared.domain.sync.mark import Mark, MarkKind, marked, marks
from shared.domain.sync.person import Item, Person
from shared.replace import replace

IRELAND = PostalAddress(AddressKind.INSTALLATION, "12 Main St", "Cork", "", "T23 XY12", "Ireland", "IE")
MOVED = PostalAddress(AddressKind.INSTALLATION, "5 Hill Road", "Galway", "", "H91 AB12", "Ireland", "IE")
CARD = Card(
    "1",
    "Áine Byrne",
    given="Áine Byrne",
    company="Byrne Ltd",
    phones=(Phone("+353 21 487 1234", PhoneKind.HOME),),
    emails=("pat@byrne.example",),
    addresses=(IRELAND,),
    details=(("Plan", "20M/5M"),),
)
BARE = Card("1", "Áine Byrne", given="Áine Byrne")
NEW_NUMBER = replace(CARD, phones=(Phone("+353 86 765 4321", PhoneKind.MOBILE),))


def made(card: Card = CARD, /, **fields: Sequence[Item]) -> Person:
    """Return a contact as we made it, but for the fields that somebody changed since."""
    new = new_person(card, "acme", "run")
    return saved(
        Person("people/c1", "%", "id", "#1", fields=new.fields, client_data=new.client_data), **fields
    )


def saved(person: Person, /, **fields: Sequence[Item]) -> Person:
    """Return a contact of which somebody else saves these fields."""
    return replace(person, fields={**person.fields, **{name: tuple(found) for name, found in fields.items()}})


def night(card: Card, person: Person) -> Person:
    """Return what a run makes of a contact that it has read; a second run writes nothing."""
    after = person
    if update := update_of("acme", card, person, card_changed=True):
        change = changed(card, update.person, Mark("acme", card.customer, "run"), update.merged)
        after = replace(person, fields=change.fields, client_data=change.client_data)
    assert update_of("acme", card, after, card_changed=True) is None
    return after


def is_left_alone(card: Card, person: Person) -> bool:
    """Return whether a run writes nothing."""
    return update_of("acme", card, person, card_changed=True) is None


def items(person: Person, field: str) -> list[dict[str, Any]]:
    """Return a field's items."""
    return sorted((dict(item) for item in person.fields[field]), key=str)


def address(**members: str) -> Item:
    """Return our address, in another form."""
    [ours] = made().fields["addresses"]
    return {**ours, **members}


@pytest.mark.parametrize(
    "country", [{"country": "IE"}, {"country": "Éire"}, {"country": ""}, {"countryCode": ""}]
)
def test_a_country_in_another_form_is_no_reason_to_write(country: dict[str, str]) -> None:
    """Google and phones write a country by its name, by its code, or only once."""
    there = {name: text for name, text in address(**country).items() if text}

    assert is_left_alone(CARD, made(addresses=[there]))
    assert len(items(night(NEW_NUMBER, made(addresses=[there])), "addresses")) == 1
    moved = night(replace(CARD, addresses=(MOVED,)), made(addresses=[there]))
    assert [each["city"] for each in items(moved, "addresses")] == ["Galway"]


def test_a_contact_that_grew_is_whole_again() -> None:
    """Equal items are one: copies of our address in several forms go at the next write."""
    forms = [address(), address(country="IE"), address(country="IE"), address(city="CORK")]

    assert items(night(NEW_NUMBER, made(addresses=forms)), "addresses") == [address()]
    moved = night(replace(CARD, addresses=(MOVED,)), made(addresses=forms))
    assert [each["city"] for each in items(moved, "addresses")] == ["Galway"]


def test_our_address_elsewhere_is_another_one() -> None:
    """The same street in another country is the user's own."""
    abroad = address(country="United States", countryCode="US")

    for card in (CARD, NEW_NUMBER, replace(CARD, addresses=())):
        assert abroad in items(night(card, made(addresses=[address(), abroad])), "addresses")


@pytest.mark.parametrize("member", ["streetAddress", "city", "postalCode", "country", "type"])
def test_a_member_that_is_taken_off_our_address_is_put_back(member: str) -> None:
    """The rest of it is still ours, and no address of the user's; a country that is told twice may go."""
    left = {name: text for name, text in address(extendedAddress="Flat 3").items() if name != member}
    after = night(CARD, made(addresses=[left]))

    assert len(after.fields["addresses"]) == 1
    assert member == "country" or items(after, "addresses") == [address(extendedAddress="Flat 3")]


@pytest.mark.parametrize("kind", ["v2", "v1"])
def test_a_part_that_simpler_drops_from_an_address_goes(kind: MarkKind) -> None:
    """A postcode that was wrong is not left behind as the user's; the region that they put there stays."""
    corrected = replace(CARD, addresses=(replace(IRELAND, postcode=""),))
    there = made()
    if kind == "v1":
        data = marked(Mark("acme", "1", "run"), former_fingerprint.former_prints(fields_of(CARD)), kind="v1")
        there = replace(there, client_data=data)
    else:
        there = saved(there, addresses=[address(region="Munster")])
    [after] = items(night(corrected, there), "addresses")

    assert "postalCode" not in after
    assert after.get("region") == ("Munster" if kind == "v2" else None)


@pytest.mark.parametrize(
    ("field", "item"),
    [
        ("emailAddresses", {"value": "pat@byrne.example", "type": "work", "displayName": "Pat"}),
        ("organizations", {"name": "Byrne Ltd", "type": "work", "title": "Treasurer"}),
    ],
)
def test_with_former_fingerprints_a_second_item_with_the_users_words_stays(field: str, item: Item) -> None:
    """Ours stands beside it bare, so that they put these words on another one."""
    data = marked(Mark("acme", "1", "run"), former_fingerprint.former_prints(fields_of(CARD)), kind="v1")
    there = replace(made(), client_data=data)
    both = saved(there, **{field: [*there.fields[field], item]})

    assert is_left_alone(CARD, both)
    assert items(night(NEW_NUMBER, both), field) == items(both, field)


def test_with_former_fingerprints_an_address_in_an_unknown_country_is_known_with_a_flat() -> None:
    """A country that SIMPLer writes as no list of countries has it is looked for as it stands."""
    card = replace(CARD, addresses=(replace(IRELAND, country="Irlnd", country_code=""),))
    data = marked(Mark("acme", "1", "run"), former_fingerprint.former_prints(fields_of(card)), kind="v1")
    [ours] = made(card).fields["addresses"]
    there = saved(replace(made(card), client_data=data), addresses=[{**ours, "extendedAddress": "Flat 3"}])

    assert items(night(replace(card, nickname="new"), there), "addresses") == [
        {**ours, "extendedAddress": "Flat 3"}
    ]


def test_a_form_that_simpler_changes_is_written() -> None:
    """A name in another case is news when it is SIMPLer's, with the user's additions or without them."""
    card = replace(CARD, given="ÁINE BYRNE")
    added = made(phoneNumbers=[*made().fields["phoneNumbers"], {"value": "+353 1 555 0000"}])

    for there in (made(), added):
        assert items(night(card, there), "names") == [{"givenName": "ÁINE BYRNE"}]


SECOND: list[tuple[str, Item]] = [
    ("phoneNumbers", {"value": "+353 21 487 1234", "type": "work"}),
    ("phoneNumbers", {"value": "021 487 1234", "type": "Shop"}),
    ("phoneNumbers", {"value": "+353 21 487 1235", "type": "home"}),
    ("emailAddresses", {"value": "pat@byrne.example", "type": "work", "displayName": "Pat"}),
    ("organizations", {"name": "Byrne Ltd", "title": "Treasurer", "department": "Cork"}),
    ("userDefined", {"key": "Plan", "value": "wants fibre, ring in May"}),
    ("addresses", {"type": "work", "streetAddress": "12 Main St", "city": "Cork", "postalCode": "T23 XY12"}),
]


APART = ("+353 21 487 1235", "wants fibre, ring in May")
"""Values that ours never has."""


@pytest.mark.parametrize(("field", "item"), SECOND)
def test_a_second_item_like_one_of_ours_is_the_users(field: str, item: Item) -> None:
    """It is no reason to write, and stays through changes of ours, and without ours."""
    other = replace(
        NEW_NUMBER, company="Byrne & Sons", emails=(), addresses=(MOVED,), details=(("Plan", "1G"),)
    )
    there = made(**{field: [*made().fields[field], item]})
    assert is_left_alone(CARD, there)
    for card in (NEW_NUMBER, other, BARE, other):
        there = night(card, there)
        assert item in items(there, field)


@pytest.mark.parametrize(("field", "item"), SECOND)
def test_when_ours_comes_back_it_is_on_the_contact_once_with_the_users_words(field: str, item: Item) -> None:
    """The item that the user has stands for ours then, and keeps all that they put on it."""
    there = night(CARD, night(BARE, made(**{field: [*made().fields[field], item]})))
    words = [
        text for member, text in item.items() if member in ("type", "displayName", "title", "department")
    ]

    assert all(any(word in each.values() for each in items(there, field)) for word in words)
    assert len(items(there, field)) == 1 + (item.get("value") in APART)


def test_ours_beside_a_second_one_is_still_known() -> None:
    """It follows SIMPLer, and only it."""
    rows = [{"key": "Plan", "value": "20M/5M"}, {"key": "Plan", "value": "wants fibre"}]
    after = night(replace(CARD, details=(("Plan", "100M"),)), made(userDefined=rows))
    assert items(after, "userDefined") == [
        {"key": "Plan", "value": "100M"},
        {"key": "Plan", "value": "wants fibre"},
    ]
    gone = night(replace(CARD, details=()), after)
    assert items(gone, "userDefined") == [{"key": "Plan", "value": "wants fibre"}]


def test_a_row_that_was_the_users_first_stays() -> None:
    """A title that we never wrote to a contact is the user's, though we begin to write a row with it."""
    own = {"key": "Plan", "value": "wants fibre, ring in May"}
    there = made(replace(CARD, details=()), userDefined=[own])

    assert items(night(CARD, there), "userDefined") == [{"key": "Plan", "value": "20M/5M"}, own]


def test_an_edit_of_a_row_of_ours_is_undone() -> None:
    """A value of ours that a user rewords does not become the user's own."""
    after = night(CARD, made(userDefined=[{"key": "Plan", "value": "30M"}]))

    assert items(after, "userDefined") == [{"key": "Plan", "value": "20M/5M"}]


def test_an_edit_of_a_numbers_kind_is_undone_and_a_number_that_was_typed_stays() -> None:
    """The kind of ours is SIMPLer's; another number is the user's own."""
    kind = night(CARD, made(phoneNumbers=[{"value": "+353 21 487 1234", "type": "work"}]))
    assert items(kind, "phoneNumbers") == [{"value": "+353 21 487 1234", "type": "home"}]

    typed = night(CARD, made(phoneNumbers=[{"value": "+353 21 999 9999", "type": "home"}]))
    assert [each["value"] for each in items(typed, "phoneNumbers")] == [
        "+353 21 487 1234",
        "+353 21 999 9999",
    ]


PUT_ON: list[tuple[str, dict[str, str]]] = [
    ("emailAddresses", {"type": "work", "displayName": "Pat from the shop"}),
    ("organizations", {"title": "Director", "department": "Sales"}),
    ("addresses", {"extendedAddress": "Flat 3", "poBox": "12"}),
    ("addresses", {"region": "Munster"}),
    ("names", {"middleName": "Mary", "phoneticGivenName": "Awn-ya"}),
]


@pytest.mark.parametrize(("field", "members"), PUT_ON)
def test_what_a_user_puts_on_an_item_of_ours_survives_our_writes(field: str, members: dict[str, str]) -> None:
    """It is no difference, goes along with our next change, and is told as the user's own."""
    [ours] = made().fields[field]
    there = made(**{field: [{**ours, **members}]})
    assert is_left_alone(CARD, there)
    update = update_of("acme", NEW_NUMBER, there, card_changed=True)
    assert update is not None
    assert update.fields == ("phoneNumbers", "clientData")
    assert field in update.additions
    assert items(night(NEW_NUMBER, there), field) == [{**ours, **members}]


ON_NAME = {
    "honorificPrefix": "Dr",
    "middleName": "Mary",
    "phoneticGivenName": "Awn-ya",
    "phoneticFamilyName": "Burn",
}


@pytest.mark.parametrize("given", ["Áine Byrne", "Anna Burns"], ids=["ours", "edited"])
def test_what_a_user_puts_on_a_name_outlives_the_name(given: str) -> None:
    """A prefix, a middle name and how it is spoken go over to another name, edited by the user or not."""
    there = made(names=[{"givenName": given, **ON_NAME}])
    renamed = replace(CARD, given="Áine", family="Murphy")
    update = update_of("acme", renamed, there, card_changed=True)

    assert items(night(renamed, there), "names") == [{"givenName": "Áine", "familyName": "Murphy", **ON_NAME}]
    assert update is not None
    assert update.additions == ("names",)


def test_a_middle_name_that_simpler_has_too_is_there_once() -> None:
    """What SIMPLer writes of it takes the place of the user's."""
    there = made(names=[{"givenName": "Áine Byrne", "middleName": "Mary"}])

    assert items(night(replace(CARD, given="Áine Mary Murphy"), there), "names") == [
        {"givenName": "Áine Mary Murphy"}
    ]


def test_a_middle_name_that_a_phone_parted_from_ours_is_not_the_users() -> None:
    """A phone divides a name as it likes; another name takes all of its place."""
    card = replace(CARD, given="Áine Mary Byrne")
    there = made(card, names=[{"givenName": "Áine", "middleName": "Mary", "familyName": "Byrne"}])

    assert is_left_alone(card, there)
    assert items(night(replace(CARD, given="Tom Kelly"), there), "names") == [{"givenName": "Tom Kelly"}]


COMPANY = Card("1", "Byrne Ltd", company="Byrne Ltd")


def test_a_name_that_a_user_gives_to_a_company_stays() -> None:
    """We write none there; only a contact that becomes a person's has SIMPLer's name."""
    own = {"givenName": "Pat", "phoneticGivenName": "Pawt"}
    there = made(COMPANY, names=[own])
    assert is_left_alone(COMPANY, there)
    there = night(replace(COMPANY, company="Byrne & Sons Ltd"), there)
    assert items(there, "names") == [own]

    assert items(night(CARD, there), "names") == [{"givenName": "Áine Byrne", "phoneticGivenName": "Pawt"}]


def test_a_name_that_only_repeats_the_company_is_no_users() -> None:
    """Else the company would be shown by its old name when it has another one."""
    renamed = replace(COMPANY, company="Byrne & Sons Ltd")
    there = made(COMPANY, names=[{"givenName": "Byrne", "familyName": "Ltd"}])

    assert items(night(renamed, there), "names") == []


def test_a_persons_name_goes_when_the_contact_becomes_a_companys() -> None:
    """It was ours, so it is not left behind as the user's."""
    assert items(night(COMPANY, made()), "names") == []


def test_a_job_title_outlives_the_name_of_the_company() -> None:
    """It goes over to the new name; without a company it stays alone."""
    there = made(organizations=[{"name": "Byrne Ltd", "type": "work", "title": "Director"}])
    renamed = night(replace(CARD, company="Byrne & Sons"), there)
    assert items(renamed, "organizations") == [{"name": "Byrne & Sons", "type": "work", "title": "Director"}]

    assert items(night(replace(CARD, company=""), there), "organizations") == [{"title": "Director"}]


def test_a_number_in_two_forms_is_on_the_contact_once() -> None:
    """The user had it first: it keeps their label, and stays when SIMPLer drops it."""
    card = replace(CARD, phones=(Phone("+353 86 555 1234", PhoneKind.HOME),))
    wife: Item = {"value": "086 555 1234", "type": "Wife"}
    there = night(card, made(replace(CARD, phones=()), phoneNumbers=[wife]))
    assert items(there, "phoneNumbers") == [{"value": "+353 86 555 1234", "type": "Wife"}]
    renamed = update_of("acme", replace(card, nickname="Pat"), there, card_changed=True)
    assert renamed is not None
    assert renamed.additions == ("phoneNumbers",)

    dropped = night(replace(CARD, phones=()), there)
    assert items(dropped, "phoneNumbers") == [{"value": "+353 86 555 1234", "type": "Wife"}]


def test_what_a_user_had_before_us_stays_when_simpler_drops_it() -> None:
    """An address, a row, a company, to the letter as SIMPLer then had it."""
    own = {field: list(made().fields[field]) for field in ("addresses", "userDefined", "organizations")}
    there = night(BARE, night(CARD, made(BARE, **own)))

    for field, had in own.items():
        assert items(there, field) == had


def test_fingerprints_that_another_program_removed_make_nothing_the_users() -> None:
    """With the mark alone ours is known by its likeness, and follows SIMPLer from then on."""
    [mark] = marks(made().client_data, "acme")
    stripped = replace(made(), client_data=marked(mark, []))
    after = night(NEW_NUMBER, night(CARD, stripped))

    assert [each["value"] for each in items(after, "phoneNumbers")] == ["+353 86 765 4321"]


def test_doubled_client_data_claims_nothing_twice() -> None:
    """A merge may leave all of it twice."""
    doubled = replace(made(), client_data=made().client_data * 2)
    second: Item = {"value": "+353 21 487 1234", "type": "work"}
    there = night(CARD, saved(doubled, phoneNumbers=[*doubled.fields["phoneNumbers"], second]))

    assert second in items(there, "phoneNumbers")
    assert there.client_data == made().client_data


def test_fingerprints_of_another_wisp_are_left_as_they_are() -> None:
    """They tell nothing about ours."""
    theirs = marked(Mark("other", "77", "run"), ["0123"])
    there = replace(made(), client_data=(*made().client_data, *theirs))

    assert set(theirs) <= set(night(NEW_NUMBER, there).client_data)


def test_a_number_that_an_older_build_wrote_with_its_extension_is_known_again() -> None:
    """It is on the contact once, without the extension's digits; and with the extension beside it."""
    older = replace(CARD, phones=(Phone("+1 312-239-0680 ext. 12", PhoneKind.HOME),))
    now = replace(CARD, phones=(Phone("+1 312-239-0680", PhoneKind.HOME, "12"),))
    ours = {"value": "+1 312-239-0680", "type": "Home, ext. 12"}
    own = {"value": "+353 86 555 1234", "type": "Wife"}
    person = saved(made(older), phoneNumbers=(*fields_of(older)["phoneNumbers"], own))
    assert items(night(now, person), "phoneNumbers") == [ours, own]
