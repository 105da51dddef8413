"""Formula injection: what a spreadsheet program would run gets an apostrophe in CSV.

Import takes it away again.
"""

import re

# What begins with TAB, CR or LF, or after blanks with a sign of a formula, also full-width.
FORMULA = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])")
SIGNS = frozenset("'=+-@＝＋－＠")
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def looks_like_formula(text: str) -> bool:
    """Whether the text must not go out bare; also with apostrophes in front, so that `unescape` is exact."""
    # Most texts are decided by their first character, without the expression.
    first = text[:1]
    return (first in SIGNS or first.isspace()) and FORMULA.match(text) is not None


def escape(text: str) -> str:
    """The text as a CSV cell."""
    return f"'{text}" if looks_like_formula(text) else text


def unescape(text: str) -> str:
    """The text of a CSV cell: the inverse of `escape`."""
    return text[1:] if text.startswith("'") and looks_like_formula(text[1:]) else text


def clean(text: str) -> str:
    """Without characters that neither XML nor a spreadsheet program takes."""
    return ILLEGAL.sub("", text)
