"""What a job reads with, named by one key: a source done under the same key need not be read again."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from extractor.bulk.jobs import Terms
from extractor.forms import Form
from extractor.run import Engine
from extractor.settings import Settings, is_model_configured
from extractor.store.readings import program_version

_KEY = 32


def terms_of(settings: Settings, engine: Engine | None, form: Form | None = None, samples: int = 1) -> Terms:
    """The terms of a call: this program's version, and whatever else a reading depends on.

    ``engine``: None stands for hybrid where a model is configured, else for rules.

    Raises:
        SettingsError: the model's settings cannot be used.
    """
    chosen = engine or ("hybrid" if is_model_configured(settings) else "rules")
    more: dict[str, Any] = {"form": _digest(form.model_dump(mode="json")) if form else None}
    if chosen != "rules":
        more |= _asking(settings, samples)
    told = [program_version(), chosen, more]
    return Terms(program_version(), chosen, _digest(told)[:_KEY], more)


def differing(one: Terms, other: Terms) -> str:
    """What is another in ``one`` than in ``other``, by name: engine, version, and whatever else they tell."""
    first, second = ({"engine": each.engine, "version": each.version, **each.more} for each in (one, other))
    names = [name for name in first | second if first.get(name) != second.get(name)]
    return ", ".join(f"{name} {first[name]}" if isinstance(first.get(name), str) else name for name in names)


def _asking(settings: Settings, samples: int) -> dict[str, Any]:
    from extractor.llm.answers import KINDS  # noqa: PLC0415 (slow to load, and rules alone do without)
    from extractor.llm.prompts import load_prompt  # noqa: PLC0415

    return {
        "model": settings.model.strip(),
        "fallback_model": settings.fallback_model.strip(),
        "samples": samples,
        "summary_language": settings.summary_language,
        "prompts": {kind: load_prompt(kind).version for kind in sorted(KINDS)},
    }


def _digest(plain: Any) -> str:
    written = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()
