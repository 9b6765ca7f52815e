"""The port `ContactBook` by its one adapter, over real HTTP, against the stand-in of Google."""

import threading
from datetime import timedelta
from typing import Any

import pytest
import requests

from infra.standins.google import NewAccount
from shared.domain.sync.person import Change, Fields, Label, NewPerson
from shared.errors import OverQuota, RetryLater, StopAccount, Trouble
from shared.ports import Stale
from shared.replace import replace
from tests.contract.people_account import LIST, MARK, Google, book_of, in_order, new, people, renamed
from tests.fake_clock import FakeClock
from tests.people_samples import kinds, reason_of, written

CREATE = "people.batchCreateContacts"
CREATE_ONE = "people.createContact"
UPDATE = "people.batchUpdateContacts"
UPDATE_ONE = "people.updateContact"
REMOVE = "people.batchDeleteContacts"
REMOVE_ONE = "people.deleteContact"
FIELDS: Fields = {
    "names": ({"givenName": "Seán", "familyName": "Ó Súilleabháin"},),
    "organizations": ({"name": "Ó Súilleabháin Teo", "title": "Owner"},),
    "nicknames": ({"value": "sean"},),
    "phoneNumbers": (
        {"value": "+353 87 123 4567", "type": "mobile"},
        {"value": "+353 21 123 4567", "type": "work"},
    ),
    "emailAddresses": ({"value": "sean@example.ie", "type": "home"},),
    "addresses": ({"streetAddress": "1 Main St", "city": "Cork", "countryCode": "IE", "type": "home"},),
    "urls": ({"value": "https://simpler.example/42", "type": "work"},),
    "externalIds": ({"value": "42", "type": "customer"},),
    "userDefined": ({"key": "Plan", "value": "50 Mb"},),
}
TWO_NAMES: Fields = {"names": ({"givenName": "a"}, {"givenName": "b"})}
"""What Google does not accept: a contact has one name."""


def test_a_contact_comes_back_as_it_was_written(google: Google) -> None:
    """All owned fields, the client data and both memberships survive the way there and back."""
    label = google.label()
    pairs = (("other", "x"), (MARK, "k"))
    made = written(google.book.create([NewPerson("k", FIELDS, pairs)], label)["k"])
    [seen] = google.book.list()
    assert in_order(seen.fields) == in_order(FIELDS)
    assert sorted(seen.client_data) == sorted(pairs)
    assert seen.groups == {label, "contactGroups/myContacts"}
    assert made.resource_name == seen.resource_name
    assert made.source_id == seen.source_id
    assert made.source_etag == seen.source_etag
    assert made.updated == seen.updated
    assert made.groups == seen.groups


def test_an_empty_account_has_no_contacts(google: Google) -> None:
    """An account without contacts is a listing like any other, of one request."""
    assert list(google.book.list()) == []
    assert google.book.requests == 1


def test_a_first_synchronisation_takes_the_fewest_requests(google: Google) -> None:
    """1 for the labels, 1 for the new one, 1 per 1,000 listed, 1 per 200 created; sign-in does not count."""
    google.book.labels()
    list(google.book.list())
    label = google.label()
    for start in range(0, 1_100, 200):
        assert set(kinds(google.book.create(people(start, min(start + 200, 1_100)), label))) == {"Written"}
    assert google.book.requests == 3 + 6
    assert google.asked(CREATE) == 6
    assert google.overlaps() == 0
    assert len({person.client_data for person in google.book.list()}) == 1_100
    assert google.asked(LIST) == 1 + 2


def test_an_update_replaces_what_is_ours_and_nothing_else(google: Google) -> None:
    """Owned fields are replaced or cleared; notes, labels and the star stay."""
    label = google.label()
    google.book.create([new("k", FIELDS)], label)
    [person] = google.book.list()
    google.book.put_in_label([person.resource_name], "contactGroups/starred")
    [person] = google.book.list()
    change = Change(person, {"names": ({"givenName": "Mary"},)}, ((MARK, "k2"), ("other", "x")))
    result = written(google.book.update([change])[person.resource_name])
    [seen] = google.book.list()
    assert seen.fields == {"names": ({"givenName": "Mary"},)}
    assert sorted(seen.client_data) == [(MARK, "k2"), ("other", "x")]
    assert seen.groups == {label, "contactGroups/myContacts", "contactGroups/starred"}
    assert result.source_etag == seen.source_etag
    assert person.source_etag != seen.source_etag


