"""What owners do by themselves is no harm, and their diary is true, whatever they do and undo."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest

from infra.lab.chaos.owner import WISP, Owner
from infra.lab.chaos.verdict import LABEL, MARK, Expected, is_marked, judge
from infra.standins.google import GoogleStandIn, NewAccount
from infra.standins.google.user import User
from tests.fake_clock import FakeClock

EMAIL = "office@example.com"
DEEDS = 60
NOTHING_WANTED = Expected(WISP, {}, None)
"""No contact is wanted and all stay, so that only the owner's own are judged."""


def furnish(user: User) -> None:
    """Add a label and contacts as the service leaves them, and one of the owner's."""
    data = [{"key": LABEL, "value": f"v1|{WISP}"}]
    group = {"contactGroup": {"name": "Ours", "clientData": data}}
    label = user.call("POST", "contactGroups", group)["resourceName"]
    for number in range(5):
        members = [{"contactGroupMembership": {"contactGroupResourceName": label}}]
        user.add(
            names=[{"givenName": f"Customer {number}"}],
            phoneNumbers=[{"value": f"+353 87 100 000{number}", "type": "mobile"}],
            addresses=[{"streetAddress": f"{number} Main Street", "country": "Ireland"}],
            clientData=[{"key": MARK, "value": f"v1|{WISP}|{number}|run"}],
            memberships=members,
        )


@contextmanager
def an_owner(clock: FakeClock, random: Random) -> Iterator[Owner]:
    """Give an owner with the usual contacts, in a new account."""
    standin = GoogleStandIn(clock=clock.now)
    with standin.serve() as address:
        standin.world.add_account(NewAccount(EMAIL, region="IE"))
        owner = Owner(address, EMAIL, random, lambda: clock.now().timestamp())
        furnish(User.of(address, EMAIL))
        owner.act("adds a contact")
        yield owner


@pytest.mark.parametrize("seed", range(12))
def test_whatever_an_owner_does_is_no_harm(clock: FakeClock, seed: int) -> None:
    """After any deeds, undone or not, their own is as they left it, and what they added is where it was."""
    random = Random(seed)
    with an_owner(clock, random) as owner:
        for _ in range(DEEDS):
            clock.advance(random.choice((0, 1, 500, 40_000)))
            done, found = owner.act()
            assert found == [], done
            assert judge(NOTHING_WANTED, owner.snapshot(), owner.diary) == [], done


def held(owner: Owner) -> dict[str, Any]:
    """Return the contacts with our mark."""
    contacts = owner.snapshot()["contacts"]
    return {name: contact for name, contact in contacts.items() if is_marked(contact)}


def test_what_an_owner_undoes_is_out_of_the_diary_too(clock: FakeClock) -> None:
    """A note that was made before the moment is expected, one made after it is not; who came back is told."""
    with an_owner(clock, Random(1)) as owner:
        owner.act("notes on ours")
        before = dict(owner.diary.notes)
        clock.advance(8 * 86_400)
        for deed in ("notes on ours", "stars ours", "adds to ours", "deletes ours", "deletes ours"):
            owner.act(deed)
        assert len(held(owner)) == 3
        assert owner.brought == {}
        owner.act("undoes changes")
        assert owner.diary.notes == before
        assert owner.diary.groups == {}
        assert owner.diary.additions == {}
        assert len(held(owner)) == 5
        assert len(owner.brought) == 2


def test_what_was_on_a_contact_comes_back_with_it(clock: FakeClock) -> None:
    """Out of the trash comes what the owner had added; a copy has it too."""
    with an_owner(clock, Random(1)) as owner:
        for deed in ("deletes ours",) * 4:
            owner.act(deed)
        owner.act("notes on ours")
        ((name, note),) = owner.diary.notes.items()
        owner.act("deletes ours")
        assert owner.diary.notes == {}
        while name not in held(owner):
            owner.act("restores ours")
        assert owner.diary.notes == {name: note}


def test_what_a_copy_of_ours_says_too_is_ours_after_a_merge(clock: FakeClock) -> None:
    """Google keeps one of two equal items; what else the copy holds is its owner's and must stay."""
    standin = GoogleStandIn(clock=clock.now)
    with standin.serve() as address:
        standin.world.add_account(NewAccount(EMAIL, region="IE"))
        user = User.of(address, EMAIL)
        number = {"value": "+353 87 100 0001", "type": "mobile"}
        mark = [{"key": MARK, "value": f"v1|{WISP}|1|run"}]
        user.add(phoneNumbers=[number], clientData=mark)
        user.add(phoneNumbers=[number, {"value": "021 487 1234", "type": "home"}])
        owner = Owner(address, EMAIL, Random(1), lambda: clock.now().timestamp())
        owner.act("merges ours and own")

        (additions,) = owner.diary.additions.values()
        assert [item["value"] for _, item in additions] == ["021 487 1234"]
