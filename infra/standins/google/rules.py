"""Rules: what the stand-in's user chooses where Google is silent, or to have Google at its worst."""

from typing import Literal

import msgspec

from infra.standins.google.lag import Lag
from infra.standins.google.quota import Quota
from infra.standins.google.wording import Form

ExpiredTokenShape = Literal["400 INVALID_ARGUMENT", "400 FAILED_PRECONDITION", "410"]
"""The answers to an expired sync token that users of Google have reported; the reason is the same in all."""


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Choices where Google is silent, or where a test wants another world.

    Attributes:
        max_contacts: Contacts in an account, its trash included (Google Contacts Help: 25,000).
        max_size: Characters of text in them all (Google Contacts Help: 20 MB without photos).
        missing_in_batch_delete: Whether a name that does not exist has the whole batch refused with 404 or is
            passed over. Google does not say.
        refuse_overlaps: Whether a mutate request that begins while another one of the same account is under
            way is answered 409 ABORTED. Google says only "increased latency and failures".
        shuffle_items: Whether the items of a field come in another order at each read: "the items in a field
            have no guaranteed order".
        shuffle_answers: Whether batch calls answer for their people in any order; Google promises none.
        expired_sync_token: How an expired sync token is answered.
        quota: Limits of every account; None for none.
        lag: After how long writes are seen.
        wordings: Forms in which whatever is written is stored, contacts and names of labels; see `wording`.
        latency: Seconds that every answer of the People API takes in addition, of real time.
    """

    max_contacts: int = 25_000
    max_size: int = 20 * 1024 * 1024
    missing_in_batch_delete: Literal["refuse", "ignore"] = "refuse"
    refuse_overlaps: bool = False
    shuffle_items: bool = False
    shuffle_answers: bool = False
    expired_sync_token: ExpiredTokenShape = "400 INVALID_ARGUMENT"
    quota: Quota | None = None
    lag: Lag = Lag()
    wordings: tuple[Form, ...] = ()
    latency: float = 0
