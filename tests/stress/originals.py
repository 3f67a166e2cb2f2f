"""Whole reports in every format, of which the damaged ones are made. None is anybody's real report."""

from __future__ import annotations

import io
import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from functools import cache
from pathlib import Path

import py7zr
import pypdfium2
from lxml import etree

from tests.generator import generate
from tests.load.conversions import SOFFICE, printed
from tests.load.drawing import Drawing
from tests.scale import STRESS
from tests.stress.inside import Inside, in_7z, in_mail, in_pdf, in_picture, in_tar, in_zip

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
TEXT = SAMPLES / "heyan_town_2021.txt"
PAGE = SAMPLES / "clear_river_county_2023.html"
WORD = SAMPLES / "heritage_administration_2022.docx"
MARKDOWN = SAMPLES / "qiyun_city_2019.md"

_PICTURE_DPI = 110
_ROWS = (("结果维持", "结果纠正", "其他结果", "尚未审结", "总计"), ("1", "0", "2", "0", "3"))


@dataclass(frozen=True, slots=True)
class Original:
    """A whole file, and how to reach what is packed in it."""

    name: str
    data: bytes
    inside: Inside | None = None


@cache
def originals(kind: str) -> tuple[Original, ...]:
    """The whole files of one kind, a key of ``MAKERS``."""
    return tuple(MAKERS[kind]())


def _texts(encoding: str) -> Iterator[Original]:
    yield Original("a.txt", TEXT.read_text("utf-8").encode(encoding))
    for layout in ("txt_tab_cells", "txt_tab_rows_repeated", "txt_pipes_padded", "txt_drawn_box", "txt_value_lines"):
        text = generate(5, layout=layout, messy=0.0).data.decode("utf-8-sig")
        yield Original("b.txt", text.encode(encoding))


def _markdowns() -> Iterator[Original]:
    yield Original("a.md", MARKDOWN.read_bytes())


def _pages() -> Iterator[Original]:
    yield Original("a.html", PAGE.read_bytes())
    yield Original("b.html", (SAMPLES / "lanjiang_province_2021.html").read_bytes())
    yield Original("c.html", (SAMPLES / "yangang_city_2020_gbk.html").read_bytes())


def _words() -> Iterator[Original]:
    yield Original("a.docx", WORD.read_bytes(), in_zip)
    for seed, layout in enumerate(("docx_merged", "docx_nested", "docx_in_pieces")):
        yield Original("b.docx", generate(seed, layout=layout, messy=0.5).data, in_zip)


def _pdfs() -> Iterator[Original]:
    yield Original("a.pdf", _drawn(), in_pdf)
    if SOFFICE and STRESS:
        yield Original("b.pdf", _converted("pdf"), in_pdf)


def _drawn() -> bytes:
    """Two pages: title, parts, and the shortest of the tables twice."""
    drawing = Drawing(pageCompression=0).text(180, 60, "青岭区水务局2023年政府信息公开工作年度报告", 14)
    drawing.prose(70, 100, "一、总体情况", "2023年1月1日至12月31日，本局主动公开信息12条。")
    drawing.text(70, 160, "四、政府信息公开行政复议、行政诉讼情况").table(190, _ROWS, range(70, 580, 100))
    drawing.page().text(70, 60, "五、存在的主要问题及改进情况").prose(70, 90, "一是更新不够及时；二是解读形式单一。")
    return drawing.table(140, _ROWS, range(70, 580, 100)).text(70, 260, "六、其他需要报告的事项").data()


