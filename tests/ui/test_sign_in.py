"""Who is let in: without a provider this machine alone, with one whoever it gives a role; each page says so."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from extractor.errors import NotPermittedError
from extractor.export import FORMATS, export_to
from extractor.review.accounts import everybody, rule
from extractor.review.people import Person, Role
from extractor.store.queue import Filter
from extractor.ui.pages import _PAGES
from tests.stores import LEAD, arrival
from tests.ui.at_the_desk import PATIENCE
from tests.ui.provider import CLIENT, provider
from tests.ui.serving import CHROMIUM, WITHOUT, Serving, serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAGES = ("", "report?report=1", *_PAGES)
"""Every page there is: one that is added is looked at too."""
CONTENT = ", ".join(
    [".desk", *(f'[data-testid="{name}"]' for name in ("stDataFrame", "stFileUploader", "stTable", "stMetric"))]
    + [f'[data-testid="{name}"]' for name in ("stTabs", "stForm", "stVegaLiteChart", "stDownloadButton", "stExpander")]
)
EVERYBODY, REVIEWERS, LEADS = {"lead", "reviewer", "read-only"}, {"lead", "reviewer"}, {"lead"}
WHO_SEES = {
    "queue": EVERYBODY,
    "report": EVERYBODY,
    "upload": REVIEWERS,
    "across": EVERYBODY,
    "register": EVERYBODY,
    "reviews": REVIEWERS,
    "gold": EVERYBODY,
    "quality": LEADS,
    "administration": LEADS,
    "about": EVERYBODY,
}
FILES = ("/media/0123456789abcdef.csv", "/_stcore/upload_file/session/file")

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


def sign_in(signing: tuple[Serving, Any], page: Page, **claims: object) -> Serving:
    """Go in by the provider's word; no role unless one is told."""
    server, known = signing
    known.claims = claims
    page.set_default_timeout(PATIENCE)
    page.goto(server.url)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(f"{server.url}/**")
    return server


def told(page: Page, address: str, words: str) -> None:
    """A page says why it shows nothing, and shows nothing."""
    page.goto(address)
    page.get_by_text(words).first.wait_for()
    assert page.locator(CONTENT).count() == 0, address


def is_refused(page: Page, server: Serving) -> bool:
    """Whether nothing that a page offers to save is given, and no file is taken, by its address."""
    answers = (page.request.get(server.url + FILES[0]), page.request.put(server.url + FILES[1], data=b"x"))
    return [(one.status, one.text()) for one in answers] == [(403, "sign in first")] * 2


def test_nobody_sees_a_page_before_signing_in(signing: tuple[Serving, Any], page: Page) -> None:
    for name in PAGES:
        page.goto(f"{signing[0].url}/{name}")
        page.get_by_role("button", name="登录").wait_for()
        assert page.locator(CONTENT).count() == 0, name
    assert is_refused(page, signing[0])


def test_a_sign_in_that_is_over_shows_no_page(signing: tuple[Serving, Any], page: Page) -> None:
    """Streamlit's cookie is kept for thirty days; the provider's word ends in some seconds."""
    end = int(time.time()) + 8
    server = sign_in(signing, page, email="wu@example.org", roles=["lead"], exp=end)
    page.get_by_text("wu@example.org").or_(page.get_by_text("登录已过期")).first.wait_for()
    time.sleep(max(0, end - time.time()))
    for name in PAGES:
        told(page, f"{server.url}/{name}", "登录已过期")
    assert is_refused(page, server)


def test_a_page_left_open_is_refused_at_the_next_step(signing: tuple[Serving, Any], page: Page) -> None:
    for seconds in (10, 60):  # a busy machine takes longer than ten to show the page
        page.context.clear_cookies()
        end = int(time.time()) + seconds
        sign_in(signing, page, email="wu@example.org", roles=["lead"], exp=end)
        page.get_by_text("领取下一份").or_(page.get_by_text("登录已过期")).first.wait_for()
        if page.get_by_text("领取下一份").count():
            break
    time.sleep(max(0, end - time.time()))
    page.get_by_text("领取下一份").first.click()
    page.get_by_text("登录已过期").wait_for()
    assert page.locator(CONTENT).count() == 0


