"""`extractor bulk submit` and `collect` as commands: after a kill, with inputs that fail, under other settings."""

from __future__ import annotations

import os
import subprocess
import time

import pytest

from extractor.store import Store
from tests.bulk.deferring import MODEL, PRICES, Case, MakeCase, kind, make_case, server
from tests.bulk.running import COMMAND, ROOT
from tests.llm.asked import KEY

__all__ = ["kind", "make_case", "server"]


class Commands:
    """The commands, on the store and the server of a case."""

    def __init__(self, case: Case, store: Store) -> None:
        env = {name: value for name, value in os.environ.items() if not name.startswith(("EXTRACTOR_", "OPENAI_"))}
        env |= {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": case.server.url, "EXTRACTOR_MODEL": MODEL}
        env |= {f"EXTRACTOR_{name.upper()}": value for name, value in PRICES.items()}
        env |= {"EXTRACTOR_DATABASE_URL": f"sqlite:///{store.url.database}", "EXTRACTOR_LANGUAGE": "en"}
        env |= {"EXTRACTOR_CACHE_DIR": str(case.folder.parent / "cache"), "EXTRACTOR_SECONDS_BETWEEN_POLLS": "0.1"}
        self.env = env

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        command = [*COMMAND, *map(str, arguments)]
        return subprocess.Popen(command, env=self.env, cwd=ROOT, stderr=subprocess.PIPE, text=True)

    def __call__(self, *arguments: object) -> tuple[int, str]:
        with self.start(*arguments) as process:
            told = process.communicate(timeout=120)[1]
        assert KEY not in told
        assert "Traceback" not in told
        return process.returncode, told


@pytest.fixture
def case(make_case: MakeCase) -> Case:
    return make_case()


@pytest.fixture
def commands(case: Case, store: Store) -> Commands:
    return Commands(case, store)


def test_after_a_kill(case: Case, commands: Commands) -> None:
    submit = ("submit", case.folder, "--engine", "hybrid", "--jobs", "1")
    with commands.start(*submit) as killed:
        while killed.poll() is None and not case.server.made["file"]:
            time.sleep(0.005)
        killed.kill()
    for arguments in (submit, ("collect", "--engine", "hybrid", "--jobs", "1", "--wait")):
        status, told = commands(*arguments)
        assert status == 0, told
    assert case.records() == case.live()
    assert set(case.server.paid.values()) == {1}


def test_inputs_that_fail_are_told(case: Case, commands: Commands) -> None:
    (case.folder / "empty.txt").write_bytes(b"")
    status, told = commands("submit", case.folder, "--engine", "hybrid")
    assert (status, "bulk status --failed --job bulk" in told) == (1, True), told
    status, told = commands("collect", "--engine", "hybrid", "--wait")
    assert (status, "bulk status --failed --job bulk" in told) == (1, True), told


def test_what_was_asked_under_other_settings_is_not_given_up(case: Case, commands: Commands) -> None:
    assert commands("submit", case.folder, "--engine", "hybrid")[0] == 0
    status, told = commands("collect", "--engine", "model")
    assert status == 2
    assert "(engine hybrid): collect with those" in told
    assert "extractor bulk submit --job bulk" in told
    assert commands("collect", "--engine", "hybrid", "--wait")[0] == 0
    assert case.records() == case.live()


def test_a_job_that_is_none_is_told(commands: Commands) -> None:
    status, told = commands("submit", "--engine", "hybrid", "--job", "nosuch")
    assert (status, "there is no job 'nosuch'" in told) == (2, True), told
