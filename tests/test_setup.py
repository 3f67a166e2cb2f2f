"""What the make targets do on a machine that lacks something: .ci/setup says what, and leaves nothing half made."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOO_OLD = 'echo "Python 3.9.2"; exit 1'
NO_VENV = '[ "$2" = venv ] && { mkdir -p "$3/bin"; echo "ensurepip is not available"; exit 1; }; exit 0'
NAMES = ("python3", "python3.11", "python3.12", "python3.13", "python3.14")


@pytest.mark.parametrize(
    ("python", "words"),
    [(TOO_OLD, "Python 3.11 or later is needed; found: Python 3.9.2"), (NO_VENV, "apt-get install python3-venv")],
)
def test_what_is_missing_is_said(tmp_path: Path, python: str, words: str) -> None:
    for name in NAMES:
        (tmp_path / name).write_text(f"#!/bin/sh\n{python}\n", "utf-8")
        (tmp_path / name).chmod(0o755)
    env = {"PATH": f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin"}
    command = ["bash", str(ROOT / ".ci" / "setup"), str(tmp_path / "venv")]
    ran = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert words in ran.stderr
    assert not (tmp_path / "venv").exists()


@pytest.mark.parametrize("target", ["demo", "test", "check", "bench", "stress", "packages", "lock", "clean"])
def test_every_target_is_there(target: str) -> None:
    ran = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("target", ["test", "check", "bench", "stress"])
def test_tests_ask_for_system_packages_and_the_demo_does_not(target: str) -> None:
    asked = [
        subprocess.run(["make", "-n", each], cwd=ROOT, capture_output=True, text=True, check=False).stdout
        for each in (target, "demo")
    ]
    assert [".ci/packages" in commands for commands in asked] == [True, False]


def test_packages_that_cannot_be_installed_are_told_in_one_line(tmp_path: Path) -> None:
    for name, lines in {"id": "echo 1000", "find": "exit 0", "apt-get": "exit 9"}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{lines}\n", "utf-8")
        (tmp_path / name).chmod(0o755)
    bash = shutil.which("bash")
    command = [str(bash), str(ROOT / ".ci" / "packages")]
    ran = subprocess.run(command, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert ran.returncode == 0
    assert ran.stdout == ""
    (line,) = ran.stderr.splitlines()
    assert "libreoffice-writer-nogui fonts-noto-cjk" in line and "skipped" in line


def test_ci_runs_the_check() -> None:
    assert "exec make check" in (ROOT / ".ci" / "run").read_text("utf-8")
