"""Google's consent as people go through it: its pages, what they refuse, what goes back to the program."""

from html import escape
from typing import Any
from urllib.parse import urlencode

import pytest

from infra.standins.google import NewAccount
from tests.standins.consent_kit import APP, BACK, EMAIL, OPENID, SCOPES, Browser, Page, Program
from tests.standins.google_kit import CONTACTS, JANE, READ_ONLY, TIMEOUT

CHOOSE = (200, "Choose an account")
ASK = (200, "SIMPLer wants access to your Google Account")


def test_consent(program: Program) -> None:
    """Who ticks the box and continues is sent back with a code, the state and what was granted."""
    back = program.browser().press("Continue", CONTACTS).sent_back
    assert back["state"] == "st4te"
    assert set(back["scope"].split()) == set(SCOPES)
    assert back["code"].startswith("4/0")


def test_denial(program: Program) -> None:
    """Who cancels is sent back with access_denied and the state, and without a code."""
    back = program.browser().press("Cancel", CONTACTS).sent_back
    assert back == {"state": "st4te", "error": "access_denied"}


def test_boxes_come_unticked(program: Program) -> None:
    """There is a box for the contacts, unticked, and none for who one is."""
    assert program.browser().page.boxes == {CONTACTS: False}


def test_continuing_without_the_box(program: Program) -> None:
    """Who continues without ticking grants sign-in only."""
    back = program.browser().press("Continue").sent_back
    assert set(back["scope"].split()) == {OPENID, EMAIL}


def test_one_scope_has_no_box(program: Program) -> None:
    """A program that asks for one scope gets all or nothing: there is no box."""
    browser = program.bare(login_hint=JANE)
    assert browser.page.boxes == {}
    assert browser.page.buttons == ["Continue", "Cancel"]
    assert browser.press("Continue").sent_back["scope"] == CONTACTS


def test_sign_in_has_no_box(program: Program) -> None:
    """A program that only asks who one is gets all or nothing, too."""
    assert program.bare(login_hint=JANE, scope="openid email profile").page.boxes == {}


def test_two_scopes_have_boxes(program: Program) -> None:
    """Each of two scopes has its box; who ticks none is asked again."""
    browser = program.bare(login_hint=JANE, scope=f"{CONTACTS} {READ_ONLY}").press("Continue")
    assert browser.page.boxes == {CONTACTS: False, READ_ONLY: False}
    assert "Tick at least one box, or cancel." in browser.page.texts
    assert browser.press("Continue", READ_ONLY).sent_back["scope"] == READ_ONLY


def test_what_the_page_says(program: Program) -> None:
    """The consent page names program, account and permissions, and says that it is a stand-in."""
    browser = program.browser()
    assert browser.heading == ASK
    for text in (
        "This is a stand-in for Google on this machine. Nothing here reaches Google.",
        "See, edit, download, and permanently delete your contacts",
        "See your primary Google Account email address",
    ):
        assert text in browser.page.texts
    assert JANE in browser.page.text


def test_choosing_an_account(program: Program) -> None:
    """Without a hint all accounts are offered; the chosen one is asked."""
    program.google.standin.world.add_account(NewAccount(email="john@example.com"))
    browser = program.browser(login_hint="")
    assert browser.heading == CHOOSE
    assert browser.page.buttons == [JANE, "john@example.com", "Next"]
    assert browser.press("john@example.com").heading == ASK
    assert "john@example.com" in browser.page.text


def test_another_account(program: Program) -> None:
    """An address that is not known yet becomes an account when its owner consents, not before."""
    browser = program.browser(login_hint="").press("Next", account="New@Example.com")
    assert browser.heading == ASK
    assert list(program.google.standin.world.accounts) == [JANE]
    browser.press("Continue", CONTACTS)
    assert list(program.google.standin.world.accounts) == [JANE, "New@Example.com"]


def test_an_address_in_capitals(program: Program) -> None:
    """An address that is known in other letters is the same account."""
    browser = program.browser(login_hint="").press("Next", account=" JANE@example.com ")
    browser.press("Continue", CONTACTS)
    assert list(program.google.standin.world.accounts) == [JANE]


