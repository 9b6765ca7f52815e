"""Checkov: general rules for infrastructure, of which some fit Google Cloud."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

_SKIP = re.compile(r"#\s*checkov:skip=(\w+)(:.*)?")
_TIMEOUT = 300
_SENTENCE = 3
_ONCE = {"CHECKOV_ENABLE_FOREACH_HANDLING": "False", "CHECKOV_ENABLE_MODULES_FOREACH_HANDLING": "False"}
"""One look at a block that Terraform repeats: each copy has the same rules, and takes as long."""


def failures(program: Path, configuration: Path) -> list[str]:
    """Return the rules that the files of a folder break, file by file, without those that comments skip."""
    command = [
        str(program),
        "--skip-download",
        "--framework",
        "terraform",
        "-o",
        "json",
        "-d",
        str(configuration),
    ]
    done = subprocess.run(command, env=_ONCE, capture_output=True, text=True, timeout=_TIMEOUT, check=False)
    report = json.loads(done.stdout)
    broken = report["results"]["failed_checks"]
    return [
        f"{each['file_path']}: {each['resource']} breaks {each['check_id']}: {each['check_name']}"
        for each in broken
    ]


def unjustified(configuration: Path) -> Iterator[str]:
    """Yield the comments that skip a rule and do not say why."""
    for file in sorted(configuration.rglob("*.tf")):
        for rule, reason in _SKIP.findall(file.read_text()):
            if len(reason.split()) < _SENTENCE:
                yield f"{file.name} skips {rule} for no reason"
