"""The words around a record's own (``words.toml``), in one language."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import resources

from extractor.console import Language


class Wording:
    """Looks words up: ``wording("status", "accepted")``; what the file does not name stands for itself."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, group: str, key: str) -> str:
        """The word for ``key`` of ``group``.

        >>> Wording("en")("status", "needs_review"), Wording("zh")("metric", "my_metric")
        ('needs review', 'my metric')
        """
        words = _words().get(group, {}).get(key)
        return words[self.language] if words else key.replace("_", " ")

    def label(self, label: str, key: str) -> str:
        """A form's label in Chinese; its key, read as words, in English."""
        return label if self.language == "zh" else key.replace("_", " ")


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text("utf-8"))