def test_updates_can_be_chained_without_a_read(google: Google) -> None:
    """The etags of one answer guard the next update."""
    [person] = google.filled(1)
    first = written(google.book.update([renamed(person)])[person.resource_name])
    assert kinds(google.book.update([renamed(first, "newer")])) == {"Written": 1}


def test_a_users_edit_is_not_overwritten(google: Google) -> None:
    """One contact that has changed since it was read is told as it is now; the other 199 are written."""
    persons = google.filled(200)
    google.book.update([renamed(persons[66], "the user's")])
    before = google.book.requests
    results = google.book.update([renamed(person) for person in persons])
    assert kinds(results) == {"Written": 199, "Stale": 1}
    assert google.book.requests - before == 3
    kept = google.book.look([persons[66].resource_name])[persons[66].resource_name]
    assert kept
    assert kept.fields == {"names": ({"givenName": "the user's"},)}
    assert results[persons[66].resource_name] == Stale(kept)


@pytest.mark.parametrize(("method", "count"), [(UPDATE, 6), (UPDATE_ONE, 1)])
@pytest.mark.parametrize("ending", [{"close": True}, {"reset": True}, {"ready": "internal"}])
def test_an_update_whose_answer_was_lost_is_known_again(
    google: Google, ending: dict[str, Any], method: str, count: int
) -> None:
    """The first copy took effect, the second is refused as stale: seen again, it is as it was asked for."""
    persons = google.filled(count)
    google.will(method, when="after", **ending)
    results = google.book.update([Change(person, FIELDS, person.client_data) for person in persons])
    assert kinds(results) == {"Written": count}
    now = {person.resource_name: person.source_etag for person in google.book.list()}
    assert {name: written(result).source_etag for name, result in results.items()} == now
    assert google.asked(method) == 2


def test_a_few_contacts_go_one_by_one(google: Google) -> None:
    """Up to five are created, changed and removed by single requests, with the same results."""
    label = google.label()
    made = google.book.create(people(0, 5), label)
    persons = {person.resource_name: person for person in google.book.list()}
    assert {written(result).source_etag for result in made.values()} == {
        person.source_etag for person in persons.values()
    }
    assert {frozenset(person.groups) for person in persons.values()} == {
        frozenset({label, "contactGroups/myContacts"})
    }
    changes = [Change(person, FIELDS, ((MARK, "k2"), ("other", "x"))) for person in persons.values()]
    changed = google.book.update(changes)
    assert kinds(changed) == {"Written": 5}
    now = {person.resource_name: person for person in google.book.list()}
    assert {name: written(result).source_etag for name, result in changed.items()} == {
        name: person.source_etag for name, person in now.items()
    }
    assert all(in_order(person.fields) == in_order(FIELDS) for person in now.values())
    assert kinds(google.book.remove([*now])) == {"Written": 5}
    assert list(google.book.list()) == []
    assert [google.asked(one) for one in (CREATE_ONE, UPDATE_ONE, REMOVE_ONE)] == [5, 5, 5]
    assert [google.asked(batch) for batch in (CREATE, UPDATE, REMOVE)] == [0, 0, 0]


def test_one_bad_contact_among_a_few_does_not_cost_the_others(google: Google) -> None:
    """One of each kind: one that Google does not accept, one that the user changed, one that is gone."""
    label = google.label()
    made = google.book.create([new("a"), new("b", TWO_NAMES), new("c"), new("d"), new("e")], label)
    assert kinds(made) == {"Written": 4, "google.invalid": 1}
    a, c, d, e = (written(made[key]) for key in "acde")
    google.book.update([renamed(c, "the user's")])
    google.book.remove([d.resource_name])
    results = google.book.update([Change(a, TWO_NAMES, a.client_data), *map(renamed, (c, d, e))])
    assert kinds(results) == {"Written": 1, "Stale": 1, "google.invalid": 1, "google.gone": 1}
    stale = results[c.resource_name]
    assert isinstance(stale, Stale)
    assert stale.person.fields == {"names": ({"givenName": "the user's"},)}
    assert kinds(google.book.remove([a.resource_name, d.resource_name])) == {"Written": 2}


