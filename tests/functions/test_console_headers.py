"""What every answer of the console tells the browser, and what no page holds."""

import hashlib
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from functions import console
from tests.functions.console_kit import Browser, Console
from tests.world import World

PAGES = ("/", "/preview", "/runs", "/quality", "/accounts/acme-0/disconnect")
OTHERS = (
    "/progress",
    "/quality.csv",
    "/assets/console.css",
    "/assets/console.js",
    "/assets/icon.svg",
    "/none",
)
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def asset(name: str) -> str:
    """Return how pages link to a static file: by its content."""
    content = (Path(console.__file__).parent / "static" / name).read_bytes()
    return f"/assets/{name}?v={hashlib.sha256(content).hexdigest()[:16]}"


@pytest.mark.parametrize("name", ["console.css", "console.js", "icon.svg"])
def test_a_static_file_is_fetched_once_and_compressed(mary: Browser, name: str) -> None:
    """Under another address, of an older build, it is served as it is now, and not kept."""
    kept, other = (
        mary.session.get(f"{mary.address}{path}", timeout=30)
        for path in (asset(name), f"/assets/{name}?v=old")
    )

    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert kept.headers["Content-Encoding"] == "gzip"
    assert other.headers["Cache-Control"] == "no-store"
    assert kept.content == other.content
    plain = mary.session.get(f"{mary.address}{asset(name)}", headers={"Accept-Encoding": ""}, timeout=30)
    assert "Content-Encoding" not in plain.headers
    assert plain.content == kept.content


def assert_dressed(answer: requests.Response) -> None:
    """Fail unless an answer has every header that it must have."""
    headers = answer.headers

    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Strict-Transport-Security"].startswith("max-age=")
    assert re.fullmatch("[0-9a-f]{16}", headers["X-Request-Id"])


@pytest.mark.parametrize("path", [*PAGES, *OTHERS])
def test_every_answer_forbids_what_is_not_needed(mary: Browser, path: str) -> None:
    """Pages, files, static files and errors alike."""
    mary.get(path)

    assert_dressed(mary.answer)


def test_answers_to_strangers_and_to_forms_forbid_it_too(mary: Browser, console: Console) -> None:
    """A refused link, a missing session, a redirect, a refused form."""
    assert_dressed(requests.get(f"{console.address}/enter", timeout=30))
    assert_dressed(requests.get(f"{console.address}/", timeout=30))
    mary.post("/sync", {"csrf": "x"})
    assert_dressed(mary.answer)
    mary.get("/")
    mary.press("Synchronize Google Contacts")
    assert_dressed(mary.answer.history[0])


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_a_script_or_a_style_of_its_own(mary: Browser, world: World, path: str) -> None:
    """Scripts and styles are files; no element has a style or a handler; everything comes from here."""
    world.run()
    page = mary.get(path)

    assert [node.attributes for node in page.all("script")] == [{"src": asset("console.js"), "defer": ""}]
    assert page.all("style") == []
    assert [name for node in page.all() for name in node.attributes if name.startswith(("on", "style"))] == []
    addresses = [node.attributes.get(name, "/") for node in page.all() for name in ("href", "src", "action")]
    out = {address for address in addresses if not address.startswith(("/", "#"))}
    assert out == {f"http://{urlsplit(world.wisp.simpler_url).netloc}/"}  # the way back to SIMPLer
    assert all(address[:2] != "//" for address in addresses)


@pytest.mark.parametrize("path", [*PAGES, "/none"])
def test_every_page_can_be_found_ones_way_in_without_seeing_it(
    mary: Browser, world: World, path: str
) -> None:
    """A language, a title, landmarks, one heading of the first level, names for every field and table."""
    world.run()
    page = mary.get(path)
    labelled = [field for label in page.all("label") for field in (*label.all("input"), *label.all("select"))]
    ids = [node.attributes["id"] for node in page.all() if "id" in node.attributes]
    referred = [
        id_
        for node in page.all()
        for name in ("aria-labelledby", "aria-describedby")
        for id_ in node.attributes.get(name, "").split()
    ]

    assert page.one("html").attributes["lang"] == "en"
    assert page.one("title").text.startswith(page.one("h1").text.split(":")[0])
    assert [len(page.all(tag)) for tag in ("header", "nav", "main", "footer", "h1")] == [1] * 5
    assert page.one("a", **{"class": "skip"}).attributes["href"] == "#main"
    assert all(f in labelled for f in page.all("input") if f.attributes["type"] != "hidden")
    assert all(select in labelled for select in page.all("select"))
    assert all(table.all("caption") and table.all("th", scope="col") for table in page.all("table"))
    assert len(ids) == len(set(ids))
    assert set(referred) <= set(ids)
