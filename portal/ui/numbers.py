"""Numbers as they stand on pages and in reports: half width, grouped, a real minus sign."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

#: No value; 「未提出」 and the like are said by the page itself.
NONE = "—"


def _decimal(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        return None
    return exact if exact.is_finite() else None


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def grouped(value: Any, places: int | None = None) -> str:
    """12,345 or −1,234.5; places given: exactly that many; — when there is no number."""
    exact = _decimal(value)
    if exact is None:
        return NONE
    if places is not None:
        exact = _rounded(exact, int(places))
    # A rounded −0.0 is shown as 0.0.
    sign = "−" if exact < 0 else ""
    return f"{sign}{abs(exact):,f}"


def with_sign(value: Any, places: int = 1) -> str:
    """+0.2, −0.1, ±0.0; — when there is no number."""
    exact = _decimal(value)
    if exact is None:
        return NONE
    exact = _rounded(exact, int(places))
    sign = "+" if exact > 0 else "−" if exact < 0 else "±"
    return f"{sign}{abs(exact):,f}"
