"""Does the gate block a mutant? Its pipeline reads the gold, the gate judges, and stops at the first thing it blocks.

What is shared is made once: how the sound pipeline scores every report, and what the script answers to its questions.
A mutant is then proved in a process of its own, forked from one that has all that, so that nothing of it is left
behind. Reports that a mutant has not read yet count as the sound pipeline has them: the gate demands of each measure
and each escape on its own, so that what it blocks over some reports it blocks over all.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from multiprocessing import get_context

from eval.baseline import Baseline, raised
from eval.cases import Case, Cases
from eval.engines import Answerer, Engine, opened, read_all
from eval.gate import judge
from eval.mutants.planting import EngineName, Mutant, PlantError, planted
from eval.reading import Reading
from eval.result import CaseResult, GateResult, RunResult, Waiver
from eval.scores import score_case
from extractor.draft import Answer, Question

Answers = Mapping[str, Answer]
_BATCHES = (1, 2, 5, 16)
"""How many reports are read before the gate looks again; after the last, all that are left."""

_CRASHED = "crashed"


class GroundError(Exception):
    """The sound pipeline does not pass the gate: that it blocks a mutant would show nothing."""


@dataclass(frozen=True, slots=True)
class Sound:
    """The sound pipeline by one engine: the engine, its answers remembered, results and fingerprints by case key."""

    engine: Engine
    results: dict[str, CaseResult]
    prints: dict[str, str]


@dataclass(slots=True)
class Ground:
    """The sound pipeline over the gold, by engine, and what its runs and every mutant's are judged by."""

    cases: Cases
    baseline: Baseline
    waivers: Sequence[Waiver] = ()
    sound: dict[str, Sound] = field(default_factory=dict)

    def run_of(self, engine: str, results: Mapping[str, CaseResult]) -> RunResult:
        """A run of one engine with these results."""
        return RunResult(sets=self.cases.sets, engines=[self.sound[engine].engine.used], cases=list(results.values()))

    def judged(self, engine: str, results: Mapping[str, CaseResult]) -> GateResult:
        """What the gate says of a run of one engine."""
        return judge(self.run_of(engine, results), self.baseline, self.waivers)


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of a mutant. ``by``: what blocked it first; ``reports``: how many were read until then.

    ``changed``: some record differs from the sound pipeline's. ``fault``: why the mutant proves nothing.
    """

    name: str
    blocked: bool
    changed: bool
    by: str = ""
    reports: int = 0
    seconds: float = 0.0
    fault: str = ""

    @property
    def verdict(self) -> str:
        """``blocked``, ``PASSED``, ``CHANGES NOTHING`` or ``FAULTY``; the last three fail the command."""
        if self.fault:
            return "FAULTY"
        if not self.changed:
            return "CHANGES NOTHING"
        return "blocked" if self.blocked else "PASSED"


# ---- the sound pipeline ------------------------------------------------------------------------------------------


class Remembered:
    """Answers that were given once, by case; what the engine's own answerer says is kept."""

    def __init__(self, answerer: Answerer) -> None:
        self.answerer: Answerer | None = answerer
        self.known: dict[tuple[str, str], Answers] = {}

    async def answer(self, case: Case, questions: Sequence[Question]) -> Answers:
        """What was answered about the case before, else what is answered now."""
        key = (case.set, case.id)
        if key not in self.known and self.answerer:
            self.known[key] = await self.answerer.answer(case, questions)
        return self.known.get(key, {})

    async def close(self) -> None:
        """Ask no more, only remember."""
        if self.answerer:
            await self.answerer.close()
        self.answerer = None


def prepare(
    cases: Cases,
    engines: Sequence[EngineName],
    baseline: Baseline | None = None,
    waivers: Sequence[Waiver] = (),
    jobs: int = 2,
) -> Ground:
    """Score the sound pipeline; without a baseline its own figures are one.

    Raises:
        GroundError: the gate blocks it.
    """
    ground = Ground(cases, baseline or Baseline(), waivers)
    names = list(dict.fromkeys(engines))
    with get_context("fork").Pool(min(jobs, len(names))) as pool:
        ground.sound = dict(zip(names, pool.map(partial(_sound, cases), names, chunksize=1), strict=True))
    for name in names:
        results = ground.sound[name].results
        if baseline is None:
            ground.baseline = raised(ground.baseline, ground.run_of(name, results))
        gate = ground.judged(name, results)
        if not gate.passed:
            raise GroundError(f"the gate blocks the pipeline as it is, by the engine {name}: {reason(gate)}")
    return ground


