"""A WISP's settings: nothing counts before SIMPLer was called; no crash leaves a WISP that fails."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from infra.standins.simpler.failure import Failure, Kind
from infra.standins.simpler.standin import SimplerStandIn
from shared.adapters.simpler.errors import ROWS
from shared.domain.model.credentials import Credentials
from shared.domain.model.wisp import LeftOut, ShownRow, Wisp, WispSettings
from shared.domain.model.wisp_history import MOST_CHANGES, Changed
from shared.errors import Misconfigured, RetryLater
from shared.events import LOGGER
from shared.replace import replace
from shared.usecases.accounts.delete_wisp import delete_wisp, left_of
from shared.usecases.base.account_changes import one_at_a_time
from shared.usecases.base.documents import account_put, load_wisp, wisp_put
from shared.usecases.base.services import Services
from shared.usecases.wisps.settings import (
    Checked,
    Wish,
    check_settings,
    read_settings,
    save_settings,
)
from shared.usecases.wisps.trial import SENTENCES
from tests.hooked import Hooked, then
from tests.world import World, a_world, customer

MARY = "mary@example.com"
OTHER = Credentials("somebody-else", "another-password")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The wisp ``acme``, with seven customers."""
    with a_world(tmp_path, [customer(n, site="Blarney") for n in range(1, 8)]) as world:
        yield world


@pytest.fixture
def moved(world: World) -> Iterator[SimplerStandIn]:
    """Another server with SIMPLer, to which other credentials belong."""
    with SimplerStandIn([customer(n) for n in range(1, 4)]) as simpler:
        simpler.state.api_username, simpler.state.api_password = OTHER.api_username, OTHER.api_password
        yield simpler


def login(world: World) -> Credentials:
    """Return the credentials that SIMPLer takes."""
    return Credentials(world.simpler.state.api_username, world.simpler.state.api_password)


def new(world: World, **changed: Any) -> WispSettings:
    """Return what a new WISP needs."""
    needed = {"name": "Borealis", "country": "CA", "time_zone": "America/Toronto"}
    where = {"simpler_url": world.simpler.api, "simpler_operator": world.simpler.state.operator}
    return WispSettings(**(needed | where | changed))


def wish(world: World, wisp: str = "acme", **settings: Any) -> Wish:
    """Return what Mary wants, from the settings as they are."""
    at = read_settings(world.services, wisp).revision
    return Wish(wisp, MARY, WispSettings(**settings), revision=at)


def save(world: World, **settings: Any) -> Checked:
    """Save what Mary wants of ``acme``."""
    return save_settings(world.services, wish(world, **settings))


def set_up(world: World, wisp: str = "borealis") -> Checked:
    """Set a new WISP up."""
    return save_settings(world.services, Wish(wisp, MARY, new(world), login(world)))


def told(checked: Checked) -> dict[str, str]:
    """Return what is wrong, by setting."""
    return {flaw.setting: flaw.message for flaw in checked.flaws}


