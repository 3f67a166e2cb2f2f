"""A second look at what an OCR engine read."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from extractor.draft import Draft
from extractor.record import Evidence, Place
from extractor.verify import Verification, verify
from tests.verify.factory import report_of

GRANTED = "/tables/applications/granted/total"
PART = "/tables/applications/granted/natural_person"
PENALTIES = "/tables/proactive_disclosure/penalties/decisions"
LICENCES = "/tables/proactive_disclosure/licences/decisions"


@dataclass
class Engine:
    """An engine that is sure of what it read, but for ``unsure``, and reads the same again, but for ``otherwise``."""

    text: str
    unsure: dict[int, float] = field(default_factory=dict)
    otherwise: dict[int, str | None] = field(default_factory=dict)
    asked: set[int] = field(default_factory=set)

    def confidence(self, start: int, end: int) -> float | None:
        return self.unsure.get(start, 0.999)

    def unreadable(self, start: int) -> bool:
        return False

    def second_reading(self, start: int, end: int) -> str | None:
        self.asked.add(start)
        return self.otherwise.get(start, self.text[start:end])


def recognised() -> tuple[Draft, Engine]:
    """A faultless report, all of it read by an engine."""
    draft = report_of().draft
    engine = Engine(draft.document.text)
    draft.document.recognition = engine
    for evidence in draft.evidence.values():
        evidence.method = "ocr"
    return draft, engine


def start(draft: Draft, pointer: str) -> int:
    place = draft.evidence[pointer].source
    assert place.start is not None
    return place.start


def codes(verification: Verification, pointer: str) -> list[str]:
    return [finding.code for finding in verification.findings if pointer in finding.paths]


def test_cells_no_identity_confirms_are_read_again_and_no_others() -> None:
    draft, engine = recognised()
    verification = verify(draft)
    assert {start(draft, PENALTIES), start(draft, LICENCES)} <= engine.asked
    assert start(draft, GRANTED) not in engine.asked
    assert verification.findings == []
    assert verification.judgement(PENALTIES).verdict == "accepted"


@pytest.mark.parametrize("second", ["9", "", None, "1.5"])
def test_two_readings_that_differ_are_for_a_person(second: str | None) -> None:
    draft, engine = recognised()
    engine.otherwise[start(draft, PENALTIES)] = second
    verification = verify(draft)
    judgement = verification.judgement(PENALTIES)
    assert (judgement.verdict, judgement.reasons) == ("review", ("uncertain_reading",))
    assert codes(verification, PENALTIES) == ["uncertain_reading"]
    assert verification.judgement(LICENCES).verdict == "accepted"


def test_white_space_and_width_make_no_difference() -> None:
    draft, engine = recognised()
    at = start(draft, PENALTIES)
    place = draft.evidence[PENALTIES].source
    engine.otherwise[at] = f" {draft.document.text[at : place.end]}　"
    assert codes(verify(draft), PENALTIES) == []


def test_a_judgement_is_no_surer_than_the_engine() -> None:
    draft, engine = recognised()
    engine.unsure = {start(draft, GRANTED): 0.62, start(draft, PENALTIES): 0.81}
    verification = verify(draft)
    assert verification.judgement(GRANTED).confidence == 0.62
    assert verification.judgement(PENALTIES).confidence == 0.81
    assert verification.judgement(GRANTED).verdict == "accepted"


def misread(draft: Draft) -> None:
    """The cell's digits as another number, in record and document alike."""
    place = draft.evidence[PART].source
    value = draft.tables["applications"]["granted"]["natural_person"]
    assert value is not None and place.start is not None and place.end is not None
    other = int(str(int(value))[:-1] + str((int(value) + 1) % 10))
    old, new = draft.document.text[place.start : place.end], str(other)
    assert len(old) == len(new)
    draft.document.text = draft.document.text[: place.start] + new + draft.document.text[place.end :]
    for table in draft.document.tables:
        for cell in (cell for row in table.rows for cell in row if cell.start == place.start):
            cell.text = new
    draft.tables["applications"]["granted"]["natural_person"] = other
    draft.evidence[PART].raw = new


@pytest.mark.parametrize(("sure", "again", "repaired"), [(0.6, "", True), (0.999, "0", True), (0.999, "", False)])
def test_only_an_unsure_reading_is_proposed_for_repair(sure: float, again: str, repaired: bool) -> None:
    draft, engine = recognised()
    value = draft.tables["applications"]["granted"]["natural_person"]
    misread(draft)
    engine.text = draft.document.text
    engine.unsure[start(draft, PART)] = sure
    if again:
        engine.otherwise[start(draft, PART)] = again
    sums = [finding for finding in verify(draft).findings if finding.code in ("row_sum", "column_sum")]
    assert sums and {finding.cause for finding in sums} == {"unknown"}
    assert [finding.repair for finding in sums] == [{PART: value} if repaired else None] * len(sums)


def test_many_hard_cells_make_a_poor_scan() -> None:
    draft, engine = recognised()
    cells = [pointer for pointer in draft.evidence if pointer.startswith("/tables/applications/")]
    engine.unsure = {start(draft, pointer): 0.4 for pointer in cells[:2]}
    assert "low_quality_scan" not in [finding.code for finding in verify(draft).findings]
    engine.unsure = {start(draft, pointer): 0.4 for pointer in cells[:40]}
    [poor] = [finding for finding in verify(draft).findings if finding.code == "low_quality_scan"]
    assert poor.severity == "warning" and set(poor.paths) == set(cells[:40])


def test_a_body_named_by_print_that_is_hard_to_read_is_for_a_person() -> None:
    draft, engine = recognised()
    name = draft.document.text[:4]
    draft.evidence["/organisation"] = Evidence(name, source=Place(start=0, end=4), method="ocr")
    engine.unsure[0] = 0.3
    engine.otherwise[0] = "另一单位"
    judgement = verify(draft).judgement("/organisation")
    assert (judgement.verdict, judgement.reasons) == ("review", ("uncertain_reading",))


def test_text_no_engine_read_is_not_looked_at() -> None:
    draft = report_of().draft
    draft.document.recognition = engine = Engine(draft.document.text)
    verify(draft)
    assert engine.asked == set()
