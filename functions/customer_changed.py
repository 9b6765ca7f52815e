"""`customer_changed`: a trigger of SIMPLer says that a customer has changed; the WISP's key lets it.

A trigger is ``METHOD ENDPOINT PARAMS`` in SIMPLer's settings and cannot make an ID token. So the key says who
calls, and all that it allows is this. The answer is the same for customers that there are and are not.
"""

from collections import defaultdict
from collections.abc import Iterable
from http import HTTPStatus
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

from flask import Request, Response
from werkzeug.exceptions import HTTPException
from werkzeug.formparser import FormDataParser

from functions.body import FROM_STRANGERS, LARGEST_BODY, read_body
from functions.endpoint import Call, Reply, check_path, respond
from functions.problems import BadRequest
from shared.domain.contact.customer_id import may_be_id
from shared.events import also_about
from shared.typed import from_json
from shared.usecases.base.services import Services
from shared.usecases.customers.told_change import tell_change
from shared.usecases.wisps.trigger_key import check_key

_LONGEST_KEY = 200
_MOST_FIELDS = 100
_WISP, _CUSTOMER = ("wisp", "operator"), ("customer", "customerid")
"""Parameters that may name the WISP, of which the first that is there counts, and the customer."""


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
    given = defaultdict[str, set[str]](set)
    for name, value in (*request.args.items(multi=True), *_body(request)):
        if isinstance(value, str | int) and not isinstance(value, bool) and (text := str(value).strip()):
            given[name.lower()].add(text)
    wisps = next((given[name] for name in _WISP if name in given), set[str]())
    found = (wisps, set[str]().union(*(given[name] for name in _CUSTOMER)), given["key"])
    if any(len(texts) > 1 for texts in found):
        raise BadRequest(400, "request.body", "Please give one WISP, one customer and one key in a call.")
    wisp, customer, key = ("".join(texts) for texts in found)
    if not wisp or not key or len(key) > _LONGEST_KEY:
        raise BadRequest(400, "request.body", "Please give the WISP's id as wisp, and its key as key.")
    if "%" in customer:
        sentence = f"SIMPLer has put no id for {customer[:40]!r}. Please write %CUSTOMERID% in the trigger."
        raise BadRequest(400, "request.body", sentence)
    if not may_be_id(customer):
        raise BadRequest(400, "request.body", "Please give the customer's id as customer.")
    return wisp, customer, key


def _body(request: Request) -> Iterable[tuple[str, Any]]:
    """Return the body's parameters by what it is, since triggers may call it something else."""
    if request.method == "GET":
        return ()
    body = read_body(request, FROM_STRANGERS)
    try:
        if request.mimetype == "multipart/form-data":
            parser = FormDataParser(max_form_memory_size=LARGEST_BODY, max_form_parts=_MOST_FIELDS)
            parts = parser.parse(BytesIO(body), request.mimetype, len(body), request.mimetype_params)
            return parts[1].items(multi=True)
        text = body.decode("utf-8-sig", errors="replace").strip()
        if text.startswith("{"):
            return from_json(text, dict[str, Any]).items()
        return parse_qsl(text, max_num_fields=_MOST_FIELDS)
    except (ValueError, HTTPException) as error:  # of JSON, or of too many fields
        raise BadRequest(400, "request.body", "Please send a form, or an object of JSON.") from error
