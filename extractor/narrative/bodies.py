"""Names of public bodies: what a name says (level, region), and the fullest form a text uses for it.

All readers work on folded text; names are compared without spaces.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple, cast

from extractor.narrative.prose import Span
from extractor.narrative.wordings import any_of, pattern, wordings
from extractor.record import Level

LONGEST_NAME = 40
SHORTEST_NAME = 3
"""Letters of a bureau's shortest forms, which may drop the first letter too (自然资源和规划局: 资规局)."""

_REACH = 26
"""How far before a name its region is looked for."""

_UNIT_NOT = r"(?<!社区)(?<!辖区)(?<!景区)(?<!校区)(?<!小区)"
_PROVINCE = r"(?:[一-鿿]{2,6}?(?:省|自治区))"
_CITY = rf"(?:(?:(?![省市县区旗])[一-鿿]){{2,8}}?(?:市(?!区)|自治州|州(?![市区县镇乡街州])|盟|地区){_UNIT_NOT})"
_COUNTY = rf"(?:[一-鿿]{{1,7}}?(?:县|旗)|[一-鿿]{{2,8}}?(?:区|市(?![区市])){_UNIT_NOT})"
_TOWN = r"(?:[一-鿿]{1,7}?(?:镇|乡|街道))"
_PLACES = re.compile(rf"{_PROVINCE}?{_CITY}?{_COUNTY}?")
_CHAIN = re.compile(rf"(?=.){_PROVINCE}?{_CITY}?{_COUNTY}?{_TOWN}?")
_HAN = re.compile(r"[一-鿿]+\Z")
_LINKS = "和与及、"
_SORTS = "省市区县州盟旗镇乡"
_ENDS_OF_PLACES = frozenset("省市区县州盟旗镇乡道")


class Name(NamedTuple):
    """A body's name without spaces, and where it stands in the text."""

    words: str
    span: Span


class _Ladder(NamedTuple):
    """A name cut into what names the body and the rung it ends with."""

    stem: str
    rungs: tuple[str, ...]
    rung: int


# ---- what a name says --------------------------------------------------------------------------------------------
@lru_cache(maxsize=1)
def _levels() -> list[tuple[Level, re.Pattern[str]]]:
    return [(cast(Level, one["level"]), re.compile(one["pattern"])) for one in wordings("bodies")["levels"]]


def level_of(name: str, folded: str) -> Level:
    """The level that ``name`` states by its ending (bodies.toml).

    A city of county rank is told by its own chain (随州市广水市) or by a text that speaks of towns and of no counties;
    else a city is taken to have districts.
    """
    level: Level = next((level for level, ending in _levels() if ending.search(name)), "other")
    return "county" if level == "city" and _has_towns_only(folded) else level


def _has_towns_only(folded: str) -> bool:
    return bool(pattern("bodies", "speaks_of_towns").search(folded)) and not pattern(
        "bodies", "speaks_of_counties"
    ).search(folded)


def region_of(name: str) -> str | None:
    """The province, city and county that ``name`` begins with, or None.

    >>> region_of("威海市环翠区鲸园街道办事处"), region_of("安徽省宣城市财政局"), region_of("财政局")
    ('威海市环翠区', '安徽省宣城市', None)
    """
    match = _PLACES.match(name)
    return match[0] if match and match[0] else None


def names_its_region(name: str) -> bool:
    """Whether ``name`` begins with a place and not with words of a sentence before one (特公布江州市…)."""
    region = region_of(name)
    return region is not None and not _is_foreign(region)


def is_short(name: str) -> bool:
    """Whether ``name`` is a short form that names no place (市人社局, 区人民政府办公室, 财政局)."""
    if pattern("bodies", "named_so").match(name):
        return False
    if pattern("bodies", "short").match(name):
        return True
    return bool(pattern("bodies", "placeless").match(name)) and level_of(name, "") == "department" and len(name) < 8


@lru_cache(maxsize=1)
def _endings() -> tuple[str, ...]:
    return tuple(wordings("bodies")["endings"])


def is_body(words: str) -> bool:
    """Whether ``words`` can be the name of a body: it ends as one and does not begin with a word of a sentence."""
    if not 2 < len(words) <= LONGEST_NAME or not words.endswith(_endings()):
        return False
    return not pattern("bodies", "not_a_name").search(words)


def begins_name(words: str, rest: str) -> bool:
    """Whether ``words``, on the line above ``rest``, can be the beginning of the name that ends on it.

    >>> begins_name("云岫县农业", "农村局"), begins_name("云岫县", "望溪镇"), begins_name("云岫县人民政府", "农村局")
    (True, True, False)
    """
    if not is_body(words + rest) or pattern("bodies", "not_a_beginning").search(words):
        return False
    if rest in wordings("bodies")["endings"] or rest[0] in _LINKS or words[-1] in _LINKS:
        return True
    region = region_of(words)
    if region is None or region_of(rest) is not None:
        return False
    return region == words or (not is_body(words) and is_short(rest))


def whole_body(words: str) -> str:
    """``words`` without the unit inside the body that it ends with: 甲县乙镇党政综合办公室 → 甲县乙镇."""
    match = pattern("bodies", "with_inner_unit").match(words)
    return match[1] if match and is_body(match[1]) else words


