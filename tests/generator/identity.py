"""Title, preamble, period, signature of one report, and which name of the body a careful reader takes."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from .dice import Dice
from .places import Body, invented_body
from .shapes import Para

CHINESE_DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")
FULL_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
LAW = "《中华人民共和国政府信息公开条例》"
PART_LIST = (
    "总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况、政府信息公开行政复议和行政诉讼情况、"
    "存在的主要问题及改进情况、其他需要报告的事项"
)
NUMBERED_PART_LIST = (
    "一、总体情况；二、主动公开政府信息情况；三、收到和处理政府信息公开申请情况；"
    "四、政府信息公开行政复议、行政诉讼情况；五、存在的主要问题及改进情况；六、其他需要报告的事项"
)


@dataclass
class Identity:
    """Who reports, on which year, where that is said."""

    body: Body
    year: int
    title: str
    title_lines: list[str]
    front: list[Para] = field(default_factory=list)
    signature: list[Para] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    period: bool = False
    site_named: bool = False
    published: str | None = None

    @property
    def name(self) -> str | None:
        """The fullest form of the body's name that the report uses."""
        return max(self.names, key=len) if self.names else None

    @property
    def accepted(self) -> list[str]:
        """The forms a careful reader may give."""
        if self.name is None:
            return []
        forms = {self.name}
        if self.body.level == "township":
            forms |= {self.name.removesuffix("办事处").removesuffix("人民政府")}
            forms |= {form for form in self.body.shorter if self.site_named and form.endswith(self.name)}
        return sorted(forms, key=lambda form: (-len(form), form))


def identity(dice: Dice, form: str) -> Identity:
    """The identity of a report on `form`."""
    body = invented_body(dice.stream("body"))
    rng = dice.stream("year")
    year = rng.choice((2019, 2020)) if form == "2019" else rng.choice((2021, 2022, 2023, 2024, 2025))
    if form == "2019" and dice.has("old_form_later", 0.1):
        year = rng.choice((2021, 2022, 2023))
    who = Identity(body, year, "", [])
    _set_title(dice, who)
    _set_front(dice, who)
    _set_signature(dice, who)
    return who


def _set_title(dice: Dice, who: Identity) -> None:
    unnamed = dice.has("body_unnamed", 0.02)
    if unnamed:
        dice.bar("body_not_in_title", "body_short_in_title", "contact_sentence", "names_site")
    name = "" if unnamed or dice.has("body_not_in_title", 0.15) else who.body.full
    if name and who.body.shorter and dice.has("body_short_in_title", 0.3):
        name = dice.stream("title_name").choice(who.body.shorter)
    if name:
        who.names.append(name)
    year = year_text(dice, who.year)
    order = dice.pick("title_order", "name_first", "year_first", "about", "year_late")
    kind = dice.pick("title_kind", "政府信息公开工作年度报告", "政府信息公开年度报告", "政府信息公开工作报告")
    who.title = {
        "name_first": f"{name}{year}{kind}",
        "year_first": f"{year}{name}{kind}",
        "about": f"{name}关于{year}{kind}" if name else f"{year}{kind}",
        "year_late": f"{name}政府信息公开工作{year}年度报告".replace("年度年度", "年度").replace("年年度", "年度"),
    }[order]
    who.title_lines = _title_lines(dice, who.title, name)


def year_text(dice: Dice, year: int) -> str:
    """The reporting year as the title writes it."""
    text = str(year)
    if dice.has("year_chinese_digits", 0.08):
        dice.bar("year_full_width", "year_spaced")
        text = text.translate(CHINESE_DIGITS)
    elif dice.has("year_full_width", 0.05):
        text = text.translate(FULL_DIGITS)
    return text + dice.pick("year_word", "年", "年度", "年")


def _title_lines(dice: Dice, title: str, name: str) -> list[str]:
    if name and title.startswith(name) and dice.has("title_in_two_lines", 0.12):
        return [name, title[len(name) :]]
    if title.endswith("年度报告") and dice.has("title_spaced", 0.06):
        return [title[:-4] + " 年度报告"]
    return [title]


