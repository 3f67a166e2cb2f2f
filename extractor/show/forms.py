"""The forms, as a list or one in full."""

from __future__ import annotations

from collections.abc import Iterable

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from extractor.forms import Form, FormTable, Identity
from extractor.show.words import Wording
from extractor.text import printable


def form_list(forms: Iterable[Form], words: Wording) -> Table:
    """One line a form: id, what it reports, what it was issued as, and its tables with rows × columns."""
    drawn = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("id", "report", "issued_as", "tables"):
        drawn.add_column(words("form", name), overflow="fold")
    for form in forms:
        tables = "\n".join(f"{table.key} {len(table.rows)}×{len(table.columns)}" for table in form.tables)
        drawn.add_row(*(Text(printable(text or "")) for text in (form.id, form.report, form.issued_as)), Text(tables))
    return drawn


def form_detail(form: Form, words: Wording) -> RenderableType:
    """A form's parts, its tables with every row and column, and its identities."""
    named = (form.id, form.report, form.issued_as or "")
    parts: list[RenderableType] = [Text("  ".join(map(printable, named)), style="bold")]
    if form.parts:
        parts.append(_title(words("form", "parts")))
        parts += [Text(f"  {part.number}  {part.key}  {printable(part.title)}") for part in form.parts]
    for table in form.tables:
        parts.append(_title(f"{table.key}  {printable(table.name)}"))
        parts += _blocks(table, words)
    if form.identities:
        parts.append(_title(words("form", "identities")))
        parts += [Text(f"  {_identity(identity, words)}") for identity in form.identities]
    return Group(*parts)


def _title(text: str) -> Text:
    return Text(f"\n{text}", style="bold")


def _blocks(table: FormTable, words: Wording) -> list[RenderableType]:
    drawn = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    drawn.add_column(words("form", "rows"), overflow="fold")
    drawn.add_column(words("form", "columns"), overflow="fold")
    for block in table.blocks:
        rows = "\n".join(f"{row.key}  {printable(row.label)}" for row in block.rows)
        columns = "\n".join(f"{column.key}  {printable(column.label)}" for column in block.columns)
        drawn.add_row(Text(rows), Text(columns))
        drawn.add_section()
    return [drawn]


def _identity(identity: Identity, words: Wording) -> str:
    over = words("form", "across" if identity.along == "column" else "down")
    left, right = (" + ".join(keys) for keys in (identity.left, identity.right))
    return f"{identity.code} ({identity.table}, {over}): {left} = {right}"
