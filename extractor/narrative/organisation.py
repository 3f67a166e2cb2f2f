"""The reporting body: the fullest name the report itself uses for it.

The title names it, or else the places where a report speaks of itself: the signature, the sentence that announces the
report, the contact, the first sentences. Regions before the name and higher rungs behind it (街道 → 街道办事处) are
then looked for over the whole text. The parent government and the site the report appears on are never it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from extractor.document import Document
from extractor.draft import Draft
from extractor.finding import Words
from extractor.narrative.bodies import (
    Name,
    forms_in,
    fullest,
    is_body,
    is_form_of,
    is_short,
    names_its_region,
    region_before,
    region_of,
    same_body,
    whole_body,
)
from extractor.narrative.closing import Closing
from extractor.narrative.prose import Span
from extractor.narrative.title import Title
from extractor.narrative.wordings import any_of, wordings

SHORT_FORM = Words("只写了简称", "the report uses a short form only")
NO_BODY = Words("看不出是哪个单位", "the words are no body's name")
TWO_BODIES = Words("另一处写的是“{other}”", "another place names “{other}”")
_SUBJECT_REACH = 160
_GOVERNMENT = re.compile("政府")
_COUNTIES = frozenset("县区旗")
_BLANK = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Organisation:
    """The body's name, where it stands, its region if the text states one, and why the name is doubtful, if it is."""

    name: str
    span: Span
    region: str | None
    doubt: Words | None


def organisation_of(draft: Draft, title: Title | None, closing: Closing) -> Organisation | None:
    """The reporting body, or None where the report names none."""
    document = draft.document
    own = _own_names(draft, closing)
    base = Name(title.body, title.span) if title and title.body else None
    if base is None:
        fitting = _fitting(document.folded, own)
        base = fitting[0] if fitting else None
    if base is None:
        return None
    kin = [name for names in own.values() for name in names if same_body(base.words, name.words)]
    forms = _forms(document, [base, *kin])
    best = fullest([form for form in forms if len(form.words) >= len(base.words)] or [base]) or base
    region = next((found for form in [best, *forms] if (found := region_of(form.words))), None)
    region = _as_written(document, best)[: len(region)] if region and best.words.startswith(region) else region
    return Organisation(
        _as_written(document, best), best.span, region or _parent(document.folded), _doubt(best, base, own)
    )


def _as_written(document: Document, name: Name) -> str:
    """The name in the text's own characters (traditional ones stay), without spaces and what ``whole_body`` cut off."""
    words = _BLANK.sub("", document.text[name.span.start : name.span.end])
    at = _BLANK.sub("", document.folded[name.span.start : name.span.end]).find(name.words)
    return words[at : at + len(name.words)] if at >= 0 else name.words


def _forms(document: Document, names: list[Name]) -> list[Name]:
    """``names`` as the text has them, with every fuller form of each; the shortest finds the others' forms too."""
    forms: list[Name] = [*names]
    sought: list[str] = []
    for words in sorted({name.words for name in names}, key=len):
        if not any(is_form_of(words, one) for one in sought):
            sought.append(words)
            forms += forms_in(document.folded, words)
    return forms


def _doubt(best: Name, base: Name, own: dict[str, list[Name]]) -> Words | None:
    """A signature or announcement that names another body, or nothing but a short form."""
    for name in (*own["signature"], *own["named"]):
        other = name.words
        if not any(same_body(base.words, words) for words in (other, whole_body(other))) and not is_short(other):
            return Words(TWO_BODIES.zh.format(other=other), TWO_BODIES.en.format(other=other))
    if not is_body(best.words) and region_of(best.words) != best.words:
        return NO_BODY
    return SHORT_FORM if is_short(best.words) else None


# ---- where a report speaks of itself -----------------------------------------------------------------------------
@lru_cache(maxsize=1)
def _places() -> dict[str, list[re.Pattern[str]]]:
    body = r"(?P<body>(?:中国\([一-鿿]{2,6}\))?[一-鿿][一-鿿\s]{1,39}?)"
    return {
        kind: [re.compile(pattern.replace("{body}", body), re.MULTILINE) for pattern in patterns]
        for kind, patterns in wordings("bodies")["places"].items()
    }