class TestSettingUp:
    """A WISP that there was not."""

    def test_it_runs(self, world: World) -> None:
        """Its settings and its credentials are all that a run needs, but for an account."""
        checked = set_up(world)
        account = replace(world.accounts[0], id="borealis-0", wisp="borealis")
        world.services.state.write(account_put(account))

        assert checked.saved
        assert world.run("borealis").state == "complete"

    def test_what_is_left_out_is_the_default(self, world: World) -> None:
        """The defaults stand in one place, the type of a WISP."""
        set_up(world)
        least = Wisp("id", "n", "IE", "UTC", "u", "o", "s")
        made = load_wisp(world.services.state, "borealis")

        assert made.statuses == least.statuses
        assert made.name_template == least.name_template
        assert made.leavers == least.leavers

    def test_what_is_missing_is_named(self, world: World) -> None:
        """All of it at once; SIMPLer is not called."""
        checked = save_settings(world.services, Wish("borealis", MARY, WispSettings(name="Borealis")))

        assert list(told(checked)) == ["country", "time_zone", "simpler_url", "simpler_operator"]
        assert world.simpler.state.calls == []

    def test_an_id_that_is_none(self, world: World) -> None:
        """It would be part of a document's path."""
        checked = save_settings(world.services, Wish("a/b", MARY, new(world), login(world)))

        assert "letters, digits" in told(checked)["wisp"]

    def test_credentials_are_needed(self, world: World) -> None:
        """Even where a secret of its name is there: nobody knows for which address it was stored."""
        world.services.secrets.put("simpler-borealis", login(world).text)
        checked = save_settings(world.services, Wish("borealis", MARY, new(world)))

        assert "needs the API user" in told(checked)["credentials"]

    def test_what_is_wrong_leaves_nothing_behind(self, world: World) -> None:
        """No document, no secret."""
        wish = Wish("borealis", MARY, new(world), OTHER)

        assert not save_settings(world.services, wish).saved
        assert left_of(world.services.state, "borealis") == []
        with pytest.raises(Misconfigured, match="does not exist"):
            world.services.secrets.get("simpler-borealis")

    def test_two_who_set_it_up_at_once(self, world: World) -> None:
        """The second is told; neither its settings nor its credentials are kept."""
        late = _between(world, lambda: set_up(world))
        mine = Wish("borealis", "joe@example.com", new(world, name="Mine"), login(world))
        with pytest.raises(Misconfigured) as refused:
            save_settings(replace(world.services, trial=late), mine)

        assert f"{MARY} changed them" in refused.value.user_message
        assert load_wisp(world.services.state, "borealis").name == "Borealis"
        assert len(read_settings(world.services, "borealis").changes) == 1

    @pytest.mark.parametrize("step", range(2))
    def test_a_crash_while_it_is_set_up(self, world: World, step: int) -> None:
        """There is no WISP yet, and the same call sets it up."""
        with pytest.raises(_Crash):
            save_settings(_breaking(world, step), Wish("borealis", MARY, new(world), login(world)))
        world.expire(1000)

        assert left_of(world.services.state, "borealis") == []
        assert set_up(world).saved


