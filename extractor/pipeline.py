"""One way through the house: a file becomes a document, a draft, and a settled record.

document → parts → tables → narrative → (questions and answers) → verification → record
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from extractor.document import Document
from extractor.draft import Answer, Draft, Question
from extractor.errors import NotAReportError
from extractor.forms import Form, builtin_forms
from extractor.load import load_document
from extractor.narrative import read_claims, read_identity, read_items, read_overview, summarise
from extractor.record import Record, Source
from extractor.sections import find_sections
from extractor.tables.read import read_tables
from extractor.verify import ACCEPTED, Verification, verify

_FEWEST_PARTS = 2


class Model(Protocol):
    """Whoever answers questions: a live endpoint, a file answered tomorrow, a test."""

    async def answer(self, questions: Sequence[Question]) -> Mapping[str, Answer]:
        """Answers by question id; a question nobody could answer is left out."""
        ...


async def extract_report(
    path: Path | str, model: Model | None = None, *, form: Form | None = None, name: str | None = None
) -> Record:
    """Extract one report; without a model, what rules can read.

    ``form`` takes the place of the statutory forms; ``name`` becomes ``source.name`` (default: the file's name).

    Raises:
        InputError: the file cannot become a record; ``code`` says why.
    """
    draft = read_report(load_document(Path(path), name), (form,) if form else builtin_forms())
    answers = await model.answer(ask_about(draft)) if model else {}
    return settle(draft, answers)


def read_report(document: Document, forms: Sequence[Form]) -> Draft:
    """Everything rules can read: the form, the parts, the tables, the narrative.

    ``forms``: the candidates, the likeliest first.

    Raises:
        NotAReportError: neither a title, nor parts, nor a table of any of the forms.
    """
    sections = find_sections(document, forms[0].parts)
    draft = Draft(document, None, sections)
    read_tables(draft, forms)
    for read in (read_identity, read_overview, read_items, read_claims, summarise):
        read(draft)
    if draft.form is None and draft.title is None and len(sections.parts) < _FEWEST_PARTS:
        title = forms[0].report
        raise NotAReportError(
            f"{document.name}: no {title}: neither its title nor its parts nor its tables are there",
            f"{document.name}：不是{title}：没有标题，也没有应有的部分和表格",
        )
    return draft


def ask_about(draft: Draft) -> list[Question]:
    """What the rules leave open; nothing yet, for no model can be configured."""
    del draft
    return []


def settle(draft: Draft, answers: Mapping[str, Answer]) -> Record:
    """Verify the draft and make the record of it. No value is changed here."""
    del answers
    document = draft.document
    verification = verify(draft)
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
        findings=[*draft.findings, *verification.findings],
    )
    record.status = "accepted" if _is_clean(record) else "needs_review"
    return record


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
