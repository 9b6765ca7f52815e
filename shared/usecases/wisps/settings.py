"""Settings of a wisp: read, checked and saved; by SIMPLer's backend and by the operator alike.

Nothing counts before SIMPLer was called with it and gave contacts. A change names the revision that it was
made from, so of two who change at once the second is told. Credentials are written before the settings, in a
form that serves the settings before and after (`shared.domain.model.credentials`): a crash at any point
leaves a wisp that works (docs/adr/0025).
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import msgspec

from shared.domain.model.credentials import Credentials, is_same, read_credentials
from shared.domain.model.schedule import by_its_clocks
from shared.domain.model.wisp import Wisp, WispSettings
from shared.domain.model.wisp_history import Changed, History, SettingChange, differences, revision
from shared.errors import LeaseLost, Misconfigured, RetryLater
from shared.events import Event, log
from shared.replace import replace
from shared.usecases.base.account_changes import one_at_a_time
from shared.usecases.base.documents import (
    find_wisp,
    history_put,
    is_id,
    load_history,
    load_wisp,
    wisp_put,
)
from shared.usecases.base.services import Services
from shared.usecases.wisps.effect import Effect
from shared.usecases.wisps.rules import INVALID, Flaw, flaws_of
from shared.usecases.wisps.trial import Found, Trial, try_simpler
from shared.usecases.wisps.trigger_key import KnownKey, known_key

NEEDED = Wisp.__struct_fields__[: -len(Wisp.__struct_defaults__)]
"""What a wisp must have; our own, ``id`` and ``simpler_secret``, included."""


_TOO_LATE = "The settings could not be saved in time, and are as they were. Please try again."


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants a wisp's settings to be.

    Attributes:
        wisp: The wisp's id; a new one sets a wisp up.
        by: Who, in words that others may read.
        settings: Those that are to change.
        credentials: New ones; None: as they are.
        revision: Of the settings that this was made from; empty for a new wisp.
    """

    wisp: str
    by: str
    settings: WispSettings
    credentials: Credentials | None = field(default=None, repr=False)
    revision: str = ""


class Known(msgspec.Struct, frozen=True):
    """A wisp's settings as they are.

    Attributes:
        wisp: The wisp's id.
        revision: What a change has to name.
        settings: All of them.
        changes: The last changes, newest first.
        trigger_key: What is known of the key of SIMPLer's triggers; None if there is none.
    """

    wisp: str
    revision: str
    settings: WispSettings
    changes: tuple[SettingChange, ...]
    trigger_key: KnownKey | None


class Checked(msgspec.Struct, frozen=True):
    """What came of a wish.

    Attributes:
        wisp: The wisp's id.
        revision: What the next change has to name; empty when there is no such wisp.
        saved: Whether this counts now.
        changed: What is, or would be, other than it was.
        flaws: What is wrong; nothing is saved while there is anything.
        found: What SIMPLer gave; None when it was not called, or gave nothing.
        effects: What the next run would do in each account, where nothing is wrong.
    """

    wisp: str
    revision: str
    saved: bool
    changed: tuple[Changed, ...]
    flaws: tuple[Flaw, ...]
    found: Found | None
    effects: tuple[Effect, ...] = ()


def read_settings(services: Services, wisp_id: str) -> Known:
    """Tell a wisp's settings, without any credentials.

    Raises:
        Misconfigured: There is no such wisp.
    """
    wisp, history = load_wisp(services.state, wisp_id), load_history(services.state, wisp_id)
    settings, key = WispSettings.of(wisp), known_key(services, wisp.id)
    return Known(wisp.id, revision(wisp, history), settings, history.changes, trigger_key=key)


def check_settings(services: Services, wish: Wish) -> Checked:
    """Tell what is wrong with a wish, and what SIMPLer gives by it; nothing changes.

    Raises:
        RetryLater: The database or the secret store cannot be reached.
    """
    before, at = _stored(services, wish.wisp)
    wisp, flaws, trial = _tried(services, wish, before)
    changed = _changed(before, wisp, wish)
    return _checked(wish, at, changed, flaws, trial=trial)


