"""Grounding by value: does every figure, year and body of a free sentence stand in the record, as what it is there?

For claims that somebody words anew: a reviewer's edit, a free summary, an eval. Numbers are compared as numbers
(1,180 = 一千一百八十, 12.5万元 = 125000元); each must be a fact of the metric that the words beside it speak of, and of
no other: two true figures exchanged are two wrong ones. What cannot be tied to a fact is not admitted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from extractor.forms import Form
from extractor.metrics import Metric, metrics
from extractor.metrics.scope import said_of
from extractor.record import Number, Record
from extractor.text import canonical, chinese_number, decimal, fold, squash

_CHINESE = "〇零一二两三四五六七八九十百千万亿"
_UNITS = "条次|件次|人次|个百分点|万元|亿元|千元|条|件|篇|份|个|项|起|例|宗|则|次|笔|部|元|人|天|家|名|%|年|月|日"
_FIGURE = re.compile(
    rf"(?P<arabic>\d+(?:,\d{{3}})*(?:\.\d+)?)\s?(?P<scale>[万亿](?!元))?\s?(?P<about>[余多])?\s?(?P<unit>{_UNITS})?"
    rf"|(?<![第统唯同])(?P<chinese>[{_CHINESE}]+)\s?(?P<about_>[余多])?\s?(?P<unit_>{_UNITS})"
)
_DATE = re.compile(r"(?P<year>\d{4})年(?:(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})日)?)?")
_CHINESE_YEAR = re.compile(r"(?P<year>[二一][〇零○九][〇零○一二三四五六七八九]{2})年")
_DIGIT_OF = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_CLAUSE = re.compile(r"(?:[^,;。!?\n]|(?<=\d),(?=\d{3}(?!\d)))+")
_SENTENCE = re.compile(r"[^。!?\n]+")
_DENIES = re.compile(
    r"(?:未|没有|没|无)(?:有)?(?:收到|接到|受理|发生|产生|被|新增|制发|制定|出台|收取|公开)|不存在|无(?=\S{0,10}(?:申请|复议|诉讼|费))"
)
_ABOUT = re.compile(r"(?:近|约|逾|超过?|不足|大约|至少)\s?\Z")
_BODY = re.compile(
    r"[\u4e00-\u9fff]{2,16}?(?:人民政府|办事处|管理委员会|管委会|委员会|[\u4e00-\u9fff]局|[\u4e00-\u9fff]厅|街道|[镇乡])"
    r"|(?<![全本我各地城])[\u4e00-\u9fff]{2}[省市县区](?!级|域|内|外|场|直)"
)
_OWN_WORDS = (
    "本机关",
    "本单位",
    "本局",
    "本镇",
    "我局",
    "我镇",
    "我县",
    "我市",
    "我区",
    "本县",
    "本市",
    "本区",
    "本年度",
    "本街道",
    "我街道",
)
_SCALE = {"万": Decimal(10_000), "亿": Decimal(100_000_000), "千": Decimal(1_000)}
_REMARK = re.compile(r"[（(][^）)]*[）)]")
_ORDINAL = re.compile(r"^[（(]?(?:[一二三四五六七八九十]+|\d+)[）)、.．]")
_REGIONS = "省市县区州旗镇乡"
_GENERIC = frozenset({"人民政府", "政府", "办事处", "街道办事处", "委员会", "管理委员会"})
_COUNTED = frozenset({"条", "件", "篇", "份", "个", "项", "起", "例", "宗", "则", "次", "笔", "部", "条次", "件次", ""})


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure of the record: the metric whose words must stand beside it, its value (money in 元), its scope."""

    metric: Metric
    value: Decimal
    scope: str = "own"
    about: bool = False


@dataclass(slots=True)
class Facts:
    """What a sentence can be held against."""

    year: int | None = None
    organisation: str | None = None
    dates: set[date] = field(default_factory=set)
    figures: list[Fact] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Grounded:
    """Whether a sentence is admitted; if not, the reasons: a code and the words it is about."""

    admitted: bool
    reasons: tuple[str, ...] = ()


class _Said(NamedTuple):
    value: Decimal
    unit: str
    about: bool
    start: int
    end: int


def facts_of(record: Record, form: Form | None = None) -> Facts:
    """The facts of a record: its claims and, with its ``form``, the totals of its tables."""
    facts = Facts(record.year, record.organisation)
    facts.dates = {day for day in (record.published, *_period(record)) if day}
    for claim in record.narrative.claims:
        metric = metrics().get(claim.metric)
        if metric is not None:
            about = (claim.unit or "").startswith("余")
            facts.figures.append(Fact(metric, Decimal(claim.value), claim.scope, about))
    facts.figures += _of_cells(record, form) if form else []
    return facts


def _period(record: Record) -> Sequence[date]:
    return (record.period.start, record.period.end) if record.period else ()


def _of_cells(record: Record, form: Form) -> Iterator[Fact]:
    for check in form.checks:
        values = [_sum(record, pointers) for pointers in check.sums[:1]]
        if check.metric in metrics() and values[0] is not None:
            yield Fact(metrics()[check.metric], Decimal(values[0]))
    for table in form.tables:
        for row, columns in record.tables.get(table.key, {}).items():
            value = columns.get("total")
            if value is not None and row in table.rows and not _is_checked(form, f"/tables/{table.key}/{row}/total"):
                words = _REMARK.sub("", _ORDINAL.sub("", table.rows[row].label))
                yield Fact(Metric(row, ((words,),), (), tuple(_COUNTED)), Decimal(value))


