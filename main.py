"""The table of contents: one entry point for each deployed function, with its trigger and its caller.

====================  ==============================  ==================
entry point           trigger                         caller
====================  ==============================  ==================
``sync_all``          05:00 in each time zone         Cloud Scheduler
``watchdog``          minute 30 of every hour         Cloud Scheduler
``sync_wisp``         a task                          Cloud Tasks
``start_sync``        the button                      SIMPLer's backend
``sync_status``       the button's page, polled       SIMPLer's backend
``sync_customer``     the button on a customer        SIMPLer's backend
``customer_status``   a customer is looked up         SIMPLer's backend
``suggestions``       what phones know is shown       SIMPLer's backend
``outage_list``       a site is down                  SIMPLer's backend
``preview_sync``      "what would it do?"             SIMPLer's backend
``make_preview``      a task                          Cloud Tasks
``email_vcard``       the button "vCard"              SIMPLer's backend
``console_link``      "Google Accounts" is opened     SIMPLer's backend
``customer_changed``  a trigger fires                 SIMPLer's triggers
``wisp_settings``     a WISP is set up or changed     SIMPLer's backend
``operate``           an operator acts                operators
``console``           a page is opened                people's browsers
====================  ==============================  ==================
"""

import gc
from collections.abc import Callable
from importlib import import_module

import functions_framework
from flask import Request, Response, current_app, has_app_context, request

from functions.endpoint import Call, answer
from shared.bootstrap import import_stores, policy, services, start_log
from shared.once import ALONE


def _handle(function: str) -> Callable[[Call], Response]:
    """Import a function's module, and no other; return what answers for it."""
    with ALONE:
        module = import_module("functions.console.app" if function == "console" else f"functions.{function}")
    handle: Callable[[Call], Response] = module.handle
    return handle


def _answer(function: str, request: Request) -> Response:
    start_log()
    return answer(request, function, policy, services, _handle(function))


def _take_static() -> Response | None:
    """Answer below ``/static`` too, where the framework would answer by itself, after a body without end."""
    return _answer(current_app.name, request) if request.endpoint == "static" else None


if has_app_context():  # functions-framework reads this file within its own application, of one function
    current_app.before_request(_take_static)
    # The server forks its worker next. What the worker imported itself would cost twice as much: it would
    # copy the memory of whatever it touches. Nothing is opened yet, since no connection survives a fork.
    gc.disable()  # what is imported stays, so that a collection would find nothing
    _handle(current_app.name)
    import_stores()
    gc.enable()

# What is loaded by now stays. A collection in the worker would go through all of it and copy the memory
# (Python's documentation of `gc.freeze`).
gc.freeze()


@functions_framework.http
def sync_all(request: Request) -> Response:
    """Start a run for each wisp of a time zone."""
    return _answer("sync_all", request)


@functions_framework.http
def watchdog(request: Request) -> Response:
    """Look after the night: what did not happen, and what waits for a person."""
    return _answer("watchdog", request)


@functions_framework.http
def sync_wisp(request: Request) -> Response:
    """Run for one wisp."""
    return _answer("sync_wisp", request)


@functions_framework.http
def start_sync(request: Request) -> Response:
    """Start a run for a user."""
    return _answer("start_sync", request)


@functions_framework.http
def sync_status(request: Request) -> Response:
    """Tell whether the button is available, and how far a run is."""
    return _answer("sync_status", request)


@functions_framework.http
def sync_customer(request: Request) -> Response:
    """Synchronise one customer."""
    return _answer("sync_customer", request)


@functions_framework.http
def customer_status(request: Request) -> Response:
    """Tell how a customer stands in each account."""
    return _answer("customer_status", request)


@functions_framework.http
def suggestions(request: Request) -> Response:
    """Tell what users wrote in place of SIMPLer's values."""
    return _answer("suggestions", request)


@functions_framework.http
def outage_list(request: Request) -> Response:
    """Tell whom an outage affects."""
    return _answer("outage_list", request)


@functions_framework.http
def preview_sync(request: Request) -> Response:
    """Tell what a run would do."""
    return _answer("preview_sync", request)


@functions_framework.http
def make_preview(request: Request) -> Response:
    """Make a preview that somebody asked for."""
    return _answer("make_preview", request)


@functions_framework.http
def email_vcard(request: Request) -> Response:
    """Mail a customer's vCard to the user who asks."""
    return _answer("email_vcard", request)


@functions_framework.http
def console_link(request: Request) -> Response:
    """Give the address by which a user enters the console."""
    return _answer("console_link", request)


@functions_framework.http
def customer_changed(request: Request) -> Response:
    """Take up a customer whom SIMPLer's trigger tells of."""
    return _answer("customer_changed", request)


@functions_framework.http
def wisp_settings(request: Request) -> Response:
    """Read, check or save a WISP's settings."""
    return _answer("wisp_settings", request)


@functions_framework.http
def operate(request: Request) -> Response:
    """Do what an operator asks for."""
    return _answer("operate", request)


@functions_framework.http
def console(request: Request) -> Response:
    """Show a page of the console."""
    return _answer("console", request)
