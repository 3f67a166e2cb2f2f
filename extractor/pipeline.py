"""One way through the house: a file becomes a document, a draft, and a settled record.

document → parts → tables → narrative → (questions and answers) → verification → record
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from extractor.document import Document
from extractor.draft import Answer, Draft, Question
from extractor.errors import NotAReportError
from extractor.forms import Form, builtin_forms
from extractor.llm.failures import unanswered
from extractor.llm.questions import Engine, Language, questions_on
from extractor.llm.usage import total_usage
from extractor.load import load_document
from extractor.narrative import read_claims, read_identity, read_items, read_overview, read_pointed, summarise
from extractor.record import Record, Source
from extractor.sections import find_sections
from extractor.tables.pointed import fill_pointed, show_rows
from extractor.tables.read import read_tables
from extractor.verify import ACCEPTED, Verification, verify
from extractor.verify.admission import admit

_FEWEST_PARTS = 2


class Model(Protocol):
    """Whoever answers questions: a live endpoint, a file answered tomorrow, a test."""

    async def answer(self, questions: Sequence[Question]) -> Mapping[str, Answer]:
        """Answers by question id; a question nobody could answer is left out, or its answer says why not."""
        ...


async def extract_report(
    path: Path | str,
    model: Model | None = None,
    *,
    form: Form | None = None,
    name: str | None = None,
    engine: Engine = "hybrid",
    samples: int = 1,
) -> Record:
    """Extract one report; without a model, what rules can read.

    ``form`` takes the place of the statutory forms; ``name`` becomes ``source.name`` (default: the file's name).
    ``engine`` and ``samples`` say what a model is asked, and how often (``ask_about``).

    Raises:
        InputError: the file cannot become a record; ``code`` says why.
    """
    draft = read_report(load_document(Path(path), name), (form,) if form else builtin_forms())
    answers = await model.answer(ask_about(draft, engine, samples=samples)) if model else {}
    return settle(draft, answers)


def read_report(document: Document, forms: Sequence[Form]) -> Draft:
    """Everything rules can read: the form, the parts, the tables, the narrative.

    ``forms``: the candidates, the likeliest first.

    Raises:
        NotAReportError: neither a title, nor parts, nor a table of any of the forms.
    """
    sections = find_sections(document, forms[0].parts)
    own = document if sections.further is None else document.before(sections.further)
    draft = Draft(own, None, sections)
    read_tables(draft, forms)
    for read in (read_identity, read_overview, read_items, read_claims, summarise):
        read(draft)
    _mark_recognised(draft)
    if draft.form is None and draft.title is None and len(sections.parts) < _FEWEST_PARTS:
        title = forms[0].report
        raise NotAReportError(
            f"{document.name}: no {title}: neither its title nor its parts nor its tables are there",
            f"{document.name}：不是{title}：没有标题，也没有应有的部分和表格",
        )
    return draft


def _mark_recognised(draft: Draft) -> None:
    """Say of every value that an OCR engine read that it did; a cell with print that no engine could read has none."""
    recognition = draft.document.recognition
    if recognition is None:
        return
    for pointer, evidence in draft.evidence.items():
        start, end = evidence.source.start, evidence.source.end
        if start is None or end is None:
            continue
        if evidence.source.table is not None and recognition.unreadable(start):
            evidence.method, evidence.state = "ocr", "unreadable"
            table, row, column = pointer.split("/")[2:]
            draft.tables[table][row][column] = None
        elif recognition.confidence(start, end) is not None:
            evidence.method = "ocr"


def ask_about(
    draft: Draft, engine: Engine = "hybrid", *, samples: int = 1, language: Language = "zh"
) -> list[Question]:
    """What the rules leave open; with the engine ``model`` everything, the rules being the second reader.

    ``samples``: how often tables and part five are asked, independently; from the second on the ids end on ``#n``.
    ``language``: of the summary.
    """
    doubted = _doubted(draft) if engine == "hybrid" else frozenset()
    return questions_on(draft, show_rows(draft.document), engine, samples=samples, language=language, doubted=doubted)


def _doubted(draft: Draft) -> frozenset[str]:
    """What verification takes for a fault of reading; a scan is not looked at, as it would be recognised once more."""
    if draft.document.recognition is not None:
        return frozenset()
    faults = (found for found in verify(draft).findings if found.severity == "error" and found.cause != "source")
    return frozenset(path for fault in faults for path in fault.paths)


def settle(draft: Draft, answers: Mapping[str, Answer]) -> Record:
    """Read what answers point to, where rules read nothing; verify the draft and make the record of it.

    No value that was read by rule is changed here.
    """
    document = draft.document
    given = {name: answer for name, answer in answers.items() if not answer.failure}
    verification = _answered(draft, given) if given else verify(draft)
    _locate(draft)
    _judge(draft, verification)
    record = Record(
        source=Source(document.name, document.sha256, document.media_type, document.pages, document.url),
        form=draft.form.id if draft.form else None,
        title=draft.title,
        organisation=draft.organisation,
        body=draft.body,
        year=draft.year,
        period=draft.period,
        published=draft.published,
        tables=draft.tables,
        narrative=draft.narrative,
        evidence=draft.evidence,
        findings=[*draft.findings, *verification.findings, *unanswered(answers.values())],
        usage=total_usage(answers.values()),
    )
    record.status = "accepted" if _is_clean(record) else "needs_review"
    return record


def _answered(draft: Draft, answers: Mapping[str, Answer]) -> Verification:
    """Read what answers point to, verify it with all else, and judge what of it is admitted."""
    from extractor.llm.apply import pointed_by  # noqa: PLC0415 (slow to load, and rules alone do without)

    pointed = pointed_by(draft, show_rows(draft.document), answers)
    version = pointed.versions.get("table_grid") or pointed.versions.get("table_cells") or "-"
    read = [*fill_pointed(draft, pointed.cells[0] if pointed.cells else {}, version), *read_pointed(draft, pointed)]
    found = verify(draft)
    admitted = admit(draft, pointed, read, found.verdicts, (found.silent, found.confirmed))
    _drop_claims(draft, admitted.dropped)
    kept = [finding for finding in found.findings if not set(admitted.dropped).intersection(finding.paths)]
    return replace(found, findings=[*kept, *admitted.findings], verdicts=found.verdicts | admitted.verdicts)


def _drop_claims(draft: Draft, pointers: Sequence[str]) -> None:
    """Take claims out again that only a model saw and no word of the source confirms."""
    draft.narrative.claims = [c for c in draft.narrative.claims if f"/narrative/claims/{c.id}" not in pointers]
    for pointer in pointers:
        del draft.evidence[pointer]


def _locate(draft: Draft) -> None:
    """Say on which page, and where on it, the value of each field stands; only printed documents have pages."""
    document = draft.document
    if document.pages is None:
        return
    for evidence in draft.evidence.values():
        if evidence.source.start is not None:
            position = document.locate(evidence.source.start)
            evidence.source = replace(evidence.source, page=position.page, bbox=position.bbox)


def _judge(draft: Draft, verification: Verification) -> None:
    verdicts = verification.verdicts
    for pointer, evidence in draft.evidence.items():
        judgement = verdicts.get(pointer, ACCEPTED)
        evidence.verdict, evidence.confidence = judgement.verdict, judgement.confidence
        if judgement.reasons:
            evidence.reasons += [reason for reason in judgement.reasons if reason not in evidence.reasons]


def _is_clean(record: Record) -> bool:
    """No error, and no field that a person should look at."""
    if any(finding.severity == "error" for finding in record.findings):
        return False
    return all(evidence.verdict == "accepted" for evidence in record.evidence.values())
