"""The page that compares reports: of one body, of one year, over all years; and who has not reported."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from extractor.across.compared import choices, left_over
from extractor.review.people import permit
from extractor.ui.across_absent import absent_view
from extractor.ui.across_bodies import bodies_view
from extractor.ui.across_checks import checks_view
from extractor.ui.across_parts import VIEW
from extractor.ui.across_trends import trends_view
from extractor.ui.across_years import years_view
from extractor.ui.opened import Opening, opening

_VIEWS: dict[str, Callable[[Opening], None]] = {
    "bodies": bodies_view,
    "years": years_view,
    "trends": trends_view,
    "checks": checks_view,
    "absent": absent_view,
}


def across_page() -> None:
    """The view that is asked for, or what to do first."""
    here = opening()
    permit(here.person, "view")
    words = here.words
    asked = st.query_params.get(VIEW, "")
    view = st.segmented_control(
        words("across", "view"),
        list(_VIEWS),
        default=asked if asked in _VIEWS else "bodies",
        format_func=lambda one: words("across", one),
        label_visibility="collapsed",
        required=True,
    )
    st.query_params[VIEW] = view or "bodies"
    _tell_left_over(here)
    if not choices(here.store, here.person)["year"] and view != "absent":
        st.info(words("across", "empty"))
        return
    _VIEWS[view or "bodies"](here)


def _tell_left_over(here: Opening) -> None:
    count = left_over(here.store, here.person)
    if count:
        st.warning(here.words("across", "left_over").replace("{count}", f"{count:,}"))
