"""Outages: whom to tell when a site or an access point is down; on a page, as their numbers, as a file."""

import re
from collections.abc import Iterator, Sequence

from flask import Response, make_response, request

from functions.console.web.csv_file import csv_file
from functions.console.web.render import on_to, render
from functions.console.web.visit import Visit
from shared.domain.contact.text import folded
from shared.usecases.customers.known_list import ServingSite
from shared.usecases.customers.outage import (
    LONGEST_PLACE,
    Form,
    Outage,
    Place,
    PlacedCustomer,
    Question,
    affected,
    numbers_of,
    outage,
)

MOST_SHOWN = 50
"""Customers on a page; the file has them all."""

MOST_PLACES = 100
"""Places to choose from on a page; a part of a name finds the others."""

OCTETS = 24_000
"""Octets that places to choose from take; `OCTETS_BESIDE` where they stand below customers."""

OCTETS_BESIDE = 4_000

_NUMBER = re.compile(r"[1-9][0-9]{0,4}")


def show(visit: Visit) -> Response:
    """Show the places to choose from, or the customers of the one that is chosen."""
    place, number = _place(), _number()
    told = _told(visit, "page", first=(number - 1) * MOST_SHOWN, most=MOST_SHOWN)
    last = max(1, -(-told.count // MOST_SHOWN))
    query = request.args.get("q", "").strip()
    places = list(_narrower(told.sites, place) if place.is_chosen else _places(told.sites, query))
    if query and not places:  # what is looked for may be new
        told = _told(visit, "page", anew=True)
        places = list(_places(told.sites, query))
    page = render(
        "outage.html",
        visit,
        place=place,
        told=told,
        query=query,
        places=places[:MOST_PLACES],
        found=len(places),
        number=number,
        last=last,
        longest=LONGEST_PLACE,
        octets=OCTETS_BESIDE if place.is_chosen else OCTETS,
    )
    return make_response(page)


def numbers(visit: Visit) -> Response:
    """Return the numbers of all customers of a place as a text, a line for each."""
    if not _place().is_chosen:
        return on_to("outage")
    lines = "".join(f"{number}\n" for number in numbers_of(_affected(visit, "numbers")))
    return Response(lines, content_type="text/plain; charset=utf-8")


def download(visit: Visit) -> Response:
    """Return all customers of a place in one file."""
    if not _place().is_chosen:
        return on_to("outage")
    heads = ("customer", "name", "numbers", "e-mail", "as given", "site", "access point", "link")
    return csv_file("outage", heads, map(_row, _affected(visit, "file")))


def _told(visit: Visit, form: Form, *, first: int = 0, most: int | None = None, anew: bool = False) -> Outage:
    question = Question(_place(), visit.session.user.told, form, first=first, most=most)
    return outage(visit.services, visit.wisp.id, question, anew=anew or "anew" in request.args)


def _affected(visit: Visit, form: Form) -> Iterator[PlacedCustomer]:
    return affected(visit.services, visit.wisp.id, Question(_place(), visit.session.user.told, form))


def _place() -> Place:
    """Return what the address names; a member that is there and empty means those without a name."""
    site, ap = (request.args.get(name) for name in ("site", "ap"))
    return Place(site and site[:LONGEST_PLACE], ap and ap[:LONGEST_PLACE])


def _number() -> int:
    asked = request.args.get("page", "")
    return int(asked) if _NUMBER.fullmatch(asked) else 1


def _places(sites: Sequence[ServingSite], query: str) -> Iterator[tuple[Place, int]]:
    """Yield the sites, or the sites and access points that have the text in their names, and their counts."""
    wanted = folded(query)
    for site in sites:
        if wanted in folded(site.name):
            yield Place(site.name), site.contacts
        if wanted or len(sites) == 1:
            for ap in site.access_points:
                if wanted in folded(ap.name) and ap.name:
                    yield Place(site.name, ap.name), ap.contacts


def _narrower(sites: Sequence[ServingSite], place: Place) -> Iterator[tuple[Place, int]]:
    """Yield the access points of a site that is chosen as a whole."""
    if place.ap is None:
        for site in sites:
            if folded(site.name) == folded(place.site or ""):
                yield from ((Place(site.name, ap.name), ap.contacts) for ap in site.access_points)


def _row(one: PlacedCustomer) -> Sequence[str]:
    numbers = "; ".join(" ".join(filter(None, (each.kind, each.number))) for each in one.numbers)
    given = "; ".join(one.as_given)
    places = ("; ".join(names) for names in (one.sites, one.access_points))
    nothing = "" if given else "no number"
    return one.customer, one.name, numbers or nothing, "; ".join(one.emails), given, *places, one.link
