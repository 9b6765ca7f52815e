"""The sandbox, started as anyone would start it, and walked through without a browser."""

import os
import re
import signal
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests

from tests.browser.housekeeping import hang, heal
from tests.patience import PATIENCE, until
from tests.sandbox import Browser, Sandbox, sandbox

LABEL = "Azotel SIMPLer - Cork Wireless"
OFFICE = "office@corkwireless.example"


@pytest.fixture(scope="module")
def connected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox with one account connected and filled, for all tests of this file."""
    with sandbox(tmp_path_factory.mktemp("sandbox") / "data", "--connected") as running:
        yield running


@pytest.fixture
def mary(connected: Sandbox) -> Iterator[Browser]:
    """Mary, who has the right, in SIMPLer."""
    with connected.browser("mary") as browser:
        yield browser


@pytest.fixture
def joe(connected: Sandbox) -> Iterator[Browser]:
    """Joe, who has not."""
    with connected.browser("joe") as browser:
        yield browser


def _general(box: Sandbox) -> str:
    return f"{box.simpler}/customers/general"


def _customer(box: Sandbox, number: int) -> str:
    """Return the page of an ordinary customer, another one for each test."""
    records = requests.get(f"{box.simpler}/standin/customers", timeout=PATIENCE).json()
    usual = [
        record["customerid"]
        for record in records
        if isinstance(record, dict) and record.get("status") == "current" and record.get("contact_first")
    ]
    found = [customer for customer in usual if usual.count(customer) == 1][number]
    return f"{box.simpler}/customers/{found}"


def _is_idle(box: Sandbox, browser: Browser) -> bool:
    return " disabled" not in _button(browser.read(_general(box)), "Synchronize Google Contacts")


def _form(browser: Browser, page: str) -> dict[str, str]:
    """Return the fields of a page's form as they are."""
    fields = re.findall(r'name="(\w+)" value="([^"]*)"', browser.read(page))
    return {name: value for name, value in fields if name not in ("save", "check")}


def _button(page: str, name: str) -> str:
    """Return the tag of a button."""
    found = re.search(rf"<button[^>]*>{name}", page)
    assert found, page
    return found[0]


def test_the_start_page_links_to_everything_and_says_who_one_is(connected: Sandbox, mary: Browser) -> None:
    """Five parts, and the name of the user that SIMPLer's session has."""
    page = mary.read(connected.start_page)

    links = re.findall(r'href="(http[^"]+)"', page)
    assert [mary.get(link).status_code for link in links if "google-accounts" not in link] == [200] * 4
    assert "In SIMPLer you are Mary Murphy" in page


def test_a_stranger_is_asked_who_they_are(connected: Sandbox) -> None:
    """Every page of SIMPLer leads to the choice of a user first."""
    with connected.browser() as browser:
        assert "Who are you?" in browser.read(f"{connected.simpler}/customers/")


def test_the_button_is_greyed_out_without_the_right_and_says_why(connected: Sandbox, joe: Browser) -> None:
    """The service's sentence, on the page and again as the answer to a press in spite of it."""
    page = joe.read(_general(connected))
    answer = joe.send(f"{_general(connected)}/sync")

    assert " disabled" in _button(page, "Synchronize Google Contacts")
    assert "You need the right user->gcontact" in page
    assert "You need the right user->gcontact for this." in unescape(answer.text)


def test_granting_the_right_makes_the_button_available(connected: Sandbox) -> None:
    """Users → User rights: what is granted there goes with the next call."""
    with connected.browser("nora") as nora:
        nora.send(f"{connected.simpler}/users/", user="nora")
        without = nora.read(_general(connected))
        nora.send(f"{connected.simpler}/users/", user="nora", granted="yes")
        with_it = nora.read(_general(connected))

    assert "You need the right" in without
    assert "You need the right" not in with_it


def test_settings_are_changed_on_the_page_google_contacts(connected: Sandbox, mary: Browser) -> None:
    """A check shows what SIMPLer gives; what is wrong stands beside its setting; what is saved is kept."""
    page = f"{connected.simpler}/settings/google-contacts"
    form = _form(mary, page) | {"leavers": "remove"}
    checked = mary.send(page, check="yes", **form).text
    refused = unescape(mary.send(page, save="yes", **(form | {"time_zone": "Europe/Belfast"})).text)
    saved = mary.send(page, save="yes", **(form | {"leavers": "keep"})).text
    stale = unescape(mary.send(page, save="yes", **(form | {"leavers": "remove"})).text)
    again = mary.send(
        page, save="yes", **(_form(mary, page) | {"leavers": "remove"})
    ).text  # others rely on it

    assert "The settings are saved." in again
    assert "records are contacts, such as:" in checked
    assert "Use Europe/Dublin, which has the same clocks." in refused
    assert "The settings are saved." in saved
    assert "Mary Murphy (mary@corkwireless.example): leavers" in saved
    assert "Mary Murphy (mary@corkwireless.example) changed them" in stale


