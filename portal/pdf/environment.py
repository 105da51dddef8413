"""What this machine must have before a Japanese PDF can be made; asked of the libraries themselves."""

import ctypes
from collections.abc import Sequence

FONT = "Noto Sans CJK JP"
SUBSET_LIBRARIES = ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib")
FONTCONFIG_LIBRARIES = ("libfontconfig.so.1", "libfontconfig.1.dylib")

NO_FONT = f"Font '{FONT}' is missing: install fonts-noto-cjk."
NO_SUBSET = "libharfbuzz-subset is missing, PDF takes four times as long: install libharfbuzz-subset0."
NO_FONTCONFIG = "libfontconfig is missing: install libpango-1.0-0 and libpangoft2-1.0-0."


def check_environment() -> list[str]:
    """What is missing, each with what to install; empty when PDF can be made well."""
    problems = [] if load(SUBSET_LIBRARIES) else [NO_SUBSET]
    if load(FONTCONFIG_LIBRARIES) is None:
        return [*problems, NO_FONTCONFIG]
    return problems if find_font() else [*problems, NO_FONT]


def load(names: Sequence[str]) -> ctypes.CDLL | None:
    """The first of these libraries that opens."""
    for name in names:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None


def find_font(family: str = FONT) -> tuple[str, int] | None:
    """File and index of this very family; fontconfig itself never says no, it names another font."""
    fontconfig = load(FONTCONFIG_LIBRARIES)
    if fontconfig is None:
        return None
    for name in ("FcInitLoadConfigAndFonts", "FcNameParse", "FcFontMatch"):
        getattr(fontconfig, name).restype = ctypes.c_void_p
    config = ctypes.c_void_p(fontconfig.FcInitLoadConfigAndFonts())
    pattern = ctypes.c_void_p(fontconfig.FcNameParse(family.encode()))
    fontconfig.FcConfigSubstitute(config, pattern, 0)
    fontconfig.FcDefaultSubstitute(pattern)
    result, index = ctypes.c_int(), ctypes.c_int()
    match = ctypes.c_void_p(fontconfig.FcFontMatch(config, pattern, ctypes.byref(result)))
    try:
        if not match or text_of(fontconfig, match, b"family") != family:
            return None
        fontconfig.FcPatternGetInteger(match, b"index", 0, ctypes.byref(index))
        return text_of(fontconfig, match, b"file"), index.value
    finally:
        if match:
            fontconfig.FcPatternDestroy(match)
        fontconfig.FcPatternDestroy(pattern)
        fontconfig.FcConfigDestroy(config)


def text_of(fontconfig: ctypes.CDLL, pattern: ctypes.c_void_p, name: bytes) -> str:
    """One text of a fontconfig pattern, the first of its list."""
    value = ctypes.c_char_p()
    fontconfig.FcPatternGetString(pattern, name, 0, ctypes.byref(value))
    return (value.value or b"").decode()