def test_a_contact_that_google_fails_at_does_not_cost_its_batch(google: Google) -> None:
    """Google fails at the whole, three times, and at one half; by itself each contact is written."""
    persons = google.filled(12)
    google.will(UPDATE, times=4, ready="internal")
    google.will(UPDATE_ONE, nth=3, ready="internal")
    results = google.book.update([renamed(person) for person in persons])
    assert kinds(results) == {"Written": 11, "Unknown": 1}
    assert google.asked(UPDATE) == 5
    assert google.asked(UPDATE_ONE) == 6
    assert google.clock.slept == [5, 10]


def test_one_bad_contact_does_not_cost_the_others(google: Google) -> None:
    """Of 200 new contacts and of 200 changes, the one that Google does not accept is left out."""
    label = google.label()
    wanted = people(0, 200)
    wanted[137] = new(wanted[137].key, TWO_NAMES)
    made = google.book.create(wanted, label)
    assert kinds(made) == {"Written": 199, "google.invalid": 1}
    assert reason_of(made[wanted[137].key]) == "google.invalid"
    persons = list(google.book.list())
    changes = [renamed(person) for person in persons]
    changes[66] = replace(changes[66], fields=TWO_NAMES)
    assert kinds(google.book.update(changes)) == {"Written": 198, "google.invalid": 1}
    assert len(persons) == 199
    assert google.asked(CREATE) == 2
    assert google.asked(UPDATE) == 2


@pytest.mark.parametrize(("method", "count"), [(CREATE, 6), (CREATE_ONE, 1)])
@pytest.mark.parametrize("ending", [{"close": True}, {"reset": True}, {"ready": "internal"}])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_create_whose_answer_was_lost_is_never_repeated(
    google: Google, ending: dict[str, Any], when: str, method: str, count: int
) -> None:
    """Whether it took effect or not, the contacts are unknown, and the server saw exactly one request."""
    label = google.label()
    google.will(method, when=when, **ending)
    assert kinds(google.book.create(people(0, count), label)) == {"Unknown": count}
    seen = count if when == "after" else 0
    assert google.asked(method) == 1
    assert len(list(google.book.list())) == seen


@pytest.mark.parametrize(("method", "count"), [(REMOVE, 6), (REMOVE_ONE, 1)])
@pytest.mark.parametrize("ending", [{"close": True}, {"reset": True}, {"ready": "unavailable"}])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_removal_whose_answer_was_lost_is_done_once(
    google: Google, ending: dict[str, Any], when: str, method: str, count: int
) -> None:
    """A removal may be sent again: what is gone by then is as it shall be."""
    persons = google.filled(count)
    google.will(method, when=when, **ending)
    assert kinds(google.book.remove([person.resource_name for person in persons])) == {"Written": count}
    assert list(google.book.list()) == []


def test_contacts_that_are_gone_count_as_removed(google: Google) -> None:
    """One that is gone already neither fails nor keeps the others."""
    names = [person.resource_name for person in google.filled(8)]
    google.book.remove(names[5:6])
    assert kinds(google.book.remove(names)) == {"Written": 8}
    assert list(google.book.list()) == []


def test_an_update_of_a_contact_that_is_gone_says_so(google: Google) -> None:
    """The others are written."""
    persons = google.filled(4)
    google.book.remove([persons[1].resource_name])
    results = google.book.update([renamed(person) for person in persons])
    assert kinds(results) == {"Written": 3, "google.gone": 1}
    assert reason_of(results[persons[1].resource_name]) == "google.gone"


