"""Text from people for places where one line is one event: screens of the trail, files, logs."""

import unicodedata

#: Signs that change how the text around them is read (lines, direction) although nobody sees them.
_UNSEEN = {"Cc", "Cf", "Zl", "Zp", "Cs"}


def escaped(value: object) -> str:
    """Text for screens, files and logs: line breaks and unseen signs become visible (`\\n`, `\\u202e`)."""
    return "".join(_visible(one) for one in str(value))


def _visible(one: str) -> str:
    if unicodedata.category(one) not in _UNSEEN:
        return one
    known = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return known.get(one) or (f"\\u{ord(one):04x}" if ord(one) < 0x10000 else f"\\U{ord(one):08x}")
