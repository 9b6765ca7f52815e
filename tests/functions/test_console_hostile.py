"""Texts from outside that would be markup, scripts or templates: on every page they are texts."""

import re
from urllib.parse import quote

import pytest

from shared.domain.model.run import AccountOutcome, CustomerOutcome, Note, RunOutcome
from shared.domain.model.suggestion import Suggestion
from shared.ports import Put
from shared.replace import replace
from shared.usecases.base.documents import account_put, to_document, wisp_put
from shared.usecases.base.run_documents import notes_puts, run_put
from tests.functions.console_kit import HOSTILE, Browser, Console, Node
from tests.functions.served import MARY
from tests.world import World, customer


@pytest.fixture
def hostile(console: Console, world: World, mary: Browser) -> Browser:
    """Everything that has a text says something hostile."""
    world.simpler.state.customers.add(customer(50, name=HOSTILE, nickname=HOSTILE, mobile="087 1000001"))
    world.simpler.state.customers.add(customer(51, name=HOSTILE, mobile=f"{HOSTILE} 12345"))
    world.simpler.state.customers.add({"customerid": HOSTILE[:60], "name": HOSTILE, "status": "current"})
    bad = replace(
        world.accounts[0], email=HOSTILE, state="reconnect", reason=HOSTILE, since="2026-03-02T05:00:00"
    )
    account = AccountOutcome(
        "acme-0", HOSTILE, "stopped", HOSTILE, "x", notes=[Note(HOSTILE, HOSTILE, HOSTILE)]
    )
    run = RunOutcome("r-1", "acme", "2026-03-01T05:00:00+00:00", HOSTILE, "failed", "x", HOSTILE)
    run.finished = run.started
    run.accounts, run.taken_in = [account], {HOSTILE: [CustomerOutcome("acme-0", HOSTILE, "failed", HOSTILE)]}
    suggestion = Suggestion(
        *("acme-0", "50", HOSTILE, "userDefined", HOSTILE, HOSTILE, HOSTILE),
        *(world.clock.now().isoformat(),) * 2,
    )
    kept = Put("wisps/acme/suggestions/s", to_document(suggestion))
    named = wisp_put(replace(world.wisp, name=HOSTILE))
    world.services.state.write(named, account_put(bad), run_put(run), *notes_puts(run), kept)
    return mary


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/preview",
        "/runs",
        "/runs/r-1",
        "/runs/r-1?what=%22%3E%3Cscript%3E",
        "/quality",
        "/outage",
        "/outage?q=alert",
        "/suggestions",
        "/suggestions?part=%22%3E%3Cscript%3E",
        "/outage?site=",
        "/runs?state=%22%3E%3Cscript%3E",
        "/accounts/acme-0/disconnect",
        "/customers?q=alert",
        "/customers?q=%22%3E%3Cscript%3E",
        "/customer?id=50",
        f"/customer?id={quote(HOSTILE[:60])}",
        "/%3Cscript%3E",
        "/enter?link=%3Cscript%3E",
    ],
)
def test_a_hostile_text_is_a_text(hostile: Browser, path: str) -> None:
    """It adds no element and no attribute, and what is in braces is not computed."""
    page = hostile.get(path)

    assert [_file(node) for node in page.all("script")] == ["/assets/console.js"]
    assert {_file(node) for node in page.all("img")} <= {"/assets/icon.svg"}
    assert [name for node in page.all() for name in node.attributes if name.startswith("on")] == []
    assert "<script>alert" not in hostile.answer.text
    assert "49" not in _without_times(page)


def test_the_hostile_texts_were_there(hostile: Browser) -> None:
    """The test above would prove nothing if pages left them out."""
    for path, times in (
        ("/", 4),
        ("/preview", 4),
        ("/runs", 2),
        ("/runs/r-1", 8),
        ("/quality", 4),
        ("/suggestions", 6),
        ("/customer?id=50", 4),
    ):
        assert hostile.get(path).text.count("alert(1)") >= times, path


def test_a_hostile_name_travels_as_a_text_to_the_script_too(hostile: Browser, world: World) -> None:
    """The progress is JSON, and is served as nothing else."""
    hostile.get("/progress")

    assert hostile.answer.headers["Content-Type"] == "application/json"


def test_a_users_address_cannot_be_hostile(console: Console) -> None:
    """A link is only made for one plain address."""
    with console.browser() as browser, pytest.raises(ValueError, match="plain address"):
        browser.link({**MARY, "email": HOSTILE})


def _without_times(page: Node) -> str:
    """Return the page's text without customers' numbers, phone numbers, times and ids of requests."""
    words = (word for word in page.text.split() if not any(c in word for c in ":+()"))
    return " ".join(word for word in words if not re.fullmatch(r"[0-9a-f]{8,}", word)).replace("249", "")


def _file(node: Node) -> str:
    """Return the static file that an element shows, without what names its content."""
    return node.attributes.get("src", "").partition("?")[0]
