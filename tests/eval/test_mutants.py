"""Seeded defects: each is planted and taken out cleanly, changes the pipeline, and is blocked; what is not is told.

A short run over four reports here; ``make stress`` proves every mutant over all gold, as ``python -m eval mutants``.
"""

from __future__ import annotations

import argparse
import importlib
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from eval.baseline import read_baseline
from eval.cases import Cases, find_cases
from eval.mutants import add_arguments, line_of, main, summary_of
from eval.mutants.catalogue import MUTANTS, table
from eval.mutants.planting import Mutant, Plant, PlantError, changed, giving, instead, planted, then, told
from eval.mutants.proof import Ground, GroundError, Proof, prepare, prove, prove_all
from eval.waivers import read_waivers
from extractor import pipeline
from extractor.draft import Draft
from extractor.record import Record
from tests.scale import STRESS

FEWEST = 40
REPORTS = ("heyan_town_2021", "liuqing_town_2024", "dongli_subdistrict_2023", "bozhou_transport_bureau_2022")
SHORT = (
    "ignore_page_breaks",
    "lose_part_five",
    "swap_columns",
    "drop_last_row",
    "blank_as_zero",
    "drop_total",
    "shift_years",
    "lose_last_issue",
    "keep_ordinals",
    "wider_claims_as_own",
    "silence_findings",
    "accept_everything",
)


@pytest.fixture(scope="module")
def ground() -> Ground:
    """Four reports by rules, their own figures the baseline."""
    found = find_cases()
    cases = [case for case in found.cases if case.id in REPORTS]
    return prepare(Cases(cases, [one for one in found.sets if one.name == "own"]), ["rules"])


def mutant(place: str, make: Any, **more: Any) -> Mutant:
    return Mutant("made_up", "tables", "made up for a test", (Plant(place, make),), **more)


# ---- the catalogue -----------------------------------------------------------------------------------------------


def test_there_are_enough_in_every_stage() -> None:
    stages = Counter(one.stage for one in MUTANTS.values())
    assert len(MUTANTS) >= FEWEST
    assert set(stages) == {"load", "sections", "tables", "narrative", "verify", "llm"}
    assert min(stages.values()) >= 5


def test_each_says_in_one_line_what_it_breaks() -> None:
    said = [one.breaks for one in MUTANTS.values()]
    assert len(set(said)) == len(said)
    assert all(words and "\n" not in words and "|" not in words and len(words) <= 100 for words in said)


@pytest.mark.parametrize("name", MUTANTS)
def test_each_finds_its_functions_and_puts_them_back(name: str) -> None:
    def functions() -> list[Any]:
        found = []
        for plant in MUTANTS[name].plants:
            module, _, path = plant.place.partition(":")
            owner: Any = importlib.import_module(module)
            for part in path.split("."):
                owner = getattr(owner, part)
            found.append(owner)
        return found

    before = functions()
    with planted(MUTANTS[name]):
        assert all(now is not then_ for now, then_ in zip(functions(), before, strict=True))
    assert functions() == before


# ---- planting ----------------------------------------------------------------------------------------------------


def test_a_renamed_function_is_a_fault_and_no_pass(ground: Ground) -> None:
    gone = mutant("extractor.pipeline:read_the_tables", giving(None))
    with pytest.raises(PlantError, match=r"extractor\.pipeline:read_the_tables is not there"), planted(gone):
        pass
    proof = prove(gone, ground)
    assert (proof.verdict, proof.blocked) == ("FAULTY", False)


def test_what_was_planted_is_gone_after_an_error() -> None:
    original = vars(pipeline)["read_tables"]
    with pytest.raises(RuntimeError), planted(mutant("extractor.pipeline:read_tables", giving(None))):
        raise RuntimeError
    assert vars(pipeline)["read_tables"] is original


