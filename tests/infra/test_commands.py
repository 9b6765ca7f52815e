import re
import shlex
from pathlib import Path

import pytest
import yaml

from infra.check import gcloud, pipeline
from infra.check.gcloud import Command
from infra.releases.__main__ import parser
from tests.docs.pages import PAGES, text
from tests.infra.meanings import asks_somebody, holds, meaning_of
from tests.infra.needs import program
from tests.releases.cloud import Asked, environment, running


def documented() -> list[Command]:
    """Return the gcloud commands of all pages, and of cloudbuild.yaml with its comments."""
    commands = [each for page in (*PAGES, "infra/gcp/README.md") for each in gcloud.in_page(page, text(page))]
    build = text("cloudbuild.yaml")
    comments = "\n".join(line.lstrip("# ") for line in build.splitlines() if line.startswith("#   gcloud"))
    scripts = "\n".join(pipeline.scripts(yaml.safe_load(build)).values())
    return [*commands, *gcloud.in_script("cloudbuild.yaml", f"{comments}\n{scripts}")]


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the parser says against all these commands, and against wrong ones: it takes long to begin."""
    wrong = "gcloud run deploy x --functionn=y\ngcloud functions run\ngcloud secrets versions add"
    commands = [*documented(), *gcloud.in_script("no page", wrong)]
    return gcloud.refusals(program("gcloud"), commands, tmp_path_factory.mktemp("gcloud"))


def test_every_command_can_be_given(refused: list[str]) -> None:
    """The Google Cloud CLI's own parser takes every gcloud command that is written anywhere."""
    assert [each for each in refused if not each.startswith("no page: ")] == []


@pytest.mark.timeout(400)
def test_every_command_does_what_is_said(tmp_path: Path) -> None:
    """Each asks Google's API for what the page wants of it, which `meanings.py` tells for all of them."""
    commands = [
        Command(each.where, tuple(word.replace("GENERATION", "17") for word in each.words))
        for each in documented()
    ]
    asking = list({each.words: each for each in commands if asks_somebody(each)}.values())
    (tmp_path / "infra/gcp").mkdir(parents=True)
    for name in (".terraform.lock.hcl", "installation.tfvars"):
        (tmp_path / "infra/gcp" / name).write_text("# of the first deployment\n")

    with running() as (cloud, url):
        for name in ("installation/installation.tfvars", "simpler-contacts/default.tfstate"):
            cloud.objects["a-value-terraform", name] = 17, b"# earlier\n"
        words = [each.words for each in asking]
        gcloud.give(program("gcloud"), words, url, environment(url, tmp_path), tmp_path)
    sent = list[list[Asked]]()
    for each in cloud.asked:
        if each.path.startswith("/command/"):
            sent.append([])
        else:
            sent[-1].append(each)

    wrong = [
        f"{each.where}: {each.words}: {asked}"
        for each, asked in zip(asking, sent, strict=True)
        if not meant(each, asked)
    ]
    assert "\n".join(wrong) == ""


def meant(command: Command, asked: list[Asked]) -> bool:
    """Return whether one of its requests is what a command is for."""
    meaning = meaning_of(command)
    return meaning is not None and any(
        each.method == meaning.method
        and each.path.endswith(meaning.path)
        and holds(meaning.sends, {**each.query, **(each.body or {})})
        for each in asked
    )


def test_a_flag_of_another_meaning_is_found() -> None:
    """A commit that is given as a tag is one that the parser takes, and that is not what is meant."""
    words = ("builds", "triggers", "run", "deploy", "--region=a-value", "--sha=COMMIT")
    path = "/v1/projects/acme-contacts/locations/a-value/triggers/deploy:run"
    of_release = {"substitutions": {"_RELEASE": "41"}}
    right = Asked("POST", path, {}, {"source": {"commitSha": "COMMIT", **of_release}})
    wrong = Asked("POST", path, {}, {"source": {"tagName": "COMMIT", **of_release}})

    assert meant(Command("a page", words), [right])
    assert not meant(Command("a page", words), [wrong])
    assert not meant(Command("a page", ("compute", "instances", "delete", "x")), [right])


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


def test_wrong_commands_are_found(refused: list[str]) -> None:
    """A misspelt flag, a command that does not exist, and one that lacks an argument are refused."""
    wrong = [each.removeprefix("no page: ") for each in refused if each.startswith("no page: ")]

    assert [each.split(": ")[1].partition(":")[0] for each in wrong] == [
        "unrecognized arguments",
        "there is no such command",
        "argument SECRET --data-file",
    ]


def test_commands_are_found_in_scripts() -> None:
    """What the shell does before and after a command is not the command's; variables have values."""
    script = 'x=$(gcloud a $B) && gcloud c "d e" \\\n  --f=g | jq . # gcloud h\nif true; then gcloud i; fi'

    assert [command.words for command in gcloud.in_script("a page", script)] == [
        ("a", "a-value"),
        ("c", "d e", "--f=g"),
        ("i",),
    ]
