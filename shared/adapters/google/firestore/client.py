"""Firestore in Native mode: the client, how long a call may take, what its errors mean, conditional commits.

There are no read-write transactions here: on a document that many want they wait for each other's locks
or starve. Every change that depends on what was read is a commit with a precondition instead.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from google.api_core import exceptions as google
from google.api_core.retry import Retry, if_exception_type
from google.auth.exceptions import GoogleAuthError, TransportError
from google.cloud.firestore import Client, WriteBatch

from shared.adapters.error_table import Row, row_of
from shared.errors import Misconfigured, RetryLater
from shared.retry import Waits

FIRESTORE_SECONDS = 10.0
"""Seconds that one request may take."""

PATIENT = Retry(
    predicate=if_exception_type(google.ServiceUnavailable, google.InternalServerError),
    initial=0.1,
    maximum=1.0,
    timeout=8.0,
)
"""The retry of what may be sent twice. The last try begins within 8 s, so a call ends within 18 s."""

CONTENDED = Waits((0.02, 0.04, 0.08, 0.16, 0.32, 0.64, *[1.0] * 200), jitter=(0, 1), within=15.0)
"""The waits of a change that others keep interfering with; with a last read and commit, it ends in 45 s."""

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
"""Errors after which we have to look: either a precondition did not hold, or no answer came."""

FIRESTORE_ERRORS = (
    Row(
        RetryLater,
        "state.busy",
        "the Firestore database is overloaded; the same call may succeed in a moment",
        signs=(google.Aborted, google.ResourceExhausted),
    ),
    Row(
        RetryLater,
        "state.unreachable",
        "the Firestore database did not answer; the same call may succeed in a moment",
        signs=(
            google.DeadlineExceeded,
            google.InternalServerError,
            google.RetryError,
            google.ServiceUnavailable,
            google.Unknown,
            TransportError,
        ),
    ),
    Row(
        Misconfigured,
        "state.denied",
        "the Firestore database refuses this service account; grant it roles/datastore.user on the project",
        signs=(google.PermissionDenied, google.Unauthenticated),
    ),
    Row(
        Misconfigured,
        "state.credentials",
        "the Firestore database cannot be asked without Google credentials; give this program a service"
        " account",
        signs=(GoogleAuthError,),
    ),
    Row(
        Misconfigured,
        "state.missing",
        "the Firestore database does not exist; create it, or correct the setting",
        signs=(google.NotFound,),
    ),
    Row(
        Misconfigured,
        "state.mode",
        "the Firestore database must be in Native mode, and is not",
        signs=(google.FailedPrecondition,),
    ),
)
"""Meanings of google.rpc.Code's codes, as the client raises them. Others are faults of this program."""


def open_firestore(project: str, database: str) -> Client:
    """Open a client of the database, e.g. ``(default)``; send nothing yet.

    Raises:
        Misconfigured: No Google credentials were found.
    """
    with translated():
        return Client(project=project, database=database)


@contextmanager
def translated() -> Iterator[None]:
    """Turn Google's errors into ours."""
    try:
        yield
    except (google.GoogleAPIError, GoogleAuthError) as error:
        row = row_of(FIRESTORE_ERRORS, error)
        if row is None:
            raise
        raise row.trouble() from error


def contended(path: str) -> RetryLater:
    """Return what to raise when the attempts are used up."""
    return RetryLater(
        "state.contended",
        f"the Firestore document {path} could not be changed within {CONTENDED.within:.0f} s: others keep"
        " changing it, or no answer comes; the same call may succeed in a moment",
    )


def committed(batch: WriteBatch) -> bool:
    """Commit once; return False if it may or may not have taken effect, so that one has to look."""
    with translated():
        try:
            # The client's own retry would repeat a commit whose answer was lost, and report the second
            # copy's failed precondition as if the first had not been written.
            batch.commit(retry=None, timeout=FIRESTORE_SECONDS)
        except _UNDECIDED:
            return False
    return True
