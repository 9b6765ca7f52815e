"""Pages: a mail's HTML, from the templates beside this file.

It is imported when a mail is written: few runs write one, and only they need jinja2.
"""

from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from shared.once import Once

_TEMPLATES = Path(__file__).parent / "templates"


def html_of(template: str, **shown: Any) -> str:
    """Return a page with what it shows; escape every text in it."""
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
    """The value as Python's own `html` writes it."""
    return value if isinstance(value, Markup) else Markup(escape(str(value)))  # noqa: S704  just escaped


_environment = Once(_made)
"""The templates, once per instance: each is compiled when it is first shown."""
