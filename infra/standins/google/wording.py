"""Wording: what a contact holds, written in another form that means the same.

Google says that the canonical form of a phone number is computed (PhoneNumber.canonicalForm), and so is the
formatted value of an address (Address.formattedValue); beyond that it is silent on whether it stores texts as
they were written. Phones that save a contact anew write numbers as their dialler shows them, and have one
place for an address's country, as a vCard has (RFC 6350, 6.3.1), for its name or its code. Each form is a
choice, asked for by name; none is used unless it is.

Client data is never worded anew: it is nobody's but its client's.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

import phonenumbers

Form = Literal[
    "country_name",
    "country_as_code",
    "country_code",
    "country_code_dropped",
    "address_on_one_line",
    "number_e164",
    "number_international",
    "number_national",
    "number_digits",
    "number_hyphens",
    "number_uri",
    "email_lower",
    "text_composed",
    "text_trimmed",
    "text_spaces",
    "url_scheme",
    "url_slash",
    "url_no_slash",
    "url_host_lower",
]
"""The forms. Of an address: its country by its name in English, in the place of a code or of nothing; by its
code in the place of the name; the code added from the name; the code left out where there is a name; all of
the address on one line. Of a phone number that is valid: as E.164, international, national, national without
separators, with hyphens for spaces, or as a `tel:` URI (RFC 3966). Of all texts: composed (Unicode's NFC),
trimmed, runs of spaces as one. Of a URL: with `http://` where it has no scheme, with a slash where it has no
path, without one that is all the path, its host in lower case."""

FORMS: Sequence[Form] = get_args(Form)

_NAMES: Mapping[str, str] = {
    "AU": "Australia",
    "CA": "Canada",
    "DE": "Germany",
    "ES": "Spain",
    "FR": "France",
    "GB": "United Kingdom",
    "IE": "Ireland",
    "IT": "Italy",
    "NZ": "New Zealand",
    "US": "United States",
    "ZA": "South Africa",
}
"""Countries whose name is known here (Unicode CLDR, English); others stay as they are written."""

_CODES: Mapping[str, str] = {name.casefold(): code for code, name in _NAMES.items()}
_FORMATTED = "formattedValue"
_ONE_LINE = ("streetAddress", "extendedAddress", "poBox", "city", "region", "postalCode", "country")

Members = dict[str, Any]


def worded(field: str, items: Sequence[Members], forms: Sequence[Form], region: str) -> list[Members]:
    """Return the items of a field in these forms, without items of which nothing is left.

    Args:
        field: The field of a person.
        items: What a client could have written.
        forms: The forms.
        region: The country, in ISO 3166-1 alpha-2, of phone numbers that are written without one.
    """
    if field == "clientData" or not forms:
        return list(items)
    kept = [_item(field, item, forms, region) for item in items]
    return [item for item in kept if item.keys() - {"type", "metadata"}]


def worded_text(text: str, forms: Sequence[Form]) -> str:
    """Return a single text, such as a label's name, in those of the forms that suit all texts."""
    for form in forms:
        text = _TEXTS.get(form, str)(text)
    return text


def _item(field: str, item: Members, forms: Sequence[Form], region: str) -> Members:
    for form in forms:
        if change := _TEXTS.get(form):
            item = {key: change(text) if isinstance(text, str) else text for key, text in item.items()}
        elif field == "addresses" and form in _ADDRESSES:
            item = _ADDRESSES[form](item)
        elif form in _VALUES.get(field, {}) and item.get("value"):
            item = {**item, "value": _VALUES[field][form](item["value"], region)}
    return {member: value for member, value in item.items() if value not in ("", None)}


_TEXTS: Mapping[Form, Callable[[str], str]] = {
    "text_composed": lambda text: unicodedata.normalize("NFC", text),
    "text_trimmed": str.strip,
    "text_spaces": lambda text: re.sub(r"[ \t\u00a0]+", " ", text),
}


def _with(item: Members, **parts: str) -> Members:
    """Return an address with other parts, without what Google composed of the former ones."""
    changed = {key: text for key, text in {**item, **parts}.items() if text}
    return item if changed == item else {key: changed[key] for key in changed if key != _FORMATTED}


def _country_name(item: Members) -> Members:
    country, code = item.get("country", ""), item.get("countryCode", "")
    return _with(item, country=_NAMES.get((country or code).upper(), country))


def _country_as_code(item: Members) -> Members:
    country = item.get("country", "")
    return _with(item, country=_CODES.get(country.casefold(), country))


def _country_code(item: Members) -> Members:
    code = item.get("countryCode", "")
    return _with(item, countryCode=_CODES.get(item.get("country", "").casefold(), code))


def _country_code_dropped(item: Members) -> Members:
    return _with(item, countryCode="") if item.get("country") else item


def _on_one_line(item: Members) -> Members:
    return {**item, _FORMATTED: ", ".join(item[part] for part in _ONE_LINE if item.get(part))}


_ADDRESSES: Mapping[Form, Callable[[Members], Members]] = {
    "country_name": _country_name,
    "country_as_code": _country_as_code,
    "country_code": _country_code,
    "country_code_dropped": _country_code_dropped,
    "address_on_one_line": _on_one_line,
}


def _number(form: int, value: str, region: str, *, at_home: bool = False, with_extension: bool = True) -> str:
    """Return a number in a format of libphonenumber's.

    Args:
        form: Which.
        value: The number as it is written.
        region: The country of numbers that are written without one.
        at_home: Whether the format is only for numbers of that country.
        with_extension: Whether it can say an extension; a number with one stays as it is if not.
    """
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return value
    is_abroad = at_home and number.country_code != phonenumbers.country_code_for_region(region)
    is_more = bool(number.extension) and not with_extension
    if not phonenumbers.is_valid_number(number) or is_abroad or is_more:
        return value
    return phonenumbers.format_number(number, form)


def _digits(value: str, region: str) -> str:
    written = _number(_FORMATS.NATIONAL, value, region, at_home=True, with_extension=False)
    return value if written == value else "".join(filter(str.isdigit, written))


def _with_slash(url: str, _region: str) -> str:
    return f"{url}/" if _is_bare(url) else url


def _without_slash(url: str, _region: str) -> str:
    return url[:-1] if _is_bare(url[:-1]) and url.endswith("/") else url


def _is_bare(url: str) -> bool:
    """Return whether a URL ends with its host."""
    parts = urlsplit(url)
    return bool(parts.netloc) and not (parts.path or parts.query or parts.fragment)


def _host_lower(url: str, _region: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.lower()).geturl() if parts.netloc else url


_FORMATS = phonenumbers.PhoneNumberFormat

_VALUES: Mapping[str, Mapping[Form, Callable[[str, str], str]]] = {
    "phoneNumbers": {
        "number_e164": partial(_number, _FORMATS.E164, with_extension=False),
        "number_international": partial(_number, _FORMATS.INTERNATIONAL),
        "number_national": partial(_number, _FORMATS.NATIONAL, at_home=True),
        "number_digits": _digits,
        "number_hyphens": lambda value, _region: value.strip().replace(" ", "-"),
        "number_uri": partial(_number, _FORMATS.RFC3966),
    },
    "emailAddresses": {"email_lower": lambda value, _region: value.lower()},
    "urls": {
        "url_scheme": lambda value, _region: value if "://" in value else f"http://{value}",
        "url_slash": _with_slash,
        "url_no_slash": _without_slash,
        "url_host_lower": _host_lower,
    },
}
"""What changes the value of an item, by field and form; it is told the region, too."""
