"""Write the licences' page, look for known vulnerabilities, or write the bill of materials."""

import argparse
import sys
from collections.abc import Sequence

from infra.packages import bill, licences
from infra.packages.advisories import Audit, audit
from infra.packages.requirements import DEPLOYED, ROOT, missing, read

LICENCES = ROOT / "docs" / "licences.md"
BILL = ROOT / ".local" / "sbom.cdx.json"


def _write_licences() -> list[str]:
    requirements = read()
    if absent := missing(requirements):
        return [f"{', '.join(absent)} must be installed first: make setup"]
    LICENCES.write_text(licences.page(requirements), encoding="utf-8")
    return [f"refused: {each}" for each in licences.refused(requirements)]


def _audit() -> list[str]:
    known = audit(DEPLOYED)
    sys.stdout.write(f"{line_of(known)}\n")
    return list(known.found)


def line_of(known: Audit) -> str:
    """Return an audit's result in one line."""
    if known.unreachable:
        return f"SKIPPED: known vulnerabilities were not looked for: {known.unreachable}"
    nothing = f"; nothing is known of {', '.join(known.unknown)}" if known.unknown else ""
    return f"{len(known.found)} known vulnerabilities{nothing}"


def _write_bill() -> list[str]:
    bill.write(DEPLOYED, ROOT / "pyproject.toml", BILL)
    sys.stdout.write(f"{BILL}\n")
    return list(filter(None, [bill.mistake(BILL)]))


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what is asked; exits with 1 if something must not stay as it is."""
    tasks = {"licences": _write_licences, "audit": _audit, "sbom": _write_bill}
    parser = argparse.ArgumentParser(prog="python -m infra.packages", description=__doc__)
    parser.add_argument("task", choices=tasks)
    wrong = tasks[parser.parse_args(arguments).task]()
    sys.stderr.write("".join(f"{each}\n" for each in wrong))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
