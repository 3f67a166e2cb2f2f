"""The key of an endpoint, kept out of whatever the endpoint says."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from pydantic import SecretStr

_SHORTEST = 8
"""Shorter ones (``EMPTY``, ``none``) are no secrets but what local servers are given, and stand in other words too."""


class Secret:
    """A key, and how it may be written in JSON."""

    def __init__(self, key: SecretStr) -> None:
        self.key = key.get_secret_value().strip()
        written = json.dumps(self.key, ensure_ascii=False)[1:-1]
        forms = {self.key, written, written.replace("/", "\\/")}
        self._forms = sorted(forms, key=len, reverse=True) if len(self.key) >= _SHORTEST else []

    def __repr__(self) -> str:
        return "Secret()"

    def hidden(self, text: str) -> str:
        """The text without the key. JSON is written anew, lest escaped letters hide the key in it."""
        if not self._forms:
            return text
        with suppress(ValueError, RecursionError):
            text = json.dumps(json.loads(text), ensure_ascii=False)
        for form in self._forms:
            text = text.replace(form, "***")
        return text

    def is_told_by(self, value: Any) -> bool:
        """Whether the key stands in a JSON value.

        Raises:
            RecursionError: the value is nested too deep to be looked through.
        """
        told = json.dumps(value, ensure_ascii=False)
        return any(form in told for form in self._forms)
