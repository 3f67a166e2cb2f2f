"""Grounding by value, measured: wrong facts planted in free sentences, and right ones in other ways of writing.

``python -m tests.verify.planted_facts`` prints how many of each kind are admitted, with exact bounds. Facts are those
of invented reports; sentences are built of wordings that the checker does not hold.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from random import Random

from eval.statistics import lower_bound, upper_bound
from extractor.metrics import metrics
from extractor.verify.grounding import Fact, Facts, ground

BODIES = ("澄湖市水务局", "云岭县石桥镇人民政府", "望川区兴业街道办事处", "南屏省教育厅", "青溪县人民政府")
OTHERS = ("白沙县人民政府", "柳河区丰收街道办事处", "东明市财政局", "北原省商务厅")
SAID = {
    "items_disclosed": ("全年主动公开政府信息{}条", "共发布各类政务信息{}条"),
    "items_disclosed_social_media": ("微信公众号推送{}条", "通过政务微博发布{}条"),
    "applications_received": ("收到政府信息公开申请{}件", "新收申请{}件"),
    "applications_processed": ("办结{}件", "按期答复{}件"),
    "applications_carried_over": ("上年结转{}件", "由上年度结转{}件"),
    "applications_carried_forward": ("结转下年度继续办理{}件", "转入下年度办理{}件"),
    "reviews": ("发生行政复议{}件", "被申请行政复议{}起"),
    "litigations": ("行政诉讼{}起", "引发行政诉讼{}件"),
    "normative_documents_issued": ("制发行政规范性文件{}件", "出台规范性文件{}份"),
    "fees_charged_yuan": ("收取信息处理费{}元", "信息处理费收入{}元"),
}
DENIED = {
    "applications_received": "未收到政府信息公开申请",
    "reviews": "没有发生行政复议",
    "litigations": "无行政诉讼",
    "normative_documents_issued": "未制发行政规范性文件",
    "fees_charged_yuan": "未收取信息处理费",
}
UNIT = {"条": "万条", "件": "人", "起": "元", "元": "万元", "份": "亿份"}
DIGITS = "零一二三四五六七八九"
STOPS = ("，", "、", "；", "。")
One = tuple[str, str, Facts]
"""A kind, a statement, and what it is held against."""


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


class Saying:
    """A statement on some facts, each in one of its wordings, parted by one of the stops."""

    def __init__(self, random: Random, known: Facts, count: int) -> None:
        keys = random.sample(list(SAID), count)
        if "items_disclosed" in keys:  # items are counted first: what a channel has is part of them
            keys = ["items_disclosed", *(key for key in keys if key != "items_disclosed")]
        self.known, self.keys = known, keys
        self.wordings = {key: random.choice(SAID[key]) for key in keys}
        self.stop = random.choice(STOPS)

    def of(self, said: dict[str, str], *, year: int | None = None, body: str | None = None) -> str:
        """The statement, with each figure as it is written in ``said``."""
        words = self.stop.join(self.wordings[key].format(said[key]) for key in self.keys)
        return f"{year or self.known.year}年，{body or self.known.organisation}{words}。"


def wrong(random: Random) -> Iterator[One]:
    """A wrong statement of each kind on facts of their own."""
    known, values = facts(random)
    saying = Saying(random, known, 3)
    said = {key: str(value) for key, value in values.items()}
    key = random.choice(saying.keys)
    digits, at = list(said[key]), random.randrange(len(said[key]))
    digits[at] = random.choice([digit for digit in "123456789" if digit != digits[at]])
    yield "digit swapped", saying.of({**said, key: "".join(digits)}), known
    wording = saying.wordings[key]
    saying.wordings[key] = wording[:-1] + UNIT[wording[-1]]
    yield "unit changed", saying.of(said), known
    saying.wordings[key] = wording
    yield "polarity", f"{known.year}年，{known.organisation}{DENIED[random.choice(list(DENIED))]}。", known
    yield "wrong year", saying.of(said, year=(known.year or 0) + random.choice((-1, 1, -2))), known
    yield "wrong body", saying.of(said, body=random.choice(OTHERS)), known
    a, b = random.sample(saying.keys, 2)
    yield "exchanged", saying.of({**said, a: said[b], b: said[a]}), known
    yield "polarity of none", *_none_said_of(random)


def _none_said_of(random: Random) -> tuple[str, Facts]:
    """Something where there was none."""
    key = random.choice(list(DENIED))
    known = Facts(2023, BODIES[0], figures=[Fact(metrics()[key], Decimal(0))])
    return f"2023年，{BODIES[0]}{SAID[key][0].format(random.randint(1, 9))}。", known


def harmless(random: Random) -> Iterator[One]:
    """A right statement in other ways of writing."""
    known, values = facts(random)
    saying = Saying(random, known, 3)
    plain = {key: str(value) for key, value in values.items()}
    yield "plain", saying.of(plain), known
    yield "1,180", saying.of({key: f"{value:,}" for key, value in values.items()}), known
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    yield "full width", saying.of({key: text.translate(wide) for key, text in plain.items()}), known
    spoken = {key: in_words(value) if value < 10_000 else plain[key] for key, value in values.items()}
    yield "一千一百八十", saying.of(spoken), known
    fee = f"{Decimal(values['fees_charged_yuan']) / 10_000:f}万"
    yield "12.5万", f"{known.organisation}{SAID['fees_charged_yuan'][0].format(fee)}。", known
    yield "own words", saying.of(plain, body="本机关"), known
    key = random.choice(list(DENIED))
    yield "denied", f"2023年{DENIED[key]}。", Facts(2023, BODIES[0], figures=[Fact(metrics()[key], Decimal(0))])


def admitted(statements: Iterator[One]) -> tuple[Counter[str], Counter[str], list[One]]:
    """By kind: how many there are, how many are admitted; and those that are not."""
    there, let_in, refused = Counter[str](), Counter[str](), []
    for kind, text, known in statements:
        there[kind] += 1
        if ground(text, known).admitted:
            let_in[kind] += 1
        else:
            refused.append((kind, text, known))
    return there, let_in, refused


def planted(seed: int, count: int) -> Iterator[One]:
    """``count`` rounds of wrong facts."""
    random = Random(seed)
    return (one for _ in range(count) for one in wrong(random))


def variants(seed: int, count: int) -> Iterator[One]:
    """``count`` rounds of harmless variants."""
    random = Random(seed)
    return (one for _ in range(count) for one in harmless(random))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.verify.planted_facts", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="statements of each kind")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    for name, statements, limit in (
        ("wrong", planted(asked.seed, asked.rounds), upper_bound),
        ("harmless", variants(asked.seed, asked.rounds), lower_bound),
    ):
        there, let_in, _ = admitted(statements)
        for kind, of in there.items():
            print(f"{name:9} {kind:20} {of:5}  admitted {let_in[kind]:5}")
        of, hits = there.total(), let_in.total()
        sign = "<=" if name == "wrong" else ">="
        print(
            f"{name:9} {'all':20} {of:5}  admitted {hits:5}  ({hits / of:.4f}, with 95% {sign} {limit(hits, of):.4f})"
        )


if __name__ == "__main__":
    main()
