"""Run one step of a release, or do what people do with releases: ``python -m infra.releases --help``."""

import argparse
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.releases import settings
from infra.releases.checkout import Checkout
from infra.releases.files import ChangedError, CloudStorage, MissingError
from infra.releases.google import GoogleCloud
from infra.releases.pipeline import Pipeline, StoppedError
from infra.releases.register import SHOWN, Register

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".local/release"


def parser() -> argparse.ArgumentParser:
    """Return what the command line takes."""
    known = argparse.ArgumentParser(
        prog="python -m infra.releases", description="What was deployed, and what is next."
    )
    known.add_argument("--project", default=os.environ.get("PROJECT", ""), help="its id; otherwise $PROJECT")
    known.add_argument(
        "--region", default=os.environ.get("REGION", ""), help="where it runs; otherwise $REGION"
    )
    verbs = known.add_subparsers(metavar="VERB", dest="verb", required=True)
    verbs.add_parser("list", help=f"the last {SHOWN} releases")
    verbs.add_parser("settings", help="edit the settings, see what that does, and deploy them")
    back = verbs.add_parser("back", help="deploy the code of an earlier release again")
    back.add_argument("number", type=int, metavar="NUMBER")
    prepare = verbs.add_parser("prepare", help="1: fetch the settings, and store the archive under its hash")
    prepare.add_argument("--commit", required=True)
    prepare.add_argument(
        "--release", default="", help="an earlier one, whose code is taken; otherwise source.zip"
    )
    plan = verbs.add_parser("plan", help="2: plan it; deletions that are not named end it")
    plan.add_argument(
        "--may-delete", default="", metavar="ADDRESSES", help="of what may be deleted, with blanks"
    )
    verbs.add_parser("apply", help="3: number it and put it into service")
    verbs.add_parser("call", help="4: call the functions, and go back if they do not answer")
    return known


def _do(given: argparse.Namespace) -> None:
    files = CloudStorage()
    google = GoogleCloud(given.project, given.region)
    pipeline = Pipeline(given.project, files, Checkout(ROOT / "infra/gcp", given.project), FOLDER)
    match given.verb:
        case "list":
            _list(Register(files, given.project))
        case "settings":
            person = settings.Person(shlex.split(os.environ.get("EDITOR", "vi")), sys.stdin, sys.stdout)
            settings.change(given.project, files, google, person, folder=FOLDER, repository=ROOT)
        case "back":
            release = Register(files, given.project).find(given.number)
            build = google.build(release.commit, release.number)
            print(f"Build {build} deploys the code of release {release.number}.")
        case "prepare":
            earlier = int(given.release) if given.release else None
            print(pipeline.prepare(given.commit, earlier).json(), end="")
        case "plan":
            pipeline.plan(given.may_delete.split())
        case "apply":
            print(pipeline.apply().json(), end="")
        case "call":
            print(pipeline.call(google, google).json(), end="")


def _list(register: Register) -> None:
    for each in register.newest():
        what = f"commit {each.commit[:12]}  code {each.archive[:12]}  settings {each.settings}"
        print(f"{each.number:>6}  {each.at}  {each.state:<5}  {each.why:<12}  {what}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; it exits with 1 and a sentence when it cannot do what it is asked."""
    given = parser().parse_args(arguments)
    try:
        _do(given)
    except (StoppedError, MissingError, ChangedError) as stopped:
        sys.exit(str(stopped))
    except subprocess.CalledProcessError as failed:
        sys.exit(f"{shlex.join(map(str, failed.cmd))} ended with {failed.returncode}. {failed.stderr or ''}")


if __name__ == "__main__":
    main()
