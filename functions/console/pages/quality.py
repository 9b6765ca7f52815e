"""Data quality: shows what to correct in SIMPLer, so that phones show every caller's name; also as a file."""

from collections.abc import Iterator

from flask import Response, make_response

from functions.console.pages.wording import FINDINGS, SKIPPED, named
from functions.console.web.csv_file import csv_file
from functions.console.web.render import render
from functions.console.web.visit import Visit
from shared.usecases.customers.quality import Owner, Quality, quality

MOST_ROWS = 200
"""Rows shown per table; the file has them all."""


def show(visit: Visit) -> Response:
    """Show the lists as SIMPLer has them at this moment."""
    found = quality(visit.services, visit.wisp.id)
    return make_response(render("quality.html", visit, quality=found, most=MOST_ROWS))


def download(visit: Visit) -> Response:
    """Return all lists in one file."""
    found = quality(visit.services, visit.wisp.id)
    return csv_file("data-quality", ("finding", "customer", "name", "detail", "link"), _rows(found))


def _rows(found: Quality) -> Iterator[tuple[str, str, str, str, str]]:
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
    places: dict[tuple[str, str, int], list[str]] = {}
    for record in found.skipped:
        own_row = 0 if record.customer else record.position
        places.setdefault((record.customer, record.reason, own_row), []).append(f"{record.position}")
    for (id_, reason, _), positions in places.items():
        yield "skipped", id_, "", f"{named(SKIPPED, reason)} (record {', '.join(positions)})", ""
