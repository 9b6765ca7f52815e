"""Dialling: digits as somebody types them, read by the rules of their country.

What phonenumbers calls valid is a number that may exist. Whether it is the one that was meant is another
question where the digits do not begin as that country dials them: without the trunk's zero, which a
spreadsheet eats, they may as well be a local number, a date or an account.
"""

from phonenumbers import (
    NumberParseException,
    PhoneMetadata,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
    format_number,
    length_of_geographical_area_code,
    national_significant_number,
    number_type,
    parse,
)

from shared.pattern import pattern

MOST_DIGITS = 17
"""15 of ITU-T E.164, and "00" before them."""

_FEWEST_DIGITS = 6
_WITHOUT_TRUNK = 8
_WITH_COUNTRY_CODE = 11

# The most digits that are dialled without an area code (national numbering plans). Where it is not known,
# only a mobile number is taken without its zero: in Germany and Austria any length may be a local number.
_LONGEST_LOCAL = {
    **dict.fromkeys(("AE", "BE", "CH", "GH", "HU", "IE", "IL", "KE", "NA", "NL", "NZ", "RO", "TH", "TR"), 7),
    **dict.fromkeys(("TZ", "UG", "ZA", "ZM"), 7),
    **dict.fromkeys(("AU", "FR", "GB", "GG", "IM", "IN", "JE", "NG", "SE", "SK"), 8),
}
_MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.PAGER}
_IRELAND, _BRITAIN = 353, 44
_CROSS_BORDER, _NORTHERN_IRELAND = "48", "28"
_CROSS_BORDER_DIGITS = 10
# Until 2019 a mobile number was dialled from abroad with a one before its ten digits (IFT's plan).
_MEXICO = 52
_MEXICAN_MOBILE = pattern(r"1([0-9]{10})")
# ICASA's numbering plan; phonenumbers takes a mobile number with digits missing for one.
_SOUTH_AFRICA, _SOUTH_AFRICAN_DIGITS = 27, 9
# ComReg's numbering conditions: seven digits behind 01 and 021, of which the first is neither 0 nor 1.
_IRISH_CITIES = pattern(r"(1|21)[2-9][0-9]{6}")
_IRISH_CITY_CODES = pattern(r"1(?![0-9]{9})|21")
_DAY_FIRST = pattern(r"([0-3][0-9])([0-3][0-9])(?:19|20)[0-9]{2}")
_YEAR_FIRST = pattern(r"(?:19|20)[0-9]{2}([0-3][0-9])([0-3][0-9])")
_DIGITS = pattern(r"[^0-9]+")
_MONTHS, _DAYS = 12, 31
_BLOCK = 10


def dialled(digits: str, region: str, *, is_plus: bool = False) -> tuple[PhoneNumber, int] | None:
    """Return the number that the digits are for sure, with its `PhoneNumberType`, else None.

    Args:
        digits: Digits 0 to 9 alone.
        region: ISO 3166-1 alpha-2 of the country whose rules count; exactly one.
        is_plus: Whether a plus stands before them.
    """
    if not _FEWEST_DIGITS <= len(digits) <= MOST_DIGITS:
        return None
    number = _at_home(digits, region, is_plus=is_plus)
    kind = number_type(number) if number else PhoneNumberType.UNKNOWN
    if not number or kind == PhoneNumberType.UNKNOWN:
        try:
            number = parse(f"+{digits}" if is_plus else digits, region)
        except NumberParseException:
            return None
        kind = number_type(number)
    if number.country_code == _IRELAND:
        number, kind = _irish(number, kind)
    elif kind == PhoneNumberType.UNKNOWN and number.country_code == _MEXICO:
        number, kind = _mexican(number, kind)
    elif number.country_code == _SOUTH_AFRICA and len(str(number.national_number)) != _SOUTH_AFRICAN_DIGITS:
        return None
    if kind == PhoneNumberType.UNKNOWN:
        return None
    if is_plus or digits[0] == "0" or _is_meant(digits, number, kind, region):
        return number, kind
    return None


