"""A file's given name: data to show and to download by, never a path."""

import unicodedata

#: Longer names are cut before their ending; the longest a Windows folder takes is 255.
MAX_NAME = 200
NAMELESS = "ファイル"
#: Control and format signs (they turn text around or end lines), lone surrogates, line and paragraph ends.
_UNWANTED = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def clean_name(given: str) -> str:
    """The name as it is kept and shown: NFC, one line, no folder, at most 200 characters."""
    name = unicodedata.normalize("NFC", given)
    name = "".join(sign for sign in name if unicodedata.category(sign) not in _UNWANTED)
    name = name.replace("\\", "/").rsplit("/", 1)[-1].strip(" .　")
    if len(name) > MAX_NAME:
        stem, suffix = name[: -len(suffix_of(name)) or None], suffix_of(name)
        name = stem[: MAX_NAME - len(suffix) - 1] + "…" + suffix
    return name or NAMELESS


def suffix_of(name: str) -> str:
    """The ending with its dot as it was typed; empty when there is none, or one too long to be an ending."""
    dot = name.rfind(".")
    return name[dot:] if dot > 0 and len(name) - dot <= 12 else ""
