"""What the wordings of ``cues.toml`` say of a stretch of part five: heading, lead-in, issue or measure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from extractor.narrative.wordings import any_of, pattern, wordings

Kind = Literal["issue", "measure"]

_STOPS = ":。;"
_FIRST_CLAUSE = re.compile(r"[^,。;:]*")
_AFTER_LABEL = {False: (":",), True: ("]", "〗", "」", "』", ">")}
_CLAUSE = re.compile(r"[^,。;:!?]+")
_SHORTEST_CLAUSE = 6
_LONGEST_LEAD = 90
_LONGEST_NOTHING = 60
_LONGEST_SENTENCE = 300


class Headed(NamedTuple):
    """A heading inside the part: the kind of what follows (None for both), and where its words end."""

    kind: Kind | None
    end: int


@lru_cache(maxsize=1)
def _heading_words() -> re.Pattern[str]:
    words = wordings("cues")
    inner = rf"(?:{any_of(words['heading_words'])}|{words['heading_year']}|[\s*])++"
    return re.compile(rf"{words['opening_mark']}*+(?P<words>{inner})(?P<closed>{words['closing_mark']}*+)")


@lru_cache(maxsize=1)
def _vague() -> re.Pattern[str]:
    words = wordings("cues")
    before = rf"(?>{words['vague_comparison']}|{words['vague_year']}|{any_of(words['vague_words'])}|\s)"
    return re.compile(rf"(?:(?!{words['vague_stop']}){before})*+{words['vague_problem']}")


@lru_cache(maxsize=1)
def _opening() -> re.Pattern[str]:
    words = wordings("cues")
    return re.compile(rf"[\s,]*(?!{words['not_an_opening']}){words['opening']}")


@lru_cache(maxsize=1)
def _predicate_end() -> re.Pattern[str]:
    return re.compile(rf"(?:{wordings('cues')['predicate']})[^,、。;:]{{0,12}}$")


@lru_cache(maxsize=1)
def _label() -> re.Pattern[str]:
    return re.compile(rf"(?P<opened>[\[〖「『<]?)(?P<words>{wordings('cues')['label']})")


def heading_at(folded: str, start: int, end: int) -> Headed | None:
    """The heading that ``start:end`` begins with: heading words only, up to its end, a stop, a colon, a list or 是."""
    limit = min(end, start + int(wordings("cues")["longest_heading"]) + 1)
    match = _heading_words().match(folded, start, limit)
    if match is None:
        return None
    named = pattern("cues", "names_it").search(folded, *match.span("words"))
    words_end = named.end() if named else match.end("words")
    stop = words_end if named else match.end()
    set_off = named or match["closed"] or stop >= end or folded[stop] in _STOPS
    if not (set_off or pattern("cues", "list_begins").match(folded, stop, end)):
        return None
    kind = _kind_of_heading(re.sub(r"[\s*]", "", folded[match.start("words") : words_end]))
    return Headed(None if kind == "both" else kind, stop) if kind else None  # type: ignore[arg-type]


@lru_cache(maxsize=2_000)
def _kind_of_heading(words: str) -> str | None:
    if not pattern("cues", "heading_end").search(words) or pattern("cues", "is_predicate").search(words):
        return None
    if pattern("cues", "to_be_bettered").search(words):
        return "issue"
    issue = pattern("cues", "issue_nouns").search(words)
    measure = pattern("cues", "measure_nouns").search(words)
    if issue and measure:
        first, second = sorted((issue.span(), measure.span()))
        if pattern("cues", "joined").search(words, first[1], second[0]):
            return "both"
        return "issue" if pattern("cues", "ends_on_issue").search(words) else "measure"
    return "issue" if issue else "measure" if measure else None


def label_at(folded: str, start: int, end: int) -> Headed | None:
    """A heading that stands as a label inside a paragraph, before a colon or 是 (改进措施：…)."""
    match = _label().match(folded, start, end)
    if match is None or not match["words"]:
        return None
    named = pattern("cues", "names_it").search(folded, match.start("words"), match.end("words") + 1)
    if named is None and not folded.startswith(_AFTER_LABEL[bool(match["opened"])], match.end("words")):
        return None
    kind = _kind_of_heading(match["words"].rstrip("一二三四五六七八九十0123456789"))
    stop = named.end() if named else match.end("words") + len(match["opened"])
    return Headed("issue" if kind == "issue" else "measure", stop)


def opens_measures(folded: str, start: int, end: int) -> bool:
    """Whether a sentence turns to what will be done (下一步…, 针对上述问题…, 我局将…)."""
    return _opening().match(folded, start, end) is not None


def plans(folded: str, start: int, end: int, year: int | None) -> bool:
    """Whether a sentence says what a year to come will bring (2024年，重点做好…); ``year`` is the report's own."""
    match = pattern("cues", "plans").match(folded, start, end)
    return match is not None and (year is None or int(match["year"]) > year)


