"""How far words stand out from what is behind them, for every word of a page, through its shadow roots."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

LEAST, LEAST_LARGE = 4.5, 3.0
"""WCAG 2.2, level AA; large: 24 px, or 18.66 px in bold."""

_MEASURE = r"""() => {
  const parsed = (colour) => {
    const numbers = (colour.match(/-?[0-9.]+(e-?\d+)?/g) || []).map(Number);
    const scale = colour.startsWith("color(") ? 255 : 1;
    return [numbers[0] * scale, numbers[1] * scale, numbers[2] * scale, numbers[3] ?? 1];
  };
  const over = (top, below) => [0, 1, 2].map((at) => top[at] * top[3] + below[at] * (1 - top[3])).concat(1);
  const lit = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((one) => one / 255)
      .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const above = (element) => element.assignedSlot || element.parentElement || element.getRootNode().host || null;
  const behind = (element) => {
    const layers = [];
    for (let one = element; one; one = above(one)) {
      const colour = parsed(getComputedStyle(one).backgroundColor);
      if (colour[3]) layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
  };
  const faded = (element) => {
    let opacity = 1;
    for (let one = element; one; one = above(one)) opacity *= Number(getComputedStyle(one).opacity);
    return opacity;
  };
  const found = [];
  const walk = (root) => root.querySelectorAll("*").forEach((element) => {
    if (element.shadowRoot) walk(element.shadowRoot);
    const words = [...element.childNodes].filter((one) => one.nodeType === 3).map((one) => one.data.trim()).join(" ");
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    const is_seen = box.width > 1 && box.height > 1 && style.visibility === "visible" && style.clipPath === "none";
    const is_off = element.closest("[disabled], [aria-disabled=true], style, script, title");
    if (!words || !is_seen || is_off) return;
    const back = behind(element), colour = parsed(style.color);
    colour[3] *= faded(element);
    const lights = [lit(over(colour, back)), lit(back)].sort((one, other) => other - one);
    const size = parseFloat(style.fontSize), is_bold = Number(style.fontWeight) >= 700;
    const is_large = size >= 24 || (size >= 18.66 && is_bold);
    found.push({ words: words.slice(0, 40), name: `${element.tagName}.${element.className}`.slice(0, 60), is_large,
      ratio: (lights[0] + 0.05) / (lights[1] + 0.05) });
  });
  walk(document);
  return found;
}"""

_SETTLES = 5.0


def faint(page: Page) -> list[dict[str, Any]]:
    """The words of a page that do not stand out enough; fails where the page has no words at all.

    A page that is still being drawn shows what it is about to replace in pale: it has a few seconds to settle.
    """
    until = time.monotonic() + _SETTLES
    while True:
        found = page.evaluate(_MEASURE)
        pale = [one for one in found if one["ratio"] < (LEAST_LARGE if one["is_large"] else LEAST)]
        if (len(found) > 5 and not pale) or time.monotonic() > until:
            assert len(found) > 5
            return pale
        page.wait_for_timeout(100)
