"""The mail with several customers' vCards: what it says, what it brings, and that it stays small."""

import re

from infra.standins.simpler.generator import make_customers
from shared.adapters.simpler.profile import load_profile
from shared.adapters.simpler.record import Reader, SimplerRecord
from shared.domain.contact.card import Card
from shared.domain.contact.qr import qr_card, qr_picture
from shared.domain.contact.text import units
from shared.mail.contact_list import NotSent, contact_list
from shared.ports import Mail
from shared.replace import replace
from shared.usecases.customers.card_mail import list_mail
from tests.corpus import CARDS, WISP
from tests.functions.console_kit import read
from tests.vcard_kit import REVISED, expected, read_strictly

ANN = Card("4711", "Ann Kelly", given="Ann", family="Kelly", details=(("Site", "Blarney <1>"),))
TOM = Card("4712", "Tom & Sons", company="Tom & Sons", emails=("tom@acme.example",))
GONE = NotSent("4713", "SIMPLer has no customer of this id.")

CLIPPED = 102 * 1024
"""Bytes of HTML above which Gmail clips a mail (support.google.com/mail, "Message clipped")."""


def mail_of(*cards: Card, missing: tuple[NotSent, ...] = ()) -> Mail:
    """Return the mail with these customers."""
    return list_mail(cards, missing, WISP, to="mary@acme.example", request="r-1", now=REVISED)


def test_the_text_says_it_all() -> None:
    """Customer after customer, then whose vCards are missing, to the letter."""
    assert contact_list([ANN, TOM], [200, 200], [GONE], WISP).text == (
        "Ann Kelly\n"
        "Site: Blarney <1>\n"
        "\n"
        "Tom & Sons\n"
        "E-mail: tom@acme.example\n"
        "\n"
        "Not in this mail:\n"
        "4713: SIMPLer has no customer of this id.\n"
        "\n"
        "The attached file has all of these contacts: open it, on a phone or a computer, to save them.\n"
        "Each QR code is one contact in short: point a phone's camera at it to save it there.\n"
        "\n"
        "You asked for these contacts in SIMPLer.\n"
    )


def test_the_page_has_each_customer_with_a_code_of_their_own() -> None:
    """In order; no end of a page parts one; what means something in HTML is escaped."""
    mail = mail_of(ANN, TOM, missing=(GONE,))
    page = read(re.sub(r"<!DOCTYPE html>|<style>.*?</style>", "", mail.html, flags=re.DOTALL))
    blocks = page.all("div", **{"class": "one"})

    assert [block.one("h2").text for block in blocks] == ["Ann Kelly", "Tom & Sons", "Not in this mail:"]
    assert [block.one("img").attributes["src"] for block in blocks[:2]] == ["cid:qr01", "cid:qr02"]
    assert "Blarney <1>" in blocks[0].text
    assert blocks[2].one("li").text == "4713: SIMPLer has no customer of this id."
    assert "page-break-inside: avoid" in mail.html


def test_one_file_has_all_vcards_and_each_code_is_its_customers() -> None:
    """The file is the cards one after the other, lines ended by CR LF, as phones import them."""
    mail = mail_of(ANN, TOM)
    file, *codes = mail.attachments
    cards = re.findall(rb"BEGIN:VCARD\r\n.*?END:VCARD\r\n", file.content, re.DOTALL)

    assert b"".join(cards) == file.content
    assert [read_strictly(card) for card in cards] == [expected(ANN, WISP), expected(TOM, WISP)]
    assert re.fullmatch(r"contacts-acme-2-[0-9a-f]{12}\.vcf", file.name)
    assert file.type == "text/vcard"
    assert [code.content_id for code in codes] == ["qr01", "qr02"]
    assert [code.content for code in codes] == [qr_picture(qr_card(card)).png for card in (ANN, TOM)]


def test_every_customer_of_the_corpus_can_be_on_the_page() -> None:
    """Whatever they are called, it has the same kinds of elements, and no picture from elsewhere."""
    cards = list(CARDS.values())
    page = contact_list(cards, [200] * len(cards), [], WISP).html
    tags = set(re.findall(r"<([a-z0-9]+)", page))

    assert page.count('src="cid:') == len(cards)
    assert tags <= set(re.findall(r"<([a-z0-9]+)", mail_of(ANN, TOM, missing=(GONE,)).html))
    assert re.findall(r"src=\"(?!cid:)", page) == []


def test_the_largest_customers_of_the_corpus_can_be_in_one_mail() -> None:
    """Whose codes hold most: the file has each of the cards, and there is a code for each."""
    cards = sorted(CARDS.values(), key=lambda card: len(qr_card(card)))[-8:]
    file, *codes = mail_of(*cards).attachments
    found = re.findall(rb"BEGIN:VCARD\r\n.*?END:VCARD\r\n", file.content, re.DOTALL)

    assert [read_strictly(card) for card in found] == [expected(card, WISP) for card in cards]
    assert len(codes) == len(cards)


def test_fifty_customers_are_a_mail_that_gmail_shows_whole() -> None:
    """An ordinary provider's; pictures and file included it is far below what providers accept."""
    reader = Reader(WISP, load_profile({}), "simpler.example")
    records = [reader.record(raw, 1) for raw in make_customers(50, seed=7, odd=False)]
    mail = mail_of(*(record.card() for record in records if isinstance(record, SimplerRecord)))

    assert len(mail.attachments) == 51
    assert len(mail.html.encode()) < CLIPPED
    assert sum(len(each.content) for each in mail.attachments) < 500_000


def test_a_subject_is_one_short_line() -> None:
    """The first customer's name, and how many more there are."""
    long = replace(ANN, display="Murphy" * 85)

    assert mail_of(ANN).subject == "Contacts: Ann Kelly"
    assert mail_of(ANN, TOM, TOM).subject == "Contacts: Ann Kelly and 2 more"
    assert mail_of(long, TOM).subject.endswith(" and 1 more")
    assert units(mail_of(long, TOM).subject) <= 120
