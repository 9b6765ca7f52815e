"""The address book in the browser: what an owner does there has the API's rules, and nothing breaks out."""

from html import unescape
from typing import Any

import pytest
import requests

from infra.standins.google.address_book.form import Form
from tests.standins.google_kit import JANE, TIMEOUT, Google, source_of


def _page(google: Google, path: str) -> str:
    answer = google.http.get(f"{google.address}/contacts/{path}", timeout=TIMEOUT)
    answer.raise_for_status()
    return unescape(answer.text)


def _send(google: Google, path: str, **form: Any) -> requests.Response:
    headers = {"Origin": google.address}
    url = f"{google.address}/contacts/{JANE}/{path}"
    return google.http.post(url, data=form, headers=headers, timeout=TIMEOUT)


def _person(google: Google, **fields: Any) -> str:
    """Return a contact's place below the account's pages."""
    return "people/" + str(google.create(**fields)["resourceName"]).removeprefix("people/")


def _label(google: Google, name: str) -> str:
    return str(google.make_group(name)["resourceName"]).removeprefix("contactGroups/")


def _fields(google: Google, person: str, fields: str) -> Any:
    return google.read(person, fields)


def test_the_accounts_are_listed_with_how_much_they_hold(google: Google) -> None:
    """One account, one contact."""
    google.create(names=[{"givenName": "Ann"}])

    page = _page(google, "")
    assert [JANE in page, "1 contact<" in page] == [True, True]


def test_contacts_are_found_by_label_name_and_number(google: Google) -> None:
    """The search takes words of a name and digits of a number; the label narrows it down."""
    friends = _label(google, "Friends of mine")
    ann = google.create(names=[{"givenName": "Ann"}], phoneNumbers=[{"value": "+353 87 123 4567"}])
    google.create(names=[{"givenName": "Bob"}])
    _send(google, ann["resourceName"] + "/labels", label=friends)

    found = [
        _page(google, f"{JANE}/?{query}") for query in ("q=ann", "q=871234", f"label={friends}", "q=xyz")
    ]
    assert [("Ann</bdi>" in page, "Bob</bdi>" in page) for page in found] == [(True, False)] * 3 + [
        (False, False)
    ]


def test_editing_changes_what_was_changed_and_nothing_else(google: Google) -> None:
    """Other parts of the name, client data and untouched fields stay as they are."""
    person = _person(
        google,
        names=[{"honorificPrefix": "Dr", "givenName": "Ann", "familyName": "Lee"}],
        phoneNumbers=[{"value": "1", "type": "mobile"}],
        clientData=[{"key": "k", "value": "v"}],
        biographies=[{"value": "note"}],
    )
    form = {"given": "Anna", "family": "Lee", "phone": ["1", "2"], "phone_type": ["mobile", "home"]}
    _send(google, f"{person}/edit", **form, note="note")
    found = _fields(google, person, "names,phoneNumbers,clientData,biographies")

    assert found["names"][0]["displayName"] == "Dr Anna Lee"
    assert [(p["value"], p["type"]) for p in found["phoneNumbers"]] == [("1", "mobile"), ("2", "home")]
    assert [found["clientData"][0]["value"], found["biographies"][0]["value"]] == ["v", "note"]


def test_saving_a_form_as_it_was_shown_writes_nothing(google: Google) -> None:
    """The contact keeps its etag."""
    person = _person(google, names=[{"givenName": "Ann"}], emailAddresses=[{"value": "a@example.com"}])
    before = source_of(_fields(google, person, "metadata"))
    _send(google, f"{person}/edit", given="Ann", email="a@example.com", email_type="")

    assert source_of(_fields(google, person, "metadata")) == before


def test_a_contact_is_created_from_the_form(google: Google) -> None:
    """A created contact has the form's rows, except those without a value."""
    form = {"given": "New", "phone": ["087 1", ""], "phone_type": ["mobile", ""]}
    answer = _send(google, "new", **form)

    assert [" New" in answer.text or "New</bdi>" in answer.text, "087 1" in answer.text] == [True, True]


def test_the_star_is_put_on_and_taken_off(google: Google) -> None:
    """Pressing twice leaves no star."""
    person = _person(google, names=[{"givenName": "Ann"}])

    texts = [_send(google, f"{person}/star").text for _ in range(2)]
    assert ["Remove the star" in text for text in texts] == [True, False]


def test_a_deleted_contact_comes_back_from_the_trash_and_sync_tells(google: Google) -> None:
    """With its fields and labels, except those deleted meanwhile; whoever syncs sees it as changed."""
    stays, goes = _label(google, "Stays"), _label(google, "Goes")
    person = _person(google, names=[{"givenName": "Ann"}])
    for label in (stays, goes):
        _send(google, f"{person}/labels", label=label)
    _send(google, f"{person}/delete")
    _send(google, f"labels/{goes}/delete")
    token = google.connections(requestSyncToken=True).execute()["nextSyncToken"]
    in_trash = _page(google, f"{JANE}/trash")
    _send(google, f"{person.replace('people', 'trash')}/restore")
    changed = google.connections(requestSyncToken=True, syncToken=token).execute()["connections"]
    page = _page(google, f"{JANE}/{person}")

    assert "Ann" in in_trash
    assert [(p["resourceName"], "deleted" in p["metadata"]) for p in changed] == [(person, False)]
    assert ["Stays</bdi>" in page, "Goes</bdi>" in page] == [True, False]


