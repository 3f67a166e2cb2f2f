"""The generator's own tests: its truth must be beyond doubt before it judges anything."""

import hashlib
import html
import io
import re
from functools import cache
from typing import Any

import pytest
from docx import Document

from . import KINDS, LAYOUTS, Generated, generate, generate_with_fault, score

SEEDS = 3 * len(LAYOUTS)
FLOWS = {"new_received", "carried_over", "total_processed", "carried_forward"}


@cache
def report(seed: int, layout: str) -> Generated:
    return generate(seed, layout=layout)


def many() -> list[Generated]:
    return [report(seed, LAYOUTS[seed % len(LAYOUTS)]) for seed in range(SEEDS)]


def compact(text: str) -> str:
    return re.sub(r"\s+", "", text)


def text_of(made: Generated) -> str:
    if made.name.endswith(".docx"):
        return "".join(Document(io.BytesIO(made.data)).element.body.itertext())
    for encoding in ("utf-16",) if made.data[:2] == b"\xff\xfe" else ("utf-8-sig", "gb18030"):
        try:
            text = made.data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return html.unescape(re.sub(r"<[^>]*>", "", text)) if made.name.endswith((".html", ".htm")) else text
    raise AssertionError(f"{made.name} is in no known encoding")


def number(value: Any) -> int:
    return int(value or 0)


def broken_identities(tables: dict[str, Any]) -> set[str]:
    """The identities of docs/domain.md that fail, a blank counting as 0."""
    rows = tables["applications"]
    broken = {"row_sum" for cells in rows.values() if sum(map(number, cells.values())) != 2 * number(cells["total"])}
    for column in rows["granted"]:
        results = sum(number(cells[column]) for key, cells in rows.items() if key not in FLOWS)
        total = number(rows["total_processed"][column])
        if results != total:
            broken.add("column_sum")
        inflow = number(rows["new_received"][column]) + number(rows["carried_over"][column])
        if inflow != total + number(rows["carried_forward"][column]):
            broken.add("carry_balance")
    for cells in tables["review_litigation"].values():
        if sum(map(number, cells.values())) != 2 * number(cells["total"]):
            broken.add("review_sum")
    return broken


@pytest.mark.parametrize("layout", LAYOUTS)
def test_same_seed_gives_same_bytes_in_every_layout_and_form(layout: str) -> None:
    for form in ("2019", "2021"):
        first, second = generate(7, form=form, layout=layout), generate(7, form=form, layout=layout)
        assert first == second
        assert first.form == first.truth["form"] == form
        assert first.truth["sha256"] == hashlib.sha256(first.data).hexdigest()


def test_truth_satisfies_the_identities() -> None:
    for made in many():
        if "text_in_cell" not in made.features:
            assert not broken_identities(made.truth["tables"]), made.name


def test_states_name_exactly_the_cells_without_a_number() -> None:
    for made in many():
        cells = {
            f"/tables/{table}/{row}/{column}": value
            for table, rows in made.truth["tables"].items()
            for row, columns in rows.items()
            for column, value in columns.items()
        }
        assert set(made.truth["states"]) == {pointer for pointer, value in cells.items() if value is None}, made.name


def test_narrative_and_claims_stand_verbatim_in_the_file() -> None:
    for made in many():
        text = compact(re.sub(r"\[bookmark: \w+\]", "", text_of(made)))
        narrative = made.truth["narrative"]
        quotes = [claim["quote"] for claim in made.truth["claims"] + made.truth["forbidden_claims"]]
        for due in (*narrative["issues"], *narrative["improvements"], *quotes):
            assert compact(due) in text, (made.name, due)
        name = made.truth["organisation"]["name"]
        assert name is None or name in text, made.name


def test_large_numbers_stand_verbatim_in_the_file() -> None:
    plain = frozenset({"full_width_digits", "thousands_commas", "split_digits", "table_as_picture"})
    for seed, layout in enumerate(LAYOUTS):
        made = generate(seed, layout=layout, bar=plain)
        text = text_of(made)
        for cells in made.truth["tables"]["applications"].values():
            assert str(cells["total"] or "") in text, made.name


