"""Wording: codes in people's words, and times and numbers as people write them."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
from markupsafe import Markup

from shared.domain.model.scope import Scope

FIELD_WORDS = {
    "names": "Name",
    "organizations": "Company",
    "nicknames": "Nickname",
    "phoneNumbers": "Phone",
    "emailAddresses": "E-mail",
    "addresses": "Address",
    "urls": "Link",
    "externalIds": "Customer number",
    "userDefined": "Details",
    "clientData": "Hidden mark",
}

RUN_STATES = {
    "waiting": "Waiting to begin",
    "running": "Running",
    "complete": "Complete",
    "partial": "Not everything done",
    "unfinished": "Continues later",
    "failed": "Failed",
    "superseded": "Taken over by another run",
    "interrupted": "Interrupted",
    "stopped": "Stopped",
}

TONES = {"complete": "good", "failed": "bad", "stopped": "bad", "waiting": "plain", "running": "plain"}
"""The colour of a state; any other state is a warning."""

REMOVAL_WORDS = {
    "left": "No longer a contact, by their status or the settings",
    "gone": "No longer in SIMPLer",
    "outside": "Not one of this account's customers",
    "former": "Their time as a former customer is over",
    "duplicate": "A second contact of the same customer",
    "disconnected": "The account was disconnected",
}

NOTES = {
    "failed": "Failed",
    "refused": "Held back",
    "removed": "Removed",
    "retired": "To former customers",
    "created": "New",
    "restored": "Created again",
    "updated": "Changed",
    "mended": "Corrected",
    "relabelled": "Back in the label",
    "unchanged": "Unchanged",
    "kept": "Kept",
    "skipped": "Cannot be used",
}
"""What is done with a contact, in the order in which it matters; tiles, filters and files say the same."""

RESULTS = {
    "created": "created",
    "updated": "updated",
    "unchanged": "nothing to change",
    "removed": "removed",
    "skipped": "no contact",
    "failed": "failed",
}
"""What became of a customer whose own button was pressed."""

SKIPPED = {
    "no id": "The record has no customer number",
    "id used twice": "Another record has the same customer number",
    "not a record": "It cannot be read as a customer's record",
    "another id": "SIMPLer answered with another customer's record",
    "nothing to show": "It has neither a name nor a number nor an e-mail address",
}

ACTS = {
    "connected": "connected",
    "reconnected": "reconnected",
    "disconnecting": "began to disconnect",
    "disconnected": "disconnected",
    "paused": "paused",
    "resumed": "resumed",
    "scoped": "chose what goes into",
    "restored": "brought back",
    "started": "started",
    "approved": "approved the removals of a preview and started",
    "pressed": "pressed the button of",
    "outage_listed": "listed whom to tell of an outage",
    "dismissed": "dismissed what a user wrote about the customer",
    "key_made": "made a key for SIMPLer's triggers",
    "key_withdrawn": "withdrew the key of SIMPLer's triggers",
    "changed": "changed the settings",
    "set_up": "set this WISP up",
}
"""What somebody did, as the words between who and what."""

SETTINGS = {
    "name": "Name in the label",
    "country": "Country",
    "time_zone": "Time zone",
    "simpler_url": "Address of SIMPLer",
    "simpler_operator": "Operator",
    "simpler_profile": "Profile of SIMPLer",
    "credentials": "API user of SIMPLer",
    "statuses": "Statuses of contacts",
    "left_out": "Records left out",
    "name_template": "Name of a contact",
    "rows": "More rows on a contact",
    "leavers": "Customers who leave",
    "former_days": "Days of former customers",
    "guard_count": "Removals without approval",
    "guard_percent": "Share of removals without approval",
    "mail_domains": "Mail domains of vCards",
    "notify": "Who is mailed",
    "suggestions_weekly": "Weekly mail about suggestions",
}

LEAVERS = {
    "remove": "removed",
    "former": "to the former customers",
    "keep": "kept",
}

STANDINGS = {
    "current": "In Google, up to date",
    "outdated": "In Google, not up to date",
    "unchecked": "In Google, to be looked at",
    "unlabelled": "Out of the label",
    "kept": "In Google, kept",
    "leaving": "In Google, to be removed",
    "retiring": "In Google, to go to the former customers",
    "former": "Among the former customers",
    "returning": "Among the former customers, to come back",
    "missing": "Not in Google yet",
    "unsure": "Not confirmed by Google yet",
    "absent": "Not in Google",
    "outside": "Not held by this account",
    "unknown": "Not known yet",
}

FINDINGS = {
    "phone not read": "Not recognised as a phone number",
    "too many phones": "More phone numbers than a contact can have",
    "country not known": "Not recognised as a country",
    "email not read": "Not recognised as an e-mail address",
    "too many emails": "More e-mail addresses than a contact can have",
    "too long": "Too long for a contact, or too many",
}

_NEAR_DAYS = {-1: "yesterday", 0: "today", 1: "tomorrow"}

_CODE = re.compile(r"^[a-z_]+\.[a-z_]+: ")
"""The stable code before a failure's reason, which is for operators."""