def test_ways_to_break_a_function() -> None:
    def double(number: int) -> int:
        return 2 * number

    seen: list[Any] = []
    assert giving(7)(double)(3) == 7
    assert instead(abs)(double)(-3) == 3
    assert changed(str)(double)(3) == "6"
    assert told(lambda number: number + 1)(double)(3) == 8
    assert then(seen.append)(double)(3) == 6
    assert seen == [3]


# ---- proofs ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHORT)
def test_the_gate_blocks(name: str, ground: Ground) -> None:
    proof = prove(MUTANTS[name], ground)
    assert proof.verdict == "blocked", line_of(proof)
    assert proof.by


def test_a_mutant_that_changes_nothing_is_told(ground: Ground) -> None:
    proof = prove(mutant("extractor.pipeline:read_tables", then(lambda draft: None)), ground)
    assert (proof.verdict, proof.reports) == ("CHANGES NOTHING", len(REPORTS))


def test_a_mutant_that_passes_is_told(ground: Ground) -> None:
    """What no gold labels, the gate cannot see: here the region of the body."""

    def forget_region(draft: Draft) -> None:
        draft.body = replace(draft.body, region="none of any gold")

    proof = prove(mutant("extractor.pipeline:read_identity", then(forget_region)), ground)
    assert (proof.verdict, proof.reports) == ("PASSED", len(REPORTS))


def test_a_mutant_that_only_crashes_proves_nothing(ground: Ground) -> None:
    def crash(record: Record) -> Record:
        raise LookupError(record.source.name)

    proof = prove(mutant("eval.engines:settle", changed(crash)), ground)
    assert proof.verdict == "FAULTY"
    assert "crashed: LookupError" in proof.fault


def test_reports_it_concerns_come_first(ground: Ground) -> None:
    last = mutant("eval.engines:settle", changed(_without_title), near=("liuqing",))
    assert prove(last, ground).reports == 1
    assert "liuqing_town_2024" in prove(last, ground).by


def _without_title(record: Record) -> Record:
    """Only what reports on 2024 is wrong."""
    record.title = "无题" if record.year == 2024 else record.title
    return record


def test_proofs_come_in_order_from_processes_of_their_own(ground: Ground) -> None:
    names = ["swap_columns", "shift_years"]
    proofs = list(prove_all([MUTANTS[name] for name in names], ground, jobs=2))
    assert [(proof.name, proof.verdict) for proof in proofs] == [(name, "blocked") for name in names]
    assert prove(mutant("extractor.pipeline:read_tables", then(lambda draft: None)), ground).verdict != "blocked"


def test_a_pipeline_that_is_blocked_itself_shows_nothing(ground: Ground) -> None:
    with (
        planted(MUTANTS["swap_columns"]),
        pytest.raises(GroundError, match="blocks the pipeline as it is, by the engine rules: "),
    ):
        prepare(ground.cases, ["rules"], ground.baseline)


# ---- the command -------------------------------------------------------------------------------------------------


def called(*words: str) -> int:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return main(parser.parse_args(words))


def test_the_table_and_unknown_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert called("--table") == 0
    assert capsys.readouterr().out == table() + "\n"
    assert called("make_it_up") == 2
    assert "no mutant 'make_it_up'" in capsys.readouterr().err


def test_what_is_not_blocked_is_counted() -> None:
    proofs = [
        Proof("swap_columns", blocked=True, changed=True),
        Proof("swap_rows", blocked=False, changed=True),
        Proof("shift_rows", blocked=False, changed=False),
    ]
    mutants = [MUTANTS[proof.name] for proof in proofs]
    assert summary_of(mutants, proofs) == "1 of 3 mutants blocked, 1 passed, 1 changes nothing"


@pytest.mark.skipif(not STRESS, reason="make stress proves every mutant over all gold")
def test_every_mutant_is_blocked() -> None:
    engines = [one.engine for one in MUTANTS.values()]
    whole = prepare(find_cases(), engines, read_baseline(), read_waivers())
    proofs = list(prove_all(list(MUTANTS.values()), whole))
    assert [line_of(proof) for proof in proofs if proof.verdict != "blocked"] == []
