"""Body, year and passages that a model pointed to: where it differs from the rules, and what of its own is sure.

A passage of part five that only a model read is accepted where every sample found it (``samples_agree``), it begins
and ends where an item can (``shape``), and its words are those of an issue or of a measure (``wording``, told by the
reader).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractor.document import Document
from extractor.draft import Draft, Pointed
from extractor.finding import Words, make
from extractor.numbering import inline_ordinals, line_ordinal
from extractor.record import Finding, Passage
from extractor.verify.pointed_claims import of_other_metrics
from extractor.verify.verdicts import Judgement

_SHOWN = 40
_SAME = 0.8
"""The share of two passages that they have in common, from which on they are the same."""

_AGREED = 0.8
_PART_FIVE = "issues_improvements"
_LEAD_REACH = 12
_LONGEST_LEAD_WORD = 5
_LONGEST_HEADING = 25
"""Characters of a line without a stop that is whole; a longer one goes on in the next."""

_STOPS = "。；;！？!?：:\n"
_BLANK = " \t\r\u3000，、,"


def against_words(draft: Draft, pointed: Pointed) -> Iterator[Finding]:
    """Body, year, passages of part five and claims that a model reads otherwise than the rules did."""
    for pointer, spot, zh, en in (
        ("/organisation", pointed.organisation, "报告单位", "the body"),
        ("/year", pointed.year, "年份", "the year"),
    ):
        if spot is None or not _read_by_rule(draft, pointer):
            continue
        said = draft.document.text[spot.start : spot.end]
        if _same_words(draft, pointer, said):
            draft.evidence[pointer].reasons.append("model_agrees")
        else:
            yield _shown(pointer, Words(zh, en), said, draft.evidence[pointer].raw or "")
    yield from _against_items(draft, pointed)
    for claim, metric in of_other_metrics(draft, pointed):
        words = f"“{claim.text[:_SHOWN]}”"
        yield _shown(f"/narrative/claims/{claim.id}", Words(words, words), metric, claim.metric)


def _shown(pointer: str, subject: Words, answer: str, reading: str) -> Finding:
    said, read = (" ".join(words.split())[:_SHOWN] for words in (answer, reading))
    return make("model_disagreement", [pointer], subject=subject, answer=f"“{said}”", reading=f"“{read}”")


def _read_by_rule(draft: Draft, pointer: str) -> bool:
    return pointer in draft.evidence and draft.evidence[pointer].method != "model"


def _same_words(draft: Draft, pointer: str, said: str) -> bool:
    """Whether the words pointed to are those that were read, or part of them (a name may stand in two places)."""
    said = "".join(said.split())
    value = "".join(str(draft.organisation if pointer == "/organisation" else draft.year).split())
    return said in value or value in said or said in "".join((draft.evidence[pointer].raw or "").split())


def _against_items(draft: Draft, pointed: Pointed) -> Iterator[Finding]:
    narrative, items = draft.narrative, pointed.items[0] if pointed.items else []
    lists: tuple[tuple[str, str, Words, Sequence[Passage]], ...] = (
        ("issues", "issue", Words("问题", "an issue"), narrative.issues),
        ("improvements", "improvement", Words("改进措施", "an improvement"), narrative.improvements),
    )
    for name, kind, subject, passages in lists if items else ():
        for passage in passages:
            pointer = f"/narrative/{name}/{passage.id}"
            near = [item for item in items if item.spot.start < passage.end and passage.start < item.spot.end]
            if not _read_by_rule(draft, pointer):
                continue
            if any(item.kind == kind and _share(item.spot.start, item.spot.end, passage) >= _SAME for item in near):
                draft.evidence[pointer].reasons.append("model_agrees")
            else:
                answer = " / ".join(draft.document.text[item.spot.start : item.spot.end] for item in near) or "-"
                yield _shown(pointer, subject, answer, passage.text)


def _share(start: int, end: int, passage: Passage) -> float:
    """The part of the longer of two stretches that they have in common."""
    shared = min(end, passage.end) - max(start, passage.start)
    return max(0, shared) / max(end - start, passage.end - passage.start, 1)


# ---- what only a model read --------------------------------------------------------------------------------------
def word_judgement(draft: Draft, pointed: Pointed, pointer: str) -> Judgement:
    """The judgement on a passage, body or year that no rule read."""
    evidence = draft.evidence[pointer]
    start, end = evidence.source.start, evidence.source.end
    if start is None or end is None or not pointer.startswith("/narrative/"):
        return Judgement("review", ("unsupported",), 0.5)
    kind = "issue" if pointer.startswith("/narrative/issues/") else "improvement"
    named = [any((i.spot.start, i.spot.end, i.kind) == (start, end, kind) for i in items) for items in pointed.items]
    witnesses = {
        "samples_agree": len(named) > 1 and all(named),
        "shape": _has_shape(draft, pointed, start, end),
        "wording": "wording" in evidence.reasons,
    }
    told = tuple(reason for reason, holds in witnesses.items() if holds)
    if len(told) == len(witnesses):
        return Judgement("accepted", told, _AGREED)
    return Judgement("review", ("unsupported" if all(named) else "samples_disagree", *told), 0.5)


def _has_shape(draft: Draft, pointed: Pointed, start: int, end: int) -> bool:
    """Whether a passage begins and ends where an item can.

    Where its line has ordinals, it is all that stands between two of them; else all between stops, and what follows is
    what every sample takes for the next item.
    """
    document, part = draft.document, draft.sections.get(_PART_FIVE)
    if part is None:
        return False
    heads = _ordinals(document, part.start, start, end)
    if any(start < head <= end for head, _ in heads):
        return False
    others = [{item.spot.start for item in items} for items in pointed.items]
    following = _behind(document, end, part.end)
    if following is None or following >= part.end:
        begins = True
    elif heads:
        begins = _is_numbered(document, following, part.end)
    else:
        begins = all(_leads_to(document, following, starts) for starts in others)
    return begins and _begins(document, part.start, start, heads) and following is not None


def _ordinals(document: Document, least: int, start: int, end: int) -> list[tuple[int, int]]:
    """Where the ordinals of the lines that a passage stands on begin and end."""
    text, folded = document.text, document.folded
    line = max(text.rfind("\n", least, start) + 1, least)
    leader = line_ordinal(text, folded, line, end)
    found = [(leader.start, leader.end)] if leader else []
    return [*found, *((o.start, o.end) for o in inline_ordinals(text, folded, leader.end if leader else line, end))]


def _begins(document: Document, least: int, start: int, heads: Sequence[tuple[int, int]]) -> bool:
    """Whether an ordinal stands right before, or, on a line without any, a stop or nothing."""
    before = [tail for _, tail in heads if tail <= start]
    if before:
        return len(document.text[max(before) : start].strip(_BLANK)) <= _LONGEST_LEAD_WORD
    words = document.text[least:start]
    line = words.rstrip(f"{_BLANK}\n").rpartition("\n")[2]
    if not line or line[-1] in _STOPS:
        return words[-1:] not in ("，", ",")
    return words.rstrip(" \t\r\u3000")[-1:] == "\n" and len(line) <= _LONGEST_HEADING


def _behind(document: Document, end: int, most: int) -> int | None:
    """Where the words behind a passage begin; None where no stop parts them from it."""
    text, at = document.text, end
    while at < most and (text[at] in _STOPS or text[at] in _BLANK):
        at += 1
    marks = text[end:at].strip(" \t\r\u3000")
    return at if at >= most or marks[:1] in tuple(f"{_STOPS}、等") else None


def _is_numbered(document: Document, at: int, most: int) -> bool:
    """Whether an ordinal begins there, or behind a few words that lead to a new list (下一步，一是…)."""
    text, folded = document.text, document.folded
    if line_ordinal(text, folded, at, min(most, at + _LEAD_REACH)) is not None:
        return True
    first = next(iter(inline_ordinals(text, folded, at, min(most, at + _LONGEST_HEADING))), None)
    return first is not None and first.number == 1 and not any(stop in text[at : first.start] for stop in "。；;")


def _leads_to(document: Document, at: int, starts: set[int]) -> bool:
    """Whether an item begins at a place, perhaps behind a word that leads to it."""
    return any(at <= start <= at + _LONGEST_LEAD_WORD for start in starts) or _is_numbered(
        document, at, at + _LEAD_REACH
    )