def save_settings(services: Services, wish: Wish) -> Checked:
    """Check a wish, and let it count if nothing is wrong with it.

    Raises:
        Misconfigured: The settings are no longer those that the wish was made from.
        RetryLater: Somebody else changes the wisp; or the database or the secret store cannot be reached, and
            it may have been saved all the same.
    """
    before, at = _stored(services, wish.wisp)
    _agree(services, wish, before, at)
    wisp, flaws, trial = _tried(services, wish, before)
    changed = _changed(before, wisp, wish)
    if wisp is None or flaws or not changed:
        return replace(_checked(wish, at, changed, flaws, trial=trial), saved=not flaws)
    try:
        history = _save(services, wish, before, wisp=wisp, changed=changed)
    except LeaseLost as lost:  # nothing but the credentials was written, and they serve what there is
        raise RetryLater("account.busy", lost.message, _TOO_LATE, after=60) from lost
    names = [each.setting for each in changed]
    log(Event.WISP_CHANGED, "a wisp's settings were changed", wisp=wisp.id, by=wish.by, settings=names)
    return replace(_checked(wish, revision(wisp, history), changed, (), trial=trial), saved=True)


def _checked(
    wish: Wish, at: str, changed: tuple[Changed, ...], flaws: tuple[Flaw, ...], trial: Trial
) -> Checked:
    return Checked(
        wish.wisp,
        at,
        saved=False,
        changed=changed,
        flaws=flaws,
        found=trial.found,
        effects=trial.effects,
    )


def _save(
    services: Services, wish: Wish, before: Wisp | None, wisp: Wisp, changed: tuple[Changed, ...]
) -> History:
    """Write credentials, then settings with their history, while nobody else does; raise `LeaseLost` too."""
    with one_at_a_time(services, wisp.id, wish.by) as held_lease:
        _agree(services, wish, *_stored(services, wish.wisp))
        if wish.credentials:
            _keep_credentials(services, before, wisp, wish.credentials)
        change = SettingChange(services.clock.now().isoformat(timespec="seconds"), wish.by, changed)
        history = load_history(services.state, wisp.id).with_change(change)
        held_lease.write(wisp_put(wisp), history_put(wisp.id, history))
        if wish.credentials and _moves(before, wisp):
            with suppress(RetryLater):  # those of the address before stay a while longer; nobody sends them
                _drop_former(services, wisp, wish.credentials)
    return history


def _stored(services: Services, wisp_id: str) -> tuple[Wisp | None, str]:
    """The settings as they are, with their revision; it is empty where there are none."""
    before = find_wisp(services.state, wisp_id)
    return before, revision(before, load_history(services.state, wisp_id)) if before else ""


def _agree(services: Services, wish: Wish, before: Wisp | None, at: str) -> None:
    if wish.revision == at:
        return
    who = _who(services, before) if before else "There are none"
    raise Misconfigured(
        "settings.changed",
        f"the settings of {wish.wisp[:64]!r} are not those of the revision {wish.revision[:64]!r}",
        f"The settings are not those that were read: {who}. Please read them again, and then change them.",
    )


def _who(services: Services, wisp: Wisp) -> str:
    """Say who changed a wisp's settings last, and when by its own clocks."""
    last = next(iter(load_history(services.state, wisp.id).changes), None)
    return (
        f"{last.by} changed them on {by_its_clocks(last.at, wisp.time_zone)}" if last else "They are set up"
    )


