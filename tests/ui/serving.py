"""The review application as a person meets it: a server of its own on loopback, and a real browser."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from extractor.review.intake import Arrival, take_in
from extractor.store import Store, open_store
from extractor.store.readings import Reader
from tests.stores import LEAD, READER, settings_for

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WITHOUT = "no Chromium here: apt-get install chromium"
_SECONDS_TO_START = 60


class Serving:
    """One server on a store; it can be killed and started again on the same port."""

    def __init__(self, folder: Path, **env: str) -> None:
        self.folder = folder
        self.database = folder / "store.db"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("EXTRACTOR_", "OPENAI_"))}
        paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        self.env = {**kept, "EXTRACTOR_DATABASE_URL": str(self.database), "PYTHONPATH": paths, **env}
        self.options: list[str] = []
        self.process: subprocess.Popen[bytes] | None = None

    def keep(self, *arrivals: Arrival, reader: Reader = READER) -> list[int]:
        """Put reports into the store, read before; their numbers."""
        with self.reading() as store:
            return [take_in(store, LEAD, one, reader).report for one in arrivals]

    @contextmanager
    def reading(self) -> Iterator[Store]:
        """The server's store, for a look beside the page."""
        store = open_store(settings_for(f"sqlite:///{self.database}"), create=True)
        try:
            yield store
        finally:
            store.close()

    def load(self, *paths: Path) -> None:
        """Read files into the store."""
        if not paths:
            return
        command = [sys.executable, "-m", "extractor.cli", "import", "--jobs", "1", *map(str, paths)]
        subprocess.run(command, env=self.env, cwd=ROOT, check=True, capture_output=True)

    def start(self) -> None:
        """Start, and wait until pages are served."""
        command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port", str(self.port)]
        command += self.options
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=self.env, cwd=ROOT, stdout=log, stderr=log)
        until = time.monotonic() + _SECONDS_TO_START
        while time.monotonic() < until:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=2):
                return
            time.sleep(0.2)
        raise AssertionError((self.folder / "server.log").read_text("utf-8", "replace")[-2000:])

    def kill(self) -> None:
        """End it at once, as a machine that fails does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


@contextmanager
def serving(folder: Path, *reports: Path | Arrival, **env: str) -> Iterator[Serving]:
    """A server with these reports in its store."""
    server = Serving(folder, **env)
    server.load(*(one for one in reports if isinstance(one, Path)))
    server.keep(*(one for one in reports if isinstance(one, Arrival)))
    server.start()
    try:
        yield server
    finally:
        server.kill()