def test_every_common_variant_is_reached() -> None:
    seen = {feature for seed in range(600) for feature in generate(seed, layout="txt_tab_cells", messy=1.0).features}
    wanted = {"bookmarks", "form_mixed", "label_dropped", "local_row", "row_absent", "six_collapsed", "split_digits"}
    wanted |= {"text_in_cell", "traditional", "body_unnamed", "header_in_yuan", "stale_year", "table_as_picture"}
    wanted |= {"blank_table_applications", "not_applicable_applications", "year_full_width", "encoding_gb18030"}
    assert wanted <= seen


def test_a_tidy_report_has_no_variants() -> None:
    quiet: tuple[str, ...] = (
        "list_",
        "claim_",
        "docx_",
        "period_stated",
        "signature_date",
        "contact_sentence",
        "part_six_none",
    )
    quiet += ("fee_charged", "excess_disclaimer", "names_site", "previous_year_figure", "wider_scope")
    loud = {feature for seed in range(40) for feature in generate(seed, messy=0.0).features}
    assert {feature for feature in loud if not feature.startswith(quiet)} == set()


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_breaks_what_it_says_and_nothing_else(kind: str) -> None:
    for seed in range(15):
        made = generate_with_fault(seed, kind, layout="txt_tab_cells")
        assert set(made.fault.expected) <= set(made.truth["expected_findings"])
        due = set(made.fault.expected) - {"blank_total", "narrative_mismatch"}
        if kind != "blank_total":
            assert broken_identities(made.truth["tables"]) == due, made.name


def test_a_contradicting_claim_stands_in_the_text_and_not_in_the_table() -> None:
    for seed in range(30):
        made = generate_with_fault(seed, "narrative_mismatch", layout="txt_tab_rows_empty")
        told = next(c for c in made.truth["claims"] if c["metrics"] == ["applications_received"])
        assert told["quote"] in text_of(made)
        assert told["value"] != made.truth["tables"]["applications"]["new_received"]["total"]


def perfect_record(made: Generated) -> dict[str, Any]:
    truth = made.truth
    states = truth["states"]
    pointers = [
        f"/tables/{table}/{row}/{column}"
        for table, rows in truth["tables"].items()
        for row, columns in rows.items()
        for column in columns
    ]
    return {
        **{key: truth[key] for key in ("form", "title", "year", "period", "published", "tables")},
        "organisation": truth["organisation"]["name"],
        "narrative": {
            "issues": [{"text": text} for text in truth["narrative"]["issues"]],
            "improvements": [{"text": text} for text in truth["narrative"]["improvements"]],
            "claims": [{**c, "metric": c["metrics"][0], "text": c["quote"]} for c in truth["claims"]],
        },
        "evidence": {p: {"state": states.get(p, "number"), "verdict": "accepted"} for p in pointers},
        "findings": [{"code": code, "severity": "error", "paths": []} for code in truth["expected_findings"]],
    }


def test_the_truth_itself_scores_without_a_miss() -> None:
    for made in many():
        result = score(perfect_record(made), made.truth)
        assert result.flawless, (made.name, result.misses)
        assert result.cells_right == result.cells > 100


def test_a_wrong_cell_is_a_miss_and_flagged_only_if_named() -> None:
    made = generate(5, form="2021", layout="txt_tab_cells", messy=0.0)
    record = perfect_record(made)
    tables = {name: {row: dict(cells) for row, cells in rows.items()} for name, rows in record["tables"].items()}
    tables["applications"]["granted"]["total"] += 1
    record["tables"] = tables
    assert score(record, made.truth).unflagged_wrong == 1
    record["findings"] = [{"code": "row_sum", "severity": "error", "paths": ["/tables/applications/granted"]}]
    assert score(record, made.truth).unflagged_wrong == 0
    assert score(record, made.truth).flagged_right == len(tables["applications"]["granted"]) - 1
    assert score({}, made.truth).cells_right == 0
