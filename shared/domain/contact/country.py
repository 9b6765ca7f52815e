"""Country: the ways in which people write a country, and its ISO 3166-1 alpha-2 code."""

import re
import unicodedata
from functools import lru_cache

from phonenumbers import SUPPORTED_REGIONS

_SPELLINGS = {
    "AE": "united arab emirates, uae, are",
    "AT": "austria, osterreich, aut",
    "AU": "australia, aus",
    "BE": "belgium, belgie, belgique, bel",
    "BG": "bulgaria, bgr",
    "BR": "brazil, brasil, bra",
    "BW": "botswana, bwa",
    "CA": "canada, can",
    "CH": "switzerland, schweiz, suisse, svizzera, che",
    "CY": "cyprus, cyp",
    "CZ": "czech republic, czechia, cesko, cze",
    "DE": "germany, deutschland, deu",
    "DK": "denmark, danmark, dnk",
    "EE": "estonia, eesti, est",
    "ES": "spain, espana, esp",
    "FI": "finland, suomi, fin",
    "FR": "france, fra",
    "GB": "united kingdom, the united kingdom, uk, great britain, britain, gbr, england, scotland, wales, "
    "northern ireland, n ireland, north ireland, united kingdom of great britain and northern ireland",
    "GG": "guernsey, ggy",
    "GH": "ghana, gha",
    "GI": "gibraltar, gib",
    "GR": "greece, hellas, grc",
    "HR": "croatia, hrvatska, hrv",
    "HU": "hungary, magyarorszag, hun",
    "IE": "ireland, eire, republic of ireland, the republic of ireland, rep of ireland, roi, irl, "
    "irish republic, southern ireland, ireland republic of, poblacht na heireann",
    "IM": "isle of man, imn",
    "IN": "india, ind",
    "IS": "iceland, isl",
    "IT": "italy, italia, ita",
    "JE": "jersey, jey",
    "KE": "kenya, ken",
    "LS": "lesotho, lso",
    "LT": "lithuania, lietuva, ltu",
    "LU": "luxembourg, lux",
    "LV": "latvia, latvija, lva",
    "MT": "malta, mlt",
    "MU": "mauritius, mus",
    "MW": "malawi, mwi",
    "MX": "mexico, mex",
    "MZ": "mozambique, mocambique, moz",
    "NA": "namibia, nam",
    "NG": "nigeria, nga",
    "NL": "netherlands, the netherlands, nederland, holland, nld",
    "NO": "norway, norge, nor",
    "NZ": "new zealand, nzl",
    "PH": "philippines, the philippines, phl",
    "PL": "poland, polska, pol",
    "PR": "puerto rico, pri",
    "PT": "portugal, prt",
    "RO": "romania, rou",
    "SE": "sweden, sverige, swe",
    "SI": "slovenia, slovenija, svn",
    "SK": "slovakia, slovensko, svk",
    "SZ": "eswatini, swaziland, swz",
    "TZ": "tanzania, tza",
    "UA": "ukraine, ukr",
    "UG": "uganda, uga",
    "US": "united states, the united states, united states of america, the united states of america, usa, "
    "us of a, america",
    "ZA": "south africa, republic of south africa, the republic of south africa, rsa, zaf, suid afrika",
    "ZM": "zambia, zmb",
    "ZW": "zimbabwe, zwe",
}
_CODES = {spelling: code for code, spellings in _SPELLINGS.items() for spelling in spellings.split(", ")}

# To ISO these are Nicaragua and Saudi Arabia; to who types them there, Northern Ireland and South Africa.
_AMBIGUOUS = {"NI", "SA"}


@lru_cache(1024)
def country_code(text: str) -> str:
    """The ISO 3166-1 alpha-2 code of a country's name or code, or "" when it is not known for sure."""
    words = _plain(text)
    if words in _CODES:
        return _CODES[words]
    code = words.replace(" ", "").upper()
    return _CODES.get(code.lower()) or (code if code in SUPPORTED_REGIONS - _AMBIGUOUS else "")


def spellings(code: str) -> tuple[str, ...]:
    """The ways in which the country of a code is written, in lower case and without accents."""
    return tuple(_SPELLINGS[code].split(", ")) if code in _SPELLINGS else ()


def _plain(text: str) -> str:
    """Lower case, without accents and punctuation: "Éire" is "eire", "N. Ireland" is "n ireland"."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    marked = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"\w+", marked))
