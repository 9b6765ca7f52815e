"""The mail about what needs a person."""

import pytest

from shared.mail.notice import RUN, Cause, notice
from tests.corpus import WISP

CAUSES = [
    Cause(RUN, "simpler.down", "SIMPLer's <list> & more"),
    Cause("a", "guard", "Too many.", "a@x.example"),
]
LOOK = "In SIMPLer, open Users → Google Accounts to see how every account is"


def paragraphs(html: str) -> list[str]:
    """Return the paragraphs, as they stand in the page."""
    return [line for line in html.splitlines() if line.startswith("<p ")]


def test_a_cause_is_a_paragraph_in_which_nothing_is_markup() -> None:
    """The reason's own signs are escaped, and the guard's advice follows it."""
    run, account, *_ = paragraphs(notice(CAUSES, WISP, "").html)

    assert run == '<p style="margin:0 0 12px">SIMPLer&#x27;s &lt;list&gt; &amp; more</p>'
    assert account.startswith(
        '<p style="margin:0 0 12px">a@x.example: Too many. In SIMPLer, please open Users'
    )


@pytest.mark.parametrize(
    ("url", "text", "html"),
    [
        ("", f"{LOOK}.", f"{LOOK}."),
        (
            "https://x.example/'a",
            f"{LOOK}: https://x.example/'a/",
            f'{LOOK}: <a href="https://x.example/&#x27;a/" style="color:#0b57a4">https://x.example/&#x27;a/</a>',
        ),
    ],
)
def test_it_says_where_to_look(url: str, text: str, html: str) -> None:
    """In SIMPLer, and with a link where there is a console."""
    written = notice(CAUSES, WISP, url)

    assert f"\n\n{text}\n\n" in written.text
    assert paragraphs(written.html)[2] == f'<p style="margin:0 0 12px">{html}</p>'


def test_the_page_is_whole() -> None:
    """It begins with its type, ends with its end, and holds each paragraph once."""
    html = notice(CAUSES, WISP, "").html

    assert html.splitlines()[0] == "<!DOCTYPE html>"
    assert html[-8:] == "</html>\n"
    assert len(paragraphs(html)) == 4
