"""Deliveries for tests: records that differ by their number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from extractor.bulk.parts import About, Delivery
from extractor.record import Record, Source, Usage
from tests.records import a_record

ABOUT = About("hybrid", "test-model", Usage(3, 3000, 0, 150, "0.0125"))


@dataclass
class Loads:
    """Makes deliveries, and remembers which were loaded."""

    seen: list[str] = field(default_factory=list)

    def of(self, *numbers: int, key: str = "1") -> list[Delivery]:
        """A delivery each; every seventh is of an input that failed."""
        return [Delivery(f"报告{number}.txt", key, self._load(number, key)) for number in numbers]

    def _load(self, number: int, key: str) -> Callable[[], Record | dict[str, Any]]:
        def load() -> Record | dict[str, Any]:
            self.seen.append(f"报告{number}.txt")
            return failure(number) if number % 7 == 0 else record(number, key)

        return load


def record(number: int, key: str = "1") -> Record:
    """A record, read from some copy or other of the file, and paid for."""
    made = a_record(year=2000 + number, source=Source("some-copy.txt", f"{number:064x}", "text/plain"))
    made.usage = Usage(number, number, 0, number, str(number))
    made.title = f"{made.title}（{key}）"
    made.tables["proactive_disclosure"]["fees"]["amount_10k_yuan"] = Decimal("0.10")
    return made


def failure(number: int) -> dict[str, Any]:
    """The object of an input that failed."""
    error = {"code": "empty_file", "message": "空文件", "message_en": "empty"}
    source = {"name": "some-copy.txt", "sha256": f"{number:064x}", "media_type": "", "pages": None, "url": None}
    return {"source": source, "error": error, "status": "failed"}
