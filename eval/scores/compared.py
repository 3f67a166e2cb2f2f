"""The two sides of a comparison, and what the record says of each of its fields: evidence, findings, source text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from typing import TypedDict

from eval.metrics import squeezed
from eval.result import Excerpt
from extractor.document import Document
from extractor.forms import Form
from extractor.gold import Gold
from extractor.record import Evidence, Record

AROUND = 40
"""Characters shown on either side of what was read."""

_LONGEST = 200
_WHOLE_TABLE = ("missing_table", "blank_table")
_FLAGS = ("error", "warning")


class Belief(TypedDict):
    """What stands beside a value in the record, as ``FieldScore`` has it."""

    verdict: str | None
    confidence: float | None
    method: str | None
    raw: str | None
    flagged_by: list[str]
    excerpt: Excerpt | None


class Compared:
    """A gold with the record that is scored against it; ``record`` and ``document`` are None where reading failed."""

    def __init__(self, gold: Gold, record: Record | None, document: Document | None, form: Form) -> None:
        self.gold = gold
        self.record = record
        self.document = document
        self.form = form
        self.text = document.text if document else ""

    def evidence(self, pointer: str) -> Evidence | None:
        """What the record says of how it read a field."""
        return self.record.evidence.get(pointer) if self.record else None

    def belief(self, pointer: str, *also_named: str, words: str | None = None) -> Belief:
        """Verdict, findings and source text of a field.

        ``also_named``: further pointers that a finding may name it by. ``words`` of the gold are looked for in the
        report where the record has no place for the field.
        """
        known = self.evidence(pointer)
        span = (known.source.start, known.source.end) if known else (None, None)
        start, end = span if None not in span else self._found(words)
        return Belief(
            verdict=known.verdict if known else self._without_evidence,
            confidence=known.confidence if known else None,
            method=known.method if known else None,
            raw=known.raw if known else None,
            flagged_by=self.flags(pointer, *also_named),
            excerpt=self.excerpt(start, end) if start is not None and end is not None else None,
        )

    @property
    def _without_evidence(self) -> str | None:
        """A report that became no record is seen to have failed: nothing of it was accepted."""
        return "rejected" if self.record is None else None

    def flags(self, *pointers: str) -> list[str]:
        """The codes of errors and warnings that name one of these, its row, or (a whole table gone) its table."""
        codes = (code for pointer in pointers for code in self._codes_naming(pointer))
        return sorted(set(codes))

    def _codes_naming(self, pointer: str) -> Iterable[str]:
        yield from self._named.get(pointer, ())
        if pointer.startswith("/tables/") and pointer.count("/") == 4:
            row, table = pointer.rsplit("/", 1)[0], pointer.rsplit("/", 2)[0]
            yield from self._named.get(row, ())
            yield from (code for code in self._named.get(table, ()) if code in _WHOLE_TABLE)

    @cached_property
    def _named(self) -> dict[str, list[str]]:
        named: dict[str, list[str]] = {}
        for finding in self.record.findings if self.record else ():
            for path in finding.paths if finding.severity in _FLAGS else ():
                named.setdefault(path, []).append(finding.code)
        return named

    # ---- source text -------------------------------------------------------------------------------------------

    def excerpt(self, start: int, end: int) -> Excerpt:
        """The report's text at a span, with what stands around it."""
        last = min(end, start + _LONGEST)
        return Excerpt(
            start=start,
            end=end,
            before=self.text[max(0, start - AROUND) : start],
            quote=self.text[start:last],
            after=self.text[end : end + AROUND],
            line=self._line(start),
            page=self.document.locate(start).page if self.document and self.document.pages else None,
        )

    def _line(self, start: int) -> int:
        known = self.document.locate(start).line if self.document else None
        return known if known is not None else bisect_right(self._line_starts, start)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(at + 1 for at, letter in enumerate(self.text) if letter == "\n")]

    def _found(self, words: str | None) -> tuple[int, int] | tuple[None, None]:
        """Where words stand in the report, white space aside; nowhere if they stand there twice."""
        wanted = squeezed(words or "")
        if not wanted or self._bare.count(wanted) != 1:
            return None, None
        first = self._bare.index(wanted)
        return self._bare_offsets[first], self._bare_offsets[first + len(wanted) - 1] + 1

    @cached_property
    def _bare(self) -> str:
        return squeezed(self.text)

    @cached_property
    def _bare_offsets(self) -> list[int]:
        """Where each letter of ``_bare`` stands in the text."""
        return [at for at, letter in enumerate(self.text) if not letter.isspace()]
