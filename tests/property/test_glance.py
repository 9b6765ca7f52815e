"""What is seen of a record at a glance is what a close look finds."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from infra.standins.simpler.generator import make_customers
from shared.adapters.simpler.fast_path import Glance
from shared.adapters.simpler.profile import load
from shared.adapters.simpler.record import canonical
from shared.domain.contact.card import make_card
from shared.domain.contact.customer import Customer, read_customer
from shared.domain.contact.customer_list import RULES_VERSION
from shared.domain.model.wisp import Wisp
from shared.domain.sync.google_fields import fields_of
from shared.domain.sync.merge import digest

WISP = Wisp("acme", "ACME", "IE", "Europe/Dublin", "https://simpler.example/api", "acme", "secret")
PROFILE = load({})
SERVER = "simpler.example"

texts = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["", "  ", "\u200b", "\ud800", "current", " Current ", "\u0301", "#", "x" * 70, "\uff11\uff12"]
    ),
)
values = st.one_of(
    texts, st.integers(), st.floats(), st.booleans(), st.none(), st.lists(texts, max_size=2), st.just(10**40)
)
members = st.sampled_from(["customerid", "name", "status", "mobile", "email", "city", "nickname", "else"])
records = st.one_of(st.dictionaries(members, values), values)


def looked_at(raw: Any) -> Customer | None:
    """The customer that a close look makes of a record."""
    found = read_customer(canonical(raw, PROFILE, SERVER), 1)
    return found if isinstance(found, Customer) else None


@given(st.lists(records, max_size=4))
def test_a_glance_finds_what_a_close_look_finds(batch: list[Any]) -> None:
    """Or it finds nothing: never another customer, another status, or one in a record that has none."""
    for raw, listed in zip(batch, Glance(WISP, PROFILE, SERVER)(batch), strict=True):
        if listed:
            found = looked_at(raw)
            assert found is not None
            assert (listed.id, listed.status) == (found.id, found.status)


@given(st.dictionaries(members, values), st.dictionaries(members, values))
def test_records_of_one_digest_are_one_customer(one: dict[str, Any], other: dict[str, Any]) -> None:
    """What is read differs only where the digest does, alone or among others."""
    glance = Glance(WISP, PROFILE, SERVER)
    if glance.digest(one) == glance.digest(other):
        assert looked_at(one) == looked_at(other)
    for raw, listed in zip((one, other), glance([one, other]), strict=True):
        if listed:
            assert listed.digest == glance.digest(raw)


def test_what_a_wisp_changes_is_read_again() -> None:
    """The name template, the country, the address of SIMPLer and the profile are in every digest."""
    record = {"customerid": 1, "name": "Áine"}
    dutch = Wisp("acme", "ACME", "NL", "Europe/Dublin", "https://simpler.example/api", "acme", "secret")
    other = load({"fields": {"site": ["tower"]}})
    glances = [
        Glance(WISP, PROFILE, SERVER),
        Glance(dutch, PROFILE, SERVER),
        Glance(WISP, PROFILE, "other.example"),
        Glance(WISP, other, SERVER),
    ]
    assert len({glance.digest(record) for glance in glances}) == len(glances)


def test_the_rules_have_a_number() -> None:
    """Whoever changes what a record becomes gives `RULES_VERSION` its next number: all are read again."""
    customers = [found for raw in make_customers(300, 7) if (found := looked_at(raw))]
    cards = [digest(fields_of(make_card(customer, WISP))) for customer in customers]
    assert (RULES_VERSION, digest_of(cards)) == (3, "n+xyHgJs")


def digest_of(digests: list[str]) -> str:
    """One for all of them."""
    return digest({"names": tuple({"value": each} for each in digests)})[:8]
