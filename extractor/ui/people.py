"""Who is at the page: whoever sits at this machine, or somebody signed in with OpenID Connect. Nobody else sees any."""

from __future__ import annotations

import getpass
import os
import re
from collections.abc import Mapping
from typing import Any, get_args

import streamlit as st

from extractor.review.people import Person, Role
from extractor.show.words import Wording

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_FORWARDED = (
    "forwarded",
    "via",
    "x-real-ip",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-client-ip",
    "true-client-ip",
    "cf-connecting-ip",
)
"""What a proxy adds: whoever is behind it may be anywhere."""
_ROLES_CLAIM = "roles"


def signed_in(words: Wording) -> Person:
    """Who is at the page; for anybody who is not known the page ends here, with a way to sign in where there is one."""
    if has_provider():
        return _by_provider(words)
    if not is_local(st.context.headers.to_dict(), st.context.ip_address):
        st.error(words("sign_in", "only_local"))
        st.stop()
    return Person(os.environ.get("EXTRACTOR_REVIEWER") or _local_name(), "lead")


def _local_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without a user of that number
        return "local"


def is_local(headers: Mapping[str, str], address: str | None) -> bool:
    """Whether a request comes from a browser on this machine that asked for it by a name that only it can have.

    ``headers``: names as browsers write them, or in small letters; ``address``: of the other side, None for this one.
    """
    known = {name.lower(): value for name, value in headers.items()}
    host = re.fullmatch(r"\[?([\w.:-]*?)\]?(:\d{1,5})?", known.get("host", ""))
    is_named = host is not None and host[1].lower() in _LOOPBACK
    return is_named and not any(name in known for name in _FORWARDED) and (address is None or address in _LOOPBACK)


def has_provider() -> bool:
    """Whether signing in is set up (`.streamlit/secrets.toml`)."""
    try:
        return "auth" in st.secrets
    except FileNotFoundError:
        return False


def _by_provider(words: Wording) -> Person:
    user: Any = st.user
    if not user.is_logged_in:
        st.title(words("page", "application"))
        st.button(words("sign_in", "button"), on_click=st.login, type="primary")
        st.stop()
    name = user.get("email") or user.get("preferred_username") or user.get("sub")
    role = role_of(user.get(_ROLES_CLAIM))
    if not name or role is None:
        st.error(words("sign_in", "no_role").replace("{name}", str(name or "?")))
        st.button(words("sign_in", "out"), on_click=st.logout)
        st.stop()
    return Person(str(name), role)


def role_of(claimed: object) -> Role | None:
    """The role that a provider's claim gives: the one with the most rights, ``extractor-`` before it or not.

    >>> role_of(["staff", "extractor-reviewer"]), role_of("lead"), role_of(["admin"]), role_of(None)
    ('reviewer', 'lead', None, None)
    """
    names = [claimed] if isinstance(claimed, str) else claimed if isinstance(claimed, list) else []
    bare = {str(name).removeprefix("extractor-").replace("-", "_") for name in names}
    ordered: list[Role] = ["lead", "reviewer", "read_only"]
    return next((role for role in ordered if role in bare and role in get_args(Role)), None)
