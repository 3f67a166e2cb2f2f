"""The messy cases are numbered; each number has its tests, in the module of its heading."""

from __future__ import annotations

import ast
import re
from pathlib import Path

HEADINGS = {
    "titles_and_parts": range(1, 6),
    "organisation_and_year": range(6, 10),
    "cells": range(10, 15),
    "tables_in_text": range(15, 22),
    "narrative_lists": range(22, 25),
}


def groups_in(module: str) -> set[int]:
    tree = ast.parse(Path(__file__).with_name(f"test_{module}.py").read_text("utf-8"))
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    return {int(match[1]) for name in names if (match := re.match(r"test_group_(\d+)_", name))}


def test_all_24_groups_have_tests_of_their_own() -> None:
    assert {module: groups_in(module) for module in HEADINGS} == {m: set(groups) for m, groups in HEADINGS.items()}
    assert sorted(number for groups in HEADINGS.values() for number in groups) == list(range(1, 25))
