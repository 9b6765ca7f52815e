from html.parser import HTMLParser

from shared.domain.contact.address_kind import AddressKind
from shared.domain.contact.card import Card, PostalAddress
from shared.domain.contact.coordinates import MAP
from shared.domain.contact.phone import Phone
from shared.domain.contact.phone_kind import PhoneKind
from shared.domain.contact.qr import qr_card
from shared.domain.contact.text import clean, units
from shared.mail.letter import letter
from shared.replace import replace
from shared.usecases.customers.card_mail import card_mail
from tests.corpus import CARDS, WISP
from tests.vcard_kit import REVISED, expected, read_strictly

_CARD = Card(
    customer="4711",
    display="Murphy & Sons",
    given="Murphy & Sons",
    company="Murphy Ltd",
    nickname="blarney-017",
    phones=(Phone("+353 86 123 4567", PhoneKind.MOBILE), Phone("+1 312-239-0680", PhoneKind.WORK, "12")),
    emails=("o'brien+a@acme.example",),
    addresses=(PostalAddress(AddressKind.INSTALLATION, "1 Main Street", "Cork", "", "T12", "Ireland", "IE"),),
    link="https://simpler.example/customer?id=4711&x=1",
    details=(("Site", "Blarney <1>"), ("Plan", "Home")),
)


