"""The findings of a record, gravest first, each with the line of the report it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from extractor.record import Finding, Record
from extractor.show.marks import STYLES, severity
from extractor.show.words import Wording
from extractor.text import printable

_QUOTES = 3
_BEFORE, _AFTER = 48, 24
_ENOUGH = 8
_SPACE = re.compile(r"[\s|]+")
_ORDER = ("error", "warning", "info")


def findings(record: Record, text: str, words: Wording) -> RenderableType:
    """Every finding; ``text`` is the report's, or "" where only the record is at hand (then no line is quoted)."""
    parts: list[RenderableType] = [Text(f"\n{words('part', 'findings')}", style="bold")]
    for finding in sorted(record.findings, key=lambda finding: _ORDER.index(finding.severity)):
        parts.append(Padding(_told(finding, words), (0, 0, 0, 2)))
        parts += [Padding(quote, (0, 0, 0, 6)) for quote in _quotes(record, finding, text)]
    if not record.findings:
        parts.append(Padding(Text(words("part", "none"), style="dim"), (0, 0, 0, 5)))
    return Group(*parts)


def _told(finding: Finding, words: Wording) -> Text:
    message = finding.message if words.language == "zh" else finding.message_en
    return severity(finding).append(f"  {printable(message)}", style="not bold default")


def _quotes(record: Record, finding: Finding, text: str) -> Iterator[Text]:
    """What stands at the first places the finding names, one line each, no place twice."""
    spans = [span for path in finding.paths if (span := _span(record, path)) is not None]
    for start, end in list(dict.fromkeys(spans))[:_QUOTES]:
        if 0 <= start < end <= len(text):
            yield quote(text, start, end, STYLES[finding.severity])


def _span(record: Record, path: str) -> tuple[int, int] | None:
    evidence = record.evidence.get(path)
    if evidence is not None and evidence.source.start is not None and evidence.source.end is not None:
        return evidence.source.start, evidence.source.end
    told = record.narrative
    for passage in (*told.overview, *told.issues, *told.improvements, *told.other_matters, *told.claims):
        if path.endswith(f"/{passage.id}"):
            return passage.start, passage.end
    return None


def quote(text: str, start: int, end: int, style: str = "bold") -> Text:
    """``text[start:end]`` between » and « with what stands around it, on one line.

    >>> quote("予以公开\\t3\\t0\\t4", 9, 10).plain
    '予以公开 3 0 »4«'
    """
    shown = Text(_flat(_line_before(text[max(0, start - _BEFORE) : start])), style="dim")
    shown.append(f"»{_flat(text[start:end])}«", style=f"not dim {style}")
    return shown.append(_flat(text[end : end + _AFTER].partition("\n")[0]))


def _line_before(piece: str) -> str:
    """The end of ``piece`` from the last line break that leaves enough to know the place by."""
    enough = len(piece) - _ENOUGH
    return piece[piece.rfind("\n", 0, max(0, enough)) + 1 :]


def _flat(piece: str) -> str:
    return printable(_SPACE.sub(" ", piece))
