"""Company: whether a name's own words say that it is an organisation's and no person's.

The words are those that nobody is called by: "Church", "Hall", "Bar" and "Park" are surnames, so they say
nothing. Where the words do not tell, it stays a name; both are shown as they were typed.
"""

import re

from shared.domain.contact.text import bare_words
from shared.pattern import pattern

_FORM_LIST = """
aps clg corp corporation dac doo ehf eurl gmbh inc incorporated kft limited llc llp ltd npc plc pty sarl
srl sro teoranta
"""
_FORMS = frozenset(_FORM_LIST.split())
"""Legal forms that are nobody's surname or initials, as "BV" and "Teo" are; sure in any field."""

_DOTTED = pattern(
    r"\b(?:s\.\s?r\.\s?[lo]|s\.\s?p\.\s?a|sp\.\s?z\s?o\.\s?o|d\.\s?o\.\s?o|e\.\s?v)\b|\((?:pty|rf)\)",
    re.IGNORECASE,
)
_PHRASE = pattern(
    r"(?:&|\+|\band\b)\s*(?:co|company|sons?|daughters?|partners|bros|brothers)\b"
    r"|\bt/a\b|\btrading as\b|\bb\s?&\s?b\b|\bbed (?:and|&) breakfast\b|\bco-op\b|\bcredit union\b"
    r"|\bpost office\b|\bchurch of\b|\bboard of\b|\bparish (?:of|office|church|hall|centre)\b|\bcc$",
    re.IGNORECASE,
)
_WORD_LIST = """
academy accountancy accountants agency airport apartments architects associates association auctioneers
bakery boulangerie brewery broadband bros brothers builders cafe camping caravans catering center centre
charity chemist clinic club college commission committee communications community company computers
construction consultancy consultants consulting contractors cooperative council creche dental dentist
department designs developments distillery distribution electrical electronics engineering enterprise
enterprises estates events farm farms fc federation festival fisheries florist foods foundation funeral
furniture gaa garage garages gardens gasthaus gfc government group guesthouse gym hairdressers hardware
haulage healthcare holdings hospital hostel hotel hotels housing industries institute insurance
interiors internet investments joinery kindergarten kitchens laboratories laerskool landscaping laundry
leisure library logistics machinery management manufacturing media ministry monastery montessori motel
motors museum network networks nursery nursing office offices opticians pharmacy photography pizzeria
playschool plumbing preschool printing productions products properties pub publishing quarries radio
recruitment recycling rentals repairs resort restaurant rfc rugby salon school schools schule scoil
seafoods securities security services shop signs skool society software solicitors solutions stables
stadium store stores studio studios supermarket supplies surgery surveyors systems takeaway tavern taxis
technologies technology telecom telecoms theatre tiles tourism tours toys transport travel trust tyres
university verein veterinary vets waste werkstatt wholesale wholesalers windfarm winery wireless
workshop
"""
_WORDS = frozenset(_WORD_LIST.split())
"""Words in the names of organisations, in the markets' languages."""


def has_legal_form(name: str) -> bool:
    """Return whether it has a legal form ("Acme Networks Ltd"): no person, even in a person's fields."""
    words = bare_words(name)
    return not _FORMS.isdisjoint(words[1:]) or _DOTTED.search(name) is not None


def is_company_name(name: str) -> bool:
    """Return whether its words say that it is an organisation's: "Murphy & Sons", "Blarney GAA Club"."""
    words = bare_words(name)
    has_word = len(words) > 1 and not _WORDS.isdisjoint(words)
    return has_word or has_legal_form(name) or _PHRASE.search(name) is not None
