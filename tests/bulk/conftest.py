"""The store on both databases, and runs on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from extractor.settings import load_settings
from tests.bulk.running import Bench
from tests.stores import address, kind, store

__all__ = ["address", "kind", "store"]


@pytest.fixture
def bench(address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Bench]:
    """Runs on an empty store."""
    yield Bench(address, monkeypatch, tmp_path)
    load_settings.cache_clear()
