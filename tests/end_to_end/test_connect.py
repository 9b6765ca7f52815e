"""Connecting an account: Google's consent over real HTTP, and everything that can come in between."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, NoReturn

import pytest

from infra.standins.google.faults import TOKEN_METHOD
from infra.standins.google.user import User
from shared.domain.model.lease import Claim
from shared.errors import Denied, Misconfigured, RetryLater, Trouble
from shared.ports import CONTACTS, Drop, Task
from shared.replace import replace
from shared.usecases.accounts.connect import begin
from shared.usecases.accounts.oauth_state import STATE_SECONDS
from shared.usecases.base.documents import load_accounts
from tests.dying_process import Died, DyingProcess
from tests.end_to_end.at_google import OFFICE, Person, person, stored
from tests.world import World, a_world, customer

WHERE_TO_REMOVE_IT = "myaccount.google.com/connections"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Five customers, and no account yet."""
    with a_world(tmp_path, [customer(n) for n in range(1, 6)], accounts=0) as made:
        yield made


def reason(call: Any, kind: type[Trouble] = Denied) -> str:
    """Return why it was refused."""
    with pytest.raises(kind) as caught:
        call()
    assert caught.value.user_message.endswith(".")
    return caught.value.reason


def nothing_was_done(world: World) -> bool:
    """Return whether there is no account, no token and no task."""
    return (list(load_accounts(world.services.state, "acme")), stored(world), world.tasks.tasks) == (
        [],
        {},
        [],
    )


def test_an_account_is_connected_and_filled_at_once(world: World) -> None:
    """Recorded with whose it is, its token in the secret store, its first fill handed on and done."""
    connected = person(world).connect()
    account = connected.account
    filled = world.work()

    assert connected.new is True
    assert connected.filling is True
    assert account.id.startswith("acme-")
    assert len(account.id) == len("acme-7f3k")
    assert account.email == OFFICE
    assert account.state == "connected"
    assert account.google_id == world.google.world.accounts[OFFICE].user_id
    assert account.secret == f"google-account-{account.id}"
    assert list(load_accounts(world.services.state, "acme")) == [account]
    assert list(stored(world)) == [account.secret]
    assert filled.by == "mary@example.com"
    assert filled.state == "complete"
    assert filled.accounts[0].created == 5


def test_a_state_is_good_once(world: World) -> None:
    """Coming back a second time, by the Back button or by a thief in the same browser, changes nothing."""
    mary = person(world)
    back = mary.decide(mary.begin(), OFFICE, "Continue", CONTACTS)
    mary.finish(back)

    assert reason(lambda: mary.finish(back)) == "connect.replayed"
    assert len(load_accounts(world.services.state, "acme")) == len(world.tasks.tasks) == 1


def test_of_many_who_bring_one_state_back_at_once_one_connects(world: World) -> None:
    """Eight arrivals at the same moment: one account, one token, one task."""
    mary = person(world)
    back = mary.decide(mary.begin(), OFFICE, "Continue", CONTACTS)

    def arrive(_: int) -> str:
        try:
            mary.finish(back)
        except Denied as denied:
            return denied.reason
        return "connected"

    with ThreadPoolExecutor(8) as pool:
        results = sorted(pool.map(arrive, range(8)))
    assert results == ["connect.replayed"] * 7 + ["connected"]
    assert len(load_accounts(world.services.state, "acme")) == len(world.tasks.tasks) == 1


def test_a_state_is_good_for_ten_minutes(world: World) -> None:
    """At the last second yes, a second later no, and nothing is left of it."""
    mary = person(world)
    early, late = (mary.decide(mary.begin(), OFFICE, "Continue", CONTACTS) for _ in range(2))
    world.clock.advance(STATE_SECONDS)
    assert mary.finish(early).new
    world.clock.advance(1)
    assert reason(lambda: mary.finish(late)) == "connect.expired"


def test_a_state_that_the_database_has_forgotten_has_expired(world: World) -> None:
    """The document may be gone as soon as its time is over."""
    mary = person(world)
    back = mary.decide(mary.begin(), OFFICE, "Continue", CONTACTS)
    [(nonce, _)] = world.services.state.find("connects")
    world.services.state.write(Drop(f"connects/{nonce}"))
    assert reason(lambda: mary.finish(back)) == "connect.expired"


@pytest.mark.parametrize("state", ["", "made-up", "a.b.c"])
def test_a_forged_state_is_refused(world: World, state: str) -> None:
    """What this service did not sign leads nowhere, whatever code comes with it."""
    mary = person(world)
    back = mary.decide(mary.begin(), OFFICE, "Continue", CONTACTS)
    assert reason(lambda: mary.finish({**back, "state": state})) == "connect.invalid"
    assert nothing_was_done(world)


def test_a_token_for_another_purpose_is_no_state(world: World) -> None:
    """A link into the console is signed with the same key, and is refused."""
    link = world.services.signed().sign("link", {"nonce": "0" * 32})
    assert reason(lambda: person(world).finish({"state": link, "code": "x"})) == "connect.invalid"


