"""Every state into which a user, a phone or Google can bring one of our contacts, by both ways of looking."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from infra.standins.google.rewording import PHONE
from infra.standins.google.wording import Form
from shared.domain.model.run import AccountOutcome
from shared.domain.sync import former_fingerprint
from shared.domain.sync.mark import KEY, WROTE, Mark, marked
from shared.usecases.runs.preview import preview_sync
from tests.end_to_end.nights import Nights, customers_held, numbers
from tests.world import a_world, customer

EVERYBODY = {"1": 1, "2": 1}
STARRED, MINE = "contactGroups/starred", "contactGroups/myContacts"
OWNED = (
    "names",
    "organizations",
    "nicknames",
    "phoneNumbers",
    "emailAddresses",
    "addresses",
    "externalIds",
    "userDefined",
)
RECORD: dict[str, Any] = {
    "name": "Áine Byrne",
    "company": "Byrne Supplies Ltd",
    "contact_first": "Áine",
    "contact_last": "Byrne",
    "work_phone": "021 487 1234",
    "email": "Pat@byrne.example",
    "address1": "12 Main St",
    "city": "Cork",
    "postcode": "T23 XY12",
    "country": "Ireland",
    "product": "20M/5M",
}


@pytest.fixture(params=[False, True], ids=["by what changed", "by a whole listing"])
def nights(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Nights]:
    """Two customers in an account that was filled last night; the first has something in every field."""
    with a_world(tmp_path, [customer(1, **RECORD), customer(2)]) as world:
        made = Nights(world, whole=request.param)
        made.run()
        yield made


def ours(nights: Nights) -> dict[str, Any]:
    """Return the first customer's contact."""
    return nights.world.labelled()["1"]


COMPUTED = ("metadata", "canonicalForm", "displayNameLastFirst", "unstructuredName")
"""Members that Google adds, beside ``formatted…`` and a name's ``displayName``."""


def bare(person: dict[str, Any], field: str) -> list[dict[str, Any]]:
    """Return a field's items as a user may write them."""
    return [
        {
            member: text
            for member, text in item.items()
            if member not in COMPUTED
            and not member.startswith("formatted")
            and (field, member) != ("names", "displayName")
        }
        for item in person.get(field, ())
    ]


def content(nights: Nights) -> dict[str, list[dict[str, Any]]]:
    """Return what the first customer's contact holds, in whatever order."""
    return {field: sorted(bare(ours(nights), field), key=str) for field in OWNED}


def save(nights: Nights, **fields: Any) -> None:
    """Save these fields of it, as the user."""
    nights.world.user().edit(ours(nights)["resourceName"], **fields)


def change(nights: Nights, **members: str) -> AccountOutcome:
    """Change the first customer in SIMPLer, and run a night."""
    nights.world.simpler.state.customers.patch("1", members or {"mobile": "086 222 2222"})
    return nights.run()


def comes_to_rest(nights: Nights) -> None:
    """Check that each customer has one contact, and that another night writes nothing."""
    assert nights.run().writes == 0
    assert customers_held(nights.world) == EVERYBODY


EDITS: dict[str, tuple[dict[str, Any], bool]] = {
    "names": ({"givenName": "Jimmy"}, False),
    "organizations": ({"name": "The Byrnes"}, True),
    "nicknames": ({"value": "Boss"}, True),
    "phoneNumbers": ({"value": "+353 1 555 0000"}, True),
    "emailAddresses": ({"value": "own@example.net"}, True),
    "addresses": ({"streetAddress": "9 Far Road"}, True),
    "externalIds": ({"value": "4711"}, True),
    "userDefined": ({"value": "another plan"}, False),
}
"""What a user makes of the first item of a field, and whether that stays as one of their own."""


@pytest.mark.parametrize("field", OWNED)
def test_a_field_that_is_edited_is_as_simpler_has_it(nights: Nights, field: str) -> None:
    """What was typed stays as the user's own, but for the name and the values of our rows."""
    before, (edit, stays) = content(nights), EDITS[field]
    first, *others = bare(ours(nights), field) or [{}]
    save(nights, **{field: [{**first, **edit}, *others]})
    outcome, after = nights.run(), content(nights)

    assert outcome.mended == 1
    assert all(item in after[field] for item in before[field])
    assert any(edit.items() <= item.items() for item in after[field]) == stays
    comes_to_rest(nights)


@pytest.mark.parametrize("field", OWNED)
def test_a_field_that_is_emptied_is_filled_again(nights: Nights, field: str) -> None:
    """As it was."""
    before = content(nights)
    save(nights, **{field: []})
    outcome = nights.run()

    assert outcome.mended == int(bool(before[field]))
    assert content(nights) == before
    comes_to_rest(nights)


