"""Web pages printed by Chromium under many styles."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

CHROMIUM = shutil.which("chromium")
WITHOUT = "Chromium is not installed: apt-get install chromium"
_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
_SECONDS = 120
_FONT = "body{font-family:'Noto Sans CJK SC';font-size:%s;line-height:1.6} h1{text-align:center;font-size:1.5em}"
_RULED = "table{border-collapse:collapse;width:100%%} td,th{border:%s;padding:%s;font-weight:normal}"


@dataclass(frozen=True)
class Style:
    """How a page is printed: its style sheet, paper and margins; ``headed`` with date, address and page numbers."""

    css: str
    size: str = "A4"
    margin: str = "20mm"
    headed: bool = False

    def applied(self, page: str) -> str:
        """The page with this style sheet."""
        paper = f"@page{{size:{self.size};margin:{self.margin}}} *{{print-color-adjust:exact}}"
        return page.replace("</head>", f"<style>{self.css}{paper}</style></head>", 1)


def ruled(border: str = "1px solid #000", padding: str = "3px", size: str = "10.5pt", more: str = "") -> str:
    """A style sheet for tables with such borders."""
    return _FONT % size + _RULED % (border, padding) + more


_MARK = "body::before{content:'内部资料 仅供参考';position:fixed;top:40%%;left:10%%;font-size:48pt;color:#ddd;%s}"

STYLES = {
    "plain": Style(ruled()),
    "furniture": Style(ruled(), headed=True),
    "narrow": Style(ruled(size="12pt", more="td,th{word-break:break-all}"), "A5"),
    "landscape": Style(ruled("0.5pt solid #888"), "A4 landscape"),
    "double": Style(ruled("3px double #444")),
    "dotted": Style(ruled("1px dotted #000")),
    "dashed": Style(ruled("1px dashed #36c")),
    "thick": Style(ruled("4px solid #a00", "8px"), margin="10mm"),
    "apart": Style(ruled(more="table{border-collapse:separate;border-spacing:4px}"), margin="10mm"),
    "level": Style(ruled(more="td,th{border-left:none;border-right:none;text-align:center}")),
    "filled": Style(
        ruled("2px solid #fff", more="td,th{background:#e4eefc} tr:nth-child(even) td{background:#cddcf5}"),
    ),
    "bare": Style(ruled("none", "4px 8px", more="td{text-align:center}")),
    "bare_left": Style(ruled("none", "2px 6px"), "A3"),
    "watermark": Style(ruled(more=_MARK % "")),
    "watermark_slanting": Style(ruled(more=_MARK % "transform:rotate(-30deg)")),
    "columns": Style(ruled(size="9pt", more="p{columns:2}")),
    "small_pages": Style(ruled(size="9pt"), "150mm 110mm", "8mm"),
    "whole_rows": Style(ruled(more="tr{break-inside:avoid}"), "A5 landscape"),
    "scaled": Style(ruled(size="6pt"), "A3", "30mm"),
    "upright_labels": Style(
        ruled(more="td[rowspan]{writing-mode:vertical-rl} th[rowspan]{writing-mode:vertical-rl}"), margin="10mm"
    ),
    "spaced": Style(ruled(more="td,th{letter-spacing:3px;text-align:justify}"), margin="10mm"),
}


def printed(pages: Sequence[tuple[Path, Style]], folder: Path) -> Iterator[Path]:
    """Each page printed into ``folder``, under its own name."""
    with tempfile.TemporaryDirectory() as profile:
        for source, style in pages:
            target = folder / f"{source.stem}.pdf"
            plain = () if style.headed else ("--no-pdf-header-footer",)
            command = [str(CHROMIUM), *_FLAGS, f"--user-data-dir={profile}", *plain, f"--print-to-pdf={target}"]
            subprocess.run([*command, source.as_uri()], check=True, capture_output=True, timeout=_SECONDS)
            yield target
