"""Reading a record with mistrust."""

import pytest

from shared.domain.contact.address_kind import AddressKind
from shared.domain.contact.customer import Address, Customer, RawPhone, Skipped, read_customer
from shared.domain.contact.phone_kind import PhoneKind


def read(**members: object) -> Customer:
    """Return the customer that a record with these members and an id and a name gives."""
    customer = read_customer({"id": "42", "name": "John Murphy", **members}, 1)
    assert isinstance(customer, Customer)
    return customer


def test_a_whole_record_is_read() -> None:
    """Every member finds its place."""
    record = {
        "id": 42,
        "name": " Murphy  Farm Ltd ",
        "company": "Murphy Farm Ltd",
        "first_name": "John",
        "last_name": "Murphy",
        "nickname": "murphyj",
        "status": "current",
        "phones": [{"text": "087 123 4567", "kind": "Mobile"}, {"text": 214871234, "kind": "office"}],
        "emails": ["John@Murphy.ie; office@murphy.ie"],
        "addresses": [
            {"kind": "billing", "lines": ["PO Box 1"], "city": "Cork"},
            {"kind": "installation", "lines": ["The Farm", "", 7], "postcode": "T12 X0X0", "country": "IE"},
        ],
        "site": "Blarney",
        "ap": "AP3",
        "plan": "20M/5M",
        "link": "https://acme.azotel.com/42",
    }
    expected = Customer(
        id="42",
        name="Murphy Farm Ltd",
        company="Murphy Farm Ltd",
        first_name="John",
        last_name="Murphy",
        nickname="murphyj",
        status="current",
        phones=(RawPhone("087 123 4567", PhoneKind.MOBILE), RawPhone("214871234", PhoneKind.OTHER)),
        emails=("John@murphy.ie", "office@murphy.ie"),
        addresses=(
            Address(AddressKind.INSTALLATION, lines=("The Farm", "7"), postcode="T12 X0X0", country="IE"),
            Address(AddressKind.BILLING, lines=("PO Box 1",), city="Cork"),
        ),
        site="Blarney",
        ap="AP3",
        plan="20M/5M",
        link="https://acme.azotel.com/42",
    )
    assert expected == read_customer(record, 1)


@pytest.mark.parametrize("record", [None, [], "42", 42, True])
def test_what_is_no_object_is_no_record(record: object) -> None:
    """A listing may hold anything; its place in the listing is told."""
    assert read_customer(record, 7) == Skipped("", "not a record", 7)


@pytest.mark.parametrize("value", [None, "", " \u200b", True, 0, "0", "000", 4.5, [], {}, "x" * 65, 10**70])
def test_a_record_without_a_usable_id_is_skipped(value: object) -> None:
    """An id is a string or a whole number; one that is too long is not cut, since it would be another's."""
    assert read_customer({"id": value, "name": "John"}, 3) == Skipped("", "no id", 3)


def test_a_record_without_an_id_is_skipped() -> None:
    """A contact without an id could not be found again."""
    assert read_customer({"name": "John"}, 3) == Skipped("", "no id", 3)


@pytest.mark.parametrize(
    "members", [{}, {"status": "current", "site": "Blarney"}, {"name": {"a": 1}, "emails": ["none"]}]
)
def test_a_record_with_nothing_to_show_is_skipped(members: dict[str, object]) -> None:
    """A contact needs a name, a telephone number or an e-mail address."""
    assert read_customer({"id": 10, **members}, 3) == Skipped("10", "nothing to show", 3)


@pytest.mark.parametrize("value", [None, True, [], {}, ["x"], {"text": "x"}])
def test_what_is_no_text_counts_as_absent(value: object) -> None:
    """A member of the wrong type costs that member, not the customer."""
    assert read(nickname=value, status=value, site=value, link=value) == read()


@pytest.mark.parametrize("phones", ["087 123 4567", ["087 123 4567"], {"text": "087 123 4567"}])
def test_one_phone_may_stand_without_its_list(phones: object) -> None:
    """A text where a list belongs is a list of one."""
    assert read(phones=phones).phones == (RawPhone("087 123 4567", PhoneKind.OTHER),)


def test_phones_on_lines_of_their_own_stay_apart() -> None:
    """A line end separates numbers as a slash does."""
    phones = read(phones=["087 123 4567\r\n\r\n 086 765 4321\n"]).phones
    assert phones == (RawPhone("087 123 4567 / 086 765 4321", PhoneKind.OTHER),)


def test_phones_are_limited_in_number_and_length() -> None:
    """A hundred texts of eight thousand characters are more than anybody types."""
    phones = read(phones=["", *["1" * 9000] * 101]).phones
    assert [len(phone.text) for phone in phones] == [8192] * 100


def test_empty_addresses_are_left_out() -> None:
    """An address with only a kind is no address; an unknown kind is the installation's."""
    addresses = read(
        addresses=[{"kind": "billing", "lines": [" "]}, {"kind": "?", "city": "Cork"}, "x"]
    ).addresses
    assert addresses == (Address(AddressKind.INSTALLATION, city="Cork"),)


def test_addresses_are_limited_in_number() -> None:
    """The first four are kept, the installation's before others."""
    given = [{"kind": "billing", "city": f"B{number}"} for number in range(5)]
    addresses = read(addresses=[*given, {"kind": "installation", "city": "I"}]).addresses
    assert [address.city for address in addresses] == ["I", "B0", "B1", "B2"]
