"""The words around a record's own (``words.toml``), in one language."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import resources

from extractor.console import Language


class Wording:
    """Looks words up: ``wording("status", "accepted")``; what the file does not name stands for itself.

    ``also``: a package with a further ``words.toml``, whose groups are known besides.
    """

    def __init__(self, language: Language, also: str | None = None) -> None:
        self.language = language
        self._words = _words(__package__) | (_words(also) if also else {})

    def __call__(self, group: str, key: str) -> str:
        """The word for ``key`` of ``group``.

        >>> Wording("en")("status", "needs_review"), Wording("zh")("metric", "my_metric")
        ('needs review', 'my metric')
        """
        words = self._words.get(group, {}).get(key)
        return words[self.language] if words else key.replace("_", " ")

    def label(self, label: str, key: str) -> str:
        """A form's label in Chinese; its key, read as words, in English."""
        return label if self.language == "zh" else key.replace("_", " ")

    def group(self, group: str) -> dict[str, str]:
        """Every word of a group by its key."""
        return {key: words[self.language] for key, words in self._words.get(group, {}).items()}


@lru_cache(maxsize=4)
def _words(package: str) -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(resources.files(package).joinpath("words.toml").read_text("utf-8"))
