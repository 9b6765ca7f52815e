"""The user for whom a call is made."""

import json
from typing import Any

import pytest

from functions.endpoint import decode
from functions.problems import BadRequest
from functions.user import GCONTACT, User, require
from shared.errors import Denied

MARY = {"id": "17", "email": "mary@acme.ie", "rights": ["user->gcontact"]}


def read(**changed: Any) -> User:
    """Read Mary, with changes, from the body of a call."""
    return decode(json.dumps(MARY | changed).encode(), User)


def test_a_user_is_read_as_simpler_sends_it() -> None:
    """The members of the call become a user."""
    assert read() == User("17", "mary@acme.ie", (GCONTACT,))


def test_a_name_is_told_with_the_address() -> None:
    """In one line and without what could not be seen; without a name it is the address."""
    assert read().told == "mary@acme.ie"
    assert read(name="Mary Murphy").told == "Mary Murphy (mary@acme.ie)"
    assert read(name=" Mary\n\u202eMurphy ").told == "Mary Murphy (mary@acme.ie)"
    assert read(name="\u200b ").told == "mary@acme.ie"


@pytest.mark.parametrize(
    "changed",
    [
        {"id": ""},
        {"id": " "},
        {"id": "17\n"},
        {"id": "x" * 65},
        {"id": 17},
        {"email": ""},
        {"email": "mary"},
        {"email": "mary@acme.ie, eve@example.com"},
        {"email": "Mary <mary@acme.ie>"},
        {"email": "mary@acme.ie\r\nBcc: eve@example.com"},
        {"email": "mailto:mary@acme.ie"},
        {"email": " mary@acme.ie"},
        {"email": f"{'m' * 250}@acme.ie"},
        {"rights": "user->gcontact"},
        {"rights": [1]},
        {"rights": ["r"] * 201},
        {"rights": None},
        {"name": None},
        {"name": "m" * 101},
        {"role": "admin"},
    ],
)
def test_a_user_that_is_not_plain_is_refused(changed: dict[str, Any]) -> None:
    """Too long, too many, unknown or not exactly one address: 400."""
    with pytest.raises(BadRequest) as refusal:
        read(**changed)
    assert refusal.value.status == 400


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "x" * 64},
        {"name": "m" * 100},
        {"email": "Mary@ACME.ie"},
        {"rights": []},
        {"rights": ["r"] * 200},
    ],
)
def test_a_user_at_the_limits_is_taken(changed: dict[str, Any]) -> None:
    """The limits themselves are allowed, and an address keeps its capitals."""
    user = read(**changed)
    assert {name: getattr(user, name) for name in changed} == {
        name: tuple(value) if isinstance(value, list) else value for name, value in changed.items()
    }


def test_a_user_with_the_right_may_go_on() -> None:
    """Nothing happens to a user who has the right."""
    require(read(), GCONTACT)


@pytest.mark.parametrize("rights", [[], ["user->gcontacts"], ["USER->GCONTACT"], ["user->gcontact "]])
def test_a_user_without_the_right_is_told_who_can_grant_it(rights: list[str]) -> None:
    """The refusal names the right and where in SIMPLer it is granted."""
    with pytest.raises(Denied) as denial:
        require(read(rights=rights), GCONTACT)
    assert denial.value.reason == "user.right"
    assert "Users → rights → user->gcontact" in denial.value.user_message
    assert "mary" not in f"{denial.value}{denial.value.user_message}"
