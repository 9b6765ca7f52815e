"""Kept preview: one preview of a wisp at a time, made by a task, for everybody who asks meanwhile.

Whoever asks first takes the preview's lease and enqueues the task (`preview_task`); the others wait for the
same one, and read what it came to. So nobody who waits for it reads SIMPLer or Google, and one wisp's slow
SIMPLer takes no place from the previews of others.
"""

import base64
import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

import msgspec

from shared.domain.model.account import Account
from shared.domain.model.preview import Preview
from shared.domain.model.wisp import Wisp
from shared.errors import LeaseHeld, Misconfigured, RetryLater, StopRun, Trouble
from shared.ports import MOST_WRITES, Drop, Put, StateStore, Task
from shared.replace import replace
from shared.typed import from_json
from shared.usecases.base.documents import (
    accounts_of,
    from_document,
    is_id,
    load_wisp,
    readable,
    to_document,
)
from shared.usecases.base.leases import WAITING_DEADLINE, new_claim
from shared.usecases.base.services import Services

FRESH = 60.0
"""Seconds for which a preview is shown to others too, while nothing that it rests on has changed."""

FOLLOWED = 15.0
"""Seconds after its end in which whoever waited for a preview comes for it, whatever changed meanwhile."""

PREVIEW_KEPT = timedelta(minutes=10)
"""The time after which the database may delete a preview; the next one deletes it earlier."""

_NOBODY_WAITS = timedelta(minutes=5)
"""The age of a preview for which nobody waits any more: see `WAITING_DEADLINE`."""

_MOST_DROPS = MOST_WRITES - 1
"""Old documents that go with one write; further ones go with the next."""

HOLDER = "a preview"
"""Who holds the lease: a preview serves many, so nobody's name stands in it."""

_HANDOVER = 120.0
"""Seconds in which the task must begin; after that somebody else may ask for another preview."""

_LOOKS = (0.1, 0.2, 0.4, 0.8, 1.0)
"""Seconds between two looks whether a preview is made; the last one goes on."""

_PART = 700_000
"""Characters of a part's document: Firestore takes 1 MiB ("Quotas and limits", Firestore documentation)."""

_LONGEST_ID = 40
"""Characters of a preview's id: its kind, a time, and eight letters."""

_LEVEL = 3
"""zlib's third level: previews are read some times, and kept for minutes."""


class KeptPreview(msgspec.Struct, frozen=True):
    """A preview that somebody asked for.

    Attributes:
        id: Its id, which is that of its lease's claim.
        started: When it was asked for, ISO 8601, UTC.
        rests_on: A digest of our documents that it rests on, read before anything else.
        state: Whether it is being made, is ready, or has failed.
        ended: When it was ready or failed, ISO 8601, UTC; empty until then.
        listed: How many records SIMPLer listed; 0 until that is known.
        contacts: How many customers are compared with Google; 0 until that is known.
        accounts: With how many accounts.
        parts: How many documents hold it.
        kind: Why it failed: the error's class, by what one does about it.
        code: The error's code.
        message: The error for the operator.
        reason: The error for people.
        after: Seconds after which another try is worthwhile; 0 when unknown.
    """

    id: str
    started: str
    rests_on: str
    state: Literal["making", "ready", "failed"] = "making"
    ended: str = ""
    listed: int = 0
    contacts: int = 0
    accounts: int = 0
    parts: int = 0
    kind: Literal["", "RetryLater", "StopRun", "Misconfigured"] = ""
    code: str = ""
    message: str = ""
    reason: str = ""
    after: float = 0

    def failure(self) -> Trouble:
        """Return the error that it failed with."""
        match self.kind:
            case "RetryLater":
                return RetryLater(self.code, self.message, self.reason, after=self.after)
            case "Misconfigured":
                return Misconfigured(self.code, self.message, self.reason)
            case _:
                return StopRun(self.code, self.message, self.reason)


class Part(msgspec.Struct, frozen=True):
    """A part of a preview: of its JSON, compressed, as base64."""

    packed: str


class Asked(msgspec.Struct, frozen=True):
    """What became of asking for a preview.

    Attributes:
        preview: The one to wait for, or to show.
        suits: It rests on what is recorded now; otherwise somebody asked for it before that changed, and it
            may show what was.
    """

    preview: KeptPreview
    suits: bool


