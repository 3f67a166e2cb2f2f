"""The engines that are scored: rules alone, and a model's answers, replayed or from a script that knows the truth.

A script's figures show that asking, checking and admitting work as before. They say nothing of any model, and every
report of them says so. ``misled`` gives one place in five wrong: what is accepted of that is an escape. ``unaided`` is
misled too, and has no table read by rule to be held against: admission alone decides.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from eval.cases import ROOT, Case
from eval.reading import Reading
from eval.result import EngineUsed
from eval.script import Script
from eval.unaided import withhold_tables
from extractor.document import Document
from extractor.draft import Answer, Draft, Question
from extractor.errors import ExtractorError, RecordingError
from extractor.forms import builtin_forms
from extractor.llm.recordings import RecordedModel
from extractor.load import load_document
from extractor.pipeline import ask_about, read_report, settle
from tests.faulty_server import FaultyServer

RECORDINGS = ROOT / "eval" / "recordings"
ENGINES = ("rules", "model", "misled", "unaided")
_MISLED = 0.2


class Answerer(Protocol):
    """Whoever answers the questions on a case."""

    async def answer(self, case: Case, questions: Sequence[Question]) -> Mapping[str, Answer]:
        """Answers by question id."""
        ...

    async def close(self) -> None:
        """Nothing more will be asked."""
        ...


@dataclass(frozen=True, slots=True)
class Opened:
    """A case's document, or why there is none, and how long opening it took."""

    document: Document | None
    seconds: float
    failure: str = ""


@dataclass(slots=True)
class Engine:
    """An engine as it is scored: how a report must call it, and who answers; nobody for rules."""

    used: EngineUsed
    answerer: Answerer | None = None
    unaided: bool = False

    async def read(self, case: Case, opened: Opened) -> Reading:
        """A case's record, or why there is none; a fault of the program costs that report, not the run."""
        if opened.document is None:
            return Reading(self.used.name, None, None, opened.seconds, opened.failure)
        started = time.perf_counter() - opened.seconds
        try:
            draft = read_report(opened.document, builtin_forms())
            if self.unaided:
                draft = withhold_tables(draft)
            record = settle(draft, await self._answers(case, draft))
        except _FATAL:
            raise
        except Exception as error:  # noqa: BLE001 (as in extractor.run: it is named, and the gate blocks)
            return Reading(self.used.name, None, None, time.perf_counter() - started, _said(error))
        return Reading(self.used.name, record, draft.document, time.perf_counter() - started)

    async def _answers(self, case: Case, draft: Draft) -> Mapping[str, Answer]:
        return await self.answerer.answer(case, ask_about(draft, "model")) if self.answerer else {}


_FATAL = (RecordingError,)
"""What makes the whole run worthless: answers that are stale, or a script that was not heard."""


def read_all(engines: Sequence[Engine], cases: Iterable[Case]) -> Iterator[tuple[Case, Reading]]:
    """Every case by every engine, one after the other: times are those of a report alone.

    Raises:
        RecordingError: recorded answers are missing or stale, or a script cannot be asked.
    """
    with asyncio.Runner() as runner:
        for case in cases:
            opened = _open(case)
            for engine in engines:
                yield case, runner.run(engine.read(case, opened))
        for engine in engines:
            if engine.answerer:
                runner.run(engine.answerer.close())


def _open(case: Case) -> Opened:
    started = time.perf_counter()
    try:
        document = load_document(case.path)
    except Exception as error:  # noqa: BLE001 (a file that cannot be opened is one report's failure)
        return Opened(None, time.perf_counter() - started, _said(error))
    return Opened(document, time.perf_counter() - started)


def _said(error: Exception) -> str:
    code = error.code if isinstance(error, ExtractorError) else f"crashed: {type(error).__name__}"
    return f"{code}: {error}"


@contextmanager
def opened(name: str, recordings: Path = RECORDINGS) -> Iterator[Engine]:
    """An engine by its name, ready to read."""
    if name == "rules":
        yield Engine(EngineUsed("rules", "rules alone"))
    elif name == "model" and any(recordings.glob("*.json")):
        yield Engine(
            EngineUsed("model", "model engine, recorded answers replayed"), Replayed(RecordedModel(recordings))
        )
    else:
        with FaultyServer() as server:
            script = Script(server, 0.0 if name == "model" else _MISLED)
            yield Engine(EngineUsed(name, _LABELS[name], scripted=True), script, unaided=name == "unaided")


_LABELS = {
    "model": "model engine, answers from a script that knows the truth (no model's quality)",
    "misled": "model engine, answers from a script that gives one place in five wrong (no model's quality)",
    "unaided": "model engine, misled as above, the tables that rules read withheld (no model's quality)",
}


@dataclass(frozen=True, slots=True)
class Replayed:
    """Recorded answers; one that is missing or stale is an error."""

    model: RecordedModel

    async def answer(self, case: Case, questions: Sequence[Question]) -> Mapping[str, Answer]:
        """The recorded answers."""
        del case
        return await self.model.answer(questions)

    async def close(self) -> None:
        """Nothing is open."""
