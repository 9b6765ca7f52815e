"""The console as a browser meets it: real HTTP, cookies, and pages taken apart; no script runs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import requests
from flask import Flask, Response, request

from functions import endpoint
from functions.console import app as console
from functions.console.web import link
from functions.user import User
from infra.standins.google.server import serving
from shared.policy import Mode, Policy
from shared.replace import replace
from shared.usecases.base.services import Services
from tests.functions.served import MARY
from tests.world import World

_VOID = frozenset({"meta", "link", "img", "input", "br", "hr", "wbr"})
_METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]

OWN = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
"""How a browser posts a form of a page's own that told it to send no referrer."""

HOSTILE = """<script>alert(1)</script>"'><img src=x onerror=alert(2)>{{ 7 * 7 }}"""


@dataclass(slots=True)
class Node:
    """An element of a page.

    Attributes:
        tag: Its name.
        attributes: As written; one without a value is "".
        inside: Its texts and elements in order.
    """

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    inside: list["Node | str"] = field(default_factory=list)

    def all(self, tag: str = "", **attributes: str) -> "list[Node]":
        """Return every element below with that name and these attributes."""
        found = [node for node in self._below() if tag in ("", node.tag)]
        return [node for node in found if attributes.items() <= node.attributes.items()]

    def one(self, tag: str, **attributes: str) -> "Node":
        """Return the only such element."""
        (found,) = self.all(tag, **attributes)
        return found

    @property
    def text(self) -> str:
        """What can be read, in one line."""
        return " ".join(self._texts().split())

    def _texts(self) -> str:
        return "".join(part if isinstance(part, str) else part._texts() for part in self.inside)

    def _below(self) -> "Iterator[Node]":
        for part in self.inside:
            if isinstance(part, Node):
                yield part
                yield from part._below()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Node("page")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(node)
        if tag not in _VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if self.open.pop().tag != tag:
            raise AssertionError(f"</{tag}> closes what is not open")

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def read(html: str) -> Node:
    """Take a page apart; fail when its elements are not properly nested."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    (page,) = reader.open
    return page


@dataclass(slots=True)
class Browser:
    """A browser at the console, without scripts.

    Attributes:
        address: The console's.
        services: The console's own.
        session: Its cookies.
        answer: The last answer.
    """

    address: str
    services: Services
    session: requests.Session
    answer: requests.Response = field(default_factory=requests.Response)

    @property
    def page(self) -> Node:
        """The page that is shown."""
        return read(self.answer.text)

    def link(self, user: dict[str, Any] = MARY, wisp: str = "acme") -> str:
        """Return a new link's token."""
        known = User(user["id"], user["email"], tuple(user["rights"]), user.get("name", ""))
        return link.make(self.services, wisp, known)

    def enter(self, user: dict[str, Any] = MARY, wisp: str = "acme") -> "Browser":
        """Open a new link."""
        self.get("/enter", link=self.link(user, wisp))
        assert self.answer.status_code == 200
        assert self.answer.url == f"{self.address}/"
        return self

    def get(self, path: str, **parameters: str) -> Node:
        """Go to a page."""
        self.answer = self.session.get(f"{self.address}{path}", params=parameters, timeout=30)
        return self.page

    def press(self, button: str, **fields: str | Sequence[str]) -> Node:
        """Press the button of this name on the page that is shown, in a form filled in so."""
        forms = (form for form in self.page.all("form") if button in [b.text for b in form.all("button")])
        form = next(forms)
        (pressed,) = (found for found in form.all("button") if found.text == button)
        assert "disabled" not in pressed.attributes, f"{button} is disabled"
        own = {name: pressed.attributes["value"] for name in [pressed.attributes.get("name", "")] if name}
        path = pressed.attributes.get("formaction", form.attributes["action"])
        return self.post(path, _filled(form) | own | fields)

    def post(
        self, path: str, fields: Mapping[str, str | Sequence[str]], headers: Mapping[str, str] = OWN
    ) -> Node:
        """Post a form, as one of the page's own unless the headers say otherwise."""
        self.answer = self.session.post(f"{self.address}{path}", fields, headers=dict(headers), timeout=30)
        return self.page

    @property
    def csrf(self) -> str:
        """What the forms of the page that is shown carry."""
        return self.page.all("input", name="csrf")[0].attributes["value"]


def _filled(form: Node) -> dict[str, str]:
    """Return a form's fields as they stand there."""
    kinds = ("hidden", "text", "number")
    inputs = [f.attributes for kind in kinds for f in form.all("input", type=kind)]
    ticks = [each for kind in ("radio", "checkbox") for each in form.all("input", type=kind)]
    chosen = [each.attributes for each in ticks if "checked" in each.attributes]
    areas = {f.attributes["name"]: "".join(map(str, f.inside)) for f in form.all("textarea")}
    return areas | {f["name"]: f["value"] for f in (*inputs, *chosen)}


@dataclass(slots=True)
class Console:
    """The console of a world.

    Attributes:
        services: Its own; a test may give it others.
        address: Where it is.
    """

    services: Services
    address: str = ""

    @contextmanager
    def browser(self) -> Iterator[Browser]:
        """Give a new browser, without cookies."""
        with requests.Session() as session:
            yield Browser(self.address, self.services, session)


@contextmanager
def console_of(world: World) -> Iterator[Console]:
    """Serve the console of a world."""
    app, policy = Flask("console", static_folder=None), Policy(Mode.OPEN, world.clock)
    made = Console(world.services)

    def answer(**_: str) -> Response:
        return endpoint.answer(request, "console", lambda: policy, lambda: made.services, console.handle)

    app.add_url_rule("/", "root", answer, methods=_METHODS)
    app.add_url_rule("/<path:path>", "path", answer, methods=_METHODS)
    with serving(app) as address:
        made.address, made.services = address, replace(world.services, console_url=address)
        yield made
