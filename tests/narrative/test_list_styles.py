"""Lists of part five under every heading, lead-in, ordinal and bullet that offices set them in."""

from __future__ import annotations

import pytest

from tests.narrative.part_five import A, B, X, Y, codes, issues, measures, part_five

# ---- what leads over to measures ---------------------------------------------------------------------------------
LEADS = [
    "2024年，重点做好以下三方面工作。",
    "2024年重点抓好以下工作：",
    "2024年度工作重点：",
    "新的一年里，重点做好三个方面工作。",
    "2024年，继续加大工作力度，做好以下工作：",
    "2024年主要做好以下几项工作。",
    "在2024年，着力从以下方面改进。",
    "明年，我镇重点做好以下几点。",
    "2024年，镇政府要做到以下几点：",
    "2024年工作思路：",
    "下年度，着重抓好三项工作。",
    "2024年，一如既往做好公开工作。",
    "2024年度重点工作如下：",
    "我局高度重视，在2024年工作中重点抓好：",
    "整改措施如下。",
    "改进工作的主要做法：",
    "解决上述问题的主要措施：",
    "对此，重点抓好以下三点。",
]


@pytest.mark.parametrize("lead", LEADS)
@pytest.mark.parametrize("start", [f"一是{A}；\n二是{B}。\n", f"存在以下问题：一是{A}；二是{B}。"])
def test_a_lead_in_is_no_part_of_the_last_problem(start: str, lead: str) -> None:
    draft = part_five(f"{start}{lead}\n一是{X}；\n二是{Y}。")
    assert (issues(draft), measures(draft), codes(draft)) == ([A, B], [X, Y], [])


def test_what_a_later_year_will_bring_is_a_measure_and_what_this_year_brought_is_none() -> None:
    draft = part_five(f"一是{A}。\n2024年，重点增设公开专栏。")
    assert (issues(draft), measures(draft)) == ([A], ["重点增设公开专栏"])
    draft = part_five(f"存在问题\n一是{A}。2023年，重点抓了网站，栏目却没有变多。\n二是{B}。\n改进措施\n{X}。")
    assert measures(draft) == [X]


# ---- headings ----------------------------------------------------------------------------------------------------
HEADINGS = [
    ("（一）需要改进的问题", "（二）下步工作举措"),
    ("（一）有待改进的不足", "（二）改进的举措"),
    ("（一）亟待解决的问题", "（二）解决问题的办法"),
    ("（一）需要整改的短板", "（二）短板整改情况"),
    ("（一）今后需要改进的主要问题", "（二）今后改进的主要措施"),
    ("（一）需要改进的方面", "（二）问题改进情况"),
    ("（一）有待加强和改进的地方", "（二）下一步打算"),
    ("（一）取得的成效与存在的问题", "（二）今后努力方向"),
    ("（一）工作成效及存在问题", "（二）下一年工作计划"),
    ("1.主要成绩与不足", "2.工作打算"),
    ("一、工作亮点及存在不足", "二、下一步打算"),
    ("（一）面临的困难和问题", "（二）应对举措"),
    ("（一）公开工作存在的薄弱之处", "（二）补齐短板的措施"),
    ("（一）问题", "（二）改进"),
    ("（一）其他不足", "（二）其他改进措施"),
    ("（一）存在的突出问题", "（二）改进提升措施"),
    ("（一）查摆出的问题", "（二）整改落实情况"),
    ("（一）我中心信息公开存在的问题", "（二）我中心的改进措施"),
    ("（一）全区政务公开工作存在的问题", "（二）2024年全区政务公开工作打算"),
    ("主要存在问题如下表", "改进途径"),
]


@pytest.mark.parametrize(("problem", "plan"), HEADINGS)
@pytest.mark.parametrize("behind", ["\n1.{}。\n2.{}。\n", "：一是{}；二是{}。\n"], ids=["lines", "one line"])
def test_headings(problem: str, plan: str, behind: str) -> None:
    draft = part_five(problem + behind.format(A, B) + plan + behind.format(X, Y))
    assert (issues(draft), measures(draft), codes(draft)) == ([A, B], [X, Y], [])


MARKS = [
    "【】",
    "〖〗",
    "〔〕",
    "「」",
    "『』",
    "“”",
    "《》",
    "<>",
    "[]",
    "（）",
    "☆",
    "★",
    "◆",
    "▲",
    "●",
    "※",
    "■",
    "➤",
    "▶",
    "→",
    "§",
]
DOUBLED = ["——", "==", "~~", "**"]


@pytest.mark.parametrize(("opening", "closing"), [*((m[0], m[1:]) for m in MARKS), *((m, m) for m in DOUBLED)])
@pytest.mark.parametrize("behind", ["\n1.{}。\n2.{}。\n", "一是{}；二是{}。\n"], ids=["lines", "one line"])
def test_headings_set_in_marks(opening: str, closing: str, behind: str) -> None:
    problem, plan = f"{opening}存在问题{closing}", f"{opening}改进措施{closing}"
    draft = part_five(problem + behind.format(A, B) + plan + behind.format(X, Y))
    assert (issues(draft), measures(draft), codes(draft)) == ([A, B], [X, Y], [])


