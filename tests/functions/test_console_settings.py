"""The page of settings: what the staff choose, what it does, and that nothing counts unseen."""

import re
from collections.abc import Iterator
from typing import Any, NoReturn

import msgspec

from functions.console.pages.settings import ASKED, STAFFS
from functions.console.pages.wording import SETTINGS
from infra.standins.simpler.failure import Failure
from shared.domain.model.wisp import LeftOut, Wisp, WispSettings
from shared.errors import RetryLater
from shared.replace import replace
from shared.usecases.base.documents import load_wisp
from shared.usecases.customers.naming import MOST_EXAMPLES
from shared.usecases.wisps.settings import Wish, read_settings, save_settings
from shared.usecases.wisps.trigger_key import known_key, withdraw_key
from tests.functions.console_kit import HOSTILE, Browser, Console
from tests.world import World, customer

SEE, SAVE = "See what it does", "Save these settings"
DAY = 24 * 3600.0


def test_a_change_shows_what_it_does_and_counts_when_it_is_confirmed(mary: Browser, world: World) -> None:
    """Who is made, who goes over, some contacts by the new template; then who changed what."""
    world.simpler.state.customers.add(customer(90, kind="Staff"))
    world.run()
    before = load_wisp(world.services.state, "acme")
    mary.get("/settings")
    effect = mary.press(
        SEE, leavers="former", left_out="kind: staff, tests", name_template="{name} ({id})"
    ).text
    meanwhile = load_wisp(world.services.state, "acme")
    saved = mary.press(SAVE).text
    after = load_wisp(world.services.state, "acme")
    outcome = world.run().accounts[0]

    assert meanwhile == before
    assert "1 record is left out" in effect
    assert "To former customers1" in effect
    assert "Customer 90 90 · No longer a contact" in effect
    assert "Customer 1 (1)" in effect
    assert after.leavers == "former"
    assert after.name_template == "{name} ({id})"
    assert after.left_out == (LeftOut("kind", ("staff", "tests")),)
    assert "Saved: records left out, name of a contact, customers who leave." in saved
    assert "Customers who leave: removed → to the former customers" in saved
    assert "Records left out: none → kind: staff or tests" in saved
    assert f"Changed{outcome.updated}" in effect
    assert outcome.retired == 1


def test_nothing_changed_is_nothing_saved(mary: Browser, world: World) -> None:
    """The form as it was shown asks for nothing."""
    mary.get("/settings")

    assert "Nothing was changed." in mary.press(SEE).text
    assert read_settings(world.services, "acme").changes == ()


WRONG = (
    ("statuses", "", "Name at least one status"),
    ("statuses", "\n".join(map(str, range(51))), "at most 50"),
    ("statuses", "nobody", "No record is in one of these statuses"),
    ("left_out", "staff", "Write each rule as MEMBER: VALUE, VALUE"),
    ("left_out", "\n".join(f"m{n}: x" for n in range(30)), "at most 20 rules"),
    ("left_out", "a..b: x", "is no member"),
    ("name_template", "{nobody}", "cannot be used"),
    ("leavers", "sold", "Choose one of the three"),
    ("former_days", "400", "Write a whole number from 1 to 365"),
    ("guard_count", "many", "Write a whole number from 0 to 1000"),
    ("guard_count", "9" * 5000, "Write a whole number from 0 to 1000"),
    ("guard_percent", "51", "Write a whole number from 0 to 50"),
    ("rows", "Site: mast", "have a row Site already"),
    ("rows", "mast", "Write each row as TITLE: MEMBER"),
    ("notify", HOSTILE, "no plain e-mail address"),
    ("notify", "\n".join(f"mary{n}@example.com" for n in range(25)), "at most 20 mail addresses"),
)
"""A setting, what somebody types for it, and what they are told."""