def test_a_second_look_says_what_is_gone(google: Google) -> None:
    """Contacts are read by name, as the listing shows them."""
    persons = google.filled(200)
    google.book.remove([persons[1].resource_name])
    seen = google.book.look([person.resource_name for person in persons])
    assert [name for name, person in seen.items() if person is None] == [persons[1].resource_name]
    assert seen.keys() == {person.resource_name for person in persons}
    first = seen[persons[0].resource_name]
    assert first
    assert first.source_etag == persons[0].source_etag
    assert first.fields == persons[0].fields
    assert first.groups == persons[0].groups


def test_contacts_are_put_back_into_the_label(google: Google) -> None:
    """Other memberships stay; a contact that is gone is named."""
    persons = google.filled(3)
    google.book.remove([persons[2].resource_name])
    other = google.book.create_label("Rugby club", ())
    assert other
    results = google.book.put_in_label([person.resource_name for person in persons], other.resource_name)
    assert kinds(results) == {"Written": 2, "google.gone": 1}
    assert reason_of(results[persons[2].resource_name]) == "google.gone"
    for person in google.book.list():
        assert person.groups == {*persons[0].groups, other.resource_name}


def test_labels_are_found_made_and_marked(google: Google) -> None:
    """A label is listed with its mark; its name is unique; marking leaves the name and needs the new etag."""
    google.label()
    [ours] = [label for label in google.book.labels() if label.client_data]
    assert ours.name == "Azotel SIMPLer - ACME"
    assert ours.client_data == ((MARK, "v1|acme"),)
    assert google.book.create_label("Azotel SIMPLer - ACME", ()) is None
    marked = google.book.mark_label(ours, ((MARK, "v2"),))
    assert marked == Label(ours.resource_name, marked.etag, ours.name, ((MARK, "v2"),))
    with pytest.raises(RetryLater) as caught:
        google.book.mark_label(ours, ((MARK, "v3"),))
    assert caught.value.reason == "google.label_changed"
    assert "contactGroups/myContacts" in {label.resource_name for label in google.book.labels()}


def test_a_label_gets_another_name(google: Google) -> None:
    """Its mark stays; a name that another label has is not taken, and a stale etag is told."""
    google.label()
    [ours] = [label for label in google.book.labels() if label.client_data]
    renamed = google.book.rename_label(ours, "Azotel SIMPLer - Cork")
    assert renamed
    assert renamed == Label(ours.resource_name, renamed.etag, "Azotel SIMPLer - Cork", ((MARK, "v1|acme"),))
    google.book.create_label("Mine", ())
    assert google.book.rename_label(renamed, "Mine") is None
    with pytest.raises(RetryLater) as caught:
        google.book.rename_label(ours, "Azotel SIMPLer - Kerry")
    assert caught.value.reason == "google.label_changed"


def test_a_label_whose_answer_was_lost_is_not_made_twice(google: Google) -> None:
    """The name makes it safe to ask again; the caller then finds the label by its mark."""
    google.will("contactGroups.create", when="after", close=True)
    assert google.book.create_label("L", ((MARK, "v1|acme"),)) is None
    assert [label.name for label in google.book.labels() if label.client_data] == ["L"]


def test_a_label_goes_and_its_contacts_stay(google: Google) -> None:
    """Its members are known; then it is gone, twice, and nobody in it with it."""
    persons = google.filled(3)
    label = next(label for label in google.book.labels() if label.client_data).resource_name
    found = google.book.label(label)
    assert found
    assert set(found.members) == {person.resource_name for person in persons}
    assert found.count == len(persons)
    for _ in range(2):
        google.book.delete_label(label)
    left = {person.resource_name: (person.fields, person.groups) for person in google.book.list()}
    assert left == {person.resource_name: (person.fields, person.groups - {label}) for person in persons}
    assert google.book.label(label) is None
    assert label not in {one.resource_name for one in google.book.labels()}