def test_a_run_shows_its_progress_to_everybody_until_it_ends(connected: Sandbox, mary: Browser) -> None:
    """The button greys out for a second user too, contacts are counted, and the end is told."""
    until(lambda: _is_idle(connected, mary))  # a run would take the press in
    _change(connected, range(250))
    heal(connected)
    hang(connected, "people.batchUpdateContacts", nth=2)
    mary.send(f"{_general(connected)}/sync")
    with connected.browser("nora") as nora:
        second = nora.read(_general(connected))
    running, panel = mary.read(_general(connected)), f"{_general(connected)}/panel"

    def is_half_done() -> bool:
        seen = re.search(r"(\d+) of (\d+) contacts", mary.read(panel))
        return seen is not None and 0 < int(seen[1]) < int(seen[2])

    until(is_half_done)
    heal(connected)
    until(lambda: _is_idle(connected, mary))
    ended = mary.read(_general(connected))
    assert " disabled" in _button(second, "Synchronize Google Contacts")
    assert "mary@corkwireless.example" in second
    assert "complete" in ended
    refresh = '<noscript><meta http-equiv="refresh" content="2"></noscript>'
    assert [refresh in running, refresh in ended] == [True, False], "without scripts the page renews itself"


def test_an_edited_customer_reaches_the_address_book(connected: Sandbox, mary: Browser) -> None:
    """Edit, Google Contacts Sync, and the new number stands in Google, in the label."""
    until(lambda: _is_idle(connected, mary))  # a run would take the press in
    page = _customer(connected, 0)
    mary.send(f"{page}/edit", name="Zebedee Quill", mobile="087 999 1234")
    said = mary.send(f"{page}/sync").text
    found = mary.read(f"{connected.google}/contacts/{OFFICE}/?q=zebedee")

    assert f"Google Contacts: {OFFICE}: the contact was updated" in said
    assert ["Zebedee Quill" in found, "+353 87 999 1234" in found, LABEL in found] == [True] * 3


def test_a_new_customer_is_created_in_google_and_a_deleted_one_removed(
    connected: Sandbox, mary: Browser
) -> None:
    """Add and delete in SIMPLer; a press on the customer for one, a run for the other."""
    until(lambda: _is_idle(connected, mary))
    added = mary.send(f"{connected.simpler}/customers/new", name="Yolanda Vex", mobile="087 999 4321")
    created = mary.send(f"{added.url}/sync").text
    mary.send(f"{added.url}/delete")
    mary.send(f"{_general(connected)}/sync")
    until(lambda: _is_idle(connected, mary))

    assert f"{OFFICE}: the contact was created" in created
    assert "Yolanda Vex" in mary.read(f"{connected.google}/contacts/{OFFICE}/trash")
    assert "0 contacts found" in mary.read(f"{connected.google}/contacts/{OFFICE}/?q=yolanda")


def test_the_nightly_run_starts_once_a_day(connected: Sandbox, mary: Browser) -> None:
    """What Cloud Scheduler does at 05:00, at the press of a button; a second press starts nothing."""
    said = [mary.send(f"{connected.start_page}/night").text for _ in range(2)]
    until(lambda: "<bdi>nightly run" in mary.read(_general(connected)))  # until it begins all is idle
    until(lambda: _is_idle(connected, mary))

    assert ["has been handed on" in text for text in said] == [True, False]


def test_an_operator_has_something_done(connected: Sandbox, mary: Browser) -> None:
    """As in Google's console: a body for the function, and its answer; what is no operation is told."""
    page = f"{connected.start_page}/operator"
    assert "leases free" in mary.read(page)
    listed = unescape(mary.send(page, asked='{"do": "accounts list", "wisp": "cork"}').text)
    refused = unescape(mary.send(page, asked="everything").text)

    assert '"address": "office@corkwireless.example"' in listed
    assert "The body is not valid JSON." in refused


