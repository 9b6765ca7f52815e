"""How a contact is called."""

import pytest

from shared.domain.contact.customer import Customer, RawPhone
from shared.domain.contact.name import FIELDS, Name, check_template, name_of
from shared.domain.contact.phone_kind import PhoneKind
from shared.errors import Misconfigured


@pytest.mark.parametrize(
    "template", ["{name}", "{name} #{id}", "{{{site}}} {ap}", "".join(f"{{{f}}}" for f in FIELDS)]
)
def test_a_template_of_known_fields_can_be_used(template: str) -> None:
    """Every field that is offered is accepted."""
    check_template(template)


@pytest.mark.parametrize(
    "template",
    [
        "",
        "customer",
        "{",
        "{name",
        "name}",
        "{}",
        "{0}",
        "{phone}",
        "{name.__class__}",
        "{name[0]}",
        "{name!r}",
        "{name:>99999999}",
        "{name:{id}}",
        "{Name}",
    ],
)
def test_any_other_template_is_refused(template: str) -> None:
    """Nothing but the plain fields: no attribute, index, conversion or format is ever evaluated."""
    with pytest.raises(Misconfigured) as caught:
        check_template(template)
    assert caught.value.reason == "wisp.name_template"


@pytest.mark.parametrize(
    ("template", "site", "ap", "expected"),
    [
        ("{name} · {site}", "", "", "John"),
        ("{name} · {site}", "Blarney", "", "John · Blarney"),
        ("{name} ({site})", "", "", "John"),
        ("{name} ({site} / {ap})", "", "AP3", "John (AP3)"),
        ("{name} ({site} / {ap})", "Blarney", "", "John (Blarney)"),
        ("{name} ({site} / {ap})", "", "", "John"),
        ("{name} [{site}] #{id}", "", "", "John #42"),
        ("{site} - {name}", "", "", "John"),
        ("[{site}] {name}", "", "", "John"),
        ("{site}, {ap}: {name}", "", "AP3", "AP3: John"),
        ("{name} - {site} / {id}", "", "", "John / 42"),
        ("{name}, {site}, {ap}, {id}", "", "", "John, 42"),
        ("{site} {ap}", "", "", "John"),
        ("{name} {{{site}}}", "x", "", "John {x}"),
        ("{name} \u2013 {site}", "{id} () -", "", "John \u2013 {id} () -"),
    ],
)
def test_an_empty_field_leaves_no_separator_behind(template: str, site: str, ap: str, expected: str) -> None:
    """Separators and brackets go with their field; the customer's own words are never touched."""
    customer = Customer("42", name="John", site=site, ap=ap)
    assert expected == name_of(customer, template).display


@pytest.mark.parametrize(
    ("customer", "expected"),
    [
        (Customer("42", "N", "C", "F", "L", "K"), "N"),
        (Customer("42", "", "C", "F", "L", "K"), "C"),
        (Customer("42", "", "", "F", "L", "K"), "F L"),
        (Customer("42", "", "", "", "L", "K"), "L"),
        (Customer("42", nickname="K", phones=(RawPhone("087", PhoneKind.HOME),)), "K"),
        (Customer("42", phones=(RawPhone("087", PhoneKind.HOME),)), "087"),
        (Customer("42", emails=("a@b.ie",)), "Customer 42"),
    ],
)
def test_a_customer_without_a_name_is_called_by_the_next_best(customer: Customer, expected: str) -> None:
    """A contact always has something to show."""
    assert expected == name_of(customer, "{name}").display


@pytest.mark.parametrize(
    ("customer", "expected"),
    [
        (Customer("1", "johnmurphy", "", "John", "Murphy"), Name("johnmurphy", "John", "Murphy", "")),
        (Customer("1", "", "", "John", "Murphy"), Name("John Murphy", "John", "Murphy", "")),
        (Customer("1", "Murphy, John", "", "John", "Murphy"), Name("Murphy, John", "Murphy, John", "", "")),
        (Customer("1", "Murphy Farm", "", "John", "Murphy"), Name("Murphy Farm", "", "", "Murphy Farm")),
        (Customer("1", "Murphy Farm", "MURPHY FARM", "J", ""), Name("Murphy Farm", "", "", "MURPHY FARM")),
        (Customer("1", "", "Murphy Farm"), Name("Murphy Farm", "", "", "Murphy Farm")),
        (Customer("1", "John Murphy", "Farm"), Name("John Murphy", "John Murphy", "", "Farm")),
        (Customer("1", "John Murphy"), Name("John Murphy", "John Murphy", "", "")),
        (Customer("1", "", "Farm", "John", "Murphy"), Name("Farm", "", "", "Farm")),
    ],
)
def test_a_person_and_a_company_are_told_apart(customer: Customer, expected: Name) -> None:
    """A name is parted only where the record itself parts it."""
    assert expected == name_of(customer, "{name}")


def test_a_name_made_by_a_template_is_not_parted() -> None:
    """The contact shows the whole of it."""
    customer = Customer("42", "John Murphy", "", "John", "Murphy")
    expected = Name("John Murphy #42", "John Murphy #42", "", "")
    assert expected == name_of(customer, "{name} #{id}")


def test_a_long_name_is_cut_to_what_google_takes() -> None:
    """Several long fields together stay within one."""
    customer = Customer("42", name="n" * 512, site="s" * 512, ap="a" * 512)
    assert len(name_of(customer, "{name} {site} {ap}").display) == 1024


def test_a_plain_name_of_two_long_parts_is_cut_too() -> None:
    """Also the name that stands in for an empty template."""
    customer = Customer("42", first_name="f" * 512, last_name="l" * 512)
    assert len(name_of(customer, "{site}").display) == 1024
