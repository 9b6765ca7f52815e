"""Data quality: shows what to correct in SIMPLer, so that phones show every caller's name; also as a file."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec
from flask import Response, make_response, request

from functions.console.pages.wording import FINDINGS, NOTES, SKIPPED, named
from functions.console.web.csv_file import csv_file
from functions.console.web.render import render
from functions.console.web.visit import Visit
from shared.domain.contact.customer import Skipped
from shared.usecases.customers.findings import Owner
from shared.usecases.customers.quality import Quality, quality

MOST_ROWS = 50
"""Rows shown per table; the file has them all."""

OCTETS = 4_400
"""Octets that a table's rows take, which are fewer where much was typed."""

MOST_OWNERS = 10
"""Customers of one number that are named."""

LONGEST_SHOWN = 200
"""Characters of a typed text that are shown; the file has them all, and the customer's own page."""


class Unusable(msgspec.Struct, frozen=True):
    """Records that cannot become contacts, for the same reason.

    Attributes:
        customer: Their customer number, or "" of a single record without one.
        reason: What is wrong, as a code.
        names: The names in them.
        positions: Where they stand in SIMPLer's list, from 1.
    """

    customer: str
    reason: str
    names: str
    positions: str


def show(visit: Visit) -> Response:
    """Show the lists as SIMPLer had them some minutes ago at most."""
    found = quality(visit.services, visit.wisp.id, anew="anew" in request.args)
    shown = {
        "quality": found,
        "unusable": unusable(found.skipped),
        "most": MOST_ROWS,
        "octets": OCTETS,
        "owners": MOST_OWNERS,
        "longest": LONGEST_SHOWN,
    }
    return make_response(render("quality.html", visit, **shown))


def download(visit: Visit) -> Response:
    """Return all lists in one file."""
    found = quality(visit.services, visit.wisp.id)
    return csv_file("data-quality", ("finding", "customer", "name", "detail", "link"), _rows(visit, found))


def _rows(visit: Visit, found: Quality) -> Iterator[tuple[str, str, str, str, str]]:
    """Return a row for each customer and cause, and one for each record without a customer's number."""
    for customer in found.without_number:
        yield "no usable number", customer.customer, customer.name, "; ".join(customer.given), customer.link
    numbers: dict[Owner, list[str]] = {}
    for shared in found.shared:
        for owner in shared.customers:
            numbers.setdefault(owner, []).append(shared.number)
    for owner, own in numbers.items():
        yield "shared number", owner.customer, owner.name, "; ".join(own), owner.link
    for finding in found.findings:
        detail = "; ".join(finding.texts)
        yield named(FINDINGS, finding.cause), finding.customer, finding.name, detail, finding.link
    for owner in found.nowhere:
        yield "in no account", owner.customer, owner.name, "", owner.link
    for record in unusable(found.skipped):
        why = f"{named(SKIPPED, record.reason)} (record {record.positions})"
        yield named(NOTES, "skipped"), record.customer, record.names, why, visit.record(record.customer)


def unusable(skipped: Iterable[Skipped]) -> Sequence[Unusable]:
    """Put together what is wrong with one customer number; records without one stay apart."""
    alike: dict[tuple[str, str, int], list[Skipped]] = {}
    for record in skipped:
        own_row = 0 if record.customer else record.position
        alike.setdefault((record.customer, record.reason, own_row), []).append(record)
    return [
        Unusable(
            id_,
            reason,
            names="; ".join(dict.fromkeys(record.name for record in some if record.name)),
            positions=", ".join(f"{record.position:,}" for record in some),
        )
        for (id_, reason, _), some in alike.items()
    ]
