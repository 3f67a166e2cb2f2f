"""A mail or a web archive (.eml, .mht) → the report in it: the page, the body, or what is attached.

A body next to a report that is attached is a cover note, unless it names so many rows of a form that it is a report.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from importlib import resources
from io import BytesIO
from pathlib import Path, PurePosixPath

from extractor.document import Document, Position, SourceMap
from extractor.errors import EmptyFileError, InputError, UnsupportedFormatError
from extractor.forms import builtin_forms
from extractor.load.archive.member import Member
from extractor.load.detect import ARCHIVES, binary_kind, declared_encoding, is_open_document, is_zip
from extractor.load.encoding import Decoded, decode
from extractor.load.html.document import load_html
from extractor.load.mail.parts import MailPart, is_web_archive, mail_parts, parse_mail
from extractor.load.package import Package
from extractor.load.plain import load_plain
from extractor.text import fold, is_blank

MAIL, WEB_ARCHIVE = "message/rfc822", "multipart/related"
_BODIES = ("text/html", "application/xhtml+xml", "text/plain")
_BODY_NAMES = {"text/plain": "body.txt"}
_TAG = re.compile(r"<[^<>]{0,2000}>|\s+")
_ORDINAL = re.compile(r"^\(?[一二三四五六七八九十\d]{1,3}[)、.]")
_FEWEST_ROWS = 5
_LONG_LABEL = 4

_SMALLEST_SCAN = 30_000
"""Bytes below which an attached picture is a logo, and no page of a report."""

Load = Callable[[bytes, str], Document]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A part that may be the report: ``name`` within the mail, ``!/`` after each forwarded mail."""

    name: str
    part: MailPart
    is_body: bool


@dataclass(frozen=True, slots=True)
class PartMap:
    """The way back from a body to the bytes of its part, its transfer encoding undone."""

    part: str
    inner: SourceMap

    def locate(self, offset: int) -> Position:
        """Where in the part the character at ``offset`` stands."""
        return replace(self.inner.locate(offset), part=self.part)


def load_mail(data: bytes, name: str, sha256: str, label: str, load: Load) -> Document:
    """The document that a mail holds; ``load`` reads an attachment, given its bytes and a name for messages.

    Raises:
        UnsupportedFormatError: there are several; names them.
        EmptyFileError: there is none.
        InputError: as ``load`` does.
    """
    message = parse_mail(data, label)
    candidates = _candidates(mail_parts(message, label), label)
    if len(candidates) > 1:
        raise _several(label, candidates)
    (candidate,) = candidates
    if candidate.is_body:
        document = _body(candidate.part, name, sha256, label)
    else:
        document = load(candidate.part.data, f"{name}!/{candidate.name}")
    document.name, document.sha256 = name, sha256
    document.media_type = WEB_ARCHIVE if is_web_archive(message) else MAIL
    document.url = document.url or message.get("Snapshot-Content-Location")
    return document


def attached_report(data: bytes, label: str) -> bytes | None:
    """The bytes of the document attached to a mail that is the report in it; None where its body is, or several are.

    Raises:
        InputError: the mail cannot be read, or holds none.
    """
    candidates = _candidates(mail_parts(parse_mail(data, label), label), label)
    return candidates[0].part.data if len(candidates) == 1 and not candidates[0].is_body else None


def mail_members(path: Path, label: str) -> Iterator[Member] | None:
    """The reports in a mail as the members of an archive; None where the mail is one report.

    Raises:
        InputError: it cannot be read, or holds none.
    """
    data = path.read_bytes()
    candidates = _candidates(mail_parts(parse_mail(data, label), label), label)
    if len(candidates) == 1 and (candidates[0].is_body or not is_archive(candidates[0].part.data)):
        return None
    return map(_member, candidates)


def is_archive(data: bytes) -> bool:
    """Whether an attachment holds files of its own: a mail is one, too."""
    if is_zip(data):
        try:
            return not is_open_document(data) and not Package(data, "").main
        except UnsupportedFormatError:
            return True
        except InputError:
            return False
    return any(re.match(mark, data) for mark, *_ in ARCHIVES)


def _member(candidate: Candidate) -> Member:
    data = candidate.part.data
    return Member(candidate.name, "file", len(data), len(data), partial(BytesIO, data))