def test_no_address(program: Program) -> None:
    """What is not an e-mail address is refused with a sentence, and kept in the field."""
    browser = program.browser(login_hint="").press("Next", account="jane")
    assert browser.heading == CHOOSE
    assert "Enter an e-mail address, such as name@example.com." in browser.page.texts
    assert browser.page.forms[-1].fields["account"] == "jane"


def test_hint_by_id(program: Program) -> None:
    """The hint may be the account's lasting id, which is what programs keep."""
    sub = program.google.standin.world.accounts[JANE].user_id
    assert JANE in program.browser(login_hint=sub).page.text


def test_unknown_hint(program: Program) -> None:
    """A hint at an account that there is not makes the user choose."""
    assert program.browser(login_hint="john@example.com").heading == CHOOSE


def test_away_from_the_hint(program: Program) -> None:
    """The user may take another account than the one that is hinted at."""
    assert program.browser().follow("Use another account").heading == CHOOSE


def test_forced_choice(program: Program) -> None:
    """With prompt=select_account the user chooses whatever the hint says, and then is asked."""
    browser = program.browser(prompt="select_account consent")
    assert browser.heading == CHOOSE
    assert browser.press(JANE).heading == ASK


def test_second_consent_is_silent(program: Program) -> None:
    """Who has granted it all before is sent back at once, unless consent is forced."""
    program.consent()
    assert "code" in program.browser(prompt="").sent_back
    assert program.browser(prompt="consent").heading == ASK


def test_more_than_before(program: Program) -> None:
    """Who has not granted all of it before is asked."""
    program.consent()
    assert program.bare(login_hint=JANE, scope=READ_ONLY).heading == ASK


def test_no_prompt(program: Program) -> None:
    """With prompt=none nobody is asked: it works after a consent, and is interaction_required before."""
    back = program.browser(prompt="none").sent_back
    assert back == {"state": "st4te", "error": "interaction_required"}
    program.consent()
    assert "code" in program.browser(prompt="none").sent_back


def test_granted_before(program: Program) -> None:
    """With include_granted_scopes=true the new consent covers the older ones as well."""
    program.consent()
    asking = {"login_hint": JANE, "scope": READ_ONLY}
    alone = program.bare(**asking).press("Continue").sent_back["scope"]
    both = program.bare(**asking, prompt="consent", include_granted_scopes="true").press("Continue")
    assert alone == READ_ONLY
    assert set(both.sent_back["scope"].split()) == {READ_ONLY, *SCOPES}


def test_long_names(program: Program) -> None:
    """`email` is granted under its long name and together with `openid`."""
    back = program.bare(login_hint=JANE, scope="email").press("Continue").sent_back
    assert set(back["scope"].split()) == {OPENID, EMAIL}


def test_no_state(program: Program) -> None:
    """Without a state none goes back."""
    assert program.bare(login_hint=JANE).press("Cancel").sent_back == {"error": "access_denied"}


def test_redirect_uri_with_a_query(program: Program) -> None:
    """A redirect URI keeps the query it was registered with."""
    program.google.side("POST", "clients", APP | {"redirect_uris": [f"{BACK}?a=1"]})
    back = program.bare(login_hint=JANE, redirect_uri=f"{BACK}?a=1").press("Cancel").sent_back
    assert back == {"a": "1", "error": "access_denied"}