def _sound(cases: Cases, name: EngineName) -> Sound:
    with opened(name) as engine:
        kept = replace(engine, answerer=Remembered(engine.answerer) if engine.answerer else None)
        sound = Sound(kept, {}, {})
        for case, reading in read_all([kept], cases.cases):
            result = score_case(case, reading)
            sound.results[result.key] = result
            sound.prints[result.key] = fingerprint(reading)
    return sound


def fingerprint(reading: Reading) -> str:
    """The same for two readings whose records are the same in every value, verdict and finding."""
    made = reading.record.to_json() if reading.record else f"no record: {reading.failure}"
    return hashlib.sha256(made.encode()).hexdigest()


def reason(gate: GateResult) -> str:
    """The first thing that the gate blocks, in a line."""
    blocked = [check for check in gate.checks if not check.passed and not check.waived]
    if blocked:
        return f"{blocked[0].name} ({blocked[0].message})"
    return gate.refusals[0] if gate.refusals else ""


# ---- one mutant --------------------------------------------------------------------------------------------------


def prove(mutant: Mutant, ground: Ground) -> Proof:
    """Plant the defect and read reports until the gate blocks, those first that it concerns."""
    started = time.perf_counter()
    try:
        proof = _proved(mutant, ground)
    except PlantError as error:
        proof = Proof(mutant.name, blocked=False, changed=False, fault=str(error))
    return replace(proof, seconds=round(time.perf_counter() - started, 2))


def _proved(mutant: Mutant, ground: Ground) -> Proof:
    sound = ground.sound[mutant.engine]
    results = dict(sound.results)
    changed, read = False, 0
    for batch in _batches(_ordered(mutant, ground.cases.cases)):
        readings = _readings(mutant, sound.engine, batch)
        for case, reading in readings:
            if (reading.failure or "").startswith(_CRASHED):
                return Proof(mutant.name, blocked=False, changed=True, fault=f"{case.id} {reading.failure}")
            result = score_case(case, reading)
            results[result.key] = result
            changed = changed or fingerprint(reading) != sound.prints[result.key]
        read += len(readings)
        gate = ground.judged(mutant.engine, results) if changed else None
        if gate and not gate.passed:
            return Proof(mutant.name, blocked=True, changed=True, by=reason(gate), reports=read)
    return Proof(mutant.name, blocked=False, changed=changed, reports=read)


def _readings(mutant: Mutant, engine: Engine, batch: Sequence[Case]) -> list[tuple[Case, Reading]]:
    """Read with the defect planted; scoring comes after, with the pipeline as it is."""
    with planted(mutant):
        return list(read_all([engine], batch))


def _ordered(mutant: Mutant, cases: Sequence[Case]) -> list[Case]:
    """Those cases first that hold one of the words of ``near``, in the order of these."""

    def rank(case: Case) -> int:
        words = f"{case.set}/{case.id}{case.path.suffix} {case.gold.form}"
        return next((at for at, word in enumerate(mutant.near) if word in words), len(mutant.near))

    return sorted(cases, key=rank)


def _batches(cases: Sequence[Case]) -> Iterator[list[Case]]:
    left = iter(cases)
    for size in (*_BATCHES, len(cases)):
        batch = list(islice(left, size))
        if batch:
            yield batch


# ---- all of them -------------------------------------------------------------------------------------------------

_shared: list[tuple[Ground, Sequence[Mutant]]] = []
"""What a forked process finds of its parent: a ground is too large to be sent to each, and functions cannot be."""


def prove_all(mutants: Sequence[Mutant], ground: Ground, jobs: int = 2) -> Iterator[Proof]:
    """A proof of each, in order, each in a process of its own."""
    _shared[:] = [(ground, mutants)]
    with get_context("fork").Pool(jobs, maxtasksperchild=1) as pool:
        yield from pool.imap(_prove_at, range(len(mutants)))
    _shared.clear()


def _prove_at(index: int) -> Proof:
    ground, mutants = _shared[0]
    return prove(mutants[index], ground)