def _set_front(dice: Dice, who: Identity) -> None:
    rng = dice.stream("front")
    unnamed = "body_unnamed" in dice.applied
    must_name = not who.names and not unnamed
    where = rng.choice(("preamble", "contact", "signature")) if must_name else ""
    naming = where == "preamble" or (not must_name and not unnamed and rng.random() < 0.5)
    sentences = list(_preamble(dice, who, naming))
    if where == "contact" or (not unnamed and dice.may("contact_sentence", 0.25)):
        sentences.append(_contact(dice, who, where == "contact" or not must_name))
    if must_name and where == "signature":
        dice.applied.add("body_only_in_signature")
    who.front = [Para(text, "front") for text in _paragraphs(dice, sentences)]


def _preamble(dice: Dice, who: Identity, naming: bool) -> Iterator[str]:
    rng = dice.stream("preamble")
    if not naming and rng.random() < 0.25:
        return
    name = who.body.full if naming else who.body.own
    if naming:
        who.names.append(name)
    paper = rng.choice(("（国办公开办函〔2021〕30号）", "（国办公开办函〔2019〕60号）", ""))
    yield rng.choice(
        (
            f"根据{LAW}（国务院令第711号）和国务院办公厅有关年度报告格式的要求{paper}，{name}编制本报告。",
            f"按照{LAW}第四十九条、第五十条的规定，现将{name}{who.year}年政府信息公开工作情况报告如下。",
            f"本报告由{name}依据{LAW}及年度报告格式{paper}编写，向社会公布。",
        )
    )
    if dice.has("preamble_lists_parts", 0.25):
        listed = rng.choice((PART_LIST, NUMBERED_PART_LIST))
        yield rng.choice((f"全文包括{listed}六个部分。", f"本报告由{listed}组成。"))
    if dice.may("period_stated", 0.8):
        who.period = True
        yield _period(dice, who.year)


def _period(dice: Dice, year: int) -> str:
    span = dice.pick(
        "period",
        f"自{year}年1月1日起至{year}年12月31日止",
        f"为{year}年1月1日至12月31日",
        f"从{year}年1月1日到12月31日止",
        f"为{year}年1月1日—{year}年12月31日",
        f"为{year}年1月1日-12月31日",
        f"为 {year} 年 1 月 1 日至 {year} 年 12 月 31 日",
    )
    return dice.stream("period_frame").choice((f"报告中数据的统计期限{span}。", f"本报告所列数据的统计期限{span}。"))


def _contact(dice: Dice, who: Identity, naming: bool) -> str:
    rng = dice.stream("contact")
    name = who.body.full if naming else who.body.own
    if naming:
        who.names.append(name)
    who.site_named = dice.may("names_site", 0.5)
    site = f"本报告电子版可在{who.body.site}查阅下载。" if who.site_named else ""
    phone = f"0{rng.randint(310, 999)}-{rng.randint(2000000, 8999999)}"
    return f"{site}如对本报告有疑问，请与{name}联系（地址：迎宾大道{rng.randint(2, 398)}号，电话：{phone}）。"


def _paragraphs(dice: Dice, sentences: list[str]) -> list[str]:
    if dice.stream("front_paragraphs").random() < 0.6:
        return ["".join(sentences)] if sentences else []
    return sentences


def _set_signature(dice: Dice, who: Identity) -> None:
    rng = dice.stream("signature")
    unnamed = "body_unnamed" in dice.applied
    only_here = not who.names and not unnamed
    if only_here or (not unnamed and rng.random() < 0.4):
        short = not only_here and who.body.shorter and rng.random() < 0.3
        name = rng.choice(who.body.shorter) if short else who.body.full
        who.names.append(name)
        who.signature.append(Para(name, "signature"))
    if dice.may("signature_date", 0.4):
        month, day = rng.randint(1, 3), rng.randint(1, 28)
        who.published = f"{who.year + 1}-{month:02}-{day:02}"
        who.signature.append(Para(_date(dice, who.year + 1, month, day), "signature"))


def _date(dice: Dice, year: int, month: int, day: int) -> str:
    numerals = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
    tens, ones = divmod(day, 10)
    chinese_day = numerals[day] if day <= 10 else f"{numerals[tens] if tens > 1 else ''}十{numerals[ones]}"
    chinese = f"{str(year).translate(CHINESE_DIGITS)}年{numerals[month]}月{chinese_day}日"
    padded = f"{year}年{month:02}月{day:02}日"
    return dice.pick("date", f"{year}年{month}月{day}日", f"{year}-{month:02}-{day:02}", chinese, padded)
