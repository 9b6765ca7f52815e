"""Errors: what can go wrong with SIMPLer, by reason, with a text for the operator and one for the user."""

import requests
from urllib3 import exceptions as urllib3_errors

from shared.adapters.error_table import Row, row_for
from shared.errors import StopRun, Trouble
from shared.replace import replace

_AGAIN = "The contacts stay as they are. Please try again later."
_ADMINISTRATOR = "The contacts stay as they are. Please ask your administrator."

_DOWN = Row(
    StopRun,
    "simpler.down",
    "SIMPLer cannot be reached or is out of order ({detail}).",
    f"SIMPLer does not answer. {_AGAIN}",
)
_TRUNCATED = Row(
    StopRun,
    "simpler.truncated",
    "SIMPLer's answer is cut short or damaged ({detail}).",
    f"SIMPLer's answer was cut short. {_AGAIN}",
)

STATUSES = (
    replace(_DOWN, statuses=(429, 502, 503, 504), again=True),
    Row(
        StopRun,
        "simpler.denied",
        "SIMPLer refused the credentials; check them, the operator, and SIMPLer's list of IP addresses"
        " ({detail}).",
        f"SIMPLer did not let this service in. {_ADMINISTRATOR}",
        statuses=(401, 403),
    ),
    Row(
        StopRun,
        "simpler.redirected",
        "SIMPLer redirects, which is not followed since it carries credentials; set simpler_url accordingly"
        " ({detail}).",
        f"SIMPLer has moved. {_ADMINISTRATOR}",
        statuses=range(300, 400),
    ),
    Row(
        StopRun,
        "simpler.refused",
        "SIMPLer did not accept the call; check simpler_url and the call's members in simpler_profile"
        " ({detail}).",
        f"SIMPLer refused the request for its customers. {_ADMINISTRATOR}",
        statuses=(*range(200, 300), *range(400, 500)),
    ),
    _DOWN,
)
"""The meaning of HTTP statuses that a call does not accept."""

SILENCES = (
    Row(
        StopRun,
        "simpler.certificate",
        "SIMPLer's certificate could not be verified; renew it, or mend the host in simpler_url ({detail}).",
        f"The connection to SIMPLer is not safe. {_ADMINISTRATOR}",
        signs=(requests.exceptions.SSLError, urllib3_errors.SSLError),
    ),
    replace(_DOWN, signs=(requests.ConnectTimeout,), again=True),
    Row(
        StopRun,
        "simpler.slow",
        "SIMPLer took too long ({detail}).",
        f"SIMPLer took too long to answer. {_AGAIN}",
        signs=(requests.ReadTimeout, urllib3_errors.ReadTimeoutError),
    ),
    replace(_DOWN, signs=(requests.ConnectionError,), again=True),
    replace(_TRUNCATED, signs=(urllib3_errors.ProtocolError, urllib3_errors.DecodeError), again=True),
    _DOWN,
)
"""The meaning of exceptions: no whole answer came."""

ANSWERS = (
    _TRUNCATED,
    Row(
        StopRun,
        "simpler.not_json",
        "SIMPLer did not answer with JSON; check simpler_url and the call's path ({detail}).",
        f"SIMPLer did not answer as expected. {_ADMINISTRATOR}",
    ),
    Row(
        StopRun,
        "simpler.huge",
        "SIMPLer's answer is larger than an answer may be; have it paged ({detail}).",
        f"SIMPLer's answer was too large. {_ADMINISTRATOR}",
    ),
    Row(
        StopRun,
        "simpler.shape",
        "SIMPLer's answer is not built as simpler_profile says ({detail}).",
        f"SIMPLer did not answer as expected. {_ADMINISTRATOR}",
    ),
    Row(
        StopRun,
        "simpler.incomplete",
        "SIMPLer's list is not provably complete ({detail}).",
        f"SIMPLer's list was not complete. {_AGAIN}",
    ),
)
"""The faults that a reader finds in an answer."""

ROWS = {row.reason: row for row in (*STATUSES, *SILENCES, *ANSWERS)}


def stop(reason: str, detail: str) -> Trouble:
    """Make the error for a reason.

    Args:
        reason: One of the codes above.
        detail: What was seen; must hold nothing that SIMPLer sent: it may be a customer's, or a password.
    """
    return ROWS[reason].trouble(detail=detail)


def row_for_status(status: int) -> Row:
    """Return the row of an HTTP status."""
    return row_for(STATUSES, status=status) or _DOWN


def row_for_silence(error: type[Exception]) -> Row:
    """Return the row for an exception: no whole answer came."""
    return row_for(SILENCES, *error.__mro__) or _DOWN
