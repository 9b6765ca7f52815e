"""Where tokens are: in the secret store and nowhere else, from the first consent to the last trace."""

import logging
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shared.errors import Trouble
from shared.ports import CONTACTS
from shared.replace import replace
from shared.usecases.base.documents import to_document, wisp_put
from shared.usecases.customers.email_vcard import email_vcard
from shared.usecases.customers.press import sync_customer
from shared.usecases.runs.leave import start_disconnecting
from shared.usecases.runs.preview import preview_sync
from shared.usecases.runs.status import status
from tests.end_to_end.at_google import OFFICE, person, stored
from tests.world import World, a_world, customer


class Witness:
    """Everything that could tell a token: the database, logs, answers, errors and mails."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.folder = folder
        self.told: list[str] = []
        self.codes: list[str] = []

    def hears(self, answer: Any) -> Any:
        """Note an answer, and what the disk holds at this moment."""
        self.told.append(
            answer if isinstance(answer, str) else msgspec.json.encode(to_document(answer)).decode()
        )
        self.told += [repr(answer), repr(self.world.services), repr(self.world.services.consent())]
        for file in sorted(self.folder.rglob("*")):
            if file.is_file() and "vault" not in file.parts:
                self.told.append(file.read_bytes().decode("latin-1"))
        return answer

    def fails(self, call: Callable[[], Any]) -> None:
        """Note an error."""
        with pytest.raises(Trouble) as caught:
            call()
        error = caught.value
        self.told += [*traceback.format_exception(error), error.message, error.user_message]

    def secrets(self) -> list[str]:
        """Return every token, code and key that there was."""
        credentials = self.world.google.world.credentials
        keys = [self.world.services.secrets.get(name) for name in ("signing-key", "sendgrid-key")]
        return [*credentials.grants, *credentials._access, *self.codes, *keys]

    def found(self, log: str) -> list[str]:
        """Return the secrets that are anywhere but in the secret store."""
        everything = "\n".join((*self.told, log))
        return [secret for secret in self.secrets() if secret in everything]


def test_tokens_are_in_the_secret_store_only(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A whole life: consent, runs, buttons, mails, a dead token, a new one, failures, and the end."""
    caplog.set_level(logging.DEBUG)
    with a_world(tmp_path, [customer(n) for n in range(1, 6)], accounts=0) as world:
        world.services.state.write(wisp_put(replace(world.wisp, notify=("boss@example.com",))))
        witness, mary = Witness(world, tmp_path), person(world)
        back = mary.decide(witness.hears(mary.begin()), OFFICE, "Continue", CONTACTS)
        witness.codes.append(back["code"])
        account = witness.hears(mary.finish(back)).account
        witness.fails(lambda: mary.finish(back))
        witness.hears(world.work())
        witness.hears(sync_customer(world.services, "acme", "1", "mary@example.com"))
        witness.hears(preview_sync(world.services, "acme"))
        witness.hears(email_vcard(world.services, "acme", "1", "mary@example.com", "r-1"))
        first = stored(world)[account.secret]
        world.google.world.credentials.revoke(first)
        witness.hears(world.run())
        witness.hears(status(world.services, "acme", has_right=True))
        witness.hears(mary.connect(account=account.id))
        witness.hears(world.work())
        world.fault(method="oauth2.revoke", what={"close": True})
        witness.hears(start_disconnecting(world.services, "acme", account.id, "mary@example.com"))
        witness.hears(world.work())
        second = stored(world)[account.secret]
        witness.hears(world.work())

        assert len(world.mail.outbox.ids()) == 3  # the vCard, the notice, and that all is well again
        assert {first, second} <= set(witness.secrets())
        assert witness.found(caplog.text + "".join(str(vars(record)) for record in caplog.records)) == []
        assert first != second
        assert stored(world) == {}
        assert first.encode() not in (tmp_path / "vault" / "vault").read_bytes()
        assert witness.found(second) == [second]
