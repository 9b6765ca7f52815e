"""Licences of the packages that are deployed, and which of them a service like this may use.

Accepted are licences that ask for a notice (MIT, BSD, Apache …) and those whose copyleft ends at the
file or the library (MPL, LGPL), for nothing of them is changed here. Refused is every other, above all what
reaches who only uses a service over a network (AGPL, SSPL, EUPL, OSL), and the GPL, since the archive is
handed to those who install it; also a package that does not say.
"""

from collections.abc import Iterator, Mapping
from importlib.metadata import metadata

from infra.packages.requirements import Requirement

ACCEPTED = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BSD",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "LGPL-2.1-or-later",
        "LGPL-3.0-or-later",
        "MIT",
        "MIT-0",
        "MPL-2.0",
        "PSF-2.0",
        "Python-2.0",
        "Unlicense",
        "Zlib",
    }
)
"""By their SPDX identifiers; BSD is what does not say which."""

_SPELLINGS: Mapping[str, str] = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache": "Apache-2.0",
    "Apache 2": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 3-Clause OR Apache-2.0": "BSD-3-Clause OR Apache-2.0",
    "BSD License": "BSD",
    "MIT License": "MIT",
    "https://www.apache.org/licenses/LICENSE-2.0": "Apache-2.0",
}
"""How packages write them that do not use SPDX identifiers."""

_PAGE = """# Licences

Of the packages in `requirements.txt`, which are deployed. Which are accepted, and why, is in
`infra/packages/licences.py`; `python -m infra.packages licences` writes this page.

| package | licence |
|---|---|
"""


def page(requirements: list[Requirement]) -> str:
    """Return the text of docs/licences.md."""
    rows = (f"| {each.name} | {licence(each.name)} |\n" for each in requirements if each.is_needed_here)
    return _PAGE + "".join(rows)


def refused(requirements: list[Requirement]) -> Iterator[str]:
    """Yield the packages whose licence is not accepted."""
    for each in requirements:
        if each.is_needed_here and not is_accepted(licence(each.name)):
            yield f"{each.name}: {licence(each.name)}"


def licence(package: str) -> str:
    """Return an installed package's own licence, as an SPDX expression if possible."""
    told = metadata(package)
    classifiers = [text for text in told.get_all("Classifier") or [] if text.startswith("License ::")]
    said = [*(told.get_all("License-Expression") or []), *(told.get_all("License") or [])]
    said += [text.rpartition("::")[2].strip() for text in classifiers]
    first = next(filter(None, said), "not said").partition("\n")[0]
    return _SPELLINGS.get(first, first)


def is_accepted(expression: str) -> bool:
    """Return whether one of the alternatives has accepted licences only."""
    alternatives = expression.strip("()").split(" OR ")
    return any(ACCEPTED.issuperset(each.split(" AND ")) for each in alternatives)
