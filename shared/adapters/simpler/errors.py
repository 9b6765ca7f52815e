"""Errors: what can go wrong with SIMPLer, by reason, and what to tell whom."""

from shared.errors import StopRun

_AGAIN = "The contacts stay as they are. Please try again later."
_ADMINISTRATOR = "The contacts stay as they are. Please ask your administrator."

_TEXTS = {
    "simpler.down": ("SIMPLer cannot be reached or is out of order", f"SIMPLer does not answer. {_AGAIN}"),
    "simpler.slow": ("SIMPLer took too long", f"SIMPLer took too long to answer. {_AGAIN}"),
    "simpler.certificate": (
        "SIMPLer's certificate could not be verified; renew it, or mend the host in simpler_url",
        f"The connection to SIMPLer is not safe. {_ADMINISTRATOR}",
    ),
    "simpler.denied": (
        "SIMPLer refused the credentials; check them, the operator, and SIMPLer's list of IP addresses",
        f"SIMPLer did not let this service in. {_ADMINISTRATOR}",
    ),
    "simpler.refused": (
        "SIMPLer did not accept the call; check simpler_url and the call's members in simpler_profile",
        f"SIMPLer did not accept the question for its customers. {_ADMINISTRATOR}",
    ),
    "simpler.redirected": (
        "SIMPLer redirects, which is not followed since it carries credentials; set simpler_url accordingly",
        f"SIMPLer has moved. {_ADMINISTRATOR}",
    ),
    "simpler.not_json": (
        "SIMPLer did not answer with JSON; check simpler_url and the call's path",
        f"SIMPLer did not answer as expected. {_ADMINISTRATOR}",
    ),
    "simpler.truncated": (
        "SIMPLer's answer is cut short or damaged",
        f"SIMPLer's answer was cut short. {_AGAIN}",
    ),
    "simpler.huge": (
        "SIMPLer's answer is larger than an answer may be; have it paged",
        f"SIMPLer's answer was too large. {_ADMINISTRATOR}",
    ),
    "simpler.shape": (
        "SIMPLer's answer is not built as simpler_profile says",
        f"SIMPLer did not answer as expected. {_ADMINISTRATOR}",
    ),
    "simpler.incomplete": (
        "SIMPLer's list is not provably complete",
        f"SIMPLer's list was not complete. {_AGAIN}",
    ),
}


def stop(reason: str, detail: str) -> StopRun:
    """The error for a reason.

    Args:
        reason: One of the codes above.
        detail: What was seen; must hold nothing that SIMPLer sent: it may be a customer's, or a password.
    """
    operator, caller = _TEXTS[reason]
    return StopRun(reason, f"{operator} ({detail}).", caller)
