"""Everybody can use the pages: axe-core has no finding on any of them, in light and in dark."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.browser import tour
from tests.browser.conftest import without
from tests.browser.housekeeping import customers, hang
from tests.browser.person import SYNC, Person

_AXE = Path(__file__).parents[2] / ".cache/node-axe/node_modules/axe-core/axe.min.js"
_CHECK = """async (rules) => (
    await axe.run(document, {resultTypes: ['violations'], iframes: false, ...rules})
).violations"""
"""The only frame is a mail's, in which no script may run: asking it would be an error on the page."""

Findings = dict[str, list[str]]
Rules = dict[str, list[str]]

Scheme = tuple[Literal["light", "dark"], Rules]

LIGHT: Scheme = ("light", {})
DARK: Scheme = ("dark", {"runOnly": ["color-contrast"]})
"""Schemes of colours, with what is looked for in each."""


@pytest.fixture(scope="session")
def axe() -> str:
    """The checker, as a script."""
    if not _AXE.is_file():
        without("axe-core was not found")
    return _AXE.read_text(encoding="utf-8")


def _findings(axe: str, person: Person, pages: Iterator[str], *schemes: Scheme) -> Findings:
    """Return what is wrong, by page; show each page for it."""
    found = {page: _check(axe, person, *schemes) for page in pages}
    assert found
    return {page: findings for page, findings in found.items() if findings}


def _check(axe: str, person: Person, *schemes: Scheme) -> list[str]:
    person.page.wait_for_load_state()
    person.page.evaluate(axe)
    return [
        f"{scheme[0]}: {violation['id']}: {node['html']}: {node['failureSummary']}"
        for scheme in schemes or (LIGHT,)
        for violation in _violations(person, *scheme)
        for node in violation["nodes"]
    ]


def _violations(person: Person, colours: Literal["light", "dark"], rules: Rules) -> list[dict[str, Any]]:
    # Without motion the new colours are there at once.
    person.page.emulate_media(color_scheme=colours, reduced_motion="reduce")
    found: list[dict[str, Any]] = person.page.evaluate(_CHECK, rules)
    return found


def test_the_console(axe: str, mary: Person, connected: str) -> None:
    """Every page of it, and the first one while a run is on."""
    found = _findings(axe, mary, tour.console(mary, connected), DARK, LIGHT)
    hang(mary.box, "people.connections.list")
    mary.open_console()
    mary.press(SYNC)
    mary.sees("A run has been started.")

    assert {**found, "running": _check(axe, mary, DARK, LIGHT)} == {"running": []}


def test_simpler(axe: str, mary: Person, connected: str) -> None:
    """Every page of the small SIMPLer, and the start page."""
    customer = str(customers(mary.box)[0]["customerid"])

    assert _findings(axe, mary, tour.simpler(mary, customer)) == {}


def test_the_address_book(axe: str, mary: Person, connected: str) -> None:
    """Every page of it, with contacts and labels to be seen."""
    assert _findings(axe, mary, tour.contacts(mary, connected)) == {}


def test_the_consent_and_the_outbox(axe: str, mary: Person, email: str) -> None:
    """Both pages at Google, and a mail."""
    mary.page.goto(f"{mary.box.simpler}/customers/{customers(mary.box)[1]['customerid']}")
    mary.press("vCard")
    mary.sees("The vCard is on its way")
    mails = _findings(axe, mary, tour.outbox(mary))

    assert {**mails, **_findings(axe, mary, tour.consent(mary, email))} == {}