MEMBERS = [
    ("organizations", "type"),
    ("phoneNumbers", "type"),
    ("addresses", "streetAddress"),
    ("addresses", "city"),
    ("addresses", "postalCode"),
    ("addresses", "type"),
    ("externalIds", "type"),
    ("userDefined", "value"),
]


@pytest.mark.parametrize(("field", "member"), MEMBERS)
def test_a_member_that_is_emptied_is_filled_again(nights: Nights, field: str, member: str) -> None:
    """What is left of the item is still ours."""
    before = content(nights)
    first, *others = bare(ours(nights), field)
    save(nights, **{field: [{name: text for name, text in first.items() if name != member}, *others]})
    outcome = nights.run()

    assert outcome.mended == 1
    assert content(nights) == before
    comes_to_rest(nights)


SECOND: dict[str, dict[str, Any]] = {
    "organizations": {"name": "Byrne Supplies Ltd", "title": "Treasurer"},
    "nicknames": {"value": "Boss"},
    "phoneNumbers": {"value": "+353 87 100 0001", "type": "work"},
    "emailAddresses": {"value": "Pat@byrne.example", "type": "work", "displayName": "The shop"},
    "addresses": {"type": "work", "streetAddress": "12 Main St", "city": "Cork", "postalCode": "T23 XY12"},
    "externalIds": {"value": "1", "type": "account"},
    "userDefined": {"key": "Plan", "value": "wants fibre, ring in May"},
}
"""Second items, each like one of ours: the same company, number, address, title …"""


@pytest.mark.parametrize("field", SECOND)
def test_a_second_item_like_one_of_ours_stays(nights: Nights, field: str) -> None:
    """It is no reason to write, and stays while SIMPLer changes, drops and brings back what is ours."""
    item = SECOND[field]
    save(nights, **{field: [*bare(ours(nights), field), item]})
    calm = nights.run()
    change(nights)
    assert calm.writes == 0
    assert item in content(nights)[field]
    change(
        nights, product="", email="", work_phone="", mobile="", company="", address1="", city="", postcode=""
    )
    assert item in content(nights)[field]
    change(nights, **{k: v for k, v in RECORD.items() if k not in ("name", "contact_first", "contact_last")})
    assert any(item.items() <= each.items() for each in content(nights)[field])
    comes_to_rest(nights)


@pytest.mark.parametrize("field", OWNED)
def test_items_in_another_order_are_no_reason_to_write(nights: Nights, field: str) -> None:
    """Google promises none within a field (people.v1 description, Person)."""
    save(nights, **{field: bare(ours(nights), field)[::-1]})

    comes_to_rest(nights)


PUT_ON: dict[str, dict[str, str]] = {
    "organizations": {"title": "Director", "department": "Sales"},
    "emailAddresses": {"type": "work", "displayName": "Pat"},
    "addresses": {"extendedAddress": "Flat 3", "region": "Co. Cork"},
}


@pytest.mark.parametrize("field", PUT_ON)
def test_members_that_are_put_on_an_item_of_ours_stay(nights: Nights, field: str) -> None:
    """They are no reason to write; our next change leaves them, and its note says so."""
    [item] = bare(ours(nights), field)
    save(nights, **{field: [{**item, **PUT_ON[field]}]})
    calm, changed = nights.run(), change(nights)

    assert calm.writes == 0
    assert changed.updated == 1
    assert content(nights)[field] == [{**item, **PUT_ON[field]}]
    assert f"kept the user's own {field}" in changed.notes[0].why
    comes_to_rest(nights)


@pytest.mark.parametrize("form", get_args(Form))
def test_another_form_of_the_same_is_no_reason_to_write(nights: Nights, form: Form) -> None:
    """Whatever Google or a phone makes of a text; and nothing is there twice after the next change."""
    before = {field: len(items) for field, items in content(nights).items()}
    nights.world.user().reword(ours(nights)["resourceName"], forms=[form])
    calm, changed = nights.run(), change(nights)

    assert calm.writes == 0
    assert changed.updated == 1
    assert {field: len(items) for field, items in content(nights).items()} == before
    comes_to_rest(nights)


def test_a_phone_that_saves_a_contact_again_and_again_doubles_nothing(nights: Nights) -> None:
    """In its own forms, after each of our writes."""
    before = {field: len(items) for field, items in content(nights).items()}
    for mobile in ("086 222 2222", "086 222 2223", "086 222 2224"):
        nights.world.user().reword(ours(nights)["resourceName"], forms=PHONE)
        assert nights.run().writes == 0
        change(nights, mobile=mobile)
        assert {field: len(items) for field, items in content(nights).items()} == before


