"""Advisories: known vulnerabilities of the packages that are deployed, by pip-audit, where it can ask."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_TIMEOUT = 300
"""Seconds."""

_QUIET = 15
"""Seconds of silence after which the advisory service is taken for unreachable."""


@dataclass(frozen=True, slots=True)
class Audit:
    """The known vulnerabilities.

    Attributes:
        found: A line for each vulnerability.
        unknown: Packages that nothing could be learnt about.
        unreachable: Why nobody could be asked at all; empty: the service was.
    """

    found: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    unreachable: str = ""


def audit(requirements: Path) -> Audit:
    """Ask about every package of a compiled list."""
    command = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "--format=json"]
    command += ["--progress-spinner=off", f"--timeout={_QUIET}", f"--requirement={requirements}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT, check=False)
    return of(done.stdout, done.stderr)


def of(output: str, errors: str) -> Audit:
    """Read an audit from pip-audit's output, or from the last line of its errors if there is none."""
    if not output.strip():
        return Audit(unreachable=(errors.strip().splitlines() or ["pip-audit said nothing"])[-1])
    packages = json.loads(output)["dependencies"]
    unknown = tuple(each["name"] for each in packages if "skip_reason" in each)
    if len(unknown) == len(packages):
        return Audit(unreachable="the package index here has no advisories")
    return Audit(tuple(line for each in packages for line in _lines(each)), unknown)


def _lines(package: dict[str, object]) -> list[str]:
    found = package.get("vulns")
    rows = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    name = f"{package['name']} {package.get('version', '')}"
    return [f"{name}: {row['id']}, mended in {', '.join(row['fix_versions']) or 'none'}" for row in rows]
