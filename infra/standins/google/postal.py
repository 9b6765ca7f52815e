"""What Google adds to an address: the whole of it as a text."""

from typing import Any


def complete_address(address: dict[str, Any], _region: str) -> None:
    """Add `formattedValue` unless the client has set it, from the structured values.

    How Google lays the lines out is not documented; this is one plain way.
    """
    if "formattedValue" in address:
        return
    lines = (
        ("streetAddress",),
        ("extendedAddress",),
        ("poBox",),
        ("city", "region", "postalCode"),
        ("country",) if "country" in address else ("countryCode",),
    )
    texts = (" ".join(address[part] for part in line if part in address) for line in lines)
    formatted = "\n".join(text for text in texts if text)
    if formatted:
        address["formattedValue"] = formatted
