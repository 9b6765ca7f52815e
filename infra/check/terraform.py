"""Terraform: run on a copy of a configuration, with the stand-in as its provider and its state in a file."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.check.deployment import Deployment

_LOCAL_STATE = 'terraform {\n  backend "local" {}\n}\n'
_TIMEOUT = 120

READ = ("shared/domain/model/time_zones.json",)
"""Files of the checkout that the configuration reads."""


class RefusedError(Exception):
    """Terraform refused the configuration; the text is Terraform's."""


@dataclass(frozen=True, slots=True)
class Terraform:
    """Terraform, in its own folder.

    Attributes:
        program: Where Terraform is.
        reattach: Where its provider listens (`stand_in.started`).
        root: Where it works: a folder that becomes a checkout, as far as the configuration reads it.
    """

    program: str
    reattach: str
    root: Path

    @property
    def folder(self) -> Path:
        """The configuration, at its place in the checkout."""
        return self.root / "infra/gcp"

    def copied(self, checkout: Path) -> None:
        """Copy what a checkout has of the configuration; its state stays here, not where that says."""
        left_out = shutil.ignore_patterns(".terraform*", "*.tfstate*", "*.zip")
        shutil.copytree(checkout / "infra/gcp", self.folder, ignore=left_out)
        for file in READ:
            (self.root / file).parent.mkdir(parents=True)
            shutil.copyfile(checkout / file, self.root / file)
        (self.folder / "state_override.tf").write_text(_LOCAL_STATE)
        self.run("init", "-input=false", "-no-color")

    def run(self, command: str, *arguments: str) -> str:
        """Run a command; gives what it wrote, or raises `RefusedError` with it."""
        environment = {
            "CHECKPOINT_DISABLE": "1",
            "GOGC": "400",  # of Go's runtime: memory is had more cheaply than a third of the time
            "HOME": str(self.folder),
            "TF_CLI_CONFIG_FILE": "/dev/null",
            "TF_IN_AUTOMATION": "1",
            "TF_REATTACH_PROVIDERS": self.reattach,
        }
        done = subprocess.run(
            [self.program, command, *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT,
            check=False,
        )
        if done.returncode:
            raise RefusedError(f"terraform {command}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def deployment(self, *variables: Path) -> Deployment:
        """Return what Terraform would create with these files of variables; later ones override."""
        return Deployment.of(self.plan(*variables))

    def plan(self, *variables: Path) -> dict[str, Any]:
        """Return the plan with these files of variables, as Terraform shows it."""
        files = [f"-var-file={each}" for each in variables]
        self.run("plan", "-input=false", "-no-color", "-refresh=false", "-out=plan", *files)
        shown: dict[str, Any] = json.loads(self.run("show", "-json", "plan"))
        return shown
