"""Tours: one page after the other, of all that there is once an account is connected and filled."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from playwright.sync_api import Locator

from tests.browser.person import Person


def console(person: Person, email: str) -> Iterator[str]:
    """Show every page of the console, with a connected account, and yield each one's name."""
    person.open_console()
    yield "accounts"
    for name in (
        "Customers",
        "Outage",
        "Suggestions",
        "Preview",
        "Runs",
        "Data quality",
        "Settings",
        "History",
        "Help",
    ):
        _follow(person, person.page.get_by_role("link", name=name, exact=True))
        yield name.lower()
    _follow(person, person.page.get_by_role("link", name="Customers", exact=True))
    person.page.get_by_role("searchbox").fill("087")
    person.press("Look up")
    person.page.wait_for_url(re.compile("q="))
    for box in person.page.get_by_role("main").get_by_role("checkbox").all()[:3]:
        box.check()
    yield "customers found, and several chosen"
    _follow(person, person.page.get_by_role("main").get_by_role("listitem").get_by_role("link").first)
    yield "a customer"
    _follow(person, person.page.get_by_role("link", name="Runs", exact=True))
    _follow_first(person)
    yield "a run"
    person.open_console()
    _follow(person, person.page.get_by_role("link", name=f"Disconnect {email}"))
    yield "disconnect"
    person.open_console()
    _follow(person, person.page.get_by_role("link", name=f"Pause, undo and more {email}"))
    yield "an account"
    _follow(person, person.page.get_by_role("link", name="What would undoing").first)
    yield "undo"
    person.page.go_back()
    _follow(person, person.page.get_by_role("link", name="Choose which customers it holds"))
    yield "a scope"
    person.page.get_by_role("group", name="Statuses").get_by_role("checkbox").first.check()
    person.press("See what it does")
    person.sees("Nothing has been saved.")
    yield "what a scope does"
    person.open_console()
    _follow(person, person.page.get_by_role("link", name="choose which customers the account holds"))
    yield "what a new account is to hold"
    person.page.get_by_role("group", name="Statuses").get_by_role("checkbox").first.check()
    person.press("See how many they are")
    person.page.get_by_role("heading", level=1, name=" of ").wait_for()
    yield "how many a new account is to hold"
    _follow(person, person.page.get_by_role("link", name="Outage", exact=True))
    _follow(person, person.page.get_by_role("main").get_by_role("listitem").get_by_role("link").first)
    yield "whom to tell of an outage"
    person.page.goto(person.page.url.partition("/outage")[0] + "/help/administrators")
    yield "for administrators"
    person.page.goto(person.page.url.replace("administrators", "nothing"))
    yield "no such page"


def simpler(person: Person, customer: str) -> Iterator[str]:
    """Show every page of SIMPLer and the start page, and yield each one's name."""
    at = person.box.simpler
    for url in (person.box.start_page, f"{at}/sign-in", f"{at}/users/", f"{at}/settings/google-contacts"):
        person.page.goto(url)
        yield url
    for path in (
        "",
        "new",
        "general",
        "outage",
        "suggestions",
        customer,
        f"{customer}/edit",
        f"{customer}/delete",
    ):
        person.page.goto(f"{at}/customers/{path}")
        yield f"customers/{path}"


def contacts(person: Person, email: str) -> Iterator[str]:
    """Show every page of Google's address book, and yield each one's name."""
    at = f"{person.box.google}/contacts/"
    for path in ("", f"{email}/", f"{email}/labels", f"{email}/trash", f"{email}/access", f"{email}/new"):
        person.page.goto(at + path)
        yield f"contacts/{path}"
    person.page.goto(f"{at}{email}/")
    _follow_first(person)
    yield "a contact"
    _follow(person, person.page.get_by_role("link", name="Edit"))
    yield "edit a contact"


def consent(person: Person, email: str) -> Iterator[str]:
    """Show Google's pages for the consent, and yield each one's name."""
    person.open_console()
    person.press("Connect a Google account")
    person.page.wait_for_url(re.compile("/o/oauth2/"))
    yield "choose an account"
    person.choose(email)
    person.button("Continue").wait_for()
    yield "consent"


def outbox(person: Person) -> Iterator[str]:
    """Show the outbox and its newest mail, and yield each one's name."""
    person.page.goto(f"{person.box.mail}/outbox/")
    yield "outbox"
    _follow_first(person)
    yield "a mail"


def _follow_first(person: Person) -> None:
    """Open what the first row of the page's table leads to."""
    _follow(person, person.page.get_by_role("table").get_by_role("link").first)


def _follow(person: Person, link: Locator) -> None:
    """Open where a link leads, and wait until all of it is there."""
    person.page.goto(urljoin(person.page.url, link.get_attribute("href") or ""))
