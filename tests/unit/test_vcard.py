import re
from collections.abc import Callable
from datetime import timedelta, timezone
from io import BytesIO
from pathlib import Path

import pytest
import segno
import zxingcpp
from PIL import Image, ImageOps

from shared.domain.contact.card import Card
from shared.domain.contact.folding import LINE, fold
from shared.domain.contact.phone import Phone
from shared.domain.contact.phone_kind import PhoneKind
from shared.domain.contact.qr import MOST_OCTETS, qr_card, qr_picture
from shared.domain.contact.vcard import file_name, vcard_of
from shared.replace import replace
from tests.corpus import CARDS, WISP
from tests.vcard_kit import REVISED, Property, expected, read_strictly, read_with_ez_vcard, read_with_ical

Read = dict[str, list[Property]]


@pytest.fixture(scope="module")
def vcards() -> dict[str, bytes]:
    """Every card of the corpus, written."""
    return {name: vcard_of(card, WISP, REVISED) for name, card in CARDS.items()}


@pytest.fixture(scope="module")
def folder(vcards: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every card of the corpus, in a folder of files."""
    folder = tmp_path_factory.mktemp("vcards")
    for name, vcard in vcards.items():
        (folder / f"{name}.vcf").write_bytes(vcard)
    return folder


@pytest.mark.parametrize("read", [read_with_ez_vcard, read_with_ical])
def test_other_readers_find_every_field_and_nothing_else(folder: Path, read: Callable[[Path], Read]) -> None:
    """Two readers of other makers take every vCard of the corpus for exactly what its card says."""
    assert {name: expected(card, WISP) for name, card in CARDS.items()} == read(folder)


def test_a_vcard_is_what_the_standard_asks_for(vcards: dict[str, bytes]) -> None:
    """By the letter of the standard, every vCard says exactly what its card says."""
    read = {name: read_strictly(vcard) for name, vcard in vcards.items()}

    assert {name: expected(card, WISP) for name, card in CARDS.items()} == read


def test_lines_are_short_and_whole(vcards: dict[str, bytes]) -> None:
    """Every line ends with CR LF, has at most 75 octets, and is UTF-8 by itself."""
    lines = [line for vcard in vcards.values() for line in vcard.removesuffix(b"\r\n").split(b"\r\n")]

    assert max(map(len, lines)) == LINE
    assert not [line for line in lines if b"\n" in line or b"\r" in line]
    assert all(line.decode() for line in lines)


def test_the_words_that_begin_and_end_a_card_stand_once(vcards: dict[str, bytes]) -> None:
    """A reader that splits a file at the bare words finds one card."""
    texts = {name: vcard.replace(b"\r\n ", b"").upper() for name, vcard in vcards.items()}
    counts = {name: (text.count(b"BEGIN:VCARD"), text.count(b"END:VCARD")) for name, text in texts.items()}

    assert counts == dict.fromkeys(CARDS, (1, 1))


def test_a_vcard_in_full() -> None:
    """The whole file, to the letter."""
    phones = (Phone("+353 21 234 8100", PhoneKind.WORK),)
    card = Card(customer="4711", display="Murphy & Sons", company="Murphy & Sons", phones=phones)

    assert vcard_of(card, replace(WISP, name="ACME"), REVISED).decode() == (
        "BEGIN:VCARD\r\n"
        "VERSION:3.0\r\n"
        "PRODID:-//Azotel//SIMPLer Google Contacts//EN\r\n"
        "UID:urn:uuid:b373cda0-1d56-5636-a670-623949e08f58\r\n"
        "CATEGORIES:Azotel SIMPLer - ACME\r\n"
        "FN:Murphy & Sons\r\n"
        "N:;;;;\r\n"
        "ORG:Murphy & Sons\r\n"
        "REV:2026-03-02T05:00:09Z\r\n"
        "TEL;TYPE=WORK,VOICE:+353 21 234 8100\r\n"
        "X-ABShowAs:COMPANY\r\n"
        "END:VCARD\r\n"
    )


def test_the_same_customer_keeps_its_uid() -> None:
    """The UID follows from the WISP and the customer's id, whatever else changes."""
    card = Card(customer="4711", display="Ann")
    changed = replace(card, display="Anna")
    other = replace(card, customer="4712")

    assert _uid(card) == _uid(changed)
    assert _uid(card) != _uid(other)
    assert _uid(card) != _uid(card, wisp="other")


def test_the_revision_is_written_in_utc() -> None:
    """A time of another zone is written as UTC."""
    there = REVISED.astimezone(timezone(timedelta(hours=-5)))

    assert vcard_of(CARDS["a_person"], WISP, there) == vcard_of(CARDS["a_person"], WISP, REVISED)


@pytest.mark.parametrize("kind", PhoneKind)
def test_every_number_has_a_type(kind: PhoneKind) -> None:
    """Outlook and Windows drop a number that has none."""
    card = Card(customer="1", display="A", phones=(Phone("+353 21 234 8100", kind),))

    assert re.search(rb"\r\nTEL;TYPE=[A-Z,]+:\+353 21 234 8100\r\n", vcard_of(card, WISP, REVISED))


def test_what_is_seen_as_one_character_is_not_folded_apart() -> None:
    """A fold parts neither a letter from its marks, nor an emoji family, nor an escape pair."""
    family = "👨‍👩‍👧‍👦"
    text = "NOTE:" + (family + "e\u0323\u0301" + "\\,") * 20
    units = "".join(fold(text + "\r\n").decode().split("\r\n ")).removesuffix("\r\n")
    starts = [line.removeprefix(" ")[0] for line in fold(text + "\r\n").decode().split("\r\n")[1:-1]]

    assert text == units
    assert {"👨", "e", "\\"} >= set(starts)


def test_no_fold_is_beside_a_space() -> None:
    """Mail programs trim lines, so a space is never the first or the last of one."""
    lines = fold("NOTE:" + "some words of several letters " * 20 + "\r\n").split(b"\r\n")[:-1]

    assert not [line for line in lines[:-1] if line.endswith(b" ")]
    assert not [line for line in lines if line.startswith(b"  ")]


def test_marks_without_end_are_folded_all_the_same() -> None:
    """What does not fit into a line at all is parted between characters."""
    text = "NOTE:e" + "\u0301" * 200

    assert text == fold(text + "\r\n").decode().replace("\r\n ", "").removesuffix("\r\n")
    assert max(map(len, fold(text + "\r\n").split(b"\r\n"))) <= LINE


@pytest.mark.parametrize(
    "name",
    [
        *("a_person", "a_company", "nothing", "many", "a_link_full_of_signs", "emoji_everywhere"),
        *("accents_everywhere", "japanese_everywhere", "long_multibyte_uncleaned", "arabic_everywhere"),
    ],
)
def test_a_phone_reads_the_qr_code(name: str) -> None:
    """The picture holds the short card, in UTF-8, and says so where that matters."""
    text = qr_card(CARDS[name])
    with Image.open(BytesIO(qr_picture(text).png)) as picture:
        [code] = zxingcpp.read_barcodes(picture)

    assert text.encode() == code.bytes
    assert text == code.text


@pytest.mark.parametrize(("text", "says_so"), [("Sean", False), ("Seán", True), ("王小明", True)])
def test_a_qr_code_says_that_it_is_utf_8_where_that_matters(text: str, says_so: bool) -> None:
    """By ECI; otherwise it is the code of its octets, which a reader has to guess at."""
    octets = segno.make_qr(text.encode(), mode="byte")
    told = segno.make_qr(text, mode="byte", encoding="utf-8", eci=True)
    with Image.open(BytesIO(qr_picture(text).png)) as picture:
        modules = picture.width
    codes = {code.symbol_size(scale=1)[0]: code for code in (octets, told)}
    scale = {side: modules // side for side in codes}
    pictures = {}
    for code, name in ((octets, "octets"), (told, "told")):
        drawn = BytesIO()
        code.save(drawn, kind="png", scale=scale[code.symbol_size(scale=1)[0]], border=4)
        pictures[name] = drawn.getvalue()

    assert qr_picture(text).png == pictures["told" if says_so else "octets"]


def test_a_module_of_the_picture_is_shown_as_a_whole_number_of_pixels() -> None:
    """At least two; the picture itself has twice as many, for sharp screens."""
    texts = map(qr_card, CARDS.values())
    of_every_size = {(text.isascii(), len(text.encode()) // 8): text for text in texts}
    sizes = set()
    for text in of_every_size.values():
        shown = qr_picture(text)
        with Image.open(BytesIO(shown.png)) as picture:
            side, grey = picture.width, picture.convert("L")
        dark = ImageOps.invert(grey).getbbox()
        sizes.add(side)

        assert side == 2 * shown.side
        assert dark is not None
        assert dark[0] % 4 == 0  # the quiet zone: so many modules of at least two pixels, twice
        assert dark[0] >= 16
    assert len(sizes) > 8


def test_the_short_card_is_short() -> None:
    """Whatever the card, a camera can read its QR code."""
    assert max(len(qr_card(card).encode()) for card in CARDS.values()) <= MOST_OCTETS


def test_the_short_card_has_what_one_calls_for() -> None:
    """Names, three numbers, one e-mail address and the link; no more."""
    card = replace(CARDS["many"], link="https://x.example/1", company="Acme")
    found = [(name, parts) for name, _, parts in read_strictly(qr_card(card).encode())]

    assert found == [
        ("EMAIL", ("0@acme.example",)),
        ("FN", ("Many",)),
        ("N", ("", "Many", "", "", "")),
        ("ORG", ("Acme",)),
        ("TEL", ("+353 86 123 1000",)),
        ("TEL", ("+353 86 123 1001",)),
        ("TEL", ("+353 86 123 1002",)),
        ("URL", ("https://x.example/1",)),
        ("VERSION", ("3.0",)),
    ]


def test_the_short_card_leaves_out_the_link_first() -> None:
    """What makes it too long goes in this order: link, e-mail address, further numbers."""
    card = replace(CARDS["many"], link="https://x.example/" + "x" * 600)
    no_mail = replace(
        card, emails=(f"{'x' * 60}@{'y' * 60}.{'z' * 60}.{'a' * 60}.example",), display="漢" * 36
    )
    no_mail = replace(no_mail, given="漢" * 36, family="漢" * 36, company="漢" * 36)

    assert _names_in(qr_card(card)) == ["EMAIL", "FN", "N", "TEL", "TEL", "TEL", "VERSION"]
    assert _names_in(qr_card(no_mail)) == ["FN", "N", "ORG", "TEL", "VERSION"]


@pytest.mark.parametrize(
    ("wisp", "customer", "name"),
    [
        ("acme", "4711", "contact-acme-4711.vcf"),
        ("acme", "A1", "contact-acme-A1.vcf"),
        ("acme", "../../etc/passwd", "contact-acme-etc-passwd-dd3d4a61d183.vcf"),
        ("acme", "é", "contact-acme-61b148aa7405.vcf"),
        ("é", "..", "contact-b3edd14c0ff0.vcf"),
    ],
)
def test_a_file_is_named_by_the_ids(wisp: str, customer: str, name: str) -> None:
    """Plain ids as they are; what had to be left out of others is made up for by a hash."""
    assert name == file_name(wisp, customer)


def test_no_two_customers_have_files_of_one_name() -> None:
    """Odd ids that look alike without their odd characters are still told apart."""
    ids = ["1", "é1", "1é", "-1", "1-", "1.", ".1", "1/", "1 ", "x" * 64, "x" * 63, "\ud800", "\udc00", ""]
    names = {file_name("acme", customer) for customer in ids}

    assert len(ids) == len(names)
    assert [name for name in names if not re.fullmatch(r"contact-[A-Za-z0-9.-]+\.vcf", name)] == []
    assert max(map(len, names)) <= 64


def test_a_wisp_and_a_customer_are_told_apart() -> None:
    """Where one id ends and the other begins makes a difference."""
    assert file_name("a-b", "c") != file_name("a", "b-c")


def _uid(card: Card, wisp: str = "acme") -> str:
    read = read_strictly(vcard_of(card, replace(WISP, id=wisp), REVISED))
    return next(parts[0] for name, _, parts in read if name == "UID")


def _names_in(text: str) -> list[str]:
    return [name for name, _, _ in read_strictly(text.encode())]
