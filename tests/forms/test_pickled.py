"""Forms in pickles: the same object each time, and the same form."""

from __future__ import annotations

import pickle

from extractor.forms import builtin_forms


def test_a_form_comes_back_whole_and_as_one_object() -> None:
    for form in builtin_forms():
        first, second = (pickle.loads(pickle.dumps(form)) for _ in range(2))  # noqa: S301 (ours)
        assert first is second
        assert first.model_dump() == form.model_dump()
        assert [first.table(one.key).model_dump() for one in form.tables] == [one.model_dump() for one in form.tables]
        assert [list(one.rows) for one in first.tables] == [list(one.rows) for one in form.tables]
