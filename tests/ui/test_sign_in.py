"""Who is let in: without a provider this machine alone, with one whoever it gives a role; each page says so."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest

from tests.stores import arrival
from tests.ui.serving import CHROMIUM, WITHOUT, Serving, serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAGES = ("", "report", "report?report=1", "upload", "reviews", "gold", "about")
CONTENT = '.desk, [data-testid="stDataFrame"], [data-testid="stFileUploader"], [data-testid="stTable"]'

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=WITHOUT)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("local"), arrival()) as started:
        yield started


@contextmanager
def proxy(port: int, old: bytes, new: bytes) -> Iterator[int]:
    """A way to a server that changes the head of each connection's first request; its port."""
    door = socket.create_server(("127.0.0.1", 0))

    def pass_on(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        target.close()

    def serve() -> None:
        with suppress(OSError):
            while True:
                near, _ = door.accept()
                far = socket.create_connection(("127.0.0.1", port))
                far.sendall(near.recv(65536).replace(old, new, 1))
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=pass_on, args=pair, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield door.getsockname()[1]
    door.close()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\r\n", b"\r\nX-Forwarded-For: 203.0.113.9\r\n"),  # a proxy stands before it
        (b"\r\nHost: localhost:", b"\r\nHost: reports.example:"),  # a name elsewhere was turned to this machine
    ],
    ids=["forwarded", "other host"],
)
def test_a_request_from_elsewhere_sees_no_page(server: Serving, page: Page, old: bytes, new: bytes) -> None:
    with proxy(server.port, old, new) as port:
        for name in PAGES:
            page.goto(f"http://localhost:{port}/{name}")
            page.get_by_text("本页只供本机使用").wait_for()
            assert page.locator(CONTENT).count() == 0


def test_the_server_listens_on_this_machine_alone(server: Serving) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as other:
        assert other.connect_ex(("127.0.0.2", server.port)) != 0  # nothing listens on every address


@pytest.fixture(scope="module")
def signing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Serving, Any]]:
    pytest.importorskip("authlib", reason="signing in needs Authlib: pip install 'streamlit[auth]'")
    from tests.ui.provider import CLIENT, provider  # noqa: PLC0415 (needs what Authlib brings)

    with provider() as known:
        made = Serving(tmp_path_factory.mktemp("signing"))
        secrets = made.folder / "secrets.toml"
        values = {
            "redirect_uri": f"{made.url}/oauth2callback",
            "cookie_secret": "0123456789abcdef" * 4,
            "client_id": CLIENT,
            "client_secret": "not secret",
            "server_metadata_url": f"{known.url}/.well-known/openid-configuration",
        }
        secrets.write_text("[auth]\n" + "".join(f'{name} = "{value}"\n' for name, value in values.items()), "utf-8")
        made.options = ["--secrets.files", str(secrets)]
        made.keep(arrival())
        made.start()
        yield made, known
        made.kill()


def test_nobody_sees_a_page_before_signing_in(signing: tuple[Serving, Any], page: Page) -> None:
    for name in PAGES:
        page.goto(f"{signing[0].url}/{name}")
        page.get_by_role("button", name="登录").wait_for()
        assert page.locator(CONTENT).count() == 0


@pytest.mark.parametrize(
    ("claims", "seen"),
    [
        ({"email": "lin@example.org", "roles": ["extractor-lead"]}, "领取下一份"),
        ({"email": "eve@example.org", "roles": ["extractor-read-only"]}, None),
        ({"email": "mallory@example.org", "roles": ["admin"]}, "没有复核系统的角色"),
        ({"email": "mallory@example.org"}, "没有复核系统的角色"),
    ],
)
def test_the_claims_say_what_a_person_may_do(
    signing: tuple[Serving, Any], page: Page, claims: dict[str, Any], seen: str | None
) -> None:
    server, known = signing
    known.claims = claims
    page.goto(server.url)
    page.get_by_role("button", name="登录").click()
    if seen is not None:
        page.get_by_text(seen).first.wait_for()
        return
    page.get_by_label("状态").wait_for()
    assert page.get_by_text("领取下一份").count() == 0
    page.goto(f"{server.url}/upload")
    page.get_by_text("无权导入报告").wait_for()
    page.goto(f"{server.url}/reviews")
    page.get_by_text("无权二次复核").wait_for()
