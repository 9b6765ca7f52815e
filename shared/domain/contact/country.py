"""Country: the ways in which people write a country, and its ISO 3166-1 alpha-2 code.

The names are Unicode's (`country_names.json`: CLDR, as Babel 2.19 has it, in English and in each country's
official languages, in lower case and without accents); other ways to write them stand here. Babel itself
takes 66 ms to import and look them up, three times as long as phonenumbers.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from phonenumbers import SUPPORTED_REGIONS

from shared.pattern import pattern

_NAMES: dict[str, str] = json.loads(Path(__file__).with_name("country_names.json").read_bytes())

_SPELLINGS = {
    "AE": "uae, are",
    "AT": "aut",
    "AU": "aus",
    "BA": "bosnia and herzegovina, bosnia",
    "BE": "bel",
    "BG": "bgr",
    "BR": "bra",
    "BW": "bwa",
    "CA": "can",
    "CD": "congo, drc, democratic republic of the congo, democratic republic of congo",
    "CH": "che",
    "CI": "ivory coast",
    "CY": "cyp",
    "CZ": "czech republic, the czech republic, cesko, cze",
    "DE": "deu, federal republic of germany, bundesrepublik deutschland",
    "DK": "dnk",
    "EE": "est",
    "ES": "esp",
    "FI": "fin",
    "FR": "fra",
    "GB": "the united kingdom, uk, great britain, britain, gbr, england, scotland, wales, cymru, "
    "northern ireland, n ireland, north ireland, nth ireland, nireland, northen ireland, nothern ireland, "
    "ireland northern, ireland north, n irl, northern irl, north of ireland, the north of ireland, gb nir, "
    "tuaisceart eireann, nordirland, irlande du nord, irlanda del norte, irlanda del nord, noord ierland, "
    "united kingdom of great britain and northern ireland, "
    "united kingdom of great britain northern ireland, "
    "the united kingdom of great britain and northern ireland, "
    "gt britain, england and wales, england wales, gb and ni, great britain and northern ireland",
    "GG": "ggy",
    "GH": "gha",
    "GI": "gib",
    "GR": "hellas, grc",
    "HK": "hong kong",
    "HR": "hrv",
    "HU": "hun",
    "IE": "rep ireland, republic ireland, ireland rep, "
    "republic of ireland, the republic of ireland, rep of ireland, roi, irl, irish republic, "
    "southern ireland, ireland republic of, south of ireland, the south of ireland, poblacht na heireann",
    "IM": "the isle of man, imn",
    "IN": "ind",
    "IR": "iran islamic republic of",
    "IS": "isl",
    "IT": "ita",
    "JE": "jey",
    "KE": "ken",
    "KR": "korea, republic of korea",
    "LS": "lso",
    "LT": "ltu",
    "LU": "lux",
    "LV": "lva",
    "MK": "macedonia",
    "MM": "burma",
    "MO": "macau, macao",
    "MT": "mlt",
    "MU": "mus",
    "MW": "mwi",
    "MX": "mex",
    "MZ": "mocambique, moz",
    "NA": "nam",
    "NG": "nga",
    "NL": "the netherlands, holland, nld",
    "NO": "nor",
    "NZ": "aotearoa, nzl",
    "PH": "the philippines, phl",
    "PL": "pol",
    "PR": "pri",
    "PS": "palestine",
    "PT": "prt",
    "RO": "rou",
    "RU": "russian federation, the russian federation",
    "SE": "swe",
    "SI": "svn",
    "SK": "slovak republic, svk",
    "SZ": "swaziland, swz",
    "TR": "turkey",
    "TZ": "tza",
    "UA": "the ukraine, ukr",
    "UG": "uga",
    "US": "the united states, united states of america, the united states of america, usa, us of a, america",
    "VN": "viet nam",
    "ZA": "republic of south africa, the republic of south africa, rsa, zaf, suid afrika, "
    "s africa, sth africa, south afrika",
    "ZM": "zmb",
    "ZW": "zwe",
}
_CODES = {
    spelling: code for code, names in (*_NAMES.items(), *_SPELLINGS.items()) for spelling in names.split(", ")
}


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Two letters that are a state of the US, or stand for something else wherever they are typed: "n/a", "co".
_STATES = _codes(
    "AK AL AR AS AZ CA CO CT DC DE FL GA GU HI IA ID IL IN KS KY LA MA MD ME MI MN MO MP MS MT NC ND NE NH "
    "NJ NM NV NY OH OK OR PA RI SC SD TN TX UT VA VI VT WA WI WV WY"
)
_WORDS = _codes("AD AG AM AS AT CC CO DO ID IS IT LA ME MR MS MY NA NI NO NR PM PO SA SO ST TO TV VC")
# And those that are a county, a province or a state where they are typed: the letters of Irish registration
# plates, and the provinces and states of South Africa, Canada and Australia.
_HOME_WORDS = {
    "IE": _codes("CE CN CW DL KE KK KY LH LK LM LS MH MN MO OY RN SO TN TS WD WH WW WX"),
    "ZA": _codes("EC FS GP KN LP MP NC NL NW WC"),
    "CA": _codes("AB BC MB NB NL NS NT NU ON PE QC SK YT"),
    "AU": _codes("NT SA WA"),
}
# What two letters mean where they are typed, though ISO gives them to Nicaragua and Saudi Arabia.
_HOME_CODES = {("IE", "ni"): "GB", ("GB", "ni"): "GB", ("ZA", "sa"): "ZA"}
_HOME_STATES = {"US": {"georgia", "jersey"}}

_PARTS = pattern(r"[,;/()\[\]]+|\s[-\u2013]\s")
# A letter or two, a digit, a space, a digit and two letters: no other country writes its postcodes so.
_POSTCODE = pattern(r"(?:([A-Z]{1,2}) ?[0-9][A-Z0-9]?|GIR)[ .-]*[0-9][A-Z]{2}", re.IGNORECASE)
_AT_THE_END = pattern(r"(?:^|[\s,])((?:[A-Z]{1,2}[0-9][A-Z0-9]?|GIR) ?[0-9][A-Z]{2})$")
_ISLANDS = {"JE", "GG", "IM"}


@lru_cache(1024)
def typed_country(text: str, home: str) -> str:
    """Return the ISO 3166-1 alpha-2 code of a country as somebody typed it, or "" where that is not sure.

    A guess would read telephone numbers by the wrong rules. Two letters that may as well be a filler, an
    abbreviation or a state of the US are not sure, unless they are the code of the provider's own country.

    Args:
        text: A name or a code, also with what it lies in or holds: ``Northern Ireland, UK``.
        home: ISO code of the country in which the provider is.
    """
    return _typed(text, home) or _agreed({_typed(part, home) for part in _PARTS.split(text)} - {""})


def _typed(text: str, home: str) -> str:
    words = _plain(text)
    letters = words.replace(" ", "")
    if (home, letters) in _HOME_CODES:
        return _HOME_CODES[home, letters]
    if words in _HOME_STATES.get(home, ()):
        return ""
    code = _CODES.get(words) or _CODES.get(letters)
    if code:
        return code
    code = letters.upper()
    if code == home:
        return code
    unsure = _STATES | _WORDS | _HOME_WORDS.get(home, frozenset())
    return code if code in SUPPORTED_REGIONS - unsure else ""


def _agreed(codes: set[str]) -> str:
    return codes.pop() if len(codes) == 1 else ""


def country_of_place(text: str) -> str:
    """Return as `country_of_postcode` for one in capitals that ends a town or a region: "Belfast BT1 1AA"."""
    found = _AT_THE_END.search(text)
    return country_of_postcode(found[1]) if found else ""


def country_of_postcode(text: str) -> str:
    """Return ``GB``, ``JE``, ``GG`` or ``IM`` for a postcode of the United Kingdom or its isles, else ""."""
    found = _POSTCODE.fullmatch(" ".join(text.split()))
    if not found:
        return ""
    area = (found[1] or "").upper()
    return area if area in _ISLANDS else "GB"


@lru_cache(1024)
def country_code(text: str) -> str:
    """Return the code of a country's name or code, as another program writes it; "" if there is none."""
    words = _plain(text)
    letters = words.replace(" ", "")
    code = letters.upper()
    return (
        _CODES.get(words) or _CODES.get(letters) or (code if code in SUPPORTED_REGIONS - {"NI", "SA"} else "")
    )


def spellings(code: str) -> tuple[str, ...]:
    """Return the ways in which the country of a code is written, in lower case and without accents."""
    return tuple(_spellings(code))


def _spellings(code: str) -> Iterator[str]:
    for names in (_NAMES, _SPELLINGS):
        if code in names:
            yield from names[code].split(", ")


def _plain(text: str) -> str:
    """Drop case, accents and punctuation: "Éire" is "eire", "N. Ireland" is "n ireland"."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    marked = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"\w+", marked))