def test_changes_are_undone_in_the_browser(google: Google) -> None:
    """The last hour: who was deleted is there again; what the page does not offer undoes nothing."""
    person = _person(google, names=[{"givenName": "Ann"}])
    google.later(hours=2)
    _send(google, f"{person}/delete")
    offered = "the last hour" in _page(google, f"{JANE}/trash")
    texts = [_send(google, "undo", of=of).text for of in ("the last year", "the last hour")]

    assert offered is True
    assert ["Ann</bdi>" in text for text in texts] == [False, True]


def test_a_label_is_renamed_and_deleted_and_its_contacts_stay(google: Google) -> None:
    """The contact is still there when its label is gone."""
    label = _label(google, "Old")
    person = _person(google, names=[{"givenName": "Ann"}])
    _send(google, f"{person}/labels", label=label)
    renamed = _send(google, f"labels/{label}/rename", name="New").text
    deleted = _send(google, f"labels/{label}/delete").text

    assert ['value="New"' in renamed, 'value="New"' in deleted] == [True, False]
    assert "Ann" in _page(google, f"{JANE}/{person}")


def test_the_last_label_cannot_be_taken_off(google: Google) -> None:
    """Google's rule, and a sentence that says what to do."""
    label = _label(google, "Only")
    group = {"contactGroupMembership": {"contactGroupResourceName": f"contactGroups/{label}"}}
    person = _person(google, names=[{"givenName": "Ann"}], memberships=[group])

    answer = _send(google, f"{person}/labels/{label}/remove")
    assert answer.status_code == 409
    assert "one label at least" in answer.text


def test_what_google_refuses_is_told_in_its_words(google: Google) -> None:
    """A label's name that is taken."""
    _label(google, "Taken")

    answer = _send(google, "labels", name="Taken")
    assert answer.status_code == 409
    assert "already exists" in answer.text


def test_the_owner_takes_a_programs_access_back(google: Google) -> None:
    """The page names the program; afterwards its refresh token is good for nothing."""
    before = _page(google, f"{JANE}/access")
    after = _send(google, "access", client="client").text

    assert ["Remove the access" in before, "Remove the access" in after] == [True, False]
    assert google.standin.world.credentials.exchange("refresh") is None


def test_what_is_not_there_is_said_to_be_missing(google: Google) -> None:
    """An unknown account and an unknown contact: 404."""
    urls = [f"{google.address}/contacts/{path}" for path in ("nobody@example.com/", f"{JANE}/people/c1")]

    assert [google.http.get(url, timeout=TIMEOUT).status_code for url in urls] == [404, 404]


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>"])
def test_hostile_names_are_text(google: Google, name: str) -> None:
    """Nowhere on the list or the contact's page does a tag of theirs begin."""
    person = _person(google, names=[{"givenName": name}], urls=[{"value": f"javascript:{name}"}])

    pages = [
        google.http.get(f"{google.address}/contacts/{JANE}/{path}", timeout=TIMEOUT).text
        for path in ("", person, f"{person}/edit")
    ]
    assert [(part in page) for page in pages for part in ("<script>", "<img", 'href="javascript')] == [
        False
    ] * 9


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_forms_from_elsewhere_are_refused(google: Google, origin: str | None) -> None:
    """Another origin, none that can be named, and no origin at all."""
    headers = {"Origin": origin} if origin else {}
    url = f"{google.address}/contacts/{JANE}/labels"
    answer = google.http.post(url, data={"name": "Mallory"}, headers=headers, timeout=TIMEOUT)

    assert answer.status_code == 403
    assert "Mallory" not in _page(google, f"{JANE}/labels")


def test_the_pages_answer_under_loopback_names_only(google: Google) -> None:
    """A name that somebody else has pointed here (DNS rebinding) is refused; headers are strict."""
    url = f"{google.address}/contacts/"
    answers = [
        google.http.get(url, headers={"Host": host}, timeout=TIMEOUT)
        for host in ("evil.example", "localhost")
    ]

    assert [answer.status_code for answer in answers] == [403, 200]
    assert ["default-src 'none'" in answer.headers["Content-Security-Policy"] for answer in answers] == [
        True,
        True,
    ]


def test_a_form_knows_what_was_changed() -> None:
    """Only the field that differs, and a company that was taken away."""
    fields = {"names": [{"givenName": "Ann"}], "organizations": [{"name": "ACME", "title": "Boss"}]}
    shown = Form.of(fields)

    assert shown.changed(fields) == {}
    assert Form(given="Ann").changed(fields) == {"organizations": []}
    assert Form(given="Ann", company="Emca").changed(fields) == {
        "organizations": [{"title": "Boss", "name": "Emca"}]
    }
