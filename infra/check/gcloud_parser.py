"""gcloud's parser: reads commands as the Google Cloud CLI would, and executes none.

Runs on the CLI's Python with the CLI's packages, whose `argparse` is not Python's. Standard input has the
commands as JSON, each a list of words; standard output gets what is wrong with each.
"""

import argparse
import json
import sys
from typing import Any

from googlecloudsdk import gcloud_main
from googlecloudsdk.core.util import files


def refusal(top: Any, words: list[str]) -> str:
    """Return the objection to a command of the CLI, of which this is the top; empty: none."""
    node = top
    for number, word in enumerate(words):
        child = None if word.startswith("-") else node.LoadSubElement(word)
        if child is None:
            return f"there is no such command: {word}"
        node = child
        if not node.is_group:
            return _refusal_of_arguments(node, words[number + 1 :])
    return "a command is missing"


def _refusal_of_arguments(command: Any, arguments: list[str]) -> str:
    # Resources are looked for in a project: without one they cannot be parsed.
    project = [] if any(each.startswith("--project") for each in arguments) else ["--project=a-project"]
    try:
        command._parser.parse_args([*arguments, *project], raise_error=True)  # noqa: SLF001 - as below
    except files.MissingFileError:
        return ""
    except argparse.ArgumentError as error:
        return str(error).partition("\n\nTo search")[0]
    return ""


if __name__ == "__main__":
    cli = gcloud_main.CreateCLI([])._TopElement()  # noqa: SLF001 - as the CLI's own linter does
    answers = [refusal(cli, words) for words in json.load(sys.stdin)]
    sys.stdout.write(json.dumps(answers))
