"""Wisps: their settings shown, checked and stored, and everything of one deleted."""

import argparse
from pathlib import Path

import msgspec

from infra.operator.terminal import Terminal
from shared.domain.model.credentials import Credentials, read_credentials
from shared.domain.model.wisp import WispSettings
from shared.errors import Misconfigured, Trouble
from shared.typed import from_json
from shared.usecases.accounts.delete_wisp import delete_wisp, left_of
from shared.usecases.base.documents import load_accounts, load_wisp
from shared.usecases.base.services import Services
from shared.usecases.wisps.settings import (
    Checked,
    Wish,
    check_settings,
    read_settings,
    save_settings,
)


class Given(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A WISP's settings in a file, as `wisps show` prints them; what is left out stays as it is."""

    wisp: str
    settings: WispSettings
    revision: str = ""


def add(parser: argparse.ArgumentParser) -> None:
    """Tell the parser what is done with wisps."""
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    verbs.add_parser("list", help="all WISPs").set_defaults(do=_list)
    shown = verbs.add_parser("show", help="a WISP's settings, as JSON that put takes")
    shown.set_defaults(do=_show)
    put = verbs.add_parser("put", help="set a WISP up, or change it, once SIMPLer has answered by it")
    put.add_argument("file", metavar="FILE", help="the settings as JSON; -: standard input")
    put.add_argument(
        "--credentials", metavar="FILE", help="api_username and api_password as JSON; -: likewise"
    )
    put.set_defaults(do=_put)
    checked = verbs.add_parser("check", help="call SIMPLer with a WISP's settings, or with every WISP's")
    checked.set_defaults(do=_check)
    delete = verbs.add_parser("delete", help="delete a WISP with everything of it")
    delete.add_argument("--keep-contacts", action="store_true", help="leave the contacts with their users")
    delete.add_argument("--yes", action="store_true", help="do it; otherwise it is only said what there is")
    delete.set_defaults(do=_delete)
    for verb in (shown, checked, delete):
        verb.add_argument("wisp", metavar="WISP", nargs="?" if verb is checked else None)


def _list(services: Services, _: argparse.Namespace, terminal: Terminal) -> bool:
    wisps = [load_wisp(services.state, id_) for id_, _ in services.state.find("wisps")]
    rows = [
        {
            "wisp": wisp.id,
            "name": wisp.name,
            "time zone": wisp.time_zone,
            "accounts": len(load_accounts(services.state, wisp.id)),
        }
        for wisp in wisps
    ]
    terminal.table(rows, none="There is no WISP.")
    return True


def _show(services: Services, command: argparse.Namespace, terminal: Terminal) -> bool:
    known = read_settings(services, command.wisp)
    given = msgspec.json.encode(Given(known.wisp, known.settings, known.revision))
    terminal.say(msgspec.json.format(given, indent=2).decode())
    return True


def _put(services: Services, command: argparse.Namespace, terminal: Terminal) -> bool:
    given = _read(_text(command.file, terminal), command.file)
    credentials = _credentials(command.credentials, terminal) if command.credentials else None
    wish = Wish(given.wisp, command.by, given.settings, credentials, given.revision)
    saved = save_settings(services, wish)
    _tell(saved, terminal)
    terminal.say(f"{saved.wisp} {'is stored' if saved.saved else 'is as it was: nothing was stored'}.")
    return saved.saved


def _check(services: Services, command: argparse.Namespace, terminal: Terminal) -> bool:
    wisps = [command.wisp] if command.wisp else [id_ for id_, _ in services.state.find("wisps")]
    done = [_checked(services, wisp, command.by, terminal) for wisp in wisps]
    return all(done)


def _checked(services: Services, wisp: str, by: str, terminal: Terminal) -> bool:
    try:
        load_wisp(services.state, wisp)
        checked = check_settings(services, Wish(wisp, by, WispSettings()))
    except Trouble as trouble:
        terminal.say(f"{wisp}: {trouble.message}")
        return False
    _tell(checked, terminal)
    return not checked.flaws


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


def _delete(services: Services, command: argparse.Namespace, terminal: Terminal) -> bool:
    accounts = len(services.state.find(f"wisps/{command.wisp}/accounts"))
    documents = len(left_of(services.state, command.wisp))
    terminal.say(f"{command.wisp}: Google accounts: {accounts}; other documents: {documents}.")
    if not command.yes:
        kept = "kept" if command.keep_contacts else "removed"
        terminal.say(f"Nothing was done. Add --yes to delete all of it; the contacts would be {kept}.")
        return True
    done = delete_wisp(services, command.wisp, remove=not command.keep_contacts, by=command.by)
    let_go = f"Google accounts let go: {done.accounts}; contacts removed: {done.removed}"
    terminal.say(f"{command.wisp} is deleted. {let_go}; documents deleted since: {done.documents}.")
    return True
