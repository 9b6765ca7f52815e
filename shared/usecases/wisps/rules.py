"""Rules: what a wisp's settings must be beyond their types, each with a sentence to act on."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec
from phonenumbers import SUPPORTED_REGIONS

from shared.domain.contact.card import OTHER_TITLES
from shared.domain.contact.customer import ROW_TITLES
from shared.domain.contact.email import is_address
from shared.domain.contact.name import check_template
from shared.domain.contact.text import folded
from shared.domain.model.time_zone import has_night, with_same_clocks
from shared.domain.model.wisp import LeftOut, ShownRow, Wisp
from shared.errors import Misconfigured
from shared.pattern import pattern

INVALID = "settings.invalid"

_LONGEST_PROFILE = 20_000
"""Bytes of JSON: a document holds a megabyte, and every run reads it."""

_MEMBER = pattern(r"[^.\s]+(\.[^.\s]+)*")

_TITLES = frozenset(map(folded, (*ROW_TITLES.values(), *OTHER_TITLES)))

_DOMAIN = pattern(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])", re.ASCII)


class Flaw(msgspec.Struct, frozen=True):
    """What is wrong with one setting.

    Attributes:
        setting: Its name; also ``wisp`` for the id, and ``credentials``.
        code: A stable code: ``settings.invalid``, or the one of SIMPLer's failure.
        message: A sentence for a person, with what to do.
    """

    setting: str
    code: str
    message: str


def flaws_of(wisp: Wisp, now: datetime) -> Iterator[Flaw]:
    """Yield what can be seen without SIMPLer; its address and profile are judged by whoever calls it."""
    for setting, rule in _RULES.items():
        if sentence := rule(getattr(wisp, setting)):
            yield Flaw(setting, INVALID, sentence)
    if not has_night(wisp.time_zone):
        same = with_same_clocks(wisp.time_zone, now)
        advice = f"Use {same}, which has the same clocks." if same else "Use one such as Europe/Dublin."
        yield Flaw("time_zone", INVALID, f"There is no night in the time zone {wisp.time_zone}. {advice}")


def _name(name: str) -> str:
    plain = name.isprintable() and name == name.strip()
    return "" if plain else "A name has no spaces around it and no control characters."


def _country(country: str) -> str:
    return (
        ""
        if country in SUPPORTED_REGIONS
        else f"{country} is no country: use ISO 3166-1's two capitals, such as IE."
    )


def _operator(operator: str) -> str:
    plain = operator.isprintable() and operator == operator.strip()
    return "" if plain else "An operator has no spaces around it and no control characters."


def _profile(profile: Mapping[str, Any]) -> str:
    fits = len(msgspec.json.encode(profile)) <= _LONGEST_PROFILE
    return (
        ""
        if fits
        else f"A profile has at most {_LONGEST_PROFILE} bytes: give only what differs from the default."
    )


def _statuses(statuses: tuple[str, ...]) -> str:
    if any(status != status.strip() or not status.isprintable() for status in statuses):
        return "A status has no spaces around it and no control characters: write it as SIMPLer does."
    if len({status.casefold() for status in statuses}) < len(statuses):
        return "A status is given twice: leave one out."
    return ""


def _left_out(rules: tuple[LeftOut, ...]) -> str:
    for rule in rules:
        if not _MEMBER.fullmatch(rule.member):
            return (
                f"{rule.member} is no member of a record: write its name, with dots where it is in another."
            )
        if not all(map(folded, rule.values)):
            return f"Give the values of {rule.member} that are left out; an empty one is none."
    if len({rule.member for rule in rules}) < len(rules):
        return "A member is given twice: put all its values into one."
    return ""


def _rows(rows: tuple[ShownRow, ...]) -> str:
    for row in rows:
        if wrong := [member for member in row.members if not _MEMBER.fullmatch(member)]:
            return f"{wrong[0]} is no member of a record: write its name, with dots where it is in another."
        if len(row.members) > 2:  # noqa: PLR2004 - a latitude and a longitude are two
            return f"{row.title} names more than two members: a map needs a latitude and a longitude."
        if not row.title.isprintable() or row.title != row.title.strip():
            return "A title has no spaces around it and no control characters."
    titles = [folded(row.title) for row in rows]
    if taken := next((row.title for row in rows if folded(row.title) in _TITLES), ""):
        return f"Contacts have a row {taken} already: choose another title."
    return "A title is given twice: choose another one." if len({*titles}) < len(titles) else ""


def _template(template: str) -> str:
    try:
        check_template(template)
    except Misconfigured as error:
        return error.message
    return ""


def _mail_domains(domains: tuple[str, ...]) -> str:
    wrong = [domain for domain in domains if not _DOMAIN.fullmatch(domain.lower())]
    return f"{wrong[0]} is no domain: write it like example.com." if wrong else ""


def _notify(addresses: tuple[str, ...]) -> str:
    wrong = [address for address in addresses if not is_address(address)]
    return f"{wrong[0]} is no plain e-mail address: write it like office@example.com." if wrong else ""


_RULES: Mapping[str, Callable[[Any], str]] = {
    "name": _name,
    "country": _country,
    "simpler_operator": _operator,
    "simpler_profile": _profile,
    "statuses": _statuses,
    "left_out": _left_out,
    "name_template": _template,
    "rows": _rows,
    "mail_domains": _mail_domains,
    "notify": _notify,
}
"""What is asked of each setting; a rule gives the sentence that is wrong with a value, or nothing."""
