"""Firestore in Native mode: the client, how long a call may take, what its errors mean, conditional commits.

There are no read-write transactions here: on a document that many want they wait for each other's locks
or starve. Every change that depends on what was read is a commit with a precondition instead.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from google.api_core import exceptions as google
from google.api_core.retry import Retry, exponential_sleep_generator, if_exception_type
from google.auth.exceptions import GoogleAuthError, TransportError
from google.cloud.firestore import Client, WriteBatch

from shared.errors import Misconfigured, RetryLater, Trouble
from shared.ports import Clock

TIMEOUT = 10.0
"""Seconds that one request may take."""

PATIENT = Retry(
    predicate=if_exception_type(google.ServiceUnavailable, google.InternalServerError),
    initial=0.1,
    maximum=1.0,
    timeout=8.0,
)
"""For what may be sent twice. The last try may begin after 8 s, so a call ends within 18 s."""

PERSISTENCE = 15.0
"""Seconds after which a change that others keep getting in the way of is not tried again.

The last try may begin then: with its read and its commit, a change ends within 45 s.
"""

_UNDECIDED = (
    google.Aborted,
    google.AlreadyExists,
    google.DeadlineExceeded,
    google.FailedPrecondition,
    google.InternalServerError,
    google.NotFound,
    google.ServiceUnavailable,
    google.Unknown,
)
"""After these only another look tells: either a precondition did not hold, or no answer came."""

_AWAY = (RetryLater, "state.unreachable", "did not answer; the same call may succeed in a moment")
_BUSY = (RetryLater, "state.busy", "is overloaded; the same call may succeed in a moment")
_BARRED = (
    Misconfigured,
    "state.denied",
    "refuses this service account; grant it roles/datastore.user on the project",
)

_MEANING: Mapping[type[Exception], tuple[type[Trouble], str, str]] = {
    google.Aborted: _BUSY,
    google.ResourceExhausted: _BUSY,
    google.DeadlineExceeded: _AWAY,
    google.InternalServerError: _AWAY,
    google.RetryError: _AWAY,
    google.ServiceUnavailable: _AWAY,
    google.Unknown: _AWAY,
    google.PermissionDenied: _BARRED,
    google.Unauthenticated: _BARRED,
    TransportError: _AWAY,
    GoogleAuthError: (
        Misconfigured,
        "state.credentials",
        "cannot be asked without Google credentials; give this program a service account",
    ),
    google.NotFound: (Misconfigured, "state.missing", "does not exist; create it, or correct the setting"),
    google.FailedPrecondition: (Misconfigured, "state.mode", "must be in Native mode, and is not"),
}
"""What the codes of google.rpc.Code, as the client raises them, mean here. Others are our own faults."""


def open_firestore(project: str, database: str) -> Client:
    """A client of the database, e.g. ``(default)``; no request is sent yet.

    Raises:
        Misconfigured: No Google credentials were found.
    """
    with translated():
        return Client(project=project, database=database)


@contextmanager
def translated() -> Iterator[None]:
    """Turns Google's errors into ours."""
    try:
        yield
    except (google.GoogleAPIError, GoogleAuthError) as error:
        meaning = next((_MEANING[kind] for kind in type(error).__mro__ if kind in _MEANING), None)
        if meaning is None:
            raise
        kind, reason, sentence = meaning
        raise kind(reason, f"the Firestore database {sentence}") from error


def attempts(clock: Clock) -> Iterator[None]:
    """The tries that one change gets, with a growing, random pause between them."""
    deadline = clock.monotonic() + PERSISTENCE
    for pause in exponential_sleep_generator(initial=0.02, maximum=1.0):
        yield
        if clock.monotonic() >= deadline:
            return
        clock.sleep(pause)


def contended(path: str) -> RetryLater:
    """What to raise when the attempts are used up."""
    return RetryLater(
        "state.contended",
        f"the Firestore document {path} could not be changed within {PERSISTENCE:.0f} s: others keep changing"
        " it, or no answer comes; the same call may succeed in a moment",
    )


def committed(batch: WriteBatch) -> bool:
    """Commit once; False when it may or may not have taken effect, so that one has to look."""
    with translated():
        try:
            # The client's own retry would repeat a commit whose answer was lost, and report the second
            # copy's failed precondition as if the first had not been written.
            batch.commit(retry=None, timeout=TIMEOUT)
        except _UNDECIDED:
            return False
    return True