@pytest.mark.parametrize("quota", ["read_quota", "write_quota"])
def test_a_quota_of_the_minute_is_waited_for(google: Google, quota: str) -> None:
    """A 429 was not processed, so even a create is sent again, after a while."""
    label = google.label()
    google.will(CREATE, times=2, ready=quota)
    assert kinds(google.book.create(people(0, 6), label)) == {"Written": 6}
    assert google.clock.slept == [5, 10]
    assert len(list(google.book.list())) == 6


def test_a_long_quota_stops_the_account(google: Google) -> None:
    """It is raised after one request."""
    label = google.label()
    google.will(CREATE, ready="long_quota")
    with pytest.raises(OverQuota) as caught:
        google.book.create(people(0, 6), label)
    assert caught.value.reason == "google.quota_long"
    assert google.asked(CREATE) == 1


@pytest.mark.parametrize("room", [0, 1, 77, 199])
def test_what_still_fits_into_an_account_is_created(google: Google, room: int) -> None:
    """Of a batch that has no room as a whole; the rest is refused, in a few requests more."""
    label = google.label()
    for start in range(0, 1_300 - room, 200):
        google.book.create(people(start, min(start + 200, 1_300 - room)), label)
    before = google.book.requests
    results = google.book.create(people(2_000, 2_200), label)
    assert kinds(results) == {kind: n for kind, n in (("Written", room), ("google.full", 200 - room)) if n}
    assert google.book.requests - before <= 20


def test_a_listing_that_stays_broken_is_an_error(google: Google) -> None:
    """If the second page cannot be had, the listing does not look complete."""
    label = google.label()
    for start in range(0, 1_001, 200):
        google.book.create(people(start, min(start + 200, 1_001)), label)
    google.will(LIST, nth=2, times=9, ready="internal")
    with pytest.raises(RetryLater) as caught:
        list(google.book.list())
    assert caught.value.reason == "google.unavailable"
    assert google.asked(LIST) == 4


def test_an_access_token_that_expires_is_replaced(google: Google) -> None:
    """A run that outlives its token goes on: 401, a new token, and the create once more."""
    label = google.label()
    google.standin.clock.forward(timedelta(hours=2))
    assert kinds(google.book.create(people(0, 6), label)) == {"Written": 6}
    assert google.asked("oauth2.token") == 2
    assert google.book.requests == 3


def test_a_user_who_takes_the_consent_back_is_asked_to_connect_again(google: Google) -> None:
    """invalid_grant stops the account with a sentence that says what to do."""
    list(google.book.list())
    requests.post(f"{google.url}/standin/revoke", json={"refresh_token": "1//mary"}, timeout=5)
    with pytest.raises(StopAccount) as caught:
        list(google.book.list())
    assert caught.value.reason == "google.reconnect"
    assert caught.value.user_message.endswith("Please connect the account again.")


def test_a_consent_without_contacts_is_told(google: Google) -> None:
    """A user can untick the box; then nothing works, and the reason says so."""
    google.standin.world.add_account(
        NewAccount(email="eve@example.com", refresh_tokens=["1//eve"], scopes=("openid",))
    )
    with requests.Session() as session:
        book = book_of(session, google.url, google.clock, "1//eve")
        with pytest.raises(Trouble) as caught:
            list(book.list())
    assert type(caught.value) is StopAccount
    assert caught.value.reason == "google.scope"


def test_accounts_side_by_side_never_mix(google: Google) -> None:
    """Two books in two threads write and read their own accounts only."""
    seen: dict[str, set[str]] = {}

    def work(who: str) -> None:
        with requests.Session() as session:
            book = book_of(session, google.url, FakeClock(), f"1//{who}")
            label = book.create_label("L", ())
            assert label
            for n in range(10):
                book.create([new(f"{who}{n}")], label.resource_name)
            seen[who] = {value for person in book.list() for _, value in person.client_data}

    for who in ("ann", "bob"):
        google.standin.world.add_account(NewAccount(email=f"{who}@example.com", refresh_tokens=[f"1//{who}"]))
    threads = [threading.Thread(target=work, args=(who,)) for who in ("ann", "bob")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {who: {f"{who}{n}" for n in range(10)} for who in ("ann", "bob")}
