"""How figures are written: shares never rounded up to 100% or down to 0%, money exact, large counts grouped."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from eval.statistics import Interval

NONE = "–"
"""Shown where there is nothing to score: unscored is not zero."""

_NEAR = 0.01
_SMALLEST = 0.0001
"""Shares this near to 0 or 1 get a second place; the smallest step that is shown."""

_MINUTE = 60


def percent(share: float | None) -> str:
    """A share of 1 as a percentage, with a second place near the ends.

    What is not all is never shown as 100%, what is something never as 0%.

    >>> percent(1.0), percent(0.99999), percent(0.9725), percent(0.00001), percent(None)
    ('100%', '99.99%', '97.2%', '0.01%', '–')
    """
    if share is None:
        return NONE
    if share in (0, 1):
        return f"{share:.0%}"
    near = share < _NEAR or share > 1 - _NEAR
    rounding = ROUND_CEILING if share < _SMALLEST else ROUND_FLOOR if share > 1 - _SMALLEST else ROUND_HALF_EVEN
    return f"{(Decimal(str(share)) * 100).quantize(Decimal('0.01' if near else '0.1'), rounding)}%"


def count(value: float | None) -> str:
    """A count, thousands grouped; a fraction with up to two places.

    >>> count(5102), count(1234.5), count(None)
    ('5,102', '1,234.5', '–')
    """
    if value is None:
        return NONE
    return f"{int(value):,}" if value == int(value) else f"{value:,.2f}".rstrip("0")


def of(part: float, whole: float) -> str:
    """So many of so many.

    >>> of(3, 5120)
    '3 of 5,120'
    """
    return f"{count(part)} of {count(whole)}" if whole else NONE


def interval(found: Interval | None, *, shares: bool = True) -> str:
    """An interval, both ends.

    >>> interval(Interval(0.5, 1.0))
    '50.0% to 100%'
    """
    if found is None:
        return NONE
    write = percent if shares else count
    return f"{write(found.low)} to {write(found.high)}" if found.low != found.high else "no spread"


def points(share: float | None) -> str:
    """A difference of two shares in percentage points, with its sign; a difference too small to show as the smallest.

    >>> points(-0.0125), points(0.0), points(0.000001)
    ('−1.25', '0', '+0.01')
    """
    if not share:
        return NONE if share is None else "0"
    size = f"{max(abs(share) * 100, 0.01):.2f}".rstrip("0").rstrip(".")
    return f"{'−' if share < 0 else '+'}{size}"


def seconds(value: float) -> str:
    """A duration.

    >>> seconds(0.0123), seconds(3.2), seconds(75)
    ('12 ms', '3.2 s', '1 min 15 s')
    """
    if value < 1:
        return f"{value * 1000:.0f} ms"
    if value < _MINUTE:
        return f"{value:.1f} s"
    return f"{int(value // _MINUTE)} min {value % _MINUTE:.0f} s"


def plural(number: float, one: str, many: str = "") -> str:
    """A count with its noun.

    >>> plural(1, "report"), plural(0, "escape")
    ('1 report', '0 escapes')
    """
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def signed(value: float | None) -> str:
    """A difference of two counts or means, with its sign.

    >>> signed(-2), signed(0)
    ('−2', '0')
    """
    if not value:
        return NONE if value is None else "0"
    return f"{'−' if value < 0 else '+'}{count(round(abs(value), 4))}"