class TestTrial:
    """SIMPLer is called before anything counts."""

    def test_the_answer_shows_what_came(self, world: World) -> None:
        """How many records, how many contacts, and which statuses there are."""
        world.simpler.state.customers.patch("7", {"status": "post"})
        found = check_settings(world.services, wish(world)).found

        assert found is not None
        assert found.records == 7
        assert found.contacts == 6
        assert [(each.what, each.records) for each in found.statuses] == [("current", 6), ("post", 1)]

    def test_five_are_shown_as_contacts(self, world: World) -> None:
        """By the settings that are wanted, not by those that there are."""
        found = check_settings(world.services, wish(world, name_template="{name} #{id}")).found

        assert found is not None
        assert [sample.name for sample in found.sample] == [f"Customer {n} #{n}" for n in range(1, 6)]
        assert found.sample[0].phones == ("+353 87 100 0001",)
        assert "Site: Blarney" in found.sample[0].rows

    def test_a_check_changes_nothing(self, world: World) -> None:
        """Not even who changed what."""
        before = read_settings(world.services, "acme")
        checked = check_settings(world.services, wish(world, name="Other"))

        assert checked.changed == (Changed("name", '"ACME Wireless"', '"Other"'),)
        assert not checked.saved
        assert read_settings(world.services, "acme") == before

    @pytest.mark.parametrize(
        ("kind", "setting", "code"),
        [
            ("denied", "credentials", "simpler.denied"),
            ("down", "simpler_url", "simpler.down"),
            ("redirect", "simpler_url", "simpler.redirected"),
            ("html", "simpler_url", "simpler.not_json"),
            ("error", "simpler_profile", "simpler.refused"),
            ("empty", "credentials", "simpler.empty"),
            ("cut", "simpler_url", "simpler.truncated"),
        ],
    )
    def test_a_failure_of_simplers_names_the_setting(
        self, world: World, kind: Kind, setting: str, code: str
    ) -> None:
        """A sentence without anything that SIMPLer sent."""
        world.simpler.state.failure = Failure(kind)
        checked = save(world, name="Other")

        assert [(flaw.setting, flaw.code) for flaw in checked.flaws] == [(setting, code)]
        assert load_wisp(world.services.state, "acme").name == "ACME Wireless"

    def test_statuses_that_nobody_has(self, world: World) -> None:
        """They are told with those that there are."""
        assert told(save(world, statuses=("Active",))) == {
            "statuses": "No record is in one of these statuses. Those of SIMPLer are: current (7)."
        }

    def test_records_that_cannot_be_used(self, world: World) -> None:
        """A member's wrong name in the profile."""
        sentence = told(save(world, simpler_profile={"fields": {"id": ["customer_id"]}}))["simpler_profile"]

        assert sentence.startswith("None of SIMPLer's 7 records can be used (no id: 7).")

    def test_a_profile_that_is_none(self, world: World) -> None:
        """What of it is wrong is named."""
        flaws = told(save(world, simpler_profile={"listing": {"pth": "x"}}))

        assert "`$.listing`" in flaws["simpler_profile"]

    def test_an_address_without_tls(self, world: World) -> None:
        """A password would travel in clear text."""
        wish_ = replace(wish(world, simpler_url="http://simpler.example/"), credentials=OTHER)

        assert "https://" in told(save_settings(world.services, wish_))["simpler_url"]

    @pytest.mark.parametrize(
        ("setting", "value", "said"),
        [
            ("name", " ACME", "no spaces around"),
            ("country", "XX", "no country"),
            ("time_zone", "Europe/Belfast", "Use Europe/Dublin, which has the same clocks."),
            ("time_zone", "Europe/Dublni", "such as Europe/Dublin"),
            ("simpler_operator", "a\nb", "control characters"),
            ("simpler_profile", {"link": "x" * 20_000}, "at most 20000 bytes"),
            ("statuses", ("current", "Current"), "given twice"),
            ("statuses", (" current",), "no spaces around"),
            ("name_template", "{nobody}", "cannot be used"),
            ("left_out", (LeftOut("a..b", ("x",)),), "is no member"),
            ("left_out", (LeftOut("type", ("x", " ")),), "an empty one is none"),
            ("left_out", (LeftOut("type", ("x",)), LeftOut("type", ("y",))), "given twice"),
            ("rows", (ShownRow("Mast", "a b"),), "is no member"),
            ("rows", (ShownRow("Map", "latitude, a b"),), "a b is no member"),
            ("rows", (ShownRow("Map", "latitude,"),), "is no member"),
            ("rows", (ShownRow("Map", "a, b, c"),), "more than two members"),
            ("rows", (ShownRow("site", "mast"),), "have a row site already"),
            ("rows", (ShownRow("Mast", "a"), ShownRow("mast", "b")), "given twice"),
            ("mail_domains", ("mary@acme.ie",), "is no domain"),
            ("notify", ("mary",), "no plain e-mail address"),
        ],
    )
    def test_what_needs_no_call(self, world: World, setting: str, value: Any, said: str) -> None:
        """It is told before SIMPLer is asked."""
        assert said in told(save(world, **{setting: value}))[setting]
        assert world.simpler.state.calls == []

    def test_nobody_is_left(self, world: World) -> None:
        """Leaving everybody out would empty every account."""
        everybody = (LeftOut("site", ("Blarney",)),)

        assert "All 7 contacts are left out" in told(save(world, left_out=everybody))["left_out"]

    def test_who_is_left_out_is_counted(self, world: World) -> None:
        """Records that are contacts by their status alone."""
        found = save(world, left_out=(LeftOut("customerid", ("3",)),)).found

        assert found is not None
        assert found.contacts == 6
        assert found.left_out == 1

    def test_every_failure_has_its_setting(self) -> None:
        """Whatever SIMPLer does, somebody is told where to look."""
        assert ROWS.keys() <= SENTENCES.keys()


