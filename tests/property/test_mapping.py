"""Whatever SIMPLer sends, a contact that Google takes comes out of it, or a reason why none does."""

import json
import unicodedata

import phonenumbers
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.domain.contact.card import Card, make_card
from shared.domain.contact.country import country_code
from shared.domain.contact.customer import Customer, Skipped, read_customer
from shared.domain.contact.name import FIELDS
from shared.domain.contact.text import clean, cut, is_filler, meant, stated, units
from shared.domain.model.wisp import Wisp
from shared.domain.sync.google_fields import fields_of
from shared.domain.sync.person import OWNED, Fields

# Google's Contacts Help: "128 KB" and "500 fields total" for a contact, "1,024 characters per field".
LONGEST_VALUE = 1024
MOST_FIELDS = 500
LARGEST_CONTACT = 128 * 1024

ODD = st.sampled_from(
    [
        "\ud800",
        "\udc00",
        "\u200d",
        "\u0301",
        "\u202e",
        "\ufeff",
        "\x00",
        "\x85",
        "\u2028",
        "👩",
        "🏽",
        "🇮",
        "İ",
    ]
)
CHARACTERS = st.characters(codec=None) | ODD
TEXTS = st.text(CHARACTERS, max_size=40) | st.builds(
    lambda text, times: text * times, st.text(CHARACTERS, max_size=5), st.integers(0, 3000)
)
PHONE_TEXTS = st.from_regex(r"(\+?[0-9]{1,4}[ ()/.x-]{0,2}){1,12}", fullmatch=True) | st.sampled_from(
    ["087 123 4567", "021 234 8100 x5", "+1 312-239-0680", "n/a", "0044 207 193 4170 / 087 123 4567"]
)
EMAIL_TEXTS = st.emails() | st.sampled_from(["a@b.ie; c@d.ie", "İ@MÜNCHEN.de", "a@b"])
COUNTRIES = st.sampled_from(["Ireland", "UK", "USA", "South Africa", "NI", "Middle Earth"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.just(10**100)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)


def lists_of(plausible: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """Return a list of mostly plausible values, or any JSON."""
    return st.lists(plausible | JSON, max_size=6) | JSON


ADDRESSES = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["installation", "billing"]) | JSON,
        "lines": lists_of(TEXTS),
        "city": JSON,
        "region": JSON,
        "postcode": JSON,
        "country": COUNTRIES | JSON,
    },
)
PHONES = st.fixed_dictionaries(
    {}, optional={"text": PHONE_TEXTS | JSON, "kind": st.sampled_from(["mobile", "home", "fax"]) | JSON}
)
RECORDS = st.fixed_dictionaries(
    {"id": st.integers() | TEXTS | JSON},
    optional={
        "name": TEXTS | JSON,
        "company": TEXTS | JSON,
        "first_name": TEXTS | JSON,
        "last_name": TEXTS | JSON,
        "nickname": TEXTS | JSON,
        "status": TEXTS | JSON,
        "phones": lists_of(PHONES | PHONE_TEXTS),
        "emails": lists_of(EMAIL_TEXTS),
        "addresses": lists_of(ADDRESSES),
        "site": TEXTS | JSON,
        "ap": TEXTS | JSON,
        "plan": TEXTS | JSON,
        "link": st.sampled_from(["https://acme.ie/a b,c;é", "ftp://x"]) | JSON,
    },
)
LITERALS = st.text(st.sampled_from(" ·-#()[],:/ab"), max_size=4)
TEMPLATES = st.builds(
    lambda first, pairs: first + "".join(f"{{{field}}}{literal}" for field, literal in pairs),
    LITERALS,
    st.lists(st.tuples(st.sampled_from(FIELDS), LITERALS), min_size=1, max_size=4),
)

# As large as it gets: every member full of characters of three bytes.
LARGEST = {
    "id": "क" * 64,
    **dict.fromkeys(
        ("name", "company", "first_name", "last_name", "nickname", "status", "site", "ap", "plan"), "क" * 9999
    ),
    "phones": [{"text": f"087 123 {4000 + number}", "kind": "mobile"} for number in range(90)]
    + [f"12{i}" + "क" * 999 for i in range(10)],
    "emails": [f"{number}" + "क" * 240 + "@acme.ie" for number in range(99)],
    "addresses": [
        {"kind": "billing", "lines": ["क" * 9999] * 9, "city": f"{number}" + "क" * 999}
        | dict.fromkeys(("region", "postcode", "country"), "क" * 9999)
        for number in range(9)
    ],
    "link": "https://acme.ie/" + "x" * 1008,
}


def wisp(name_template: str = "{name}") -> Wisp:
    """Return an Irish provider."""
    return Wisp(
        "acme", "ACME", "IE", "Europe/Dublin", "https://a.ie/", "acme", "acme", name_template=name_template
    )


def members(fields: Fields) -> list[str]:
    """Return every text in the fields."""
    return [text for items in fields.values() for item in items for text in item.values()]


