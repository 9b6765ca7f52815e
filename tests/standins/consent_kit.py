"""A program that asks for a user's consent, and a user with a browser that has no JavaScript."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import requests
from google_auth_oauthlib.flow import Flow  # type: ignore[import-untyped]  # google-auth-oauthlib has no types

from tests.standins.google_kit import CONTACTS, JANE, TIMEOUT, Google

BACK = "https://console.example/oauth/callback"
EMAIL = "https://www.googleapis.com/auth/userinfo.email"
OPENID = "openid"
SCOPES = [OPENID, EMAIL, CONTACTS]
APP = {"client_id": "app", "client_secret": "s3cret", "redirect_uris": [BACK], "name": "SIMPLer"}


@dataclass(slots=True)
class Form:
    """A form of a page.

    Attributes:
        method: GET or POST.
        action: Where it goes.
        fields: What hidden and text fields hold.
        boxes: Values of the boxes to tick, by whether they are ticked already.
        buttons: Name and value by the text on the button.
    """

    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    boxes: dict[str, bool] = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)


class Page(HTMLParser):
    """A page as far as a user without JavaScript uses it."""

    def __init__(self, answer: requests.Response) -> None:
        super().__init__()
        self.answer = answer
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.texts: list[str] = []
        self._inside: tuple[str, Mapping[str, str | None]] = ("", {})
        self.feed(answer.text)
        self.close()

    @property
    def text(self) -> str:
        """All text of the page."""
        return " ".join(self.texts)

    @property
    def boxes(self) -> dict[str, bool]:
        """All boxes, and whether they are ticked."""
        return {value: ticked for form in self.forms for value, ticked in form.boxes.items()}

    @property
    def buttons(self) -> list[str]:
        """The texts of all buttons."""
        return [text for form in self.forms for text in form.buttons]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note forms and what is in them."""
        given = dict(attrs)
        self._inside = (tag, given)
        if tag == "form":
            self.forms.append(Form((given.get("method") or "get").upper(), given.get("action") or ""))
        if tag == "input":
            self._note_input({name: value or "" for name, value in attrs})

    def _note_input(self, given: Mapping[str, str]) -> None:
        if given["type"] == "checkbox":
            self.forms[-1].boxes[given["value"]] = "checked" in given
        else:
            self.forms[-1].fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """Be outside again."""
        self._inside = ("", {})

    def handle_data(self, data: str) -> None:
        """Note the text, and what is on buttons and links."""
        tag, given = self._inside
        text = " ".join(data.split())
        if not text or tag == "style":
            return
        self.texts.append(text)
        if tag == "button":
            self.forms[-1].buttons[text] = (given.get("name") or "", given.get("value") or "")
        if tag == "a":
            self.links[text] = given.get("href") or ""


@dataclass(slots=True)
class Browser:
    """A browser that shows one page at a time and does not leave Google."""

    http: requests.Session
    page: Page = field(init=False)

    def open(self, url: str) -> "Browser":
        """Go to an address."""
        return self._show(self.http.get(url, timeout=TIMEOUT, allow_redirects=False))

    def follow(self, text: str) -> "Browser":
        """Follow a link."""
        return self.open(urljoin(self.page.answer.url, self.page.links[text]))

    def press(self, button: str, *tick: str, **typed: str) -> "Browser":
        """Press a button, after ticking boxes and typing into fields."""
        form = next(form for form in self.page.forms if button in form.buttons)
        ticked = [value for value, already in form.boxes.items() if already or value in tick]
        name, value = form.buttons[button]
        pressed = {name: value} if name else {}
        data: dict[str, Any] = {**form.fields, **typed, **pressed, "grant": ticked}
        return self.send(form, data)

    def send(self, form: Form, data: Mapping[str, Any]) -> "Browser":
        """Send a form with whatever content."""
        url = urljoin(self.page.answer.url, form.action).partition("?")[0]
        query, body = (data, None) if form.method == "GET" else (None, data)
        return self._show(
            self.http.request(
                form.method, url, params=query, data=body, timeout=TIMEOUT, allow_redirects=False
            )
        )

    def _show(self, answer: requests.Response) -> "Browser":
        self.page = Page(answer)
        return self

    @property
    def heading(self) -> tuple[int, str]:
        """HTTP status and the page's first line after the note on top."""
        return self.page.answer.status_code, self.page.texts[2]

    @property
    def sent_back(self) -> dict[str, str]:
        """What the program learns when the browser is sent back to it."""
        address = self.page.answer.headers["Location"]
        assert address.startswith(BACK + "?")
        return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


