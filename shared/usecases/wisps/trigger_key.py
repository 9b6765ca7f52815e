"""Trigger key of a wisp: made, shown once, withdrawn, and asked for by SIMPLer's trigger."""

import msgspec

from shared.domain.model.act import Act
from shared.domain.model.trigger_key import KeyUse, TriggerKey, new_key
from shared.errors import Denied
from shared.events import Event, log
from shared.ports import Drop, Put
from shared.usecases.base.documents import act_put, from_document, is_id, load_wisp, to_document
from shared.usecases.base.services import Services

_WRONG = (
    "There is no such WISP, or the key is not its key. Make a new one on the WISP's page Google Contacts."
)


class KnownKey(msgspec.Struct, frozen=True):
    """What may be told of a key.

    Attributes:
        made: When it was made, ISO 8601, UTC.
        by: Who had it made.
        used: The hour in which it was last used, ISO 8601, UTC; or empty.
    """

    made: str
    by: str
    used: str


class NewKey(msgspec.Struct, frozen=True):
    """A key, which is told this once.

    Attributes:
        wisp: The wisp's id.
        key: What the trigger has to send.
    """

    wisp: str
    key: str


def known_key(services: Services, wisp: str) -> KnownKey | None:
    """Return what may be told of a wisp's key; None if it has none."""
    kept = _kept(services, wisp)
    if kept is None:
        return None
    path = _use_path(wisp)
    document = services.state.get(path)
    use = from_document(document, KeyUse, path) if document else None
    return KnownKey(kept.made, kept.by, use.hour if use and use.digest == kept.digest else "")


def make_key(services: Services, wisp_id: str, by: str) -> NewKey:
    """Make a wisp's key; the one before counts no longer.

    Raises:
        Misconfigured: There is no such wisp.
    """
    wisp = load_wisp(services.state, wisp_id)
    (key, digest), now = new_key(), services.clock.now()
    kept = TriggerKey(digest, now.isoformat(timespec="seconds"), by)
    replaces = "The one before counts no longer." if _kept(services, wisp.id) else ""
    act = act_put(wisp.id, now, Act(now.isoformat(), by, "key_made", detail=replaces))
    services.state.write(Put(_path(wisp.id), to_document(kept)), act)
    log(Event.WISP_CHANGED, "a new trigger key was made", wisp=wisp.id, by=by, settings=["trigger_key"])
    return NewKey(wisp.id, key)


def withdraw_key(services: Services, wisp_id: str, by: str) -> None:
    """Have a wisp's key count no longer; do nothing if it has none.

    Raises:
        Misconfigured: There is no such wisp.
    """
    wisp = load_wisp(services.state, wisp_id)
    if _kept(services, wisp.id) is None:
        return
    now = services.clock.now()
    act = act_put(wisp.id, now, Act(now.isoformat(), by, "key_withdrawn"))
    services.state.write(Drop(_path(wisp.id)), Drop(_use_path(wisp.id)), act)
    log(Event.WISP_CHANGED, "the trigger key was withdrawn", wisp=wisp.id, by=by, settings=["trigger_key"])


def check_key(services: Services, wisp: str, key: str) -> None:
    """Refuse whoever does not have the wisp's key; note the hour of its use.

    Raises:
        Denied: It is another key, or the wisp has none, or does not exist; which of them is not told.
    """
    known = _kept(services, wisp) if is_id(wisp) else None
    if known is None or not known.fits(key):
        raise Denied("trigger.key", "a trigger was called with a key that is not the WISP's", _WRONG)
    hour = services.clock.now().replace(minute=0, second=0, microsecond=0).isoformat(timespec="seconds")
    use = to_document(KeyUse(known.digest, hour))
    if services.state.get(_use_path(wisp)) != use:
        services.state.write(Put(_use_path(wisp), use))


def _kept(services: Services, wisp: str) -> TriggerKey | None:
    path = _path(wisp)
    document = services.state.get(path)
    return from_document(document, TriggerKey, path) if document else None


def _path(wisp: str) -> str:
    return f"wisps/{wisp}/trigger/key"


def _use_path(wisp: str) -> str:
    return f"wisps/{wisp}/trigger/use"
