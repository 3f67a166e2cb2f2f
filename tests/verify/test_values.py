"""Grounding by value: no planted wrong fact is admitted, and hardly a harmless variant is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from random import Random

import pytest

from extractor.metrics import metrics
from extractor.verify.values import Fact, Facts, ground

BODIES = ("澄湖市水务局", "云岭县石桥镇人民政府", "望川区兴业街道办事处", "南屏省教育厅", "青溪县人民政府")
OTHERS = ("白沙县人民政府", "柳河区丰收街道办事处", "东明市财政局", "北原省商务厅")
SAID = {
    "items_disclosed": "全年主动公开政府信息{}条",
    "items_disclosed_website": "其中门户网站发布{}条",
    "applications_received": "收到政府信息公开申请{}件",
    "applications_processed": "办结{}件",
    "applications_carried_forward": "结转下年度继续办理{}件",
    "reviews": "发生行政复议{}件",
    "litigations": "行政诉讼{}起",
    "normative_documents_issued": "制发行政规范性文件{}件",
    "fees_charged_yuan": "收取信息处理费{}元",
}
DENIED = {
    "applications_received": "未收到政府信息公开申请",
    "reviews": "没有发生行政复议",
    "normative_documents_issued": "未制发行政规范性文件",
}
UNIT = {"条": "万条", "件": "人", "起": "元", "元": "万元"}
DIGITS = "零一二三四五六七八九"


def in_words(value: int) -> str:
    """A number below ten thousand in Chinese numerals."""
    if value == 0:
        return "零"
    words, gap = "", False
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // place % 10
        if digit:
            words += ("零" if gap and words else "") + DIGITS[digit] + unit
        gap = not digit and bool(words)
    return words


def facts(random: Random) -> tuple[Facts, dict[str, int]]:
    """Facts of an invented report; no two figures are the same."""
    values = dict(zip(SAID, random.sample(range(12, 9_900), len(SAID)), strict=True))
    values["fees_charged_yuan"] = random.randint(2, 90) * 10_000 + random.randint(1, 9) * 100
    figures = [Fact(metrics()[key], Decimal(value)) for key, value in values.items()]
    year = random.randint(2019, 2025)
    return Facts(year, random.choice(BODIES), {date(year + 1, 1, 20)}, figures), values


def sentence(known: Facts, said: dict[str, str], keys: list[str]) -> str:
    """What a summary could say: ``said`` is each figure as written."""
    words = "，".join(SAID[key].format(said[key]) for key in keys)
    return f"{known.year}年，{known.organisation}{words}。"


def wrong(random: Random) -> Iterator[tuple[str, str, Facts]]:
    """A wrong statement of each kind on facts of their own."""
    known, values = facts(random)
    keys = random.sample(list(SAID), 3)
    if "items_disclosed_website" in keys:
        keys = ["items_disclosed", *(key for key in keys if not key.startswith("items"))]
    said = {key: str(value) for key, value in values.items()}
    key = random.choice(keys)
    digits = list(said[key])
    at = random.randrange(len(digits))
    digits[at] = random.choice([d for d in "123456789" if d != digits[at]])
    yield "digit", sentence(known, {**said, key: "".join(digits)}, keys), known
    right = sentence(known, said, keys)
    part = SAID[key].format(said[key])
    unit = part[-1]
    yield "unit", right.replace(part, part[:-1] + UNIT[unit]), known
    denied = random.choice(list(DENIED))
    yield "polarity", f"{known.year}年，{known.organisation}{DENIED[denied]}。", known
    yield "year", right.replace(f"{known.year}年", f"{(known.year or 0) + random.choice((-1, 1, -2))}年"), known
    yield "body", right.replace(str(known.organisation), random.choice(OTHERS)), known
    a, b = keys[0], keys[-1]
    yield "exchanged", sentence(known, {**said, a: said[b], b: said[a]}, keys), known


def harmless(random: Random) -> Iterator[tuple[str, str, Facts]]:
    """A right statement in other ways of writing."""
    known, values = facts(random)
    keys = [key for key in random.sample(list(SAID), 4) if key != "items_disclosed_website"]
    plain = {key: str(value) for key, value in values.items()}
    yield "plain", sentence(known, plain, keys), known
    yield "grouped", sentence(known, {key: f"{value:,}" for key, value in values.items()}, keys), known
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    yield "full width", sentence(known, {key: text.translate(wide) for key, text in plain.items()}, keys), known
    spoken = {key: in_words(value) if value < 10_000 else plain[key] for key, value in values.items()}
    yield "in words", sentence(known, spoken, keys), known
    fee = f"{Decimal(values['fees_charged_yuan']) / 10_000:f}万"
    yield "scaled", sentence(known, {**plain, "fees_charged_yuan": fee}, ["fees_charged_yuan", keys[0]]), known
    yield "own words", sentence(known, plain, keys).replace(str(known.organisation), "本机关"), known


@pytest.mark.parametrize("seed", range(6))
def test_no_wrong_fact_is_admitted(seed: int) -> None:
    random = Random(seed)
    planted = [one for _ in range(12) for one in wrong(random)]
    assert [(kind, text) for kind, text, known in planted if ground(text, known).admitted] == []


def test_harmless_variants_are_admitted() -> None:
    random = Random(77)
    variants = [one for _ in range(60) for one in harmless(random)]
    refused = [(kind, text, ground(text, known).reasons) for kind, text, known in variants]
    refused = [one for one in refused if one[2]]
    assert len(refused) <= 0.05 * len(variants), refused[:5]


def test_a_denial_says_zero() -> None:
    known = Facts(2023, "澄湖市水务局", figures=[Fact(metrics()["reviews"], Decimal(0))])
    assert ground("2023年没有发生行政复议。", known).admitted
    assert not ground("2023年发生行政复议1件。", known).admitted


def test_comparisons_and_shares_have_no_ground() -> None:
    known = Facts(2023, "澄湖市水务局", figures=[Fact(metrics()["reviews"], Decimal(5))])
    assert not ground("行政复议5件，同比增长20%。", known).admitted
