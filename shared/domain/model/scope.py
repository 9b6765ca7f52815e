"""Scope: where a customer is served, as SIMPLer says it."""

from typing import Literal

PlaceKind = Literal["site", "ap"]
"""What SIMPLer says of where a customer is served: the site, or the access point."""
