"""Pages: a mail's HTML, from the templates beside this file.

This module is imported only to write a mail, because few runs write one, and only they need jinja2.
"""

from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from shared.once import Once

_TEMPLATES = Path(__file__).parent / "templates"


def html_of(template: str, **shown: Any) -> str:
    """Fill a template in; escape every text in it."""
    return _environment().get_template(template).render(shown)


def _made() -> Environment:
    # Escaped once: `_escaped` gives Markup, which `autoescape` leaves; so does what `{% set %}` holds.
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        finalize=_escaped,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _escaped(value: object) -> Markup:
    """Return the value escaped as Python's own `html` does."""
    return value if isinstance(value, Markup) else Markup(escape(str(value)))  # noqa: S704  just escaped


_environment = Once(_made)
"""The templates, once per instance; each is compiled at its first use."""
