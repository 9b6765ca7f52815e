"""SIMPLer's profile: what a wisp may override, and what it is told when it is wrong."""

from typing import Any

import pytest

from shared.adapters.simpler.profile import AllAtOnce, ByCursor, ByPage, PhoneField, load_profile
from shared.adapters.simpler.record import canonical
from shared.domain.contact.customer import ROW_TITLES, Customer, read_customer
from shared.domain.contact.phone_kind import PhoneKind
from shared.errors import Misconfigured


def test_the_default_profile_is_valid() -> None:
    """It lists all customers in one answer, by POST, so that no address holds a password."""
    profile = load_profile({})
    assert profile.listing.paging == AllAtOnce()
    assert profile.listing.send == "POST form"
    assert profile.lookup.send == "POST form"
    assert profile.fields.id == ("customerid",)


@pytest.mark.parametrize("name", ROW_TITLES)
def test_every_row_is_read_from_the_members_that_the_profile_names(name: str) -> None:
    """A row that the profile does not name would never show, and nobody would notice."""
    profile = load_profile({"fields": {name: ["typed"]}})
    customer = read_customer(
        canonical({"customerid": "7", "name": "Mary", "typed": "a text"}, profile, ""), 1
    )

    assert isinstance(customer, Customer)
    assert (ROW_TITLES[name], "a text") in customer.rows()


def test_objects_are_merged_and_the_rest_is_replaced() -> None:
    """A member of an object leaves its neighbours; a list is given whole."""
    profile = load_profile(
        {
            "listing": {"path": "customer", "send": "GET query", "total": None},
            "fields": {"emails": ["mail"], "phones": [{"member": "tel", "kind": "work"}]},
        }
    )
    assert profile.listing.path == "customer"
    assert profile.listing.total is None
    assert profile.listing.records == "customers"
    assert profile.fields.emails == ("mail",)
    assert profile.fields.phones == (PhoneField("tel", PhoneKind.WORK),)
    assert profile.fields.name == load_profile({}).fields.name


@pytest.mark.parametrize(
    ("paging", "expected"),
    [
        ({"style": "all"}, AllAtOnce()),
        ({"style": "page"}, ByPage("page", "limit", 1, 500)),
        ({"style": "page", "page": "p", "limit": "n", "first": 0, "size": 50}, ByPage("p", "n", 0, 50)),
        ({"style": "cursor", "parameter": "after", "next": "meta.next"}, ByCursor("after", "meta.next")),
    ],
)
def test_paging_has_three_styles(paging: dict[str, Any], expected: object) -> None:
    """All at once, by page and by cursor, each with its own members."""
    assert expected == load_profile({"listing": {"paging": paging}}).listing.paging


@pytest.mark.parametrize(
    ("overrides", "named"),
    [
        ({"list": {}}, "`list`"),
        ({"listing": {"url": "x"}}, "`url` - at `$.listing`"),
        ({"listing": {"path": 7}}, "`$.listing.path`"),
        ({"listing": {"path": ""}}, "`$.listing.path`"),
        ({"listing": {"path": "https://evil.example.com/"}}, "`$.listing.path`"),
        ({"listing": {"path": "//evil.example.com"}}, "`$.listing.path`"),
        ({"listing": {"path": "../admin"}}, "`$.listing.path`"),
        ({"listing": {"path": "a/../../b"}}, "`$.listing.path`"),
        ({"listing": {"path": "customers?x=1"}}, "`$.listing.path`"),
        ({"listing": {"path": "customers\n"}}, "`$.listing.path`"),
        ({"listing": {"send": "PUT"}}, "`$.listing.send`"),
        ({"listing": {"records": "a..b"}}, "`$.listing.records`"),
        ({"listing": {"total": ""}}, "`$.listing.total`"),
        ({"listing": {"parameters": {"fields": 1}}}, "`$.listing.parameters[...]`"),
        ({"listing": {"parameters": {"api_password": "x"}}}, "`api_password`"),
        ({"listing": {"parameters": {"limit": "5"}, "paging": {"style": "page"}}}, "`limit`"),
        ({"listing": {"paging": {"style": "cursor", "parameter": "operator"}}}, "`operator`"),
        ({"lookup": {"parameters": {"customerid": "5"}}}, "`customerid`"),
        ({"listing": {"paging": {"style": "offset"}}}, "`$.listing.paging.style`"),
        ({"listing": {"paging": {"style": "page", "size": 0}}}, "`$.listing.paging.size`"),
        ({"listing": {"paging": {"style": "all", "size": 5}}}, "`size` - at `$.listing.paging`"),
        ({"listing": []}, "`$.listing`"),
        ({"lookup": {"missing": "not found"}}, "`$.lookup.missing`"),
        ({"error": {"message": "", "success": None}}, "`$.error.message`"),
        ({"fields": {"id": []}}, "`$.fields.id`"),
        ({"fields": {"phone": ["x"]}}, "`phone` - at `$.fields`"),
        ({"fields": {"phones": [{"member": "x", "kind": "pager"}]}}, "`$.fields.phones[0].kind`"),
        ({"fields": {"addresses": [{"kind": "home"}]}}, "`$.fields.addresses[0].kind`"),
        ({"link": None}, "`$.link`"),
        ({"link": "https://{host}/{id}"}, "`$.link`"),
        ({"link": "https://{server}/{id"}, "`$.link`"),
        ({"link": "https://{server}/{id.__class__}"}, "`$.link`"),
        ({"link": "https://{server}/{id:>9}"}, "`$.link`"),
        ({"link": "javascript:alert({id})"}, "`$.link`"),
    ],
)
def test_a_wrong_member_is_named(overrides: dict[str, Any], named: str) -> None:
    """The operator is told which member of the setting to mend."""
    with pytest.raises(Misconfigured) as wrong:
        load_profile(overrides)
    assert wrong.value.reason == "simpler.profile"
    assert named in wrong.value.message