class TestChanging:
    """A WISP that there is."""

    def test_what_is_left_out_stays(self, world: World) -> None:
        """One setting is changed, and nothing besides."""
        before = load_wisp(world.services.state, "acme")
        save(world, leavers="keep", statuses=("Current",))

        assert load_wisp(world.services.state, "acme") == replace(
            before, leavers="keep", statuses=("Current",)
        )

    def test_two_who_change_at_once(self, world: World) -> None:
        """The second is told who was first, and overwrites nothing."""
        first, second = wish(world, name="One"), wish(world, leavers="keep")
        save_settings(world.services, first)
        with pytest.raises(Misconfigured) as refused:
            save_settings(world.services, second)

        assert refused.value.reason == "settings.changed"
        assert f"{MARY} changed them" in refused.value.user_message
        assert load_wisp(world.services.state, "acme").leavers == "remove"

    def test_two_who_rotate_at_once(self, world: World) -> None:
        """A revision is another one after new credentials too, though no setting is."""
        first = replace(wish(world), credentials=login(world))
        save_settings(world.services, first)
        with pytest.raises(Misconfigured, match="not those of the revision"):
            save_settings(world.services, first)

    def test_who_comes_between_the_check_and_the_writing(self, world: World) -> None:
        """The revision is looked at again once nobody else can write."""
        mine = wish(world, name="Mine")
        busy = replace(world.services, trial=_between(world, lambda: save(world, name="Theirs")))
        with pytest.raises(Misconfigured, match="not those of the revision"):
            save_settings(busy, mine)

        assert load_wisp(world.services.state, "acme").name == "Theirs"

    def test_a_wisp_that_is_deleted_meanwhile_stays_deleted(self, world: World) -> None:
        """Its settings do not come back."""
        mine = wish(world, name="Mine")
        gone = _between(world, lambda: delete_wisp(world.services, "acme", remove=False, by="Olga"))
        with pytest.raises(Misconfigured, match="not those of the revision"):
            save_settings(replace(world.services, trial=gone), mine)

        assert left_of(world.services.state, "acme") == []

    def test_settings_without_a_revision(self, world: World) -> None:
        """Whoever would set up what is there is told so."""
        with pytest.raises(Misconfigured) as refused:
            save_settings(world.services, Wish("acme", MARY, new(world), login(world)))

        assert "They are set up" in refused.value.user_message

    def test_a_document_written_by_hand_is_another_revision(self, world: World) -> None:
        """Somebody may mend it in the console."""
        mine = wish(world, name="Mine")
        world.services.state.write(wisp_put(replace(world.wisp, leavers="keep")))
        with pytest.raises(Misconfigured, match="not those of the revision"):
            save_settings(world.services, mine)

    def test_nothing_to_change_writes_nothing(self, world: World) -> None:
        """It is checked all the same."""
        before = read_settings(world.services, "acme")
        checked = save(world, name="ACME Wireless")

        assert checked.saved is True
        assert checked.changed == ()
        assert checked.found is not None
        assert read_settings(world.services, "acme") == before

    def test_somebody_else_is_changing_it(self, world: World) -> None:
        """It can be tried again; nothing was written."""
        with one_at_a_time(world.services, "acme", "Joe"), pytest.raises(RetryLater):
            save(world, name="Mine")

        assert load_wisp(world.services.state, "acme").name == "ACME Wireless"

    def test_who_was_away_for_too_long(self, world: World) -> None:
        """The lease passed on between the secret and the settings: these are as they were, and it is told."""
        secrets = world.services.secrets
        put = then(secrets.put, lambda: _pass_on(world))
        slow: Any = Hooked(secrets, put=put)
        mine = replace(wish(world, name="Mine"), credentials=login(world))
        with pytest.raises(RetryLater) as refused:
            save_settings(replace(world.services, secrets=slow), mine)

        assert refused.value.reason == "account.busy"
        assert load_wisp(world.services.state, "acme").name == "ACME Wireless"
        assert world.run().state == "complete"


