"""One report put together: its blocks in reading order, and the truth about it."""

from dataclasses import dataclass
from typing import Any

from .cells import Fit, as_tables
from .dice import Dice
from .dress import spaced
from .figures import Figures
from .identity import Identity, identity
from .lists import part_five
from .prose import Prose, overview, part_six, review_sentence
from .shapes import Block, Para
from .tables import Tables, build_tables, draw_figures

TITLES = (
    ("总体情况", "总体概述", "政府信息公开工作总体情况", "概述"),
    ("主动公开政府信息情况", "主动公开政府信息的情况", "主动公开政府政府情况", "行政机关主动公开政府信息情况"),
    ("收到和处理政府信息公开申请情况", "行政机关收到和处理政府信息公开申请情况", "收到和处理政府信息公开申请的情况"),
    (
        "政府信息公开行政复议、行政诉讼情况",
        "因政府信息公开工作被申请行政复议、提起行政诉讼情况",
        "政府信息公开行政复议行政诉讼情况",
    ),
    (
        "存在的主要问题及改进情况",
        "存在问题及改进情况",
        "政府信息公开工作存在的主要问题及改进情况",
        "存在的主要问题和改进措施",
    ),
    ("其他需要报告的事项", "其他需要报告事项", "其他需要报告的情况"),
)
NUMERALS = "一二三四五六"


@dataclass
class Draft:
    """A report before a layout writes it."""

    form: str
    who: Identity
    blocks: list[Block]
    truth: dict[str, Any]
    figures: Figures
    tables: Tables
    page_date: str = ""


def draw_report(dice: Dice, form: str, fit: Fit) -> Draft:
    """A whole report on `form` for layouts that can carry `fit`."""
    who = identity(dice, form)
    figures = draw_figures(dice, form, who.body)
    tables = build_tables(dice, form, who.year, figures, fit)
    return assembled(dice, form, who, figures, tables)


def assembled(dice: Dice, form: str, who: Identity, figures: Figures, tables: Tables) -> Draft:
    """Front, six parts and signature, with the truth."""
    first, last, five = overview(dice, who, figures), part_six(dice, who), part_five(dice)
    said = review_sentence(dice, figures)
    before_review = [Para(said.text)] if said else []
    parts: list[list[Block]] = [
        [*first.paragraphs],
        [*tables.blocks["proactive_disclosure"]],
        [*tables.blocks["applications"]],
        [*before_review, *tables.blocks["review_litigation"]],
        [*five.paragraphs],
        [*last.paragraphs],
    ]
    blocks = spaced(dice, _ordered(dice, who, _part_heads(dice), parts))
    prose = Prose([], first.claims + last.claims + list(said.claims if said else ()), first.forbidden + last.forbidden)
    prose.expected = first.expected | last.expected
    truth = _truth(form, who, tables, prose)
    truth["narrative"] = {"issues": list(five.issues), "improvements": list(five.improvements)}
    if any(figures.proactive["regulations"].values()) and not who.body.makes_regulations:
        truth["expected_findings"] = sorted({*truth["expected_findings"], "unlikely_value"})
    if not who.names:
        truth["expected_findings"] = sorted({*truth["expected_findings"], "missing_field"})
    return Draft(form, who, blocks, truth, figures, tables, _page_date(dice, who))


def _ordered(dice: Dice, who: Identity, heads: list[str], parts: list[list[Block]]) -> list[Block]:
    appended: list[Block] = []
    if dice.has("tables_at_end", 0.04):
        for index in (1, 2, 3):
            caption = Para(f"附表{index} {TITLES[index][0]}", "caption")
            appended += [caption, *(block for block in parts[index] if not isinstance(block, Para))]
            words = [block for block in parts[index] if isinstance(block, Para)]
            parts[index] = [*words, Para(f"详见附表{index}。")]
    blocks: list[Block] = [Para(line, "title") for line in who.title_lines]
    if dice.has("contents_list", 0.05):
        blocks += [Para("目  录", "contents")]
        blocks += [Para(f"{head}{'…' * 12}{page}", "contents") for page, head in enumerate(heads, 1)]
    blocks += who.front
    for head, part in zip(heads, parts, strict=True):
        blocks += [Para(head, "heading"), *part]
    return [*blocks, *who.signature, *appended]


def _part_heads(dice: Dice) -> list[str]:
    rng = dice.stream("part_heads")
    styles = ("{n}、", "{n}、 ", "{n}. ", "{d}、", "{d}. ", "第{n}部分 ", "")
    style = rng.choice(styles) if dice.has("part_numbering", 0.2) else styles[0]
    variant = dice.has("part_title_variants", 0.25)
    broken = rng.choice((2, 3)) if dice.has("part_numbering_mixed", 0.06) else None
    heads = []
    for index, titles in enumerate(TITLES):
        title = rng.choice(titles) if variant else titles[0]
        start = style if index != broken else "{d}、 "
        heads.append(start.format(n=NUMERALS[index], d=index + 1) + title)
    return heads


def _truth(form: str, who: Identity, tables: Tables, prose: Prose) -> dict[str, Any]:
    year = who.year
    real = {p: s for p, s in tables.cells.items() if s.state != "extra"}
    return {
        "source": "",
        "sha256": "",
        "form": form,
        "title": who.title,
        "title_accepted": [who.title, who.title_lines[-1]],
        "organisation": {"name": who.name, "accepted": who.accepted},
        "year": year,
        "period": {"start": f"{year}-01-01", "end": f"{year}-12-31"} if who.period else None,
        "published": who.published,
        "tables": as_tables(real),
        "narrative": {"issues": [], "improvements": []},
        "claims": prose.claims,
        "forbidden_claims": prose.forbidden,
        "expected_findings": sorted(tables.expected | prose.expected),
        "allowed_findings": sorted(tables.allowed),
        "states": {p: s.state for p, s in real.items() if s.state != "number"},
        "notes": {p: s.note for p, s in real.items() if s.note},
        "unscored": [],
    }


def _page_date(dice: Dice, who: Identity) -> str:
    rng = dice.stream("page_date")
    return who.published or f"{who.year + 1}-{rng.randint(1, 3):02}-{rng.randint(1, 28):02}"
