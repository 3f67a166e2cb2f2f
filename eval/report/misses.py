"""Every field that is not right: what the report says, what was read, and where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from eval.report import figures
from eval.report.headlines import headline
from eval.report.names import field_name
from eval.report.plain import Piece, after, before, differing, plain
from eval.report.view import Fact, MissView, Quote, Section
from eval.report.wording import say
from eval.result import CaseResult, Excerpt, FieldScore
from eval.statistics import upper_bound
from extractor.finding import catalogue

FEW = 60
MOST = 2_000
"""Misses on a page; more are in report.json. A page of ten thousand is read by nobody and opened by few browsers."""


def escape_section(cases: Sequence[CaseResult], prefix: str) -> Section:
    """The misses that nobody would look at."""
    shown = [miss_of(case, one) for case in cases for one in case.escapes]
    accepted = headline("escape_rate", cases, spread=False)
    none = say(
        "nothing",
        "escapes",
        values=figures.count(accepted.whole),
        reports=figures.plural(len(cases), "report"),
        bound=figures.percent(upper_bound(0, len(cases))),
    )
    return Section(
        f"{prefix}-escapes",
        say("section", "escapes"),
        say("intro", "escapes") if shown else "",
        misses=shown[:MOST],
        notes=_left_out(len(shown) - MOST),
        nothing="" if shown else none,
        loud=bool(shown),
    )


def miss_section(cases: Sequence[CaseResult], prefix: str, *, aside: bool = False) -> Section:
    """Every other miss, report by report; a report that became no record is one line.

    ``aside``: a few are enough, and folded: the misses of a script that gives wrong answers are meant.
    """
    most = FEW if aside else MOST
    notes = [_failed(case) for case in cases if case.failure]
    shown = [miss_of(case, one) for case in cases if not case.failure for one in case.misses if not one.is_escape]
    escapes = sum(len(case.escapes) for case in cases)
    above = [say("nothing", "above", escapes=figures.plural(escapes, "escape"))] if escapes else []
    clean = not (shown or notes or above)
    return Section(
        f"{prefix}-misses",
        say("section", "misses"),
        "" if clean else say("intro", "misses"),
        misses=shown[:most],
        notes=[*notes, *above, *_left_out(len(shown) - most)],
        folded=aside,
        nothing=say("nothing", "misses") if clean else "",
    )


def _left_out(more: int) -> list[str]:
    return [say("nothing", "more", more=figures.count(more))] if more > 0 else []


def _failed(case: CaseResult) -> str:
    lost = sum(one.is_miss for one in case.fields)
    return f"{plain(case.key)}: {say('nothing', 'failed', why=plain(case.failure or ''), fields=figures.count(lost))}"


def miss_of(case: CaseResult, field: FieldScore) -> MissView:
    """One miss of one report."""
    name = field_name(field, case.form)
    gold, got = _sides(field)
    return MissView(
        report=plain(case.key),
        key=name.key,
        label=name.label,
        pointer=plain(field.pointer),
        tag=say("outcome", field.outcome),
        gold=gold,
        got=got,
        escape=field.is_escape,
        facts=[*_facts(field)],
        quote=quote_of(field.excerpt),
    )


def _sides(field: FieldScore) -> tuple[list[Piece], list[Piece]]:
    if field.gold is not None and field.got is not None:
        return differing(field.gold, field.got)
    states = (field.gold, field.gold_state), (field.got, field.got_state)
    gold, got = ([Piece(value_or_state(value, state), marked=value is not None)] for value, state in states)
    return gold, got


def value_or_state(value: str | None, state: str | None) -> str:
    """A value, or why there is none."""
    return plain(value) if value is not None else say("state", state or "none")


def _facts(field: FieldScore) -> Iterator[Fact]:
    if field.confusion:
        yield Fact("Confused", plain(field.confusion))
    if field.verdict:
        sure = f", confidence {field.confidence:.2f}" if field.confidence is not None else ""
        read = f", read {say('method', field.method)}" if field.method else ""
        yield Fact("Verdict", f"{say('verdict', field.verdict)}{sure}{read}")
    if field.raw and field.raw != field.got:
        yield Fact("As it stands there", plain(field.raw))
    if field.flagged_by:
        yield Fact("Flagged by", "; ".join(_flag(code) for code in field.flagged_by))


def _flag(code: str) -> str:
    kind = catalogue().get(code)
    return f"{plain(code)} ({kind.says})" if kind else plain(code)


def quote_of(excerpt: Excerpt | None) -> Quote | None:
    """The source text around a field, its place said in words."""
    if excerpt is None:
        return None
    page = f"page {excerpt.page}, " if excerpt.page else ""
    return Quote(
        f"{page}line {excerpt.line}", before(excerpt.before), plain(excerpt.quote) or "(nothing)", after(excerpt.after)
    )


def escapes_of(cases: Iterable[CaseResult]) -> int:
    """How many escapes there are."""
    return sum(len(case.escapes) for case in cases)
