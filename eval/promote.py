"""``python -m eval promote``: accepted reviews of the store become gold, with reviewer, time and note.

Each is written as ``DIR/<id>/{source.*, record.json, note.md}``. What the rules do not read right yet is marked hard:
it is scored and shown, and does not gate until it is right. A report that is gold already is left as it is.

Exit status 0: done; 1: some were held back, each named with the reason; 2: the store cannot be used.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Iterator
from pathlib import Path

from eval.cases import LABEL, OWN, Case
from eval.engines import opened, read_all
from eval.result import CaseResult
from eval.scores import score_case
from extractor.errors import ExtractorError, GoldError
from extractor.gold import Gold, read_gold, write_gold
from extractor.promotion import Candidate, candidates, write_case
from extractor.review.people import Person
from extractor.settings import load_settings
from extractor.store import open_store

_HARD = "promoted before the rules read it right: {fields}"
_NAMED = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which reports, and where to."""
    parser.add_argument("--report", action="append", type=int, default=[], metavar="N", help="only this report")
    parser.add_argument("--out", type=Path, default=OWN, metavar="DIR", help="the set that they join")


def main(args: argparse.Namespace) -> int:
    """Promote, and say what became of each."""
    held_back = 0
    try:
        store = open_store(load_settings())
        known = {gold.sha256 for gold in _gold_in(args.out)}
        for one in candidates(store, Person(getpass.getuser(), "lead"), args.report):
            said, is_done = promoted(one, args.out, known)
            held_back += not is_done
            print(f"{one.name}: {said}")
    except ExtractorError as error:
        print(f"eval: {error}", file=sys.stderr)
        return 2
    return 1 if held_back else 0


def promoted(one: Candidate, folder: Path, known: set[str]) -> tuple[str, bool]:
    """Write a candidate as gold; what is said of it, and whether it is gold now."""
    if one.gold is None:
        return f"held back: {one.why_not}", False
    if one.gold.sha256 in known:
        return "is gold already", True
    place = write_case(one, folder)
    gold = read_gold(place / LABEL)
    missed = _missed(Case(place.name, folder.name, gold, place / gold.source))
    if missed:
        write_gold(gold.model_copy(update={"hard": _HARD.format(fields=", ".join(missed))}), place / LABEL)
    known.add(gold.sha256)
    return f"{place.name}" + (f", hard: {len(missed)} fields are not read right yet" if missed else ""), True


def _gold_in(folder: Path) -> Iterator[Gold]:
    for path in sorted(folder.glob(f"*/{LABEL}")):
        try:
            yield read_gold(path)
        except GoldError as error:
            print(f"eval: {error}", file=sys.stderr)


def _missed(case: Case) -> list[str]:
    """The fields that the rules do not read as labelled, the first few by name."""
    with opened("rules") as engine:
        results: list[CaseResult] = [score_case(one, reading) for one, reading in read_all([engine], [case])]
    wrong = [
        field.pointer for result in results for field in result.fields if field.outcome not in ("right", "unscored")
    ]
    return [*wrong[:_NAMED], *([f"and {len(wrong) - _NAMED} more"] if len(wrong) > _NAMED else [])]
