"""The page of quality: how much is done and what it costs, what slips through, how far reviewers agree."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import streamlit as st

from extractor.errors import ExtractorError
from extractor.export.lines import plain
from extractor.forms import builtin_forms
from extractor.review.agreement import ALL, Agreement, agreement
from extractor.review.auditing import ErrorRate, Escape, error_rates, escapes
from extractor.review.people import permit
from extractor.review.quality import Span, Spent, Throughput, by_day, by_reviewer, in_all, spending, throughput
from extractor.review.quality_of_reading import EvalRun, Figure, folder_of, newest_run
from extractor.settings import load_settings
from extractor.show.words import Wording
from extractor.ui.administration import moment
from extractor.ui.desk.places import entry_words, field_name
from extractor.ui.marks import bare
from extractor.ui.opened import Opening, opening

T = TypeVar("T")

_DAYS = (7, 30, 90, None)
_DAY = 86_400_000_000
_COUNTS = frozenset({"escapes", "false_alarms"})
_MOST_ESCAPES = 500


def quality_page() -> None:
    """Every figure on one page, for leads."""
    here = opening()
    permit(here.person, "measure")
    words = here.words
    span = _span(here)
    days = throughput(here.store, here.person, span)
    spent = spending(here.store, here.person, span)
    found = escapes(here.store, here.person)
    _headlines(words, in_all(days), spent, found)
    _throughput(words, days, span)
    _cost(words, spent)
    _escapes(here, found)
    _agreement(here)
    _eval(here)


def _span(here: Opening) -> Span:
    """The days that are looked at, as the reader's clock counts them."""
    words = here.words

    def named(days: int | None) -> str:
        return words("quality", "all_days" if days is None else "last_days").replace("{days}", str(days))

    days = st.selectbox(words("quality", "span"), _DAYS, index=1, format_func=named, width=240)
    offset = timedelta(minutes=-(st.context.timezone_offset or 0))
    if days is None:
        return Span(offset=offset)
    shift = int(offset.total_seconds()) * 1_000_000
    today = (int(time.time() * 1_000_000) + shift) // _DAY
    return Span((today - days + 1) * _DAY - shift, offset=offset)


def _headlines(words: Wording, all_days: Throughput, spent: list[Spent], found: list[Escape]) -> None:
    told = {
        "reports": f"{all_days.done:,}",
        "seconds_each": _number(all_days.seconds_each, "{:,.0f}"),
        "presses_each": _number(all_days.presses_each, "{:,.1f}"),
        "one_key": _number(all_days.one_key_share, "{:.0%}"),
        "escapes": f"{len(found):,}",
        "cost": " · ".join(f"{one:,.2f} {currency}" for currency, one in _costs(spent).items()) or "0",
    }
    for column, (name, value) in zip(st.columns(len(told)), told.items(), strict=True):
        column.metric(words("quality", name), value, help=words("quality_help", name))


def _number(value: float | None, pattern: str) -> str:
    return "—" if value is None else pattern.format(value)


def _costs(spent: Iterable[Spent]) -> dict[str, Any]:
    sums: dict[str, Any] = {}
    for one in spent:
        sums[one.currency] = sums.get(one.currency, 0) + one.cost
    return sums


def _table(rows: Iterable[dict[str, Any]], words: Wording) -> None:
    """A table with the heads of a reader's language; no text in it may be a spreadsheet's formula."""
    named = [{words("quality", name): plain(value) for name, value in row.items()} for row in rows]
    st.dataframe(named, hide_index=True, width="stretch", placeholder="—")


# ---- the work ----------------------------------------------------------------------------------------------------


def _throughput(words: Wording, days: list[Throughput], span: Span) -> None:
    st.subheader(words("quality", "throughput"))
    if not days:
        st.info(words("quality", "no_work"))
        return
    day, reports = words("quality", "day"), words("quality", "reports")
    done = {one.day: one.done for one in by_day(days) if one.day}
    at = datetime.min.time()
    drawn = [{day: datetime.combine(one, at), reports: done.get(one, 0)} for one in _dates(done, span)]
    st.bar_chart(drawn, x=day, y=reports, height=220)
    _table((_work(one, words, "reviewer") for one in by_reviewer(days)), words)
    with st.expander(words("quality", "each_day")):
        _table((_work(one, words, "day", "reviewer") for one in days), words)


def _dates(done: Iterable[date], span: Span) -> list[date]:
    """Every day of the span, worked on or not, up to the last one worked on."""
    first, last = min(done), max(done)
    if span.since is not None:
        first = (datetime.fromtimestamp(span.since / 1_000_000, UTC) + span.offset).date()
    return [first + timedelta(days) for days in range((last - first).days + 1)]


def _work(one: Throughput, words: Wording, *keys: str) -> dict[str, Any]:
    heads = {"day": one.day.isoformat() if one.day else "", "reviewer": one.reviewer or ""}
    seconds, presses, share = one.seconds_each, one.presses_each, one.one_key_share
    return {key: heads[key] for key in keys} | {
        "first_reviews": one.reports,
        "again": one.again,
        "steps": one.steps,
        "seconds_each": None if seconds is None else round(seconds),
        "presses_each": None if presses is None else round(presses, 1),
        "one_key": _number(share, "{:.0%}"),
    }