def read(raw: object, **overrides: Any) -> Any:
    """Return the canonical record by the default profile with overrides."""
    return canonical(raw, load_profile(overrides), "simpler.example.com:8080")


def test_the_first_name_that_is_not_empty_counts() -> None:
    """Absent, null, blank and empty members give way to the next name; 0 and false do not."""
    fields = {"plan": ["a", "b", "c", "d", "e", "f"]}
    raw: dict[str, Any] = {"b": None, "c": " ", "d": [], "e": 0, "f": "x"}
    assert read(raw, fields=fields)["plan"] == 0


def test_names_may_lead_into_objects() -> None:
    """Dots join the names on the way."""
    raw = {"contact": {"name": "Mary"}, "id": 7}
    record = read(raw, fields={"id": ["id"], "name": ["contact.name"], "site": ["id.x"]})
    assert record["id"] == 7
    assert record["name"] == "Mary"
    assert record["site"] is None


def test_every_phone_and_email_counts() -> None:
    """In the profile's order, lists entry by entry, each with the kind of its member; nothing is checked."""
    record = read(
        {"fax": "5", "alt_phones": ["3", "", 4], "mobile": 1, "phone": " ", "email": ["a@example.com", {}]}
    )
    assert record["phones"] == [
        {"text": 1, "kind": "mobile"},
        {"text": "3", "kind": "other"},
        {"text": 4, "kind": "other"},
        {"text": "5", "kind": "fax"},
    ]
    assert record["emails"] == ["a@example.com"]


def test_an_address_is_put_together_from_its_members() -> None:
    """Each address of the profile is one of the record, empty ones too."""
    record = read({"address1": "1 Main Street", "city": "Cork", "postcode": "T12 X", "billing_city": "Cobh"})
    nothing: dict[str, Any] = {"lines": [], "city": None, "region": None, "postcode": None, "country": None}
    assert record["addresses"] == [
        {**nothing, "kind": "installation", "lines": ["1 Main Street"], "city": "Cork", "postcode": "T12 X"},
        {**nothing, "kind": "billing", "city": "Cobh"},
    ]


@pytest.mark.parametrize(
    ("customer", "expected"),
    [
        (7, "https://simpler.example.com:8080/c/7"),
        ("a/b ?&\ud83d", "https://simpler.example.com:8080/c/a%2Fb%20%3F%26%3F"),
        (None, ""),
        ([7], ""),
        (1.5, ""),
    ],
)
def test_a_link_is_made_from_its_template(customer: object, expected: str) -> None:
    """The id is escaped; without an id that can be one there is no link."""
    assert expected == read({"customerid": customer}, link="https://{server}/c/{id}")["link"]


@pytest.mark.parametrize("raw", [None, "row", 7, [], [{"customerid": 7}]])
def test_what_is_no_object_is_handed_on(raw: object) -> None:
    """The domain says what it is not."""
    assert raw == read(raw)
