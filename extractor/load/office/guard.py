"""Runs a command of somebody else's without trust; run as a script: ``guard.py SECONDS FOLDER COMMAND…``.

The command gets a process group of its own, no network where the system lets us take it away, and bounds on memory and
on the files it writes. The whole group ends when the time is up, and also when whoever asked is gone: standard input
is a pipe from there, and its end says so even where the asker was killed. ``FOLDER`` is removed then, for nobody else
will. The exit status is the command's, or 124 when its time was up.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

TIME_IS_UP = 124
_GIGABYTE = 1 << 30
_MOST_MEMORY = 6 * _GIGABYTE
"""Of addresses, not of pages: LibreOffice reserves over one at its start."""

_LONGEST_FILE = _GIGABYTE
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
"""CLONE_NEWUSER and CLONE_NEWNET of <sched.h>."""


def main(arguments: list[str]) -> int:
    """Run the command; see the module."""
    seconds, folder, *command = arguments
    _bound()
    _leave_network()
    child = subprocess.Popen(  # noqa: S603 (the command is our own; only the file it reads is not)
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    orphaned = threading.Event()
    threading.Thread(target=_watch, args=(child.pid, orphaned), daemon=True).start()
    try:
        return child.wait(float(seconds))
    except subprocess.TimeoutExpired:
        return TIME_IS_UP
    finally:
        _end(child.pid)
        if orphaned.is_set():
            shutil.rmtree(folder, ignore_errors=True)


def _watch(group: int, orphaned: threading.Event) -> None:
    """Wait until whoever asked is gone, then end what was asked for."""
    os.read(0, 1)  # not through sys.stdin, which would be held when the interpreter ends
    orphaned.set()
    _end(group)


def _end(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _bound() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 (not on every system)

        for kind, most in ((resource.RLIMIT_AS, _MOST_MEMORY), (resource.RLIMIT_FSIZE, _LONGEST_FILE)):
            _, hard = resource.getrlimit(kind)
            resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _leave_network() -> None:
    """Into a network namespace of its own, where Linux allows it: without a single way out, not even to itself."""
    if sys.platform != "linux":
        return
    user, group = os.getuid(), os.getgid()
    unshare = ctypes.CDLL(None).unshare
    if unshare(_NEW_NETWORK) == 0 or unshare(_NEW_USER | _NEW_NETWORK) != 0:
        return
    maps = (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1"))
    for name, content in maps:
        with contextlib.suppress(OSError):
            Path("/proc/self", name).write_text(content, "ascii")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
