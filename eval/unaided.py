"""Drafts with the tables that rules read taken out, so that what is admitted of a model's answers decides alone.

Rules read every table of the gold; a model's answers then only confirm or contradict, and a fault of admission would
show nowhere. Reports that no rule can read exist all the same, and in those an answer is all there is.
"""

from __future__ import annotations

from extractor.draft import Draft
from extractor.record import Evidence, Place


def withhold_tables(draft: Draft) -> Draft:
    """The draft as if no rule had read a cell: each is missing, and readers say nothing of tables."""
    for table, rows in draft.tables.items():
        for row, columns in rows.items():
            for column in columns:
                columns[column] = None
                draft.evidence[f"/tables/{table}/{row}/{column}"] = Evidence(None, "missing", Place(), verdict="review")
    draft.findings = [
        finding for finding in draft.findings if not any(path.startswith("/tables/") for path in finding.paths)
    ]
    return draft
