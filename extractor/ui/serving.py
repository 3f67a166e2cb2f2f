"""Starting the pages: what would keep them from working is said before a server is."""

from __future__ import annotations

import socket
import subprocess
import sys
from importlib import resources

from extractor.errors import SettingsError
from extractor.settings import load_settings
from extractor.store import open_store

_HERE = "127.0.0.1"


def serve_pages(port: int, *, browser: bool) -> int:
    """Run the pages until they are ended; the exit status of the server.

    Raises:
        StoreError: the store cannot be opened; a SQLite file that is not there yet is set up.
        SettingsError: something else listens on the port.
    """
    open_store(load_settings(), create=True).close()
    _check_port(port)
    app_file = resources.files("extractor").joinpath("ui", "served", "app.py")
    command = [sys.executable, "-m", "streamlit", "run", str(app_file)]
    options = ["--server.port", str(port), "--server.headless", "false" if browser else "true"]
    return subprocess.run([*command, *options], check=False).returncode  # noqa: S603 (its own command, no shell)


def _check_port(port: int) -> None:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one that was just left is free
        try:
            tried.bind((_HERE, port))
        except OSError as error:
            raise SettingsError(
                f"port {port} cannot be used ({error.strerror}): end what listens there, or choose another: --port",
                f"端口 {port} 不能使用（{error.strerror}）：请先结束占用它的程序，或用 --port 另选一个",
            ) from None
