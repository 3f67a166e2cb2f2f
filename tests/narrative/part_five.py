"""Part five on its own: three invented problems, three measures, and what is read from a text that holds them."""

from __future__ import annotations

from extractor.draft import Draft
from extractor.narrative import read_items
from tests.factories import draft_of

A, B, C = "公开目录更新不够及时", "政策解读形式较为单一", "专职人员力量薄弱"
X, Y, Z = "健全目录动态调整机制", "推出图文和视频解读", "增设专职岗位并定期轮训"


def part_five(body: str) -> Draft:
    """A draft whose part five is ``body``, its items read."""
    draft = draft_of(f"五、存在的主要问题及改进情况\n{body}\n六、其他需要报告的事项\n无")
    read_items(draft)
    return draft


def issues(draft: Draft) -> list[str]:
    """What was read as problems."""
    return [issue.text for issue in draft.narrative.issues]


def measures(draft: Draft) -> list[str]:
    """What was read as measures."""
    return [measure.text for measure in draft.narrative.improvements]


def answers(draft: Draft) -> list[list[str]]:
    """Which issues each measure answers."""
    return [measure.answers for measure in draft.narrative.improvements]


def codes(draft: Draft) -> list[str]:
    """The codes of what was found."""
    return [finding.code for finding in draft.findings]
