"""The report's own words (``wording.toml``)."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import resources
from typing import Any


def say(group: str, key: str, /, **values: object) -> str:
    """The wording ``key`` of ``group`` with ``values`` put in; a key the file does not name stands for itself.

    >>> say("outcome", "omitted"), say("outcome", "not_known")
    ('left out', 'not known')
    """
    found = words(group).get(key)
    if found is None:
        return key.replace("_", " ")
    return str(found).format(**values) if values else str(found)


def words(group: str) -> dict[str, Any]:
    """Every wording of a group by its key."""
    found: dict[str, Any] = _words().get(group, {})
    return found


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, Any]]:
    return tomllib.loads(resources.files(__package__).joinpath("wording.toml").read_text("utf-8"))
