"""Parts one and six and the sentences around the tables: invented text, with claims that agree with the tables."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from .dice import Dice
from .figures import Figures
from .identity import LAW, Identity
from .shapes import Para

Claim = dict[str, object]
Heading = Callable[[int, str, str], list[Para]]
TOPICS = ("主动公开", "依申请公开", "政府信息管理", "政府信息公开平台建设", "监督保障")
OPENINGS = (
    "{year}年，{own}深入贯彻{law}，把公开透明作为履职的基本要求，各项任务有序推进。",
    "{year}年，{own}按照上级部署，围绕中心工作持续做好政府信息公开，工作基础更加扎实。",
    "一年来，{own}坚持以公开为常态、不公开为例外，着力回应群众关心的问题。",
)
FILLERS = {
    "主动公开": (
        "重点发布了规划计划、财政预决算、民生实事、招标采购等内容，做到应公开尽公开。",
        "对涉及群众切身利益的文件，同步以图解和问答等方式进行解读。",
        "及时调整机构职能、办事指南等基础信息，方便群众查询。",
    ),
    "依申请公开": (
        "健全登记、审核、办理、答复、归档各环节的制度，答复前均由法制人员把关。",
        "对情况复杂的申请主动与申请人沟通，引导其准确描述所需信息。",
        "畅通当面、邮寄、网络等受理渠道，按期答复。",
    ),
    "政府信息管理": (
        "坚持先审查、后公开，一事一审，未发生泄密事件。",
        "明确专人负责信息的采集、校对与发布，做到源头可溯、责任到人。",
        "定期清理过时文件，对失效内容及时标注。",
    ),
    "政府信息公开平台建设": (
        "优化栏目布局，完善检索功能，页面访问更加顺畅。",
        "依托便民服务大厅设立公开专区，配备查询设备和宣传资料。",
        "规范政务新媒体账号管理，坚持内容原创与权威转载并重。",
    ),
    "监督保障": (
        "成立由主要负责同志任组长的领导小组，明确分管领导和经办人员。",
        "全年组织专题培训2次，参训人员60余人次。",
        "一是加强组织领导，压实工作责任；二是加强日常巡查，发现问题立即整改；三是主动接受社会监督。",
        "将公开工作列入年度考核，定期通报进展。",
    ),
}


@dataclass
class Prose:
    """Paragraphs, and the claims made and not made in them."""

    paragraphs: list[Para] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    forbidden: list[Claim] = field(default_factory=list)
    expected: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Said:
    """One sentence and what it claims."""

    text: str
    claims: tuple[Claim, ...] = ()
    forbidden: tuple[Claim, ...] = ()


def claim(metrics: str, value: int, quote: str, scope: str = "own") -> Claim:
    """A claim as gold files write it; `metrics` may name several, separated by spaces."""
    return {"metrics": metrics.split(), "value": value, "scope": scope, "quote": quote}


def forbidden(metric: str, value: int, quote: str) -> Claim:
    """A claim that the text does not make."""
    return {"metric": metric, "value": value, "quote": quote}


def overview(dice: Dice, who: Identity, figures: Figures) -> Prose:
    """Part one: an opening, then the usual topics with their figures."""
    rng = dice.stream("overview")
    prose = Prose()
    opening = rng.choice(OPENINGS).format(year=who.year, own=_own_name(dice, who), law=LAW)
    prose.paragraphs.append(Para(opening))
    topics = TOPICS if rng.random() < 0.7 else TOPICS[: rng.randint(2, 4)]
    heading = _heading(dice)
    for index, topic in enumerate(topics):
        said = list(_sentences(dice, topic, who, figures))
        text = "".join(s.text for s in said)
        for s in said:
            prose.claims += s.claims
            prose.forbidden += s.forbidden
        prose.paragraphs += heading(index, topic, text)
    return prose


def _own_name(dice: Dice, who: Identity) -> str:
    fits = [form for form in who.names if form]
    return dice.stream("own").choice((who.body.own, *fits[:1]))


def _heading(dice: Dice) -> Heading:
    style = dice.pick("topic_style", "bracket_line", "bracket_inline", "point_inline", "none", "comma_inline")
    numerals = "一二三四五"

    def write(index: int, topic: str, text: str) -> list[Para]:
        if style == "bracket_line":
            return [Para(f"（{numerals[index]}）{topic}", "subheading"), Para(text)]
        start = {
            "bracket_inline": f"（{numerals[index]}）{topic}。",
            "point_inline": f"{index + 1}.{topic}方面。",
            "comma_inline": f"{index + 1}、{topic}情况：",
        }.get(style, "")
        return [Para(start + text)]

    return write


def _sentences(dice: Dice, topic: str, who: Identity, figures: Figures) -> Iterator[Said]:
    rng = dice.stream(f"topic/{topic}")
    if topic == "主动公开":
        yield from _disclosed(dice, rng, who, figures)
    if topic == "依申请公开":
        yield from _applied(dice, rng, who, figures)
    yield from (Said(text) for text in rng.sample(FILLERS[topic], rng.randint(1, 2)))


def _disclosed(dice: Dice, rng: Random, who: Identity, figures: Figures) -> Iterator[Said]:
    site, media = rng.randint(1, 3000), rng.randint(1, 2000)
    verb = rng.choice(("共主动公开政府信息", "累计主动公开政府信息", "共主动公开各类政府信息"))
    if dice.may("claim_by_channel", 0.5):
        total = claim("items_disclosed", site + media, f"{verb}{site + media}条")
        web = claim("items_disclosed_website", site, f"通过政府网站公开{site}条")
        chat = claim("items_disclosed_social_media", media, f"通过微信公众号发布{media}条")
        text = f"全年{verb}{site + media}条，其中通过政府网站公开{site}条，通过微信公众号发布{media}条。"
        yield Said(text, (total, web, chat))
    else:
        yield Said(f"全年{verb}{site}条。", (claim("items_disclosed", site, f"{verb}{site}条"),))
    if dice.may("previous_year_figure", 0.15):
        before = rng.randint(3001, 5000)
        quote = f"{who.year - 1}年主动公开政府信息{before}条"
        yield Said(f"而{quote}，结构更趋合理。", (), (forbidden("items_disclosed", before, quote),))
    if who.body.level in ("department", "township") and dice.may("wider_scope", 0.15):
        many = rng.randint(6000, 90000)
        quote = f"共公开政府信息{many}条"
        yield Said(f"同时，指导{who.body.around}{quote}。", (claim("items_disclosed", many, quote, "wider"),))
    issued = figures.proactive["normative_documents"].get("issued")
    if issued and dice.may("claim_documents", 0.3):
        quote = f"制发行政规范性文件{issued}件"
        yield Said(f"全年{quote}，均按规定公开。", (claim("normative_documents_issued", int(issued), quote),))


def _applied(dice: Dice, rng: Random, who: Identity, figures: Figures) -> Iterator[Said]:
    totals = {row: int(cells["total"]) for row, cells in figures.applications.items()}
    new, carried = totals["new_received"], totals["carried_over"]
    if not new:
        quote = rng.choice(("未收到政府信息公开申请", "没有收到政府信息公开申请"))
        yield Said(f"{who.year}年，{who.body.own}{quote}。", (claim("applications_received", 0, quote),))
        return
    asked = "公民、法人和其他组织提出的"
    verb = rng.choice(("共收到政府信息公开申请", "新收政府信息公开申请", f"收到{asked}政府信息公开申请"))
    yield Said(f"{who.year}年，{verb}{new}件。", (claim("applications_received", new, f"{verb}{new}件"),))
    if carried and dice.may("claim_carried_over", 0.4):
        quote = f"上年结转申请{carried}件"
        yield Said(f"另有{quote}。", (claim("applications_carried_over", carried, quote),))
    done, left = totals["total_processed"], totals["carried_forward"]
    if done and dice.may("claim_processed", 0.5):
        quote = f"全年办结{done}件"
        yield Said(f"{quote}。", (claim("applications_processed", done, quote),))
    if left and dice.may("claim_carried_forward", 0.4):
        quote = f"结转下年度继续办理{left}件"
        yield Said(f"{quote}。", (claim("applications_carried_forward", left, quote),))


def review_sentence(dice: Dice, figures: Figures) -> Said | None:
    """A sentence before the last table, sometimes."""
    reviews = int(figures.review["review"]["total"])
    suits = sum(int(figures.review[row]["total"]) for row in ("litigation_direct", "litigation_after_review"))
    if not (reviews and suits) or not dice.may("claim_reviews", 0.3):
        return None
    first, second = f"被申请行政复议{reviews}件", f"被提起行政诉讼{suits}件"
    text = f"本年度因政府信息公开工作{first}，{second}。"
    return Said(text, (claim("reviews", reviews, first), claim("litigations", suits, second)))


def part_six(dice: Dice, who: Identity) -> Prose:
    """Part six: nothing, fees, proposals, or several of these."""
    rng = dice.stream("part_six")
    prose = Prose()
    if dice.may("part_six_none", 0.3):
        prose.paragraphs.append(Para(rng.choice(("无", "无。", "无其他需要报告的事项。", "暂无其他需要报告的事项。"))))
        return prose
    said = [_fee(dice, rng, who, prose)]
    if rng.random() < 0.4:
        amount = rng.randint(0, 12)
        said.append(Said(f"全年承办人大代表建议{amount}件、政协提案{rng.randint(0, 9)}件，均已按期答复并公开。"))
    if rng.random() < 0.3:
        said.append(Said("组织开展政府开放日活动，邀请群众代表走进办事大厅，听取意见建议。"))
    order = dice.pick("part_six_order", "", "{}.", "（{}）")
    for index, s in enumerate(said):
        mark = order.format("一二三"[index] if "（" in order else index + 1) if len(said) > 1 else ""
        prose.paragraphs.append(Para(mark + s.text))
        prose.claims += s.claims
        prose.forbidden += s.forbidden
    return prose


def _fee(dice: Dice, rng: Random, who: Identity, prose: Prose) -> Said:
    if dice.has("stale_year", 0.06):
        prose.expected.add("stale_year")
        return Said(f"按照信息处理费管理有关规定，{who.year - 2}年{who.body.own}依申请公开政府信息未收费。")
    if dice.may("fee_charged", 0.08):
        yuan = rng.randint(20, 900) * 10
        quote = f"收取政府信息公开信息处理费{yuan}元"
        return Said(f"本年度{quote}。", (claim("fees_charged_yuan", yuan, quote),))
    quote = rng.choice(("未收取政府信息公开信息处理费", "未向申请人收取信息处理费", "未收取信息处理费"))
    free = claim("fees_charged_yuan", 0, quote)
    if dice.may("excess_disclaimer", 0.15):
        other = "没有收到超出一定数量或者频次范围的政府信息公开申请"
        text = f"{who.year}年，{who.body.own}{other}，{quote}。"
        return Said(text, (free,), (forbidden("applications_received", 0, other),))
    return Said(f"{who.year}年，{who.body.own}{quote}。", (free,))
