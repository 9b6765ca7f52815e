"""A card in the words of Google's People API."""

from shared.domain.contact.address_kind import AddressKind
from shared.domain.contact.card import Card, PostalAddress
from shared.domain.contact.phone import Phone
from shared.domain.contact.phone_kind import PhoneKind
from shared.domain.sync.google_fields import fields_of
from shared.domain.sync.person import OWNED


def test_a_whole_card_becomes_googles_fields() -> None:
    """Every owned field is written with its writable members."""
    card = Card(
        customer="42",
        display="John Murphy",
        given="John",
        family="Murphy",
        company="Murphy Farm Ltd",
        nickname="murphyj",
        phones=tuple(Phone(f"+353 {kind}", kind) for kind in PhoneKind),
        emails=("john@murphy.ie",),
        addresses=(
            PostalAddress(
                AddressKind.INSTALLATION, "The Farm", "Cork", "Co. Cork", "T12 X0X0", "Ireland", "IE"
            ),
            PostalAddress(AddressKind.BILLING, city="Bree"),
        ),
        link="https://acme.azotel.com/42",
        details=(("Site", "Blarney"), ("Status", "current")),
    )
    expected = {
        "names": ({"givenName": "John", "familyName": "Murphy"},),
        "organizations": ({"name": "Murphy Farm Ltd", "type": "work"},),
        "nicknames": ({"value": "murphyj"},),
        "phoneNumbers": (
            {"value": "+353 mobile", "type": "mobile"},
            {"value": "+353 home", "type": "home"},
            {"value": "+353 work", "type": "work"},
            {"value": "+353 fax", "type": "workFax"},
            {"value": "+353 other", "type": "other"},
        ),
        "emailAddresses": ({"value": "john@murphy.ie"},),
        "addresses": (
            {
                "type": "home",
                "streetAddress": "The Farm",
                "city": "Cork",
                "region": "Co. Cork",
                "postalCode": "T12 X0X0",
                "country": "Ireland",
                "countryCode": "IE",
            },
            {"type": "work", "city": "Bree"},
        ),
        "urls": ({"value": "https://acme.azotel.com/42", "type": "SIMPLer"},),
        "externalIds": ({"value": "42", "type": "customer"},),
        "userDefined": ({"key": "Site", "value": "Blarney"}, {"key": "Status", "value": "current"}),
    }
    assert expected == fields_of(card)


def test_a_bare_card_has_every_owned_field_in_order() -> None:
    """A field with nothing in it is sent empty, so that it becomes empty."""
    fields = fields_of(Card(customer="42", display="John", given="John"))
    filled = {field: items for field, items in fields.items() if items}
    assert list(OWNED) == list(fields)
    assert filled == {
        "names": ({"givenName": "John"},),
        "externalIds": ({"value": "42", "type": "customer"},),
    }


def test_a_company_has_no_name_but_an_organization() -> None:
    """Google shows and sorts it by the organization."""
    fields = fields_of(Card(customer="42", display="Murphy Farm Ltd", company="Murphy Farm Ltd"))
    assert fields["names"] == ()
    assert fields["organizations"] == ({"name": "Murphy Farm Ltd", "type": "work"},)
