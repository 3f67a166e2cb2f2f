"""What the tests of deferred asking share: a provider that knows the answers, a job of reports, and its records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import pytest

from extractor.bulk import adding, deferred, jobs
from extractor.bulk.deferred import Standing, Terms
from extractor.bulk.ledger import calls_of
from extractor.bulk.reading import Manner
from extractor.bulk.runs import sums_of
from extractor.bulk.terms import terms_of
from extractor.bulk.watch import NOBODY, Watcher
from extractor.draft import Answer, Question
from extractor.forms import builtin_forms
from extractor.llm.answers import answer_type
from extractor.llm.prompts import load_prompt
from extractor.load import load_document
from extractor.pipeline import ask_about, read_report, settle
from extractor.record import Record, Usage
from extractor.settings import Settings
from extractor.store import Store
from extractor.store.readings import reading_of
from tests.batch_server import BatchServer
from tests.llm.asked import report, settings
from tests.llm.test_extract import harmless
from tests.llm.truthful import Truthful

Content = dict[str, Any]
SEEDS = (1, 2, 3)
MODEL = "test-model"
PRICES = {"price_input": "1", "price_output": "10", "currency": "CNY"}
"""A line that was worked on (1,000 tokens in, 50 out) costs 0.0015 outside batches."""


@dataclass
class Case:
    """Generated reports in a folder, the truth about them, and how they are asked about."""

    folder: Path
    server: BatchServer
    store: Store
    engine: Literal["hybrid", "model"] = "hybrid"
    samples: int = 1
    more: Mapping[str, Any] = field(default_factory=dict)
    watcher: Watcher = NOBODY
    job: str = "bulk"
    answers: dict[str, Content | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.server.answer = lambda question: self.answers.get(name_of(question))
        for seed in SEEDS:
            made = report(seed)
            path = self.folder / f"{seed}-{made.name}"
            path.write_bytes(made.data)
            truthful = Truthful(made.truth)
            for question in self.questions(path):
                self.answers[name_of(question)] = truthful._asked(question) or harmless(question)
                self.server.expect([question])

    @property
    def paths(self) -> list[Path]:
        return sorted(self.folder.iterdir())

    @property
    def settings(self) -> Settings:
        return settings(self.server.url, self.folder.parent / "cache", **PRICES, **self.more)

    def questions(self, path: Path) -> list[Question]:
        draft = read_report(load_document(path), builtin_forms())
        return ask_about(draft, self.engine, samples=self.samples)

    def terms(self) -> Terms:
        told = terms_of(self.settings, self.engine, samples=self.samples)
        with self.store.writing() as connection:
            job = jobs.open_job(connection, self.job, told)
            adding.add(connection, job, list(adding.found_in([self.folder])))
        manner = Manner(builtin_forms(), (), self.engine, self.samples)
        return Terms(self.store, job, manner, self.settings, 1, self.watcher)

    def submit(self) -> Standing:
        return deferred.submit(self.terms())

    def collect(self, *, wait: bool = True) -> Standing:
        return deferred.collect(self.terms(), wait=wait, pause=lambda _: None)

    # ---- what came of it ---------------------------------------------------------------------------------------------
    def live(self, failing: Sequence[str] = ()) -> dict[str, str]:
        """The records that a live model with the same answers brings about, by name."""
        found = {}
        for path in self.paths:
            draft = read_report(load_document(path), builtin_forms())
            asked = ask_about(draft, self.engine, samples=self.samples)
            found[path.name] = bare(settle(draft, {one.id: self._answer(one, failing) for one in asked}))
        return found

    def _answer(self, question: Question, failing: Sequence[str]) -> Answer:
        if question.kind in failing:
            return Answer(question.id, {}, failure="invalid_answer")
        content = answer_type(question).model_validate(self.answers[name_of(question)]).model_dump(mode="json")
        return Answer(question.id, content, model=MODEL, prompt_version=load_prompt(question.kind).version)

    def records(self) -> dict[str, str]:
        """The records in the store, by name of source, without what they cost; other states by their name."""
        found: dict[str, str] = {}
        with self.store.reading() as connection:
            job = jobs.job_named(connection, self.job)
            for source in jobs.sources_of(connection, job.id):
                found[source.name] = source.state
                if source.state == "done" and source.reading is not None:
                    record = reading_of(connection, source.reading).record
                    assert record is not None
                    assert record.usage == Usage()
                    found[source.name] = bare(record)
        return found

    def sums(self) -> dict[str, int]:
        with self.store.reading() as connection:
            return sums_of(connection, jobs.job_named(connection, self.job).id)

    def calls(self) -> list[Any]:
        with self.store.reading() as connection:
            job = jobs.job_named(connection, self.job)
            return [call for one in jobs.sources_of(connection, job.id) for call in calls_of(connection, one.id)]


def name_of(question: Question) -> str:
    """What tells questions of all reports apart, samples left out."""
    return f"{question.content['tag']}|{question.id.partition('#')[0]}"


def bare(record: Record) -> str:
    """The record without what it cost."""
    return replace(record, usage=Usage()).to_json()


MakeCase = Callable[..., Case]


@pytest.fixture
def kind() -> str:
    """The database, where a test does not ask for both."""
    return "sqlite"


@pytest.fixture
def server() -> Iterator[BatchServer]:
    running = BatchServer()
    with running:
        yield running


@pytest.fixture
def make_case(server: BatchServer, store: Store, tmp_path: Path) -> MakeCase:
    folder = tmp_path / "reports"
    folder.mkdir()
    return lambda **more: Case(folder, server, store, **more)
