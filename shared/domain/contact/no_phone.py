"""No phone: what in a text has digits and is surely no telephone number.

Addresses of computers and of mail, dates and hours, sums of money, coordinates, and digits that the word
before them claims: "account 0871234567", "invoice no. 4711".
"""

import re
import unicodedata

from shared.pattern import pattern

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
YEAR = r"(?:19|20)\d{2}"
_DAY = r"[0-3]?\d(?:st|nd|rd|th)?"
_HOUR = r"\d{1,2}(?:[:.]\d{2})?"
_CLOCK = r"(?:\s*(?:am|pm|a\.m|p\.m|hrs?|uhr|o'?clock)|h)\b"
_IS = r"\W*(?:no|nr|num|number|code|id|#)?\W*"
_DIGITS_OF = r"[a-z]{0,3}\d[\d.-]*(?: (?!0\d\d)\d[\d-]*)*"
LISTED = r"(?:^|(?<=[\s,;/]))[1-9][).](?=\s)"
_KEPT_IN = (
    r"a/?c|acct?|account|ref|reference|invoice|inv|pin|p\.?o\.?|order|vat|tax|serial|s/n|imei|iban|meter|mprn|gprn"
    r"|ticket|case|contract|passport|pps|ppsn|ssn|ein|licen[cs]e|policy|router|mac|ip|sort code|password|reg"
    r"|debit|parcel"
)
_COUNTED = "customer|cust|cst|client|subscriber|sub|member|user|unit|site|job|quote|id"
_NOT_PHONES = (
    r"\S+@\S+|(?:https?://|www\.)\S+",
    r"\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b",  # a MAC address
    r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])(?:/\d{1,2})?",  # an IP address
    r"\b[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){3,7}(?: ?[a-z0-9]{1,3})?\b",  # an IBAN
    rf"(?<![\d/.-])[0-3]?\d([/.-])[0-3]?\d\1(?:{YEAR}|\d\d)(?![\d/-]|\.\d)",
    rf"(?<![\d/.-]){YEAR}([/.-])[01]?\d\2[0-3]?\d(?![\d/-]|\.\d)",
    rf"\b{_DAY}(?:\s+of\s+|[\s/.-]+){_MONTH}\b(?:\W{{1,2}}{YEAR}\b)?",
    rf"\b{_MONTH}\s+{_DAY}\b(?:\W{{1,2}}{YEAR}\b)?",
    rf"\b{_HOUR}(?:{_CLOCK}\.?)?\s*(?:-|to|till?|until)\s*{_HOUR}{_CLOCK}",
    rf"\b{_HOUR}{_CLOCK}",
    r"\b[0-2]?\d:[0-5]\d(?:\s*-\s*[0-2]?\d:[0-5]\d)?\b",
    r"(?<![\d.])[0-2]?\d\.[0-5]\d\s*-\s*[0-2]?\d\.[0-5]\d(?![\d.])",  # hours
    r"(?<!\d)24\s?/\s?7(?!\d)",
    rf"\({YEAR}\)(?!\s*\d)",
    r"[€£$]\s?\d[\d,.]*|(?<![\d.,])\d{1,6}(?:[.,]\d{2})?\s?(?:[€£$%](?!\s?\d)|(?:euros?|eur|zar|usd|gbp|mbps)\b)",
    r"(?<![\d.])-?[1-9]\d?\.\d{4,}(?![\d.])",  # a coordinate
    rf"\b(?:{_KEPT_IN})\b{_IS}{_DIGITS_OF}",
    rf"\b(?:id|sn)\s*[:=#]\s*{_DIGITS_OF}",
    r"(?<!\d)\d{4}(?:[ -]\d{4}){3}(?!\d)",  # a bank card
    rf"\b(?:{_COUNTED})\W*(?:no|nr|num|number|code|id|#)\W*{_DIGITS_OF}",
    r"\b(?:extension|extn?|xtn)\b[\s.:#]*[1-9]\d{0,5}(?= \d{5,}(?![ -]?\d+(?![\d:])))",  # of which number?
    LISTED,  # "1) … 2) …"
)
_DASHES = "\u2212"


_NOT_A_PHONE = pattern("|".join(_NOT_PHONES), re.IGNORECASE)


def without_what_is_no_phone(text: str) -> str:
    """Return the text with NUL for each character of such a thing, and other digits and dashes as in ASCII.

    It is as long as before: a place in one is the same place in the other.
    """
    digits = text if text.isascii() else "".join(map(_plain, text))
    return _NOT_A_PHONE.sub(lambda found: "\0" * len(found[0]), digits)


def _plain(sign: str) -> str:
    """Write digits of any script and any dash as ASCII has them; one character for one."""
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    if unicodedata.category(sign) == "Pd" or sign in _DASHES:
        return "-"
    normal = unicodedata.normalize("NFKC", sign)
    return normal if len(normal) == 1 else sign