@pytest.mark.parametrize(
    "redirect_uri",
    ["https://evil.example/", BACK + "/", BACK + "?x=1", BACK.upper(), BACK.replace("https", "http")],
)
def test_unregistered_redirect_uri(program: Program, redirect_uri: str) -> None:
    """A redirect URI that is not registered to the letter gets a page, and the browser stays."""
    browser = program.bare(redirect_uri=redirect_uri)
    assert browser.heading == (400, "Access blocked: the request of SIMPLer is invalid")
    assert "Error 400: redirect_uri_mismatch" in browser.page.texts
    assert "Location" not in browser.page.answer.headers


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"client_id": ""}, "Missing required parameter: client_id"),
        ({"redirect_uri": ""}, "Missing required parameter: redirect_uri"),
        ({"response_type": ""}, "Missing required parameter: response_type"),
        ({"scope": ""}, "Missing required parameter: scope"),
        ({"access_type": "always"}, "Invalid parameter value for access_type"),
        ({"prompt": "login"}, "Invalid parameter value for prompt"),
        ({"prompt": "none consent"}, "Invalid parameter value for prompt"),
        ({"include_granted_scopes": "yes"}, "Invalid parameter value for include_granted_scopes"),
        ({"code_challenge": "short"}, "Invalid parameter value for code_challenge"),
        ({"code_challenge_method": "S256"}, "Missing required parameter: code_challenge"),
        (
            {"code_challenge": "c" * 43, "code_challenge_method": "MD5"},
            "Invalid parameter value for code_challenge_method",
        ),
    ],
)
def test_faulty_request(program: Program, parameters: dict[str, str], expected: str) -> None:
    """What is missing or no value that there is gets a page with the reason, and the browser stays."""
    browser = program.bare(**parameters)
    assert browser.page.answer.status_code == 400
    assert expected in browser.page.texts
    assert "Error 400: invalid_request" in browser.page.texts


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"client_id": "nobody"}, "Error 401: invalid_client"),
        ({"response_type": "token"}, "Error 400: unsupported_response_type"),
        ({"scope": "everything"}, "Error 400: invalid_scope"),
    ],
)
def test_faults_with_names(program: Program, parameters: dict[str, str], expected: str) -> None:
    """Unknown clients, response types and scopes each have their own error."""
    assert expected in program.bare(**parameters).page.texts


def test_repeated_parameter(program: Program) -> None:
    """A parameter that comes twice is refused."""
    twice = [("client_id", "app"), ("scope", CONTACTS), ("scope", READ_ONLY)]
    browser = Browser(program.google.http).open(f"{program.auth_uri}?{urlencode(twice)}")
    assert "OAuth 2 parameters can only have a single value: scope" in browser.page.texts


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "https://evil.example/"},
        {"client_id": "nobody"},
        {"scope": "everything"},
        {"grant": [READ_ONLY]},
        {"account": "jane"},
        {"account": ""},
        {"decision": "perhaps"},
        {"decision": ""},
    ],
)
def test_tampered_form(program: Program, changes: dict[str, Any]) -> None:
    """What the page would not send is refused: hidden fields are checked like the first request."""
    browser = program.browser()
    [form] = browser.page.forms
    browser.send(form, {**form.fields, "decision": "continue", "grant": [CONTACTS], **changes})
    assert browser.page.answer.status_code in {400, 401}
    assert "Location" not in browser.page.answer.headers


def test_hostile_texts(program: Program) -> None:
    """What comes from elsewhere is shown as text: names, states and addresses."""
    hostile = "\"><script>alert('x')</script>"
    program.google.side("POST", "clients", APP | {"name": hostile})
    shown = [
        program.browser(state=hostile),
        program.browser(login_hint="", state=hostile).press("Next", account=hostile),
        program.bare(scope=hostile),
    ]
    for browser in shown:
        assert "<script" not in browser.page.answer.text
        assert escape("<script>") in browser.page.answer.text
    assert shown[0].press("Cancel").sent_back["state"] == hostile


def test_headers(program: Program) -> None:
    """The pages are not cached, cannot be framed, and run no scripts."""
    headers = program.browser().page.answer.headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_google_is_down(program: Program) -> None:
    """The pages can be planned to fail, and are counted without what they carry."""
    program.google.side("POST", "faults", [{"method": "oauth2.authorize", "what": {"status": 503}}])
    answers = [program.browser(state="sesame").page.answer.status_code for _ in range(2)]
    assert answers == [503, 200]
    assert program.google.side("GET", "counters")["requests"]["oauth2.authorize"] == 2
    assert "sesame" not in str(program.google.side("GET", "requests"))


def test_no_such_page(program: Program) -> None:
    """What is not of Google's sign-in is not found."""
    answer = program.google.http.get(program.google.address + "/o/oauth2/v1/auth", timeout=TIMEOUT)
    assert answer.status_code == 404
    assert "404" in Page(answer).text
