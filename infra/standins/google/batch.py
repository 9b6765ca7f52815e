"""Batch: the people of one create or update, any of whom may be refused.

A batch is done as a whole or not at all: the details of its failure name the contacts that stopped it, and
"if an index / contact id does not appear, then the creation/update of that contact would have been
successful" (BatchCreateContactsErrorDetails, BatchUpdateContactsErrorDetails). A planned fault may have it
otherwise.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from infra.standins.google.call import Call
from infra.standins.google.errors import GoogleError, batch_failed

Result = TypeVar("Result")

_DETAILS = {
    "BatchCreateContactsRequest": "BatchCreateContactsErrorDetails",
    "BatchUpdateContactsRequest": "BatchUpdateContactsErrorDetails",
}


def prepare_all(
    call: Call, schema: str, people: Mapping[str, Any], prepare: Callable[[str, Any], Result]
) -> tuple[dict[str, Result], dict[str, dict[str, Any]]]:
    """Return what each person becomes, by key, and the answers for those who are refused in a 200.

    Args:
        call: The call.
        schema: That of its body.
        people: The people, by their key in the request.
        prepare: Makes a key and a person into what is stored.

    Raises:
        GoogleError: 400 with the reason for each person who is refused; 500, when Google fails at one.
    """
    bad = call.fault.person if call.fault else None
    refused = {key: bad.error() for key in bad.among(people)} if bad else {}
    prepared: dict[str, Result] = {}
    errors = dict(refused) if bad and bad.told == "named" else {}
    for key in (key for key in people if key not in refused):
        try:
            prepared[key] = prepare(key, people[key])
        except GoogleError as error:
            if error.status == "INTERNAL":
                raise
            errors[key] = error
    if errors:
        raise batch_failed(_DETAILS[schema], {key: errors[key] for key in people if key in errors})
    if bad and refused and bad.told == "unnamed":
        raise bad.error()
    return prepared, {key: _refusal(key, error) for key, error in refused.items()}


def _refusal(key: str, error: GoogleError) -> dict[str, Any]:
    return {"httpStatusCode": error.http, "requestedResourceName": key, "status": error.rpc_status()}
