"""Name: how a contact is called, by the WISP's template, and what of it is a person's and a company's.

A record's *contact person* is who its first and last name say. People write one person in many ways: with a
title or initials, both of a couple, the family name first, without the accents. Where a record's name is its
contact person's, or theirs and somebody's, it is a person.
"""

import re
from functools import lru_cache
from string import Formatter

import msgspec

from shared.domain.contact.company import has_legal_form, is_company_name
from shared.domain.contact.customer import Customer
from shared.domain.contact.text import LONGEST, bare, bare_words, clean, cut, folded, short
from shared.errors import Misconfigured
from shared.pattern import pattern

_SHORTEST_NUMBER = 3

FIELDS = ("name", "id", "nickname", "status", "site", "ap", "plan", "company", "first_name", "last_name")
"""The fields that a name template may hold."""

# While separators are tidied, these stand for a field with a text and for one without; neither can be in a
# template, which is cleaned first, and the customer's own words are not there to be harmed.
_TEXT = "\x01"
_EMPTY = "\x02"
_SEPARATORS = r"[\s·•|/\\,;:#\u2013\u2014_+*~-]*"  # with the en and the em dash
_NEEDLESS = (
    *(
        pattern(re.escape(opening) + _SEPARATORS + _EMPTY + _SEPARATORS + re.escape(closing))
        for opening, closing in ("()", "[]", "{}", "<>")
    ),
    pattern(_EMPTY + _SEPARATORS + _EMPTY),
)
_LEADING = pattern(rf"(^|[(\[{{<]){_SEPARATORS}{_EMPTY}{_SEPARATORS}")
_FOLLOWING = pattern(rf"{_SEPARATORS}{_EMPTY}")


class Name(msgspec.Struct, frozen=True):
    """The name of a contact.

    Attributes:
        display: All of it; never empty.
        given: Given name, or the whole display name where it cannot be told apart.
        family: Family name, or empty. Given and family are both empty for a company.
        company: The company's name, or empty.
    """

    display: str
    given: str
    family: str
    company: str


def check_template(template: str) -> None:
    """Check that names can be made by the template.

    Raises:
        Misconfigured: It has a field that is not in `FIELDS`, none at all, an attribute, an index, a
            conversion or a format, or its braces do not match.
    """
    _parts(template)


def name_of(customer: Customer, template: str) -> Name:
    """Name the customer's contact.

    Where the contact shows nothing besides, a company is an organisation without a name, and a person's name
    is parted.

    Raises:
        Misconfigured: As `check_template`.
    """
    display = _display(customer, template)
    company = _company(customer)
    if company and _is_same(display, company) and _is_company(customer, company):
        return Name(display, "", "", company)
    if parted := _parted(display, customer.first_name, customer.last_name):
        return Name(*parted, company)
    return Name(display, display, "", company)


@lru_cache(64)
def _parts(template: str) -> list[tuple[str, str]]:
    """Read the template as pairs of a literal and the field after it; the last field is "".

    Parsed, not formatted: `str.format` would follow attributes and indexes, and fill any width.
    """
    try:
        parsed = list(Formatter().parse(clean(template)))
    except ValueError as error:
        raise _misconfigured(template, "a brace is open or closed without the other") from error
    for _, field, spec, conversion in parsed:
        if field is not None and field not in FIELDS:
            raise _misconfigured(template, f"{{{short(field, 40)}}} is no field")
        if spec or conversion:
            raise _misconfigured(template, f"in the braces of {field} nothing else can stand")
    if not any(field for _, field, _, _ in parsed):
        raise _misconfigured(template, "it has no field, so everybody would have the same name")
    return [(literal, field or "") for literal, field, _, _ in parsed]


def _misconfigured(template: str, why: str) -> Misconfigured:
    fields = ", ".join(f"{{{field}}}" for field in FIELDS)
    text = (
        f'The name template "{short(template, 100)}" cannot be used: {why}. '
        f"Please write each field just so: {fields}."
    )
    return Misconfigured("wisp.name_template", text, text)


def _display(customer: Customer, template: str) -> str:
    """Fill in the template, without the separators of empty fields; else return the plain name."""
    plain = _plain_name(customer)
    values = {field: str(getattr(customer, field)) for field in FIELDS} | {"name": plain}
    parts = _parts(template)
    skeleton = "".join(literal + (field and (_TEXT if values[field] else _EMPTY)) for literal, field in parts)
    texts = iter([values[field] for _, field in parts if field and values[field]])
    filled = re.sub(_TEXT, lambda _: next(texts), _tidied(skeleton))
    return cut(clean(filled) or plain, LONGEST)


def _plain_name(customer: Customer) -> str:
    numbers = (
        phone.text for phone in customer.phones if sum(map(str.isdigit, phone.text)) >= _SHORTEST_NUMBER
    )
    return (
        customer.name
        or customer.company
        or contact_person(customer)
        or customer.nickname
        or next(numbers, "")
        or f"Customer {customer.id}"
    )


def _tidied(skeleton: str) -> str:
    """Take empty fields out of the skeleton, with the separators and brackets that only they need."""
    before = "" if _EMPTY in skeleton else skeleton
    while before != skeleton:
        before = skeleton
        for needless in _NEEDLESS:
            skeleton = needless.sub(_EMPTY, skeleton)
    return _FOLLOWING.sub("", _LEADING.sub(r"\1", skeleton)) if _EMPTY in skeleton else skeleton


