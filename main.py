"""The table of contents: one entry point a deployed function, with its trigger and its caller.

==============  ==============================  ==================
entry point     trigger                         caller
==============  ==============================  ==================
``sync_all``    05:00 in each time zone in use  Cloud Scheduler
``sync_wisp``   a task                          Cloud Tasks
==============  ==============================  ==================
"""

import functions_framework
from flask import Request, Response

from functions import sync_all as _sync_all
from functions import sync_wisp as _sync_wisp
from shared.bootstrap import services


@functions_framework.http
def sync_all(request: Request) -> Response:
    """Start a run for each wisp of a time zone."""
    return _sync_all.handle(request, services())


@functions_framework.http
def sync_wisp(request: Request) -> Response:
    """Run for one wisp."""
    return _sync_wisp.handle(request, services())
