"""The running text of a record: what it is, its lists, and the figures it states."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from extractor.record import Claim, Improvement, Passage, Record, Topic
from extractor.show.marks import SIGNS, STATUS_STYLES, STYLES, Marks, plain
from extractor.show.words import Wording
from extractor.text import printable

_TOPIC_CHARACTERS = 100
_LIST_LABEL_WIDTH = 4


def header(record: Record, marks: Marks, words: Wording) -> RenderableType:
    """Title, body, year, period, publication date, form and status; a sign where a finding is about one."""
    drawn = Table.grid(padding=(0, 2, 0, 0))
    drawn.add_column(style="dim", no_wrap=True)
    drawn.add_column(overflow="fold")
    period = record.period
    body = record.body
    stated = {
        "title": record.title,
        "organisation": record.organisation,
        "level": words("level", body.level) if body.level else None,
        "region": body.region,
        "year": record.year,
        "period": f"{period.start} {words('header', 'to')} {period.end}" if period else None,
        "published": record.published,
        "form": record.form or words("header", "no_form"),
        "file": record.source.name,
    }
    for key, value in stated.items():
        drawn.add_row(words("header", key), _stated(key, value, marks, words))
    status = Text(words("status", record.status), style=STATUS_STYLES[record.status])
    drawn.add_row(words("header", "status"), status)
    return drawn


def narrative(record: Record, marks: Marks, words: Wording) -> RenderableType:
    """Overview by topic, issues, improvements, other matters, figures stated and the summary."""
    told = record.narrative
    parts: list[RenderableType] = []
    if told.summary.text:
        parts += [_title("summary", words), Padding(Text(printable(told.summary.text)), (0, 0, 0, 2))]
    parts += _list("overview", told.overview, marks, words)
    parts += _list("issues", told.issues, marks, words)
    parts += _list("improvements", told.improvements, marks, words)
    parts += _list("other_matters", told.other_matters, marks, words)
    parts += [_title("claims", words), _claims(told.claims, marks, words)]
    return Group(*parts)


def _stated(key: str, value: object, marks: Marks, words: Wording) -> Text:
    if value is None:
        return Text(words("header", "unknown"), style="dim")
    mark = marks.of(f"/{key}")
    shown = printable(str(value))
    return Text(f"{SIGNS[mark]} {shown}", style=STYLES[mark]) if mark else Text(shown)


def _title(key: str, words: Wording) -> Text:
    return Text(f"\n{words('part', key)}", style="bold")


def _list(key: str, passages: Sequence[Passage], marks: Marks, words: Wording) -> list[RenderableType]:
    drawn = Table.grid(padding=(0, 1, 0, 0))
    drawn.add_column(style="dim", width=_LIST_LABEL_WIDTH, justify="right")
    drawn.add_column(overflow="fold")
    for passage in passages:
        mark = marks.of(f"/narrative/{key}/{passage.id}")
        drawn.add_row(printable(passage.id), _passage(passage, words, STYLES[mark] if mark else ""))
    if not passages:
        drawn.add_row("", Text(words("part", "none"), style="dim"))
    return [_title(key, words), drawn]


def _passage(passage: Passage, words: Wording, style: str) -> Text:
    shown = Text(style=style)
    if isinstance(passage, Topic):
        if passage.heading:
            shown.append(f"{printable(passage.heading)}  ", style="italic")
        text = printable(passage.text)
        return shown.append(text if len(text) <= _TOPIC_CHARACTERS else text[:_TOPIC_CHARACTERS] + "……")
    shown.append(printable(passage.text))
    if isinstance(passage, Improvement) and passage.answers:
        shown.append(f"  ← {words('claim', 'answers')} {printable(', '.join(passage.answers))}", style="dim")
    return shown


def _claims(claims: Sequence[Claim], marks: Marks, words: Wording) -> RenderableType:
    drawn = Table.grid(padding=(0, 1, 0, 0))
    drawn.add_column(style="dim", width=_LIST_LABEL_WIDTH, justify="right")
    drawn.add_column()
    drawn.add_column(justify="right")
    drawn.add_column(overflow="fold", style="dim")
    for claim in claims:
        mark = marks.of(f"/narrative/claims/{claim.id}")
        figure = Text((SIGNS[mark] if mark else "") + plain(claim.value) + printable(claim.unit or ""))
        figure.stylize(STYLES[mark] if mark else "bold")
        wider = f"（{words('claim', 'wider')}）" if claim.scope == "wider" else ""
        drawn.add_row(
            printable(claim.id), printable(words("metric", claim.metric)), figure, printable(claim.text) + wider
        )
    return drawn if claims else Padding(Text(words("part", "none"), style="dim"), (0, 0, 0, _LIST_LABEL_WIDTH + 1))