def _company(customer: Customer) -> str:
    """Return the company's name: as given, or the customer's name where it is no person's.

    Without a contact person, and where that person's fields hold a company, only its own words can tell.
    """
    name, first, last = customer.name, customer.first_name, customer.last_name
    if customer.company:
        return customer.company
    if not (first or last):
        return name if is_company_name(name) else ""
    if not name:
        return contact_person(customer) if has_legal_form(contact_person(customer)) else ""
    return name if has_legal_form(name) or not is_persons(name, first, last) else ""


def _is_company(customer: Customer, company: str) -> bool:
    """Return whether the contact is the company's, and not a person's who is called the same."""
    return not customer.name or _is_same(customer.name, company) or not contact_person(customer)


def _is_same(one: str, other: str) -> bool:
    return folded(one) == folded(other)


def _parted(display: str, first: str, last: str) -> tuple[str, str, str] | None:
    """Return the displayed name with its given and family name, if it is just the contact person's.

    Of the two spellings in the record, the one with the accents. In scripts without capitals and spaces the
    family name often comes first; in others that is shown as it was typed.
    """
    if not (first or last):
        return None
    if display == f"{first} {last}":  # as nearly all are
        return display, first, last
    whole, person = bare(display), bare(first + last)
    if whole == person:
        is_richer = _marks(display) < _marks(first + last)
        if is_richer or _is_same(display, first + last):
            return (f"{first} {last}".strip() if is_richer else display), first, last
        return display, *_divided(display, bare(first))
    if whole == bare(last + first) and not whole.isascii():
        return display, first, last
    return None


def _divided(display: str, first: str) -> tuple[str, str]:
    """Divide the displayed name behind the first name, which is given as `bare` has it."""
    ends = [end for end in range(1, len(display) + 1) if bare(display[:end]) == first] if first else [0]
    end = ends[-1] if ends else len(display)
    return display[:end].strip(), display[end:].strip()


def _marks(text: str) -> int:
    """Return how many accents, apostrophes and hyphens it has."""
    return sum(not (letter.isascii() and letter.isalnum()) for letter in "".join(text.split()))


_MOST_WORDS = 6
_INITIALS = 2

_AND = pattern(r"&|\+|/|\b(?:and|agus|und|en|et|y|e|i|a)\b", re.IGNORECASE)
_ASIDE = pattern(r"[(\[][^)\]]*[)\]]")
_FAMILY_FIRST = pattern(r"^([^,]+),([^,]+)$")
_UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "å": "aa", "ø": "oe"}
)
_TITLE_LIST = """
adv ba bishop br brother bsc canon capt captain cbe cllr col colonel councillor cpt cr dame deceased
doctor dr eng esq estate families family father fr frau garda herr hon household ii iii ing iv jnr jr
judge junior lady late lord lt ma madame master mba mbe md mej messrs mev miss mlle mme mnr monsieur mr
mrs ms msc mx obe of pastor phd prof professor rev revd reverend senior senor senora sergeant sgt sig
signor signora sir sister snr sr sra the
"""
_TITLES = frozenset(_TITLE_LIST.split())
"""Words before or behind a name that are no part of it."""


def contact_person(customer: Customer) -> str:
    """Return the contact person's first and last name, or ""."""
    return cut(f"{customer.first_name} {customer.last_name}".strip(), LONGEST)


def is_shown(customer: Customer, display: str) -> bool:
    """Return whether the displayed name says the contact person's as well, in any order and form."""
    first, last = customer.first_name, customer.last_name
    if display == f"{first} {last}" or not (first or last):  # as nearly always
        return True
    shown = bare(display)
    is_there = bare(first + last) in shown or bare(last + first) in shown
    return is_there or set(bare_words(f"{first} {last}")) <= set(bare_words(display))


def is_persons(name: str, first: str, last: str) -> bool:
    """Return whether a name is the contact person's, or theirs and somebody's, and no company's.

    Args:
        name: As the record has it.
        first: Of the contact person; it or `last` may be empty.
        last: Of the contact person.
    """
    return _is_persons(name, first, last) or (
        not f"{name}{first}{last}".isascii()
        and _is_persons(*(text.translate(_UMLAUTS) for text in (name, first, last)))
    )


def _is_persons(name: str, first: str, last: str) -> bool:
    if name == f"{first} {last}" or bare(name) in (bare(first + last), bare(last + first)):
        return True
    plain = _FAMILY_FIRST.sub(r"\2 \1", _ASIDE.sub(" ", name))
    parts = bare_words(_AND.sub(" ", plain))
    words = tuple(word for word in parts if word not in _TITLES and not word.isdecimal())
    given, family = bare_words(first), bare_words(last)
    if is_company_name(name) or not 0 < len(words) <= _MOST_WORDS:
        return False
    behind = words[len(family) :] if family and words[: len(family)] == family else ()
    is_family_first = bool(given) and given in (behind[: len(given)], behind[-len(given) :])
    if is_family_first or all(word in family or _stands_for(word, given, family) for word in words):
        return True
    if not family:
        return words[: len(given)] == given and len(words) <= len(given) + 2
    is_couple = _AND.search(plain) is not None
    is_theirs = not given or any(_stands_for(word, given, family) for word in words if word not in family)
    if words[-len(family) :] == family:
        return is_theirs or not is_couple or len(words) < len(parts)
    return is_couple and is_theirs and set(family) <= set(words)


def _stands_for(word: str, given: tuple[str, ...], family: tuple[str, ...]) -> bool:
    """Return whether a word is a given name, short or long for one, or initials."""
    if len(word) <= _INITIALS and word not in given:
        names = given + family
        return word.isalpha() and all(any(name.startswith(letter) for name in names) for letter in word)
    return (
        any(name.startswith(word) or word.startswith(name) for name in given if len(name) > _INITIALS)
        or word in given
    )
