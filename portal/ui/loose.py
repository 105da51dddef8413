"""Loose input made plain: what can be converted is never refused.

Free text keeps every character as typed (髙, 﨑, ㈱): compatibility folding
(NFKC) is for codes, numbers, addresses and dates only.
"""

import re
import unicodedata

#: Control characters no field of ours means, and no XML file can hold; tab and newline stay.
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_DASHES = re.compile(r"[‐‑‒–—―−ー]")


def plain_text(value: str) -> str:
    """The text as typed, with one kind of newline and without invisible control characters."""
    return _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))


def plain_code(value: str) -> str:
    """A code, address or telephone number in half width, one kind of hyphen, no spaces."""
    return re.sub(r"\s", "", _DASHES.sub("-", unicodedata.normalize("NFKC", value)))


def plain_number(value: str, unit: str = "") -> str:
    """A number as Python reads it: half width, no commas, minus as -, the field's own unit dropped."""
    text = plain_code(value).replace(",", "").replace("、", "")
    folded = unicodedata.normalize("NFKC", unit)
    if folded and text.endswith(folded):
        text = text[: -len(folded)]
    return text.removeprefix("+")
