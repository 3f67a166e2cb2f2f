"""What tests of bulk runs share: a folder of reports, a run in this process or in one of its own, and its export."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from extractor.bulk import jobs
from extractor.bulk.exporting import export
from extractor.bulk.local import Call, run
from extractor.settings import load_settings
from extractor.store import Store, open_store
from tests.generator import Generated, generate
from tests.stores import make_address, settings_for

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "extractor.cli", "bulk"]


KIND_OF = 100
"""Seed of the first kind of report in a folder."""


@lru_cache(maxsize=256)
def generated(seed: int) -> Generated:
    """A generated report of plain text, with its truth."""
    return generate(seed, layout="txt_tab_cells", messy=0.0)


def report(seed: int) -> bytes:
    """Its bytes."""
    return generated(seed).data


def reports(folder: Path, count: int, distinct: int | None = None) -> Path:
    """A folder with so many reports, ten to a folder; ``distinct``: of so many kinds, told apart by a last line."""
    kinds = distinct or count
    for number in range(count):
        path = folder / f"{number // 10:03}" / f"{number:04}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        again = b"" if number < kinds else f"\n{number}\n".encode()
        path.write_bytes(report(KIND_OF + number % kinds) + again)
    return folder


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """A folder of reports, and the export of a job on it that nothing happened to."""

    folder: Path
    export: dict[str, bytes]


def undisturbed_job(place: Path, count: int, distinct: int) -> Undisturbed:
    """Such a folder with so many reports of so many kinds, and what a job in a store of its own exports."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        bench = Bench(make_address("sqlite", place), monkeypatch, place)
        folder = reports(place / "in", count, distinct)
        assert bench.run(folder) == 0
        exported = bench.export()
    load_settings.cache_clear()
    return Undisturbed(folder, exported)


class Bench:
    """A store, and runs on it."""

    def __init__(self, address: str, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.address = address
        self.folder = folder
        for name in [name for name in os.environ if name.startswith(("EXTRACTOR_", "OPENAI_"))]:
            monkeypatch.delenv(name)
        self.environment = {"EXTRACTOR_DATABASE_URL": address, "EXTRACTOR_LANGUAGE": "en"}
        for name, value in self.environment.items():
            monkeypatch.setenv(name, value)
        load_settings.cache_clear()

    def run(self, *paths: Path, **more: Any) -> int:
        """A run in this process."""
        return run(Call(list(paths), **{"engine": "rules", "workers": 2, **more}))

    def start(self, *arguments: object, within: str = "", **more: str) -> subprocess.Popen[str]:
        """A command in a process of its own; ``within``: a line of the shell that calls it."""
        env = {**os.environ, **self.environment, "PYTHONPATH": str(ROOT), **more}
        command = [*(["sh", "-c", within, "sh"] if within else []), *COMMAND, *map(str, arguments)]
        return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def command(self, *arguments: object, **more: str) -> tuple[int, str, str]:
        """A command's exit status, output and messages."""
        process = self.start(*arguments, **more)
        out, told = process.communicate(timeout=120)
        return process.returncode, out, told

    def store(self) -> Store:
        """The store, open."""
        return open_store(settings_for(self.address))

    def states(self) -> dict[str, int]:
        """How many sources are in each state."""
        store = self.store()
        try:
            with store.reading() as connection:
                return {
                    str(name): n for name, n in jobs.counts(connection, jobs.job_named(connection, "bulk").id).items()
                }
        finally:
            store.close()

    def other_store(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Go on with another store, which is empty."""
        self.address = self.environment["EXTRACTOR_DATABASE_URL"] = str(self.folder / "other.db")
        monkeypatch.setenv("EXTRACTOR_DATABASE_URL", self.address)
        load_settings.cache_clear()

    def export(self, name: str = "out", kind: Any = "jsonl") -> dict[str, bytes]:
        """The parts of an export, by name."""
        assert export("bulk", kind, self.folder / name) == 0
        return {path.name: path.read_bytes() for path in sorted((self.folder / name).glob("part-*"))}

    def exported(self, name: str = "out") -> list[dict[str, Any]]:
        """The objects of an export."""
        return [json.loads(line) for part in self.export(name).values() for line in part.splitlines()]


__all__ = ["Bench", "report", "reports"]