@pytest.mark.parametrize(
    "item",
    [
        "政务公开工作有待改进",
        "公开工作需要进一步改进和提升",
        "问题解决不及时",
        "公开工作尚需加强和改进",
        "问题整改落实不到位",
        "重点工作信息公开不到位",
        "经验总结不够",
        "改进工作的方法不多",
        "表现形式单一",
    ],
)
def test_an_item_in_words_of_headings_is_none(item: str) -> None:
    draft = part_five(f"存在的问题\n（一）{item}。\n（二）{A}。\n改进措施\n（一）{X}。\n（二）{Y}。")
    assert (issues(draft), measures(draft), codes(draft)) == ([item, A], [X, Y], [])


# ---- ordinals and bullets ----------------------------------------------------------------------------------------
BULLETS = [
    "——",
    "—",
    "–",
    "- ",
    "-",
    "•",
    "·",
    "●",
    "◆ ",
    "※",
    "* ",
    "+ ",
    "→",
    "➤",
    "√",
    "☆",
    "★",
    "■ ",
    "▶",
    "□",
    "♦",
]
FONT_MARKS = ["\uf06c", "\uf0d8 ", "l ", "Ø "]


@pytest.mark.parametrize("mark", BULLETS + FONT_MARKS)
@pytest.mark.parametrize("stop", ["。", "；"])
def test_bullets_on_lines(mark: str, stop: str) -> None:
    draft = part_five(f"存在问题：\n{mark}{A}{stop}\n{mark}{B}。\n改进措施：\n{mark}{X}{stop}\n{mark}{Y}。")
    assert (issues(draft), measures(draft), codes(draft)) == ([A, B], [X, Y], [])


@pytest.mark.parametrize("mark", [mark for mark in BULLETS if mark not in ("* ", "+ ")])
def test_bullets_inside_a_line(mark: str) -> None:
    draft = part_five(f"主要存在以下问题：{mark}{A}；{mark}{B}。\n改进措施：{mark}{X}；{mark}{Y}。")
    assert (issues(draft), measures(draft), codes(draft)) == ([A, B], [X, Y], [])


def test_a_dash_inside_a_sentence_is_no_bullet() -> None:
    problem = "公开的主要载体——门户网站更新慢"
    assert issues(part_five(f"存在问题：一是{problem}；二是{A}。")) == [problem, A]


ORDINALS = [
    ("第一点，", "第二点，"),
    ("第一点是", "第二点是"),
    ("第一、", "第二、"),
    ("第一 ", "第二 "),
    ("第一个问题是", "第二个问题是"),
    ("第一项，", "第二项，"),
    ("第一方面，", "第二方面，"),
    ("第一个方面：", "第二个方面："),
    ("首先", "其次"),
    ("其一：", "其二："),
    ("其一是", "其二是"),
    ("一者，", "二者，"),
    ("一．", "二．"),
    ("一）", "二）"),
    ("一：", "二："),
    ("（一）、", "（二）、"),
    ("①、", "②、"),
    ("1：", "2："),
    ("1 ", "2 "),
    ("A.", "B."),
    ("a、", "b、"),
    ("（a）", "（b）"),
    ("Ⅰ、", "Ⅱ、"),
    ("⑴", "⑵"),
    ("⒈", "⒉"),
    ("甲、", "乙、"),
    ("壹、", "贰、"),
    ("一是在于", "二是在于"),
    ("一点是", "二点是"),
    ("一个是", "另一个是"),
]


@pytest.mark.parametrize(("one", "two"), ORDINALS)
def test_ordinals_on_lines(one: str, two: str) -> None:
    plans = [mark.replace("问题", "措施") for mark in (one, two)]
    draft = part_five(f"存在问题：\n{one}{A}。\n{two}{B}。\n改进措施：\n{plans[0]}{X}。\n{plans[1]}{Y}。")
    assert (issues(draft), measures(draft), codes(draft)) == ([A, B], [X, Y], [])


@pytest.mark.parametrize(("one", "two"), ORDINALS)
def test_ordinals_inside_a_line(one: str, two: str) -> None:
    plans = [mark.replace("问题", "措施") for mark in (one, two)]
    draft = part_five(f"存在的主要问题有两点。{one}{A}；{two}{B}。改进措施有两点。{plans[0]}{X}；{plans[1]}{Y}。")
    assert (issues(draft), measures(draft), codes(draft)) == ([A, B], [X, Y], [])


def test_quotation_marks_of_a_mail_are_no_part_of_an_item() -> None:
    lines = ["存在问题", f"1.{A}。", f"2.{B}。", "改进措施", f"{X}。", f"{Y}。"]
    for mark in ("> ", ">", "> > ", ">>"):
        draft = part_five("\n".join(mark + line for line in lines))
        assert (issues(draft), measures(draft), codes(draft)) == ([A, B], [X, Y], [])
