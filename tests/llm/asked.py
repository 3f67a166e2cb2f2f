"""What the tests of the client share: reports, the questions on them, settings, and a double at the pipeline's seam."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from extractor.draft import Answer, Draft, Question
from extractor.forms import builtin_forms
from extractor.load import load_bytes
from extractor.pipeline import ask_about, read_report
from extractor.settings import Settings
from tests.generator import Generated, generate
from tests.llm.truthful import Truthful

KEY = "sk-planted-5f0c1b7e-never-shown"
Content = dict[str, Any]


class FakeModel:
    """Answers at the seam, without any wire: contents by question id, or by a function of the question."""

    def __init__(self, contents: Mapping[str, Content] | Callable[[Question], Content | None]) -> None:
        self.contents = contents
        self.asked: list[Question] = []

    async def answer(self, questions: Sequence[Question]) -> Mapping[str, Answer]:
        """What it was given; a question it knows nothing of is left out."""
        self.asked += questions
        found = {question.id: self._content(question) for question in questions}
        return {name: Answer(name, content) for name, content in found.items() if content is not None}

    def _content(self, question: Question) -> Content | None:
        return self.contents(question) if callable(self.contents) else self.contents.get(question.id)


@lru_cache(maxsize=8)
def report(seed: int = 1) -> Generated:
    """A generated report, with its truth."""
    return generate(seed, layout="txt_tab_cells", messy=0.0)


def draft(seed: int = 1) -> Draft:
    """The report as rules read it."""
    made = report(seed)
    return read_report(load_bytes(made.data, made.name), builtin_forms())


def questions(seed: int = 1, *kinds: str) -> list[Question]:
    """Every question on a report, or those of some kinds."""
    return [one for one in ask_about(draft(seed), "model") if not kinds or one.kind in kinds]


def truthful(seed: int = 1) -> Callable[[Question], Content | None]:
    """Right answers to questions on the report."""
    return Truthful(report(seed).truth)._asked


def settings(url: str, cache: Path | str, **changed: Any) -> Settings:
    """Settings of a client that is patient for a moment only."""
    values: Content = {
        "model": "test-model",
        "cache_dir": str(cache),
        "seconds_per_call": 10.0,
        "seconds_of_waiting": 3.0,
        "calls_per_second_at_first": 100.0,
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": url,
    }
    return Settings(_env_file=None, **(values | changed))  # type: ignore[call-arg]