def test_what_is_wrong_is_told_beside_it(mary: Browser, world: World) -> None:
    """What was typed stays on the page, and nothing is saved."""
    for setting, typed, said in WRONG:
        mary.get("/settings")
        page = mary.press(SEE, **{setting: typed})

        assert mary.answer.status_code == 422, setting
        assert "Nothing was saved" in page.text
        assert said in page.one("p", id=f"{setting}-flaw").text
        assert "Expected" not in page.text
        shown = " ".join(typed.split()) in page.text or page.all("input", value=typed)
        assert shown or setting == "leavers", setting
    mary.get("/settings")
    page = mary.press(SEE, former_days="never", guard_percent="51")
    assert "Nothing was saved. Please look at what is marked below." in page.text
    assert [bool(page.all("p", id=f"{each}-flaw")) for each in ("former_days", "guard_percent")] == [True] * 2
    assert read_settings(world.services, "acme").changes == ()


def test_where_nothing_typed_is_wrong_nothing_is_said_to_be_marked(mary: Browser, world: World) -> None:
    """SIMPLer does not answer, so that nothing is known of what the settings would do."""
    mary.get("/settings")
    world.simpler.state.failure = Failure("down")
    page = mary.press(SEE, name_template="{name} #{id}")

    assert "Nothing was saved. Address of SIMPLer: SIMPLer cannot be reached" in page.text
    assert "marked below" not in page.text


def test_what_can_be_typed_is_told_with_every_limit_of_its_type() -> None:
    """A limit that changes in `WispSettings` is to change in the sentence."""
    found = msgspec.json.schema(WispSettings)["$defs"]
    for setting, sentence in ASKED.items():
        told = set(map(int, re.findall("[0-9]+", sentence)))
        limits = set(_limits(found["WispSettings"]["properties"][setting], found)) - {1}

        assert limits <= told, setting
    assert ASKED.keys() >= set(STAFFS) - {"suggestions_weekly"}


def _limits(part: Any, named: dict[str, Any]) -> Iterator[int]:
    """Yield the numbers to which a JSON schema limits a value."""
    if isinstance(part, dict):
        yield from (part[each] for each in ("maxItems", "maxLength", "minimum", "maximum") if each in part)
        if "$ref" in part:
            yield from _limits(named[part["$ref"].rpartition("/")[2]], named)
    for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _limits(each, named)


def test_a_name_template_is_shown_on_customers_while_it_is_typed(mary: Browser, world: World) -> None:
    """Nothing is saved, and SIMPLer is asked once for all the keys."""
    world.simpler.state.customers.patch("2", {"name": HOSTILE})
    first = mary.get("/settings/names", template="{name} ({id})")
    asked = len(world.simpler.state.calls)
    second = mary.get("/settings/names", template="{id}: {name}")

    assert [node.text for node in first.all("li")][:2] == ["Customer 1 (1) 1", f"{HOSTILE} (2) 2"]
    assert next(iter(second.all("li"))).text == "1: Customer 1 1"
    assert len(second.all("li")) == MOST_EXAMPLES
    assert len(world.simpler.state.calls) == asked
    assert first.all("script") == []
    assert read_settings(world.services, "acme").changes == ()


HALF_TYPED = (
    ("{na", "a brace is open or closed without the other"),
    ("name}", "a brace is open or closed without the other"),
    ("{nme}", "{nme} is no field"),
    ("{name!r}", "in the braces of name nothing else can stand"),
    ("{name:>9}", "in the braces of name nothing else can stand"),
    ("Customer", "it has no field"),
    ("", "it has no field"),
    (f"{{{'<' * 50}}}", "is no field"),
)
"""What stands in the field for a moment, and what is told of it."""


def test_what_is_wrong_with_a_template_is_told_while_it_is_typed(mary: Browser, world: World) -> None:
    """Without SIMPLer, and whether or not that can be read."""
    for typed, said in HALF_TYPED:
        for state in ({}, {"unread": ""}):
            page = mary.get("/settings/names", template=typed, **state)

            assert mary.answer.status_code == 200, typed
            assert said in page.one("p", id="name_template-flaw").text
    assert world.simpler.state.calls == []


