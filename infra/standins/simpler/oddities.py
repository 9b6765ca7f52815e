"""Oddities: records that should not be in SIMPLer, and one day are."""

from collections.abc import Callable
from typing import Any

from infra.standins.simpler.numbers import MOBILES, number
from infra.standins.simpler.people import People, Record

Make = Callable[[People], list[Any]]
"""Makes one case: one record, or the two that make it odd."""


def _no_id(people: People) -> list[Any]:
    return [{**people.customer(), "customerid": None}]


def _id_used_twice(people: People) -> list[Any]:
    customer = people.customer()
    return [customer, {**people.customer(), "customerid": customer["customerid"]}]


def _same_twice(people: People) -> list[Any]:
    customer = people.customer()
    return [customer, dict(customer)]


def _not_a_record(_: People) -> list[Any]:
    return ["row 17 could not be read"]


def _only_an_id(people: People) -> list[Any]:
    return [{"customerid": people.customer()["customerid"]}]


def _only_a_phone(people: People) -> list[Any]:
    customer = people.customer()
    return [{"customerid": customer["customerid"], "mobile": customer["mobile"], "status": "current"}]


def _wrong_types(people: People) -> list[Any]:
    wrong = {"nickname": {"en": "x"}, "mobile": 871234567, "email": [None, 7], "address1": ["1 Main Street"]}
    return [{**people.customer(), **wrong}]


def _lone_surrogate(people: People) -> list[Any]:
    customer = people.customer()
    return [{**customer, "name": customer["name"] + " \ud83d"}]


def _very_long(people: People) -> list[Any]:
    return [{**people.customer(), "name": "Murphy " * 1_500, "address1": "x" * 10_000}]


def _sixty_phones(people: People) -> list[Any]:
    phones = [number(people.rng, "IE", MOBILES) for _ in range(60)]
    return [{**people.customer(), "alt_phones": phones}]


def _control_characters(people: People) -> list[Any]:
    customer: Record = people.customer()
    return [{**customer, "name": f"\x00{customer['name']}\x1b[31m\r\n", "city": "Cork\u202e\u0085"}]


def _hostile_text(people: People) -> list[Any]:
    hostile = "<script>alert(1)</script>\r\nEND:VCARD\r\nBEGIN:VCARD\r\nFN:Mallory"
    return [{**people.customer(), "name": hostile, "nickname": "{0.__class__}', DROP TABLE customers; --"}]


ODDITIES: dict[str, Make] = {
    "no id": _no_id,
    "id used twice": _id_used_twice,
    "same twice": _same_twice,
    "not a record": _not_a_record,
    "only an id": _only_an_id,
    "only a phone": _only_a_phone,
    "wrong types": _wrong_types,
    "lone surrogate": _lone_surrogate,
    "very long": _very_long,
    "sixty phones": _sixty_phones,
    "control characters": _control_characters,
    "hostile text": _hostile_text,
}
"""Each kind by name; "id used twice" and "same twice" are two records a case, the others one."""