def test_a_state_is_good_in_its_browser_only(world: World) -> None:
    """Whoever is given another's link cannot finish it, and does not use it up either."""
    mary, eve = person(world), Person(world.services, "another cookie")
    back = mary.decide(mary.begin(), OFFICE, "Continue", CONTACTS)

    assert reason(lambda: eve.finish(back)) == "connect.other_browser"
    assert reason(lambda: Person(world.services, "").finish(back)) == "connect.other_browser"
    assert nothing_was_done(world)
    assert mary.finish(back).new


def test_codes_cannot_be_swapped_between_states(world: World) -> None:
    """A code that was given for another state does not fit the verifier, although the browser is right."""
    mary = person(world)
    one, other = (mary.decide(mary.begin(), OFFICE, "Continue", CONTACTS) for _ in range(2))

    assert reason(lambda: mary.finish({"state": one["state"], "code": other["code"]})) == "connect.expired"
    assert nothing_was_done(world)


def test_who_declines_connects_nothing(world: World) -> None:
    """Google says so, and a page says what to do; the state is used up."""
    mary = person(world)
    back = mary.decide(mary.begin(), OFFICE, "Cancel")

    assert reason(lambda: mary.finish(back)) == "connect.declined"
    assert reason(lambda: mary.finish(back)) == "connect.replayed"
    assert nothing_was_done(world)


@pytest.mark.parametrize("back", [{"error": "server_error"}, {"error": "<script>"}, {}])
def test_a_google_that_gives_no_code_may_do_so_later(world: World, back: dict[str, str]) -> None:
    """Any other error of the consent page, or neither code nor error."""
    mary = person(world)
    state = mary.decide(mary.begin(), OFFICE, "Cancel")["state"]
    assert reason(lambda: mary.finish({"state": state, **back}), RetryLater) == "connect.google_down"
    assert nothing_was_done(world)


def test_contacts_that_were_not_allowed_connect_nothing(world: World) -> None:
    """People can untick the box; the token that Google gave all the same is kept nowhere."""
    mary = person(world)
    back = mary.decide(mary.begin(), OFFICE, "Continue")
    with pytest.raises(Denied) as caught:
        mary.finish(back)

    assert caught.value.reason == "connect.no_contacts"
    assert WHERE_TO_REMOVE_IT in caught.value.user_message
    assert nothing_was_done(world)


def test_without_a_refresh_token_nothing_is_connected(world: World) -> None:
    """Google may give none."""
    world.google.world.withhold_refresh_token = True
    assert reason(person(world).connect) == "connect.no_refresh_token"
    assert nothing_was_done(world)


@pytest.mark.parametrize("what", [{"status": 503}, {"close": True}, {"status": 200, "body": "<html>"}])
def test_a_google_that_is_down_at_the_exchange_is_told(world: World, what: dict[str, Any]) -> None:
    """Nothing was stored; one begins anew."""
    mary = person(world)
    back = mary.decide(mary.begin(), OFFICE, "Continue", CONTACTS)
    world.fault(method=TOKEN_METHOD, what=what)

    assert reason(lambda: mary.finish(back), RetryLater) == "connect.google_down"
    assert reason(lambda: mary.finish(back)) == "connect.replayed"
    assert nothing_was_done(world)
    assert mary.connect().new


def test_a_reconnect_keeps_the_account_its_ledger_and_its_label(world: World) -> None:
    """A new token under the same id; the next run finds everything as it was, and writes nothing."""
    mary = person(world)
    before = mary.connect().account
    world.work()
    contacts = User.of(world.google_url, OFFICE).everything()
    world.google.world.credentials.revoke(stored(world)[before.secret])
    dead = world.run().accounts[0]
    marked = load_accounts(world.services.state, "acme")[0]
    again = mary.connect(account=before.id)
    run = world.work().accounts[0]

    assert dead.code == "google.reconnect"
    assert marked.state == "reconnect"
    assert again.new is False
    assert again.account.id == before.id
    assert again.account.state == "connected"
    assert again.account.reason == ""
    assert run.state == "complete"
    assert run.writes == 0
    assert run.unchanged == 5
    assert User.of(world.google_url, OFFICE).everything() == contacts


def test_the_consent_page_of_a_reconnect_proposes_the_account(world: World) -> None:
    """Google is told which account is meant."""
    account = person(world).connect().account
    assert "login_hint=office%40example.com" in person(world).begin(account.id)


def test_the_older_token_is_destroyed_and_not_revoked(world: World) -> None:
    """Revoking it would end the new one too; destroying it is enough."""
    mary = person(world)
    account = mary.connect().account
    old = stored(world)[account.secret]
    mary.connect(account=account.id)
    new = stored(world)[account.secret]

    assert old != new
    assert [world.google.world.credentials.grants[token].revoked for token in (old, new)] == [False, False]
    assert list(stored(world).values()) == [new]


