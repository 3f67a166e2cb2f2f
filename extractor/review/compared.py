"""What another engine read of a report, beside what stands: readings of the store, and answers told in findings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from extractor.finding import catalogue
from extractor.record import Finding, Record
from extractor.review.opening import Opened
from extractor.review.people import Person, permit
from extractor.store import Store
from extractor.store.events import FIRST
from extractor.store.readings import reading_of, readings_of

_TOLD_IN = ("model_disagreement", "model_outvoted")
_NOTHING = "□"
"""What such a finding has for a place without words."""


def read_besides(store: Store, person: Person, found: Opened) -> dict[str, Record]:
    """By engine, the newest record that an engine other than the one that stands has read.

    In a second review there is none: whoever looks again sees what one machine read, and nothing else.
    """
    permit(person, "view")
    if found.round != FIRST:
        return {}
    with store.reading() as connection:
        newest = {reader.engine: number for number, reader, _, status in readings_of(connection, found.row.id)}
        others = [number for engine, number in newest.items() if engine != found.reading.engine]
        made = [reading_of(connection, number) for number in others]
    return {one.engine: one.record for one in made if one.record is not None}


def model_answers(findings: Iterable[Finding]) -> dict[str, str]:
    """What a model answered where the rules read something else, by path; "" where it pointed to an empty cell."""
    return {path: answer for finding in findings for path, answer in _answers(finding)}


def _answers(finding: Finding) -> Iterator[tuple[str, str]]:
    if finding.code not in _TOLD_IN:
        return
    told = _pattern(finding.code).fullmatch(finding.message)
    if told is None:
        return
    answer = told["answer"]
    if len(finding.paths) == 1:
        yield finding.paths[0], _bare(answer)
    elif len(words := answer.split()) == len(finding.paths):  # one of several words cannot be told apart
        yield from zip(finding.paths, map(_bare, words), strict=True)


def _bare(words: str) -> str:
    return "" if words == _NOTHING else words.removeprefix("“").removesuffix("”")


@lru_cache(maxsize=8)
def _pattern(code: str) -> re.Pattern[str]:
    """The catalogue's wording of a finding, to take its values out of a message again."""
    parts = re.split(r"\{(\w+)\}", catalogue()[code].zh)
    made = [re.escape(part) if at % 2 == 0 else f"(?P<{part}>[^\n]{{0,300}}?)" for at, part in enumerate(parts)]
    return re.compile("".join(made))
