"""The page of health: what runs here, on which store, how full, and who reads; no secret is shown."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

import streamlit as st
from pydantic import SecretStr

from extractor.export.lines import plain
from extractor.review import work
from extractor.review.people import permit
from extractor.settings import MEGABYTE, Settings, is_model_configured, load_settings
from extractor.show.words import Wording
from extractor.store.address import address_of, shown
from extractor.store.condition import condition_of
from extractor.store.queue import Filter
from extractor.store.upgrading import version_of
from extractor.ui.marks import bare
from extractor.ui.opened import Opening, opening
from extractor.ui.people import has_provider

_ADDRESSES = ("openai_base_url", "database_url")
"""An address may hold a password."""


def health_page() -> None:
    """Version, store, sign-in, counts."""
    here = opening()
    permit(here.person, "view")
    show_health(here)


def show_health(here: Opening) -> None:
    """What runs here and how it is, a line each."""
    words = here.words
    for name, value in _facts(here, load_settings()):
        st.markdown(f"**{words('health', name)}** {bare(value)}")
    counts = work.queue_counts(here.store, here.person, Filter())
    told = "  ·  ".join(f"{words('standing', state)} {number:,}" for state, number in sorted(counts.items()))
    st.markdown(f"**{words('health', 'counts')}** {told or 0}")


def _facts(here: Opening, settings: Settings) -> list[tuple[str, str]]:
    words, url, condition = here.words, address_of(settings), condition_of(here.store)
    with here.store.reading() as connection:
        schema = version_of(connection, url) or "?"
    left = [("left", f"{condition.left / MEGABYTE:,.0f} MB")] if condition.left is not None else []
    return [
        ("version", _version()),
        ("store", shown(url)),
        ("schema", schema),
        ("size", f"{condition.size / MEGABYTE:,.1f} MB"),
        *left,
        ("held", f"{condition.held:,}"),
        ("person", f"{here.person.name} ({words('role', here.person.role)})"),
        ("sign_in", words("health", "with_provider" if has_provider() else "without_provider")),
        ("model", settings.model if is_model_configured(settings) else words("health", "no_model")),
    ]


def _version() -> str:
    try:
        return version("extractor")
    except PackageNotFoundError:  # run from its source
        return "-"


def settings_shown(settings: Settings, words: Wording) -> list[dict[str, str]]:
    """Each setting by the variable that sets it, its value, and what it means."""
    return [
        {
            words("health", "setting"): str(field.validation_alias or f"EXTRACTOR_{name.upper()}"),
            words("health", "value"): plain(_told(name, getattr(settings, name), words)),
            words("health", "meaning"): field.description or "",
        }
        for name, field in Settings.model_fields.items()
    ]


def _told(name: str, value: Any, words: Wording) -> str:
    secret = value.get_secret_value() if isinstance(value, SecretStr) else value if name in _ADDRESSES else None
    if secret:
        return words("health", "is_set")
    return "" if value is None or isinstance(value, SecretStr) else str(value)