@pytest.mark.parametrize("roles", [["admin"], None])
def test_who_has_no_role_sees_no_page(signing: tuple[Serving, Any], page: Page, roles: object) -> None:
    server = sign_in(signing, page, email="mallory@example.org", **({"roles": roles} if roles else {}))
    page.get_by_text("没有复核系统的角色").wait_for()
    for name in PAGES if roles else PAGES[:2]:
        told(page, f"{server.url}/{name}", "没有复核系统的角色")
    assert is_refused(page, server)


def test_every_page_is_known_here() -> None:
    assert _PAGES.keys() <= WHO_SEES.keys()


@pytest.mark.parametrize("role", ["reviewer", "read-only"])
def test_a_page_refuses_the_wrong_role(signing: tuple[Serving, Any], page: Page, role: str) -> None:
    server = sign_in(signing, page, email=f"{role}@example.org", roles=[f"extractor-{role}"])
    page.get_by_label("状态").wait_for()
    for name in _PAGES:
        if role not in WHO_SEES[name]:
            told(page, f"{server.url}/{name}", "无权")
    assert page.get_by_text("领取下一份").count() == 0


def test_a_lead_sees_every_page(signing: tuple[Serving, Any], page: Page) -> None:
    server = sign_in(signing, page, email="lin@example.org", roles=["extractor-lead"])
    page.get_by_text("领取下一份").first.wait_for()
    assert page.request.get(server.url + FILES[0]).status == 404  # let through; there is no such file
    for name in _PAGES:
        page.goto(f"{server.url}/{name}")
        page.get_by_text("lin@example.org").first.wait_for()
        page.wait_for_selector('[data-testid="stMain"] [data-testid="stElementContainer"]')
        assert page.get_by_text("无权").count() == 0, name
        assert page.locator('[data-testid="stException"]').count() == 0, name


def test_what_a_lead_said_goes_before_the_provider(signing: tuple[Serving, Any], page: Page) -> None:
    server = signing[0]
    with server.reading() as store:
        rule(store, LEAD, "zhao@example.org", "reviewer")
        rule(store, LEAD, "Qian@Example.org", None, blocked=True)
    sign_in(signing, page, email="zhao@example.org")
    page.get_by_text("领取下一份").first.wait_for()
    with server.reading() as store:
        rule(store, LEAD, "zhao@example.org", None, blocked=True)
    page.get_by_text("领取下一份").first.click()  # on the page that is open
    page.get_by_text("已被停用").wait_for()
    assert is_refused(page, server)
    page.context.clear_cookies()
    sign_in(signing, page, email="qian@example.org", roles=["lead"])
    page.get_by_text("已被停用").wait_for()
    with server.reading() as store:
        known = {one.name: (one.claimed, one.role) for one in everybody(store, LEAD)}
    assert known["qian@example.org"] == ("lead", None)


def test_files_behind_addresses_are_for_this_machine(server: Serving, page: Page) -> None:
    answers = [page.request.get(server.url + FILES[0], headers=headers).status for headers in ({}, {"Via": "1.1 x"})]
    assert answers == [404, 403]


@pytest.mark.parametrize("kind", FORMATS)
def test_an_export_refuses_who_has_no_role(tmp_path: Path, kind: str) -> None:
    made = Serving(tmp_path)
    made.keep(arrival())
    stranger = Person("Mallory", cast("Role", "admin"))
    with made.reading() as store, pytest.raises(NotPermittedError):
        export_to(store, stranger, Filter(), kind, tmp_path / "out")
    assert not (tmp_path / "out").exists()
