"""Bill of materials: the packages that are deployed, in CycloneDX's form, by cyclonedx-bom."""

import subprocess
import sys
from pathlib import Path

_TIMEOUT = 120
"""Seconds."""

_NO_GRAPH = ("-W", "ignore:The Component this BOM is describing")
"""A compiled list does not say which package needs which."""


def write(requirements: Path, project: Path, bill: Path) -> None:
    """Write the bill of materials; the same list, the same bill.

    Args:
        requirements: A compiled list of packages.
        project: The project's ``pyproject.toml``, for its name and version.
        bill: The file to write.

    Raises:
        SystemExit: It cannot be made; with what cyclonedx-bom says.
    """
    bill.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, *_NO_GRAPH, "-m", "cyclonedx_py", "requirements", str(requirements)]
    command += ["--no-validate", f"--pyproject={project}", "--output-reproducible", f"--output-file={bill}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)


def mistake(bill: Path) -> str:
    """Return the objection of CycloneDX's own schema to a bill; empty: none."""
    # Loading it takes seconds, which other tasks would wait for in vain.
    from cyclonedx.schema import SchemaVersion  # noqa: PLC0415  see above
    from cyclonedx.validation.json import JsonStrictValidator  # noqa: PLC0415  see above

    found = JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill.read_text(encoding="utf-8"))
    return str(found) if found else ""
