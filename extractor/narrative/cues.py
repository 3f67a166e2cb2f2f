"""What the wordings of ``cues.toml`` say of a stretch of part five: heading, lead-in, issue or measure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from extractor.narrative.wordings import any_of, pattern, wordings

Kind = Literal["issue", "measure"]

_STOPS = ":。;"
_FIRST_CLAUSE = re.compile(r"[^,。;:]*")
_LONGEST_LEAD = 90


class Headed(NamedTuple):
    """A heading inside the part: the kind of what follows (None for both), and where its words end."""

    kind: Kind | None
    end: int


@lru_cache(maxsize=1)
def _heading_words() -> re.Pattern[str]:
    words = wordings("cues")
    return re.compile(rf"(?:{any_of(words['heading_words'])}|{words['heading_year']}|[\s*])++")


@lru_cache(maxsize=1)
def _vague() -> re.Pattern[str]:
    words = wordings("cues")
    return re.compile(rf"(?:{any_of(words['vague_words'])}|{words['vague_year']}|\s)*?{words['vague_problem']}")


@lru_cache(maxsize=1)
def _opening() -> re.Pattern[str]:
    words = wordings("cues")
    return re.compile(rf"[\s,]*(?!{words['not_an_opening']}){words['opening']}")


@lru_cache(maxsize=1)
def _predicate_end() -> re.Pattern[str]:
    return re.compile(rf"(?:{wordings('cues')['predicate']})[^,、。;:]{{0,12}}$")


def heading_at(folded: str, start: int, end: int) -> Headed | None:
    """The heading that ``start:end`` begins with: heading words only, up to its end, a stop, a colon, a list or 是."""
    limit = min(end, start + int(wordings("cues")["longest_heading"]) + 1)
    match = _heading_words().match(folded, start, limit)
    if match is None:
        return None
    named = pattern("cues", "names_it").search(folded, start, match.end())
    stop = named.end() if named else match.end()
    if not (named or stop >= end or folded[stop] in _STOPS or _list_follows(folded, stop, end)):
        return None
    words = re.sub(r"[\s*]", "", folded[start:stop])
    kind = _kind_of_heading(words)
    return Headed(None if kind == "both" else kind, stop) if kind else None  # type: ignore[arg-type]


def _list_follows(folded: str, at: int, end: int) -> bool:
    return folded.startswith(("一是", "1.", "1、", "(1)", "①", "(一)", "首先", "第一,"), at, end)


@lru_cache(maxsize=2_000)
def _kind_of_heading(words: str) -> str | None:
    if not pattern("cues", "heading_end").search(words):
        return None
    issue = pattern("cues", "issue_nouns").search(words)
    measure = pattern("cues", "measure_nouns").search(words)
    if issue and measure:
        linked = issue.start() < measure.start() and pattern("cues", "joined").search(
            words, issue.end(), measure.start()
        )
        return "both" if linked else "measure"
    return "issue" if issue else "measure" if measure else None


def label_at(folded: str, start: int, end: int) -> Headed | None:
    """A heading that stands as a label inside a paragraph, before a colon or 是 (改进措施：…)."""
    match = pattern("cues", "label").match(folded, start, end)
    if match is None or not match[0]:
        return None
    named = pattern("cues", "names_it").search(folded, match.start(), match.end() + 1)
    if named is None and not folded.startswith(":", match.end()):
        return None
    kind = _kind_of_heading(match[0].rstrip("一二三四五六七八九十0123456789"))
    return Headed("issue" if kind == "issue" else "measure", named.end() if named else match.end())


def opens_measures(folded: str, start: int, end: int) -> bool:
    """Whether a sentence turns to what will be done (下一步…, 针对上述问题…, 我局将…)."""
    return _opening().match(folded, start, end) is not None


def states_a_problem(folded: str, start: int, end: int) -> bool:
    """Whether a predicate of a problem stands in the stretch."""
    return pattern("cues", "predicate").search(folded, start, end) is not None


def ends_as_problem(folded: str, start: int, end: int) -> bool:
    """Whether the stretch ends on a predicate of a problem (…有待进一步提高)."""
    return _predicate_end().search(folded, max(start, end - 40), end) is not None


def leaning(folded: str, start: int, end: int) -> Kind | None:
    """What a stretch is by its own words: a measure begins with its verb, a problem holds a predicate of one."""
    if opens_measures(folded, start, end):
        return "measure"
    clause = _FIRST_CLAUSE.match(folded, start, end).end()  # type: ignore[union-attr]
    if pattern("cues", "measure_verb").match(folded, start, end) and not ends_as_problem(folded, start, clause):
        return "measure"
    return "issue" if states_a_problem(folded, start, end) else None


def is_vague_problem(folded: str, start: int, end: int) -> bool:
    """Whether a sentence says no more than that there are problems (仍存在一些不足)."""
    turn = None
    for match in pattern("cues", "turn").finditer(folded, start, end):
        turn = match.end()
    return _vague().fullmatch(folded, turn if turn is not None else start, end) is not None


def ends_on_problem_noun(folded: str, start: int, end: int) -> bool:
    """Whether the stretch ends on a word for problems, so that what follows can specify them (存在一些问题，如…)."""
    return pattern("cues", "problem_before").search(folded, max(start, end - 8), end) is not None


def compares(folded: str, start: int, end: int) -> bool:
    """Whether a vague problem is at least measured against something (与群众期望还有差距)."""
    return pattern("cues", "compares").search(folded, start, end) is not None


def praises(folded: str, start: int, end: int) -> bool:
    """Whether a sentence reports a success."""
    return pattern("cues", "praise").search(folded, start, end) is not None


def leads_in(folded: str, start: int, end: int) -> bool:
    """Whether what stands before a colon announces issues or measures instead of being one."""
    if not start < end <= start + _LONGEST_LEAD or not pattern("cues", "lead_sign").search(folded, start, end):
        return False
    return pattern("cues", "lead_end").search(folded, max(start, end - 8), end) is not None


def kind_of_lead(folded: str, start: int, end: int) -> Kind | None:
    """What a lead-in announces."""
    if opens_measures(folded, start, end):
        return "measure"
    if pattern("cues", "issue_nouns").search(folded, start, end):
        return "issue"
    return "measure" if pattern("cues", "measure_nouns").search(folded, start, end) else None


def closes(folded: str, start: int, end: int) -> bool:
    """Whether a sentence rounds off instead of reporting (总之，…)."""
    return pattern("cues", "closing_remark").match(folded, start, end) is not None


def says_nothing(folded: str, start: int, end: int) -> bool:
    """Whether a stretch only says that there is nothing to report (无, 无其他需要报告的事项)."""
    words = re.sub(r"[\s。.;,:]", "", folded[start:end]) if end - start < 60 else ""
    return end - start < 60 and (not words or pattern("cues", "nothing").match(words) is not None)
