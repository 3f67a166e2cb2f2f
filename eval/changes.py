"""What a change touches: its base revision, the files it changes, and a file as the base has it; all asked of git.

The base is the merge base with the main branch; on the main branch itself the last commit, or, where nothing is
uncommitted, the one before. ``EVAL_BASE`` names another. Where git cannot tell, that is said, never guessed.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from eval.cases import ROOT

VARIABLE = "EVAL_BASE"
_EXTRACTOR = ("extractor/", "prompts/")
_MAIN = ("origin/HEAD", "origin/main", "origin/master", "main", "master")


class NoBaseError(Exception):
    """Git cannot say what a change is against."""


@dataclass(frozen=True)
class Change:
    """The working tree of ``root`` against its base."""

    root: Path = ROOT

    @cached_property
    def base(self) -> str:
        """The commit that the change is against.

        Raises:
            NoBaseError: there is no git, no repository, or no such commit; says which.
        """
        named = os.environ.get(VARIABLE, "").strip()
        if named:
            return self._git("merge-base", "HEAD", named)
        head = self._git("rev-parse", "HEAD")
        found = next((base for name in _MAIN if (base := self._try("merge-base", "HEAD", name))), head)
        if found != head or self._git("status", "--porcelain"):
            return found
        return self._try("rev-parse", "--verify", "--quiet", "HEAD~1") or head

    @cached_property
    def files(self) -> list[str]:
        """Paths that the change adds, alters or removes, uncommitted ones too.

        Raises:
            NoBaseError: there is no base.
        """
        changed = self._git("diff", "--name-only", "--no-renames", "-z", self.base, "--", ".")
        added = self._git("ls-files", "--others", "--exclude-standard", "-z")
        return sorted({name for name in (changed + "\0" + added).split("\0") if name})

    @property
    def extractor(self) -> list[str]:
        """Those of the files that can change what is extracted.

        Raises:
            NoBaseError: there is no base.
        """
        return [name for name in self.files if name.startswith(_EXTRACTOR)]

    def before(self, path: str) -> str | None:
        """A file as the base has it; None where it has none.

        Raises:
            NoBaseError: there is no base.
        """
        return self._try("show", f"{self.base}:./{path}")

    def _try(self, *words: str) -> str | None:
        done = self._run(*words)
        return done.stdout.strip() if done.returncode == 0 else None

    def _git(self, *words: str) -> str:
        done = self._run(*words)
        if done.returncode:
            raise NoBaseError(f"git {words[0]}: {done.stderr.strip() or 'failed'}")
        return done.stdout.strip()

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = ["git", "-c", "core.quotePath=false", *words]
        try:
            return subprocess.run(  # noqa: S603 (fixed words, no shell)
                command, cwd=self.root, capture_output=True, check=False, encoding="utf-8", errors="replace"
            )
        except OSError as error:
            raise NoBaseError(f"git cannot be run: {error}") from None
