"""What an engine made of a report: the record with the document it stands on, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from extractor.document import Document
from extractor.record import Record


@dataclass(frozen=True, slots=True)
class Reading:
    """One report by one engine; ``seconds`` by the wall clock."""

    engine: str
    record: Record | None
    document: Document | None
    seconds: float = 0.0
    failure: str | None = None
