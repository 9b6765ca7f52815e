"""Wisps: settings in a file, stored once SIMPLer has answered by them."""

import argparse
from pathlib import Path

import msgspec

from infra.operator.terminal import Terminal, Verbs
from shared.domain.model.credentials import Credentials, read_credentials
from shared.domain.model.wisp import WispSettings
from shared.errors import Misconfigured
from shared.typed import from_json
from shared.usecases.base.services import Services
from shared.usecases.operations.operation import audited
from shared.usecases.wisps.settings import Checked, Wish, save_settings


class Given(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A WISP's settings in a file, as `wisps show` prints them; what is left out stays as it is."""

    wisp: str
    settings: WispSettings
    revision: str = ""


def add(verbs: Verbs) -> None:
    """Tell the parser what is done with WISPs' settings in files."""
    put = verbs.add_parser("put", help="set a WISP up, or change it, once SIMPLer has answered by it")
    put.add_argument("file", metavar="FILE", help="the settings as JSON; -: standard input")
    put.add_argument(
        "--credentials", metavar="FILE", help="api_username and api_password as JSON; -: likewise"
    )
    put.set_defaults(do=_put)


def _put(services: Services, command: argparse.Namespace, terminal: Terminal) -> bool:
    given = _read(_text(command.file, terminal), command.file)
    credentials = _credentials(command.credentials, terminal) if command.credentials else None
    wish = Wish(given.wisp, command.by, given.settings, credentials, given.revision)
    with audited("wisps put", command.by, wisp=given.wisp):
        saved = save_settings(services, wish)
    _tell(saved, terminal)
    terminal.say(f"{saved.wisp} {'is stored' if saved.saved else 'is as it was: nothing was stored'}.")
    return saved.saved


def _tell(checked: Checked, terminal: Terminal) -> None:
    for flaw in checked.flaws:
        terminal.say(f"{checked.wisp}: {flaw.setting}: {flaw.message}")
    if checked.found:
        found = checked.found
        terminal.say(
            f"{checked.wisp}: SIMPLer gave {found.records} records; {found.contacts} are contacts, such as:"
        )
        rows = [
            {"customer": each.customer, "name": each.name, "phone": next(iter(each.phones), "-")}
            for each in found.sample
        ]
        terminal.table(rows, none="none")


def _text(file: str, terminal: Terminal) -> str:
    try:
        return terminal.input.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise Misconfigured("document.invalid", f"{file} cannot be read") from error


def _read(text: str, where: str) -> Given:
    try:
        return from_json(text, Given)
    except msgspec.DecodeError as error:
        raise Misconfigured("document.invalid", f"{where} is not valid: {error}") from error


def _credentials(file: str, terminal: Terminal) -> Credentials:
    known = read_credentials(_text(file, terminal), file, "")
    return Credentials(known.api_username, known.api_password)