def tells_of_solved(folded: str, start: int, end: int) -> bool:
    """Whether a sentence says that a problem, often last year's, was solved, and states none besides."""
    solved = pattern("cues", "solved").search(folded, start, min(end, start + _LONGEST_SENTENCE))
    return solved is not None and pattern("cues", "contrast").search(folded, start, end) is None


def contrasts(folded: str, start: int, end: int) -> bool:
    """Whether a sentence sets something against what it began with (…，但…)."""
    return pattern("cues", "contrast").search(folded, start, end) is not None


def states_a_problem(folded: str, start: int, end: int) -> bool:
    """Whether a predicate of a problem stands in the stretch."""
    return pattern("cues", "predicate").search(folded, start, end) is not None


def ends_as_problem(folded: str, start: int, end: int) -> bool:
    """Whether the stretch ends on a predicate of a problem (…有待进一步提高, 更新慢)."""
    if pattern("cues", "problem_end").search(folded, max(start, end - 16), end):
        return True
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
    return _vague().fullmatch(folded, behind_turn(folded, start, end), end) is not None


def behind_turn(folded: str, start: int, end: int) -> int:
    """Where a sentence goes on behind its last 但, 然而 …, or where it begins."""
    turn = start
    for match in pattern("cues", "turn").finditer(folded, start, end):
        turn = match.end()
    return turn


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


def unaccounted(folded: str, start: int, end: int) -> list[tuple[int, int]]:
    """The clauses of a lead-in, praise or vague sentence that say something of their own."""
    clauses = (match.span() for match in _CLAUSE.finditer(folded, start, end))
    return [
        clause for clause in clauses if clause[1] - clause[0] > _SHORTEST_CLAUSE and not _is_of_a_lead(folded, *clause)
    ]


def _is_of_a_lead(folded: str, start: int, end: int) -> bool:
    return bool(
        pattern("cues", "of_a_lead").search(folded, start, end)
        or pattern("cues", "adverbial").match(folded, start, end)
        or opens_measures(folded, start, end)
    )


def kind_of_lead(folded: str, start: int, end: int) -> Kind | None:
    """What a lead-in announces."""
    if opens_measures(folded, start, end):
        return "measure"
    ends_on_measure = pattern("cues", "ends_on_measure").search(folded, start, end)
    if not ends_on_measure and pattern("cues", "issue_nouns").search(folded, start, end):
        return "issue"
    return "measure" if ends_on_measure or pattern("cues", "measure_leads").search(folded, start, end) else None


def closes(folded: str, start: int, end: int) -> bool:
    """Whether a sentence rounds off instead of reporting (总之，…)."""
    return pattern("cues", "closing_remark").match(folded, start, end) is not None


def says_nothing(folded: str, start: int, end: int) -> bool:
    """Whether a stretch only says that there is nothing to report (无, 无其他需要报告的事项, 我局工作中不存在问题)."""
    if end - start >= _LONGEST_NOTHING:
        return False
    words = re.sub(r"[\s。.;,:()]", "", folded[start:end])
    if not words or pattern("cues", "nothing").match(words):
        return True
    last = pattern("cues", "nothing_at_last").search(words)
    return last is not None and not states_a_problem(words, 0, last.start())
