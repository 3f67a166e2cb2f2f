"""Files behind direct addresses: what a page offers to save, its pictures, and the way in for uploads.

Streamlit gives them to whoever knows the address. Here they are for the people whom the pages are for: signed in, not
expired, not blocked, with a role; without sign-in for this machine alone.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from extractor.errors import ExtractorError
from extractor.review.accounts import admitted
from extractor.store import Store
from extractor.ui.opened import the_store
from extractor.ui.people import has_expired, has_provider, is_local, name_of, role_claimed

_GUARDED = ("/media/", "/_stcore/upload_file/")
_REFUSED = 403


class Gate:
    """Lets requests for files through for those who may see pages."""

    def __init__(self, app: ASGIApp, opened: Callable[[], Store] = the_store) -> None:
        self._app = app
        self._opened = opened

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http" and any(part in scope["path"] for part in _GUARDED):
            request = Request(scope)
            if not await run_in_threadpool(self._lets_in, request):
                await PlainTextResponse("sign in first", _REFUSED)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _lets_in(self, request: Request) -> bool:
        if not has_provider():
            return is_local(request.headers, request.client.host if request.client else None)
        claims = _claims(request.cookies)
        name = name_of(claims)
        if name is None or has_expired(claims, time.time()):
            return False
        try:
            admitted(self._opened(), name, role_claimed(claims))
        except ExtractorError:
            return False
        return True


def _claims(cookies: Mapping[str, str]) -> dict[str, Any]:
    """What the provider said of whoever asks, as Streamlit keeps it in a signed cookie; nothing where none holds."""
    secret = str(st.secrets["auth"].get("cookie_secret", ""))

    def signed(name: str) -> bytes | None:
        return decode_signed_value(secret, name, cookies.get(name, ""))

    try:
        plain = json.loads(get_cookie_with_chunks(signed, USER_COOKIE_NAME) or b"{}")
    except ValueError:
        return {}
    return plain if isinstance(plain, dict) and plain.get("is_logged_in") is True else {}


def guard() -> list[Middleware]:
    """What stands before the application."""
    return [Middleware(Gate)]
