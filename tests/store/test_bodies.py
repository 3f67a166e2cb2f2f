"""Finding bodies by any part of their name, the same on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from extractor.store import Store
from extractor.store.bodies import bodies_like, body_id, names_like

NAMES = ["松江口镇人民政府", "松江口县人民政府", "口江县教育局", "江口市水务局（本级）", "ＡＢ_区 100%管委会"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("江口", [0, 1, 3]),
        ("松江口镇", [0]),
        ("口江", [2]),
        ("江", [0, 1, 2, 3]),
        ("人民政府", [0, 1]),
        ("政府人民", []),
        ("水务局本级", [3]),
        ("ab_区", [4]),
        ("0%管", [4]),
        ("無", []),
        ("松江口鎮", [0]),
        (" 松 江 ", [0, 1]),
    ],
)
def test_a_part_of_a_name_finds_it(store: Store, words: str, found: list[int]) -> None:
    with store.writing() as connection:
        ids = [body_id(connection, name) for name in NAMES]
        assert [body_id(connection, name) for name in NAMES] == ids
        query = bodies_like(connection, words)
        assert query is not None
        ids_found: list[Any] = sorted(row[0] for row in connection.execute(query))
        assert ids_found == [ids[at] for at in found]


@pytest.mark.parametrize("words", ["", "  ", "（）"])
def test_nothing_to_search_for_finds_nothing(store: Store, words: str) -> None:
    with store.reading() as connection:
        assert bodies_like(connection, words) is None
        assert names_like(connection, words) == []


def test_suggestions_begin_with_the_shortest(store: Store) -> None:
    with store.writing() as connection:
        for name in NAMES:
            body_id(connection, name)
        assert names_like(connection, "口", limit=2) == ["口江县教育局", "松江口县人民政府"]
