"""What is stored, or saved anew by a phone, in other words that mean the same."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from infra.standins.google import Rules
from infra.standins.google.rewording import PHONE
from infra.standins.google.user import User
from infra.standins.google.wording import FORMS, Form, worded
from tests.standins.google_kit import JANE, Google, refusal, source_of

FIELDS = "names,addresses,phoneNumbers,emailAddresses,urls,clientData,memberships,metadata"
ADDRESS = {"streetAddress": "1 Main Street", "city": "Cork", "country": "Ireland", "countryCode": "IE"}
BARE = {"city": "Cork"}
CAFE = "Cafe\u0301"


CASES: Sequence[tuple[str, Form, Any, Any]] = [
    ("addresses", "country_name", {**BARE, "country": "IE"}, {**BARE, "country": "Ireland"}),
    (
        "addresses",
        "country_name",
        {**BARE, "countryCode": "IE"},
        {**BARE, "countryCode": "IE", "country": "Ireland"},
    ),
    ("addresses", "country_name", {**BARE, "country": "Narnia"}, {**BARE, "country": "Narnia"}),
    ("addresses", "country_as_code", {**BARE, "country": "ireland"}, {**BARE, "country": "IE"}),
    (
        "addresses",
        "country_code",
        {**BARE, "country": "Ireland", "formattedValue": "x"},
        {**BARE, "country": "Ireland", "countryCode": "IE"},
    ),
    ("addresses", "country_code", {**BARE, "formattedValue": "x"}, {**BARE, "formattedValue": "x"}),
    ("addresses", "country_code_dropped", {**BARE, "countryCode": "IE"}, {**BARE, "countryCode": "IE"}),
    (
        "addresses",
        "country_code_dropped",
        ADDRESS,
        {"streetAddress": "1 Main Street", "city": "Cork", "country": "Ireland"},
    ),
    (
        "addresses",
        "address_on_one_line",
        ADDRESS,
        {**ADDRESS, "formattedValue": "1 Main Street, Cork, Ireland"},
    ),
    ("phoneNumbers", "number_e164", "087 100 1001", "+353871001001"),
    ("phoneNumbers", "number_e164", "021 487 1234 ext 5", "021 487 1234 ext 5"),
    ("phoneNumbers", "number_international", "0871001001", "+353 87 100 1001"),
    ("phoneNumbers", "number_international", "12", "12"),
    ("phoneNumbers", "number_international", "gate", "gate"),
    ("phoneNumbers", "number_national", "+353 87 1001001", "087 100 1001"),
    ("phoneNumbers", "number_national", "+44 20 7946 0018", "+44 20 7946 0018"),
    ("phoneNumbers", "number_digits", "+353 87 100 1001", "0871001001"),
    ("phoneNumbers", "number_hyphens", "+353 87 100 1001", "+353-87-100-1001"),
    ("phoneNumbers", "number_uri", "+353 87 100 1001", "tel:+353-87-100-1001"),
    ("emailAddresses", "email_lower", "Ann@Example.com", "ann@example.com"),
    ("urls", "url_scheme", "example.com/a", "http://example.com/a"),
    ("urls", "url_scheme", "https://example.com/a", "https://example.com/a"),
    ("urls", "url_slash", "https://example.com", "https://example.com/"),
    ("urls", "url_slash", "https://example.com/a", "https://example.com/a"),
    ("urls", "url_no_slash", "https://example.com/", "https://example.com"),
    ("urls", "url_no_slash", "https://example.com/a/", "https://example.com/a/"),
    ("urls", "url_host_lower", "https://Example.COM/A", "https://example.com/A"),
    ("nicknames", "text_composed", CAFE, "Caf\u00e9"),
    ("nicknames", "text_trimmed", " Ann ", "Ann"),
    ("nicknames", "text_spaces", "Ann  \u00a0 Lee", "Ann Lee"),
    ("clientData", "text_trimmed", " v ", " v "),
]


@pytest.mark.parametrize(("field", "form", "before", "after"), CASES)
def test_each_form(field: str, form: Form, before: Any, after: Any) -> None:
    """Each form changes what it is about, as far as it knows how, and nothing else."""
    items = [item if isinstance(item, dict) else {"value": item, "type": "x"} for item in (before, after)]
    assert worded(field, items[:1], [form], "IE") == items[1:]


def test_every_form_is_tried() -> None:
    """No form is without a row above."""
    assert {form for _, form, _, _ in CASES} == set(FORMS)


def test_what_is_nothing_but_spaces_is_gone() -> None:
    """An item of which trimming leaves nothing is no item."""
    assert worded("nicknames", [{"value": "  "}, {"value": "A", "type": " "}], ["text_trimmed"], "IE") == [
        {"value": "A"}
    ]


def store_in(google: Google, *forms: Form) -> None:
    """Have Google store everything in these forms from now on."""
    google.standin.world.rules = Rules(wordings=forms)


def test_by_default_nothing_is_worded_anew(google: Google) -> None:
    """What was written comes back as it was written."""
    person = google.create(FIELDS, addresses=[ADDRESS], phoneNumbers=[{"value": "+353 87 1001001"}])
    assert person["addresses"][0].items() >= ADDRESS.items()
    assert person["phoneNumbers"][0]["value"] == "+353 87 1001001"


def test_what_is_written_is_stored_in_other_words(google: Google) -> None:
    """The answer to a create and to an update says what is stored, and what is computed goes by that."""
    store_in(google, "country_as_code", "number_hyphens")
    written = {"addresses": [ADDRESS], "phoneNumbers": [{"value": "+353 87 100 1001"}]}
    created = google.create(FIELDS, **written)
    updated = google.update({**created, **written}, "addresses,phoneNumbers", FIELDS).execute()
    for person in (created, updated):
        address, number = person["addresses"][0], person["phoneNumbers"][0]
        assert address["country"] == "IE"
        assert address["formattedValue"].splitlines()[-1] == "IE"
        assert number["value"] == "+353-87-100-1001"
        assert number["canonicalForm"] == "+353871001001"


def test_names_of_labels_are_stored_in_other_words(google: Google) -> None:
    """A name is trimmed and composed, and then it may be taken."""
    store_in(google, "text_trimmed", "text_composed")
    group = google.make_group(f" {CAFE} ")
    assert group["name"] == "Caf\u00e9"
    error = refusal(google.people.contactGroups().create(body={"contactGroup": {"name": f"{CAFE} "}}))
    assert error["code"] == 409
    body = {"contactGroup": {**group, "name": " Other"}}
    name = group["resourceName"]
    assert google.people.contactGroups().update(resourceName=name, body=body).execute()["name"] == "Other"


def test_a_phone_saves_a_contact_anew(google: Google) -> None:
    """Its words change and so does its etag; client data, labels and what is computed stay right."""
    data = [{"key": " k", "value": " v "}]
    before = google.create(
        FIELDS,
        names=[{"givenName": "Ann", "familyName": "Lee"}],
        addresses=[ADDRESS],
        phoneNumbers=[{"value": "+353 1 677 1234", "type": "work"}],
        clientData=data,
    )
    jane = User.of(google.address, JANE)
    google.standin.world.accounts[JANE].region = "IE"
    jane.reword(before["resourceName"], forms=PHONE)
    after = google.read(before["resourceName"], FIELDS)
    address, number = after["addresses"][0], after["phoneNumbers"][0]
    assert "countryCode" not in address
    assert address["country"] == "Ireland"
    assert number["value"] == "(01) 677 1234"
    assert number["formattedType"] == "Work"
    assert number["canonicalForm"] == "+35316771234"
    assert source_of(after)["etag"] != source_of(before)["etag"]
    assert rest(after) == rest(before)


def rest(person: Mapping[str, Any], but: Sequence[str] = ("addresses", "phoneNumbers")) -> dict[str, Any]:
    """Return a contact without what changes when a phone saves it."""
    return {name: items for name, items in person.items() if name not in (*but, "metadata", "etag")}


def test_what_is_in_a_phones_words_already_is_not_changed(google: Google) -> None:
    """Saved twice, a contact has one new etag."""
    name = google.create(addresses=[ADDRESS])["resourceName"]
    jane = User.of(google.address, JANE)
    etags = []
    for _ in range(2):
        jane.reword(name, forms=PHONE)
        etags.append(source_of(google.read(name))["etag"])
    assert etags[0] == etags[1]


def test_a_phone_saves_contacts_in_the_midst_of_a_call(google: Google) -> None:
    """Those of a program are reworded before a call that is struck; a user's own are not."""
    marked = google.create(addresses=[ADDRESS], clientData=[{"key": "k", "value": "v"}])["resourceName"]
    own = google.create(addresses=[ADDRESS])["resourceName"]
    google.side("POST", "faults", [{"what": {"ready": "contacts_reworded"}, "method": "people.get"}])
    found = ["countryCode" in google.read(name, "addresses")["addresses"][0] for name in (marked, own)]
    assert found == [False, True]
