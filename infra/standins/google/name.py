"""What Google adds to a name: the whole name in its usual forms."""

from typing import Any

_WHOLE = ("honorificPrefix", "givenName", "middleName", "familyName")


def complete_name(name: dict[str, Any], _region: str) -> None:
    """Add `displayName`, `displayNameLastFirst` and `unstructuredName`.

    Google does not say how it composes or takes apart a name. Here the parts decide when there are any;
    otherwise the last word of the free-form name is the family name.
    """
    if not any(part in name for part in _WHOLE):
        _take_apart(name)
    whole = " ".join(name[part] for part in _WHOLE if part in name)
    suffix = f", {name['honorificSuffix']}" if "honorificSuffix" in name else ""
    first = " ".join(name[part] for part in ("givenName", "middleName") if part in name)
    last_first = ", ".join(part for part in (name.get("familyName", ""), first) if part)
    name["displayName"] = name["unstructuredName"] = whole + suffix
    name["displayNameLastFirst"] = last_first + suffix


def _take_apart(name: dict[str, Any]) -> None:
    given, _, family = name.get("unstructuredName", "").strip().rpartition(" ")
    parts = {"givenName": given or family, "familyName": family if given else ""}
    name.update({part: text for part, text in parts.items() if text})