def _pictures(kind: str) -> Iterator[Original]:
    pages = [page.render(scale=_PICTURE_DPI / 72).to_pil().convert("L") for page in pypdfium2.PdfDocument(_drawn())]
    pages = [page.crop((0, 0, page.width, page.height // 2)) for page in pages]
    file = io.BytesIO()
    more = {"save_all": True, "append_images": pages[1:], "compression": "tiff_lzw"} if kind == "TIFF" else {}
    pages[0].save(file, kind, dpi=(_PICTURE_DPI, _PICTURE_DPI), **more)
    yield Original(f"a.{kind.lower()}", file.getvalue(), in_picture)


@cache
def _converted(to: str) -> bytes:
    """The Word file in another format, by LibreOffice."""
    with tempfile.TemporaryDirectory() as folder:
        return printed([Path(shutil.copy(WORD, folder))], Path(folder), to)[0].read_bytes()


def _of_office(to: str, inside: Inside | None = None, name: str = "") -> Iterator[Original]:
    yield Original(name or f"a.{to}", _converted(to), inside)


def _flat_words() -> Iterator[Original]:
    space = "http://schemas.microsoft.com/office/2006/xmlPackage"
    root = etree.Element(f"{{{space}}}package", nsmap={"pkg": space})
    with zipfile.ZipFile(WORD) as package:
        for name in package.namelist():
            if name.endswith((".xml", ".rels")):
                part = etree.SubElement(root, f"{{{space}}}part", {f"{{{space}}}name": f"/{name}"})
                etree.SubElement(part, f"{{{space}}}xmlData").append(etree.fromstring(package.read(name)))
    yield Original("a.xml", etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _members() -> dict[str, bytes]:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("里.txt", TEXT.read_bytes()[:9_000])
    return {"2024/甲.txt": TEXT.read_bytes(), "乙.docx": WORD.read_bytes(), "丙.zip": inner.getvalue()}


def _zips() -> Iterator[Original]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _members().items():
            archive.writestr(name, content)
    yield Original("a.zip", packed.getvalue(), in_zip)


def _tars() -> Iterator[Original]:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in _members().items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    yield Original("a.tar.gz", packed.getvalue(), in_tar)


def _seven_zips() -> Iterator[Original]:
    packed = io.BytesIO()
    with py7zr.SevenZipFile(packed, "w") as archive:
        for name, content in _members().items():
            archive.writestr(content, name)
    yield Original("a.7z", packed.getvalue(), in_7z)


def _mails() -> Iterator[Original]:
    for attachment, name in ((WORD.read_bytes(), "年报.docx"), (_drawn(), "年报.pdf"), (TEXT.read_bytes(), "年报.txt")):
        message = MIMEMultipart()
        message["From"], message["To"], message["Subject"] = "a@example.com", "b@example.com", "年报"
        message.attach(MIMEText("现将年度报告报上，请查收。", "plain", "gb18030"))
        part = MIMEApplication(attachment)
        part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", name))
        message.attach(part)
        yield Original("a.eml", message.as_bytes(), in_mail)


def _web_archives() -> Iterator[Original]:
    message = MIMEMultipart("related")
    message["Snapshot-Content-Location"] = "http://example.com/report.html"
    message.attach(MIMEText(PAGE.read_text("utf-8"), "html", "utf-8"))
    message.attach(MIMEText("p { margin: 0 }", "css"))
    yield Original("a.mht", message.as_bytes(), in_mail)


MAKERS: dict[str, Callable[[], Iterator[Original]]] = {
    "txt utf-8": lambda: _texts("utf-8"),
    "txt gb18030": lambda: _texts("gb18030"),
    "txt utf-16": lambda: _texts("utf-16"),
    "md": _markdowns,
    "html": _pages,
    "docx": _words,
    "flat opc": _flat_words,
    "pdf": _pdfs,
    "zip": _zips,
    "tar.gz": _tars,
    "7z": _seven_zips,
    "eml": _mails,
    "mht": _web_archives,
    "png": lambda: _pictures("PNG"),
    "jpeg": lambda: _pictures("JPEG"),
    "tiff": lambda: _pictures("TIFF"),
    "doc": lambda: _of_office("doc"),
    "wps": lambda: _of_office("doc", name="a.wps"),
    "rtf": lambda: _of_office("rtf"),
    "odt": lambda: _of_office("odt", in_zip),
    "fodt": lambda: _of_office("fodt"),
}
OCR, OFFICE = ("png", "jpeg", "tiff"), ("doc", "wps", "rtf", "odt", "fodt")
"""Kinds that an OCR engine reads, and that LibreOffice converts: each takes seconds."""
