"""Settings: what a WISP's staff choose themselves; each change shows what it does before it counts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from flask import Response, make_response, request

from functions.console.pages import notice
from functions.console.pages.notice import Notice
from functions.console.pages.wording import SETTINGS, named
from functions.console.web.render import on_to, render
from functions.console.web.visit import Visit
from shared.domain.contact.name import FIELDS
from shared.domain.model.wisp import LeftOut, ShownRow, WispSettings
from shared.errors import Misconfigured
from shared.replace import replace
from shared.typed import from_plain
from shared.usecases.wisps.effect import Effect
from shared.usecases.wisps.settings import Checked, Wish, check_settings, read_settings, save_settings
from shared.usecases.wisps.trigger_key import make_key, withdraw_key

MOST_CHANGES_SHOWN = 10

OCTETS = 3_000
"""Octets of those who would be new in all accounts, of those who would leave, and of the other accounts."""

MOST_APART = 8
"""Accounts in which different things would be done that have a section; the others have a line."""

_LINES = ("statuses", "notify")
_NUMBERS = ("former_days", "guard_count", "guard_percent")
_TEXTS = ("name_template", "leavers")
_CHOICES = ("suggestions_weekly",)
STAFFS = (*_LINES, "left_out", "rows", *_NUMBERS, *_TEXTS, *_CHOICES)
"""The settings that the page changes; the others are SIMPLer's backend's and the operator's."""

_DIGITS = 9
"""Digits of a number that is read as one: far more than any setting takes."""

ASKED = {
    "statuses": "Name at least one status, and at most 50, one a line, each of at most 100 characters.",
    "left_out": "Write each rule as MEMBER: VALUE, VALUE, one a line. There are at most 20 rules of 50"
    " values; a member or a value has at most 100 characters.",
    "name_template": "Write a name of at most 500 characters, with fields in braces, such as {name} #{id}.",
    "rows": "Write each row as TITLE: MEMBER, one a line. There are at most 10 rows; a title has at most"
    " 50 characters, and a member 100.",
    "leavers": "Choose one of the three.",
    "former_days": "Write a whole number from 1 to 365.",
    "guard_count": "Write a whole number from 0 to 1000.",
    "guard_percent": "Write a whole number from 0 to 50.",
    "notify": "Name at most 20 mail addresses, one a line, each of at most 254 characters.",
}
"""What can be typed for each setting, where that is not of its type (`WispSettings`)."""


class _Proposal(msgspec.Struct, frozen=True):
    """What somebody has typed.

    Attributes:
        form: As typed, by setting.
        revision: Of the settings that it was made from.
        wish: What it asks for; None where it cannot be read.
        flaws: What cannot be read of it: a sentence by setting.
    """

    form: Mapping[str, str]
    revision: str
    wish: Wish | None
    flaws: Mapping[str, str]


def show(visit: Visit) -> Response:
    """Show the settings as they are, with the last changes."""
    return _page(visit)


def propose(visit: Visit) -> Response:
    """Show what the settings that were typed would do; save them once somebody has seen that."""
    proposal = _read(visit)
    if proposal.wish is None:
        return _page(visit, proposal, proposal.flaws)
    try:
        if "save" in request.form:
            checked = save_settings(visit.services, proposal.wish)
        else:
            checked = check_settings(visit.services, proposal.wish)
    except Misconfigured as changed:
        if changed.reason != "settings.changed":
            raise
        return _page(visit, shown=Notice(changed.user_message, "warn"))
    if checked.flaws:
        flaws = {flaw.setting: flaw.message for flaw in checked.flaws}
        return _page(visit, proposal, flaws)
    if checked.saved or not checked.changed:
        return _done(visit, checked)
    effects = _alike(checked.effects)
    return make_response(
        render(
            "settings_effect.html",
            visit,
            form=proposal.form,
            checked=checked,
            effects=effects,
            octets=OCTETS // max(1, min(len(effects), MOST_APART)),
            apart=MOST_APART,
            further_octets=OCTETS,
            revision=proposal.revision,
        )
    )


def _alike(effects: Iterable[Effect]) -> Sequence[tuple[Effect, list[str]]]:
    """Put together the accounts in which the same would be done; each that is paused stays apart."""
    found: dict[Effect, tuple[Effect, list[str]]] = {}
    for effect in sorted(effects, key=lambda each: each.email):
        same = effect if effect.paused else replace(effect, account="", email="")
        found.setdefault(same, (effect, []))[1].append(effect.email)
    return list(found.values())