def test_what_is_not_ours_stays(nights: Nights) -> None:
    """Notes, birthdays, events, relations and the like are never sent: no write, and no loss."""
    own: dict[str, Any] = {
        "biographies": [{"value": "gate code 1234"}],
        "birthdays": [{"date": {"month": 2, "day": 29}}],
        "events": [{"date": {"month": 6, "day": 1}, "type": "anniversary"}],
        "relations": [{"person": "Tom", "type": "spouse"}],
        "imClients": [{"username": "aine", "protocol": "jabber"}],
        "occupations": [{"value": "Grocer"}],
    }
    save(nights, **own)
    calm, changed = nights.run(), change(nights)

    assert calm.writes == 0
    assert changed.updated == 1
    for field, [item] in own.items():
        assert item.items() <= ours(nights)[field][0].items()
    comes_to_rest(nights)


@pytest.mark.parametrize("put", [True, False], ids=["starred", "out of My Contacts"])
def test_a_star_and_my_contacts_are_the_users(nights: Nights, *, put: bool) -> None:
    """A star is not taken off, and a contact that was taken off My Contacts stays off it."""
    user, name = nights.world.user(), ours(nights)["resourceName"]
    if put:
        user.put(name, STARRED)
    else:
        user.unlabel(name, MINE)
    calm, changed = nights.run(), change(nights)
    members = nights.world.snapshot()["groups"][STARRED if put else MINE]["members"]

    assert calm.writes == 0
    assert changed.updated == 1
    assert (name in members) == put
    comes_to_rest(nights)


def test_a_contact_that_is_back_from_the_trash_before_the_night_is_left_alone(nights: Nights) -> None:
    """Nothing was made for it meanwhile."""
    user, name = nights.world.user(), ours(nights)["resourceName"]
    user.delete(name)
    user.restore(name)

    comes_to_rest(nights)
    assert ours(nights)["resourceName"] == name


def test_a_copy_without_our_mark_is_the_users(nights: Nights) -> None:
    """As an import or a phone makes it; even under our label nothing ever touches it."""
    user, name = nights.world.user(), ours(nights)["resourceName"]
    copies = [user.copy(name), user.copy(name, labels=True)]
    before = [nights.world.snapshot()["contacts"][copy] for copy in copies]
    change(nights)

    assert [nights.world.snapshot()["contacts"][copy] for copy in copies] == before
    comes_to_rest(nights)


def test_changes_that_are_undone_come_to_rest(nights: Nights) -> None:
    """The whole account as it was: what SIMPLer changed since is written again, once; additions stay."""
    world, user = nights.world, nights.world.user()
    save(nights, phoneNumbers=[*bare(ours(nights), "phoneNumbers"), {"value": "+353 1 555 0000"}])
    nights.run()
    world.google.clock.forward(timedelta(minutes=10))
    change(nights, mobile="086 222 2222", product="100M", city="Cobh")
    after = content(nights)
    user.undo(300)
    assert content(nights) != after

    assert nights.run().created == 0
    assert content(nights) == after
    comes_to_rest(nights)


def test_a_leavers_contact_that_an_undo_brings_back_goes_again(nights: Nights) -> None:
    """It has our mark and our label, and no customer."""
    world = nights.world
    world.google.clock.forward(timedelta(minutes=10))
    world.leave(2)
    assert nights.run().removed == 1
    world.user().undo(300)
    assert customers_held(world) == EVERYBODY

    assert nights.run().removed == 1
    assert customers_held(world) == {"1": 1}
    assert nights.run().writes == 0


def pairs(nights: Nights) -> list[tuple[str, str]]:
    """Return the client data of the first customer's contact."""
    return [(entry["key"], entry["value"]) for entry in ours(nights)["clientData"]]


