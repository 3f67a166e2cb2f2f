"""Settings, from the environment (``EXTRACTOR_…``) or a ``.env`` file; nothing happens at import."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from extractor.errors import SettingsError

MEGABYTE = 1024 * 1024


class Settings(BaseSettings):
    """Limits and choices; sizes in bytes, times in seconds."""

    model_config = SettingsConfigDict(
        env_prefix="EXTRACTOR_",
        env_file=".env",
        env_file_encoding="utf-8-sig",  # some editors begin a file with a mark
        env_ignore_empty=True,
        extra="ignore",
        allow_inf_nan=False,
    )

    language: Literal["zh", "en"] = Field(default="zh", description="language of messages on the screen")
    max_file_bytes: int = Field(default=40 * MEGABYTE, gt=0, description="largest file that is opened")
    max_text_characters: int = Field(default=5_000_000, gt=0, description="longest decoded text")
    max_html_depth: int = Field(default=2_000, gt=0, description="deepest nesting of HTML elements that is read")
    max_unpacked_bytes: int = Field(default=200 * MEGABYTE, gt=0, description="largest unpacked size of a .docx")
    max_unpack_ratio: int = Field(
        default=200, gt=0, description="unpacked size over packed size, for members over 1 MB"
    )
    max_pdf_pages: int = Field(default=500, gt=0, description="most pages of a PDF")
    max_archive_entries: int = Field(default=5_000, gt=0, description="most members of a .docx or archive")
    max_archive_bytes: int = Field(
        default=2_000 * MEGABYTE, gt=0, description="largest archive, and most that one with all in it unpacks to"
    )
    max_archive_depth: int = Field(default=4, gt=0, le=50, description="how deep archives in archives are opened")
    seconds_per_archive: float = Field(default=300.0, gt=0, description="time limit for unpacking one archive")
    max_table_cells: int = Field(default=200_000, gt=0, description="most cells of one table once spans are laid out")
    max_picture_pixels: int = Field(default=80_000_000, gt=0, description="largest picture or scanned page, in pixels")
    ocr_threads: int = Field(default=1, gt=0, description="processor threads that one worker's OCR engine uses")
    soffice: str = Field(default="", description="LibreOffice's program, where it is not found as soffice")
    seconds_per_conversion: float = Field(
        default=45.0, gt=0, description="time limit for one conversion by LibreOffice"
    )
    seconds_per_document: float = Field(default=300.0, gt=0, description="time limit for one document")
    openai_api_key: SecretStr = Field(
        default=SecretStr(""), validation_alias="OPENAI_API_KEY", description="key of the endpoint; never shown"
    )
    openai_base_url: str = Field(
        default="", validation_alias="OPENAI_BASE_URL", description="address of an OpenAI-compatible endpoint"
    )
    model: str = Field(default="", description="model that is asked; none: rules alone")
    fallback_model: str = Field(default="", description="model that is asked where the first gives no answer")
    cache_dir: str = Field(default="", description="folder of answers; empty: the user's cache folder; off: none")
    model_calls_at_once: int = Field(default=128, gt=0, le=1_024, description="most calls under way at a time")
    calls_per_second_at_first: float = Field(default=8.0, gt=0, le=1_000, description="pace that calls begin at")
    requests_per_minute: int | None = Field(default=None, gt=0, description="most calls in any minute")
    tokens_per_minute: int | None = Field(default=None, gt=0, description="most tokens, in and out, in any minute")
    tokens_per_run: int | None = Field(default=None, ge=0, description="most tokens, in and out, of one run")
    seconds_per_call: float = Field(default=120.0, gt=0, description="time limit for one reply of a model")
    seconds_of_waiting: float = Field(default=120.0, ge=0, description="most that is waited before repeating a call")
    model_repeats: int = Field(default=4, ge=0, le=20, description="repeats of a call that failed on the way")
    model_reasks: int = Field(default=2, ge=0, le=5, description="further calls for an answer that is not valid")
    model_output_tokens: int = Field(default=4_096, ge=64, description="longest answer; asked once more at four times")
    model_temperature: float | None = Field(default=None, ge=0, le=2, description="empty: the endpoint's own")
    summary_language: Literal["zh", "en"] = Field(default="zh", description="language of a summary that a model writes")
    price_input: Decimal | None = Field(default=None, ge=0, description="price of a million tokens in")
    price_cached_input: Decimal | None = Field(default=None, ge=0, description="the same, from the endpoint's cache")
    price_output: Decimal | None = Field(default=None, ge=0, description="price of a million tokens out")
    currency: str = Field(default="USD", pattern="^[A-Z]{3}$", description="currency of the prices above")
    budget_per_report: Decimal | None = Field(default=None, ge=0, description="most that one report may cost")
    database_url: SecretStr = Field(
        default=SecretStr(""), description="the store's address; empty: a SQLite file in the user's data folder"
    )
    seconds_for_store: float = Field(default=10.0, gt=0, description="most that is waited for others' changes")
    minutes_per_claim: int = Field(default=30, gt=0, description="how long a claimed report is kept for one person")
    gold_dir: str = Field(default="", description="folder that the page Gold promotes accepted reports into")
    second_review_share: float = Field(default=0.05, ge=0, le=1, description="share of reports reviewed twice")
    log: str = Field(default="", description="file that bulk work logs events to; -: standard error; empty: none")
    metrics_port: int | None = Field(default=None, ge=0, le=65_535, description="port for metrics, on loopback only")
    tracing: bool = Field(default=False, description="send spans of bulk work by OpenTelemetry (extra [tracing])")
    batch_requests: int = Field(default=50_000, gt=0, le=50_000, description="most requests of a batch")
    batch_bytes: int = Field(default=200_000_000, ge=1_000, description="most bytes of a batch's file")
    batch_tries: int = Field(default=3, gt=0, le=20, description="most requests for one question in batches")
    batch_price_share: Decimal = Field(default=Decimal("0.5"), ge=0, le=1, description="batch price over live price")
    seconds_between_polls: float = Field(default=60.0, gt=0, description="between looks at batches under way")
    eval_results: str = Field(default="", description="folder of the eval's newest run; empty: build/eval")
    budget_per_run: Decimal | None = Field(default=None, ge=0, description="most that one call may cost")


def is_model_configured(settings: Settings) -> bool:
    """Whether the settings name a model that can be asked.

    Raises:
        SettingsError: they name one, but neither a key nor an address, or such as cannot be used. Neither is shown.
    """
    if not settings.model.strip():
        return False
    key, address = settings.openai_api_key.get_secret_value().strip(), settings.openai_base_url
    if not all("!" <= char <= "~" for char in key):
        raise SettingsError(
            "OPENAI_API_KEY holds a space, a line break or a character that no key has",
            "OPENAI_API_KEY 含有空格、换行或密钥中不会有的字符",
        )
    if address and not _is_address(address):
        raise SettingsError(
            "OPENAI_BASE_URL is no address like https://host/v1", "OPENAI_BASE_URL 不是形如 https://host/v1 的地址"
        )
    if not key and not address:
        raise SettingsError(
            "EXTRACTOR_MODEL is set, but neither OPENAI_API_KEY nor OPENAI_BASE_URL",
            "设置了 EXTRACTOR_MODEL，却没有设置 OPENAI_API_KEY 或 OPENAI_BASE_URL",
        )
    return True


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none, an address in brackets that is none
        return False
    return known and text.isprintable() and " " not in text and "?" not in text and "#" not in text


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """The settings in force, read once.

    Raises:
        SettingsError: a value is of the wrong kind; names the setting and the value.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        name = name if name.startswith("OPENAI_") else f"EXTRACTOR_{name}"
        raise SettingsError(
            f"{name} is {first['input']!r}: {first['msg']}", f"设置 {name} 的值 {first['input']!r} 无效：{first['msg']}"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"the file .env cannot be read: {error}", f"无法读取 .env 文件：{error}") from None
