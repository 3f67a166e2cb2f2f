"""Turns government information disclosure reports into data with evidence.

>>> from extractor import extract_report, load_document, Record

Names are loaded when they are first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extractor.document import Document
    from extractor.errors import ExtractorError, FormError, InputError, RecordError, SettingsError
    from extractor.forms import Form, builtin_forms, read_form
    from extractor.load import load_document
    from extractor.pipeline import extract_report
    from extractor.record import Evidence, Finding, Record, json_schema

__all__ = [
    "Document",
    "Evidence",
    "ExtractorError",
    "Finding",
    "Form",
    "FormError",
    "InputError",
    "Record",
    "RecordError",
    "SettingsError",
    "builtin_forms",
    "extract_report",
    "json_schema",
    "load_document",
    "read_form",
]

_HOMES = {
    "document": ("Document",),
    "errors": ("ExtractorError", "FormError", "InputError", "RecordError", "SettingsError"),
    "forms": ("Form", "builtin_forms", "read_form"),
    "load": ("load_document",),
    "pipeline": ("extract_report",),
    "record": ("Evidence", "Finding", "Record", "json_schema"),
}


def __getattr__(name: str) -> object:
    home = next((module for module, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
