"""Hijacked pages, and text that speaks to a model instead of the reader (``suspected_tampering``).

Looked through by the wordings in the TOML: the report's text, and what was set aside (hidden text above all). Both are
only warned of: the words may be an honest mention, and nothing in a report can change how it is read.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from extractor.addressed import address_in
from extractor.document import SetAside
from extractor.finding import Words, make
from extractor.record import Finding
from extractor.text import fold
from extractor.verify.readings import Readings

_NEAR = 14
_EXCERPT = 20
_SPAM = Words("出现垃圾信息用语", "words of a hijacked page")
_ADDRESS = Words("出现对模型发指令的文字", "text that addresses a model")
_HIDDEN = Words("隐藏或正文之外的文字", "hidden or set-aside text")
_TEXT = Words("正文", "the text")


@dataclass(frozen=True)
class _Wordings:
    plain: frozenset[str]
    honest: re.Pattern[str]
    spam: re.Pattern[str]


@lru_cache(maxsize=1)
def _wordings() -> _Wordings:
    raw = tomllib.loads(resources.files(__package__).joinpath("tampering.toml").read_text("utf-8"))
    spam = raw["spam"]
    return _Wordings(
        plain=frozenset(spam["plain"]),
        honest=_any_of(spam["honest"]),
        spam=_any_of([*spam["plain"], *spam["doubtful"]]),
    )


def _any_of(words: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))


def tampering_findings(readings: Readings) -> list[Finding]:
    """At most one finding for spam and one for text addressed to a model, in the text and in what was set aside."""
    document = readings.document
    found = list(_suspicions(readings, document.folded.lower(), _TEXT))
    if document.set_aside:
        found += _suspicions(readings, fold(_joined(document.set_aside)).lower(), _HIDDEN)
    return found


def _joined(pieces: list[SetAside]) -> str:
    return "\n".join(piece.text for piece in pieces)


def _suspicions(readings: Readings, text: str, where: Words) -> Iterator[Finding]:
    at = _spam(text)
    if at is not None:
        yield _finding(readings, _SPAM, text, at, where)
    at = address_in(text)
    if at is not None:
        yield _finding(readings, _ADDRESS, text, at, where)


def _spam(text: str) -> int | None:
    """Where the first spam stands: a plain word, or the second of two doubtful ones, away from honest company."""
    wordings = _wordings()
    doubtful: set[str] = set()
    for match in wordings.spam.finditer(text):
        around = text[max(0, match.start() - _NEAR) : match.end() + _NEAR]
        if wordings.honest.search(around):
            continue
        doubtful.add(match[0])
        if match[0] in wordings.plain or len(doubtful) > 1:
            return match.start()
    return None


def _finding(readings: Readings, kind: Words, text: str, at: int, where: Words) -> Finding:
    excerpt = " ".join(text[max(0, at - _EXCERPT // 2) : at + _EXCERPT].split())
    paths = readings.draft.narrative.pointers_at(at) if where is _TEXT else []
    return make("suspected_tampering", paths, kind=kind, where=where, excerpt=excerpt)
