"""What pdfminer's interpreter leaves out of a page: transparency, hidden layers, and what annotations show.

The fields of a filled form and the text boxes of a PDF editor are annotations: a page without them lacks its figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfinterp import PDFGraphicState, PDFPageInterpreter, PDFStackT
from pdfminer.pdfpage import PDFPage
from pdfminer.pdftypes import PDFObjRef, PDFStream, dict_value, list_value, resolve1
from pdfminer.psparser import PSLiteral, literal_name
from pdfminer.utils import Matrix, mult_matrix

from extractor.load.pdf.device import Painter

_UNSEEN = 2 | 32
"""Flags of annotations that are not shown: Hidden, NoView (PDF 32000-1, table 165)."""

_WITHOUT_CONTENT = frozenset({"Link", "Popup", "Highlight", "Underline", "StrikeOut", "Squiggly"})
_MOST_ANNOTATIONS = 5_000


class State(PDFGraphicState):
    """The state of painting: how opaque a fill is (``alpha``, 0 to 1), and whether it mixes with what lies below."""

    alpha = 1.0
    mixed = False

    def copy(self) -> State:
        """The same state once more."""
        other = State()
        other.__dict__.update(self.__dict__)
        return other


class Interpreter(PDFPageInterpreter):
    """Paints a page as pdfminer does, hidden layers left out, annotations last."""

    device: Painter
    hidden_layers: frozenset[int] = frozenset()
    """Object numbers of the layers (optional content groups) that are switched off."""

    _outer: State | None = None
    _depth = 0
    _hidden_from: int | None = None

    def init_state(self, ctm: Matrix) -> None:
        """The state that a page begins with, or the one that a form takes over from what paints it."""
        super().init_state(ctm)
        self.graphicstate = self._outer.copy() if self._outer is not None else State()

    def subinterp(self) -> PDFPageInterpreter:
        """An interpreter for a form on this page."""
        inner = cast(Interpreter, super().subinterp())
        inner.hidden_layers = self.hidden_layers
        inner._outer = cast(State, self.graphicstate)
        return inner

    def do_gs(self, name: PDFStackT) -> None:
        """Take the opacity and the blending of fills from a named state."""
        states = resolve1(self.resources.get("ExtGState")) if self.resources else None
        found = resolve1(states.get(literal_name(name))) if isinstance(states, dict) else None
        alpha = resolve1(found.get("ca")) if isinstance(found, dict) else None
        if isinstance(alpha, int | float):
            cast(State, self.graphicstate).alpha = float(alpha)
        if isinstance(found, dict) and found.keys() & {"BM", "SMask"}:
            named = {literal_name(each) for each in map(resolve1, map(found.get, ("BM", "SMask"))) if each is not None}
            cast(State, self.graphicstate).mixed = not named <= {"Normal", "Compatible", "None"}

    # ---- layers ----

    def do_BMC(self, tag: PDFStackT) -> None:  # noqa: N802 (pdfminer's name)
        """Begin a marked passage."""
        self._depth += 1
        super().do_BMC(tag)

    def do_BDC(self, tag: PDFStackT, props: PDFStackT) -> None:  # noqa: N802 (pdfminer's name)
        """Begin a marked passage; one on a layer that is switched off is not painted."""
        self._depth += 1
        if self._hidden_from is None and isinstance(tag, PSLiteral) and literal_name(tag) == "OC":
            named = resolve1(self.resources.get("Properties")) if self.resources else None
            layer = named.get(literal_name(props)) if isinstance(named, dict) and isinstance(props, PSLiteral) else None
            if self._is_off(layer):
                self._hidden_from = self._depth
                self.device.paused += 1
        super().do_BDC(tag, props)

    def do_EMC(self) -> None:  # noqa: N802 (pdfminer's name)
        """End the marked passage."""
        if self._hidden_from == self._depth:
            self._hidden_from = None
            self.device.paused -= 1
        self._depth = max(self._depth - 1, 0)
        super().do_EMC()

    def do_Do(self, xobjid_arg: PDFStackT) -> None:  # noqa: N802 (pdfminer's name)
        """Paint a form or picture, unless its layer is switched off."""
        found = resolve1(self.xobjmap.get(literal_name(xobjid_arg)))
        state = cast(State, self.graphicstate)
        self.device.opaque = state.alpha >= 1.0 and not state.mixed
        if not (isinstance(found, PDFStream) and self._is_off(found.attrs.get("OC"))):
            super().do_Do(xobjid_arg)

    def _is_off(self, layer: object) -> bool:
        """Whether a layer, or all layers of a membership, are switched off."""
        if not self.hidden_layers or layer is None:
            return False
        if isinstance(layer, PDFObjRef) and layer.objid in self.hidden_layers:
            return True
        found = resolve1(layer)
        members = found.get("OCGs") if isinstance(found, dict) else None
        if isinstance(members, PDFObjRef) and isinstance(resolve1(members), list):
            members = resolve1(members)
        members = [members] if isinstance(members, PDFObjRef) else members
        return bool(members) and all(getattr(each, "objid", None) in self.hidden_layers for each in members or ())

    # ---- annotations ----

    def process_page(self, page: PDFPage) -> None:
        """Paint the page and its annotations."""
        super().process_page(page)
        ctm = self.device.page_matrix
        for annotation in _annotations(page):
            if not self._is_off(annotation.get("OC")):
                self._annotate(annotation, ctm)

    def _annotate(self, annotation: dict[str, Any], ctm: Matrix) -> None:
        rect = _box(annotation.get("Rect"))
        stream = _appearance(annotation)
        if rect is None:
            return
        if stream is None:
            words = _value(annotation)
            if words:
                self.device.write(words, rect, ctm)
            return
        matrix = _fitted(stream, rect)
        if matrix is not None:
            resources = resolve1(stream.get("Resources"))
            inner = self.subinterp()
            cast(Interpreter, inner)._outer = None
            inner.render_contents(dict_value(resources) if resources else {}, [stream], ctm=mult_matrix(matrix, ctm))


def hidden_layers(document: PDFDocument) -> frozenset[int]:
    """The object numbers of the layers that are switched off when the file is opened (PDF 32000-1, 8.11.4)."""
    properties = resolve1(document.catalog.get("OCProperties"))
    default = resolve1(properties.get("D")) if isinstance(properties, dict) else None
    if not isinstance(default, dict):
        return frozenset()
    off = _numbers(default.get("OFF"))
    if resolve1(default.get("BaseState")) is not None and literal_name(resolve1(default["BaseState"])) == "OFF":
        off |= _numbers(properties.get("OCGs")) - _numbers(default.get("ON"))
    return frozenset(off)


def _numbers(listed: object) -> set[int]:
    found = resolve1(listed)
    return {each.objid for each in found if isinstance(each, PDFObjRef)} if isinstance(found, list) else set()


def _annotations(page: PDFPage) -> Iterator[dict[str, Any]]:
    """The annotations of a page that show something of their own."""
    listed = resolve1(page.annots)
    for each in (listed if isinstance(listed, list) else [])[:_MOST_ANNOTATIONS]:
        found = resolve1(each)
        if not isinstance(found, dict):
            continue
        flags, kind = resolve1(found.get("F")), resolve1(found.get("Subtype"))
        seen = not (isinstance(flags, int) and flags & _UNSEEN)
        if seen and isinstance(kind, PSLiteral) and literal_name(kind) not in _WITHOUT_CONTENT:
            yield found


def _appearance(annotation: dict[str, Any]) -> PDFStream | None:
    """What the annotation looks like: its normal appearance, in the state it is in."""
    appearances = resolve1(annotation.get("AP"))
    normal = resolve1(appearances.get("N")) if isinstance(appearances, dict) else None
    if isinstance(normal, dict):
        state = resolve1(annotation.get("AS"))
        normal = resolve1(normal.get(literal_name(state))) if isinstance(state, PSLiteral) else None
    return normal if isinstance(normal, PDFStream) else None


def _value(annotation: dict[str, Any]) -> str:
    """What a text field holds, or a text box says, that the file gives no appearance of."""
    kind = resolve1(annotation.get("FT")) or resolve1(dict_value(annotation.get("Parent", {})).get("FT"))
    field = isinstance(kind, PSLiteral) and literal_name(kind) == "Tx"
    free = literal_name(resolve1(annotation.get("Subtype"))) == "FreeText"
    value = resolve1(annotation.get("V" if field else "Contents")) if field or free else None
    if not isinstance(value, bytes):
        return ""
    wide = value.startswith((b"\xfe\xff", b"\xff\xfe"))
    return value.decode("utf-16" if wide else "latin-1", "replace")


Box = tuple[float, float, float, float]


def _box(listed: object) -> Box | None:
    numbers = [resolve1(each) for each in list_value(listed)] if listed is not None else []
    if len(numbers) != 4 or not all(isinstance(number, int | float) for number in numbers):
        return None
    x0, y0, x1, y1 = numbers
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _fitted(stream: PDFStream, rect: Box) -> Matrix | None:
    """The matrix that lays an appearance into its rectangle (PDF 32000-1, 12.5.5); None for one without any size."""
    box = _box(resolve1(stream.get("BBox")))
    if box is None:
        return None
    listed = [resolve1(each) for each in list_value(stream.get("Matrix") or [1, 0, 0, 1, 0, 0])]
    own = cast(Matrix, tuple(float(number) for number in listed[:6]))
    a, b, c, d, e, f = own
    xs = [a * x + c * y + e for x in box[::2] for y in box[1::2]]
    ys = [b * x + d * y + f for x in box[::2] for y in box[1::2]]
    width, height = max(xs) - min(xs), max(ys) - min(ys)
    if not width or not height:
        return None
    across, up = (rect[2] - rect[0]) / width, (rect[3] - rect[1]) / height
    return mult_matrix(own, (across, 0, 0, up, rect[0] - min(xs) * across, rect[1] - min(ys) * up))
