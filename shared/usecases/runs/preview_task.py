"""Preview task: makes a preview that somebody asked for, and keeps what it came to for all who wait."""

from typing import Literal

import msgspec

from shared.domain.model.lease import Claim, Lease
from shared.errors import LeaseLost, Misconfigured, RetryLater, Trouble
from shared.events import about, log_internal_error
from shared.replace import replace
from shared.usecases.base.batches import batches
from shared.usecases.base.documents import accounts_of, load_wisp
from shared.usecases.base.leases import TTL, HeldLease, new_claim
from shared.usecases.base.services import Services
from shared.usecases.runs.kept_preview import (
    HOLDER,
    PREVIEW_KEPT,
    KeptPreview,
    kept_put,
    lease_of_preview,
    load,
    parts_of,
)
from shared.usecases.runs.preview import compare
from shared.usecases.runs.slot import take_slot
from shared.usecases.sync.desired import read_desired

PARTS_AT_ONCE = 10
"""Parts in one write: a request may hold 10 MiB ("Quotas and limits", Firestore documentation)."""


class MakePreview(msgspec.Struct, frozen=True):
    """The request for a preview.

    Attributes:
        wisp: The wisp's id.
        preview: The preview's id.
        owner: Owner of the lease that was taken when somebody asked for it.
        token: Token of that lease.
    """

    wisp: str
    preview: str
    owner: str
    token: int


def make_preview(services: Services, request: MakePreview) -> Literal["ready", "failed", "superseded"]:
    """Make a preview, and keep it or why there is none.

    A task is delivered at least once. A second delivery makes nothing anew: what died once may die again, of
    memory for example. It says that the preview was interrupted, and whoever waits can ask again.

    Raises:
        RetryLater: The database cannot be reached; how it ended was not kept.
    """
    try:
        lease, was_interrupted = _take(services, request)
        with about(wisp=request.wisp), HeldLease(services, lease) as held_lease:
            preview = load(services.state, request.wisp, request.preview)
            if preview is None or preview.state != "making":
                return "superseded"
            if was_interrupted:
                ended = _failed(preview, _interrupted(preview))
            else:
                ended = _made(services, request.wisp, preview, held_lease)
            ended = replace(ended, ended=services.clock.now().isoformat())
            held_lease.write(kept_put(services, request.wisp, ended))
    except LeaseLost:
        return "superseded"
    return "ready" if ended.state == "ready" else "failed"


def _take(services: Services, request: MakePreview) -> tuple[Lease, bool]:
    """Take the lease over from whoever asked, or from a delivery that died; say which.

    Raises:
        LeaseLost: The preview has ended, or somebody asked for another since.
    """
    name = lease_of_preview(request.wisp)
    claim = new_claim(services, "preview", HOLDER, request.preview)
    asked = Lease(
        name,
        Claim(request.owner, request.preview, HOLDER, "preview"),
        request.token,
        acquired_at=0,
        expires_at=0,
    )
    try:
        return services.leases.hand_on(asked, claim, TTL), False
    except LeaseLost:
        present, _ = services.leases.look(name)
        if present is None or present.claim is None or present.claim.run != request.preview:
            raise
        return services.leases.hand_on(present, claim, TTL), True


def _made(services: Services, wisp_id: str, preview: KeptPreview, held_lease: HeldLease) -> KeptPreview:
    """Make the preview; return what it came to.

    Raises:
        LeaseLost: Somebody has asked for another preview, because this one took too long.
    """
    try:
        return _compared(services, wisp_id, preview, held_lease)
    except LeaseLost:
        raise
    except Trouble as trouble:
        return _failed(preview, trouble)
    except Exception as error:  # noqa: BLE001  whoever waits is told at once, whatever happened
        log_internal_error("a preview failed unexpectedly", error)
        return _failed(preview, _surprise(preview))


def _compared(services: Services, wisp_id: str, preview: KeptPreview, held_lease: HeldLease) -> KeptPreview:
    wisp = load_wisp(services.state, wisp_id)
    accounts = accounts_of(services.state, wisp)
    with take_slot(services, wisp, "preview"):
        gathered = read_desired(services.source(wisp), wisp, services.clock.now())
    listed, contacts = gathered.listed, gathered.desired.count
    preview = replace(preview, listed=listed, contacts=contacts, accounts=len(accounts))
    held_lease.outlive(0)
    held_lease.write(kept_put(services, wisp.id, preview))
    made = compare(services, wisp, accounts, gathered, leases=[held_lease])
    parts = parts_of(wisp.id, preview, made, services.clock.now() + PREVIEW_KEPT)
    held_lease.outlive(0)
    for some in batches(parts, PARTS_AT_ONCE):
        held_lease.write(*some)
    return replace(preview, state="ready", parts=len(parts))


def _failed(preview: KeptPreview, trouble: Trouble) -> KeptPreview:
    match trouble:
        case RetryLater(after=after):
            failed = replace(preview, kind="RetryLater", after=after)
        case Misconfigured():
            failed = replace(preview, kind="Misconfigured")
        case _:
            failed = replace(preview, kind="StopRun")
    return replace(
        failed, state="failed", code=trouble.reason, message=trouble.message, reason=trouble.user_message
    )


def _interrupted(preview: KeptPreview) -> RetryLater:
    return RetryLater(
        "preview.interrupted",
        f"the preview {preview.id} was interrupted, and is not tried again by itself",
        "The preview was interrupted. Please ask for it again.",
    )


def _surprise(preview: KeptPreview) -> Misconfigured:
    return Misconfigured(
        "preview.failed",
        f"the preview {preview.id} failed unexpectedly; its own log line says how",
        "An unexpected error occurred with the preview. Please tell whoever looks after the service.",
    )
