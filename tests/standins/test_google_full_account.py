"""An account that is full, of contacts or of text, its trash included: what still goes and what does not."""

from collections.abc import Iterator
from typing import Any

import pytest

from infra.standins.google import Rules
from infra.standins.google.user import User
from tests.standins.google_kit import JANE, Google, member_of, refusal, running

OVERFLOW = "MY_CONTACTS_OVERFLOW_COUNT"
MINE, STARRED = "contactGroups/myContacts", "contactGroups/starred"
LONG = "x" * 500


@pytest.fixture(params=[{"max_contacts": 4}, {"max_size": 2_050}], ids=["contacts", "text"])
def crowded(request: pytest.FixtureRequest) -> Iterator[Google]:
    """An account with three contacts and one in the trash: there is no room for a fifth."""
    with running(Rules(**request.param)) as google:
        for _ in range(4):
            google.create(nicknames=[{"value": LONG}])
        google.delete(names(google)[0])
        yield google


def names(google: Google) -> list[str]:
    """Return the contacts that there are."""
    return [person["resourceName"] for person in google.connections().execute().get("connections", [])]


def create(google: Google, number: int) -> Any:
    """Return a request that creates contacts at once."""
    contacts = [{"contactPerson": {"nicknames": [{"value": LONG}]}} for _ in range(number)]
    return google.people.people().batchCreateContacts(body={"contacts": contacts, "readMask": "metadata"})


def update(google: Google, people: dict[str, Any]) -> Any:
    """Return a request that changes the nicknames of these contacts at once."""
    body = {"contacts": people, "updateMask": "nicknames", "readMask": "metadata"}
    return google.people.people().batchUpdateContacts(body=body)


def test_nothing_fits_in_that_the_trash_has_no_room_for(crowded: Google) -> None:
    """A contact that was deleted leaves no room, so a create is refused, single or in a batch."""
    body = {"nicknames": [{"value": LONG}]}
    refused = [refusal(crowded.people.people().createContact(body=body)), refusal(create(crowded, 1))]
    assert [(error["code"], error["message"]) for error in refused] == [(400, OVERFLOW)] * 2
    assert [refused[0].get("details"), refused[1].get("details")] == [None, None]


def test_a_batch_of_which_some_would_fit_is_refused_as_a_whole(crowded: Google) -> None:
    """Room for one: of two at once none is created, and one is when it comes alone."""
    crowded.side("POST", "rules", {"max_contacts": 5, "max_size": 2_550})
    assert refusal(create(crowded, 2))["message"] == OVERFLOW
    assert len(names(crowded)) == 3
    create(crowded, 1).execute()
    assert len(names(crowded)) == 4
    assert refusal(create(crowded, 1))["message"] == OVERFLOW


def test_what_does_not_grow_the_account_goes_on(crowded: Google) -> None:
    """Updates of the same size or a smaller one, one by one and in batches, labels, removals."""
    people, (first, second, third) = crowded.people.people(), names(crowded)
    person = crowded.read(first, "nicknames,metadata")
    same = crowded.update({**person, "nicknames": [{"value": "y" * 500}]}, "nicknames").execute()
    update(crowded, {first: {**same, "nicknames": [{"value": "short"}]}}).execute()
    assert crowded.read(first, "nicknames")["nicknames"][0]["value"] == "short"
    crowded.people.contactGroups().members().modify(
        resourceName=STARRED, body={"resourceNamesToAdd": [first]}
    ).execute()
    people.batchDeleteContacts(body={"resourceNames": [second, third]}).execute()
    assert names(crowded) == [first]


def test_owners_take_contacts_out_of_a_full_trash(crowded: Google) -> None:
    """It needs no more room than there is."""
    (deleted,) = crowded.side("GET", f"accounts/{JANE}")["trash"]
    User.of(crowded.address, JANE).restore(deleted)
    assert len(names(crowded)) == 4


def test_room_comes_after_30_days(crowded: Google) -> None:
    """Then what was in the trash counts no more."""
    crowded.later(days=30)
    crowded.sign_in(JANE)
    create(crowded, 1).execute()
    assert len(names(crowded)) == 4
    assert refusal(create(crowded, 1))["message"] == OVERFLOW


def test_an_update_that_grows_is_refused_where_there_is_no_room_for_its_text() -> None:
    """It needs room for what it adds, whatever the number of contacts is; nothing of the batch is done."""
    with running(Rules(max_contacts=2, max_size=1_100)) as google:
        first, second = (google.create("nicknames,metadata", nicknames=[{"value": LONG}]) for _ in range(2))
        grown = {**first, "nicknames": [{"value": LONG * 2}]}
        shrunk = {**second, "nicknames": [{"value": "short"}]}
        people = {first["resourceName"]: grown}
        assert refusal(update(google, people))["message"] == OVERFLOW
        both = update(google, {**people, second["resourceName"]: shrunk}).execute()
        assert len(both["updateResult"]) == 2


def test_labels_and_memberships_take_no_room() -> None:
    """A label is made and contacts are put into it in an account that is full to the last character."""
    with running(Rules(max_contacts=1, max_size=500)) as google:
        name = google.create(nicknames=[{"value": LONG}])["resourceName"]
        group = google.make_group("Ours")["resourceName"]
        etag = google.read(name)
        google.update({**etag, "memberships": member_of(MINE, group)}, "memberships").execute()
        groups = google.read(name, "memberships")["memberships"]
        assert len(groups) == 2
