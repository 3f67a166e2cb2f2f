"""docs/eval.md and docs/labelling.md name every measure, metric, mutant, command and key of a gold file."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from eval.__main__ import COMMANDS
from eval.engines import ENGINES
from eval.measures import MEASURES
from eval.metrics import LIST_METRICS, METRICS
from eval.mutants import MUTANTS
from extractor.gold import Gold, gold_schema
from tests.eval.mutants_table import with_table

ROOT = Path(__file__).parents[2]
EVAL, LABELLING = ((ROOT / "docs" / name).read_text("utf-8") for name in ("eval.md", "labelling.md"))


def listed(document: str) -> set[str]:
    """What stands as code in the first column of a table."""
    rows = re.findall(r"^\| (`[^|]*) \|", document, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


def test_every_measure_metric_and_engine_is_defined() -> None:
    assert {*MEASURES, *METRICS, *LIST_METRICS, *ENGINES} - listed(EVAL) == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_told(command: str) -> None:
    assert f"`python -m eval {command}" in EVAL


def test_the_table_of_mutants_is_the_one_of_the_code() -> None:
    assert with_table(EVAL) == EVAL, "python -m tests.eval.mutants_table"
    assert len(set(MUTANTS) & listed(EVAL)) == len(MUTANTS) >= 40


def test_every_key_of_a_gold_file_is_told() -> None:
    assert set(gold_schema()["properties"]) - listed(LABELLING) == set()


def test_the_frame_has_the_shape_of_gold() -> None:
    (frame,) = re.findall(r"^```json\n(.*?)^```", LABELLING, re.MULTILINE | re.DOTALL)
    assert Gold.model_validate(json.loads(frame)).year == 2024


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
def test_targets_of_make_are_there() -> None:
    for target in sorted(set(re.findall(r"`make (\w+)", EVAL + LABELLING))):
        asked = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
        assert asked.returncode == 0, asked.stderr