def test_a_vcard_arrives_in_the_outbox_and_can_be_downloaded(connected: Sandbox, mary: Browser) -> None:
    """By e-mail to the user who asks, with the card as a file; and the card itself."""
    page = _customer(connected, 1)
    said = mary.send(f"{page}/vcard").text
    card = mary.get(f"{page}/vcard")
    mails = mary.read(f"{connected.mail}/outbox/")
    newest = re.search(r'href="(/outbox/[^"]+)"><bdi>', mails)
    assert newest
    mail = mary.read(connected.mail + newest[1])
    file = mary.get(connected.mail + newest[1] + "/files/0")

    assert "The vCard is on its way to mary@corkwireless.example." in said
    assert "mary@corkwireless.example" in mail
    assert [card.content.split(b"\r\n")[0], file.content.split(b"\r\n")[0]] == [b"BEGIN:VCARD"] * 2
    assert card.headers["Content-Disposition"].startswith('attachment; filename="')


def test_google_accounts_opens_the_console_as_the_same_user(connected: Sandbox, mary: Browser) -> None:
    """Through a link of the service: the account is there, and SIMPLer still knows who one is."""
    answer = mary.get(f"{connected.simpler}/users/google-accounts")
    style = re.search(r'rel="stylesheet" href="([^"]+)"', answer.text)
    assert style
    styled = mary.get(urljoin(answer.url, style[1]))

    assert answer.status_code == 200
    assert styled.status_code == 200
    assert ["/console" in answer.url, OFFICE in answer.text] == [True, True]
    assert "In SIMPLer you are Mary Murphy" in mary.read(connected.start_page)


def test_connecting_an_account_leads_to_googles_consent(connected: Sandbox, mary: Browser) -> None:
    """The console's form is taken, and Google knows the program and where to send people back to."""
    page = mary.get(f"{connected.simpler}/users/google-accounts")
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert csrf
    leads_on = unescape(mary.send(urljoin(page.url, "connect"), csrf=csrf[1]).text)
    way = re.search(rf'{connected.google}/o/oauth2/v2/auth\?[^"]+', leads_on)
    assert way
    consent = mary.get(way[0])

    assert [consent.status_code, OFFICE in consent.text] == [200, True]


def test_without_the_right_google_accounts_do_not_open(connected: Sandbox, joe: Browser) -> None:
    """The service says who can help."""
    answer = joe.get(f"{connected.simpler}/users/google-accounts")

    assert answer.status_code == 403
    assert "You need the right user->gcontact" in unescape(answer.text)


def test_forms_from_elsewhere_change_nothing(connected: Sandbox, mary: Browser) -> None:
    """A page of another origin cannot press a button, not even in the same browser."""
    page = _customer(connected, 2)
    forms = [
        f"{page}/edit",
        f"{page}/delete",
        f"{_general(connected)}/sync",
        f"{connected.google}/contacts/{OFFICE}/labels",
        f"{connected.start_page}/night",
        f"{connected.start_page}/operator",
    ]

    answers = [mary.send(form, origin="https://evil.example", name="Mallory") for form in forms]
    assert [answer.status_code for answer in answers] == [403] * len(forms)
    assert "Mallory" not in mary.read(page)


def test_a_trigger_is_set_up_and_tells_of_an_edited_customer(connected: Sandbox, mary: Browser) -> None:
    """The key that the page makes is the one that the service takes."""
    page = f"{connected.simpler}/settings/google-contacts"
    mary.send(f"{page}/trigger", make="yes")
    mary.send(
        f"{connected.simpler}/customers/1014/edit", **_form(mary, f"{connected.simpler}/customers/1014/edit")
    )
    until(lambda: "It was last used" in mary.read(page))
    withdrawn = mary.send(f"{page}/trigger", withdraw="yes").text

    assert "Set up the trigger" in withdrawn


def test_ctrl_c_ends_everything_within_five_seconds(tmp_path: Path) -> None:
    """The signal goes to the whole group, as a terminal sends it; nothing of it is left, and all is said."""
    with sandbox(tmp_path / "data") as box:
        os.killpg(box.process.pid, signal.SIGINT)
        said, _ = box.process.communicate(timeout=5)

        assert said == "The sandbox has ended.\n"
        assert box.process.returncode == 0
        with pytest.raises(ProcessLookupError):
            os.killpg(box.process.pid, 0)


def _change(box: Sandbox, which: range) -> None:
    """Give customers another product, through the stand-in's side door."""
    url = f"{box.simpler}/standin/customers"
    records = requests.get(url, timeout=PATIENCE).json()
    for number in which:
        if isinstance(records[number], dict):
            records[number]["product"] = "100M/20M"
    requests.put(url, json=records, timeout=PATIENCE).raise_for_status()
