"""From findings to verdicts."""

from __future__ import annotations

from copy import deepcopy

from extractor.finding import Words, make
from extractor.verify import ACCEPTED, verify
from tests.verify.factory import report_of

GRANTED = "/tables/applications/granted/total"
PENALTIES = "/tables/proactive_disclosure/penalties/decisions"


def test_what_labels_and_an_identity_confirm_is_the_default_and_not_listed() -> None:
    verification = verify(report_of().draft)
    assert GRANTED not in verification.verdicts
    assert verification.judgement(GRANTED) is ACCEPTED
    assert verification.judgement("/narrative/issues/i1") is ACCEPTED


def test_what_no_identity_covers_is_a_little_less_sure() -> None:
    judgement = verify(report_of().draft).judgement(PENALTIES)
    assert judgement.verdict == "accepted" and 0.9 < judgement.confidence < ACCEPTED.confidence


def test_an_error_asks_for_review_and_a_warning_does_not() -> None:
    draft = report_of().draft
    draft.tables["applications"]["granted"]["total"] = int(draft.tables["applications"]["granted"]["total"] or 0) + 1
    assert verify(draft).judgement(GRANTED).verdict == "rejected"
    draft = report_of().draft
    draft.findings.append(make("blank_table", ["/tables/applications"], table=Words("", "")))
    assert verify(draft).judgement(GRANTED) is ACCEPTED


def test_an_error_of_a_reader_on_a_row_or_table_is_one_on_its_cells() -> None:
    for path in ("/tables/applications/granted", "/tables/applications"):
        draft = report_of().draft
        draft.findings.append(make("missing_table", [path], table=Words("", ""), picture=Words("", "")))
        verification = verify(draft)
        assert verification.judgement(GRANTED).reasons == ("missing_table",)
        assert verification.judgement(PENALTIES).verdict == "accepted"


def test_what_a_reader_reported_is_not_said_twice() -> None:
    draft = report_of().draft
    draft.year = None
    [finding] = verify(draft).findings
    draft.findings.append(finding)
    assert verify(draft).findings == []


def test_the_draft_is_left_as_it_is() -> None:
    draft = report_of().draft
    draft.tables["applications"]["granted"]["total"] = 1
    tables, evidence, findings = deepcopy((draft.tables, draft.evidence, draft.findings))
    verify(draft)
    assert (draft.tables, draft.evidence, draft.findings) == (tables, evidence, findings)
