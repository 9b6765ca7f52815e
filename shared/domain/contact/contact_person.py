"""Contact person: who a record's first and last name say that it is, and whether its name is theirs.

People write one person in many ways: with a title or initials, both of a couple, the family name first,
without the accents. Where a record's name is its contact person's, or theirs and somebody's, it is a person.
"""

import re

from shared.domain.contact.company import is_company_name
from shared.domain.contact.customer import Customer
from shared.domain.contact.plain_text import bare, bare_words
from shared.domain.contact.text import cut

_LONGEST = 1024
_MOST_WORDS = 6
_INITIALS = 2

_AND = re.compile(r"&|\+|/|\b(?:and|agus|und|en|et|y|e|i|a)\b", re.IGNORECASE)
_ASIDE = re.compile(r"[(\[][^)\]]*[)\]]")
_TITLE_LIST = """
adv ba bishop br brother bsc canon capt captain cbe cllr col colonel councillor cpt cr dame deceased
doctor dr eng esq estate families family father fr frau garda herr hon household ii iii ing iv jnr jr
judge junior lady late lord lt ma madame master mba mbe md mej messrs mev miss mlle mme mnr monsieur mr
mrs ms msc mx obe of pastor phd prof professor rev revd reverend senior senor senora sergeant sgt sig
signor signora sir sister snr sr sra the
"""
_TITLES = frozenset(_TITLE_LIST.split())
"""What stands before or behind a name, and is none."""


def contact_person(customer: Customer) -> str:
    """The contact person's first and last name, or ""."""
    return cut(f"{customer.first_name} {customer.last_name}".strip(), _LONGEST)


def is_shown(customer: Customer, display: str) -> bool:
    """Return whether the displayed name says the contact person's as well, in any order and form."""
    first, last, shown = customer.first_name, customer.last_name, bare(display)
    is_there = bare(first + last) in shown or bare(last + first) in shown
    return is_there or set(bare_words(f"{first} {last}")) <= set(bare_words(display))


def is_persons(name: str, first: str, last: str) -> bool:
    """Return whether a name is the contact person's, or theirs and somebody's, and no company's.

    Args:
        name: As the record has it.
        first: Of the contact person; it or `last` may be empty.
        last: Of the contact person.
    """
    if bare(name) in (bare(first + last), bare(last + first)):
        return True
    plain = _ASIDE.sub(" ", name)
    parts = bare_words(_AND.sub(" ", plain))
    words = tuple(word for word in parts if word not in _TITLES)
    given, family = bare_words(first), bare_words(last)
    if is_company_name(name) or not 0 < len(words) <= _MOST_WORDS:
        return False
    if all(word in family or _stands_for(word, given, family) for word in words):
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