def _candidates(parts: Iterator[MailPart], label: str) -> Sequence[Candidate]:
    """The attached documents, else the body; the attached pictures where neither is a report.

    Where something is attached, a body counts only if it is a report itself.
    """
    leaves = list(parts)
    bodies = _best_bodies(leaves)
    attached = [part for part in leaves if not any(part is body for body in bodies) and _may_be_report(part)]
    documents = [part for part in attached if not _is_picture(part)]
    reports = [body for body in bodies if _is_report(body)]
    if not documents and not reports:
        documents = [part for part in attached if len(part.data) >= _SMALLEST_SCAN]
        reports = [] if documents else bodies[:1]
    chosen = [part for part in leaves if any(part is each for each in (*reports, *documents))]
    if not chosen:
        raise EmptyFileError(
            f"{label} holds neither text nor a document: a report was expected",
            f"{label} 既没有正文也没有附件文档：应为一份年度报告",
        )
    return [Candidate(_path(part, index), part, part in reports) for index, part in enumerate(chosen, 1)]


def _best_bodies(leaves: Sequence[MailPart]) -> list[MailPart]:
    """For each mail, forwarded ones too, the page it shows, else its text; none that is blank."""
    best: dict[tuple[str, ...], MailPart] = {}
    for part in leaves:
        if part.type not in _BODIES or part.attached or (part.name and not part.related) or is_blank(_text(part).text):
            continue
        now = best.get(part.within)
        if now is None or (now.type == "text/plain" != part.type):
            best[part.within] = part
    return list(best.values())


def _may_be_report(part: MailPart) -> bool:
    """Whether an attachment is of a kind that reports come as; a picture within a page is none."""
    kinds = _kinds()
    suffix = PurePosixPath(part.name).suffix.lower()
    if (
        (not part.name and not part.type.startswith("application/"))
        or part.type in kinds["types"]
        or suffix in kinds["suffixes"]
    ):
        return False
    if _is_picture(part):
        return not part.related
    data = part.data
    try:
        return bool(data) and (is_zip(data) or is_archive(data) or binary_kind(data, "") is not None or _is_text(part))
    except UnsupportedFormatError:
        return False
    except InputError:
        return True


def _is_text(part: MailPart) -> bool:
    return part.type.startswith("text/") or not decode(part.data).errors


def _is_picture(part: MailPart) -> bool:
    return part.type.startswith("image/") or PurePosixPath(part.name).suffix.lower() in _kinds()["pictures"]


def _is_report(body: MailPart) -> bool:
    """Whether a body names so many rows of a form that the tables are in it."""
    text = _TAG.sub("", fold(_text(body).text))
    return sum(1 for label in _row_labels() if label in text) >= _FEWEST_ROWS


@lru_cache(maxsize=1)
def _row_labels() -> frozenset[str]:
    blocks = (block for form in builtin_forms() for table in form.tables for block in table.blocks)
    labels = (_ORDINAL.sub("", _TAG.sub("", fold(row.label))) for block in blocks for row in block.rows)
    return frozenset(label for label in labels if len(label) >= _LONG_LABEL)


@lru_cache(maxsize=1)
def _kinds() -> dict[str, list[str]]:
    raw: dict[str, list[str]] = tomllib.loads(resources.files(__package__).joinpath("mail.toml").read_text("utf-8"))
    return raw


def _text(part: MailPart) -> Decoded:
    data = part.data
    return decode(data, declared_encoding(data) or part.charset)


def _body(part: MailPart, name: str, sha256: str, label: str) -> Document:
    decoded = _text(part)
    if part.type == "text/plain":
        document = load_plain(decoded, name, sha256, MAIL)
    else:
        document = load_html(decoded, name, sha256, label)
    document.source_map = PartMap(part.name or part.type, document.source_map)
    return document


def _path(part: MailPart, number: int) -> str:
    own = part.name or _BODY_NAMES.get(part.type, "body.html" if part.type in _BODIES else f"{number}")
    return "!/".join((*part.within, own))


def _several(label: str, candidates: Sequence[Candidate]) -> UnsupportedFormatError:
    names = ", ".join(candidate.name for candidate in candidates[:5])
    return UnsupportedFormatError(
        f"{label} holds several reports ({names}): `extractor extract` reads each, load_document('mail.eml!/name') one",
        f"{label} 中有多份报告（{names}）：可用 extractor extract 逐份读取，或用 load_document('邮件!/名称') 读取一份",
    )
