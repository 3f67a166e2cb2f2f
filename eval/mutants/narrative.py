"""Defects of reading the running text: who and when, issues and improvements, claims, links."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from eval.mutants.planting import Make, Mutant, Plant, giving, then
from extractor.draft import Draft
from extractor.record import Improvement, Passage, Period

IDENTITY = "extractor.pipeline:read_identity"
ITEMS = "extractor.pipeline:read_items"
CLAIMS = "extractor.pipeline:read_claims"


# ---- who and when ------------------------------------------------------------------------------------------------


def _next_year(draft: Draft) -> None:
    draft.year = draft.year + 1 if draft.year else None


def _year_of_signature(draft: Draft) -> None:
    draft.year = draft.published.year if draft.published else draft.year


def _shift_period(draft: Draft) -> None:
    if draft.period:
        year = timedelta(days=366)
        draft.period = Period(draft.period.start - year, draft.period.end - year)


def _lose_period(draft: Draft) -> None:
    draft.period = None
    draft.evidence.pop("/period", None)


def _publish_today(draft: Draft) -> None:
    """The day of signing where there is none: the first of the next year."""
    draft.published = draft.published or (date(draft.year + 1, 1, 1) if draft.year else None)


def _late_by_a_day(draft: Draft) -> None:
    draft.published = draft.published + timedelta(days=1) if draft.published else None


def _parent_body(draft: Draft) -> None:
    """The region that the body stands in, as if it reported itself."""
    draft.organisation = f"{draft.body.region}人民政府" if draft.body.region else draft.organisation


def _short_name(draft: Draft) -> None:
    draft.organisation = draft.organisation[-4:] if draft.organisation else None


def _lose_organisation(draft: Draft) -> None:
    draft.organisation = None
    draft.evidence.pop("/organisation", None)


def _cut_title(draft: Draft) -> None:
    draft.title = draft.title[:-4] if draft.title else None


def _silence(*codes: str) -> Callable[[Draft], None]:
    def silence(draft: Draft) -> None:
        draft.findings = [finding for finding in draft.findings if finding.code not in codes]

    return silence


# ---- lists -------------------------------------------------------------------------------------------------------


def _move(draft: Draft, kind: str, passage: Passage, start: int, end: int) -> Any:
    """The passage with other ends, and its evidence with it."""
    text = draft.document.text[start:end]
    evidence = draft.evidence[f"/narrative/{kind}/{passage.id}"]
    evidence.raw, evidence.source = text, replace(evidence.source, start=start, end=end)
    return replace(passage, text=text, start=start, end=end)


def _lose_last_issue(draft: Draft) -> None:
    if draft.narrative.issues:
        lost = draft.narrative.issues.pop()
        draft.evidence.pop(f"/narrative/issues/{lost.id}")
        for measure in draft.narrative.improvements:
            measure.answers = [name for name in measure.answers if name != lost.id]


def _lose_first_measure(draft: Draft) -> None:
    if draft.narrative.improvements:
        lost = draft.narrative.improvements.pop(0)
        draft.evidence.pop(f"/narrative/improvements/{lost.id}")


def _merge_issues(draft: Draft) -> None:
    issues = draft.narrative.issues
    if len(issues) > 1:
        second = issues.pop(1)
        draft.evidence.pop(f"/narrative/issues/{second.id}")
        issues[0] = _move(draft, "issues", issues[0], issues[0].start, second.end)


def _split_issue(draft: Draft) -> None:
    """The first issue ends at its first comma; what follows is another."""
    issues = draft.narrative.issues
    at = issues[0].text.find("，") if issues else -1
    if at < 0:
        return
    first = issues[0]
    middle = first.start + at
    rest = Passage(f"i{len(issues) + 1}", draft.document.text[middle + 1 : first.end], middle + 1, first.end)
    draft.evidence[f"/narrative/issues/{rest.id}"] = replace(draft.evidence["/narrative/issues/i1"], raw=rest.text)
    draft.evidence[f"/narrative/issues/{rest.id}"].source = replace(
        draft.evidence["/narrative/issues/i1"].source, start=rest.start, end=rest.end
    )
    issues[0] = _move(draft, "issues", first, first.start, middle)
    issues.insert(1, rest)


def _keep_ordinals(draft: Draft) -> None:
    """Items begin right behind the stop before them: with 一是, （一） or 1、 where they have one."""
    text = draft.document.text
    for kind, passages in _lists(draft):
        for at, passage in enumerate(passages):
            before = max(text.rfind(stop, 0, passage.start) for stop in "。；\n：") + 1
            passages[at] = _move(draft, kind, passage, before, passage.end)


def _keep_stops(draft: Draft) -> None:
    for kind, passages in _lists(draft):
        for at, passage in enumerate(passages):
            passages[at] = _move(draft, kind, passage, passage.start, passage.end + 1)


def _lists(draft: Draft) -> tuple[tuple[str, list[Any]], ...]:
    return ("issues", draft.narrative.issues), ("improvements", draft.narrative.improvements)


def _swap_lists(draft: Draft) -> None:
    """Problems are taken for measures, and measures for problems."""
    narrative, found = draft.narrative, draft.evidence
    known = {id(one): found.pop(f"/narrative/{kind}/{one.id}") for kind, passages in _lists(draft) for one in passages}
    places = [[(one.text, one.start, one.end, known[id(one)]) for one in passages] for _, passages in _lists(draft)]
    narrative.issues, narrative.improvements = [], []
    for at, (*span, evidence) in enumerate(places[1], 1):
        narrative.issues.append(Passage(f"i{at}", *span))
        found[f"/narrative/issues/i{at}"] = evidence
    for at, (*span, evidence) in enumerate(places[0], 1):
        narrative.improvements.append(Improvement(f"m{at}", *span))
        found[f"/narrative/improvements/m{at}"] = evidence


def _lose_links(draft: Draft) -> None:
    for measure in draft.narrative.improvements:
        measure.answers = []


def _link_to_first(draft: Draft) -> None:
    for measure in draft.narrative.improvements:
        measure.answers = ["i1"] if draft.narrative.issues else []


# ---- claims ------------------------------------------------------------------------------------------------------


def _all_own(draft: Draft) -> None:
    for claim in draft.narrative.claims:
        claim.scope = "own"


def _all_received(draft: Draft) -> None:
    for claim in draft.narrative.claims:
        claim.metric = "applications_received"


def _in_10k_yuan(draft: Draft) -> None:
    for claim in draft.narrative.claims:
        if claim.unit == "元":
            claim.value = claim.value * 10_000


def _without_zero_claims(draft: Draft) -> None:
    kept = [claim for claim in draft.narrative.claims if claim.value != 0]
    for claim in draft.narrative.claims:
        if claim.value == 0:
            draft.evidence.pop(f"/narrative/claims/{claim.id}", None)
    draft.narrative.claims = kept


def _lose_last_claim(draft: Draft) -> None:
    if draft.narrative.claims:
        draft.evidence.pop(f"/narrative/claims/{draft.narrative.claims.pop().id}", None)


def _of(name: str, breaks: str, place: str, make: Make, *near: str) -> Mutant:
    return Mutant(name, "narrative", breaks, (Plant(place, make),), near)


MUTANTS = (
    _of("shift_years", "the reporting year is one too high", IDENTITY, then(_next_year)),
    _of(
        "year_of_signature", "the year of signing is taken for the year reported on", IDENTITY, then(_year_of_signature)
    ),
    _of("shift_period", "the period lies a year too early", IDENTITY, then(_shift_period)),
    _of("lose_period", "the period is not read", IDENTITY, then(_lose_period)),
    _of(
        "invent_signature", "a report without a day of signing is given one", IDENTITY, then(_publish_today), "liuqing"
    ),
    _of("late_by_a_day", "the day of signing is the day after", IDENTITY, then(_late_by_a_day)),
    _of(
        "wrong_organisation",
        "the government of the region is taken for the body",
        IDENTITY,
        then(_parent_body),
        "bureau",
    ),
    _of("short_organisation", "the body's name loses where it stands", IDENTITY, then(_short_name)),
    _of("lose_organisation", "no body is found", IDENTITY, then(_lose_organisation)),
    _of("cut_title", "the title loses its last words", IDENTITY, then(_cut_title)),
    _of(
        "miss_year_conflicts",
        "title and text may disagree on the year without a finding",
        IDENTITY,
        then(_silence("year_conflict")),
        "yangang_education_bureau_2020",
    ),
    _of(
        "miss_stale_years",
        "sentences left from an earlier year are not told",
        "extractor.narrative.claims:find_stale_years",
        giving(None),
        "liuqing_town_2024",
    ),
    _of(
        "be_sure_of_short_names",
        "a body known by a short name only is not in doubt",
        IDENTITY,
        then(_silence("organisation_uncertain")),
        "county_archives_2024",
    ),
    _of("lose_last_issue", "the last issue is lost", ITEMS, then(_lose_last_issue)),
    _of("lose_first_improvement", "the first improvement is lost", ITEMS, then(_lose_first_measure)),
    _of("merge_two_items", "the first two issues are one", ITEMS, then(_merge_issues)),
    _of("split_at_commas", "an issue ends at its first comma", ITEMS, then(_split_issue)),
    _of("keep_ordinals", "items keep their ordinals (一是, （一）)", ITEMS, then(_keep_ordinals)),
    _of("keep_closing_stops", "items keep the stop at their end", ITEMS, then(_keep_stops)),
    _of(
        "swap_issues_and_improvements",
        "problems are taken for measures and measures for problems",
        ITEMS,
        then(_swap_lists),
    ),
    _of("lose_links", "no measure answers an issue", ITEMS, then(_lose_links), "clear", "heyan"),
    _of("link_all_to_the_first", "every measure answers the first issue", ITEMS, then(_link_to_first)),
    _of("wider_claims_as_own", "figures of the whole city count as the body's own", CLAIMS, then(_all_own), "bozhou"),
    _of("confuse_claims", "every claim counts applications received", CLAIMS, then(_all_received)),
    _of(
        "fees_in_10k_yuan",
        "fees in the text are read ten thousand times too high",
        CLAIMS,
        then(_in_10k_yuan),
        "yangang_city",
    ),
    _of("miss_denials", "“none were received” claims nothing", CLAIMS, then(_without_zero_claims)),
    _of("lose_last_claim", "the last claim is lost", CLAIMS, then(_lose_last_claim)),
    _of(
        "deny_too_much",
        "“none beyond the usual number were received” claims that none were received",
        "extractor.narrative.claims:_Reader._means_something_else",
        giving(False),
        "liuqing_town_2024",
    ),
)
