"""gcloud: commands in documents and in cloudbuild.yaml, by the Google Cloud CLI's own parser.

A document's commands are in its fenced ``sh`` blocks, and in code within its text.
"""

import json
import re
import shlex
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_PARSER = Path(__file__).with_name("gcloud_parser.py")
_RUNNER = Path(__file__).with_name("gcloud_runner.py")
_FENCED = re.compile(r"^ *```sh\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`(gcloud [^`\n]+)`")
_VARIABLE = re.compile(r"\$+(\w+|\{\w+\})")
_COMMENT = re.compile(r"(^|\s)#.*")
_ENDS = frozenset({"|", "||", "&&", ";", ")", "<<<", "<", ">", ">>", "&"})
_TIMEOUT = 300


@dataclass(frozen=True, slots=True)
class Command:
    """One command and where it stands."""

    where: str
    words: tuple[str, ...]


def in_page(where: str, text: str) -> Iterator[Command]:
    """Yield the commands of a Markdown page."""
    for block in _FENCED.findall(text):
        yield from in_script(where, block)
    for line in _INLINE.findall(_FENCED.sub("", text)):
        yield from in_script(where, line)


def in_script(where: str, script: str) -> Iterator[Command]:
    """Yield the gcloud commands of a shell script, each up to what the shell does with its output."""
    for line in script.replace("\\\n", " ").splitlines():
        shell = shlex.shlex(_COMMENT.sub("", line), posix=True, punctuation_chars=True)
        shell.whitespace_split = True
        shell.commenters = ""
        words = list(shell)
        starts = [number for number, word in enumerate(words) if word.removeprefix("$(") == "gcloud"]
        for start in starts:
            ends = (number for number in range(start, len(words)) if words[number] in _ENDS)
            given = words[start + 1 : next(ends, len(words))]
            yield Command(where, tuple(_VARIABLE.sub("a-value", word) for word in given))


def refusals(gcloud: str, commands: Sequence[Command], folder: Path) -> list[str]:
    """Return what the CLI's parser says against the commands; nothing is executed.

    Args:
        gcloud: Where the CLI is.
        commands: What it is asked.
        folder: Where the CLI may keep its own settings.
    """
    settings = {"CLOUDSDK_CONFIG": str(folder), "PATH": "/usr/local/bin:/usr/bin:/bin"}
    answered = _on_its_python(gcloud, settings, _PARSER, [command.words for command in commands])
    answers = zip(commands, json.loads(answered), strict=True)
    return [f"{each.where}: gcloud {shlex.join(each.words)}: {error}" for each, error in answers if error]


def give(
    gcloud: str,
    commands: Sequence[Sequence[str]],
    address: str,
    settings: Mapping[str, str],
    folder: Path,
) -> None:
    """Give commands to the CLI, one after the other.

    Args:
        gcloud: Where the CLI is.
        commands: The commands' words.
        address: What is told the number of each command before it is given: ``command/NUMBER`` is added.
        settings: The environment, by which the CLI asks there and not Google.
        folder: In which they are given.
    """
    _on_its_python(gcloud, settings, _RUNNER, [address, commands], folder)


def _on_its_python(
    gcloud: str, settings: Mapping[str, str], program: Path, given: object, folder: Path | None = None
) -> str:
    """Run a program on the CLI's own Python with its packages, and return what it writes."""
    root, python = _installation(gcloud)
    done = subprocess.run(
        [python, "-P", program],
        env={**settings, "PYTHONPATH": f"{root}/lib/third_party:{root}/lib"},
        input=json.dumps(given),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT,
        check=True,
    )
    return done.stdout


@cache
def _installation(gcloud: str) -> tuple[str, str]:
    """Return where the CLI is installed, and its Python: to ask takes a second."""
    ask = [gcloud, "info", "--format=value(installation.sdk_root,basic.python_location)"]
    with tempfile.TemporaryDirectory() as settings:
        environment = {"CLOUDSDK_CONFIG": settings, "PATH": "/usr/local/bin:/usr/bin:/bin"}
        installed = subprocess.run(
            ask, env=environment, capture_output=True, text=True, timeout=_TIMEOUT, check=True
        )
    root, python = installed.stdout.split()
    return root, python
