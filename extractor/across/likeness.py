"""Names that may mean one body. Suggested here by rule, settled by a person (``extractor.across.settling``).

A name is compared only with names of the same place, and with those of places that look like its own: no name is held
against all others. What counts, in thousandths:

============  =====================================================================================================
spelling      the same places and office, written otherwise (traditional characters, 政府办 for 人民政府办公室)
prefix        one name leaves out places that the other states, and nothing contradicts; less where several would fit
short         the office is a short form of the other (人社局)
typo_office   offices of one place that differ by a letter, unless both are known from elsewhere
typo_place    places that differ by a letter, one of which no other body names
============  =====================================================================================================

Two names under which reports of the same year came in are likely two bodies, or one report twice: they count less.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA, Levenshtein

from extractor.across.names import Parts, contradict, extends
from extractor.narrative.bodies import same_body

Why = Literal["spelling", "prefix", "short", "typo_office", "typo_place"]

SCORES: dict[Why, int] = {"spelling": 980, "prefix": 900, "short": 850, "typo_office": 750, "typo_place": 650}
_SAME_YEAR: dict[Why, int] = {"spelling": 0, "prefix": 100, "short": 250, "typo_office": 350, "typo_place": 650}
_LESS_FOR_EACH = 150
_MOST_FITTING = 3
REAL = 3
"""An office of as many places is no slip of the pen."""
_SHORTEST_PLACE, _SHORTEST_OFFICE, _LONG = 4, 5, 10
"""Letters below which one letter is too much of a name (龙江县 and 龙泉县 are two), and from which two are little."""
_MOST_LETTERS = 2
_LARGEST_GROUP = 3_000
"""Names of one place that are compared letter by letter."""
_TELLING = frozenset("一二三四五六七八九十东西南北中上下前后左右内外0123456789")
"""Letters that tell sisters apart: 第一中学 and 第二中学, 城东 and 城西."""


@dataclass(frozen=True, slots=True)
class Named:
    """A body's name with its parts; ``around``: its places, with those that its reports add."""

    id: int
    parts: Parts
    around: Parts
    years: frozenset[int]


class Like(NamedTuple):
    """Two names that may mean one body, ``one`` < ``other``; ``score`` in thousandths."""

    one: int
    other: int
    score: int
    why: Why


@dataclass(frozen=True, slots=True)
class Known:
    """What the register says: the bodies of each place, how many places have an office, which places look alike."""

    places: dict[str, list[Named]]
    offices: dict[str, int]
    near: dict[str, list[str]]


def likenesses(new: Iterable[Named], known: Known) -> Iterator[Like]:
    """What each of ``new`` may be another name of, each pair once; ``known`` holds ``new`` too."""
    seen: set[tuple[int, int]] = set()
    for one in new:
        for other, score, why in _found(one, known):
            pair = (min(one.id, other.id), max(one.id, other.id))
            if pair not in seen and score > 0:
                seen.add(pair)
                yield Like(*pair, score, why)


def near_places(places: Iterable[str], sizes: dict[str, int]) -> dict[str, list[str]]:
    """For each of ``places`` those that it may be a misspelling of, or that may be one of it.

    ``sizes``: how many names of bodies each place of the register is in.

    >>> near_places(["松江囗镇"], {"松江囗镇": 1, "松江口镇": 4, "平安镇": 3})
    {'松江囗镇': ['松江口镇']}
    """
    without: dict[str, list[str]] = {}
    for place in sizes:
        for cut in _one_left_out(place):
            without.setdefault(cut, []).append(place)
    found = {}
    for place in places:
        near = {other for cut in _one_left_out(place) for other in without.get(cut, [])} - {place}
        slips = [other for other in sorted(near) if _one_is_rare(sizes, place, other) and _is_slip(place, other)]
        if slips:
            found[place] = slips
    return found


def _one_left_out(place: str) -> set[str]:
    if len(place) < _SHORTEST_PLACE:
        return set()
    return {place} | {place[:at] + place[at + 1 :] for at in range(len(place) - 1)}


