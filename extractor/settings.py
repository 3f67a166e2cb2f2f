"""Settings, from the environment (``EXTRACTOR_…``) or a ``.env`` file; nothing happens at import."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from extractor.errors import SettingsError

MEGABYTE = 1024 * 1024


class Settings(BaseSettings):
    """Limits and choices; sizes in bytes, times in seconds."""

    model_config = SettingsConfigDict(env_prefix="EXTRACTOR_", env_file=".env", extra="ignore")

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
    seconds_per_conversion: float = Field(default=45.0, gt=0, description="time limit for one conversion by LibreOffice")
    seconds_per_document: float = Field(default=300.0, gt=0, description="time limit for one document")


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
        name = "EXTRACTOR_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(
            f"{name} is {first['input']!r}: {first['msg']}", f"设置 {name} 的值 {first['input']!r} 无效：{first['msg']}"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"the file .env cannot be read: {error}", f"无法读取 .env 文件：{error}") from None
