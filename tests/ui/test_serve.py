"""`extractor serve`: the pages of the installed package, on this machine alone, ended without a trace."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

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


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return False
    return True
