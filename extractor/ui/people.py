"""Who is at the page: whoever sits at this machine, or somebody signed in with OpenID Connect. Nobody else sees any."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from extractor.errors import NotPermittedError
from extractor.review.accounts import admitted, note_sign_in
from extractor.review.people import ROLES, Person, Role, account
from extractor.show.words import Wording
from extractor.store import Store
from extractor.text import printable
from extractor.ui.marks import bare

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
_NOTED = "sign_in_noted"
_LONGEST = 200


def signed_in(words: Wording, opened: Callable[[], Store]) -> Person:
    """Who is at the page; for anybody who is not known the page ends here, with a way to sign in where there is one.

    ``opened`` opens the store; that is done only for somebody who has said who they are.
    """
    if has_provider():
        return _by_provider(words, opened)
    if not is_local(st.context.headers.to_dict(), st.context.ip_address):
        st.error(words("sign_in", "only_local"))
        st.stop()
    return _let_in(words, opened(), os.environ.get("EXTRACTOR_REVIEWER") or account(), "lead")


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


def _by_provider(words: Wording, opened: Callable[[], Store]) -> Person:
    user: Any = st.user
    if not user.is_logged_in:
        _ask_to_sign_in(words)
    claims = user.to_dict()
    if has_expired(claims, time.time()):
        st.warning(words("sign_in", "expired"))
        _ask_to_sign_in(words)
    name, claimed = name_of(claims), role_claimed(claims)
    if name is None:
        st.error(words("sign_in", "no_name"))
        st.button(words("sign_in", "out"), on_click=st.logout)
        st.stop()
    store = opened()
    if st.session_state.get(_NOTED) != (name, claimed):
        note_sign_in(store, name, claimed)
        st.session_state[_NOTED] = (name, claimed)
    return _let_in(words, store, name, claimed)


def _ask_to_sign_in(words: Wording) -> None:
    st.title(words("page", "application"))
    st.button(words("sign_in", "button"), on_click=st.login, type="primary")
    st.stop()


def _let_in(words: Wording, store: Store, name: str, claimed: Role | None) -> Person:
    try:
        return admitted(store, name, claimed)
    except NotPermittedError as error:
        st.error(bare(error.zh if words.language == "zh" else error.en))
        if has_provider():
            st.button(words("sign_in", "out"), on_click=st.logout)
        st.stop()


def has_expired(claims: Mapping[str, Any], now: float) -> bool:
    """Whether the provider's word is over (``exp``, seconds since 1970); one without an end is no word.

    The browser keeps Streamlit's cookie for thirty days, however short the provider's word is.

    >>> has_expired({"exp": 100}, 99.0), has_expired({"exp": 100}, 100.0), has_expired({}, 0.0)
    (False, True, True)
    """
    end = claims.get("exp")
    return isinstance(end, bool) or not isinstance(end, int | float) or not now < end


def name_of(claims: Mapping[str, Any]) -> str | None:
    """The name that goes into the history: an address, else the user's name, else the provider's number.

    An address that the provider calls unverified may be anybody's: then the number alone counts.

    >>> name_of({"email": "lin@example.org", "sub": "7"})
    'lin@example.org'
    >>> name_of({"email": "lin@example.org", "email_verified": False, "preferred_username": "lin", "sub": "7"})
    '7'
    """
    is_sure = claims.get("email_verified", True) in (True, "true")
    keys = ("email", "preferred_username", "sub") if is_sure else ("sub",)
    names = (printable(name).strip()[:_LONGEST] for key in keys if isinstance(name := claims.get(key), str))
    return next((name for name in names if name), None)


def role_claimed(claims: Mapping[str, Any]) -> Role | None:
    """The role that a provider's claims give."""
    return role_of(claims.get(_ROLES_CLAIM))


def role_of(claimed: object) -> Role | None:
    """The role that a provider's claim gives: the one with the most rights, ``extractor-`` before it or not.

    >>> role_of(["staff", "extractor-reviewer"]), role_of("lead"), role_of(["admin"]), role_of(None)
    ('reviewer', 'lead', None, None)
    """
    names = [claimed] if isinstance(claimed, str) else claimed if isinstance(claimed, list) else []
    bare_names = {str(name).removeprefix("extractor-").replace("-", "_") for name in names}
    return next((role for role in ROLES if role in bare_names), None)