class TestHistory:
    """Who changed what, and when."""

    def test_it_is_kept(self, world: World) -> None:
        """The newest first, with what was before."""
        save(world, name="One")
        world.clock.advance(60)
        save(world, leavers="keep")
        changes = read_settings(world.services, "acme").changes

        assert [change.by for change in changes] == [MARY, MARY]
        assert changes[0].at == world.clock.now().isoformat(timespec="seconds")
        assert changes[0].settings == (Changed("leavers", '"remove"', '"keep"'),)
        assert changes[1].settings == (Changed("name", '"ACME Wireless"', '"One"'),)

    def test_it_has_a_limit(self, world: World) -> None:
        """The newest are kept; a revision goes on counting."""
        for number in range(MOST_CHANGES + 2):
            save(world, name=f"Name {number}")
        known = read_settings(world.services, "acme")

        assert len(known.changes) == MOST_CHANGES
        assert known.revision.startswith(f"{MOST_CHANGES + 2}-")

    def test_it_goes_with_the_wisp(self, world: World) -> None:
        """It names people."""
        save(world, name="One")
        delete_wisp(world.services, "acme", remove=False, by="Olga")

        assert world.services.state.find("wisps/acme/history") == []

    def test_a_change_is_logged(self, world: World, caplog: pytest.LogCaptureFixture) -> None:
        """By the names of the settings, without their values."""
        with caplog.at_level("INFO", LOGGER.name):
            save(world, name="One")
        [line] = [vars(record) for record in caplog.records if vars(record).get("event") == "wisp.changed"]

        assert line["fields"] == {"wisp": "acme", "by": MARY, "settings": ["name"]}