def _tried(
    services: Services, wish: Wish, before: Wisp | None
) -> tuple[Wisp | None, tuple[Flaw, ...], Trial]:
    """The wisp as it would be, what is wrong with it, and what SIMPLer gives when nothing is so far."""
    nothing = Trial(None)
    if missing := tuple(_missing(wish, before)):
        return None, missing, nothing
    wisp = _after(services, wish, before)
    flaws = tuple(flaws_of(wisp, services.clock.now()))
    credentials = _credentials(services, wish, before, wisp)
    if isinstance(credentials, Flaw):
        flaws = (*flaws, credentials)
    if flaws or isinstance(credentials, Flaw):
        return wisp, flaws, nothing
    trial = try_simpler(services, wisp, credentials)
    return wisp, (trial.flaw,) if trial.flaw else (), trial


def _missing(wish: Wish, before: Wisp | None) -> Iterator[Flaw]:
    if before is None:
        if not is_id(wish.wisp):
            yield Flaw("wisp", INVALID, "A WISP's id has 1 to 64 letters, digits, hyphens and underscores.")
        for name in NEEDED:
            if name in WispSettings.__struct_fields__ and name not in wish.settings.given():
                yield Flaw(name, INVALID, f"A new WISP needs its {name}.")


def _after(services: Services, wish: Wish, before: Wisp | None) -> Wisp:
    given = wish.settings.given()
    if before is None:
        return Wisp(id=wish.wisp, simpler_secret=f"simpler-{wish.wisp}", **given)
    own = _own_secret(services, before) if wish.credentials else before.simpler_secret
    return replace(before, **given, simpler_secret=own)


def _own_secret(services: Services, wisp: Wisp) -> str:
    """The secret's name, another one where other wisps have the same: theirs are not to change."""
    same = services.state.find("wisps", where={"simpler_secret": wisp.simpler_secret})
    if all(id_ == wisp.id for id_, _ in same):
        return wisp.simpler_secret
    own = f"simpler-{wisp.id}"
    return own if own != wisp.simpler_secret else f"{own}-own"


def _credentials(services: Services, wish: Wish, before: Wisp | None, wisp: Wisp) -> Credentials | Flaw:
    """What SIMPLer is called with. What is stored goes to no other address than it was stored for."""
    if wish.credentials:
        return wish.credentials
    if before is None:
        return Flaw("credentials", INVALID, "A new WISP needs the API user and password of its SIMPLer.")
    if _moves(before, wisp):
        sentence = (
            "Another address needs its API user and password: those that are stored are not sent there."
        )
        return Flaw("credentials", INVALID, sentence)
    try:
        return _known_credentials(services, before)
    except Misconfigured as error:
        return Flaw("credentials", error.reason, "There are no credentials that can be used: give them anew.")


def _moves(before: Wisp | None, wisp: Wisp) -> bool:
    return before is not None and not is_same(before.simpler_url, wisp.simpler_url)


def _known_credentials(services: Services, wisp: Wisp) -> Credentials:
    return read_credentials(services.secrets.get(wisp.simpler_secret), wisp.simpler_secret, wisp.simpler_url)


def _keep_credentials(services: Services, before: Wisp | None, wisp: Wisp, new: Credentials) -> None:
    """Store new credentials such that whoever has the settings before finds theirs, too."""
    former = None
    if before is not None and _moves(before, wisp) and before.simpler_secret == wisp.simpler_secret:
        with suppress(Misconfigured):  # there are none that could be used
            known = _known_credentials(services, before)
            former = Credentials(known.api_username, known.api_password, before.simpler_url)
    services.secrets.put(wisp.simpler_secret, replace(new, address=wisp.simpler_url, former=former).text)


def _drop_former(services: Services, wisp: Wisp, new: Credentials) -> None:
    services.secrets.put(wisp.simpler_secret, replace(new, address=wisp.simpler_url).text)


def _changed(before: Wisp | None, wisp: Wisp | None, wish: Wish) -> tuple[Changed, ...]:
    found = differences(before, wisp) if wisp else ()
    return (*found, Changed("credentials")) if wish.credentials else found
