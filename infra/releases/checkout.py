"""Checkout: what Terraform would do by one, and doing just that."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_WAIT = "-lock-timeout=10m"
"""How long it waits for a deployment that is on, which holds the lock of the state."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A commit's files, of which Terraform reads infra/gcp.

    Attributes:
        folder: Where infra/gcp of it is.
        project: The project's id, in whose bucket the state is.
    """

    folder: Path
    project: str

    def plan(self, settings: Path, archive: str, plan: Path) -> dict[str, Any]:
        """Write into a file what it would do with these settings and this code; return that as JSON has it.

        Raises:
            subprocess.CalledProcessError: Terraform refuses; it has said why.
        """
        self._run(
            "init", "-input=false", "-lockfile=readonly", f"-backend-config=bucket={self.project}-terraform"
        )
        self._run(
            "plan",
            "-input=false",
            _WAIT,
            f"-var-file={settings}",
            f"-var=source_archive={archive}",
            f"-out={plan}",
        )
        shown: dict[str, Any] = json.loads(self._asked("show", "-json", str(plan)))
        return shown

    def apply(self, plan: Path) -> dict[str, Any]:
        """Do what the plan says, which is refused if something else was done since; return the outputs.

        Raises:
            subprocess.CalledProcessError: It could not do all of it; it has said why.
        """
        self._run("apply", "-input=false", _WAIT, str(plan))
        outputs: dict[str, Any] = json.loads(self._asked("output", "-json"))
        return {name: each["value"] for name, each in outputs.items()}

    def _run(self, *words: str) -> None:
        subprocess.run(["terraform", *words], cwd=self.folder, check=True)

    def _asked(self, *words: str) -> str:
        return subprocess.run(
            ["terraform", *words], cwd=self.folder, check=True, stdout=subprocess.PIPE, text=True
        ).stdout


def deletions(plan: dict[str, Any]) -> list[str]:
    """Return the addresses of what a plan deletes, also of what it deletes to make it anew.

    The form is that of ``terraform show -json`` (developer.hashicorp.com/terraform/internals/json-format).
    """
    return [
        each["address"] for each in plan.get("resource_changes", []) if "delete" in each["change"]["actions"]
    ]


def unnamed(deleted: Sequence[str], may_delete: Sequence[str]) -> Iterator[str]:
    """Yield what is deleted and not named: by its address, or by that of a module or resource around it."""
    named = [name for name in may_delete if "." in name]  # `module` alone would be all of them
    for address in deleted:
        if not any(address == name or address.startswith((f"{name}.", f"{name}[")) for name in named):
            yield address
