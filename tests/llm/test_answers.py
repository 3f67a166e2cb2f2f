"""Answer types: what they take, what they refuse, and that the message says what to mend."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from extractor.draft import Question
from extractor.forms import builtin_forms
from extractor.llm.answers import KINDS, answer_type
from extractor.llm.salvage import salvaged

FORM = builtin_forms()[0]


def question(kind: str, **content: Any) -> Question:
    defaults = {"tag": "ab12", "text": "", "anchors": 40, "width": 9, "table": "applications"}
    more = {"topics": ["applications", "other"], "issues": 2, "improvements": 2, "placeholders": {}}
    return Question(kind, kind, {**defaults, **more, **content}, FORM)


ROWS = len(FORM.tables[1].rows)
GRID = {"rows": [*range(1, ROWS + 1)], "columns": [1, 2, 3, 4, 5, 6, 7]}


@pytest.mark.parametrize(
    ("kind", "content", "message"),
    [
        ("table_grid", {**GRID, "rows": GRID["rows"][:-1]}, "25 entries for 26"),
        ("table_grid", {**GRID, "columns": [1, 2, 3, 4, 5, 6, 99]}, "99 is no anchor; there are 1 to 9"),
        ("table_grid", {**GRID, "columns": [2, 1, 3, 4, 5, 6, 7]}, "1 stands after 2"),
        ("table_grid", {**GRID, "columns": [1, 1, 3, 4, 5, 6, 7]}, "1 is named twice"),
        ("table_grid", {**GRID, "extra": 1}, "extra"),
        ("table_grid", {"rows": GRID["rows"]}, "columns"),
        ("clauses", {"roles": ["1-39:L"], "answers": []}, "clauses 40 have no role"),
        ("clauses", {"roles": ["1-40:X"], "answers": []}, "is no role"),
        ("clauses", {"roles": ["1-20:L", "20-40:I1"], "answers": []}, "clause 20 has two roles"),
        ("clauses", {"roles": ["1-20:I2", "21-40:L"], "answers": []}, "clause 1 is I2, I1 is due"),
        ("clauses", {"roles": ["1-20:I1", "21-40:M1"], "answers": []}, "0 entries for 1"),
        ("links", {"answers": [[3], []]}, "3 is no anchor"),
        ("claims", {"claims": [{"anchor": 1, "metric": "visits", "year": None, "scope": "own"}]}, "none of"),
        ("identity", {"first": 3, "last": None}, "give both"),
        ("year", {"anchor": 41}, "41 is no anchor"),
        ("topics", {"topics": ["other"]}, "1 entries for 40"),
        ("summary", {"sentences": ["甲。", "乙。"]}, "write 3 to 5"),
        ("summary", {"sentences": ["共5件。", "乙。", "丙。"]}, "figure of your own"),
        ("summary", {"sentences": ["共{c9}。", "乙。", "丙。"]}, "no placeholder"),
    ],
)
def test_the_message_says_what_to_mend(kind: str, content: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        answer_type(question(kind)).model_validate(content)


def test_anchors_written_as_words_are_mended() -> None:
    rows = [f"[ab12:{row}]" for row in GRID["rows"]]
    model = answer_type(question("table_grid")).model_validate({"rows": rows, "columns": ["1", "2", 3, 4, 5, 6, "7"]})
    assert model.model_dump() == GRID


@pytest.mark.parametrize("kind", KINDS)
def test_every_type_is_a_strict_schema(kind: str) -> None:
    schema = answer_type(question(kind)).model_json_schema()
    for one in (schema, *schema.get("$defs", {}).values()):
        assert one["additionalProperties"] is False
        assert sorted(one["required"]) == sorted(one["properties"])


def test_what_breaks_no_rule_is_salvaged() -> None:
    rows = list(GRID["rows"])
    rows[4] = 39
    left = salvaged(question("table_grid"), {**GRID, "rows": rows})
    assert left is not None
    assert left["rows"][:6] == [1, 2, 3, 4, None, 6]