def _cost(words: Wording, spent: list[Spent]) -> None:
    st.subheader(words("quality", "costs"))
    if not spent:
        st.info(words("quality", "no_cost"))
        return
    _table((_spent(one) for one in spent), words)


def _spent(one: Spent) -> dict[str, Any]:
    return {
        "engine": one.engine,
        "readings": one.readings,
        "calls": one.calls,
        "tokens_in": one.input_tokens,
        "tokens_out": one.output_tokens,
        "cost": f"{one.cost:,.4f} {one.currency}",
        "cost_each": f"{one.cost_each:,.6f} {one.currency}",
    }


# ---- what slips through ------------------------------------------------------------------------------------------


def _escapes(here: Opening, found: list[Escape]) -> None:
    words = here.words
    st.subheader(words("quality", "errors"))
    rates = _told(words, lambda: error_rates(here.store, here.person))
    if not rates:
        st.info(words("quality", "none_audited"))
        return
    _table((_rate(one) for one in rates), words)
    if found:
        st.markdown(words("quality", "escapes_hint"))
        _table((_escape(one, words) for one in found[:_MOST_ESCAPES]), words)


def _rate(one: ErrorRate) -> dict[str, Any]:
    return {
        "reviewer": one.reviewer,
        "audited": one.reports,
        "fields": one.fields,
        "wrong": one.errors,
        "rate": f"{one.rate:.2%}",
        "bounds": f"{one.low:.2%} – {one.high:.2%}",
        "pending": one.pending,
    }


def _escape(one: Escape, words: Wording) -> dict[str, Any]:
    return {
        "report": one.report,
        "field": _field(one.path, words),
        "accepted": entry_words(one.path, one.accepted, words),
        "decided": entry_words(one.path, one.decided, words),
        "reviewer": one.reviewer,
        "sure": words("quality", "yes" if one.sure else "no"),
        "when": moment(one.at),
    }


def _field(path: str, words: Wording) -> str:
    return field_name(path, builtin_forms()[-1], words)


# ---- agreement ---------------------------------------------------------------------------------------------------


def _agreement(here: Opening) -> None:
    words = here.words
    st.subheader(words("quality", "agreement"))
    found = [one for one in _told(words, lambda: agreement(here.store, here.person)) or [] if one.reports]
    if not found:
        st.info(words("quality", "none_measured"))
        return
    differing = [one for one in found if one.field == ALL or one.same < one.reports]
    _table((_agreed(one, words) for one in differing), words)
    with st.expander(words("quality", "every_field").replace("{count}", str(len(found) - 1))):
        _table((_agreed(one, words) for one in found), words)


def _agreed(one: Agreement, words: Wording) -> dict[str, Any]:
    name = words("quality", "together") if one.field == ALL else _field(one.field, words)
    return {
        "field": name,
        "compared": one.reports,
        "same": one.same,
        "kappa": None if one.kappa is None else round(one.kappa, 3),
        "alpha": None if one.alpha is None else round(one.alpha, 3),
    }


def _told(words: Wording, ask: Callable[[], list[T]]) -> list[T] | None:
    """What is asked for; where a library is missing the page says so and goes on."""
    try:
        return ask()
    except ExtractorError as error:
        st.info(bare(error.zh if words.language == "zh" else error.en))
        return None


# ---- the eval ----------------------------------------------------------------------------------------------------


def _eval(here: Opening) -> None:
    words, settings = here.words, load_settings()
    st.subheader(words("quality", "eval"))
    try:
        run = newest_run(settings, here.person)
    except ExtractorError as error:
        st.error(bare(error.zh if words.language == "zh" else error.en))
        return
    if run is None:
        st.info(words("quality", "no_eval").replace("{folder}", bare(str(folder_of(settings)))))
        return
    told = words("quality", "eval_run").replace("{when}", bare(run.started)).replace("{reports}", str(run.reports))
    st.markdown(told.replace("{version}", bare(run.versions.get("extractor", "?"))))
    if run.gate is not None:
        (st.success if run.gate.passed else st.error)(words("quality", "passed" if run.gate.passed else "stopped"))
        for refusal in run.gate.refusals:
            st.markdown(f"- {bare(refusal)}")
    _engines(run, words)


def _engines(run: EvalRun, words: Wording) -> None:
    for engine in run.engines:
        figures = run.figures(engine.name)
        if figures:
            st.markdown(f"**{bare(words('eval_engine', engine.name))}**")
            if engine.scripted:
                st.caption(words("quality", "scripted"))
            _table((_figure(one, words) for one in figures), words)


def _figure(one: Figure, words: Wording) -> dict[str, Any]:
    return {
        "figure": words("eval_figure", one.name),
        "set": one.message.removeprefix("set "),
        "value": _as(one.name, one.value),
        "baseline": _as(one.name, one.baseline),
        "holds": words("quality", "yes" if one.passed else "no"),
    }


def _as(name: str, value: float | None) -> str:
    return _number(value, "{:,.0f}" if name in _COUNTS else "{:.1%}")
