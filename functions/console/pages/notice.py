"""Notice: a sentence that the next page shows once, after a form post and a redirect."""

from typing import Literal

import msgspec
from flask import Request, Response

from functions.console.web import cookies
from functions.console.web.visit import Visit, place_of
from shared.errors import Denied
from shared.typed import from_plain
from shared.usecases.base.documents import to_document

NOTICE_SECONDS = 60.0
"""Seconds within which the browser must ask for the next page."""

NOTICE_PURPOSE = "notice"


class Notice(msgspec.Struct, frozen=True):
    """A notice.

    Attributes:
        text: One or two sentences.
        tone: Good news, or a warning.
        wisp: The wisp on whose pages it may show.
    """

    text: str
    tone: Literal["good", "warn"] = "good"
    wisp: str = ""


def leave(response: Response, visit: Visit, notice: Notice) -> None:
    """Have the next page of this visit show the notice."""
    meant = msgspec.structs.replace(notice, wisp=visit.wisp.id)
    token = visit.services.signed().sign(NOTICE_PURPOSE, to_document(meant))
    cookies.put(response, place_of(visit.call), cookies.NOTICE, token, lasts=NOTICE_SECONDS)


def left(request: Request, visit: Visit) -> Notice | None:
    """Return the notice that the previous step left for this page."""
    token = cookies.get(request, place_of(visit.call), cookies.NOTICE)
    if not token:
        return None
    try:
        notice = from_plain(visit.services.signed().read(NOTICE_PURPOSE, token, NOTICE_SECONDS), Notice)
    except (Denied, msgspec.ValidationError):
        return None
    return notice if notice.wisp == visit.wisp.id else None


def clear(response: Response, visit: Visit) -> None:
    """Delete the notice after it was shown."""
    cookies.drop(response, place_of(visit.call), cookies.NOTICE)
