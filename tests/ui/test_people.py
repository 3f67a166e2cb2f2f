"""Who may see a page: this machine alone without a provider, and with one whoever has a role."""

from __future__ import annotations

import pytest

from extractor.ui.people import is_local, role_of

HERE = ["localhost:8501", "127.0.0.1:8501", "localhost", "LOCALHOST:80", "[::1]:8501"]
ELSEWHERE = [
    "reports.example",
    "reports.example:8501",
    "localhost.evil.example",
    "localhost@evil.example",
    "evil.example#localhost",
    "127.0.0.1.nip.io:8501",
    "127.0.0.2",
    "0.0.0.0:8501",
    "192.168.1.5",
    "[::1].evil.example",
    "localhost, evil.example",
    " localhost",
    "",
]


@pytest.mark.parametrize("host", HERE)
def test_this_machine_is_let_in(host: str) -> None:
    assert is_local({"Host": host}, None)
    assert is_local({"host": host}, "127.0.0.1")


@pytest.mark.parametrize("host", ELSEWHERE)
def test_another_name_is_not(host: str) -> None:
    assert not is_local({"Host": host}, None)


@pytest.mark.parametrize(
    "name", ["X-Forwarded-For", "x-forwarded-for", "Forwarded", "Via", "X-Real-IP", "X-Forwarded-Host"]
)
def test_a_request_through_a_proxy_is_not(name: str) -> None:
    assert not is_local({"Host": "localhost", name: "127.0.0.1"}, None)


@pytest.mark.parametrize("address", ["192.168.1.5", "10.0.0.1", "2001:db8::1", "127.0.0.1, 10.0.0.1"])
def test_another_address_is_not(address: str) -> None:
    assert not is_local({"Host": "localhost"}, address)


def test_no_header_is_no_way_in() -> None:
    assert not is_local({}, None)


@pytest.mark.parametrize(
    ("claimed", "role"),
    [
        ("lead", "lead"),
        (["reviewer", "extractor-lead"], "lead"),
        (["extractor-read-only"], "read_only"),
        (["Lead"], None),
        (["admin", "root", "*"], None),
        ({"lead": True}, None),
        ([["lead"]], None),
        ([None, 1], None),
        ("", None),
        (None, None),
        (True, None),
        ("lead,reviewer", None),
    ],
)
def test_only_known_roles_count(claimed: object, role: str | None) -> None:
    assert role_of(claimed) == role