def _one_is_rare(sizes: dict[str, int], place: str, other: str) -> bool:
    both = sorted((sizes.get(place, 1), sizes.get(other, 1)))
    return both[0] == 1 < both[1]


def _found(one: Named, known: Known) -> Iterator[tuple[Named, int, Why]]:
    group = [other for other in known.places.get(one.parts.place, ()) if other.id != one.id]
    yield from _same_office(one, [other for other in group if other.parts.office == one.parts.office])
    if one.parts.place and one.parts.office and len(group) <= _LARGEST_GROUP:
        others = [other for other in group if other.parts.office not in ("", one.parts.office)]
        yield from _shortened(one, others)
        yield from _misspelt(one, others, known.offices)
    for place in known.near.get(one.parts.place, ()):
        for other in known.places.get(place, ()):
            if other.parts.office == one.parts.office and not contradict(one.around, other.around):
                yield other, _score("typo_place", one, other), "typo_place"


def _same_office(one: Named, others: list[Named]) -> Iterator[tuple[Named, int, Why]]:
    """Spellings of one name, and names that leave out places."""
    for other in others:
        if {*one.parts.places} == {*other.parts.places}:
            yield other, _score("spelling", one, other), "spelling"
        elif not contradict(one.around, other.around):
            fitting = _fits(one, other, others)
            if fitting <= _MOST_FITTING:
                yield other, _score("prefix", one, other) - _LESS_FOR_EACH * (fitting - 1), "prefix"


def _fits(one: Named, other: Named, others: list[Named]) -> int:
    """How many bodies the shorter of two names could be."""
    if _is_fuller(other, one):
        return _fitting(one, others)
    return _fitting(other, [*others, one]) if _is_fuller(one, other) else 2


def _fitting(short: Named, others: list[Named]) -> int:
    """How many different bodies a name that leaves out places could be: one, where their places do not contradict."""
    fuller = [it for it in others if it is not short and _is_fuller(it, short)]
    apart: list[Named] = []
    for it in fuller:
        if all(contradict(it.around, known.around) for known in apart):
            apart.append(it)
        if len(apart) > _MOST_FITTING:
            break
    return max(1, len(apart))


def _is_fuller(long: Named, short: Named) -> bool:
    is_more = len(long.parts.places) > len(short.parts.places) and extends(long.parts, short.parts)
    return is_more and not contradict(long.around, short.around)


def _shortened(one: Named, others: list[Named]) -> Iterator[tuple[Named, int, Why]]:
    office, place = one.parts.office, one.parts.place
    for other in others:
        long = other.parts.office
        if office[-1] != long[-1] or len(office) == len(long):
            continue
        if same_body(place + office, place + long) and not contradict(one.around, other.around):
            yield other, _score("short", one, other), "short"


def _misspelt(one: Named, others: list[Named], offices: dict[str, int]) -> Iterator[tuple[Named, int, Why]]:
    office = one.parts.office
    most = _MOST_LETTERS if len(office) >= _LONG else 1
    choices = [other.parts.office for other in others]
    for long, _, at in process.extract(office, choices, scorer=OSA.distance, score_cutoff=most, limit=5):
        other = others[at]
        if _is_slip(office, long) and _may_be_slip(office, long, offices) and not contradict(one.around, other.around):
            yield other, _score("typo_office", one, other), "typo_office"


def _may_be_slip(office: str, other: str, offices: dict[str, int]) -> bool:
    real = sum(1 for one in (office, other) if offices.get(one, 0) >= REAL)
    return real == 1 or (real == 0 and min(len(office), len(other)) >= _SHORTEST_OFFICE)


def _is_slip(one: str, other: str) -> bool:
    """Whether two words differ by a letter or two that do not tell sisters apart."""
    differing = set()
    for step in Levenshtein.editops(one, other):
        differing |= {one[step.src_pos : step.src_pos + 1], other[step.dest_pos : step.dest_pos + 1]}
    return not differing & _TELLING and OSA.distance(one, other) <= _MOST_LETTERS


def _score(why: Why, one: Named, other: Named) -> int:
    """Less where both names have reports of the same year."""
    return SCORES[why] - (_SAME_YEAR[why] if one.years & other.years else 0)
