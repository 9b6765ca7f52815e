"""Wisps: their settings, and everything of one deleted."""

import argparse
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from infra.operator.terminal import Terminal
from shared.adapters.simpler.address import read_address
from shared.adapters.simpler.profile import load_profile as read_profile
from shared.domain.contact.name import check_template
from shared.domain.model.wisp import Wisp
from shared.errors import Misconfigured
from shared.typed import from_json
from shared.usecases.accounts.delete_wisp import delete_wisp, left_of
from shared.usecases.base.documents import from_document, is_id, load_accounts, load_wisp, wisp_put
from shared.usecases.base.services import Services


def add(parser: argparse.ArgumentParser) -> None:
    """Tell the parser what is done with wisps."""
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    verbs.add_parser("list", help="all WISPs").set_defaults(do=_list)
    shown = verbs.add_parser("show", help="a WISP's settings, as JSON that put takes")
    shown.set_defaults(do=_show)
    put = verbs.add_parser("put", help="store a WISP's settings, where Terraform does not")
    put.add_argument("file", metavar="FILE", help="the settings as JSON; -: standard input")
    put.set_defaults(do=_put)
    delete = verbs.add_parser("delete", help="delete a WISP with everything of it")
    delete.add_argument("--keep-contacts", action="store_true", help="leave the contacts with their users")
    delete.add_argument("--yes", action="store_true", help="do it; otherwise it is only said what there is")
    delete.set_defaults(do=_delete)
    for verb in (shown, delete):
        verb.add_argument("wisp", metavar="WISP")


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
    settings = msgspec.json.encode(load_wisp(services.state, command.wisp))
    terminal.say(msgspec.json.format(settings, indent=2).decode())
    return True


def _put(services: Services, command: argparse.Namespace, terminal: Terminal) -> bool:
    wisp = _read(terminal.input.read() if command.file == "-" else _text(Path(command.file)), command.file)
    services.state.write(wisp_put(wisp))
    terminal.say(
        f"{wisp.id} is stored; its password for SIMPLer belongs in the secret {wisp.simpler_secret}."
    )
    return True


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise Misconfigured("document.invalid", f"{file} cannot be read") from error


def _read(text: str, where: str) -> Wisp:
    """Read the settings, and check that a run could use them."""
    try:
        wisp = from_document(from_json(text, dict), Wisp, where)
        ZoneInfo(wisp.time_zone)
    except msgspec.DecodeError as error:
        raise Misconfigured("document.invalid", f"{where} is not JSON: {error}") from error
    except (KeyError, OSError, ValueError) as error:
        raise Misconfigured("document.invalid", f"{where}: there is no time zone of that name") from error
    if not is_id(wisp.id):
        raise Misconfigured("document.invalid", f"{where}: an id has 1 to 64 letters, digits, - and _")
    read_address(wisp.simpler_url)
    read_profile(wisp.simpler_profile)
    check_template(wisp.name_template)
    return wisp


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