_FIELD = re.compile("|".join(FIELD_WORDS))


def reason(what: str, why: str) -> str:
    """Return in words why something was done with a contact, or was not; `what` is the note's kind."""
    if what in ("removed", "retired", "refused"):
        return named(REMOVAL_WORDS, why)
    if what in ("skipped", "kept"):
        code, separator, position = why.partition(" (")
        return named(SKIPPED, code) + separator + position
    if what == "failed":
        return _CODE.sub("", why)
    return _FIELD.sub(lambda found: FIELD_WORDS[found[0]].lower(), why)


def setting(value: str) -> str:
    """Return a setting's value as people write it; the history has it as JSON, and cuts what is long."""
    try:
        known = msgspec.json.decode(value)
    except msgspec.DecodeError:
        return value
    if isinstance(known, list):
        return ", ".join(map(_entry, known)) or "none"
    if isinstance(known, bool):
        return "yes" if known else "no"
    return LEAVERS.get(known, known) if isinstance(known, str) else str(known)


def scope(chosen: Scope) -> str:
    """Return whom an account holds, as it stands within a sentence."""
    told = chosen.told()
    return f"{told[:1].lower()}{told[1:]}"


def _entry(entry: object) -> str:
    """Return one entry of a setting with several; a rule of records to leave out with its values."""
    if isinstance(entry, dict) and "title" in entry:
        return f"{entry['title']}: {entry.get('member')}"
    if isinstance(entry, dict):
        return f"{entry.get('member')}: {' or '.join(map(str, entry.get('values', ())))}"
    return str(entry)


def named(words: dict[str, str], code: str) -> str:
    """Return a code in words; a code without words as it is."""
    return words.get(code, code)


def tone(state: str) -> str:
    """Return a state's colour: good, bad, plain or warn."""
    return TONES.get(state, "warn")


def local(moment: str | float, time_zone: str) -> str:
    """Return a moment by the clocks of a time zone: "Mon 2 Mar 2026, 05:00".

    Args:
        moment: ISO 8601, or seconds since 1970.
        time_zone: IANA name.
    """
    there = _read(moment).astimezone(ZoneInfo(time_zone))
    return f"{there:%a} {there.day} {there:%b %Y, %H:%M}"


def day_time(moment: str | float, time_zone: str, now: datetime) -> str:
    """Return a moment as people say it: "today 05:00", "yesterday 05:00"; else "Mon 2 Mar, 05:00".

    Args:
        moment: ISO 8601, or seconds since 1970.
        time_zone: IANA name.
        now: The time at which it is read.
    """
    there, here = _read(moment).astimezone(ZoneInfo(time_zone)), now.astimezone(ZoneInfo(time_zone))
    if day := _NEAR_DAYS.get((there.date() - here.date()).days):
        return f"{day} {there:%H:%M}"
    year = "" if there.year == here.year else f" {there.year}"
    return f"{there:%a} {there.day} {there:%b}{year}, {there:%H:%M}"


def day(moment: str, time_zone: str, now: datetime) -> str:
    """Return the day of a moment as a heading: "Today", "Yesterday", "Mon 2 Mar 2026"."""
    there, here = _read(moment).astimezone(ZoneInfo(time_zone)), now.astimezone(ZoneInfo(time_zone))
    near = _NEAR_DAYS.get((there.date() - here.date()).days, "")
    return near.capitalize() or f"{there:%a} {there.day} {there:%b %Y}"


def clock(moment: str | float, time_zone: str, *, seconds: bool = False) -> str:
    """Return a moment's time of day: "05:00", or "05:00:12"."""
    there = _read(moment).astimezone(ZoneInfo(time_zone))
    return f"{there:%H:%M:%S}" if seconds else f"{there:%H:%M}"


def iso(moment: str | float) -> str:
    """Return a moment for programs, in ISO 8601."""
    return _read(moment).isoformat(timespec="seconds")


def number(count: int) -> str:
    """Return a number with commas between thousands."""
    return f"{count:,}"


def many(count: int, one: str, more: str = "") -> str:
    """Return a count with its noun: "1 contact", "2 contacts"."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def who(by: str, reader: str) -> str:
    """Return who did something; "you" where it is the reader, by their address, whatever their name was."""
    address = by.rpartition(" (")[2].removesuffix(")")
    return "you" if reader in (by, address) else by


def named_alone(by: str) -> str:
    """Return the name of who did something, without the address, where there is little room."""
    return by.rpartition(" (")[0] or by


def address(email: str) -> Markup:
    """Return an e-mail address for a page, which breaks it behind the "@" where it must."""
    return Markup("@<wbr>").join(email.split("@"))


def _read(moment: str | float) -> datetime:
    if isinstance(moment, str):
        return datetime.fromisoformat(moment)
    return datetime.fromtimestamp(moment, UTC)