class _Page(HTMLParser):
    """What a mail program sees: tags with their attributes, and the words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words.append(data.strip())

    @property
    def links(self) -> list[str]:
        return [attributes["href"] or "" for tag, attributes in self.tags if tag == "a"]


def test_the_text_says_it_all() -> None:
    """The whole text, to the letter."""
    assert letter(_CARD, WISP, side=200).text == (
        "Murphy & Sons\n"
        "\n"
        "Company: Murphy Ltd\n"
        "Nickname: blarney-017\n"
        "Mobile: +353 86 123 4567\n"
        "Work, ext. 12: +1 312-239-0680\n"
        "E-mail: o'brien+a@acme.example\n"
        "Installation: 1 Main Street, Cork, T12, Ireland\n"
        "Site: Blarney <1>\n"
        "Plan: Home\n"
        "SIMPLer: https://simpler.example/customer?id=4711&x=1\n"
        "\n"
        "The attached file is this contact: open it, on a phone or a computer, to save it.\n"
        "The QR code is the same contact in short: point a phone's camera at it to save it there.\n"
        "\n"
        "You asked for this contact in SIMPLer.\n"
    )


def test_a_fact_is_a_row_of_the_page() -> None:
    """Rows and page, to the letter: signs that mean something in HTML are escaped."""
    html = letter(_CARD, WISP, side=200).html
    head = (
        '<tr><td width="104" valign="top" style="padding:7px 12px 7px 0;font-size:13px;line-height:22px;'
        'color:#5b6776">'
    )
    value = (
        '</td>\n<td dir="auto" valign="top" style="padding:7px 0;font-size:15px;line-height:22px;'
        'overflow:hidden;overflow-wrap:anywhere;word-break:break-word">'
    )
    link = '<a href="mailto:o&#x27;brien+a@acme.example" style="color:#0b57a4;text-decoration:none">'

    assert f"{head}Site{value}Blarney &lt;1&gt;</td></tr>\n{head}Plan{value}Home</td></tr>\n" in html
    assert f"{head}E-mail{value}{link}o&#x27;brien+a@acme.example</a></td></tr>\n" in html
    assert "<title>Murphy &amp; Sons</title>" in html
    assert html.splitlines()[0] == "<!DOCTYPE html>"
    assert html[-8:] == "</html>\n"


def test_one_can_call_write_and_look_it_up() -> None:
    """Numbers, addresses and the record are links, an extension included (RFC 3966)."""
    assert _Page(letter(_CARD, WISP, side=200).html).links == [
        "tel:+353861234567",
        "tel:+13122390680;ext=12",
        "mailto:o'brien+a@acme.example",
        "https://simpler.example/customer?id=4711&x=1",
    ]


def test_text_and_html_say_the_same() -> None:
    """Every fact of the text is in the HTML, as words."""
    missing = []
    for card in CARDS.values():
        written = letter(card, WISP, side=200)
        words = set(_Page(written.html).words)
        title, *facts = written.text.partition("The attached file")[0].strip().split("\n")
        missing += [title] if title not in words else []
        missing += [fact for fact in filter(None, facts) if not set(fact.split(": ", 1)) <= words]

    assert missing == []


def test_no_customer_changes_the_page() -> None:
    """Whatever a customer is called, the page has the same kinds of tags, and only links that are ours."""
    pages = [_Page(letter(card, WISP, side=200).html) for card in CARDS.values()]
    plain = {tag for tag, _ in _Page(letter(_CARD, WISP, side=200).html).tags}

    assert {tag for page in pages for tag, _ in page.tags} == plain
    assert {link.partition(":")[0] for page in pages for link in page.links} == {"tel", "mailto", "https"}


def test_a_link_that_is_none_is_not_shown() -> None:
    """Only http and https lead somewhere."""
    card = replace(_CARD, link="javascript:alert(1)")

    assert "javascript" not in letter(card, WISP, side=200).html + letter(card, WISP, side=200).text


def test_the_page_loads_nothing_from_outside() -> None:
    """Its one picture comes with the mail."""
    page = _Page(letter(_CARD, WISP, side=200).html)

    assert [attributes["src"] for _, attributes in page.tags if "src" in attributes] == ["cid:qr"]
    assert [tag for tag, _ in page.tags if tag in {"link", "script", "style", "iframe"}] == []


def test_a_subject_is_one_short_line() -> None:
    """It starts alike, and is cut after 120 characters."""
    subjects = [letter(card, WISP, side=200).subject for card in CARDS.values()]

    assert letter(_CARD, WISP, side=200).subject == "Contact: Murphy & Sons"
    assert [
        subject for subject in subjects if not subject.startswith("Contact:") or subject != clean(subject)
    ] == []
    assert max(map(units, subjects)) == 120


def test_a_name_of_many_letters_or_accents_does_not_break_the_mail() -> None:
    """It is wrapped, clipped and all there, in text, page and file; the subject has a part of it."""
    for name in ("Murphy" * 85, "M" + "\u0338" * 20 + "urphy"):
        card = replace(_CARD, display=name, given=name)
        mail = card_mail(card, WISP, to="mary@acme.example", request="req-1", now=REVISED)
        [heading] = [dict(a)["style"] or "" for tag, a in _Page(mail.html).tags if tag == "h1"]

        assert name in _Page(mail.html).words
        assert mail.text.startswith(name)
        assert read_strictly(mail.attachments[0].content) == expected(card, WISP)
        assert {"overflow:hidden", "overflow-wrap:anywhere"} <= set(heading.split(";"))
        assert units(mail.subject) <= 120
        assert "\u0338" * 5 not in mail.subject
        assert mail.attachments[0].name == "contact-acme-4711.vcf"
    assert "font-size:23px" in letter(_CARD, WISP, side=200).html
    assert (
        "font-size:15px;line-height:22px;font-weight:600"
        in letter(replace(_CARD, display="M" * 500), WISP, side=200).html
    )


def test_a_company_is_not_named_twice() -> None:
    """The company's own row is left out where the title says it."""
    assert "Company" not in letter(replace(_CARD, company="Murphy & Sons"), WISP, side=200).text


def test_the_mail_brings_the_vcard_and_its_picture() -> None:
    """To the user who asked, with the request's id, the file under an ASCII name, and the picture in line."""
    mail = card_mail(_CARD, WISP, to="mary@acme.example", request="req-1", now=REVISED)
    contact, code = mail.attachments

    assert mail.to == "mary@acme.example"
    assert mail.request == "req-1"
    assert mail.subject == "Contact: Murphy & Sons"
    assert contact.name == "contact-acme-4711.vcf"
    assert contact.type == "text/vcard"
    assert contact.content_id == ""
    assert read_strictly(contact.content) == expected(_CARD, WISP)
    assert code.name == "qr.png"
    assert code.type == "image/png"
    assert code.content_id == "qr"
    assert code.content.startswith(b"\x89PNG")
    assert qr_card(_CARD).startswith("BEGIN:VCARD")


def test_a_place_on_a_map_leads_there_and_no_other_row_leads_anywhere() -> None:
    """Links that somebody typed into SIMPLer stay texts."""
    place = f"{MAP}51.9%2C-8.47"
    written = letter(
        replace(_CARD, details=(("Map", place), ("Site", "https://evil.example"))), WISP, side=300
    )
    links = _Page(written.html).links

    assert place in links
    assert "https://evil.example" not in links
