"""`customer_changed`: a trigger of SIMPLer says that a customer has changed; the WISP's key lets it.

A trigger is ``METHOD ENDPOINT PARAMS`` in SIMPLer's settings and cannot make an ID token. So the key says who
calls, and all that it allows is this. The answer is the same for customers that there are and are not.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from flask import Request, Response

from functions.body import read_body
from functions.endpoint import Call, Reply, check_path, respond
from functions.problems import BadRequest
from shared.domain.contact.customer import LONGEST_ID
from shared.events import also_about
from shared.typed import from_json
from shared.usecases.base.services import Services
from shared.usecases.customers.told_change import tell_change
from shared.usecases.wisps.trigger_key import check_key

_LONGEST_KEY = 200
_MOST_FIELDS = 100
_UNFILLED = re.compile("%+[A-Za-z_]+%+")
_NAMES = {"wisp": ("wisp", "operator"), "customer": ("customer", "customerid"), "key": ("key",)}


def handle(call: Call) -> Response:
    """Answer 202 once the change is stored; 403 for whoever does not have the key."""
    check_path(call.request, call.function)
    if call.request.method not in ("GET", "POST"):
        raise BadRequest(405, "request.method", "Please use GET or POST.", "GET, POST")
    wisp, customer, key = _read(call.request)
    return respond(_tell(call.services, wisp, customer, key))


def _tell(services: Services, wisp: str, customer: str, key: str) -> Reply:
    check_key(services, wisp, key)
    also_about(wisp=wisp)
    tell_change(services, wisp, customer)
    return Reply({"state": "waiting"}, HTTPStatus.ACCEPTED)


def _read(request: Request) -> tuple[str, str, str]:
    """Return WISP, customer and key, from the query, a form or JSON; other parameters are SIMPLer's own."""
    given = {**request.args.to_dict(), **_body(request)}
    found = {}
    for name, names in _NAMES.items():
        text = next((given[each] for each in names if each in given), "")
        found[name] = str(text).strip() if isinstance(text, str | int) else ""
    wisp, customer, key = found["wisp"], found["customer"], found["key"]
    if not wisp or not key or len(key) > _LONGEST_KEY:
        raise BadRequest(400, "request.body", "Please give the WISP's id as wisp, and its key as key.")
    if _UNFILLED.fullmatch(customer):
        sentence = f"SIMPLer has put no id for {customer[:40]!r}. Please write %CUSTOMERID% in the trigger."
        raise BadRequest(400, "request.body", sentence)
    if not customer or len(customer) > LONGEST_ID or not customer.isprintable():
        raise BadRequest(400, "request.body", "Please give the customer's id as customer.")
    return wisp, customer, key


def _body(request: Request) -> Mapping[str, Any]:
    if request.method == "GET":
        return {}
    body = read_body(request)
    try:
        if request.mimetype == "application/json":
            return from_json(body, dict[str, Any])
        return dict(parse_qsl(body.decode(), max_num_fields=_MOST_FIELDS))
    except ValueError as error:  # of JSON, of UTF-8, or of too many fields
        raise BadRequest(400, "request.body", "Please send a form, or an object of JSON.") from error