def trigger(visit: Visit) -> Response:
    """Make the key with which SIMPLer's triggers call, and show it this once; or withdraw it."""
    by = visit.session.user.told
    if "withdraw" in request.form:
        withdraw_key(visit.services, visit.wisp.id, by)
        response = on_to("settings")
        notice.leave(response, visit, Notice("The key is withdrawn. Contacts are current each morning."))
        return response
    made = make_key(visit.services, visit.wisp.id, by)
    return _page(visit, key=made.key)


def _done(visit: Visit, checked: Checked) -> Response:
    response = on_to("settings")
    changed = ", ".join(named(SETTINGS, each.setting).lower() for each in checked.changed)
    said = f"Saved: {changed}. It counts from the next run on." if changed else "Nothing was changed."
    notice.leave(response, visit, Notice(said))
    return response


def _page(
    visit: Visit,
    proposal: _Proposal | None = None,
    flaws: Mapping[str, str] | None = None,
    *,
    shown: Notice | None = None,
    key: str = "",
) -> Response:
    known = read_settings(visit.services, visit.wisp.id)
    html = render(
        "settings.html",
        visit,
        form=proposal.form if proposal else _typed(known.settings),
        revision=proposal.revision if proposal else known.revision,
        flaws=flaws or {},
        others={name: text for name, text in (flaws or {}).items() if name not in STAFFS},
        changes=known.changes[:MOST_CHANGES_SHOWN],
        trigger=known.trigger_key,
        key=key,
        fields=FIELDS,
        notice=shown or notice.left(request, visit),
    )
    response = make_response(html, 422 if flaws else 200)
    notice.clear(response, visit)
    return response


def _typed(settings: WispSettings) -> dict[str, str]:
    """Return settings as the form has them."""
    given = settings.given()
    left_out: tuple[LeftOut, ...] = given["left_out"]
    lines = {name: "\n".join(given[name]) for name in _LINES}
    rules = "\n".join(f"{rule.member}: {', '.join(rule.values)}" for rule in left_out)
    shown: tuple[ShownRow, ...] = given["rows"]
    rows = "\n".join(f"{row.title}: {row.member}" for row in shown)
    texts = {name: str(given[name]) for name in (*_NUMBERS, *_TEXTS)}
    choices = {name: "yes" if given[name] else "" for name in _CHOICES}
    return lines | {"left_out": rules, "rows": rows} | texts | choices


def _read(visit: Visit) -> _Proposal:
    """Read what was typed; a value of the wrong kind is told beside its setting."""
    form = {name: request.form.get(name, "") for name in STAFFS}
    revision = request.form.get("revision", "")
    given: dict[str, Any] = {name: _lines(form[name]) for name in _LINES}
    given |= {name: _number(form[name].strip()) for name in _NUMBERS}
    given |= {name: form[name].strip() for name in _TEXTS}
    given |= {name: bool(form[name]) for name in _CHOICES}
    given |= {"left_out": _rules(form["left_out"]), "rows": _rows(form["rows"])}
    if flaws := {name: ASKED[name] for name, value in given.items() if not _is_possible(name, value)}:
        return _Proposal(form, revision, None, flaws)
    settings = from_plain(given, WispSettings)
    wish = Wish(visit.wisp.id, visit.session.user.told, settings, revision=revision[:100])
    return _Proposal(form, revision, wish, {})


def _is_possible(name: str, value: object) -> bool:
    """Return whether a value is of its setting's type."""
    try:
        from_plain({name: value}, WispSettings)
    except msgspec.ValidationError:
        return False
    return True


def _number(text: str) -> int | str:
    """Return a number as one; what is none, or has more digits than Python reads, stays a text."""
    return int(text) if text.isdecimal() and len(text) <= _DIGITS else text


def _lines(text: str) -> list[str]:
    return [line for line in map(str.strip, text.splitlines()) if line]


def _rules(text: str) -> list[dict[str, Any]]:
    """Read a rule from each line: ``MEMBER: VALUE, VALUE``."""
    parted = (line.partition(":") for line in _lines(text))
    return [
        {"member": member.strip(), "values": [value for value in map(str.strip, values.split(",")) if value]}
        for member, _, values in parted
    ]


def _rows(text: str) -> list[dict[str, str]]:
    """Read a row from each line: ``TITLE: MEMBER``, or ``TITLE: LATITUDE, LONGITUDE``."""
    parted = (line.rpartition(":") for line in _lines(text))
    return [{"title": title.strip(), "member": member.strip()} for title, _, member in parted]
