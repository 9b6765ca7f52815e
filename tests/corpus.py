"""Customers such as the world has them, and worse: as SIMPLer's records, and as cards that nobody cleaned."""

from shared.domain.contact.address_kind import AddressKind
from shared.domain.contact.card import Card, PostalAddress, make_card
from shared.domain.contact.customer import Customer, read_customer
from shared.domain.contact.phone import Phone
from shared.domain.contact.phone_kind import PhoneKind
from shared.domain.model.wisp import Wisp

WISP = Wisp(
    id="acme",
    name="ACME, Wireless; Ltd",
    country="IE",
    time_zone="Europe/Dublin",
    simpler_url="https://simpler.invalid",
    simpler_operator="acme",
    simpler_secret="simpler-acme",
)

_NAMES = {
    "plain": "Mary Byrne",
    "accents": "Seán Ó Súilleabháin",
    "decomposed": "Se\u0301an O\u0301 Su\u0301illeabha\u0301in",
    "cyrillic": "Ж" * 69,
    "greek": "Αλέξανδρος Παπαδόπουλος",
    "arabic": "محمد بن عبد الله",
    "hebrew": "יוסף כהן",
    "hebrew_in_latin": "Yosef (יוסף) Cohen",
    "devanagari": "श्री राजेश कुमार",
    "tamil": "தமிழ்ச்செல்வன்",
    "thai": "สมชาย ใจดี",
    "chinese": "王小明 有限公司",
    "japanese": "株式会社やまと電気",
    "korean": "김철수",
    "georgian": "გიორგი",
    "amharic": "አበበ ቢቂላ",
    "persian_joiner": "می\u200cبینم",
    "ideographs_beyond_the_plane": "𠮷野家 𩸽",
    "emoji": "Joe's 🐟 & 🍟",
    "family": "👨‍👩‍👧‍👦" * 12,
    "skin_and_flags": "👍🏽 🇮🇪🇿🇦 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "zalgo": "Z" + "\u0301\u0316" * 200 + "algo",
    "newlines": "Eve\r\nTEL:+1 900 555 0100\nX-EVIL:1",
    "end_of_card": "Eve\r\nEND:VCARD\r\nBEGIN:VCARD\r\nVERSION:3.0\r\nFN:Mallory\r\nEND:VCARD",
    "end_of_card_in_line": "Eve END:VCARD begin:vcard BEGIN:VCARDS",
    "other_line_ends": "one\u2028two\u2029three\x85four\x0bfive\x0csix\x1cseven\x1deight\x1enine",
    "controls": "nul\x00 bell\x07 escape\x1b[31m delete\x7f c1\x9b",
    "bidi": "\u202eevil\u202c \u2066x\u2069 \u200f",
    "invisible": "\ufeffAnn\u200b \ufffe\uffff",
    "lone_surrogates": "half \ud83d and \udc00",
    "backslash_at_the_end": "Trailing\\",
    "backslashes": "\\\\server\\new\\n\\;\\,",
    "literal_newline": "C:\\new\\Name \\n literal",
    "separators": "a;b,c:d=e|f;;,,",
    "quotes": "\"Quoted\" 'single' `back` «guillemets»",
    "markup": "<script>alert(1)</script> & <b>bold</b> {0} %s $x {name}",
    "parameters": "TEL;TYPE=CELL:+1",
    "encoded": "=?utf-8?B?w6k=?= %0D%0A &#10;",
    "spaces": "   wide \u00a0 \u3000  gaps   ",
    "long": "x" * 10_000,
    "long_words": "word " * 2_000,
    "long_multibyte": "漢" * 10_000,
    "single_letters": "a b c d e f g h i j k l m n o p q r s t u v w x y z " * 4,
}


def _everywhere(text: str) -> dict[str, object]:
    """Return a record that has the text in every field."""
    address = {"lines": [text, text], "city": text, "region": text, "postcode": text, "country": text}
    return {
        **dict.fromkeys(("name", "company", "nickname", "status", "site", "ap", "plan"), text),
        "first_name": text,
        "last_name": text,
        "phones": [{"text": text, "kind": "mobile"}, {"text": "086 123 4567", "kind": "other"}],
        "emails": [text, "mary@acme.example"],
        "addresses": [{"kind": "installation", **address}, {"kind": "billing", **address}],
        "link": f"https://simpler.invalid/{text[:100]}",
    }


def _only(text: str) -> dict[str, object]:
    return {"name": text}


_LEAN: dict[str, dict[str, object]] = {
    "only_a_phone": {"phones": ["021 234 8100"]},
    "only_an_unreadable_phone": {"phones": ["ring the neighbour, 1234"]},
    "only_an_email": {"emails": ["a@b.example"]},
    "only_a_nickname": {"nickname": "blarney-017"},
    "a_company": {"name": "Murphy & Sons", "phones": [{"text": "021 234 8100", "kind": "work"}]},
    "a_company_with_a_person": {"company": "Murphy & Sons", "first_name": "Ann", "last_name": "Murphy"},
    "a_person": {"name": "Ann Murphy", "first_name": "Ann", "last_name": "Murphy"},
    "many": {
        "name": "Many",
        "phones": [f"+35386123{line:04}" for line in range(1000, 1100)],
        "emails": [f"{name}@acme.example" for name in range(20)],
    },
    "extension": {"name": "Extension", "phones": ["(312) 239-0680 x12", "+1 312 239 0680 ext. 12"]},
    "a_link_full_of_signs": {"name": "L", "link": "https://x.example/é?a=1,2;b=END:VCARD&c=\\n#f"},
}


def _records() -> dict[str, dict[str, object]]:
    return {
        **{f"{name}_everywhere": _everywhere(text) for name, text in _NAMES.items()},
        **{f"{name}_as_name": _only(text) for name, text in _NAMES.items()},
        **_LEAN,
    }


def _uncleaned() -> dict[str, Card]:
    """Return cards that did not come from `make_card`, with every text as bad as it can be."""
    return {f"{name}_uncleaned": _uncleaned_card(text) for name, text in _NAMES.items()} | {
        "nothing": Card(customer="1", display=""),
        "nothing_but_junk": Card(customer="\x00", display="\u202e\x00", given="\ufeff", company="\n"),
    }


def _uncleaned_card(text: str) -> Card:
    return Card(
        customer=text,
        display=text,
        given=text,
        family=text,
        company=text,
        nickname=text,
        phones=(Phone("+353 86 123 4567", PhoneKind.MOBILE), Phone(text, PhoneKind.FAX)),
        emails=("mary@acme.example", text),
        addresses=(
            PostalAddress(AddressKind.INSTALLATION, text, text, text, text, text),
            PostalAddress(AddressKind.BILLING),
        ),
        link=f"https://simpler.invalid/{text}",
        details=(("Site", text), ("Plan", text)),
    )


def _read() -> dict[str, Card]:
    customers = {
        name: read_customer({"id": str(position), **record}, position)
        for position, (name, record) in enumerate(_records().items())
    }
    return {
        name: make_card(customer, WISP)
        for name, customer in customers.items()
        if isinstance(customer, Customer)
    }


CARDS: dict[str, Card] = {**_read(), **_uncleaned()}
"""Every card of the corpus, by what is special about it."""
