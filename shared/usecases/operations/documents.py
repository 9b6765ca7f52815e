"""Documents: each of ours read by its type, so that what was changed by hand is found before a night."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import MappingProxyType

import msgspec

from shared.domain.model.account import Account
from shared.domain.model.act import Act
from shared.domain.model.night import Nights, Watched
from shared.domain.model.quota import Pace, ProjectPause
from shared.domain.model.run import RunOutcome
from shared.domain.model.suggestion import Dismissal, Suggestion, WeeklyMail
from shared.domain.model.trigger_key import KeyUse, TriggerKey
from shared.domain.model.wisp import Wisp
from shared.domain.model.wisp_history import History
from shared.domain.sync.ledger import Head
from shared.errors import Misconfigured
from shared.ports import Document
from shared.usecases.accounts.oauth_state import Pending
from shared.usecases.base.documents import AcceptedList, Synced, from_document, is_id
from shared.usecases.base.ledger_store import Layout, shard_from
from shared.usecases.base.rate_limit import PROJECT
from shared.usecases.base.run_documents import Notes
from shared.usecases.base.services import Services
from shared.usecases.customers.email_vcard import MailNote
from shared.usecases.customers.press_queue import Handled, Press, Turn
from shared.usecases.runs.kept_preview import KeptPreview, Part
from shared.usecases.sync.snapshots import Before

_AT_ONCE = 16


class _Progress(msgspec.Struct, frozen=True):
    run: str
    phase: str
    done: int
    total: int


class _Notice(msgspec.Struct, frozen=True):
    codes: list[str]


class _Used(msgspec.Struct, frozen=True):
    used: str


class _Zones(msgspec.Struct, frozen=True):
    zones: dict[str, Watched]


ReadDocument = Callable[[Document, str], object]
"""Reads a document at a path; raises `Misconfigured` if it cannot be read."""


def _as(*kinds: type) -> ReadDocument:
    return lambda document, path: [from_document(document, kind, path) for kind in kinds]


def _wisp(document: Document, path: str) -> object:
    wisp = from_document(document, Wisp, path)
    if path != f"wisps/{wisp.id}":
        raise Misconfigured("document.invalid", f"the document {path} has the id of another wisp")
    return wisp


def _shard(document: Document, path: str) -> object:
    try:
        return shard_from(document)
    except ValueError as error:
        raise Misconfigured("document.invalid", f"the document {path} is not valid: {error}") from error


def _pace(document: Document, path: str) -> object:
    return from_document(document, ProjectPause if path == PROJECT else Pace, path)


def _trigger(document: Document, path: str) -> object:
    return from_document(document, KeyUse if path.endswith("/use") else TriggerKey, path)


READERS: Mapping[str, ReadDocument] = MappingProxyType(
    {
        "wisps/*": _wisp,
        "wisps/*/accounts/*": _as(Account),
        "wisps/*/runs/*": _as(RunOutcome),
        "wisps/*/runs/*/notes/*": _as(Notes),
        "wisps/*/progress/*": _as(_Progress),
        "wisps/*/believed/*": _as(AcceptedList),
        "wisps/*/presses/*": _as(Press),
        "wisps/*/pressed/*": _as(Handled),
        "wisps/*/previews/*": _as(KeptPreview),
        "wisps/*/previews/*/parts/*": _as(Part),
        "wisps/*/mails/*": _as(MailNote),
        "wisps/*/turn/*": _as(Turn),
        "wisps/*/synced/*": _as(Synced),
        "wisps/*/history/*": _as(History),
        "wisps/*/acts/*": _as(Act),
        "wisps/*/suggestions/*": _as(Suggestion),
        "wisps/*/dismissed/*": _as(Dismissal),
        "wisps/*/weekly/*": _as(WeeklyMail),
        "wisps/*/trigger/*": _trigger,
        "wisps/*/notices/*": _as(_Notice),
        "ledgers/*": _as(Head, Layout),
        "ledgers/*/shards/*": _shard,
        "ledgers/*/before/*": _as(Before),
        "ledgers/*/before/*/parts/*": _shard,
        "paces/*": _pace,
        "durations/*": _as(Nights),
        "watched/*": _as(_Zones),
        "connects/*": _as(Pending),
        "used/*": _as(_Used),
        "links/*": _as(_Used),
    }
)
"""How each document is read, by its path with a star for each id; leases are read by their own store."""


LOOKED_BACK_AT = frozenset({"wisps/*/runs/*/notes/*", "ledgers/*/before/*/parts/*"})
"""Kinds that no night reads."""


class Unreadable(msgspec.Struct, frozen=True):
    """A document that cannot be read.

    Attributes:
        path: Where it is.
        why: What is wrong with it.
    """

    path: str
    why: str


class DocumentsChecked(msgspec.Struct, frozen=True):
    """What reading the documents came to.

    Attributes:
        read: How many documents were read.
        unreadable: Those that cannot be.
    """

    read: int
    unreadable: tuple[Unreadable, ...]


def check_documents(services: Services, wisp: str) -> DocumentsChecked:
    """Read the documents of a WISP, of its accounts' ledgers, and its leases; without one, all there are.

    Of all, what is only looked back at is left out: a query for each run of a year of ten thousand WISPs.
    """
    tops = list(_of_one(services, wisp) if wisp else _of_all(services))
    names = [f"wisp-{wisp}", f"accounts-{wisp}"] if wisp else services.leases.names("")
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="documents") as pool:
        looked_at = [
            each for part in pool.map(partial(_looks, services, back=bool(wisp)), tops) for each in part
        ]
        looked_at += pool.map(partial(_lease, services), names)
    return DocumentsChecked(len(looked_at), tuple(each for each in looked_at if each is not None))


class _Found(msgspec.Struct, frozen=True):
    """A document, and its kind: its path with a star for each id."""

    kind: str
    path: str
    document: Document


def _of_all(services: Services) -> Iterator[_Found]:
    for kind in READERS:
        if kind.count("/") == 1:
            yield from _in(services, kind.removesuffix("/*"), kind)


def _of_one(services: Services, wisp: str) -> Iterator[_Found]:
    if not is_id(wisp):
        return
    accounts = [id_ for id_, _ in services.state.find(f"wisps/{wisp}/accounts")]
    paths = [f"wisps/{wisp}", f"durations/{wisp}", *(f"ledgers/{account}" for account in accounts)]
    for path in paths:
        document = services.state.get(path)
        if document is not None:
            yield _Found(f"{path.partition('/')[0]}/*", path, document)


def _in(services: Services, collection: str, kind: str) -> Iterator[_Found]:
    for id_, document in services.state.find(collection):
        yield _Found(kind, f"{collection}/{id_}", document)


def _looks(services: Services, found: _Found, *, back: bool) -> Sequence[Unreadable | None]:
    """Look at a document, and at all below it; at what is only looked `back` at, if that is wanted."""
    looks = [_look(found)]
    for kind in READERS:
        parent, _, collection = kind.removesuffix("/*").rpartition("/")
        if parent == found.kind and (back or kind not in LOOKED_BACK_AT):
            for each in _in(services, f"{found.path}/{collection}", kind):
                looks += _looks(services, each, back=back)
    return looks


def _look(found: _Found) -> Unreadable | None:
    try:
        READERS[found.kind](found.document, found.path)
    except Misconfigured as trouble:
        return Unreadable(found.path, trouble.message)
    return None


def _lease(services: Services, name: str) -> Unreadable | None:
    try:
        services.leases.look(name)
    except Misconfigured as trouble:
        return Unreadable(f"leases/{name}", trouble.message)
    return None
