"""Who acts, and what a role may do."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from typing import Literal

from extractor.errors import NotPermittedError

Role = Literal["reviewer", "lead", "read_only"]
Action = Literal[
    "view",
    "export",
    "import",
    "claim",
    "release",
    "correct",
    "decide",
    "review_again",
    "register",
    "adjudicate",
    "audit",
    "measure",
    "administer",
]

ROLES: tuple[Role, ...] = ("lead", "reviewer", "read_only")
"""The one with the most rights first."""

_EVERYONE: frozenset[Role] = frozenset({"reviewer", "lead", "read_only"})
_REVIEWERS: frozenset[Role] = frozenset({"reviewer", "lead"})
_LEADS: frozenset[Role] = frozenset({"lead"})

PERMITTED: dict[Action, frozenset[Role]] = {
    "view": _EVERYONE,
    "export": _EVERYONE,
    "import": _REVIEWERS,
    "claim": _REVIEWERS,
    "correct": _REVIEWERS,
    "decide": _REVIEWERS,
    "review_again": _REVIEWERS,
    "register": _REVIEWERS,
    "release": _LEADS,
    "adjudicate": _LEADS,
    "audit": _LEADS,
    "measure": _LEADS,
    "administer": _LEADS,
}
"""Who may do what; ``release`` is taking a report from somebody else."""

_WORDS: dict[Action, tuple[str, str]] = {
    "view": ("see reports", "查看报告"),
    "export": ("export", "导出"),
    "import": ("bring in reports", "导入报告"),
    "claim": ("claim reports", "领取报告"),
    "correct": ("correct", "修改"),
    "decide": ("accept, reject, park or reopen", "通过、退回、搁置或重开"),
    "review_again": ("review a second time", "二次复核"),
    "register": ("settle what names and reports belong together", "认定机关与报告的关系"),
    "release": ("take a report from somebody else", "收回他人领取的报告"),
    "adjudicate": ("decide between two reviews", "裁定两次复核的差异"),
    "audit": ("draw reports for an audit", "抽查"),
    "measure": ("see how reviewers did", "查看复核质量"),
    "administer": ("say who may do what", "管理用户与权限"),
}
_ROLES: dict[Role, str] = {"reviewer": "复核员", "lead": "负责人", "read_only": "只读用户"}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who acts, by the name that is written into the log."""

    name: str
    role: Role


def account() -> str:
    """The name of the account that a command or a server runs under."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without a user of that number
        return "local"


def person_at_the_terminal() -> Person:
    """Who calls a command: the store's files are theirs, so they may do all."""
    return Person(account(), "lead")


def permit(person: Person, action: Action) -> None:
    """Nothing, where the person's role may do it.

    Raises:
        NotPermittedError: it may not.
    """
    if person.role not in PERMITTED[action]:
        en, zh = _WORDS[action]
        role = person.role.replace("_", "-")
        raise NotPermittedError(
            f"{person.name} ({role}) may not {en}", f"{person.name}（{_ROLES.get(person.role, role)}）无权{zh}"
        )