class Program:
    """A program that connects accounts with google-auth-oauthlib."""

    def __init__(self, google: Google) -> None:
        self.google = google
        google.side("POST", "clients", APP)

    def browser(self, **parameters: str) -> Browser:
        """Return a browser at the consent for Jane's account, with these parameters changed."""
        usual = {"access_type": "offline", "prompt": "consent", "login_hint": JANE, "state": "st4te"}
        with self.flow() as flow:
            url, _ = flow.authorization_url(**(usual | parameters))
        return Browser(self.google.http).open(url)

    def bare(self, **parameters: str) -> Browser:
        """Return a browser at the smallest request; an empty value leaves a parameter out."""
        required = {"client_id": "app", "redirect_uri": BACK, "response_type": "code", "scope": CONTACTS}
        request = requests.Request("GET", self.auth_uri, params=required | parameters).prepare()
        return Browser(self.google.http).open(str(request.url))

    @property
    def auth_uri(self) -> str:
        """The authorization endpoint."""
        return self.google.address + "/o/oauth2/v2/auth"

    @contextmanager
    def flow(self, **changes: str) -> Iterator[Any]:
        """Return Google's own client for the consent."""
        uris = {"auth_uri": self.auth_uri, "token_uri": self.google.address + "/token"}
        client = {"web": {"client_id": "app", "client_secret": "s3cret", **uris, **changes}}
        flow = Flow.from_client_config(client, SCOPES, redirect_uri=BACK, code_verifier="v" * 43)
        with flow.oauth2session:
            yield flow

    def fetch(self, code: str, **changes: str) -> Any:
        """Return the tokens for a code, by google-auth-oauthlib."""
        with self.flow(**changes) as flow:
            return flow.fetch_token(code=code)

    def consent(self, *tick: str, **parameters: str) -> str:
        """Return the code for Jane's consent with some boxes ticked, by default that of the contacts."""
        return self.browser(**parameters).press("Continue", *(tick or [CONTACTS])).sent_back["code"]

    def exchange(self, code: str, /, **changes: str) -> requests.Response:
        """Exchange a code by plain HTTP; an empty value leaves a parameter out."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": BACK,
            "code_verifier": "v" * 43,
            "client_id": "app",
            "client_secret": "s3cret",
        }
        return self.post("/token", **(form | changes))

    def refresh(self, refresh_token: str) -> requests.Response:
        """Return the answer to a refresh token."""
        client = {"client_id": "app", "client_secret": "s3cret"}
        return self.post("/token", grant_type="refresh_token", refresh_token=refresh_token, **client)

    def post(self, path: str, **form: str) -> requests.Response:
        """Return the answer to a form."""
        return self.google.http.post(self.google.address + path, data=form, timeout=TIMEOUT)

    def bearing(self, path: str, access_token: str) -> requests.Response:
        """Return the answer to an access token."""
        headers = {"Authorization": f"Bearer {access_token}"}
        return self.google.http.get(self.google.address + path, headers=headers, timeout=TIMEOUT)


def refusal(answer: requests.Response) -> tuple[int, str, str]:
    """Return what an OAuth endpoint says when it refuses."""
    body = answer.json()
    return answer.status_code, body["error"], body["error_description"]
