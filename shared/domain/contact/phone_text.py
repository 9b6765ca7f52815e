"""Phone text: the telephone numbers in what people type into one field, and which words go with which.

"021 4871234/5", "old 0871234567 new 0861234567", "312-239-0680 (ext. 234)", "Unit 14 0871234567 10am-6pm".
What is surely no number is set aside first (`no_phone.py`). What is left are runs of digits; a run is read
where numbers make up all of it, since a number beside digits that nobody understands may be a piece of
something longer: "0044 208-366-1177", read in the United States, holds a valid American number, and it is the
wrong one.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec
from phonenumbers import PhoneNumber

from shared.domain.contact.dialling import MOST_DIGITS, beside, dialled, following
from shared.domain.contact.no_phone import LISTED, YEAR, without_what_is_no_phone
from shared.domain.contact.phone_kind import PhoneKind
from shared.domain.contact.phone_words import COMMON, KINDS, Words, words_of
from shared.pattern import pattern

_EXTENSION = pattern(
    r"(?<=[0-9)])[\s,;()\[-]*"
    r"(?:;ext=|\b(?:extension|extn?|xtn|poste|anexo|durchwahl|dw|toestel|interno|int|wew)\b"
    r"|(?:ext|x)(?=[\s.:]*\d)|#|,,+)[\s.:#(]*([0-9]{1,7})(?![0-9])\)?(?!\s?[0-9/-]{3})",
    re.IGNORECASE,
)
_IS_YEAR = pattern(YEAR)
_PLUS = pattern(r"\+[\s(]*$")
_APART = pattern(r"\s+-\s+")
_LIST_SIGN = pattern(LISTED)
_GROUP = pattern(r"[0-9]+")
_LETTERS_BEFORE = pattern(r"[^\W\d_]+$")
_LETTERS_AFTER = pattern(r"[^\W\d_]+")
_INNER = pattern(r"[\s()\[\]._\-]*")
_SLASHED = pattern(r"[\s()\[\]._\-]*[/\\][\s()\[\]._\-]*")
_TAIL = pattern(r"\s*(?:[,;&/|\\]|\bor\b|\band\b)\s*")
_HOUSE = pattern(
    r"\b(?:unit|apt|apartment|flat|house|suite|room|block|floor|lot|plot|erf|stand|box|no|nr|number|street|str|"
    r"st|road|rd|avenue|ave|lane|drive|close|park|court|estate|stra(?:ss|ß)e|rue|calle|via|straat|laan|weg)"
    r"[\s.:#]*$",
    re.IGNORECASE,
)
_COUNT = pattern(r"no|nr|number", re.IGNORECASE)
_STREET = pattern(
    r"[a-z]?\s+(?:[^\W\d_]+\s+){1,3}(?:street|str|st|road|rd|avenue|ave|lane|drive|close|park|court|estate)\b",
    re.IGNORECASE,
)
_FAR = 4
_NOTHING: list["_Spot"] = []
_HOURS = 2
_LONGEST_TAIL = 4
_LONGEST_USUAL = 11  # digits without the trunk's zero, as Germany gives them out (Bundesnetzagentur, 2010)
_BLOCK = 6  # digits in one, behind which a number may be at its end
_FEWEST = 7  # of a number with its area's code, without the trunk's zero
_NORTH_AMERICA = 1
_AREA, _EXCHANGE, _LINE = 3, 6, 10  # digits up to the end of each; 415 555 2671
_AMERICAN = [_AREA, _EXCHANGE - _AREA, _LINE - _EXCHANGE]
_IN_ONE = {(0, _EXCHANGE), (0, _LINE), (_AREA, _LINE)}
_GLUED = 7


class FoundNumber(msgspec.Struct, frozen=True):
    """A number in a text.

    Attributes:
        number: The number.
        type: Its `PhoneNumberType`.
        extension: Digits to be dialled after it, or empty.
        kind: What the text says of its kind, if anything.
        label: Words that say whose it is, when to call it, or what not to do; or empty.
    """

    number: PhoneNumber
    type: int
    extension: str = ""
    kind: PhoneKind | None = None
    label: str = ""


class _Group(NamedTuple):
    """Digits that stand together, and what stands between them and the digits before."""

    digits: str
    start: int
    end: int
    between: str
    is_plus: bool


class _Spot(NamedTuple):
    """A number where it stands."""

    number: PhoneNumber
    type: int
    start: int
    end: int


class ReadText(msgspec.Struct, frozen=True):
    """The numbers in a text.

    Attributes:
        found: The numbers in it.
        is_all: Whether all that it says is in them and their words.
        is_understood: Whether it holds no digits besides that may be a number's.
    """

    found: tuple[FoundNumber, ...]
    is_all: bool
    is_understood: bool


def read_text(text: str, region: str) -> ReadText:
    """Read the numbers in a text.

    Args:
        text: As typed, in one line.
        region: As in `dialled`.
    """
    masked = without_what_is_no_phone(text)
    extensions = {found.start(): found for found in _EXTENSION.finditer(masked)}
    bare = _EXTENSION.sub(lambda found: "\0" * len(found[0]), masked)
    spots = list(_spots(bare, region))
    ends = [_end(spot, extensions) for spot in spots]
    starts = [*(spot.start for spot in spots), len(text)]
    around = [(end, start) for end, start in zip([0, *ends], starts, strict=True)]
    gaps = [_LIST_SIGN.sub("", text[end:start]) for end, start in around]
    words = words_of(gaps) if spots else None
    found = []
    for position, spot in enumerate(spots):
        extension = extensions.get(spot.end)
        own = words[position] if words else Words(None, "")
        found.append(
            FoundNumber(
                spot.number, spot.type, extension[1] if extension else "", kind=own.kind, label=own.label
            )
        )
    is_left = any(_GROUP.search(bare[end:start]) for end, start in around)
    is_understood = bool(spots) and (words is not None or not is_left)
    return ReadText(tuple(found), words is not None, is_understood)


def _end(spot: _Spot, extensions: dict[int, re.Match[str]]) -> int:
    return extensions[spot.end].end() if spot.end in extensions else spot.end


def _spots(text: str, region: str) -> Iterator[_Spot]:
    """Find the numbers, from left to right."""
    last: _Spot | None = None
    for run in _runs(text):
        segments = _segments(run)
        while segments:
            segment = segments.pop(0)
            read = _read(segment, text, region)
            if not read and last and (tail := _tail(text, last, segment)):
                read = [tail]
            while not read and segments and _goes_on(segment, segments[0]):
                segment = [*segment, *segments.pop(0)]
                read = _read(segment, text, region)
            last = read[-1] if read else None
            yield from read


def _goes_on(segment: Sequence[_Group], other: Sequence[_Group]) -> bool:
    """Return whether the stroke may stand within a number: "0171/1234567", not "2 / 9374 4000"."""
    if sum(len(group.digits) for group in segment) > _GLUED or _is_local(segment, other):
        return False
    is_code = len(other[0].between) == 1 and not _IS_YEAR.fullmatch(segment[-1].digits)
    return is_code or _is_begun(segment[0]) or len(segment[0].digits) == _AREA


def _is_local(segment: Sequence[_Group], other: Sequence[_Group]) -> bool:
    """Return whether it is a local number beside a whole one: "487 1234 / 087 123 4567"."""
    digits = sum(len(group.digits) for group in segment)
    return digits > _FAR and not _is_begun(segment[0]) and _is_begun(other[0])


def _is_begun(group: _Group) -> bool:
    return group.is_plus or group.digits[0] == "0"


def _runs(text: str) -> Iterator[list[_Group]]:
    """Find digits with nothing between them but what is written within numbers, or between two of them."""
    run: list[_Group] = []
    end = 0
    for found in _GROUP.finditer(text):
        between = text[end : found.start()]
        end = found.end()
        is_own = _stands_alone(text, found)
        group = _Group(
            found[0], found.start(), end, between=between, is_plus=_PLUS.search(between) is not None
        )
        if run and (not is_own or _is_behind_hours(group, run) or not _is_joint(between)):
            yield run
            run = []
        if is_own:
            run.append(group)
    if run:
        yield run


def _is_behind_hours(group: _Group, run: Sequence[_Group]) -> bool:
    """Return whether a number begins behind another one and its hours: "+49 89 1234567 9-5 030 123456"."""
    return _is_begun(group) and _has_hours(run)


def _has_hours(groups: Sequence[_Group]) -> bool:
    return sum(len(group.digits) for group in groups[:-2]) >= _FEWEST and _is_span(groups)


def _is_joint(between: str) -> bool:
    bare = between.replace("+", " ")
    return bool(_INNER.fullmatch(bare) or _SLASHED.fullmatch(bare))


def _stands_alone(text: str, found: re.Match[str]) -> bool:
    """Return whether no letter is glued to it, as in "T12", but one that says what it is: "Mob0871234567"."""
    before = _LETTERS_BEFORE.search(text[max(0, found.start() - 12) : found.start()])
    if before and before[0].casefold() not in COMMON:
        return False
    after = _LETTERS_AFTER.match(text, found.end())
    return not after or len(found[0]) >= _GLUED or after[0].casefold() in KINDS


def _segments(run: Sequence[_Group]) -> list[list[_Group]]:
    """Part the run at strokes; these stand within a number as well as between two."""
    parts: list[list[_Group]] = []
    for position, group in enumerate(run):
        if position and ("/" in group.between or "\\" in group.between):
            if _is_next(parts[-1]):
                parts.append([parts[-1].pop()])
            parts.append([group])
        elif parts:
            parts[-1].append(group)
        else:
            parts.append([group])
    return parts


def _is_next(part: Sequence[_Group]) -> bool:
    """Return whether it ends with the area code of the next number: "0171/1234567 030/123456"."""
    return (
        len(part) > 1 and len(part[-2].digits) >= _BLOCK and len(part[-1].digits) > 1 and _is_begun(part[-1])
    )


def _read(groups: Sequence[_Group], text: str, region: str) -> list[_Spot]:
    """Read the numbers that make up all of the groups, but for a house number, a year, or a single digit."""
    if len(groups) == 1:
        return _cover(groups, region) or []
    first, last = groups[0], groups[-1]
    is_year = len(last.digits) == _FAR and "(" in last.between and last.digits[:2] in ("19", "20")
    is_house = len(last.digits) < _FAR and _STREET.match(text, last.end) is not None
    is_open = "(" in text[max(0, first.start - 1) : last.start]
    is_sign = len(last.digits) == 1 and text[last.end : last.end + 1] == ")" and not is_open
    if is_year or is_house or is_sign:
        return _cover(groups[:-1], region) or []
    part = groups[:-2] if _is_span(groups) else groups[1:] if _is_counted(groups) else []
    if part and (found := _cover(part, region)):
        return found
    house = None if len(first.digits) > _FAR or _is_begun(first) else _HOUSE.search(text[: first.start])
    is_named = house and (len(first.digits) == 1 or not _COUNT.match(house[0]))
    if not is_named and (whole := _cover(groups, region)) is not None:
        return whole
    if house or len(first.digits) == 1:
        return _cover(groups[1:], region) or []
    is_more = len(last.digits) == 1 and not _cover([_joined(groups)], region)
    return (_cover(groups[:-1], region) or []) if is_more else []


def _is_counted(groups: Sequence[_Group]) -> bool:
    """Return whether a digit stands before a number: "2 09 373 1234"."""
    first, number = groups[:2]
    return len(first.digits) == 1 and not _is_begun(first) and _is_begun(number) and len(number.digits) > 1


def _joined(groups: Sequence[_Group]) -> _Group:
    return groups[0]._replace(digits="".join(group.digits for group in groups), end=groups[-1].end)


def _is_span(groups: Sequence[_Group]) -> bool:
    """Return whether it ends with hours: "9-5", "10 - 18"."""
    one, two = groups[-2:]
    return (
        max(len(one.digits), len(two.digits)) <= _HOURS
        and two.between.strip() == "-"
        and "-" not in one.between
        and max(int(one.digits), int(two.digits)) <= 24  # noqa: PLR2004  hours
    )


def _cover(groups: Sequence[_Group], region: str) -> list[_Spot] | None:
    """Return the numbers that the groups are, without a digit left over; the shortest first."""
    ends = {len(groups): _NOTHING}  # how the groups from a place on are read, from the last to the first
    for start in range(len(groups) - 1, -1, -1):
        first, digits = groups[start], ""
        for end, group in enumerate(groups[start:], start + 1):
            digits += group.digits
            if len(digits) > MOST_DIGITS or (group.is_plus and group is not first):
                break
            may_end = end < len(groups) and _may_end(group, groups[end])
            if end not in ends and not may_end:
                continue
            read = dialled(digits, region, is_plus=first.is_plus)
            if not read and first.is_plus and digits[0] == "0":
                read = dialled(digits, region)  # the plus stands between two numbers
            if read and end in ends and _is_usual(groups[start:end], read[0], region):
                ends[start] = [_Spot(*read, first.start, group.end), *ends[end]]
                break
            if read and may_end and len(str(read[0].national_number)) >= _FEWEST:
                break  # what is behind it may be a part of it, where numbers have any length, or may not
    return ends.get(0)


def _may_end(group: _Group, behind: _Group) -> bool:
    """Return whether a number may be at its end between them, as before "12" in "030 123456 12"."""
    least = _AREA if len(behind.digits) == 1 else _BLOCK
    return len(group.digits) >= least and (" " in behind.between or "(" in behind.between)


def _is_usual(groups: Sequence[_Group], number: PhoneNumber, region: str) -> bool:
    """Return whether somebody may write it in these groups: "5 12345 2019" is a postcode and a year."""
    first, last = groups[0], groups[-1]
    if (first is not last and _is_apart(groups)) or _may_be_american(groups, number, region):
        return False
    if first is not last and len(last.digits) <= _HOURS and "(" in last.between:
        return False  # "(1)" is a sign of a list
    if any(_has_hours(groups[:end]) for end in range(3, len(groups) + 1)):
        return False
    if number.country_code == _NORTH_AMERICA:
        return _is_american(groups)
    if first is not last and last.between.isspace() and len(str(number.national_number)) > _LONGEST_USUAL:
        return False
    return _is_begun(first) or not _is_mixed(groups)


def _is_mixed(groups: Sequence[_Group]) -> bool:
    """Return whether groups without a zero before them are two things: "4871234 06", "60601 0048"."""
    longest = _FAR if len(groups[0].digits) == 1 else MOST_DIGITS
    is_twice = len(groups) > 1 and len(groups[0].digits) > _FAR and len({each.digits for each in groups}) == 1
    return (
        is_twice
        or _has_date(groups)
        or sum(1 for group in groups if _IS_YEAR.fullmatch(group.digits)) > 1
        or any(len(group.digits) > longest for group in groups)
        or any(len(group.digits) > _BLOCK for group in groups[:-1])
        or any(group.digits[:2] == "00" and len(group.digits) in (_FAR, _FAR + 1) for group in groups[1:])
    )


def _may_be_american(groups: Sequence[_Group], number: PhoneNumber, region: str) -> bool:
    """Return whether a number abroad is an American one by its groups: "+604-555-1234"."""
    if [len(group.digits) for group in groups] != _AMERICAN or number.country_code == _NORTH_AMERICA:
        return False
    home = dialled("".join(group.digits for group in groups), region)
    return home is not None and home[0].country_code == _NORTH_AMERICA


def _is_apart(groups: Sequence[_Group]) -> bool:
    """Return whether it begins with a digit by itself: "2 - 9374 4000"."""
    return len(groups[0].digits) == 1 and _APART.fullmatch(groups[1].between) is not None


def _has_date(groups: Sequence[_Group]) -> bool:
    return any(
        max(len(day.digits), len(month.digits)) <= _HOURS and _IS_YEAR.fullmatch(year.digits)
        for day, month, year in zip(groups, groups[1:], groups[2:], strict=False)
    )


def _is_american(groups: Sequence[_Group]) -> bool:
    """Return whether area code, exchange and line are parted nowhere else, or not at all."""
    end = _LINE - sum(len(group.digits) for group in groups)
    for group in groups:
        start, end = max(end, 0), end + len(group.digits)
        is_part = end <= _AREA or start >= _EXCHANGE or (start >= _AREA and end <= _EXCHANGE)
        if not is_part and (start, end) not in _IN_ONE:
            return False
    return True


def _tail(text: str, last: _Spot, segment: Sequence[_Group]) -> _Spot | None:
    """Return what is written of a further number that is mostly as before: "4871234/5"."""
    digits = "".join(group.digits for group in segment)
    between = text[last.end : segment[0].start]
    if len(segment) > 1 and (_is_span(segment) or _is_apart(segment)):
        return None
    if _STREET.match(text, segment[-1].end):
        return None
    if not _TAIL.fullmatch(between.strip(" ().-") or between):
        return None
    if last.number.country_code == _NORTH_AMERICA and not _is_american(segment):
        return None
    number = beside(last.number, digits)
    if not number and between == "/" and len(digits) <= _LONGEST_TAIL:
        number = following(last.number, digits)
    return _Spot(number, last.type, segment[0].start, segment[-1].end) if number else None