class TestCredentials:
    """They are in the secret store and nowhere else."""

    def test_a_new_key_is_tried_before_the_old_one_goes(self, world: World) -> None:
        """A wrong one changes nothing; the right one is what the next run takes."""
        refused = save_settings(world.services, replace(wish(world), credentials=OTHER))
        assert "lets nobody in" in told(refused)["credentials"]
        assert world.run().state == "complete"

        world.simpler.state.api_username = OTHER.api_username
        world.simpler.state.api_password = OTHER.api_password
        assert save_settings(world.services, replace(wish(world), credentials=OTHER)).saved
        assert world.run().state == "complete"

    def test_they_come_back_from_nowhere(self, world: World, caplog: pytest.LogCaptureFixture) -> None:
        """No answer, no log line, no document has them, nor has what is printed."""
        mine = replace(wish(world, name="One"), credentials=login(world))
        answers = [
            check_settings(world.services, mine),
            save_settings(world.services, mine),
            read_settings(world.services, "acme"),
        ]
        everything = f"{answers}{mine}{caplog.text}{world.database.read_bytes()!r}"

        assert world.simpler.state.api_password not in everything
        assert world.simpler.state.api_username not in everything

    def test_stored_ones_go_to_no_other_address(self, world: World, moved: SimplerStandIn) -> None:
        """Whoever may change the address would read the password."""
        assert "not sent there" in told(save(world, simpler_url=moved.api))["credentials"]
        assert (
            "not sent there"
            in told(check_settings(world.services, wish(world, simpler_url=moved.api)))["credentials"]
        )
        assert moved.state.calls == []

    def test_a_slash_is_no_other_address(self, world: World) -> None:
        """The same server is meant."""
        assert save(world, simpler_url=world.simpler.api.rstrip("/")).saved

    def test_a_wisp_that_moves(self, world: World, moved: SimplerStandIn) -> None:
        """Address and credentials change together; what was is not kept."""
        there = wish(world, simpler_url=moved.api, simpler_operator=moved.state.operator)

        assert save_settings(world.services, replace(there, credentials=OTHER)).saved
        assert len(world.services.source(load_wisp(world.services.state, "acme")).customers().records) == 3
        assert world.simpler.state.api_password not in world.services.secrets.get("simpler-acme")

    @pytest.mark.parametrize("step", range(4))
    def test_a_crash_while_it_moves(self, world: World, moved: SimplerStandIn, step: int) -> None:
        """Wherever it is, the wisp has customers afterwards, and repeating the change does it."""
        there = replace(
            wish(world, simpler_url=moved.api, simpler_operator=moved.state.operator), credentials=OTHER
        )
        broken = _breaking(world, step)
        with suppress(_Crash):
            save_settings(broken, there)
        wisp = load_wisp(world.services.state, "acme")
        asked = world.services.source(wisp).customers()
        world.expire(1000)

        assert len(asked.records) == (3 if wisp.simpler_url == moved.api else 7)
        again = replace(there, revision=read_settings(world.services, "acme").revision)
        assert save_settings(world.services, again).saved

    def test_the_ones_of_another_address_are_not_sent(self, world: World, moved: SimplerStandIn) -> None:
        """A document that was changed by hand: the run ends before it calls anybody."""
        save_settings(world.services, replace(wish(world), credentials=login(world)))
        world.services.state.write(wisp_put(replace(world.wisp, simpler_url=moved.api)))

        assert world.run().code == "simpler.secret"
        assert moved.state.calls == []

    def test_a_secret_that_is_missing(self, world: World) -> None:
        """It can be given anew."""
        world.services.secrets.destroy("simpler-acme")

        assert "give them anew" in told(save(world, name="One"))["credentials"]
        assert save_settings(world.services, replace(wish(world), credentials=login(world))).saved

    def test_a_secret_that_two_share(self, world: World) -> None:
        """The one that changes it gets its own; the other's stays."""
        world.services.state.write(wisp_put(replace(world.wisp, id="beta")))
        before = world.services.secrets.get("simpler-acme")
        save_settings(world.services, replace(wish(world, "beta"), credentials=login(world)))

        assert load_wisp(world.services.state, "beta").simpler_secret == "simpler-beta"
        assert world.services.secrets.get("simpler-acme") == before

    def test_a_secret_of_another_program(self, world: World) -> None:
        """One that an operator stored by hand names no address, and is the WISP's wherever it is."""
        assert '"address"' not in world.services.secrets.get("simpler-acme")
        assert save(world, name="One").saved


class _Crash(BaseException):
    """The process ends."""


def _between(world: World, action: Callable[[], object]) -> Callable[[Wisp, Credentials], Any]:
    """Return what tries a WISP's settings, and lets something else happen before it is done."""

    def trial(wisp: Wisp, credentials: Credentials) -> Any:
        source = world.services.trial(wisp, credentials)
        return Hooked(source, customers=then(source.customers, action))

    return trial


def _pass_on(world: World) -> None:
    """Let the lease under which a WISP is changed run out, and another take it."""
    world.expire(1000)
    with one_at_a_time(world.services, "acme", "Joe"):
        pass


def _breaking(world: World, step: int) -> Services:
    """Return services of a process that ends before this write, of a secret or of documents."""
    left = iter(range(step))

    def counted(write: Callable[..., None]) -> Callable[..., None]:
        def wrapped(*arguments: Any, **named: Any) -> None:
            if next(left, None) is None:
                raise _Crash
            write(*arguments, **named)

        return wrapped

    state: Any = Hooked(world.services.state, write=counted(world.services.state.write))
    secrets: Any = Hooked(world.services.secrets, put=counted(world.services.secrets.put))
    return replace(world.services, state=state, secrets=secrets)
