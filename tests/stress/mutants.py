"""Damaged files and what becomes of them.

python -m tests.stress.mutants docx --count 100     what is wrong with what the program makes of a hundred
python -m tests.stress.mutants docx --seed 17 --save a.docx

EXTRACTOR_TESTS=stress, as `make stress` sets it, adds to the originals a PDF that LibreOffice prints.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import jsonschema

from extractor import json_schema
from extractor.document import Document, Position
from extractor.errors import ExtractorError
from extractor.inputs import Input, list_inputs
from extractor.load import load_document
from extractor.run import Call, Outcome, extract_inputs, run
from tests.stress.mutation import mutated
from tests.stress.originals import MAKERS, OCR, OFFICE, originals

_INSIDE = 0.6
"""How much of the damage to a container is within it."""

_PASSAGES = ("overview", "issues", "improvements", "other_matters", "claims")


def mutant(kind: str, seed: int) -> tuple[str, bytes]:
    """The name and the bytes of one damaged file."""
    dice = Random(f"{kind} {seed}")
    original = dice.choice(originals(kind))
    if original.inside and dice.random() < _INSIDE:
        return original.name, original.inside(original.data, dice, mutated)
    return original.name, mutated(original.data, dice)


def mutants(kind: str, seeds: Iterable[int], folder: Path) -> list[Path]:
    """Damaged files in ``folder``, named by their seeds."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for seed in seeds:
        name, data = mutant(kind, seed)
        paths.append(folder / f"{seed:05}{name[1:]}")
        paths[-1].write_bytes(data)
    return paths


def faults_of(files: list[Path], jobs: int = 1, counts: Counter[str] | None = None) -> list[str]:
    """What is wrong with the objects that the program makes of ``files``; nothing, if all is well."""
    faults, met = list[str](), set[str]()
    for outcome in extract_inputs([Input(path, path.name) for path in files], jobs=jobs, with_text=True):
        name = outcome.name.partition("!/")[0]
        met.add(name)
        path = next(file for file in files if file.name == name)
        faults += [f"{outcome.name}: {fault}" for fault in _faults(outcome, path)]
        if counts is not None:
            counts[outcome.error.code if outcome.error else outcome.status] += 1
    faults += [f"{path.name}: no object" for path in files if path.name not in met]
    return faults


def exit_status(files: list[Path], out: Path) -> list[str]:
    """What is wrong with the exit status, or with the files written, of a call for ``files``."""
    inputs, _ = list_inputs(files)
    status = run(Call(files, out))
    written = [json.loads(path.read_bytes()) for path in out.rglob("*.json")]
    names = {each["source"]["name"].partition("!/")[0] for each in written}
    failed = any(each["status"] == "failed" for each in written)
    faults = [f"{item.name}: no file" for item in inputs if item.name not in names]
    faults += [f"left over: {path}" for path in out.rglob("*") if path.is_file() and path.suffix != ".json"]
    return faults if status == int(failed) else [*faults, f"exit status {status}"]


def _faults(outcome: Outcome, path: Path) -> Iterator[str]:
    record = json.loads(outcome.line)
    for error in _schema().iter_errors(record):
        yield f"not by the schema: {error.json_path}: {error.message[:200]}"
    if outcome.error:
        yield from _faults_of_failure(record["error"])
    else:
        yield from _misplaced(record, outcome.text)
        yield from _unlocatable(record, path)


def _faults_of_failure(error: dict[str, str]) -> Iterator[str]:
    if error["code"] in ("crashed", "time_limit", "bad_input"):
        yield error["message_en"]
    for message in (error["message"], error["message_en"]):
        if not message or "\n" in message or len(message) > 600:
            yield f"no sentence: {message!r}"


@cache
def _schema() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json_schema())


def _misplaced(record: dict[str, Any], text: str) -> Iterator[str]:
    """Values that do not stand where their evidence says."""
    for pointer, evidence in record["evidence"].items():
        place = evidence["source"]
        if place["start"] is None:
            if evidence["state"] == "number" and pointer.startswith("/tables"):
                yield f"{pointer} has no place"
        elif not 0 <= place["start"] <= place["end"] <= len(text):
            yield f"{pointer} is out of the text: {place}"
        elif evidence["raw"] != text[place["start"] : place["end"]]:
            yield f"{pointer}: {evidence['raw']!r} is not {text[place['start'] : place['end']]!r}"
    for key in _PASSAGES:
        for each in record["narrative"][key]:
            if each["text"] != text[each["start"] : each["end"]]:
                yield f"/narrative/{key}/{each['id']}: {each['text'][:60]!r} is not there"


def _unlocatable(record: dict[str, Any], path: Path) -> Iterator[str]:
    """Places in the text that lead to none in the file."""
    starts = {pointer: each["source"]["start"] for pointer, each in record["evidence"].items()}
    if record["source"]["pages"] is not None:
        yield from (
            f"{pointer} is on no page"
            for pointer, each in record["evidence"].items()
            if each["source"]["start"] is not None and not each["source"]["page"]
        )
    elif record["source"]["name"] == path.name and not _is_slow(path):
        document = load_document(path)
        places = {pointer: _located(document, start) for pointer, start in starts.items() if start is not None}
        yield from (f"{pointer} is nowhere in the file" for pointer, place in places.items() if place == Position())


def _located(document: Document, start: int) -> Position:
    return document.locate(start)


def _is_slow(path: Path) -> bool:
    return path.suffix[1:] in (*OCR, *OFFICE)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kinds", nargs="+", choices=[*MAKERS, "all"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--save", type=Path)
    options = parser.parse_args()
    if options.save:
        options.save.write_bytes(mutant(options.kinds[0], options.seed)[1])
        return
    for kind in MAKERS if "all" in options.kinds else options.kinds:
        with tempfile.TemporaryDirectory() as folder:
            counts: Counter[str] = Counter()
            try:
                files = mutants(kind, range(options.seed, options.seed + options.count), Path(folder))
                found = faults_of(files, options.jobs, counts)
            except ExtractorError as error:
                found = [repr(error)]
        print(f"{kind}: {len(files)} files, {dict(counts)}, {len(found)} faults", flush=True)
        for fault in found:
            print(f"  {fault[:300]}", flush=True)


if __name__ == "__main__":
    main()
