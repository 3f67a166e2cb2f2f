"""A form as text for a model: its parts, tables, rows and columns, the same for every report of the form."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from extractor.forms import Block, Form
from extractor.metrics import metrics


@lru_cache(maxsize=8)
def form_text(form: Form) -> str:
    """The form's parts, and the rows and columns of its tables, numbered as answers list them."""
    lines = [f"表单：{form.id}（{form.report}{'，' + form.issued_as if form.issued_as else ''}）", "", "各部分："]
    lines += [f"{part.number}. {part.title}（{part.key}）" for part in form.parts]
    for table in form.tables:
        lines += ["", f"表 {table.key}：{table.name}"]
        for number, block in enumerate(table.blocks, 1):
            lines += _block(number, block)
    lines += ["", "总体情况的主题：", *(f"- {topic.key}：{'、'.join(topic.cues)}" for topic in form.topics)]
    lines += ["", "文字中数字的指标："]
    lines += [f"- {one.key}：{'；'.join('、'.join(group) for group in one.cues)}" for one in metrics().values()]
    return "\n".join(lines)


def _block(number: int, block: Block) -> Iterator[str]:
    yield f"区块 b{number}" + (f"（{' '.join(block.heading)}）" if block.heading else "") + "，行："
    for at, row in enumerate(block.rows, 1):
        stands = f"；代替 {'、'.join(row.stands_for)}" if row.stands_for else ""
        yield f"  行{at} {row.key} = {' / '.join(row.path or (row.label,))}{stands}"
    yield f"区块 b{number}，列："
    for at, column in enumerate(block.columns, 1):
        yield f"  列{at} {column.key} = {' / '.join(column.path or (column.label,))}"
