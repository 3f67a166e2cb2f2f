"""Who may come in, as what: the provider's claim gives the first role, what a lead said here goes before it.

In this order: who is blocked here stays out, whatever the provider says; a role given here counts; else the role that
the provider claims; without any nobody comes in. Every word of a lead is kept, with who said it, when and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast, get_args

from sqlalchemy import Connection

from extractor.errors import NotPermittedError
from extractor.review.people import Person, Role, permit
from extractor.review.saving import wrong_state
from extractor.store import Store
from extractor.store.accounts import (
    Account,
    Ruling,
    accounts,
    add_ruling,
    hold_rulings,
    key_of_name,
    note_visit,
    ruling_of,
    rulings,
    rulings_in_force,
)

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who signed in, or of whom a lead said something. ``role``: in force now, None where they stay out."""

    name: str
    role: Role | None
    claimed: Role | None
    ruling: Ruling | None
    last_at: int | None

    @property
    def is_blocked(self) -> bool:
        """Whether a lead keeps them out."""
        return self.ruling is not None and self.ruling.blocked


def admitted(store: Store, name: str, claimed: Role | None) -> Person:
    """Who signed in, with the role in force.

    Raises:
        NotPermittedError: they are blocked, or have no role.
    """
    with store.reading() as connection:
        said = ruling_of(connection, key_of_name(name))
    role = _in_force(said, claimed)
    if said is not None and said.blocked:
        raise NotPermittedError(f"{name} is blocked here; ask a lead", f"{name} 已被停用，请联系负责人")
    if role is None:
        raise NotPermittedError(
            f"{name} has no role here; ask a lead for one", f"{name} 没有复核系统的角色，请联系负责人"
        )
    return Person(name, role)


def note_sign_in(store: Store, name: str, claimed: Role | None) -> None:
    """Keep that somebody signed in, so that a lead sees whom there is to rule on."""
    with store.writing() as connection:
        note_visit(connection, name[:_LONGEST], claimed, store.clock())


def everybody(store: Store, lead: Person) -> list[Known]:
    """Who signed in, and of whom a lead said something, by name."""
    permit(lead, "administer")
    with store.reading() as connection:
        return list(_known(connection).values())


def history_of_rights(store: Store, lead: Person, *, limit: int = 200) -> list[Ruling]:
    """What leads said of people's rights, the newest first."""
    permit(lead, "administer")
    with store.reading() as connection:
        return rulings(connection, limit=limit)


def rule(store: Store, lead: Person, name: str, role: Role | None, *, blocked: bool = False, why: str = "") -> None:
    """Say what somebody may do from now on: give a role, leave it to the provider again (None), or keep them out.

    Raises:
        NotPermittedError: who says it is no lead any more.
        StateError: there is no such name, nothing would change, or nobody would be left to lead.
    """
    permit(lead, "administer")
    name, key = name.strip(), key_of_name(name)
    if not key or len(name) > _LONGEST or not name.isprintable():
        raise wrong_state("name somebody, in at most 200 characters", "请写明用户名，不超过 200 个字符")
    with store.writing() as connection:
        hold_rulings(connection)
        known = _known(connection)
        _still_leads(known, lead)
        old = known[key].ruling if key in known else None
        if (old.role, old.blocked) == (role, blocked) if old else (role, blocked) == (None, False):
            raise wrong_state(f"nothing would change for {name}", f"{name} 的权限没有变化")
        _keep_a_lead(known, lead, key, role, blocked)
        add_ruling(connection, Ruling(key, name, role, blocked, store.clock(), lead.name, why.strip()[:500]))


def _known(connection: Connection) -> dict[str, Known]:
    came, said = {one.key: one for one in accounts(connection)}, rulings_in_force(connection)
    return {key: _one(came.get(key), said.get(key)) for key in sorted({*came, *said})}


def _one(came: Account | None, said: Ruling | None) -> Known:
    claimed = _role(came.claimed) if came else None
    name = came.name if came else said.name if said else ""
    return Known(name, _in_force(said, claimed), claimed, said, came.last_at if came else None)


def _in_force(said: Ruling | None, claimed: Role | None) -> Role | None:
    if said is None:
        return claimed
    return None if said.blocked else _role(said.role) or claimed


def _role(kept: str | None) -> Role | None:
    return cast("Role", kept) if kept in get_args(Role) else None


def _still_leads(known: dict[str, Known], lead: Person) -> None:
    """Their page may be older than what another lead has said of them."""
    said = known.get(key_of_name(lead.name))
    if said is not None and said.ruling is not None and (said.is_blocked or said.ruling.role not in (None, "lead")):
        permit(Person(lead.name, said.role or "read_only"), "administer")


def _keep_a_lead(known: dict[str, Known], lead: Person, key: str, role: Role | None, blocked: bool) -> None:
    """Whoever rules on somebody else stays a lead; who rules on themselves needs another one."""
    own = known.get(key)
    stays = not blocked and (role or (own.claimed if own else None)) == "lead"
    others = [one for other, one in known.items() if other != key and one.role == "lead"]
    if key == key_of_name(lead.name) and not stays and not others:
        raise wrong_state(
            "you are the last lead: give somebody else that role first", "您是最后一位负责人：请先指定另一位负责人"
        )
