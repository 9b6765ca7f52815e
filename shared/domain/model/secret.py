"""Secret: what a secret may be called and may hold, the same in every store.

The limits are Secret Manager's: ids of at most 255 of ``[A-Za-z0-9_-]``, payloads of 1 to 65,536 bytes
(API description secretmanager.v1, ``secretId`` and ``SecretPayload.data``). The vault keeps to them too,
so that what works on one machine works in the cloud.
"""

import re

from shared.errors import Misconfigured

MAX_BYTES = 65_536

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")


def check_name(name: str) -> None:
    """Let a name pass that every store accepts.

    Raises:
        Misconfigured: It is none.
    """
    if not _NAME.fullmatch(name):
        raise Misconfigured(
            "secret.name",
            f"{name!r} cannot be a secret's name: use at most 255 letters, digits, hyphens and underscores",
            "A setting names a secret that cannot exist. Please tell the service's operator.",
        )


def as_payload(name: str, value: str) -> bytes:
    """Return the value as it is stored.

    Raises:
        Misconfigured: It is empty or too long; the error does not quote it.
    """
    payload = value.encode()
    if not 1 <= len(payload) <= MAX_BYTES:
        raise Misconfigured(
            "secret.size",
            f"the secret {name} must have 1 to {MAX_BYTES} bytes, and this value has {len(payload)}",
            "The secret cannot be stored: it is empty or too long.",
        )
    return payload


def missing(name: str) -> Misconfigured:
    """Make the error for a secret that has no value to give."""
    return Misconfigured(
        "secret.missing",
        f"the secret {name} does not exist, or its newest version is disabled or destroyed;"
        " add a version, or enable the newest one",
        "A secret that is needed is missing. Please tell the service's operator.",
    )