def _at_home(digits: str, region: str, *, is_plus: bool) -> PhoneNumber | None:
    """Read a number of a country whose trunk prefix is a zero; `parse` finds the same in twice the time."""
    metadata = PhoneMetadata.metadata_for_region(region)
    if metadata is None or metadata.national_prefix != "0" or metadata.national_prefix_transform_rule:
        return None
    abroad = "" if is_plus else metadata.international_prefix
    own = digits.removeprefix(f"{abroad}{metadata.country_code}")
    is_whole = own == digits
    if own[:2] == "00" or (is_whole and (is_plus or own[0] != "0")):
        return None
    return PhoneNumber(metadata.country_code, int(own or "0"))


def beside(number: PhoneNumber, digits: str) -> PhoneNumber | None:
    """Return the number of the same area, if it has as many digits behind its area code, else None."""
    whole = national_significant_number(number)
    area = length_of_geographical_area_code(number)
    if not area or len(digits) != len(whole) - area:
        return None
    return _alike(number, whole[:area] + digits)


def following(number: PhoneNumber, digits: str) -> PhoneNumber | None:
    """Return the number that ends with the digits instead, if it follows closely (``4871234/5``), or None."""
    whole = national_significant_number(number)
    is_next = 0 < int(digits) - int(whole[-len(digits) :]) < _BLOCK
    return _alike(number, whole[: -len(digits)] + digits) if is_next else None


def _alike(number: PhoneNumber, whole: str) -> PhoneNumber | None:
    try:
        other = parse(f"+{number.country_code}{whole}")
    except NumberParseException:
        return None
    return other if number_type(other) == number_type(number) else None


def _irish(number: PhoneNumber, kind: int) -> tuple[PhoneNumber, int]:
    """Read 048 as 028 of Northern Ireland, dialled from Ireland: +353 48 is nobody's (ComReg's plan)."""
    whole = str(number.national_number)
    if whole.startswith(_CROSS_BORDER) and len(whole) == _CROSS_BORDER_DIGITS:
        there = PhoneNumber(_BRITAIN, int(_NORTHERN_IRELAND + whole.removeprefix(_CROSS_BORDER)))
        return there, number_type(there)
    if _IRISH_CITY_CODES.match(whole) and not _IRISH_CITIES.fullmatch(whole):
        return number, PhoneNumberType.UNKNOWN
    return number, kind


def _mexican(number: PhoneNumber, kind: int) -> tuple[PhoneNumber, int]:
    """Read +52 1 55 … as +52 55 …, which it has become."""
    if not (old := _MEXICAN_MOBILE.fullmatch(str(number.national_number))):
        return number, kind
    now = PhoneNumber(_MEXICO, int(old[1]))
    return now, number_type(now)


def _is_meant(digits: str, number: PhoneNumber, kind: int, region: str) -> bool:
    """Return whether digits that do not begin with a zero are this number and nothing else."""
    whole = national_significant_number(number)
    if digits != whole:  # something of it was dialled before: a trunk's prefix, the country's code
        is_code = digits == f"{number.country_code}{whole}" and number.country_code != 1
        return not is_code or len(digits) >= _WITH_COUNTRY_CODE
    if _is_date(digits):
        return False
    metadata = PhoneMetadata.metadata_for_region(region)
    if metadata is None or metadata.national_prefix in (None, "1"):
        return True
    if len(digits) < _WITHOUT_TRUNK:
        return False
    if kind in _MOBILE or len(digits) > _LONGEST_LOCAL.get(region, MOST_DIGITS):
        return True
    return _DIGITS.sub("", format_number(number, PhoneNumberFormat.NATIONAL)) == digits  # 1800 123 456


def _is_date(digits: str) -> bool:
    found = _DAY_FIRST.fullmatch(digits) or _YEAR_FIRST.fullmatch(digits)
    if not found:
        return False
    low, high = sorted(map(int, found.groups()))
    return 0 < low <= _MONTHS and high <= _DAYS
