"""Tours: one page after the other, of all that there is once an account is connected and filled."""

import re
from collections.abc import Iterator

from tests.browser.person import Person


def console(person: Person, email: str) -> Iterator[str]:
    """Every page of the console, the account being connected; gives each one's name when it is shown."""
    person.open_console()
    yield "accounts"
    for name in ("Preview", "Runs", "Data quality"):
        person.open_console(name)
        yield name.lower()
    person.open_console("Runs")
    person.page.get_by_role("table").get_by_role("link").first.click()
    yield "a run"
    person.open_console()
    person.page.get_by_role("link", name=f"Disconnect {email}").click()
    yield "disconnect"
    person.page.goto(person.page.url.replace("disconnect", "nothing"))
    yield "no such page"


def simpler(person: Person, customer: str) -> Iterator[str]:
    """Every page of SIMPLer and the start page, with the page of one customer."""
    at = person.box.simpler
    for url in (person.box.start_page, f"{at}/sign-in", f"{at}/users/"):
        person.page.goto(url)
        yield url
    for path in ("", "new", "general", customer, f"{customer}/edit", f"{customer}/delete"):
        person.page.goto(f"{at}/customers/{path}")
        yield f"customers/{path}"


def contacts(person: Person, email: str) -> Iterator[str]:
    """Every page of Google's address book, with one of an account's contacts."""
    at = f"{person.box.google}/contacts/"
    for path in ("", f"{email}/", f"{email}/labels", f"{email}/trash", f"{email}/access", f"{email}/new"):
        person.page.goto(at + path)
        yield f"contacts/{path}"
    person.page.goto(f"{at}{email}/")
    person.page.get_by_role("table").get_by_role("link").first.click()
    yield "a contact"
    person.page.get_by_role("link", name="Edit").click()
    yield "edit a contact"


def consent(person: Person, email: str) -> Iterator[str]:
    """Google's pages for the consent."""
    person.open_console()
    person.press("Connect a Google account")
    person.page.wait_for_url(re.compile("/o/oauth2/"))
    yield "choose an account"
    person.choose(email)
    yield "consent"


def outbox(person: Person) -> Iterator[str]:
    """The outbox, and its newest mail."""
    person.page.goto(f"{person.box.mail}/outbox/")
    yield "outbox"
    person.page.get_by_role("table").get_by_role("link").first.click()
    yield "a mail"