def test_an_account_that_is_there_already_is_reconnected(world: World) -> None:
    """Connecting it as if it were new gives no second one; its address may have changed at Google."""
    mary = person(world)
    first, second = mary.connect(), mary.connect()

    assert first.new is True
    assert second.new is False
    assert second.account.id == first.account.id
    assert len(load_accounts(world.services.state, "acme")) == len(stored(world)) == 1


def test_another_account_than_the_one_to_be_reconnected_is_refused(world: World) -> None:
    """Neither gets a token; the page names both addresses."""
    mary = person(world)
    account = mary.connect().account
    kept = stored(world)
    back = mary.decide(mary.begin(account.id), "van@example.com", "Continue", CONTACTS)
    with pytest.raises(Denied) as caught:
        mary.finish(back)

    assert caught.value.reason == "connect.wrong_account"
    assert (
        "office@example.com needs to be connected again, but van@example.com was chosen"
        in caught.value.user_message
    )
    assert "Unless van@example.com is connected here as well" in caught.value.user_message
    assert WHERE_TO_REMOVE_IT in caught.value.user_message
    assert "@" not in caught.value.message
    assert stored(world) == kept
    assert len(load_accounts(world.services.state, "acme")) == 1


def test_several_accounts_can_be_connected(world: World) -> None:
    """Each has its own id, secret and contacts."""
    office, van = person(world).connect(), person(world).connect("van@example.com")
    outcome = world.work()

    assert office.account.id != van.account.id
    assert {a.secret for a in load_accounts(world.services.state, "acme")} == stored(world).keys()
    assert [a.created for a in outcome.accounts] == [5, 5]


def test_what_does_not_exist_cannot_be_connected(world: World) -> None:
    """An account or a wisp that is not there, or whose name is a path."""
    for account in ("acme-none", "../x", "a/b", "x" * 200):
        assert reason(partial(person(world).begin, account)) == "account.unknown"
    with pytest.raises(Misconfigured, match=r"wisp\.unknown"):
        begin(world.services, wisp="nobody", by="mary", browser="x")


def test_an_account_that_was_disconnected_meanwhile_cannot_be_reconnected(world: World) -> None:
    """Its owner is at Google while somebody else lets it go."""
    mary = person(world)
    account = mary.connect().account
    back = mary.decide(mary.begin(account.id), OFFICE, "Continue", CONTACTS)
    world.services.state.write(Drop(f"wisps/acme/accounts/{account.id}"))
    assert reason(lambda: mary.finish(back)) == "account.unknown"


def test_accounts_are_changed_one_at_a_time(world: World) -> None:
    """A connection waits a while for somebody else's change."""
    lease = world.services.leases.acquire("accounts-acme", Claim("o", "", "joe@example.com"), 600)
    assert reason(person(world).connect, RetryLater) == "account.busy"
    assert sum(world.clock.slept) >= 5
    assert nothing_was_done(world)
    world.services.leases.release(lease)
    assert person(world).connect().new


def test_a_queue_that_is_down_costs_only_the_first_fill(world: World) -> None:
    """The account is connected, and says that the nightly run fills it."""

    class Down:
        def enqueue(self, task: Task) -> bool:
            raise RetryLater("tasks.unreachable", "away")

        def enqueue_all(self, tasks: Sequence[Task]) -> NoReturn:
            raise AssertionError("a first fill is one task")

    connected = Person(replace(world.services, tasks=Down())).connect()
    assert connected.new is True
    assert connected.filling is False
    assert world.run().accounts[0].created == 5


def test_what_is_remembered_of_a_browser_and_a_connection_is_deleted(world: World) -> None:
    """The verifier is gone when it was used; a mark that it was used stays for an hour."""
    person(world).connect()
    assert list(world.services.state.find("connects")) == []
    assert len(world.services.state.find("used")) == 1
    world.clock.advance(3601)
    person(world).begin()
    assert list(world.services.state.find("used")) == []


@pytest.mark.parametrize("known", [False, True], ids=["new", "reconnected"])
def test_a_process_that_dies_at_any_step_is_mended_by_the_next_press(world: World, known: bool) -> None:
    """No token that no account names, and never two accounts; the next press connects as if nothing was."""
    mary = person(world)
    for writes in count():
        forget_everything(world)
        if known:
            mary.connect()
        dying = DyingProcess(writes)
        back = mary.decide(mary.begin(), OFFICE, "Continue", CONTACTS)
        with suppress(Died):
            Person(dying.services(world.services)).finish(back)
        world.expire(600)
        accounts = load_accounts(world.services.state, "acme")
        assert stored(world).keys() <= {account.secret for account in accounts}, dying.died
        assert len(accounts) <= 1, dying.died
        again = mary.connect()
        assert list(load_accounts(world.services.state, "acme")) == [again.account], dying.died
        assert list(stored(world)) == [again.account.secret], dying.died
        if not dying.died:
            assert writes > 4
            assert world.work().state == "complete"
            return


def forget_everything(world: World) -> None:
    """Set the wisp back to before its first account."""
    for account in load_accounts(world.services.state, "acme"):
        world.services.secrets.destroy(account.secret)
        world.services.state.write(Drop(f"wisps/acme/accounts/{account.id}"))