def ask(services: Services, wisp_id: str, *, anew: bool = False) -> Asked:
    """Ask for a preview: return one that is ready, one that is being made, or have one made.

    Args:
        services: The ports.
        wisp_id: The wisp's id.
        anew: Take none that is ready.

    Raises:
        Misconfigured: The wisp does not exist, or has no account.
        RetryLater: The task could not be enqueued, or the database cannot be reached.
    """
    wisp = load_wisp(services.state, wisp_id)
    rests_on = _rests_on(services.state, wisp, accounts_of(services.state, wisp))
    if not anew and (good := _good(services, wisp.id, rests_on)):
        return Asked(good, suits=True)
    claim = new_claim(services, "preview", HOLDER)
    made = KeptPreview(claim.run, services.clock.now().isoformat(), rests_on)
    try:
        lease = services.leases.acquire(lease_of_preview(wisp.id), claim, _HANDOVER)
    except LeaseHeld as held:
        # Without its document it has its lease since a moment ago.
        present = load(services.state, wisp.id, held.run) or KeptPreview(held.run, made.started, "")
        return Asked(present, suits=present.rests_on == rests_on)
    if not anew and (good := _good(services, wisp.id, rests_on)):  # somebody was quicker
        services.leases.release(lease)
        return Asked(good, suits=True)
    try:
        services.state.write(kept_put(services, wisp.id, made), *_old(services, wisp.id), fence=lease)
        body = {"wisp": wisp.id, "preview": made.id, "owner": claim.owner, "token": lease.token}
        services.tasks.enqueue(Task("make_preview", body, urgent=True))
    except Trouble:
        services.leases.release(lease)
        raise
    return Asked(made, suits=True)


def wait_for(services: Services, wisp_id: str) -> KeptPreview:
    """Return a preview of the wisp as it is now, as soon as it is ready.

    Raises:
        StopRun: SIMPLer's list cannot be read.
        Misconfigured: The wisp does not exist, or has no account.
        RetryLater: It is not ready in time.
    """
    end = services.clock.monotonic() + WAITING_DEADLINE
    asked = ask(services, wisp_id)
    preview = until_ended(services, wisp_id, asked.preview, end)
    while preview.state == "making" or not asked.suits:
        if services.clock.monotonic() >= end:
            raise RetryLater(
                "preview.waiting",
                f"the preview {preview.id} is not ready after {WAITING_DEADLINE:.0f} seconds",
                "The preview takes longer than usual. Please ask for it again in a few minutes.",
                after=60,
            )
        # Whichever comes now was begun after we asked, so it rests on nothing older.
        asked = replace(ask(services, wisp_id), suits=True)
        preview = until_ended(services, wisp_id, asked.preview, end)
    if preview.state == "failed":
        raise preview.failure()
    return preview


def until_ended(services: Services, wisp_id: str, preview: KeptPreview, end: float) -> KeptPreview:
    """Wait until a preview has ended or nobody makes it; no longer than to `end` (`Clock.monotonic`)."""
    looks = iter(_LOOKS)
    pause = 0.0
    while preview.state == "making" and services.clock.monotonic() < end:
        if not _is_being_made(services, wisp_id, preview.id):
            return load(services.state, wisp_id, preview.id) or preview
        pause = next(looks, pause)
        services.clock.sleep(pause)
        preview = load(services.state, wisp_id, preview.id) or preview
    return preview


def follow(services: Services, wisp_id: str, preview_id: str) -> KeptPreview | None:
    """Return a preview for whoever was told of its id; None if they should ask for another."""
    preview = load(services.state, wisp_id, preview_id)
    if preview is None:
        return None
    if preview.state == "making":
        return preview if _is_being_made(services, wisp_id, preview.id) else None
    return preview if _age(services, preview) <= FOLLOWED else None


def content(state: StateStore, wisp_id: str, preview: KeptPreview) -> bytes:
    """Return a preview that is ready, as JSON of `Preview`.

    Raises:
        RetryLater: It was deleted a moment ago.
    """
    path = _path(wisp_id, preview.id)
    found = [state.get(f"{path}/parts/{number:02}") for number in range(preview.parts)]
    packed = "".join(from_document(part, Part, path).packed for part in found if part is not None)
    try:
        return zlib.decompress(base64.b64decode(packed))
    except (ValueError, zlib.error) as error:
        raise RetryLater(
            "preview.gone", f"the preview {preview.id} is not kept any more", "Please open the preview again."
        ) from error


