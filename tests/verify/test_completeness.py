"""What the form asks for and the report lacks."""

from __future__ import annotations

from random import Random

import pytest

from extractor.document import Picture
from extractor.draft import Draft, Sections
from extractor.finding import Words, make
from extractor.record import Finding
from extractor.verify import verify
from tests.verify.factory import figures, form_of, report_of
from tests.verify.planting import cells, lose


def found(draft: Draft, code: str) -> list[Finding]:
    return [finding for finding in verify(draft).findings if finding.code == code]


def without_review(blank: bool) -> Draft:
    values = figures(Random(1), form_of("2021"))
    values["review_litigation"] = {row: dict.fromkeys(columns) for row, columns in values["review_litigation"].items()}
    draft = report_of(values=values).draft
    for row in () if blank else draft.tables["review_litigation"]:
        for pointer in cells("review_litigation", row, draft):
            lose(draft, pointer)
    return draft


def test_a_table_nobody_found_is_missing_and_its_cells_are_for_review() -> None:
    draft = without_review(blank=False)
    [finding] = found(draft, "missing_table")
    assert (finding.severity, finding.paths) == ("error", ["/tables/review_litigation"])
    assert verify(draft).judgement("/tables/review_litigation/review/total").reasons == ("missing_table",)
    assert found(draft, "blank_table") == []


def test_a_table_whose_rows_were_met_but_not_understood_is_not_missing() -> None:
    draft = without_review(blank=False)
    none, rows = Words("", ""), list(draft.tables["review_litigation"])
    for row in rows:
        assert len(found(draft, "missing_table")) == 1
        path = f"/tables/review_litigation/{row}"
        undecided = make("undecided_columns", [path], found=14, expected=15, figures="1 2", table=none, label=none)
        draft.findings.append(undecided)
    assert found(draft, "missing_table") == []


def test_a_picture_in_the_part_is_named() -> None:
    draft = without_review(blank=False)
    part = draft.sections.get("review_litigation")
    assert part is not None
    draft.document.pictures.append(Picture("image7.png", part.start + 1))
    assert "image7.png" in found(draft, "missing_table")[0].message


def test_a_table_left_empty_is_blank_not_missing() -> None:
    draft = without_review(blank=True)
    [finding] = found(draft, "blank_table")
    assert (finding.severity, finding.paths) == ("warning", ["/tables/review_litigation"])
    assert found(draft, "missing_table") == []


def test_marks_for_none_in_every_cell_are_no_blank_table() -> None:
    draft = without_review(blank=True)
    for pointer, evidence in draft.evidence.items():
        if pointer.startswith("/tables/review_litigation/"):
            evidence.state = "not_applicable"
    assert found(draft, "blank_table") == []


@pytest.mark.parametrize("name", ["organisation", "year"])
def test_body_and_year_must_be_there(name: str) -> None:
    draft = report_of().draft
    setattr(draft, name, None)
    [finding] = found(draft, "missing_field")
    assert (finding.severity, finding.paths) == ("error", [f"/{name}"])


def test_a_part_that_is_not_there_names_what_comes_from_it() -> None:
    draft = report_of().draft
    draft.sections = Sections((0, 0), [part for part in draft.sections.parts if part.key != "issues_improvements"])
    [finding] = found(draft, "missing_section")
    assert finding.paths == ["/narrative/issues", "/narrative/improvements"]
    assert "第5部分" in finding.message and finding.severity == "warning"


def test_a_report_on_no_known_form_lacks_every_table() -> None:
    draft = report_of().draft
    draft.form, draft.tables, draft.evidence = None, {}, {}
    assert [finding.paths for finding in found(draft, "missing_table")] == [
        ["/tables/proactive_disclosure"],
        ["/tables/applications"],
        ["/tables/review_litigation"],
    ]
