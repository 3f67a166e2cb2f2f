"""One body over the years: its reports side by side, what stands out, what they say against each other, a chart."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby

import streamlit as st

from extractor.across.compared import OfYear, bodies_named, headlines, name_of, over_years
from extractor.forms.figures import Figure
from extractor.show.words import Wording
from extractor.ui.across_parts import BODY, SIGNS, drawn, figure_name, lines, offer_file, report_link, written
from extractor.ui.marks import bare
from extractor.ui.opened import Opening

_STYLE = """<style>
.years { overflow-x: auto; font-size: .875rem; }
.years table { border-collapse: collapse; min-width: 100%; }
.years th, .years td { padding: .25rem .6rem; }
.years tr { border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent); }
.years thead th { text-align: right; font-weight: 600; white-space: nowrap; }
.years tbody th { text-align: left; font-weight: 400; }
.years th.group { font-weight: 600; padding-top: .8rem; }
.years td { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.years td.none { opacity: .45; }
.years td.up, .years td.down { background: color-mix(in srgb, #d97706 22%, transparent); }
.years td.contradicted { background: color-mix(in srgb, #dc2626 22%, transparent); }
.years .besides { opacity: .6; font-weight: 400; }
</style>"""


def years_view(here: Opening) -> None:
    """A body is searched for by name; its reports stand side by side."""
    words, body = here.words, _body(here)
    if body is None:
        return
    reports = over_years(here.store, here.person, body)
    if not reports:
        st.info(words("across", "no_reports"))
        return
    st.subheader(bare(name_of(here.store, here.person, body) or ""))
    shown = [one for one in headlines() if any(one.key in report.values for report in reports)]
    st.html(_STYLE + _table(reports, shown, words))
    if any(report.marks for report in reports):
        st.caption(words("across", "legend"))
    with st.container(horizontal=True):
        for report in reports:
            report_link(here, report.report, words("across", "open").replace("{year}", _head(report, words)))
    heads = [words("across", "figure"), *(_head(one, words) for one in reports)]
    lines = [[figure_name(one, words), *(report.values.get(one.key) for report in reports)] for one in shown]
    offer_file(here, f"body-{body}", heads, lambda: lines, "years_csv")
    _contradictions(here, reports)
    _chart(here, reports, shown)


def _body(here: Opening) -> int | None:
    """The body that the address names, or the one that is searched for."""
    words = here.words
    asked = st.query_params.get(BODY, "")
    known = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 16 else None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        said = st.text_input(words("across", "which_body"), key="years_name", max_chars=60).strip()
        found = bodies_named(here.store, here.person, said) if said else []
        if found:
            names = dict(found)
            at = list(names).index(known) if known in names else 0
            known = st.selectbox(words("across", "of_these"), list(names), index=at, format_func=lambda one: names[one])
    if said and not found:
        st.info(words("across", "no_such_body"))
        return None
    if known is None:
        st.info(words("across", "search_first"))
        return None
    st.query_params[BODY] = str(known)
    return known


def _table(reports: Sequence[OfYear], shown: Sequence[Figure], words: Wording) -> str:
    """The table as HTML: every word of it is escaped."""
    heads = "".join(
        f'<th scope="col"{"" if one.stands else " class=besides"}>{escape(_head(one, words))}</th>' for one in reports
    )
    rows = []
    for group, some in groupby(shown, key=lambda one: one.group):
        title = escape(words("figure_group", group))
        rows.append(f'<tr><th class="group" colspan="{len(reports) + 1}">{title}</th></tr>')
        rows += [_row(one, reports, words) for one in some]
    head = f"<thead><tr><td></td>{heads}</tr></thead>"
    return f'<div class="years" tabindex="0"><table>{head}<tbody>{"".join(rows)}</tbody></table></div>'


def _row(figure: Figure, reports: Sequence[OfYear], words: Wording) -> str:
    cells = "".join(_cell(figure, one, words) for one in reports)
    return f'<tr><th scope="row">{escape(figure_name(figure, words))}</th>{cells}</tr>'


def _cell(figure: Figure, report: OfYear, words: Wording) -> str:
    value, mark = report.values.get(figure.key), report.marks.get(figure.key)
    if value is None:
        return '<td class="none">–</td>'
    if mark is None:
        return f"<td>{escape(written(value))}</td>"
    return f'<td class="{mark}" title="{escape(words("mark", mark))}">{SIGNS[mark]} {escape(written(value))}</td>'


def _head(report: OfYear, words: Wording) -> str:
    return f"{report.year}" if report.stands else f"{report.year} ({words('across', 'besides')} {report.report})"


def _contradictions(here: Opening, reports: Sequence[OfYear]) -> None:
    """What the reports say against each other, each with the way to both."""
    words = here.words
    accused = [one for one in reports if one.told]
    if not accused:
        return
    st.markdown(f"**{words('across', 'checks')}**")
    for one in accused:
        for told in one.told:
            st.markdown(f"- {one.year}: {bare(told.message if words.language == 'zh' else told.message_en)}")


def _chart(here: Opening, reports: Sequence[OfYear], shown: Sequence[Figure]) -> None:
    standing = [one for one in reports if one.stands]
    if len(standing) < 2:
        return
    words = here.words
    chosen = st.multiselect(
        words("across", "chart"), shown, shown[:3], format_func=lambda one: figure_name(one, words), key="years_chart"
    )
    year, figure, value = (words("across", name) for name in ("year", "figure", "value"))
    points = [
        {year: str(one.year), figure: figure_name(each, words), value: drawn(one.values[each.key])}
        for one in standing
        for each in chosen
        if each.key in one.values
    ]
    if points:
        lines(points, year, value, figure)