def parts_of(wisp_id: str, preview: KeptPreview, made: Preview, expires: datetime) -> list[Put]:
    """Return the writes that keep what a preview shows."""
    packed = base64.b64encode(zlib.compress(msgspec.json.encode(made), _LEVEL)).decode()
    texts = [packed[at : at + _PART] for at in range(0, len(packed), _PART)]
    path = _path(wisp_id, preview.id)
    return [
        Put(f"{path}/parts/{number:02}", to_document(Part(text)), expires)
        for number, text in enumerate(texts)
    ]


def kept_put(services: Services, wisp_id: str, preview: KeptPreview) -> Put:
    """Return the write that stores how far a preview is."""
    expires = services.clock.now() + PREVIEW_KEPT
    return Put(_path(wisp_id, preview.id), to_document(preview), expires)


def load(state: StateStore, wisp_id: str, preview_id: str) -> KeptPreview | None:
    """Return what is known of a preview; None if there is none of that id."""
    path = _path(wisp_id, preview_id)
    document = state.get(path) if is_id(preview_id, _LONGEST_ID) else None
    return from_document(document, KeptPreview, path) if document else None


def lease_of_preview(wisp_id: str) -> str:
    """Return the name of the lease that allows one preview per wisp."""
    return f"preview-{wisp_id}"


def as_preview(data: bytes) -> Preview:
    """Return the JSON of a preview as a typed value."""
    return from_json(data, Preview)


def _path(wisp_id: str, preview_id: str) -> str:
    return f"wisps/{wisp_id}/previews/{preview_id}"


def _rests_on(state: StateStore, wisp: Wisp, accounts: Sequence[Account]) -> str:
    """Return a digest of what a preview rests on, as far as it is ours.

    The settings and the accounts, the last run, what SIMPLer's list was like, and the heads of the ledgers,
    which every write to Google changes.
    """
    runs = [(id_, run.get("state")) for id_, run in state.find(f"wisps/{wisp.id}/runs", newest=1)]
    believed = state.get(f"wisps/{wisp.id}/believed/list")
    heads = [state.get(f"ledgers/{account.id}") for account in accounts]
    known = [to_document(wisp), [to_document(account) for account in accounts], runs, believed, heads]
    return sha256(msgspec.json.encode(known, order="deterministic")).hexdigest()


def _good(services: Services, wisp_id: str, rests_on: str) -> KeptPreview | None:
    """Return the newest preview if it is ready, fresh, and rests on what is recorded now."""
    for preview in _known(services.state, wisp_id, newest=1):
        if (preview.state, preview.rests_on) == ("ready", rests_on) and _age(services, preview) <= FRESH:
            return preview
    return None


def _old(services: Services, wisp_id: str) -> list[Drop]:
    """Return the writes that delete the previews for which nobody can be waiting any more."""
    known = _known(services.state, wisp_id)
    begun_before = (services.clock.now() - _NOBODY_WAITS).isoformat()
    paths = [(_path(wisp_id, each.id), each.parts) for each in known if each.started < begun_before]
    parts = [Drop(f"{path}/parts/{number:02}") for path, count in paths for number in range(count)]
    return [*parts, *(Drop(path) for path, _ in paths)][:_MOST_DROPS]


def _known(state: StateStore, wisp_id: str, newest: int | None = None) -> Sequence[KeptPreview]:
    path = f"wisps/{wisp_id}/previews"
    return list(readable(state.find(path, newest=newest), KeptPreview, path)[0].values())


def _age(services: Services, preview: KeptPreview) -> float:
    """Return for how many seconds a preview that has ended shows what was."""
    return (services.clock.now() - datetime.fromisoformat(preview.ended)).total_seconds()


def _is_being_made(services: Services, wisp_id: str, preview_id: str) -> bool:
    lease, now = services.leases.look(lease_of_preview(wisp_id))
    if lease is None or lease.claim is None or lease.is_free(now):
        return False
    return lease.claim.run == preview_id
