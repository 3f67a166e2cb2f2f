"""`extractor serve`: the pages of the installed package, on this machine alone, ended without a trace."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.ui.serving import ROOT, Serving


def test_both_ways_to_start_have_the_same_settings() -> None:
    served = ROOT / "extractor" / "ui" / "served" / ".streamlit" / "config.toml"
    assert served.read_text("utf-8") == (ROOT / ".streamlit" / "config.toml").read_text("utf-8")
    assert 'address = "127.0.0.1"' in served.read_text("utf-8")


def test_serve_starts_the_pages_and_ends_with_them(tmp_path: Path) -> None:
    made = Serving(tmp_path)
    command = [sys.executable, "-m", "extractor.cli", "serve", "--port", str(made.port)]
    process = subprocess.Popen(command, cwd=tmp_path, env=made.env, start_new_session=True)
    try:
        until = time.monotonic() + 60
        while not _answers(made.port) and time.monotonic() < until:
            time.sleep(0.2)
        assert _answers(made.port)
        os.kill(process.pid, signal.SIGTERM)
        process.wait(30)
        assert not _answers(made.port)
    finally:
        process.kill()


@pytest.mark.parametrize(
    ("address", "taken", "said"),
    [
        ("{folder}/store.db", True, "port"),
        ("postgresql://somebody:secret@127.0.0.1:1/none", False, "cannot be reached"),
        ("{folder}/text.db", False, "damaged"),
    ],
)
def test_what_keeps_the_pages_from_working_is_said_at_once(
    tmp_path: Path, address: str, taken: bool, said: str
) -> None:
    (tmp_path / "text.db").write_text("no database " * 1000)
    made = Serving(tmp_path)
    made.env |= {"EXTRACTOR_DATABASE_URL": address.format(folder=tmp_path), "EXTRACTOR_LANGUAGE": "en"}
    with socket.socket() as other:
        if taken:
            other.bind(("127.0.0.1", made.port))
            other.listen()
        command = [sys.executable, "-m", "extractor.cli", "serve", "--port", str(made.port)]
        ran = subprocess.run(
            command, cwd=tmp_path, env=made.env, capture_output=True, text=True, timeout=60, check=False
        )
    assert ran.returncode == 2
    assert said in ran.stderr
    assert "secret" not in ran.stderr
    assert "Traceback" not in ran.stderr


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return False
    return True
