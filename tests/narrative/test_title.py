"""Titles over several lines, and names of bodies that a line break cut."""

from __future__ import annotations

import pytest

from extractor.draft import Draft
from extractor.narrative import read_identity
from tests.factories import draft_of

NAME = "政府信息公开工作年度报告"
BUREAU = "青石县农业农村局"


def titled(top: str, preamble: str = "根据条例编制本报告。") -> Draft:
    """A report with these lines above its preamble, its identity read."""
    draft = draft_of(f"{top}\n{preamble}\n一、总体情况\n全年有序。\n六、其他需要报告的事项\n无")
    read_identity(draft)
    return draft


LINES = [
    (f"{BUREAU}\n2023年\n{NAME}", BUREAU),
    (f"2023年\n{BUREAU}\n{NAME}", BUREAU),
    (f"{BUREAU}\n2023年度\n政府信息公开工作\n年度报告", BUREAU),
    (f"（2023年）\n{BUREAU}{NAME}", BUREAU),
    (f"青石县\n农业农村局\n2023年{NAME}", BUREAU),
    (f"青石县农业\n农村局\n2023年\n{NAME}", BUREAU),
    (f"青石县自然资源和\n规划局\n2023年{NAME}", "青石县自然资源和规划局"),
    (f"青石县自然资源\n和规划局2023年\n{NAME}", "青石县自然资源和规划局"),
    (f"青石县工业和信息\n化局2023年{NAME}", "青石县工业和信息化局"),
    (f"青石县柳溪\n镇人民政府\n2023年{NAME}", "青石县柳溪镇人民政府"),
    (f"青石县\n柳溪镇人民政府\n2023年{NAME}", "青石县柳溪镇人民政府"),
    (f"江州市青石县\n住房和城乡建设局2023年{NAME}", "江州市青石县住房和城乡建设局"),
    (f"青石县柳溪街道\n办事处2023年{NAME}", "青石县柳溪街道办事处"),
]


@pytest.mark.parametrize(("top", "body"), LINES)
def test_a_title_over_several_lines(top: str, body: str) -> None:
    draft = titled(top)
    assert (draft.organisation, draft.year) == (body, 2023)
    assert "organisation_uncertain" not in [finding.code for finding in draft.findings]
    source = draft.evidence["/title"].source
    assert draft.document.text[source.start : source.end] == draft.evidence["/title"].raw


ABOVE = [
    "青石县人民政府",
    "青石县人民政府门户网站",
    "青石县政务公开平台",
    "首页",
    "政府信息公开年报",
    "青石县水务局",
    "发布机构 青石县融媒体中心",
    "青石县教育信息公开专栏",
]


@pytest.mark.parametrize("above", ABOVE)
def test_a_line_of_the_page_above_the_title_is_no_part_of_it(above: str) -> None:
    draft = titled(f"{above}\n青石县柳溪镇人民政府2023年{NAME}")
    assert (draft.title, draft.organisation) == (f"青石县柳溪镇人民政府2023年{NAME}", "青石县柳溪镇人民政府")


CONTACTS = [
    "欢迎与{}联系",
    "欢迎来电与{}联系",
    "如有疑问，敬请与{}联系",
    "可直接向{}咨询",
    "如有问题请及时与{}联系",
    "可以与{}联系",
]


@pytest.mark.parametrize("contact", CONTACTS)
def test_the_contact_names_the_body(contact: str) -> None:
    draft = titled(f"2023年{NAME}", f"根据条例编制本报告。{contact.format(BUREAU)}（电话：0999-5550188）。")
    assert draft.organisation == BUREAU
