"""How one report writes the form's labels and headers: brackets, points, quotes, spaces, breaks, slips of the pen."""

import re
from dataclasses import dataclass, field

from .cells import Fit
from .dice import Dice
from .wording import LABEL_SLIPS

SHORT = {"总计", "自然人", "其他", "规章", "行政许可", "行政处罚", "行政强制", "结果维持", "结果纠正", "其他结果"}
UPRIGHT = {"三、本年度办理结果", "总计", "其他", "自然人"}
BREAKABLE = {
    "商业企业": "商业\n企业",
    "科研机构": "科研\n机构",
    "社会公益组织": "社会公益\n组织",
    "法律服务机构": "法律服务\n机构",
    "结果维持": "结果\n维持",
    "结果纠正": "结果\n纠正",
    "其他结果": "其他\n结果",
    "尚未审结": "尚未\n审结",
    "总计": "总\n计",
    "自然人": "自\n然\n人",
    "本年新制作数量": "本年新\n制作数量",
    "本年新公开数量": "本年新\n公开数量",
    "行政复议": "行政\n复议",
    "5.要求行政机关确认或重新出具已获取信息": "5.要求行政机关确认或重新\n出具已获取信息",
    "三、本年度办理结果": "三、本年度\n办理结果",
}


@dataclass
class LabelStyle:
    """The writing habits of one report; `write` applies them to a statutory wording."""

    dice: Dice
    fit: Fit
    year: int
    brackets: str = "full"
    point: str = "."
    quotes: str = "“”"
    slips: dict[str, str] = field(default_factory=dict)
    _written: int = 0

    @classmethod
    def of(cls, dice: Dice, fit: Fit, year: int) -> "LabelStyle":
        """The habits that `dice` gives this report."""
        style = cls(dice, fit, year)
        if dice.has("label_half_brackets", 0.15):
            style.brackets = dice.stream("brackets").choice(("half", "half_spaced"))
        if dice.has("label_other_point", 0.25):
            style.point = dice.stream("point").choice(("、", "．", ". ", ".　"))
        if dice.has("label_other_quotes", 0.15):
            style.quotes = dice.stream("quotes").choice(('""', "", "「」", "‘’"))
        if dice.has("label_slips", 0.2):
            rng = dice.stream("slips")
            style.slips = {k: rng.choice(LABEL_SLIPS[k]) for k in rng.sample(sorted(LABEL_SLIPS), 4)}
        return style

    def write(self, wording: str) -> str:
        """The label as this report writes it."""
        text = self.slips.get(wording, wording)
        text = self._header_year(text)
        text = self._break_or_space(wording, text)
        if self.quotes != "“”":
            left, right = (self.quotes[:1], self.quotes[1:]) if self.quotes else ("", "")
            text = text.replace("“", left).replace("”", right)
        text = re.sub(r"^(\d)\.", lambda m: m.group(1) + self.point, text)
        return self._bracket(text)

    def _bracket(self, text: str) -> str:
        if self.brackets == "full":
            return text
        text = text.replace("（", "(").replace("）", ")")
        if self.brackets == "half_spaced":
            text = re.sub(r"^(\([一二三四五六七八九]\))", r"\1 ", text)
        return text

    def _header_year(self, text: str) -> str:
        if text.startswith("本年") and text.endswith(("件数", "数量")) and self.dice.has("header_year", 0.06):
            return text.replace("本年", f"本年({self.year})", 1)
        return text

    def _break_or_space(self, wording: str, text: str) -> str:
        self._written += 1
        if wording == "三、本年度办理结果" and self.fit.breaks and self.dice.has("leading_breaks", 0.06):
            return "\n" * 6 + text
        if wording in UPRIGHT and self.fit.breaks and self.dice.has("vertical_labels", 0.06):
            return "\n".join(text)
        rng = self.dice.stream(f"label/{self._written}")
        if wording in BREAKABLE and text == wording and self.dice.has("broken_labels", 0.3) and rng.random() < 0.6:
            return BREAKABLE[wording].replace("\n", "\n" if self.fit.breaks else " " if self.fit.spaces else "")
        if wording in SHORT and text == wording and self.fit.spaces and self.dice.has("spaced_labels", 0.15):
            return rng.choice((" ", "  ", "　")).join(text)
        return text