def stored(entries: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """Return client data as Google takes it."""
    return [{"key": key, "value": value} for key, value in entries]


def test_fingerprints_that_are_gone_are_written_again(nights: Nights) -> None:
    """Another program left the mark alone: nothing of ours becomes the user's by it."""
    before = pairs(nights)
    save(nights, clientData=stored([entry for entry in before if entry[0] != WROTE]))
    outcome = nights.run()
    assert outcome.mended == 1
    assert pairs(nights) == before

    change(nights, work_phone="021 487 9999")
    assert sorted(numbers(ours(nights))) == ["+353 21 487 9999", "+353 87 100 0001"]
    comes_to_rest(nights)


def test_client_data_that_is_there_twice_is_there_once_again(nights: Nights) -> None:
    """A merge of a contact with its own copy may leave it so."""
    before = pairs(nights)
    save(nights, clientData=stored(before * 2))

    assert nights.run().mended == 1
    assert pairs(nights) == before
    comes_to_rest(nights)


def test_entries_of_others_stay_in_our_client_data(nights: Nights) -> None:
    """Also those whose key or value is much like ours."""
    others = [("crm", "4711"), ("azotel-simpler-x", "v1|acme|1|run"), (KEY, "v9|acme|1|run")]
    save(nights, clientData=stored([*pairs(nights), *others]))
    calm = nights.run()
    change(nights)

    assert calm.writes == 0
    assert set(others) <= set(pairs(nights))
    comes_to_rest(nights)


@pytest.mark.parametrize("forms", [(), PHONE], ids=["as it was", "as a phone saved it"])
def test_a_contact_with_fingerprints_of_the_former_kind_is_left_alone(
    nights: Nights, forms: Sequence[Form]
) -> None:
    """Until SIMPLer changes it; then nothing of it is doubled, dropped wrongly or left behind."""
    before, fields = content(nights), {field: tuple(bare(ours(nights), field)) for field in OWNED}
    data = marked(Mark("acme", "1"), former_fingerprint.former_prints(fields), kind="v1")
    save(nights, clientData=stored([pairs(nights)[0], *data[1:]]))
    nights.world.user().reword(ours(nights)["resourceName"], forms=forms)
    assert nights.run().writes == 0

    change(nights, mobile="086 222 2222", city="Cobh", product="100M")
    after = content(nights)
    assert {field: len(items) for field, items in after.items()} == {f: len(i) for f, i in before.items()}
    assert [item["city"] for item in after["addresses"]] == ["Cobh"]
    comes_to_rest(nights)


def test_what_a_preview_shows_of_a_contact_is_what_is_written(nights: Nights) -> None:
    """Field by field: what SIMPLer changed, and what goes back into our own form with it."""
    [item] = bare(ours(nights), "emailAddresses")
    save(nights, emailAddresses=[{**item, **PUT_ON["emailAddresses"]}])
    nights.world.user().reword(ours(nights)["resourceName"], forms=["country_as_code"])
    nights.world.simpler.state.customers.patch("1", {"mobile": "086 222 2222"})
    [shown] = preview_sync(nights.world.services, "acme").accounts[0].updates
    [note] = nights.run().notes

    assert note.why == "phoneNumbers, addresses, clientData; kept the user's own emailAddresses"
    assert [change.field for change in shown.changes] == ["phoneNumbers", "addresses"]
    assert "+353 86 222 2222 (mobile)" in shown.changes[0].new
    assert [line.split(", ")[-1] for line in (*shown.changes[1].old, *shown.changes[1].new)] == [
        "IE (home)",
        "Ireland (home)",
    ]


ON_EVERYTHING: dict[str, Any] = {
    "names": {"middleName": "Mary", "honorificPrefix": "Dr", "phoneticGivenName": "Awn-ya"},
    **PUT_ON,
}


def texts(item: dict[str, Any]) -> set[str]:
    """Return the texts of an item that a person reads."""
    return {text for member, text in item.items() if member != "countryCode"}


def test_what_a_preview_shows_is_all_that_is_written_and_all_that_is_kept(nights: Nights) -> None:
    """Each field as shown; what is not shown stays as it is, and what is said to be the user's is there."""
    own: dict[str, Any] = {
        field: [{**item, **ON_EVERYTHING.get(field, {})} for item in bare(ours(nights), field)]
        for field in OWNED
    }
    for field in SECOND.keys() - PUT_ON.keys():
        own[field].append(SECOND[field])
    own["phoneNumbers"].append({"value": "086 222 2222", "type": "Wife"})
    save(nights, **own)
    assert nights.run().writes == 0
    nights.world.simpler.state.customers.patch(
        "1", {"mobile": "086 222 2222", "product": "1G", "contact_last": "Burke", "name": "Áine Burke"}
    )
    before = content(nights)
    [shown] = preview_sync(nights.world.services, "acme").accounts[0].updates
    [note] = nights.run().notes
    after = content(nights)

    kept = [each.field for each in shown.kept]
    assert note.why.endswith(f"kept the user's own {', '.join(kept)}")
    assert set(kept) == set(OWNED)
    changed = {change.field: change for change in shown.changes}
    assert set(changed) == {"names", "phoneNumbers", "userDefined"}
    for field in OWNED:
        if field not in changed:
            assert after[field] == before[field]
        else:
            assert len(changed[field].new) == len(after[field])
            for item in after[field]:
                assert any(all(text in line for text in texts(item)) for line in changed[field].new)
    for each in shown.kept:
        for line in each.lines:
            words = re.findall(r"\w+", line)
            assert any(all(word in " ".join(texts(item)) for word in words) for item in after[each.field])
    comes_to_rest(nights)
