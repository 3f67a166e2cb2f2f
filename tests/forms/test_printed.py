"""Headers over and before a form's tables: whatever the labels, every row and column has as many cells as it needs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from extractor.forms.printed import column_heads, row_heads

PATHS = st.lists(st.lists(st.sampled_from("甲乙丙"), min_size=1, max_size=4), min_size=1, max_size=12)


@given(PATHS)
def test_heads_cover_every_place_once(paths: list[list[str]]) -> None:
    depth = max(map(len, paths))
    over = [(level, head) for level, line in enumerate(column_heads(paths)) for head in line]
    assert sum(head.columns * head.rows for _, head in over) == depth * len(paths)
    before = [head for line in row_heads(paths) for head in line]
    assert sum(head.columns * head.rows for head in before) == depth * len(paths)
    assert all(level + head.rows <= depth for level, head in over)


@given(PATHS)
def test_every_label_is_printed(paths: list[list[str]]) -> None:
    printed = {head.text for line in column_heads(paths) for head in line}
    assert printed == {label for path in paths for label in path}


def test_no_columns_have_no_header() -> None:
    assert column_heads([]) == row_heads([]) == []