def _is_checked(form: Form, pointer: str) -> bool:
    return any(pointer in sums for check in form.checks for sums in check.sums)


def _sum(record: Record, pointers: Sequence[str]) -> Number | None:
    values: list[Number] = []
    for pointer in pointers:
        table, row, column = pointer.split("/")[2:]
        value = record.tables.get(table, {}).get(row, {}).get(column)
        if value is None:
            return None
        values.append(value)
    return sum(values)


def ground(statement: str, facts: Facts) -> Grounded:
    """Whether everything a statement says in figures, years and names is so in the record.

    >>> facts = Facts(2023, "澄湖市水务局", figures=[Fact(metrics()["reviews"], Decimal(12))])
    >>> ground("2023年发生行政复议十二件。", facts).admitted, ground("发生行政复议21件。", facts).reasons
    (True, ('value:21件',))
    """
    text = _without_own_name(fold(statement), facts)
    reasons = [*_wrong_dates(text, facts), *_wrong_bodies(text)]
    text = _CHINESE_YEAR.sub(_blank, _DATE.sub(_blank, text))
    for sentence in _SENTENCE.finditer(text):
        reasons += _wrong_figures(sentence[0], facts)
    return Grounded(not reasons, tuple(dict.fromkeys(reasons)))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _without_own_name(text: str, facts: Facts) -> str:
    name = squash(facts.organisation or "")
    edges = [at for at in range(1, len(name)) if name[at - 1] in _REGIONS]
    names = [name, *(name[at:] for at in edges if name[at:] not in _GENERIC), *(name[:at] for at in edges if at > 2)]
    for own in (*names, *_OWN_WORDS):
        if own and own in text:
            text = text.replace(own, " " * len(own))
    return text


def _wrong_dates(text: str, facts: Facts) -> Iterator[str]:
    for match in _DATE.finditer(text):
        year, month, day = int(match["year"]), match["month"], match["day"]
        if month and day:
            if not any((d.year, d.month, d.day) == (year, int(month), int(day)) for d in facts.dates):
                yield f"date:{match[0]}"
        elif year != facts.year:
            yield f"year:{match[0]}"
    for match in _CHINESE_YEAR.finditer(text):
        if int(match["year"].translate(_DIGIT_OF)) != facts.year:
            yield f"year:{match[0]}"


def _wrong_bodies(text: str) -> Iterator[str]:
    for match in _BODY.finditer(text):
        if not any(word in match[0] for word in ("政府信息", "有关部门", "相关")):
            yield f"body:{match[0]}"


# ---- figures -----------------------------------------------------------------------------------------------------
def _wrong_figures(sentence: str, facts: Facts) -> Iterator[str]:
    before = ""
    for clause in _CLAUSE.finditer(sentence):
        words, last = clause[0], 0
        said = list(_said(words))
        if said and (said_of("compared", words) or said_of("other_year", words)):
            yield f"comparison:{words.strip()[:20]}"
        yield from _denials(words, before, said, facts)
        for one in said:
            near = words[last : one.end]
            if not _holds(one, (near, words[: one.end], words, before + words), facts):
                yield f"value:{words[one.start : one.end].strip()}"
            last = one.end
        before += words + " "


def _said(words: str) -> Iterator[_Said]:
    for match in _FIGURE.finditer(words):
        number = decimal(match["arabic"].replace(",", "")) if match["arabic"] else _spoken(match["chinese"])
        if number is None:
            continue
        unit = match["unit"] or match["unit_"] or ""
        scale = _SCALE.get(match["scale"] or "", Decimal(1))
        if unit in ("万元", "亿元", "千元"):
            scale, unit = scale * _SCALE[unit[0]], "元"
        about = bool(match["about"] or match["about_"] or _ABOUT.search(words[: match.start()]))
        yield _Said(Decimal(canonical(number * scale)), unit, about, match.start(), match.end())


def _spoken(words: str) -> Decimal | None:
    number = chinese_number(words)
    return None if number is None else Decimal(number)


def _holds(said: _Said, levels: Sequence[str], facts: Facts) -> bool:
    """Whether the figure is a fact of the metrics that the nearest words speaking of any speak of."""
    wider = bool(said_of("wider", levels[2]))
    for words in levels:
        spoken = [fact for fact in facts.figures if _speaks(fact.metric, words, levels[0])]
        if spoken:
            fit = [fact for fact in spoken if _unit_fits(fact.metric, said.unit)]
            return any(
                fact.value == said.value and fact.about is said.about and (fact.scope == "wider") is wider
                for fact in fit
            )
    return False


def _speaks(metric: Metric, words: str, near: str) -> bool:
    """Whether words speak of a metric: its first cues in the clause itself, further ones perhaps before."""
    return (
        metric.is_spoken_of(words)
        and any(cue in near for group in metric.cues for cue in group)
        and not metric.is_denied(near)
    )


def _unit_fits(metric: Metric, unit: str) -> bool:
    return unit in metric.units or (unit == "" and "元" not in metric.units)


def _denials(words: str, before: str, said: Sequence[_Said], facts: Facts) -> Iterator[str]:
    """A denial says 0 of what it denies; beside a figure it says nothing that can be held."""
    if not _DENIES.search(words):
        return
    if said:
        yield f"denial:{words.strip()[:20]}"
        return
    spoken = [
        fact for fact in facts.figures if fact.metric.is_spoken_of(words) or fact.metric.is_spoken_of(before + words)
    ]
    if not spoken or any(fact.value != 0 for fact in spoken if not fact.metric.is_denied(words)):
        yield f"denial:{words.strip()[:20]}"