def test_while_simpler_is_away_it_is_not_asked_for_every_key(mary: Browser, world: World) -> None:
    """The part of the page says that no customers can be shown, and with the next question that it knows."""
    world.simpler.state.failure = Failure("denied")
    told = mary.get("/settings/names", template="{name}")
    asked = len(world.simpler.state.calls)
    again = mary.get("/settings/names", template="{name} {id}", unread="")

    for page in (told, again):
        assert page.all("p", **{"data-unread": ""})[0].text.startswith("Your customers cannot be shown")
    assert len(world.simpler.state.calls) == asked


def test_after_another_question_has_waited_for_simpler_the_next_one_is_asked(
    mary: Browser, console: Console
) -> None:
    """Nothing was wrong with SIMPLer then, so the page does not keep the customers from being shown."""

    def slow(_: Wisp) -> NoReturn:
        raise RetryLater("simpler.reading", "SIMPLer has been read for somebody else for long")

    console.services = replace(console.services, source=slow)
    page = mary.get("/settings/names", template="{name}")

    assert "Your customers are being read" in page.text
    assert page.all("p", **{"data-unread": ""}) == []


def test_of_two_the_second_is_told(mary: Browser, world: World) -> None:
    """Also between what they saw and their saving; when, by the WISP's clocks."""
    world.clock.advance(30 * DAY)
    mary.enter()
    mary.get("/settings")
    mary.press(SEE, leavers="keep")
    at = read_settings(world.services, "acme").revision
    save_settings(world.services, Wish("acme", "joe@example.com", WispSettings(guard_count=5), revision=at))
    page = mary.press(SAVE).text

    assert "joe@example.com changed them on 01 Apr 2026, 06:00" in page
    assert load_wisp(world.services.state, "acme").leavers == "remove"


def test_every_setting_has_a_name() -> None:
    """In the list of changes, and where something is wrong with one that the page does not have."""
    assert SETTINGS.keys() == {*WispSettings.__struct_fields__, "credentials"}


def test_the_key_of_simplers_triggers_is_made_shown_once_and_withdrawn(mary: Browser, world: World) -> None:
    """Its page has the parameters to copy; looking again shows who made it, and not the key."""
    mary.get("/settings")
    page = mary.press("Make a key")
    made, copied = page.text, page.one("button", type="button").attributes["data-copy"]
    key = known_key(world.services, "acme")
    again = mary.get("/settings").text
    withdrawn = mary.press("Withdraw the key").text

    assert "wisp=acme&customer=%CUSTOMERID%&key=" in made
    assert copied in made
    assert copied.startswith("wisp=acme&customer=%CUSTOMERID%&key=")
    assert key is not None
    assert key.by == "mary@example.com"
    assert "by you, and has not been used yet" in again
    assert "key=" not in again
    assert "The key is withdrawn." in withdrawn
    assert known_key(world.services, "acme") is None


def test_making_and_withdrawing_the_key_is_in_the_history(mary: Browser, world: World) -> None:
    """With who did it, and what it replaced; withdrawing what is not there is nothing that was done."""
    for button in ("Make a key", "Make another key", "Withdraw the key"):
        mary.get("/settings")
        mary.press(button)
        world.clock.advance(1)
    withdraw_key(world.services, "acme", "joe@example.com")

    items = mary.get("/history").one("ul", **{"class": "acts panel"}).all("li")
    assert [item.text.partition(" · ")[2] for item in items] == [
        "you withdrew the key of SIMPLer's triggers",
        "you made a key for SIMPLer's triggers The one before counts no longer.",
        "you made a key for SIMPLer's triggers",
    ]


def test_the_weekly_mail_is_turned_on_and_off(mary: Browser, world: World) -> None:
    """By a box that is not ticked at first."""
    mary.get("/settings")
    mary.press(SEE, suggestions_weekly="yes")
    saved = mary.press(SAVE).text
    is_on = load_wisp(world.services.state, "acme").suggestions_weekly
    ticked = mary.get("/settings").one("input", type="checkbox").attributes
    mary.press(SEE, suggestions_weekly="")
    mary.press(SAVE)

    assert is_on is True
    assert "Weekly mail about suggestions: no → yes" in saved
    assert "checked" in ticked
    assert load_wisp(world.services.state, "acme").suggestions_weekly is False
