"""Part five: invented problems and measures in the list styles that offices use."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from .dice import Dice
from .shapes import Para

NUMERALS = "一二三四五六七八九十"
ISSUE_TOPICS = (
    "主动公开的内容",
    "政策解读的形式",
    "信息发布的时效",
    "依申请公开答复的规范性",
    "基层工作人员的业务水平",
    "栏目设置的合理性",
    "政务新媒体的运营能力",
    "线下公开专区的利用率",
    "公众参与的广度",
    "部门之间的协同",
    "历史信息的整理",
    "重点民生领域公开的深度",
    "公文属性的源头认定",
    "数据更新的频次",
)
ISSUE_LACKS = ("还不够充分", "有待进一步提升", "与群众期盼尚有差距", "仍需加强", "相对薄弱", "不够均衡", "存在短板")
ISSUE_DETAILS = (
    "部分科室报送材料偏晚，群众查询时常常要多次翻找",
    "文字稿居多，图表、短视频等直观方式用得较少",
    "个别经办人员岗位调整频繁，对新要求掌握得不透",
    "少数栏目内容单薄，更新间隔偏长",
    "对群众来电来信反映的共性问题归纳不足，回应不够主动",
    "一些惠企政策发布后缺少后续解释，企业知晓度不高",
    "审核环节多、流转慢，影响了信息发布的速度",
    "村（社区）公开栏内容与网站不同步",
    "26项试点领域目录中仍有4项没有及时更新",
)
MEASURES = (
    "完善主动公开目录",
    "加大业务培训力度",
    "丰富政策解读方式",
    "畅通依申请公开渠道",
    "健全信息审核机制",
    "优化网站栏目设置",
    "强化日常监督检查",
    "推进公开专区建设",
    "压实各科室责任",
    "做好历史文件清理",
    "拓展公众参与途径",
    "加强新媒体运营维护",
    "规范答复文书格式",
    "提高数据更新频次",
)
MEASURE_DETAILS = (
    "每季度对栏目内容开展一次自查，发现缺项及时补齐",
    "邀请业务骨干集中授课，以案例讲清常见疑难",
    "坚持文件与解读同步起草、同步审签、同步发布",
    "由专人登记、催办和归档，确保在法定期限内答复",
    "把公开情况纳入年度考核，结果在机关内部通报",
    "依托便民服务大厅设置查询终端，安排人员引导",
    "综合运用图解、问答和短视频，让群众看得懂、用得上",
    "定期分析咨询热点，主动充实相关内容",
    "确保重要信息24小时内、一般信息3个工作日内上网",
)
AIMS = ("不断提升工作质效", "切实保障公众知情权", "推动公开工作再上台阶", "努力让群众办事更方便", "增强公开实效")


@dataclass
class PartFive:
    """Paragraphs of part five and the items in them."""

    paragraphs: list[Para] = field(default_factory=list)
    issues: list[str] = field(default_factory=list)
    improvements: list[str] = field(default_factory=list)

    def add(self, text: str, role: str = "body") -> None:
        """Append a paragraph."""
        self.paragraphs.append(Para(text, role))


@dataclass(frozen=True)
class Lists:
    """The items to be written, short (one sentence each) or long (title sentence and body)."""

    issues: list[str]
    improvements: list[str]
    short_issues: list[str]
    short_improvements: list[str]


def part_five(dice: Dice) -> PartFive:
    """Part five in one of its styles."""
    rng = dice.stream("part_five")
    style = rng.choice(sorted(STYLES))
    if dice.has("part_five_none", 0.06):
        style = "none"
    dice.applied.add(f"list_{style}")
    part = PartFive()
    STYLES.get(style, _none)(part, _items(rng), dice, rng)
    return part


def _items(rng: Random) -> Lists:
    count, measures = rng.randint(2, 4), rng.randint(2, 4)
    topics, details = rng.sample(ISSUE_TOPICS, count), rng.sample(ISSUE_DETAILS, count)
    shorts = [topic + rng.choice(ISSUE_LACKS) for topic in topics]
    acts, ways = rng.sample(MEASURES, measures), rng.sample(MEASURE_DETAILS, measures)
    aims = [rng.choice(AIMS) for _ in acts]
    return Lists(
        [f"{title}。{detail}" for title, detail in zip(shorts, details, strict=True)],
        [f"{act}。{way}，{aim}" for act, way, aim in zip(acts, ways, aims, strict=True)],
        shorts,
        [f"{act}，{aim}" for act, aim in zip(acts, aims, strict=True)],
    )


def _heads(dice: Dice, rng: Random, plain: bool = False) -> tuple[str, str]:
    problem = rng.choice(("存在的主要问题", "存在问题", "主要问题", "存在的问题和不足"))
    remedy = rng.choice(("改进情况", "改进措施", "下一步改进措施", "具体解决办法和改进措施", "下一步工作打算"))
    left, right = rng.choice(("（）", "（）", "()"))
    if dice.has("list_heads_unnumbered", 0.15) or plain:
        return problem, remedy
    return f"{left}一{right}{problem}", f"{left}二{right}{remedy}"


Write = Callable[[PartFive, list[str]], None]
Order = Callable[[int], str]


def _first(index: int) -> str:
    return f"{NUMERALS[index]}是"


def _bracketed(index: int) -> str:
    return f"（{NUMERALS[index]}）"


def _half_bracketed(index: int) -> str:
    return f"({NUMERALS[index]}) "


def _pointed(index: int) -> str:
    return f"{index + 1}."


def _comma(index: int) -> str:
    return f"{index + 1}、"


def _counted(index: int) -> str:
    return f"第{NUMERALS[index]}，"


def _no_first(index: int) -> str:
    return "" if index == 0 else _first(index)


def _none_at_all(_: int) -> str:
    return ""


def _lines(order: Order) -> Write:
    def write(part: PartFive, items: list[str]) -> None:
        for index, item in enumerate(items):
            part.add(f"{order(index)}{item}。")

    return write


def _sentence(order: Order, mark: str = "；") -> Write:
    def write(part: PartFive, items: list[str]) -> None:
        part.add(mark.join(order(index) + item for index, item in enumerate(items)) + "。")

    return write


def _under_heads(write: Write, *, long: bool, plain: bool = False, reverse: bool = False) -> "Style":
    def style(part: PartFive, items: Lists, dice: Dice, rng: Random) -> None:
        problem, remedy = _heads(dice, rng, plain)
        part.issues = items.issues if long else items.short_issues
        part.improvements = items.improvements if long else items.short_improvements
        sides = [(problem, part.issues), (remedy, part.improvements)]
        if reverse:
            problem, remedy = _renumbered(problem, "一", "二"), _renumbered(remedy, "二", "一")
            sides = [(remedy, part.improvements), (problem, part.issues)]
        for head, texts in sides:
            part.add(head, "subheading")
            write(part, texts)

    return style


def _renumbered(head: str, old: str, new: str) -> str:
    return head[0] + head[1:].replace(old, new, 1) if head[0] in "（(" else head


Style = Callable[[PartFive, Lists, Dice, Random], None]


def _leads(rng: Random) -> tuple[str, str]:
    first = rng.choice(
        (
            "一年来，政府信息公开工作取得了一定成效，但仍存在一些不足：",
            "对照群众期待，主要存在以下问题：",
            "存在的主要问题：",
        )
    )
    second = rng.choice(("下一步，将着重从以下方面改进：", "针对存在问题，将采取以下措施：", "改进措施："))
    return first, second


def _one_paragraph(part: PartFive, items: Lists, dice: Dice, rng: Random) -> None:
    first, second = _leads(rng)
    part.issues, part.improvements = items.short_issues, items.short_improvements
    sides = [
        lead + "；".join(_first(index) + text for index, text in enumerate(texts)) + "。"
        for lead, texts in ((first, part.issues), (second, part.improvements))
    ]
    part.add("".join(sides))


def _two_paragraphs(part: PartFive, items: Lists, dice: Dice, rng: Random) -> None:
    first, second = _leads(rng)
    part.issues, part.improvements = items.issues, items.improvements
    for lead, texts in ((first, part.issues), (second, part.improvements)):
        part.add(lead + "".join(f"{_first(index)}{text}。" for index, text in enumerate(texts)))


def _lead_then_lines(part: PartFive, items: Lists, dice: Dice, rng: Random) -> None:
    first, second = _leads(rng)
    order = rng.choice((_bracketed, _pointed, _comma, _first))
    part.issues, part.improvements = items.issues, items.improvements
    for lead, texts in ((first, part.issues), (second, part.improvements)):
        part.add(lead)
        _lines(order)(part, texts)


def _single(part: PartFive, items: Lists, dice: Dice, rng: Random) -> None:
    problem, remedy = _heads(dice, rng)
    part.issues, part.improvements = items.short_issues[:1], items.short_improvements[:1]
    for head, texts in ((problem, part.issues), (remedy, part.improvements)):
        part.add(head, "subheading")
        part.add(texts[0] + "。")


def _none(part: PartFive, items: Lists, dice: Dice, rng: Random) -> None:
    part.add(rng.choice(("无", "无。", "暂无。")))


STYLES: dict[str, Style] = {
    "first_lines": _under_heads(_lines(_first), long=True),
    "first_sentence": _under_heads(_sentence(_first), long=False),
    "first_full_stops": _under_heads(_sentence(_first, "。"), long=True),
    "no_first_ordinal": _under_heads(_sentence(_no_first), long=False),
    "pointed_lines": _under_heads(_lines(_pointed), long=True),
    "comma_lines": _under_heads(_lines(_comma), long=False),
    "counted_lines": _under_heads(_lines(_counted), long=True),
    "unnumbered_lines": _under_heads(_lines(_none_at_all), long=False),
    "unnumbered_sentence": _under_heads(_sentence(_none_at_all), long=False),
    "bracketed_lines": _under_heads(_lines(_bracketed), long=True, plain=True),
    "half_bracketed_lines": _under_heads(_lines(_half_bracketed), long=True, plain=True),
    "improvements_first": _under_heads(_lines(_first), long=True, reverse=True),
    "one_paragraph": _one_paragraph,
    "two_paragraphs": _two_paragraphs,
    "lead_then_lines": _lead_then_lines,
    "single": _single,
}
