import re
import shlex
from pathlib import Path

import yaml

from infra.check import gcloud, pipeline
from infra.check.gcloud import Command
from infra.releases.__main__ import parser
from tests.docs.pages import PAGES, text
from tests.infra.needs import program


def documented() -> list[Command]:
    """Return the gcloud commands of all pages, and of cloudbuild.yaml with its comments."""
    commands = [each for page in (*PAGES, "infra/gcp/README.md") for each in gcloud.in_page(page, text(page))]
    build = text("cloudbuild.yaml")
    comments = "\n".join(line.lstrip("# ") for line in build.splitlines() if line.startswith("#   gcloud"))
    scripts = "\n".join(pipeline.scripts(yaml.safe_load(build)).values())
    return [*commands, *gcloud.in_script("cloudbuild.yaml", f"{comments}\n{scripts}")]


def test_every_command_can_be_given(tmp_path: Path) -> None:
    """The Google Cloud CLI's own parser takes every gcloud command that is written anywhere."""
    assert gcloud.refusals(program("gcloud"), documented(), tmp_path) == []


def test_every_step_of_a_release_can_be_given() -> None:
    """`infra.releases` takes what cloudbuild.yaml, the pages and the Makefile give it."""
    texts = [text(page) for page in ("cloudbuild.yaml", "infra/gcp/README.md", "Makefile")]
    lines = [line for each in texts for line in re.findall(r"-m infra\.releases ([^`\n]+)", each)]
    given = [
        re.sub(r'"?\$[({]?\w+[)}]?"?', "41", line.replace("$(git rev-parse HEAD)", "$C")) for line in lines
    ]

    done = [parser().parse_args(shlex.split(line)).verb for line in given]

    assert done[:4] == ["prepare", "plan", "apply", "call"]
    assert {"list", "settings", "back"} <= set(done)


def test_wrong_commands_are_found(tmp_path: Path) -> None:
    """A misspelt flag, a command that does not exist, and one that lacks an argument are refused."""
    wrong = "gcloud run deploy x --functionn=y\ngcloud functions run\ngcloud secrets versions add"

    assert [
        refusal.split(": ")[2].partition(":")[0]
        for refusal in gcloud.refusals(program("gcloud"), [*gcloud.in_script("a page", wrong)], tmp_path)
    ] == ["unrecognized arguments", "there is no such command", "argument SECRET --data-file"]


def test_commands_are_found_in_scripts() -> None:
    """What the shell does before and after a command is not the command's; variables have values."""
    script = 'x=$(gcloud a $B) && gcloud c "d e" \\\n  --f=g | jq . # gcloud h\nif true; then gcloud i; fi'

    assert [command.words for command in gcloud.in_script("a page", script)] == [
        ("a", "a-value"),
        ("c", "d e", "--f=g"),
        ("i",),
    ]