def _own_names(draft: Draft, closing: Closing) -> dict[str, list[Name]]:
    """What the report calls its body by the place where it does, the most trusted place first."""
    folded = draft.document.folded
    start, end = draft.sections.preamble
    signature = [Name(closing.body, closing.body_span)] if closing.body and closing.body_span else []
    own = {"signature": signature}
    for kind in ("named", "contact", "made"):
        peel = kind != "named"
        own[kind] = [name for one in _places()[kind] for name in _matched(folded, one, Span(start, end), peel)]
    opening = draft.sections.parts[0].start if draft.sections.parts else 0
    ranges = (Span(opening, min(len(folded), opening + _SUBJECT_REACH)), Span(start, min(end, start + _SUBJECT_REACH)))
    subjects = _places()["subject"]
    own["subject"] = [name for span in ranges for one in subjects for name in _matched(folded, one, span, False)]
    return own


def _matched(folded: str, pattern: re.Pattern[str], span: Span, peel: bool) -> list[Name]:
    """The names the pattern finds; ``peel``: without the unit inside the body that reports often give as contact."""
    names = []
    at = span.start
    while match := pattern.search(folded, at, span.end):
        start, words = _behind_break(match)
        words = whole_body(words) if peel or not is_body(words) else words
        fits = is_body(words)
        if fits:
            names.append(Name(words, Span(start, match.end("body"))))
        at = match.end() if fits else match.start() + 1
    return names


def _behind_break(match: re.Match[str]) -> tuple[int, str]:
    """The body without spaces, and its start.

    The line above is no part of a name that begins with its own region, unless it ends with the region around that.
    """
    last = match["body"].rfind("\n") + 1
    words = _BLANK.sub("", match["body"][last:])
    if last and is_body(words) and names_its_region(words) and not _is_wider(match["body"][:last], words):
        return match.start("body") + last, words
    return match.start("body"), _BLANK.sub("", match["body"])


def _is_wider(above: str, name: str) -> bool:
    """Whether the words before a line break are just the regions around the one that ``name`` begins with."""
    region, inner = _BLANK.sub("", above), region_of(name) or ""
    return region_of(region) == region and names_its_region(region) and region_of(region + name) == region + inner


def _fitting(folded: str, own: dict[str, list[Name]]) -> list[Name]:
    """The names that agree with how the report speaks of itself in the first person (我镇 is no bureau).

    A signature of the same kind of body agrees too: a bureau may still call itself 我委.
    """
    names = [name for some in own.values() for name in some]
    pronouns = Counter(_pronouns().findall(folded))
    if not pronouns:
        return names
    pronoun = pronouns.most_common(1)[0][0]
    ending = re.compile(wordings("bodies")["pronouns"][pronoun])
    fitting = [name for name in names if ending.search(name.words)]
    return fitting or [name for name in own["signature"] if _is_kin(pronoun, name.words)]


@lru_cache(maxsize=1)
def _pronouns() -> re.Pattern[str]:
    return re.compile(rf"[我本]({any_of(list(wordings('bodies')['pronouns']))})(?<!我部(?=门))(?<!本部(?=门))")


def _is_kin(pronoun: str, name: str) -> bool:
    """Whether ``name`` is of the same kind of body as ``pronoun``: a township's, or a department's."""
    kinds = [re.compile(kind) for kind in wordings("bodies")["pronoun_kin"].values()]
    return any(kind.search(f"某{pronoun}") and kind.search(name) for kind in kinds)


def _parent(folded: str) -> str | None:
    """The one county whose government the text names, where the body's own name states no region."""
    regions = set()
    for match in _GOVERNMENT.finditer(folded):
        at = match.start() - 2 if folded.endswith("人民", 0, match.start()) else match.start()
        if folded[at - 1 : at] in _COUNTIES:
            regions.add(region_before(folded, at, "政府"))
    regions.discard("")
    return regions.pop() if len(regions) == 1 else None