# ---- one body under several names --------------------------------------------------------------------------------
@lru_cache(maxsize=1_000)
def _ladder(name: str) -> _Ladder:
    best = _Ladder(name, ("",), 0)
    for ladder in wordings("bodies")["ladders"]:
        for i, rung in enumerate(ladder):
            if name.endswith(rung) and 0 < len(name) - len(rung) < len(best.stem):
                best = _Ladder(name[: -len(rung)], tuple(ladder), i)
    return best


def same_body(one: str, other: str) -> bool:
    """Whether two names can be one body's: one is the end, the short form or another rung of the other.

    >>> same_body("春晓街道", "宁波市北仑区春晓街道办事处"), same_body("青石市卫健委", "青石市卫生健康委员会")
    (True, True)
    """
    a, b = _ladder(one), _ladder(other)
    if a.rungs == b.rungs and (a.stem.endswith(b.stem) or b.stem.endswith(a.stem)):
        return True
    return _abbreviates(one, other) or _abbreviates(other, one)


def is_form_of(full: str, short: str) -> bool:
    """``full`` is ``short`` with a region before it or a higher rung behind it."""
    a, b = _ladder(full), _ladder(short)
    return a.rungs == b.rungs and a.rung >= b.rung and a.stem.endswith(b.stem)


def _abbreviates(short: str, full: str) -> bool:
    """``short`` is ``full`` with letters left out behind its place: the last stays (委 may become 委员会).

    The place may be short too: 市资规局 is 江州市自然资源和规划局.
    """
    place = region_of(full) or ""
    own = region_of(short) or (short[0] if short[0] in _SORTS else "")
    a, b = short[len(own) :], full[len(place) :]
    if not place.endswith(own) or not 1 < len(a) < len(b):
        return False
    if a[0] != b[0] and len(a) > SHORTEST_NAME:
        return False
    if a[-1] != b[-1] and not (a[-1] == "委" and b.endswith("委员会")):
        return False
    letters = iter(b)
    return all(letter in letters for letter in a)


# ---- the fullest form --------------------------------------------------------------------------------------------
def forms_in(folded: str, name: str) -> list[Name]:
    """The forms of ``name`` that the text uses: a region before it, the same or a higher rung behind it.

    A government's name that only names its site or paper, and a place that is part of an address, are left out.
    """
    ladder = _ladder(name)
    rungs = ladder.rungs[ladder.rung :][::-1]
    forms = []
    at = folded.find(ladder.stem)
    while at >= 0:
        end = _behind_rung(folded, at + len(ladder.stem), rungs)
        if end is not None and not _is_elsewhere(folded, Span(at, end), name):
            start = _start_of(folded, at, folded[at:end])
            forms.append(Name(folded[start:end], Span(start, end)))
        at = folded.find(ladder.stem, end or at + 1)
    return forms


def _start_of(folded: str, at: int, form: str) -> int:
    """Where the name that ends in ``form`` begins: at its region, or at the government whose office it is."""
    if form.endswith("街道办事处") and folded.endswith("人民政府", max(0, at - 4), at):
        region = region_before(folded, at - 4, form)
        if region:
            return at - 4 - len(region)
    return at - len(region_before(folded, at, form))


def _behind_rung(folded: str, at: int, rungs: tuple[str, ...]) -> int | None:
    """Where the first of ``rungs`` that stands at ``at`` ends: 镇政府 is none in 镇政府信息公开."""
    for rung in rungs:
        if folded.startswith(rung, at):
            ambiguous = rung.endswith("政府") and not rung.endswith("人民政府")
            if not (ambiguous and folded.startswith("信息", at + len(rung))):
                return at + len(rung)
    return None


def _is_elsewhere(folded: str, form: Span, name: str) -> bool:
    start, end = form
    if folded.endswith("政府", start, end) and not name.endswith("政府"):
        return pattern("bodies", "foreign_follow").match(folded, end, end + 12) is not None
    if folded[end - 1] not in _SORTS and folded[end - 1] != "道":
        return False
    if pattern("bodies", "address_after").match(folded, end, end + 14):
        return True
    return pattern("bodies", "address_before").search(folded, max(0, start - 16), start) is not None


def fullest(names: list[Name]) -> Name | None:
    """The longest name; of equals the one that says more of what the body is, then the first."""
    return max(names, key=lambda name: (len(name.words), _ladder(name.words).rung), default=None)


def region_before(folded: str, at: int, name: str) -> str:
    """The chain of places that stands right before ``name`` at ``at`` and belongs to it, or ""."""
    sort = name[0] if name[0] in _SORTS else ""
    if not sort and folded[at - 1 : at] not in _ENDS_OF_PLACES:
        return ""
    run = _HAN.search(folded, max(0, at - _REACH), at)
    if run is None:
        return ""
    words = run[0]
    starts = [match.end(1) for match in _boundary().finditer(words)]
    if len(words) < _REACH:
        starts.insert(0, 0)
    for start in reversed(starts):
        if start < len(words) and _CHAIN.fullmatch(words[start:] + sort) and not _is_foreign(words[start:] + sort):
            return words[start:]
    return ""


@lru_cache(maxsize=1)
def _boundary() -> re.Pattern[str]:
    """A boundary word, found also where it overlaps another."""
    return re.compile(f"(?=({any_of(wordings('bodies')['boundaries'])}))")


def _is_foreign(chain: str) -> bool:
    return pattern("bodies", "foreign").search(pattern("bodies", "allowed").sub("", chain)) is not None
