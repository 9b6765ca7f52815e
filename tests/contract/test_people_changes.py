"""Changes since a token, by the one adapter, over real HTTP, against the stand-in of Google."""

from datetime import timedelta

import pytest

from shared.ports import SyncTokenExpired
from tests.contract.people_account import LIST, Google, in_order, new, people, renamed
from tests.people_samples import changes_by


def test_changes_are_told_since_a_token(google: Google) -> None:
    """What was created, changed and deleted since a listing, and then nothing more."""
    label = google.label()
    google.book.create([new("stays"), new("changes"), new("goes")], label)
    contacts = google.book.list("")
    _, changing, going = persons = list(contacts)
    assert persons == list(google.book.list())
    google.book.update([renamed(changing)])
    google.book.remove([going.resource_name])
    google.book.create([new("comes")], label)
    listed = google.book.list(contacts.token)
    changes = changes_by(listed)
    now = {person.resource_name: person for person in google.book.list()}
    keys = sorted(value for person in changes.persons for _, value in person.client_data)
    assert keys == ["changes", "comes"]
    assert set(changes.gone) == {going.resource_name}
    assert all(in_order(one.fields) == in_order(now[one.resource_name].fields) for one in changes.persons)
    assert list(google.book.list(listed.token)) == []


def test_many_changes_come_on_several_pages(google: Google) -> None:
    """As the listing does, in requests of 1,000."""
    start = google.book.list("")
    assert list(start) == []
    label = google.label()
    for first in range(0, 1_001, 200):
        google.book.create(people(first, min(first + 200, 1_001)), label)
    changes = changes_by(google.book.list(start.token))
    contacts = google.book.list("")
    assert len(changes.persons) == len(list(contacts)) == 1_001
    assert google.asked(LIST) == 1 + 2 + 2
    assert list(google.book.list(contacts.token)) == []


def test_a_token_lasts_a_week(google: Google) -> None:
    """An expired token, or one that is not Google's, asks for a full listing."""
    contacts = google.book.list("")
    assert list(contacts) == []
    google.standin.clock.forward(timedelta(days=6))
    assert list(google.book.list(contacts.token)) == []
    google.standin.clock.forward(timedelta(days=1, seconds=1))
    for token in (contacts.token, "forged"):
        with pytest.raises(SyncTokenExpired):
            list(google.book.list(token))
