"""What one call of ``submit`` or ``collect`` works with from its first visit to its last: its budget goes for all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from extractor.bulk import ledger
from extractor.bulk.jobs import Job
from extractor.bulk.patience import Patient
from extractor.bulk.runs import Run
from extractor.bulk.watch import Watcher
from extractor.llm.cache import cache_folder
from extractor.llm.endpoint import Endpoint, Manner
from extractor.llm.line import Line
from extractor.llm.money import Ledger, Purse, Spent
from extractor.settings import Settings


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose batches, and with what they are worked on.

    ``models``: that questions are put to now. ``purse``: what the call may spend, probes and batches together.
    """

    patient: Patient
    job: Job
    run: Run
    settings: Settings
    watcher: Watcher
    models: tuple[str, ...]
    purse: Purse
    manners: Manners


@dataclass(slots=True)
class Tally:
    """What was done: lines by what became of them (``answered``, a reason, ``unknown``), batches by new state."""

    lines: Counter[str] = field(default_factory=Counter)
    batches: Counter[str] = field(default_factory=Counter)
    cost: Decimal = Decimal(0)
    is_over_budget: bool = False


class Manners:
    """How each model's endpoint takes schemas; found out once in a call, when something is to be sent to the model.

    Attempts are paid from ``purse`` and noted in the ledger of ``run``.
    """

    def __init__(self, patient: Patient, run: Run, settings: Settings, purse: Purse) -> None:
        self._patient = patient
        self._run = run
        self._settings = settings
        self._purse = purse
        self._known: dict[str, Manner] = {}

    @property
    def known(self) -> Mapping[str, Manner]:
        """The manners found so far, by model."""
        return self._known

    def recall(self, model: str) -> None:
        """Make a model's manner known where it is remembered; nothing is asked."""
        manner = None if model in self._known else self._endpoint(model).remembered()
        if manner is not None:
            self._known[model] = manner

    async def find(self, model: str, source: int) -> None:
        """Make a model's manner known; ``source``: that attempts are noted for.

        Raises:
            AskingError: the endpoint cannot be asked, or not within the budget.
        """
        if model in self._known:
            return
        account, endpoint = Ledger(), self._endpoint(model)
        try:
            self._known[model] = await endpoint.manner(Spent("probe", "probe", self._purse, account))
        finally:
            await endpoint.close()
            if account.attempts:
                self._patient.write(lambda c: ledger.note_calls(c, self._run, {source: account.attempts}))

    def _endpoint(self, model: str) -> Endpoint:
        return Endpoint(self._settings, model, cache_folder(self._settings.cache_dir), Line(self._settings))
