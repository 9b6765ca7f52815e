"""The contact that a WISP wants of a customer."""

from shared.domain.contact.address_kind import AddressKind
from shared.domain.contact.card import Card, PostalAddress, make_card
from shared.domain.contact.customer import Address, Customer, RawPhone
from shared.domain.contact.phone import Phone
from shared.domain.contact.phone_kind import PhoneKind
from shared.domain.model.wisp import Wisp


def irish_wisp(name_template: str = "{name}") -> Wisp:
    """Return an Irish provider."""
    return Wisp(
        id="acme",
        name="ACME Wireless",
        country="IE",
        time_zone="Europe/Dublin",
        simpler_url="https://acme.azotel.com/restapi/",
        simpler_operator="acme",
        simpler_secret="acme",
        name_template=name_template,
    )


def test_a_whole_customer_becomes_a_card() -> None:
    """Every member that has something to say is on the card, in the form that a person wants to see."""
    customer = Customer(
        id="42",
        name="Murphy Farm Ltd",
        first_name="John",
        last_name="Murphy",
        nickname="murphyj",
        status="current",
        phones=(
            RawPhone("087 123 4567", PhoneKind.OTHER),
            RawPhone("021 48712", PhoneKind.WORK),
            RawPhone("n/a", PhoneKind.HOME),
        ),
        emails=("john@murphy.ie",),
        addresses=(
            Address(
                AddressKind.INSTALLATION,
                ("The Farm", "Blarney Road"),
                "Cork",
                "Co. Cork",
                "T12 X0X0",
                "Ireland",
            ),
        ),
        site="Blarney",
        ap="AP3",
        plan="20M/5M",
        link="https://acme.azotel.com/42",
    )
    expected = Card(
        customer="42",
        display="Murphy Farm Ltd #42",
        given="Murphy Farm Ltd #42",
        company="Murphy Farm Ltd",
        nickname="murphyj",
        phones=(Phone("+353 87 123 4567", PhoneKind.MOBILE),),
        emails=("john@murphy.ie",),
        addresses=(
            PostalAddress(
                AddressKind.INSTALLATION,
                "The Farm\nBlarney Road",
                "Cork",
                "Co. Cork",
                "T12 X0X0",
                "Ireland",
                "IE",
            ),
        ),
        link="https://acme.azotel.com/42",
        details=(
            ("Site", "Blarney"),
            ("Access point", "AP3"),
            ("Plan", "20M/5M"),
            ("Status", "current"),
            ("Contact person", "John Murphy"),
            ("Phone as given", "021 48712"),
        ),
    )
    assert expected == make_card(customer, irish_wisp("{name} #{id}"))


def numbers_at(country: str, text: str) -> list[str]:
    """Return the numbers that the Irish WISP's customer with an address in this country has."""
    customer = Customer(
        "1",
        name="X",
        phones=(RawPhone(text, PhoneKind.HOME),),
        addresses=(
            Address(AddressKind.INSTALLATION, city="X", country=country),
            Address(AddressKind.BILLING, city="Y", country="South Africa"),
        ),
    )
    return [phone.number for phone in make_card(customer, irish_wisp()).phones]


def test_a_number_follows_the_country_of_the_installation_address() -> None:
    """Never that of a billing address, which is in South Africa here."""
    assert numbers_at("Northern Ireland", "028 9024 6609") == ["+44 28 9024 6609"]
    assert numbers_at("USA", "(312) 239-0680 x12") == ["+1 312-239-0680"]
    assert numbers_at("RSA", "021 234 8100") == ["+27 21 234 8100"]


def test_a_filler_is_no_country() -> None:
    """Namibia's numbers begin as Ireland's do."""
    assert numbers_at("NA", "085 123 4567") == ["+353 85 123 4567"]
    assert numbers_at("Namibia", "061 234567") == ["+264 61 234 567"]


def test_a_postcode_or_a_region_tells_the_united_kingdom() -> None:
    """Where no country says otherwise."""
    places = [
        Address(AddressKind.INSTALLATION, postcode="BT1 5GS"),
        Address(AddressKind.INSTALLATION, region="Northern Ireland"),
    ]
    for place in places:
        phone = RawPhone("028 9024 6609", PhoneKind.HOME)
        card = make_card(Customer("1", name="X", phones=(phone,), addresses=(place,)), irish_wisp())
        assert [number.number for number in card.phones] == ["+44 28 9024 6609"]
        assert card.addresses[0].country_code == "GB"


def test_a_number_follows_the_wisps_country_where_the_address_names_none() -> None:
    """A country that is missing or not known is the WISP's."""
    assert numbers_at("", "021 234 8100") == ["+353 21 234 8100"]
    assert numbers_at("Middle Earth", "021 234 8100") == ["+353 21 234 8100"]


def test_a_billing_address_equal_to_the_installation_address_is_left_out() -> None:
    """Case, white space and the country's spelling make no difference."""
    customer = Customer(
        "1",
        name="X",
        addresses=(
            Address(AddressKind.INSTALLATION, ("1 Main St",), "Cork", country="Ireland"),
            Address(AddressKind.BILLING, ("1 MAIN  ST",), "cork", country="IE"),
        ),
    )
    expected = (
        PostalAddress(AddressKind.INSTALLATION, "1 Main St", "Cork", country="Ireland", country_code="IE"),
    )
    assert expected == make_card(customer, irish_wisp()).addresses


def test_another_billing_address_is_the_work_address() -> None:
    """Installation first; an unknown country stays as written, without a code."""
    customer = Customer(
        "1",
        name="X",
        addresses=(
            Address(AddressKind.INSTALLATION, city="Cork"),
            Address(AddressKind.BILLING, city="Bree", country="Middle Earth"),
        ),
    )
    expected = (
        PostalAddress(AddressKind.INSTALLATION, city="Cork"),
        PostalAddress(AddressKind.BILLING, city="Bree", country="Middle Earth"),
    )
    assert expected == make_card(customer, irish_wisp()).addresses


def test_at_most_five_unreadable_phones_are_shown() -> None:
    """A record full of junk does not fill the contact with it."""
    customer = Customer(
        "1", name="X", phones=tuple(RawPhone(f"0871 {number}", PhoneKind.HOME) for number in range(9))
    )
    expected = tuple(("Phone as given", f"0871 {number}") for number in range(5))
    assert expected == make_card(customer, irish_wisp()).details


def test_a_contact_person_in_the_name_is_not_repeated() -> None:
    """The row is for a person whom the contact's name does not show."""
    customer = Customer("1", name="John Murphy Farms", first_name="John", last_name="Murphy")
    assert make_card(customer, irish_wisp()).details == ()
