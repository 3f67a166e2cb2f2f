"""Settings that cannot be used say so by name, and never show a key or an address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from extractor.errors import SettingsError
from extractor.llm.money import price_of
from extractor.settings import Settings, is_model_configured, load_settings

KEY = "sk-planted-5f0c1b7e-never-shown"
OURS = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "EXTRACTOR_MODEL", "EXTRACTOR_LANGUAGE")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of its own, without settings."""
    for name in OURS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    load_settings.cache_clear()
    yield tmp_path
    load_settings.cache_clear()


def settings(**values: Any) -> Settings:
    return Settings.model_validate({"model": "m", "OPENAI_BASE_URL": "", "OPENAI_API_KEY": "", **values})


@pytest.mark.parametrize("key", ["sk-a\nb", "sk-a b", "sk-\x00", "密钥密钥密钥", "sk-a\u200bb", "“sk-quoted”"])
def test_a_key_that_no_header_can_carry_is_named_and_not_shown(key: str) -> None:
    with pytest.raises(SettingsError, match="OPENAI_API_KEY") as error:
        is_model_configured(settings(OPENAI_API_KEY=key))
    assert key not in error.value.en + error.value.zh


ADDRESSES = [
    *("localhost:8000/v1", "ftp://host/v1", "https://", "http:///v1", "http://host:99999/v1", "http://host:x/v1"),
    *(
        "http://[::1",
        "http://ho st/v1",
        "http://host\n/v1",
        "http://host/v1?key=1",
        "http://host/v1#a",
        "v1",
        "http://h:0",
    ),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_is_none_is_named_and_not_shown(address: str) -> None:
    with pytest.raises(SettingsError, match="OPENAI_BASE_URL") as error:
        is_model_configured(settings(OPENAI_BASE_URL=address))
    assert address not in error.value.en.replace("https://host/v1", "")


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000/v1", "https://api.example.com", "http://[::1]:80/v1/"])
def test_an_address_that_is_one_will_do(address: str) -> None:
    assert is_model_configured(settings(OPENAI_BASE_URL=address, OPENAI_API_KEY=f" {KEY}\n"))


NUMBERS = ["BUDGET_PER_RUN", "BUDGET_PER_REPORT", "PRICE_INPUT", "SECONDS_PER_CALL", "SECONDS_OF_WAITING"]


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", ["-1", "nan", "inf", "-inf", "much", "1,5"])
def test_numbers_that_are_none_are_named(name: str, value: str, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"EXTRACTOR_{name}", value)
    with pytest.raises(SettingsError, match=f"EXTRACTOR_{name} is '{value}'"):
        load_settings()


FILES = {
    "a mark at its beginning": b"\xef\xbb\xbfOPENAI_API_KEY=%s\nEXTRACTOR_MODEL=m\n",
    "Windows line ends": b"OPENAI_API_KEY=%s\r\nEXTRACTOR_MODEL=m\r\n",
    "quotes and export": b'# mine\nexport OPENAI_API_KEY="%s"\nEXTRACTOR_MODEL = m\n',
    "lines that say nothing": b"=\n\nOPENAI_API_KEY=%s\nnonsense\nEXTRACTOR_MODEL=m\nEXTRACTOR_UNKNOWN=1",
}


@pytest.mark.parametrize("name", FILES)
def test_a_settings_file_is_read_as_editors_write_it(name: str, here: Path) -> None:
    (here / ".env").write_bytes(FILES[name] % KEY.encode())
    found = load_settings()
    assert (found.openai_api_key.get_secret_value(), found.model) == (KEY, "m")
    assert KEY not in repr(found)


@pytest.mark.parametrize("content", [b"\xff\xfeO\0P\0", b"OPENAI_API_KEY=\xb0\xa1\xff"])
def test_a_settings_file_that_is_no_text_is_named(content: bytes, here: Path) -> None:
    (here / ".env").write_bytes(content)
    with pytest.raises(SettingsError, match=r"\.env"):
        load_settings()


def test_a_folder_of_that_name_is_no_settings_file(here: Path) -> None:
    (here / ".env").mkdir()
    assert not is_model_configured(load_settings())


# ---- prices and budgets ------------------------------------------------------------------------------------------
WITHOUT_PRICE: list[dict[str, Any]] = [
    {"model": "nobody-knows-it", "budget_per_run": "1"},
    {"model": "gpt-4o", "budget_per_report": "1", "currency": "CNY"},
    {"price_input": "1"},
    {"price_output": "1"},
]


@pytest.mark.parametrize("values", WITHOUT_PRICE, ids=repr)
def test_a_budget_needs_a_whole_price_in_its_currency(values: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="EXTRACTOR_PRICE_INPUT"):
        price_of(str(values.get("model", "m")), settings(**values))


def test_a_price_of_one_s_own_holds_in_any_currency() -> None:
    own = settings(price_input="1", price_output="2", currency="CNY", budget_per_run="1")
    price = price_of("m", own)
    assert price is not None and price.currency == "CNY"