def controls(fields: Fields) -> set[tuple[str, str]]:
    """Return each control character and half of a character in the fields, with the member that holds it."""
    named = [(name, text) for items in fields.values() for item in items for name, text in item.items()]
    signs = {(name, sign) for name, text in named for sign in text}
    return {(name, sign) for name, sign in signs if unicodedata.category(sign) in {"Cc", "Cs"}}


def canonical(customer: Customer) -> dict[str, object]:
    """Return the record that says what the customer says."""
    record: dict[str, object] = {slot: getattr(customer, slot) for slot in Customer.__slots__}
    record["phones"] = [
        *({"text": phone.text, "kind": phone.kind} for phone in customer.phones),
        *({"text": {"": text}} for text in customer.phone_texts),
    ]
    record["emails"] = [*customer.emails, *({"": text} for text in customer.email_texts)]
    record["addresses"] = [
        {slot: getattr(address, slot) for slot in address.__struct_fields__}
        | {"kind": address.kind.record, "lines": list(address.lines)}
        for address in customer.addresses
    ]
    return record


def assert_google_takes(fields: Fields) -> None:
    """See that the fields are within every limit and hold nothing that breaks a reader."""
    texts = members(fields)
    assert list(OWNED) == list(fields)
    assert len(fields["names"]) <= 1
    assert len(fields["phoneNumbers"]) <= 100
    assert len(fields["emailAddresses"]) <= 100
    assert len(texts) <= MOST_FIELDS
    assert max(map(units, texts)) <= LONGEST_VALUE
    assert all(sum(map(units, address.values())) <= LONGEST_VALUE for address in fields["addresses"])
    assert len(json.dumps(fields, ensure_ascii=False).encode()) <= len(json.dumps(fields)) <= LARGEST_CONTACT
    assert "" not in texts
    assert controls(fields) <= {("streetAddress", "\n")}


def assert_is_whole(card: Card) -> None:
    """See that the card can be shown and called."""
    assert card.display
    assert card.given or card.company or card.family
    for phone in card.phones:
        assert phonenumbers.is_valid_number(phonenumbers.parse(phone.number))


@settings(deadline=None)
@given(record=RECORDS | JSON, name_template=TEMPLATES)
@example(record=LARGEST, name_template="{name} {site}")
@example(
    record={"id": 1, "name": "Ann", "addresses": [{"lines": ["1 Main St", "Schull"]}]}, name_template="{name}"
)
def test_any_record_becomes_a_contact_that_google_takes_or_a_reason(
    record: object, name_template: str
) -> None:
    """No record of any shape breaks the reading, and none makes a contact beyond Google's limits."""
    customer = read_customer(record, 1)
    if isinstance(customer, Skipped):
        assert customer.reason in {"not a record", "no id", "nothing to show"}
        return
    card = make_card(customer, wisp(name_template))
    assert_is_whole(card)
    assert_google_takes(fields_of(card))


@settings(deadline=None)
@given(record=RECORDS)
@example(record=LARGEST)
def test_the_same_record_makes_the_same_card(record: object) -> None:
    """Nothing but the record and the settings decides; else every night would rewrite contacts."""
    first, second = (read_customer(record, position) for position in (1, 1))
    assert first == second
    if isinstance(first, Customer) and isinstance(second, Customer):
        assert make_card(first, wisp()) == make_card(second, wisp())


@settings(deadline=None)
@given(record=RECORDS)
@example(record=LARGEST)
def test_reading_what_was_read_changes_nothing(record: object) -> None:
    """A customer that is clean stays as it is."""
    customer = read_customer(record, 1)
    if isinstance(customer, Customer):
        assert customer == read_customer(canonical(customer), 1)


@given(text=TEXTS, limit=st.integers(1, 60))
def test_cleaning_and_cutting_twice_is_once(text: str, limit: int) -> None:
    """A clean text is clean, a cut one fits and is clean too."""
    cleaned = clean(text)
    shortened = cut(cleaned, limit)
    assert cleaned == clean(cleaned)
    assert shortened == cut(clean(shortened), limit)
    assert units(shortened) <= limit


@given(text=TEXTS | st.text(max_size=3))
def test_any_text_names_a_country_or_none(text: str) -> None:
    """A code, when there is one, is one that telephone numbers can be read by."""
    assert country_code(text) in {"", *phonenumbers.SUPPORTED_REGIONS}


@given(text=st.text(st.sampled_from("nulNULaxXt/.-0 19 éofd"), max_size=12) | st.text(max_size=12))
def test_a_filler_is_one_wherever_it_is_looked_for(text: str) -> None:
    """Most texts are told from a filler by how they begin; in brackets they are looked at to their end."""
    letters = "".join(filter(str.isalnum, text)).casefold()
    if letters not in ("na", "no", "x", "xx", "xxx", "nn") and "@" not in text:
        assert is_filler(text) == is_filler(f"({text})")
    assert stated(text) == ("" if is_filler(text) else text)


@given(text=TEXTS)
def test_a_text_is_meant_to_be_what_it_is_after_it_was_put_right(text: str) -> None:
    """Once is enough; and a plain text is only rid of needless spaces."""
    assert meant(meant(text)) == meant(text)
    if text.isascii() and "&" not in text:
        assert meant(text) == clean(text)
