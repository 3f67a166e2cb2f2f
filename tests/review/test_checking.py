"""Checking a corrected record again finds what verifying the corrected report from the beginning finds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractor.draft import Draft
from extractor.forms import builtin_forms
from extractor.load import load_document
from extractor.pipeline import read_report, settle
from extractor.record import Finding
from extractor.review.checking import current
from extractor.review.fields import checked, copy_of, entry_at, paths_of, put
from extractor.store.state import Correction, Entry, ReviewState
from extractor.verify import verify
from tests.scale import scaled
from tests.stores import SAMPLES

FILES = sorted(
    path for path in SAMPLES.iterdir() if path.suffix in (".txt", ".md", ".html") and path.name != "README.md"
)
CELLS = st.one_of(
    st.integers(0, 400).map(Entry),
    st.sampled_from([Entry(None, "blank"), Entry(None, "not_applicable"), Entry(-3)]),
)


def drafted(path: Path) -> Draft:
    return read_report(load_document(path), builtin_forms())


def told(findings: list[Finding]) -> list[tuple[Any, ...]]:
    return sorted((one.code, one.cause, tuple(one.paths), one.message, str(one.repair)) for one in findings)


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
@settings(max_examples=scaled(4, 60), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_checking_again_is_verifying_afresh(path: Path, data: st.DataObject) -> None:
    draft = drafted(path)
    read = [*draft.findings]
    machine = settle(drafted(path), {})
    cells = [one for one in paths_of(machine) if one.startswith("/tables/")]
    chosen = data.draw(st.dictionaries(st.sampled_from(cells), CELLS, min_size=1, max_size=6))
    chosen = {one: checked(machine, one, entry, "") for one, entry in chosen.items()}
    for pointer, entry in chosen.items():
        table, row, column = pointer.split("/")[2:]
        draft.tables[table][row][column] = entry.value
        seen = draft.evidence[pointer]
        draft.evidence[pointer] = replace(seen, state=entry.state or "number", method="reviewer")  # type: ignore[arg-type]
    afresh = [one for one in [*read, *verify(draft).findings] if not _is_all_set(one, set(chosen))]
    state = ReviewState(corrections={one: Correction(entry, entry, "Ann", 0, 1) for one, entry in chosen.items()})
    assert told(_from_values(current(machine, state).record.findings)) == told(_from_values(afresh))


def _is_all_set(finding: Finding, chosen: set[str]) -> bool:
    return finding.code == "missing_cell" and chosen.issuperset(finding.paths)


def _from_values(findings: list[Finding]) -> list[Finding]:
    """Findings of everything but where in the source a number stands: a person's value stands nowhere there."""
    return [one for one in findings if one.code not in ("label_mismatch", "unmatched_number", "unread_number")]


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_a_record_without_corrections_is_as_the_machine_left_it(path: Path) -> None:
    machine = settle(drafted(path), {})
    line = machine.to_json()
    assert current(machine, ReviewState()).record.to_json() == line
    copy = copy_of(machine)
    for one in paths_of(machine):
        put(copy, one, entry_at(machine, one))
    assert machine.to_json() == line
    assert [entry_at(copy, one) for one in paths_of(machine) if one.startswith("/n")] == [
        entry_at(machine, one) for one in paths_of(machine) if one.startswith("/n")
    ]
