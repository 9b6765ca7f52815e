"""The verdict notices each sort of harm, and only harm."""

from typing import Any

import pytest

from infra.lab.chaos.diary import Diary
from infra.lab.chaos.verdict import LABEL, MARK, Expected, count_of, judge
from shared.domain.sync.person import MY_CONTACTS, OWNED

LABEL_NAME = "contactGroups/ours"
NUMBER = {"value": "+353 87 100 0001", "type": "mobile"}
OWN_NUMBER = {"value": "+353 85 550 0001", "type": "mobile"}


def contact(name: str, customer: str = "", **fields: Any) -> dict[str, Any]:
    """Return a contact as a snapshot shows it; one with a customer is ours, in our label."""
    groups = [MY_CONTACTS, LABEL_NAME] if customer else [MY_CONTACTS]
    members = [{"contactGroupMembership": {"contactGroupResourceName": group}} for group in groups]
    mark = [{"key": MARK, "value": f"v1|acme|{customer}|run"}] if customer else []
    person = {"resourceName": name, "metadata": {"sources": []}, "memberships": members, **fields}
    return person | ({"clientData": mark} if mark else {})


def snapshot(*contacts: dict[str, Any], trash: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """Return an account with these contacts."""
    named = {person["resourceName"]: person for person in contacts}
    label = {"clientData": [{"key": LABEL, "value": "v1|acme"}]}
    ours = [name for name, person in named.items() if "clientData" in person]
    return {
        "email": "office@example.com",
        "contacts": named,
        "trash": {person["resourceName"]: person for person in trash},
        "groups": {LABEL_NAME: {**label, "members": ours}},
    }


def expected(**customers: dict[str, Any]) -> Expected:
    """Return what contacts must hold, by customer; here ids begin with an underscore."""
    fields = {id_.lstrip("_"): dict.fromkeys(OWNED, ()) | wanted for id_, wanted in customers.items()}
    return Expected("acme", fields, frozenset())


ONE = expected(_1={"phoneNumbers": (NUMBER,)})
OURS = contact("people/c1", "1", phoneNumbers=[NUMBER])
COPY = contact("people/c2", phoneNumbers=[NUMBER])
NUMBER_OTHERWISE = {"value": "087 100 0001", "type": "mobile"}
OWN = contact("people/c9", phoneNumbers=[OWN_NUMBER])


def kinds(found: dict[str, Any], wanted: Expected = ONE, **diary: Any) -> list[str]:
    """Return what is found, by kind."""
    return [finding.kind for finding in judge(wanted, found, Diary(**diary))]


def test_nothing_is_found_where_all_is_well() -> None:
    """A customer's contact with an addition of its owner's, and a contact of the owner's."""
    ours = contact("people/c1", "1", phoneNumbers=[NUMBER, OWN_NUMBER])
    added = {"people/c1": [("phoneNumbers", OWN_NUMBER)]}
    assert kinds(snapshot(ours, OWN), own={"people/c9": OWN}, additions=added) == []


@pytest.mark.parametrize(
    ("found", "diary", "expected"),
    [
        pytest.param(snapshot(), {}, ["lost"], id="no contact"),
        pytest.param(
            snapshot(OURS, OURS | {"resourceName": "people/c2"}), {}, ["doubled"], id="two contacts"
        ),
        pytest.param(snapshot(OURS), {"own": {"people/c9": OWN}}, ["foreign"], id="an own one is gone"),
        pytest.param(snapshot(OURS, OWN), {}, ["foreign"], id="one appeared"),
        pytest.param(
            snapshot(OURS, OWN),
            {"own": {"people/c9": OWN | {"metadata": {"sources": ["older"]}}}},
            ["foreign"],
            id="an own one has another etag",
        ),
        pytest.param(snapshot(contact("people/c1", "1")), {}, ["content"], id="a number is missing"),
        pytest.param(
            snapshot(contact("people/c1", "1", phoneNumbers=[NUMBER, OWN_NUMBER])),
            {},
            ["content"],
            id="a number too many",
        ),
        pytest.param(
            snapshot(OURS),
            {"additions": {"people/c1": [("phoneNumbers", OWN_NUMBER)]}},
            ["addition"],
            id="an addition is gone",
        ),
        pytest.param(
            snapshot(OURS),
            {"groups": {"people/c1": {"contactGroups/starred"}}},
            ["addition"],
            id="a star is gone",
        ),
        pytest.param(snapshot(OURS), {"notes": {"people/c1": "gate"}}, ["addition"], id="a note is gone"),
        pytest.param(snapshot(OURS, contact("people/c2", "2")), {}, ["stayed"], id="a contact of nobody's"),
        pytest.param(
            snapshot(contact("people/c1", "1", phoneNumbers=[NUMBER, NUMBER_OTHERWISE])),
            {},
            ["content"],
            id="a number twice, in other words",
        ),
        pytest.param(snapshot(OURS, COPY), {}, ["foreign"], id="a copy that nobody made"),
    ],
)
def test_each_harm_is_found(found: dict[str, Any], diary: dict[str, Any], expected: list[str]) -> None:
    """Whatever is wrong with an account is found, and called what it is."""
    assert kinds(found, **diary) == expected


def test_two_labels_of_ours_are_found() -> None:
    """A second label with our mark is one too many."""
    found = snapshot(OURS)
    found["groups"]["contactGroups/other"] = found["groups"][LABEL_NAME] | {"members": []}
    assert kinds(found) == ["label"]


def test_other_words_are_no_harm() -> None:
    """A number of ours, and one that its owner added, in the words of a phone."""
    ours = contact("people/c1", "1", phoneNumbers=[NUMBER_OTHERWISE, {**OWN_NUMBER, "value": "085 5500001"}])
    assert kinds(snapshot(ours), additions={"people/c1": [("phoneNumbers", OWN_NUMBER)]}) == []


def test_what_an_owner_made_of_two_contacts_may_hold_a_thing_twice() -> None:
    """But nothing else than what is known."""
    twice = contact("people/c1", "1", phoneNumbers=[NUMBER, NUMBER_OTHERWISE])
    more = contact("people/c1", "1", phoneNumbers=[NUMBER, NUMBER_OTHERWISE, OWN_NUMBER])
    found = [kinds(snapshot(one), edited={"people/c1"}) for one in (twice, more)]
    assert found == [[], ["content"]]


def test_copies_and_the_trash_are_their_owners() -> None:
    """A copy without our mark is the owner's own; contacts in the trash count for nobody."""
    found = snapshot(OURS, COPY, trash=(OURS | {"resourceName": "people/c3"},))
    assert kinds(found, own={"people/c2": COPY}) == []


def test_a_second_contact_that_a_phone_saved_may_stay() -> None:
    """What was saved by somebody else may be theirs."""
    second = contact("people/c2", "1", phoneNumbers=[NUMBER_OTHERWISE])
    assert kinds(snapshot(OURS, second), reworded={"people/c2"}) == []


def test_a_label_that_its_owner_brought_back_may_be_a_second_one() -> None:
    """One at least there must be; and a contact that is in both is one."""
    found = snapshot(OURS)
    none = {**found, "groups": {}}
    found["groups"]["contactGroups/other"] = found["groups"][LABEL_NAME]
    assert kinds(found, labels_back=True) == []
    assert "label" in kinds(none, labels_back=True)


def test_contacts_are_counted_by_customer() -> None:
    """Those of nobody, and those that owners have merged, are not counted."""
    both = [{"key": MARK, "value": f"v1|acme|{customer}|run"} for customer in ("1", "2")]
    found = [OURS, OURS | {"resourceName": "people/c2"}, OWN, OURS | {"clientData": both}]
    counts = count_of({str(number): one for number, one in enumerate(found)}, "acme")
    assert counts == {"1": 2}


def test_a_surplus_contact_that_its_owner_made_his_own_stays() -> None:
    """The rule keeps it, so it is no finding."""
    second = OURS | {"resourceName": "people/c2", "biographies": [{"value": "gate"}]}
    assert kinds(snapshot(OURS, second), notes={"people/c2": "gate"}) == []


def test_additions_may_go_with_a_customer_who_left() -> None:
    """A contact goes as a whole when its customer has left, and only then."""
    trashed = contact("people/c0", "1", phoneNumbers=[NUMBER, OWN_NUMBER])
    diary = Diary(additions={"people/c0": [("phoneNumbers", OWN_NUMBER)]})
    found = snapshot(OURS, trash=(trashed,))
    assert judge(ONE, found, diary, strayed=frozenset({"1"})) == []
    assert [finding.kind for finding in judge(ONE, found, diary)] == ["addition"]
